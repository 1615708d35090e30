"""D205: caps beside those of every label by body surface area, at any dose, and beside what bodies there are."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from blinplan.course.patient import AREAS_M2
from blinplan.label.label import Label
from blinplan.label.read import label_named, label_names
from blinplan.label.regimens import labelled_regimen
from blinplan.quantities import Basis, DoseRate
from blinplan.regimen.regimen import Cycle, Departure, Eligibility, Regimen, Step
from blinplan.regimen.tables import table_of
from blinplan.regimen.vocabulary import Indication, Status
from blinplan.regimen.write import write_regimen
from blinplan.rules.checks.areas import areas_of
from blinplan.rules.configuration.settings import DEFAULTS, Pattern
from blinplan.rules.limits import shipped_limits
from blinplan.rules.rule import Severity
from blinplan.rules.verdict import Verdict
from tests.collection.grid import each_third
from tests.regimen_text import judgement_of, verdict_of

OF_CAPS = DEFAULTS._replace(select=(Pattern("D205"),))
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def verdict(regimen: Regimen) -> Verdict:
    return verdict_of(judgement_of(write_regimen(table_of(regimen)).document.text, settings=OF_CAPS), "D205")


def severities(regimen: Regimen) -> list[tuple[object, Severity]]:
    return [(finding.path[-1], finding.severity) for finding in verdict(regimen).findings]


def by_area() -> Iterator[tuple[Label, Regimen, bool]]:
    """The labelled regimens by body surface area, and whether somebody has seen their doses."""
    for name in label_names():
        label = label_named(name)
        for made in label.regimens:
            regimen = labelled_regimen(label, made)
            schedule = label.schedule_for(regimen)
            if regimen.basis is Basis.BSA:
                yield label, regimen, schedule is not None and schedule.stated.status is not Status.UNVERIFIED


PLACES = [
    pytest.param(regimen, cycle, step, is_seen, id=f"{regimen.name}-{cycle}-{step}")
    for _, regimen, is_seen in by_area()
    for cycle, given in enumerate(regimen.cycles)
    for step in range(len(given.steps))
]


def with_step(regimen: Regimen, cycle: int, number: int, **changes: object) -> Regimen:
    cycles = list(regimen.cycles)
    steps = list(cycles[cycle].steps)
    steps[number] = replace(steps[number], **changes)  # type: ignore[arg-type]
    cycles[cycle] = replace(cycles[cycle], steps=tuple(steps))
    return replace(regimen, cycles=tuple(cycles))


def cap_of(regimen: Regimen, cycle: int, step: int) -> DoseRate:
    cap = regimen.cycles[cycle].steps[step].cap
    assert cap is not None
    return cap


def flat(amount: Fraction) -> DoseRate:
    return DoseRate(amount, Basis.FLAT)


FACTORS = [Fraction(factor) for factor in ("0.1", "0.5", "0.66", "0.67", "0.99", "1.01", "1.5", "1.51", "2", "10")]


@pytest.mark.slow
@pytest.mark.parametrize(("regimen", "cycle", "step", "is_seen"), each_third(PLACES))
def test_another_cap_is_found_by_its_size_whatever_the_dose(
    regimen: Regimen, cycle: int, step: int, is_seen: bool
) -> None:
    own, cap = regimen.cycles[cycle].steps[step].dose, cap_of(regimen, cycle, step)
    for dose in (own, DoseRate(own.amount * Fraction("1.1"), Basis.BSA), DoseRate(own.amount * 2, Basis.BSA)):
        assert severities(with_step(regimen, cycle, step, dose=dose)) == []
        for factor in FACTORS:
            found = severities(with_step(regimen, cycle, step, dose=dose, cap=flat(cap.amount * factor)))
            is_error = factor > Fraction(3, 2) or factor < Fraction(2, 3)
            if is_seen:
                assert found == [("max", ERROR if is_error else WARNING)], (dose, factor)
            elif factor in {Fraction(10), Fraction(1, 10)}:
                assert found == [("max", ERROR)], (dose, factor)
            elif not is_error:
                assert found == [], (dose, factor)


@pytest.mark.parametrize(("regimen", "cycle", "step", "is_seen"), PLACES)
def test_a_cap_that_is_left_out_is_found_at_the_dose(regimen: Regimen, cycle: int, step: int, is_seen: bool) -> None:
    found = severities(with_step(regimen, cycle, step, cap=None))
    assert found == ([("dose", WARNING)] if is_seen else [])


def test_the_finding_gives_both_caps_and_the_source() -> None:
    regimen = next(regimen for _, regimen, _ in by_area())
    (finding,) = verdict(with_step(regimen, 0, 1, cap=flat(Fraction(280)))).findings
    assert "280 mcg/day; the label's is 28 mcg/day" in finding.message
    assert finding.limits == ("cap_of_full_dose",)


# --- in a study -------------------------------------------------------------------------------------------------------


def study(dose: str, cap: str | None, who: Eligibility | None = None) -> Regimen:
    base = next(regimen for _, regimen, _ in by_area())
    step = Step(DoseRate(Fraction(dose), Basis.BSA), None if cap is None else flat(Fraction(cap)), 28 * 24 * 60)
    cycles = (Cycle("Cycle", None, (step,), 14 * 24 * 60, 1),)
    return replace(
        base,
        indication=Indication.INVESTIGATIONAL,
        cycles=cycles,
        eligibility=who or Eligibility(),
        premedication=(),
        hospital_days=(),
    )


CHILDREN, ADULTS = Eligibility(below_weight=Fraction(45)), Eligibility(minimum_age=Fraction(18))


@pytest.mark.parametrize(
    ("dose", "cap", "who", "found"),
    [
        ("15", "45", ADULTS, []),  # 3 m²
        ("15", "45.1", ADULTS, [("max", ERROR)]),
        ("15", "280", ADULTS, [("max", ERROR)]),
        ("5", "90", CHILDREN, [("max", ERROR)]),
        ("15", "42", CHILDREN, []),  # one and a half times the label's, which no child below 45 kg reaches either
        ("15", "42.1", CHILDREN, [("max", ERROR)]),
        ("15", "28", CHILDREN, []),
        ("30", "56", CHILDREN, []),
        ("1.5", "28", CHILDREN, []),  # the label's cap: another rule speaks of the dose
        ("90", "168.84", ADULTS, []),
        ("90", "168.85", ADULTS, [("max", ERROR)]),
        ("15", "9", ADULTS, [("max", ERROR)]),  # 0.6 m²
        ("1500", "28", ADULTS, []),  # the label's cap: another rule speaks of the dose
        ("15", "9.1", ADULTS, [("max", ERROR)]),  # 0.607 m²
        ("15", "9.2", ADULTS, []),
        ("15", "2.9", CHILDREN, [("max", ERROR)]),
        ("15", "3", CHILDREN, []),  # 0.2 m²
    ],
)
def test_a_cap_that_no_patient_reaches_or_that_all_do_is_a_slip(
    dose: str, cap: str, who: Eligibility, found: list[tuple[str, Severity]]
) -> None:
    assert severities(study(dose, cap, who)) == found


def test_a_study_without_caps_is_not_evaluated_and_one_cap_left_out_is_found() -> None:
    answer = verdict(study("15", None)).not_evaluated
    assert answer is not None
    assert answer.kind == "not applicable"
    base = study("15", "28")
    first = replace(base.cycles[0].steps[0], dose=DoseRate(Fraction(5), Basis.BSA), cap=None)
    assert severities(replace(base, cycles=(replace(base.cycles[0], steps=(first, *base.cycles[0].steps)),))) == [
        ("dose", WARNING)
    ]


def test_the_sizes_are_those_of_patients() -> None:
    limits = shipped_limits()
    assert (limits["smallest_area"].value, limits["largest_area"].value) == AREAS_M2
    assert areas_of(Eligibility()) == AREAS_M2


@pytest.mark.parametrize(
    ("who", "smallest", "largest"),
    [
        (Eligibility(below_weight=Fraction(45)), 0.2, 1.7),
        (Eligibility(minimum_weight=Fraction(45)), 1.1, 3.0),
        (Eligibility(below_age=Fraction(1)), 0.2, 0.8),
        (Eligibility(minimum_age=Fraction(18)), 0.6, 3.0),
        (Eligibility(minimum_age=Fraction(18), minimum_weight=Fraction(60)), 1.4, 3.0),
        (Eligibility(below_age=Fraction(18), below_weight=Fraction(10)), 0.2, 0.5),
    ],
)
def test_areas_leave_room_beyond_what_is_usual(who: Eligibility, smallest: float, largest: float) -> None:
    assert tuple(round(float(area), 1) for area in areas_of(who)) == (smallest, largest)


def test_a_cap_that_is_not_that_of_the_base_is_told_once_unless_it_is_stated() -> None:
    """The comparison with what the regimen departs from gives both caps; where a departure is stated, it is silent."""
    base = replace(study("15", "2.8", CHILDREN), departs_from="mrd-below-45-kg")
    stated = Departure("Protocol 7 has it so", base.sources[0].citation, ())
    departing = replace(base.cycles[0].steps[0], departure=stated)
    for regimen, told in (
        (base, ["L011"]),
        (replace(base, departs_from=None), ["D205"]),
        (replace(base, cycles=(replace(base.cycles[0], steps=(departing,)),)), ["D205"]),
    ):
        judgement = judgement_of(write_regimen(table_of(regimen)).document.text)
        assert [finding.code for finding in judgement.findings if finding.path[-1] == "max"] == told
