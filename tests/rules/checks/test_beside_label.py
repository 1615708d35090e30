"""A regimen beside its label: which rule tells a dose, how bad a difference is, and how long a stay in hospital is."""

from dataclasses import replace
from fractions import Fraction

import pytest

from blinplan.label.read import label_named
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen import library
from blinplan.regimen.reading import RegimenFile, read
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import (
    beside_label,
    compare_with_label,
    is_gross,
    severity_in_leukaemia,
    severity_of_length,
    severity_of_ratio,
)
from blinplan.rules.checks.dose_differences import dose_differences
from blinplan.rules.checks.optional import first_for_everybody, start_without_low_step
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judging.cases import case_of
from blinplan.rules.limits import limits_by
from blinplan.rules.reference import Comparison
from blinplan.rules.rule import Case, NotEvaluated
from tests.read_text import site_in
from tests.regimen_text import cycle, regimen_text

FIRST, SECOND = (
    '"9 mcg/day", days = 7',
    'name = "Induction 2"\nphase = "induction"\nsteps = [{ dose = "28 mcg/day", days = 28 }]',
)


def case(*edits: tuple[str, str], name: str = "rr-adult", site: str = "") -> Case:
    """A shipped regimen with some things otherwise."""
    text = library.load(name).document.text
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return of_text(text, site)


def of_text(text: str, site: str = "") -> Case:
    reading = read(text.encode(), "probe.toml")
    assert isinstance(reading, RegimenFile), reading
    return case_of(reading, DEFAULTS, None, site_in(site) if site else None)


def first(dose: str) -> tuple[str, str]:
    return FIRST, FIRST.replace("9 mcg", f"{dose} mcg")


def second(*steps: str) -> tuple[str, str]:
    written = ", ".join('{{ dose = "{} mcg/day", days = {} }}'.format(*one.split(" for ")) for one in steps)
    return SECOND, SECOND[: SECOND.index("steps")] + f"steps = [{written}]"


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (first("9"), []),
        (first("10"), [("D207", "cycle 1", "warning")]),
        (first("28"), [("D207", "cycle 1", "error")]),
        (first("8"), [("L001", "cycle 1", "warning")]),
        (first("29"), [("D203", "cycle 1", "error")]),
        (first("169"), []),  # above all that were studied, which D204 tells
        (first("2800"), []),  # a unit is wrong
        (second("27 for 28"), [("L001", "cycle 2", "warning")]),
        (second("9.1 for 28"), [("L001", "cycle 2", "error")]),
        (second("9 for 28"), []),  # too low to deplete B cells, which D202 tells
        (second("9 for 7", "28 for 21"), [("D208", "cycle 2", "error")]),
        (second("27 for 7", "28 for 21"), [("D208", "cycle 2", "warning")]),
        (second("28 for 21", "27 for 7"), [("L001", "cycle 2", "warning")]),
        (second("29 for 28"), [("D203", "cycle 2", "warning")]),
        (
            (
                'steps = [{ dose = "28 mcg/day", days = 28 }]\ntreatment_free_days = 14\n',
                'steps = [{ dose = "28 mcg/day", days = 28 }]\ntreatment_free_days = 14\n',
            ),
            [],
        ),
        (
            ('repeat = 3\nsteps = [{ dose = "28', 'repeat = 3\nsteps = [{ dose = "27'),
            [("L001", "cycles 3 to 5", "warning")],
        ),
    ],
)
def test_each_dose_that_is_not_the_label_s_is_told_by_one_rule(
    edit: tuple[str, str], told: list[tuple[str, str, str]]
) -> None:
    found = dose_differences(case(edit))
    assert not isinstance(found, NotEvaluated)
    assert [(one.code, one.cycles, one.severity.value) for one in found] == told


def test_steps_in_reverse_are_one_mistake_and_told_at_the_first() -> None:
    both = '{ dose = "9 mcg/day", days = 7 },\n  { dose = "28 mcg/day", days = 21 }'
    found = dose_differences(case((both, '{ dose = "28 mcg/day", days = 21 },\n  { dose = "9 mcg/day", days = 7 }')))
    assert not isinstance(found, NotEvaluated)
    assert [(one.code, one.pair.step.path[-1]) for one in found] == [("D207", 0)]


