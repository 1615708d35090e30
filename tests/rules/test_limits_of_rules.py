"""The label's and the studies' limits, on both sides of each."""

from dataclasses import replace
from fractions import Fraction

import pytest

from blinplan.course.patient import Patient, patient
from blinplan.proportion import Proportion
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.rules.judge import Judgement, Ruling
from blinplan.rules.rule import Severity
from blinplan.rules.simulated.outcome import Escalation, Median, SimulatedOutcome
from tests.regimen_text import (
    codes,
    cycle,
    judged,
    judged_lines,
    marked,
    outcome,
    regimen_text,
    told,
    verdict_of,
    waiver,
)

RELAPSED = 'indication = "relapsed-refractory"\n\n'
MRD = 'indication = "mrd-positive"\n\n'
STEPPED = cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")


@pytest.mark.parametrize(
    ("dose", "found"),
    [
        ("28 mcg/day", []),
        ("28.001 mcg/day", ["D203"]),
        ("168.84 mcg/day", ["D203"]),
        ("168.85 mcg/day", ["D204"]),
        ("2799 mcg/day", ["D204"]),
        ("2800 mcg/day", ["N106"]),
        ("28,000 mcg/day", ["N106"]),
        ("15 mcg/m2/day", []),
        ("16 mcg/m2/day", ["D203"]),
        ("90 mcg/m2/day", ["D203"]),
        ("90.1 mcg/m2/day", ["D204"]),
        ("1500 mcg/m2/day", ["N106"]),
    ],
)
def test_a_dose_too_high_is_one_finding(dose: str, found: list[str]) -> None:
    assert codes(judged_lines(cycle(f"{dose} for 28 days"))) == found


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ('dose = "15 mcg/m2/day"', ["D205"]),
        ('dose = "15 mcg/m2/day", max = "28 mcg/day"', []),
        ('dose = "15 mcg/m2/day", max = "27 mcg/day"', ["D205"]),
        ('dose = "10 mcg/m2/day", max = "27 mcg/day"', []),
        ('dose = "10 mcg/m2/day"', ["D205"]),
    ],
)
def test_a_dose_by_area_has_the_label_s_cap(step: str, found: list[str]) -> None:
    lines = f'[[cycle]]\nname = "Cycle"\nsteps = [{{ {step}, days = 28 }}]\ntreatment_free_days = 14'
    judgement = judged_lines(MRD + lines)
    assert codes(judgement) == found
    if found and "max" in step:
        assert marked(judgement, "D205") == ['"27 mcg/day"']


@pytest.mark.parametrize(
    ("eligibility", "dose", "found"),
    [
        ("min_weight_kg = 45", "28 mcg/day", []),
        ("min_weight_kg = 44.9", "28 mcg/day", ["D206"]),
        ("below_weight_kg = 60", "28 mcg/day", ["D206"]),
        ("below_weight_kg = 45", "15 mcg/m2/day", []),
        ("below_weight_kg = 45.1", "15 mcg/m2/day", ["D206"]),
        ("min_weight_kg = 10", "15 mcg/m2/day", ["D206"]),
        ('population = "adult-mrd"', "28 mcg/day", ["D206"]),
    ],
)
def test_flat_doses_are_for_45_kg_and_over(eligibility: str, dose: str, found: list[str]) -> None:
    lines = cycle(f"{dose} for 28 days")
    judgement = judged_lines(f"{MRD}[eligibility]\n{eligibility}\n\n{lines}")
    assert codes(judgement) == found
    assert codes(judged_lines(f"[eligibility]\n{eligibility}\n\n{lines}")) == []  # investigational
    assert codes(judged(judgement.reading.document.text + waiver("D206"))) == ([] if found else ["W902"])


def test_a_unit_slip_is_one_finding_and_is_not_simulated() -> None:
    slip = cycle("9 mcg/day for 7 days", "28000 mcg/day for 21 days")
    simulation = told(outcome(0, 100))
    judgement = judged_lines(slip, simulation)
    assert codes(judgement) == ["N106"]
    assert simulation.asked == []
    verdict = verdict_of(judgement, "B401")
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "blocked"


@pytest.mark.parametrize(
    ("weight", "eligibility", "found"),
    [
        ("45", "min_weight_kg = 45", []),
        ("44.999", "min_weight_kg = 45", ["D211"]),
        ("44.999", "below_weight_kg = 45", []),
        ("45", "below_weight_kg = 45", ["D211"]),
        ("20", 'population = "adult-rr"', []),
    ],
)
def test_a_patient_is_of_a_weight_that_the_regimen_is_for(weight: str, eligibility: str, found: list[str]) -> None:
    text = f"[eligibility]\n{eligibility}\n\n{cycle()}"
    patient = Patient(weight=Fraction(weight))
    assert codes(judged_lines(text, patient=patient)) == found
    assert codes(judged_lines(text + waiver("D211"), patient=patient)) == sorted([*found, "W905"])
    everything = Settings(ignore=(Pattern("D2"), Pattern("ALL"), Pattern("patient-not-eligible")))
    assert codes(judged_lines(text, patient=patient, settings=everything)) == found
    assert verdict_of(judged_lines(text), "D211").ruling is Ruling.NOT_EVALUATED


