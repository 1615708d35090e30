"""D205, word for word: which cap a dose by body surface area has, beside each label and beside none."""

import pytest

from blinplan.regimen import library
from tests.rules.families.examples import limits_of, said, verdict_on, words_of
from tests.rules.families.heads_and_outcomes import MRD, RELAPSED

HONG_KONG = 'indication = "mrd-positive"\nlabel = "hk-2026"\n\n'
DEPARTING = 'indication = "investigational"\ndeparts_from = "rr-below-45-kg"\n\n'
ADULTS = "[eligibility]\nmin_age_years = 18\n\n"
STATED = ', departure = { reason = "as in the trial", source = "none" }'
WRITE = "write the highest dose in mcg/day that is meant, or waive this rule with the reason"


def cycle(*steps: str) -> str:
    written = ", ".join(f"{{ {step} }}" for step in steps)
    return f'[[cycle]]\nname = "C"\nsteps = [{written}]\ntreatment_free_days = 14\n'


def step(dose: str, cap: str = "", days: int = 28, more: str = "") -> str:
    capped = f', max = "{cap} mcg/day"' if cap else ""
    return f'dose = "{dose} mcg/m2/day"{capped}, days = {days}{more}'


def none(dose: str, cap: str, place: str = "0.steps.0") -> str:
    """A dose without a cap, beside the label's."""
    message = (
        f"{dose} mcg/m²/day has no cap, so it grows without limit with body surface area; the label's cap is {cap}"
    )
    advice = f'add `max = "{cap} mcg/day"`, the label\'s cap for this dose'
    return f"warning at cycle.{place}.dose | {message} mcg/day | {advice}"


def other(severity: str, dose: str, cap: str, labelled: str, place: str = "0.steps.0", more: str = "") -> str:
    """A dose with another cap than the label's."""
    message = f"the cap of {dose} mcg/m²/day is {cap} mcg/day; the label's is {labelled} mcg/day{more}"
    advice = f'write `max = "{labelled} mcg/day"`, or waive this rule with the reason'
    return f"{severity} at cycle.{place}.max | {message} | {advice} | {cap} mcg/day for {dose} mcg/m²/day"


def slip(dose: str, cap: str, why: str, place: str = "0.steps.0") -> str:
    """A cap that can be none."""
    message = f"the cap of {dose} mcg/m²/day is {cap} mcg/day{why}"
    return f"error at cycle.{place}.max | {message} | {WRITE} | {cap} mcg/day for {dose} mcg/m²/day"


def nobody(reached: str, largest: str) -> str:
    return f", which nobody reaches below {reached} m²; patients of the regimen have up to {largest} m²"


def everybody(reached: str, smallest: str) -> str:
    return f", which everybody reaches from {reached} m²; patients of the regimen have at least {smallest} m²"


@pytest.mark.parametrize(
    ("head", "dose", "cap", "found"),
    [
        (MRD, "15", "", none("15", "28")),
        (MRD, "15", "28", ""),
        (MRD, "15", "27.9", other("warning", "15", "27.9", "28")),
        (MRD, "15", "42", other("warning", "15", "42", "28")),
        (MRD, "15", "42.1", other("error", "15", "42.1", "28")),
        (MRD, "15", "18.7", other("warning", "15", "18.7", "28")),
        (MRD, "15", "18.6", other("error", "15", "18.6", "28")),
        (MRD, "15", "84", other("error", "15", "84", "28")),
        (MRD, "15", "84.1", other("gross error", "15", "84.1", "28")),
        (MRD, "15", "9.4", other("error", "15", "9.4", "28")),
        (MRD, "15", "9.3", other("gross error", "15", "9.3", "28")),
        # A labelled dose in the place of another may have its own cap or that of the place; its own is advised.
        (RELAPSED, "15", "", none("15", "28")),
        (RELAPSED, "15", "9", ""),
        (RELAPSED, "15", "28", ""),
        (RELAPSED, "15", "10", other("error", "15", "10", "28")),
        # Of a dose that no label has, the cap of the place is advised, and that of the nearest dose is as good.
        (RELAPSED, "12", "", none("12", "9")),
        (RELAPSED, "12", "9", ""),
        (RELAPSED, "12", "28", ""),
        (RELAPSED, "12", "10", other("warning", "12", "10", "9")),
        (MRD, "5", "", none("5", "9")),
        (MRD, "8.6", "9", ""),
        (MRD, "8.7", "9", other("gross error", "8.7", "9", "28")),
        (MRD, "8.7", "28", ""),
    ],
)
def test_a_dose_has_the_cap_of_its_place_or_of_the_labelled_dose_that_is_nearest(
    head: str, dose: str, cap: str, found: str
) -> None:
    """5 and 15 mcg/m² are 1.72 and 1.74 times from 8.6, and 1.74 and 1.72 times from 8.7."""
    assert said("D205", head + cycle(step(dose, cap))) == ([found] if found else [])


def test_each_dose_is_held_to_a_cap_of_its_own() -> None:
    lines = RELAPSED + cycle(step("5", "8", 7), step("15", "", 21))
    assert said("D205", lines) == [other("warning", "5", "8", "9"), none("15", "28", "0.steps.1")]
    assert limits_of("D205", lines) == [("cap_of_first_step",), ("cap_of_full_dose",)]


