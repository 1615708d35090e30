"""Cycles that are written out one by one are told of once at the terminal, and one by one to programs."""

import pytest

from blinplan.regimen import library
from blinplan.reports.check.findings import findings_report
from blinplan.terminal import Screen
from tests.regimen_text import judgement_of

WRITTEN_OUT = "\n\n".join(
    f'[[cycle]]\nname = "Consolidation {number}"\nphase = "consolidation"\n'
    'steps = [{ dose = "28 mcg/day", days = 28 }]\ntreatment_free_days = 14'
    for number in (1, 2, 3)
)


def mrd(*changes: tuple[str, str, int]) -> str:
    """The label's MRD regimen with three cycles written out, and changes of so many places from the end."""
    text = library.load("mrd-adult").document.text.replace('"mrd-adult"', '"written-out"', 1)
    before = text[: text.rindex("[[cycle]]")]
    after = WRITTEN_OUT
    for old, new, count in changes:
        after = new.join(after.rsplit(old, count))
    return f"{before}{after}\n"


def shown(text: str) -> str:
    """What the terminal shows."""
    screen = Screen(200, colour=False, unicode=True)
    return " ".join(screen.render(*findings_report([judgement_of(text)], screen)).split())


def test_the_same_in_cycles_that_are_written_out_is_told_once_with_all_of_them() -> None:
    text = mrd(("28 mcg/day", "18 mcg/day", 3))
    found = [finding.path for finding in judgement_of(text).findings]
    assert found == [("cycle", number, "steps", 0, "dose") for number in (1, 2, 3)]
    output = shown(text)
    assert output.count("error[L001]") == 1
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if "18 mcg/day" in line]
    assert f'also in "Consolidation 2" (line {lines[1]}) and "Consolidation 3" (line {lines[2]})' in output


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((("28 mcg/day", "18 mcg/day", 2),), 1),
        ((("28 mcg/day", "18 mcg/day", 2), ("18 mcg/day", "17 mcg/day", 1)), 2),  # other doses are other findings
        ((("days = 28", "days = 27", 3),), 1),
        ((("days = 28", "days = 27", 3), ("days = 27", "days = 26", 1)), 2),
    ],
)
def test_what_differs_is_told_by_itself(changes: tuple[tuple[str, str, int], ...], told: int) -> None:
    output = shown(mrd(*changes))
    assert output.count("[L001]") + output.count("[S301]") == told


def test_one_finding_has_no_others() -> None:
    assert "also" not in shown(mrd(("28 mcg/day", "18 mcg/day", 1)))