def test_how_bad_a_difference_is_follows_from_its_size() -> None:
    own, lymphoma = case(), of_text(regimen_text('indication = "investigational"\ndisease = "lymphoma"\n\n' + cycle()))
    ratios = {"0.66": "error", "2/3": "warning", "1": "warning", "1.5": "warning", "1.51": "error"}
    assert {ratio: severity_of_ratio(own, Fraction(ratio)).value for ratio in ratios} == ratios
    lengths = {49: "error", 50: "warning", 100: "warning", 150: "warning", 151: "error"}
    assert {minutes: severity_of_length(own, minutes, 100).value for minutes in lengths} == lengths
    assert severity_in_leukaemia(own, 151, 100) == "error"
    assert severity_in_leukaemia(lymphoma, 151, 100) is None
    gross = {"3": False, "3.01": True, "1/3": False, "0.33": True, "1": False}
    assert {ratio: is_gross(Fraction(ratio)) for ratio in gross} == gross


def test_a_regimen_is_laid_beside_its_label_s_schedule_or_told_why_not() -> None:
    own = case()
    laid = compare_with_label(own.regimen, own.limits)
    assert isinstance(laid, Comparison)
    assert laid.reference.name == "the label"
    assert len(laid.reference.cycles) == 9  # two of induction, three of consolidation, four of continued therapy
    assert [one.treatment_free // 1440 for one in laid.reference.cycles] == [14] * 5 + [56] * 4
    assert [step.minutes // 1440 for step in laid.reference.cycle(1).steps] == [7, 21]
    assert beside_label(replace(own, beside_label=None)) == laid == beside_label(own)
    children = case(name="rr-below-45-kg")
    by_area = beside_label(children)
    assert isinstance(by_area, Comparison)
    step = by_area.reference.cycle(1).steps[0]
    assert (step.dose, step.cap) == (DoseRate(Fraction(5), Basis.BSA), DoseRate(Fraction(9), Basis.FLAT))
    assert (step.limit, step.cap_limit) == ("first_step_by_area", "cap_of_first_step")
    assert by_area.reference.cycle(1).limit == "labelled_interval"
    assert compare_with_label(of_text(regimen_text(cycle())).regimen, own.limits) is labelled.NOT_LABELLED
    elsewhere = replace(library.regimen("mrd-adult"), label="hk-2026")
    found = compare_with_label(elsewhere, own.limits)
    assert isinstance(found, NotEvaluated)
    assert found.kind == "unverified"
    assert found.reason.endswith("as far as it was seen, has no schedule for the patients of this indication")


WARD = 'site = 1\nname = "Ward 7"\nhospital_days = {}\nbag = [{{ hours = 48 }}]\n'
WATCHED = "watched_days"


@pytest.mark.parametrize(
    ("edits", "site", "first_days", "second_days"),
    [
        ([], "", (9, "hospital_cycle_1_relapsed_refractory"), (2, "hospital_cycle_2")),
        # A step that stands elsewhere than the label's is another matter.
        ([("days = 7", "days = 10")], "", (9, "hospital_cycle_1_relapsed_refractory"), (2, "hospital_cycle_2")),
        ([], WARD.format("[14, 1]"), (14, "hospital_cycle_1_relapsed_refractory"), (2, "hospital_cycle_2")),
        ([], WARD.format("[3, 5]"), (9, "hospital_cycle_1_relapsed_refractory"), (5, "hospital_cycle_2")),
        ([], WARD.format("[14]"), (14, "hospital_cycle_1_relapsed_refractory"), (2, "hospital_cycle_2")),
    ],
)
def test_days_in_hospital_are_those_after_each_step_and_no_fewer_than_the_label_s_or_the_ward_s(
    edits: list[tuple[str, str]], site: str, first_days: tuple[int, str], second_days: tuple[int, str]
) -> None:
    own = case(*edits, site=site)
    for number, (days, name) in ((1, first_days), (2, second_days)):
        assert labelled.hospital_days(own, number) == (days, (WATCHED, name))
    assert labelled.hospital_limit(own, 3) is None
    assert labelled.hospital_days(own, 6) == (0, ())  # of no cycle that there is


def test_without_a_label_days_in_hospital_follow_from_the_own_steps() -> None:
    study = of_text(regimen_text(cycle("5 mcg/day for 7 days", "9 mcg/day for 3 days", "28 mcg/day for 18 days")))
    assert labelled.hospital_days(study, 1) == (12, (WATCHED,))
    assert labelled.hospital_days(study, 2) == (0, ())
    falling = of_text(regimen_text(cycle("28 mcg/day for 7 days", "9 mcg/day for 21 days")))
    assert labelled.hospital_days(falling, 1) == (2, (WATCHED,))
    assert labelled.hospital_limit(study, 1) is None


def test_the_dose_rises_where_a_higher_step_follows() -> None:
    own = case(second("9 for 7", "15 for 7", "12 for 7", "12 for 3", "28 for 4")).regimen.cycles[1]
    found = [(str(step.dose), start // 1440) for step, start in labelled.escalations(own)]
    assert found == [("15 mcg/day", 7), ("28 mcg/day", 24)]


@pytest.mark.parametrize(
    ("dose", "basis", "slip"),
    [(2799, Basis.FLAT, False), (2800, Basis.FLAT, True), (1499, Basis.BSA, False), (1500, Basis.BSA, True)],
)
def test_a_hundred_times_the_labelled_dose_is_a_slip_of_a_unit(dose: int, basis: Basis, slip: bool) -> None:
    assert labelled.is_unit_slip(limits_by("us-2025"), DoseRate(Fraction(dose), basis)) is slip


def test_numbers_of_a_label_are_found_by_how_doses_are_counted() -> None:
    limits = limits_by("us-2025")
    for basis, expected in ((Basis.FLAT, ["28", "168.84", "9"]), (Basis.BSA, ["15", "90", "5"])):
        found = [get(limits, basis) for get in (labelled.maximum, labelled.highest_studied, labelled.first_step)]
        assert [limit.value for limit in found] == [Fraction(number) for number in expected]
        assert {limit.unit for limit in found} == {"mcg/day" if basis is Basis.FLAT else "mcg/m²/day"}


def test_the_bags_without_preservative_are_named_where_the_label_has_some() -> None:
    assert labelled.bags_without_preservative(case()) == "bags of 24 or 48 hours"
    assert labelled.bags_without_preservative(case(name="hk-rr-adult")) == "bags without preservative"
    assert label_named("hk-2026").bags == ()


def test_the_labelled_number_of_cycles_is_that_of_the_indication() -> None:
    found = [labelled.cycles(case(name=name)) for name in ("rr-adult", "mrd-adult", "consolidation-adult")]
    assert [limit and limit.name for limit in found] == [
        "cycles_relapsed_refractory",
        "cycles_mrd_positive",
        "cycles_consolidation",
    ]
    assert labelled.cycles(of_text(regimen_text(cycle()))) is None


LOW = DoseRate(Fraction(9), Basis.FLAT)


@pytest.mark.parametrize(
    ("optional", "doses", "starts_with"),
    [
        ((False, False), ("9", "28"), None),
        ((True, False), ("9", "28"), 1),
        ((True, False), ("9", "9"), None),  # the low step is given after it too
        ((True, False), ("10", "28"), None),  # there is no low step
        ((True, True, False), ("9", "9", "28"), 2),
        ((True, False), ("9", "9.1"), 1),
    ],
)
def test_who_is_not_given_an_optional_cycle_may_start_without_the_low_step(
    optional: tuple[bool, ...], doses: tuple[str, ...], starts_with: int | None
) -> None:
    text = regimen_text("".join(cycle(f"{dose} mcg/day for 28 days") for dose in doses))
    regimen = of_text(text).regimen
    cycles = tuple(replace(one, optional=o) for one, o in zip(regimen.cycles, optional, strict=True))
    own = replace(regimen, cycles=cycles)
    found = start_without_low_step(own, LOW)
    assert found is (None if starts_with is None else cycles[starts_with])
    given = first_for_everybody(own)
    assert given is next(one for one in cycles if not one.optional)
    everything_optional = replace(own, cycles=tuple(replace(one, optional=True) for one in cycles))
    assert first_for_everybody(everything_optional) is None
    assert start_without_low_step(everything_optional, LOW) is None