@pytest.mark.parametrize(
    ("dose", "cap"), [("8.6", "9"), ("8.7", "28"), ("5", "9"), ("15", "28"), ("40", "28"), ("1", "9")]
)
def test_where_the_label_has_no_schedule_the_nearest_labelled_dose_gives_the_cap(dose: str, cap: str) -> None:
    (told,) = said("D205", HONG_KONG + cycle(step(dose)))
    assert told.startswith(f"unverified | {dose} mcg/m²/day has no cap, ")
    assert f"; the label's cap is {cap} mcg/day; but it rests on {cap} mcg/day, which nobody has seen" in told


SEEN, UNSEEN = "mrd-below-45-kg", "consolidation-below-45-kg"
GROSS = " (that value, 28 mcg/day, is unverified; this is far beyond it)"


@pytest.mark.parametrize(
    ("cap", "unseen", "seen"),
    [
        ("42", "", other("warning", "15", "42", "28")),
        ("43", slip("15", "43", nobody("2.87", "1.67")), other("error", "15", "43", "28")),
        ("84", slip("15", "84", nobody("5.6", "1.67")), other("error", "15", "84", "28")),
        ("85", other("gross error", "15", "85", "28", more=GROSS), other("gross error", "15", "85", "28")),
        ("9.4", "", other("error", "15", "9.4", "28")),
        ("9.3", other("gross error", "15", "9.3", "28", more=GROSS), other("gross error", "15", "9.3", "28")),
    ],
)
def test_beside_a_cap_that_nobody_has_seen_only_one_that_can_be_none_or_is_gross_is_told(
    cap: str, unseen: str, seen: str
) -> None:
    told = {}
    for name in (SEEN, UNSEEN):
        text = library.load(name).document.text.replace('max = "28 mcg/day"', f'max = "{cap} mcg/day"')
        told[name] = [line for line in words_of(verdict_on("D205", text)) if "at cycle.1" not in line]
    assert told[SEEN] == [seen]
    assert told[UNSEEN] == [unseen] if unseen else told[UNSEEN][0].startswith("unverified | ")


@pytest.mark.parametrize(
    ("head", "dose", "cap", "found"),
    [
        # Of 2.8 m², one and a half times the largest that a labelled cap is made for, more is a slip.
        ("", "9.9", "27.72", ""),
        ("", "9.9", "27.73", nobody("2.8", "1.67")),
        (ADULTS, "9.9", "27.73", ""),
        (ADULTS, "9.9", "29.7", ""),
        (ADULTS, "9.9", "29.71", nobody("3", "3")),
        # A label's cap is no slip: what is wrong with it, other rules say of the dose.
        ("", "1", "28", ""),
        ("", "1", "9", ""),
        ("", "1", "27.9", nobody("27.9", "1.67")),
        ("", "15", "3", ""),
        ("", "15", "2.9", everybody("0.19", "0.2")),
        (ADULTS, "15", "9.1", everybody("0.61", "0.61")),
        (ADULTS, "15", "9.13", ""),
        (ADULTS, "15", "9", everybody("0.6", "0.61")),
        (ADULTS, "15.1", "9", ""),
        (ADULTS, "15.1", "8", everybody("0.53", "0.61")),
        ("", "90", "168.84", ""),
        ("", "90", "168.85", "; nothing above 168.84 mcg/day was studied"),
    ],
)
def test_in_a_study_a_cap_is_one_that_some_patients_reach(head: str, dose: str, cap: str, found: str) -> None:
    """Adults have 0.61 to 3 m², patients below 45 kg 0.2 to 1.67 m²."""
    assert said("D205", head + cycle(step(dose, cap))) == ([slip(dose, cap, found)] if found else [])


def left_out(dose: str, place: str) -> str:
    message = f"{dose} mcg/m²/day has no cap, and other doses of the regimen have one"
    return f"warning at cycle.{place}.dose | {message} | add `max`, the highest dose in mcg/day"


@pytest.mark.parametrize(
    ("head", "steps", "found"),
    [
        ("", (step("5", "", 7), step("15", "", 21)), ["not applicable"]),
        ("", (step("5", "", 7), step("15", "28", 21)), [left_out("5", "0.steps.0")]),
        ("", (step("5", "", 7, STATED), step("15", "28", 21)), ["blocked"]),
        (DEPARTING, (step("5", "", 7), step("15", "28", 21)), []),
        (DEPARTING, (step("5", "", 7, STATED), step("15", "28", 21)), []),
        (DEPARTING, (step("5", "0.9", 7), step("15", "28", 21)), []),
        (DEPARTING, (step("5", "0.9", 7, STATED), step("15", "28", 21)), [slip("5", "0.9", everybody("0.18", "0.2"))]),
        (DEPARTING, (step("5", "9", 7), step("15", "28", 21)), []),
        (
            DEPARTING,
            (step("5", "0.9", 7, STATED), step("15", "2.9", 21)),
            [slip("5", "0.9", everybody("0.18", "0.2"))],
        ),
    ],
)
def test_in_a_study_a_cap_is_told_where_the_comparison_with_the_base_says_nothing(
    head: str, steps: tuple[str, ...], found: list[str]
) -> None:
    told = said("D205", head + cycle(*steps))
    assert [line.split(" | ")[0] if line.startswith(("not", "blocked")) else line for line in told] == found
