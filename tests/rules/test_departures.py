"""Calling a labelled regimen investigational does not open the gate, and what was run is what the library holds."""

import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

import pytest

from blinplan.quantities import MINUTES_PER_DAY, Basis
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import Disease
from blinplan.rules.checks import departures
from blinplan.rules.limits import shipped_limits
from blinplan.rules.reference import regimen_reference
from blinplan.rules.rule import Severity
from tests.collection.grid import in_turn
from tests.read_text import regimen_in
from tests.regimen_text import cycle, judgement_of, regimen_text

LABELLED = [name for name, group in library.groups().items() if group == "labelled" and name != "rr-2014"]
TIMES = ("0.1", "0.5", "0.6", "1.6", "3", "10")


def relabelled(name: str, base: str | None) -> str:
    """A labelled regimen that is called investigational, and its name another one."""
    text = library.load(name).document.text
    departs = "" if base is None else f'departs_from = "{base}"\n'
    text = re.sub(r'^indication = ".*"\n', f'indication = "investigational"\n{departs}', text, flags=re.MULTILINE)
    return text.replace(f'name = "{name}"', 'name = "probe"', 1)


def mistakes(text: str) -> Iterator[tuple[str, str]]:
    """Every dose once at each size, every first step and infusion a third as long, every interval of one day."""
    for dose in re.finditer(r'dose = "([0-9.]+) mcg', text):
        for times in TIMES:
            amount = float(Fraction(dose[1]) * Fraction(times))
            yield f"{times} x {dose[1]}", f"{text[: dose.start(1)]}{amount:g}{text[dose.end(1) :]}"
    for days in re.finditer(r"days = (7|28) }", text):
        yield f"{int(days[1]) // 3} days", f"{text[: days.start(1)]}{int(days[1]) // 3}{text[days.end(1) :]}"
    intervals = list(re.finditer(r"treatment_free_days = ([0-9]+)", text))
    for interval in intervals[:-1]:
        yield "1 day without infusion", f"{text[: interval.start(1)]}1{text[interval.end(1) :]}"


def errors(text: str) -> list[str]:
    return [finding.code for finding in judgement_of(text).findings if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("name", LABELLED)
def test_a_relabelled_regimen_without_a_mistake_has_no_error(name: str) -> None:
    for base, expected in ((name, []), (None, ["L010"])):
        found = [finding.code for finding in judgement_of(relabelled(name, base)).findings]
        assert [code for code in found if code[0] in "LDS"] == expected
        assert not errors(relabelled(name, base))


@pytest.mark.parametrize("days", ["0", "1", "56"])
def test_an_interval_is_laid_beside_the_base_s_where_a_cycle_follows_and_not_after_the_last(days: str) -> None:
    # The file gives nothing after its last cycle: whatever the days are, no drug comes sooner or later for them.
    repeated = relabelled("rr-adult", "rr-adult")
    once = repeated.replace("repeat = 3\n", "")
    assert once != repeated
    for text, expected in ((repeated, ["L011"]), (once, [])):
        *_, last = re.finditer(r"treatment_free_days = ([0-9]+)", text)
        changed = f"{text[: last.start(1)]}{days}{text[last.end(1) :]}"
        assert [finding.code for finding in judgement_of(changed).findings if finding.code == "L011"] == expected


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ([42], [None, None, None]),
        ([14, 42], [14, 14, 14]),
        ([14, 21, 42], [14, 21, 21]),
        ([14, 21, 28, 42], [14, 21, 28]),
    ],
)
def test_an_interval_that_the_base_does_not_have_is_held_to_its_last_between_two_cycles(
    base: list[int], expected: list[int | None]
) -> None:
    """What it writes after its last cycle is none: nothing follows."""
    text = regimen_text("".join(cycle("28 mcg/day for 28 days", free=days) for days in base))
    reference = regimen_reference(regimen_in(text))
    found = [departures._interval_beside(reference, number) for number in (1, 2, 3)]
    assert [days and days // MINUTES_PER_DAY for days in found] == expected


@pytest.mark.slow
@pytest.mark.parametrize(("name", "with_base"), in_turn(LABELLED, [True, False]))
def test_no_mistake_of_size_passes_because_it_is_called_investigational(name: str, with_base: bool) -> None:
    made = dict.fromkeys(mistakes(relabelled(name, name if with_base else None)))
    assert len(made) > 6
    passed = [mistake for mistake, text in made if not errors(text)]
    # Beside nothing, nobody can say that it is not one for remission, which begins at the full dose.
    allowed = set() if with_base else {"1.6 x 9", "1.6 x 5", "3 x 9", "3 x 5"}
    assert set(passed) <= allowed, set(passed) - allowed


def _populations(regimen: Regimen) -> Iterator[str]:
    """The populations in which a shipped regimen was run, or is given."""
    if regimen.disease is not Disease.LEUKAEMIA:
        yield regimen.disease
        return
    who = regimen.eligibility
    if who.population == "child" or who.minimum_age is None or who.minimum_age < 18:
        yield "leukaemia_children"
    if who.population != "child" and (who.below_age is None or who.below_age > 18):
        yield "leukaemia_adults"


def test_the_highest_doses_are_those_of_the_library() -> None:
    first, most = defaultdict[str, list[Fraction]](list), defaultdict[str, list[Fraction]](list)
    for regimen in library.shipped_regimens():
        basis = "by_area" if regimen.basis is Basis.BSA else "flat"
        for population in _populations(regimen):
            first[f"{population}_{basis}"].append(regimen.cycles[0].steps[0].dose.amount)
            most[f"{population}_{basis}"].append(max(step.dose.amount for step in regimen.steps))
    assert len(first) == 8
    for population in first:
        assert shipped_limits()[f"highest_first_step_in_{population}"].value == max(first[population]), population
        assert shipped_limits()[f"highest_dose_in_{population}"].value == max(most[population]), population
