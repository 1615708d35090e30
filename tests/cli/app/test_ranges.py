"""Every option that has a range takes what lies at its ends, and tells of what lies a step beyond which end it is."""

import pytest

from blinplan.api.simulating.asked import MOST_DAYS, asked_endpoints
from tests.cli.app.option_ends import End, ends, program
from tests.program import Run

_SOUND = {
    **dict.fromkeys(("check", "simulate", "plan", "sensitivity", "report"), ("rr-adult",)),
    "sweep": ("rr-adult", "--vary", "cycle.1.step.1.dose=9,15"),
    "search": ("rr-adult", "--doses", "9,28", "--minimise", "il6_peak"),
    "due": ("--plans", "."),
    "compare": ("rr-adult", "nhl-5"),
    "diff": ("rr-adult", "nhl-5"),
    "new": ("mine",),
}
"""What a command needs before its options."""
_DRAWN = {"sensitivity": ("--patients", "5")}
"""What makes a command ask virtual patients that does not by itself."""
_TOLD = {"min": "should be greater than or equal to", "max": "should be less than or equal to"}


ENDS = list(ends())


def test_there_are_such_options() -> None:
    assert len({(end.command, end.option) for end in ENDS}) > 40
    assert all(float(end.at).is_integer() for end in ENDS), "one that is no whole number needs a step of its own"


@pytest.mark.parametrize("end", ENDS, ids=str)
def test_an_option_takes_what_lies_at_its_ends_and_nothing_beyond(inside: Run, end: End) -> None:
    command = program().get_command(None, end.command)
    words = [*_SOUND.get(end.command, ()), end.option]
    # Read only, and not run: the most patients would take their time.
    assert command.make_context(end.command, [*words, str(end.at)])
    ran = inside(*end.command.split(), *words, str(end.beyond))
    assert (ran.status, ran.out) == (2, "")
    assert f"{end.option} {_TOLD[end.which]} {end.at}\n" in ran.err


@pytest.mark.parametrize("command", ["simulate", "compare", "sweep", "sensitivity", "search", "report"])
def test_shares_are_asked_for_by_a_thousand_days_and_no_more(inside: Run, command: str) -> None:
    """A table of 21,000 rows took ten seconds."""
    words = [*_SOUND[command], *_DRAWN.get(command, ()), "--by-day"]
    days = [f"{number / 1000:g}" for number in range(1, MOST_DAYS + 2)]
    ran = inside(command, *words, ",".join(days))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines() == ["error: --by-day names 1,001 days", "  help: name at most 1,000"]
    assert len(asked_endpoints((), [*map(float, days[:-1]), float(days[0])]).by_day) == MOST_DAYS
