"""What a check does grows with the file, and not with its square: of a file twice as long, twice as much is called."""

from collections.abc import Callable
from datetime import date

import pytest

from blinplan.regimen.reading import read
from blinplan.reports.check.findings import findings_report
from blinplan.rules.judge import judge
from blinplan.terminal import PLAIN
from tests.benchmarks.calls import counted
from tests.regimen_text import regimen_text

CYCLE = '[[cycle]]\nname = "A"\nsteps = [{steps}]\ntreatment_free_days = 14\n'


def steps(count: int) -> str:
    """A cycle of steps of twelve hours, up and down."""
    return CYCLE.format(steps=", ".join(f'{{ dose = "{5 + n % 25} mcg/day", hours = 12 }}' for n in range(count)))


def premedications(count: int) -> str:
    """One premedication, written over and over."""
    one = '[[premedication]]\npatients = "adults"\ndrug = "prednisone"\ndose = "100 mg"\nbefore = ["cycle-start"]\n'
    return one * count + steps(1)


def waivers(count: int) -> str:
    """Waivers of places that there are not."""
    one = '[[waiver]]\nrule = "D207"\nat = \'cycle "A" step {n}\'\nvalue = "{n}"\nreason = "None"\n'
    return steps(1) + "".join(one.format(n=n) for n in range(count))


def due(count: int) -> str:
    """Things due."""
    return steps(1) + "".join(f'[[due]]\nkind = "other"\nwhat = "w{n}"\ndays = [{n % 40 + 1}]\n' for n in range(count))


def calls(text: str) -> int:
    """How many functions are called to read a file, judge it and draw what is found."""

    def judged() -> None:
        judgement = judge(read(text.encode(), "x.toml"), date(2026, 11, 29), None)
        PLAIN.render(*findings_report([judgement], PLAIN))

    return counted(judged)[0]


@pytest.mark.slow
@pytest.mark.parametrize(("written", "count"), [(steps, 60), (premedications, 40), (waivers, 40), (due, 40)])
def test_a_check_grows_with_the_file(written: Callable[[int], str], count: int) -> None:
    calls(regimen_text(written(30)))  # which imports what is imported on the way
    few, more, most = (calls(regimen_text(written(count))) for count in (count, 2 * count, 4 * count))
    assert most - more < 2.6 * (more - few)  # twice as many; of a square it is four times