def test_a_patient_whose_weight_is_not_known_leaves_the_question_undecided() -> None:
    judgement = judged_lines(cycle(), patient=Patient())
    assert verdict_of(judgement, "D211").undecided
    assert not judgement.complete


def test_a_dose_by_area_is_the_patient_s_own() -> None:
    uncapped = '[[cycle]]\nname = "C"\nsteps = [{ dose = "15 mcg/m2/day", days = 28 }]\ntreatment_free_days = 14'
    small, large = (patient(area=Fraction(area)) for area in ("1.86", "1.87"))
    assert codes(judged_lines(uncapped, patient=small)) == ["D205"]
    (finding,) = verdict_of(judged_lines(uncapped, patient=large), "D203").findings
    assert "28.05 mcg/day in this patient" in finding.message
    assert finding.patient == "15 mcg/m²/day is 28.05 mcg/day at 1.870 m² (given)"
    assert codes(judged_lines(cycle("15 mcg/m2/day for 28 days"), patient=large)) == []  # capped
    assert verdict_of(judged_lines(uncapped, patient=Patient(weight=Fraction(44))), "D203").undecided
    flat = verdict_of(
        judged_lines(cycle("9 mcg/day for 28 days"), patient=patient(Fraction(70), None, Fraction(2))), "D202"
    )
    assert flat.findings[0].patient == "9 mcg/day is 4.5 mcg/m²/day at 2.000 m² (given)"


def test_relapsed_disease_begins_low_and_others_at_the_full_dose() -> None:
    full = cycle("28 mcg/day for 28 days")
    assert codes(judged_lines(RELAPSED + STEPPED)) == []
    assert codes(judged_lines(RELAPSED + full)) == ["D207"]
    assert codes(judged_lines(MRD + full)) == []
    assert codes(judged_lines(MRD + STEPPED)) == ["D208"]
    assert codes(judged_lines(RELAPSED + STEPPED + STEPPED)) == ["D208"]
    assert marked(judged_lines(RELAPSED + full), "D207") == ['"28 mcg/day"']


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [("7", "28", []), ("6.9", "28", ["D209"]), ("28", "27", ["D209"]), ("28", "28", [])],
)
def test_steps_rise_by_four_times_at_most(first: str, second: str, found: list[str]) -> None:
    assert codes(judged_lines(cycle(f"{first} mcg/day for 7 days", f"{second} mcg/day for 21 days"))) == found


@pytest.mark.parametrize(("head", "cycles", "found"), [(MRD, 4, []), (MRD, 5, ["S307"]), ("", 20, [])])
def test_the_label_counts_its_cycles(head: str, cycles: int, found: list[str]) -> None:
    judgement = judged_lines(head + cycle(repeat=cycles))
    assert codes(judgement) == found
    assert marked(judgement, "S307") == ([str(cycles)] if found else [])


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ('"cycle-start", "escalation", "restart"', []),
        ('"first-start", "escalation", "first-cycle-restart"', []),
        ('"cycle-start", "escalation"', ["C603"]),
        ('"cycle-start", "restart"', ["C603"]),
        ('"escalation", "restart"', ["C603"]),
    ],
)
def test_premedication_is_declared_for_start_step_and_restart(before: str, found: list[str]) -> None:
    table = f'[premedication]\ndrug = "dexamethasone"\ndose = "20 mg"\nbefore = [{before}]\n\n'
    assert codes(judged_lines(RELAPSED + table + STEPPED)) == found


def test_without_any_premedication_all_that_is_missing_is_named() -> None:
    text = regimen_text(RELAPSED + STEPPED)
    start = text.index("[premedication]")
    judgement = judged(text[:start] + text[text.index("[monitoring]") :])
    (finding,) = verdict_of(judgement, "C603").findings
    assert "the start of infusion and a dose step and a restart" in finding.message


@pytest.mark.parametrize(
    ("head", "lines", "days", "found"),
    [
        (RELAPSED, STEPPED, "[9]", []),
        (RELAPSED, STEPPED, "[8]", ["C604"]),
        (MRD, cycle(repeat=2), "[3, 2]", []),
        (MRD, cycle(repeat=2), "[2, 2]", ["C604"]),
        (MRD, cycle(repeat=2), "[3, 1]", ["C604"]),
        (MRD, cycle(repeat=2), "[3]", ["C604"]),
        ("", STEPPED, "[9]", []),
        ("", STEPPED, "[8]", ["C604"]),
    ],
)
def test_hospital_days_cover_starts_and_steps(head: str, lines: str, days: str, found: list[str]) -> None:
    assert codes(judged_lines(f"{head}[monitoring]\nhospital_days = {days}\n\n{lines}")) == found


def test_missing_days_in_hospital_are_shown_at_their_cycle() -> None:
    for lines, tables in ((f"{cycle()}\n{cycle()}", [0, 1]), (cycle(repeat=2), [0, 0])):
        text = regimen_text(MRD + lines).replace("[monitoring]\nhospital_days = [28, 28]\n", "")
        found = verdict_of(judged(text), "C604").findings
        assert [finding.path for finding in found] == [("cycle", table, "name") for table in tables]


@pytest.mark.parametrize("reason", ['reason = ""', 'reason = " "', "reason = 1", ""])
def test_a_waiver_has_a_reason(reason: str) -> None:
    assert codes(judged(regimen_text(cycle()) + f'\n[[waiver]]\nrule = "S304"\n{reason}\n')) == ["W903"]


# --- simulated ----------------------------------------------------------------------------------------------------


def with_outcome(**changed: object) -> SimulatedOutcome:
    return replace(outcome(990, 1000, (0, 990)), **changed)  # type: ignore[arg-type]


def simulated(code: str, lines: str, found: SimulatedOutcome) -> str:
    verdict = verdict_of(judged(regimen_text(lines), told(found)), code)
    return verdict.not_evaluated.kind if verdict.not_evaluated else verdict.ruling.value


@pytest.mark.parametrize(
    ("depleted", "answer"), [(850, "pass"), (790, "undecided"), (700, "finding"), (400, "pass"), (810, "undecided")]
)
def test_more_than_a_fifth_not_depleted_is_many(depleted: int, answer: str) -> None:
    assert simulated("B402", cycle(), outcome(depleted, 1000)) == answer


@pytest.mark.parametrize(
    ("returned", "answer"), [(400, "finding"), (500, "undecided"), (600, "pass"), (None, "not applicable")]
)
def test_t_cells_at_the_step(returned: int | None, answer: str) -> None:
    escalation = None if returned is None else Escalation(7.0, Proportion(returned, 1000), 12.3)
    assert simulated("T501", STEPPED, with_outcome(escalation=escalation)) == answer


def test_the_day_on_which_the_majority_is_back_is_named() -> None:
    escalation = Escalation(7.0, Proportion(10, 1000), 12.3)
    (finding,) = verdict_of(judged(regimen_text(STEPPED), told(with_outcome(escalation=escalation))), "T501").findings
    assert "in the majority they are on day 13" in finding.message
    assert finding.severity is Severity.NOTE
    assert finding.path == ("cycle", 0, "steps", 1, "dose")


@pytest.mark.parametrize(
    ("peak", "answer"),
    [((44, 43, 44.9), "finding"), ((30, 29, 31), "pass"), ((15, 14, 15), "pass"), ((42, 40, 43.4), "undecided")],
)
def test_a_first_peak_is_held_against_the_label_s(peak: tuple[float, float, float], answer: str) -> None:
    own, label = Median(*peak, 1000), Median(28.0, 27.5, 28.5, 1000)
    assert simulated("C601", cycle(), with_outcome(first_peak=own, labelled_peak=("rr-adult", label))) == answer
    assert simulated("C601", cycle(), with_outcome(first_peak=own, labelled_peak=None)) == "not applicable"


@pytest.mark.parametrize(
    ("later", "answer"),
    [
        (((10, 100),), "pass"),
        (((55, 100),), "undecided"),
        (((90, 100),), "finding"),
        (((0, 0),), "pass"),
        ((), "not applicable"),
    ],
)
def test_later_cycles_raise_cytokines_in_fewer(later: tuple[tuple[int, int], ...], answer: str) -> None:
    changed = tuple(Proportion(count, total) for count, total in later)
    assert simulated("C602", cycle(repeat=2), with_outcome(later_elevation=changed)) == answer


def test_answers_that_need_no_simulation_stand_without_it() -> None:
    judgement: Judgement = judged_lines(RELAPSED + STEPPED)
    for code in ("B402", "T501", "C601", "C602"):
        assert verdict_of(judgement, code).ruling is Ruling.NOT_EVALUATED


def test_the_target_of_every_cycle_is_asked_about() -> None:
    late = cycle() + cycle("0.28 mcg/day for 28 days")
    assert codes(judged_lines(late)) == ["D202"]
    assert marked(judged_lines(late), "D202") == ['"0.28 mcg/day"']
    area = cycle("15 mcg/m2/day for 28 days") + cycle("1.5 mcg/m2/day for 28 days")
    assert codes(judged_lines(area)) == ["D201"]
    assert codes(judged_lines(cycle("9 mcg/day for 28 days", repeat=3))) == ["D202"]
