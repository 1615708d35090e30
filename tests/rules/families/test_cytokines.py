"""C: cytokines, premedication and days in hospital, on both sides of each limit."""

from dataclasses import replace

import pytest

from blinplan.course.patient import Patient
from blinplan.proportion import Proportion
from blinplan.regimen.age import read_age
from blinplan.rules.rule import Severity
from blinplan.rules.simulated.outcome import Median, SimulatedOutcome
from blinplan.rules.simulated.virtual import EARLY
from tests.read_text import site_in
from tests.regimen_text import (
    codes,
    cycle,
    judgement_of_lines,
    marks,
    script,
    verdict_of,
    waiver,
)
from tests.rules.families.examples import Example, example, tried
from tests.rules.families.heads_and_outcomes import MRD, RELAPSED, STEPPED, simulated, surely, with_outcome


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
    assert codes(judgement_of_lines(RELAPSED + table + STEPPED)) == found


@pytest.mark.parametrize("code", ["C603", "C604", "C605", "C606"])
def test_what_a_file_does_not_say_is_not_taken_for_not_given(code: str) -> None:
    verdict = verdict_of(judgement_of_lines(RELAPSED + STEPPED), code)
    assert verdict.not_evaluated is not None
    assert (verdict.not_evaluated.kind, verdict.undecided) == ("not said", False)


@pytest.mark.parametrize(
    ("head", "lines", "days", "found"),
    [
        (RELAPSED, STEPPED, "[9]", []),
        (RELAPSED, STEPPED, "[8]", ["C604"]),
        (MRD, cycle(repeat=2), "[3, 2]", []),
        (MRD, cycle(repeat=2), "[2, 2]", ["C604"]),
        (MRD, cycle(repeat=2), "[3, 1]", ["C604"]),
        (MRD, cycle(repeat=2), "[3]", []),
        ("", STEPPED, "[9]", []),
        ("", STEPPED, "[8]", ["C604"]),
    ],
)
def test_hospital_days_cover_starts_and_steps(head: str, lines: str, days: str, found: list[str]) -> None:
    assert codes(judgement_of_lines(f"{head}[monitoring]\nhospital_days = {days}\n\n{lines}")) == found


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


@pytest.mark.parametrize(
    ("ends", "answer"),
    [((0.4, 0.5), "pass"), ((0.4, 0.501), "undecided"), ((0.5, 0.6), "undecided"), ((0.501, 0.6), "finding")],
)
def test_a_share_that_ends_at_half_is_no_more_than_that(ends: tuple[float, float], answer: str) -> None:
    known = surely(_later(500), (Proportion(500, 1000), ends))
    assert simulated("C602", cycle(repeat=2), known) == answer


def test_where_the_cycles_differ_in_nobody_more_patients_are_asked_for_while_there_are_any() -> None:
    nobody = with_outcome(later_elevation=(Proportion(0, 0),))
    assert simulated("C602", cycle(repeat=2), nobody) == "pass"
    assert simulated("C602", cycle(repeat=2), replace(nobody, errors=EARLY)) == "undecided"


@pytest.mark.parametrize(
    ("counts", "number", "dose"),
    [
        ((531,), 2, "28"),
        ((0, 531), 3, "27"),
        ((531, 0), 2, "28"),
        ((500, 531), 3, "27"),  # of the second nobody can say it yet
        ((531, 600), 2, "28"),  # the first that is
    ],
)
def test_a_later_cycle_is_told_by_its_number_and_beside_the_first(
    counts: tuple[int, ...], number: int, dose: str
) -> None:
    three = "".join(cycle(f"{each} mcg/day for 28 days") for each in ("9", "28", "27"))
    (finding,) = verdict_of(judgement_of_lines(three, script(_later(*counts))), "C602").findings
    told = f"IL-6 reaches five times baseline in more virtual patients in cycle {number} than in cycle 1 (adult-rr)"
    assert finding.message == told
    assert finding.path[:2] == ("cycle", number - 1)
    assert finding.value == f"9 mcg/day for 28 days; then {dose} mcg/day for 28 days"


def _peaks(own: tuple[float, float, float], label: tuple[float, float, float] | None) -> SimulatedOutcome:
    labelled = None if label is None else ("rr-adult", Median(*label, 1000))
    return with_outcome(first_peak=Median(*own, 1000), labelled_peak=labelled)


def _later(*counts: int) -> SimulatedOutcome:
    return with_outcome(later_elevation=tuple(Proportion(count, 1000) for count in counts))


def _before(occasions: str, head: str, lines: str) -> str:
    return f'{head}[premedication]\ndrug = "dexamethasone"\ndose = "20 mg"\nbefore = [{occasions}]\n\n{lines}'


def _in_hospital(days: str, head: str, lines: str) -> str:
    return f"{head}[monitoring]\nhospital_days = {days}\n\n{lines}"


_STATED = 'departure = { reason = "Protocol 7, section 5 has it so", source = "none" }'
_FROM_ADULT = 'indication = "investigational"\ndeparts_from = "rr-adult"\n\n'


def _stated(dose: str = "8 mg", drug: str = "dexamethasone", before: str = '"cycle-start", "escalation"') -> str:
    """A premedication of a study, which says that and why it is not that of rr-adult."""
    table = f'drug = "{drug}"\ndose = "{dose}"\nbefore = [{before}, "restart"]\n{_STATED}'
    return f"{_FROM_ADULT}[premedication]\n{table}\n\n{STEPPED}"


def _premedicated(head: str, drug: str = "dexamethasone", dose: str = "20 mg") -> str:
    table = f'drug = "{drug}"\ndose = "{dose}"\nbefore = ["cycle-start", "escalation", "restart"]'
    return f"{head}[premedication]\n{table}\n\n{STEPPED if head == RELAPSED else cycle()}"


THREE = cycle(repeat=3)
FROM_RR = 'indication = "investigational"\ndeparts_from = "rr-adult"\n\n'
FROM_MRD = FROM_RR.replace("rr-adult", "mrd-adult")
MOVED = cycle("9 mcg/day for 6 days", "28 mcg/day for 22 days")
STATED = 'departure = { reason = "Protocol 7 has it so", source = "none" }\n'


def _due(what: str, dose: str, kind: str = "pre-phase") -> str:
    day = -3 if kind == "pre-phase" else 1
    return f'[[due]]\nkind = "{kind}"\nwhat = "{what}"\ndose = "{dose}"\ndays = [{day}]\n\n{cycle()}'


DUE = (
    ("finding", "dexamethasone", "10 g/m2 a day"),
    ("finding", "dexamethasone", "100 mg/m2"),
    ("pass", "dexamethasone", "99 mg/m2"),
    ("pass", "dexamethasone", "10 mg/m2 a day, at most 24 mg"),
    ("finding", "dexamethasone", "10 mg/m2 a day, at most 24 g"),
    ("finding", "dexamethasone", "200 mg"),
    ("pass", "dexamethasone", "40 mg"),
    ("finding", "dexamethasone", "10 mcg/m2"),
    ("finding", "prednisone", "60 g/m2 a day"),
    ("pass", "prednisone", "60 mg/m2 a day"),
    ("pass", "methylprednisolone", "1,000 mg"),
    ("finding", "methylprednisolone", "10,000 mg"),
    ("not applicable", "dexamethasone", "as ordered"),
    ("not applicable", "cyclophosphamide", "1 g/m2"),
    ("not applicable", "dexamethasone and cyclophosphamide", "10 mg/m2 and 200 mg/m2"),
)
INTRATHECAL = (
    ("finding", "methotrexate", "120 mg"),
    ("pass", "methotrexate", "12 mg"),
    ("pass", "methotrexate", "20 mg"),
    ("pass", "methotrexate, cytarabine and hydrocortisone", "12 mg, 70 mg and 24 mg"),
    ("finding", "methotrexate, cytarabine and hydrocortisone", "12 mg, 70 g and 24 mg"),
    ("not applicable", "methotrexate", "by age"),
)

EXAMPLES = (
    example("C607", "not applicable", "nothing is due", cycle()),
    *(example("C607", answer, f"{what} {dose}", _due(what, dose)) for answer, what, dose in DUE),
    *(
        example("C607", answer, f"intrathecal {what} {dose}", _due(what, dose, "intrathecal"))
        for answer, what, dose in INTRATHECAL
    ),
    example(
        "C601", "finding", "a hair above half as much again", cycle(), outcome=_peaks((31, 30.01, 32), (20, 19, 20))
    ),
    example("C601", "undecided", "the intervals touch", cycle(), outcome=_peaks((31, 30, 32), (20, 19, 20))),
    example("C601", "pass", "exactly half as much again", cycle(), outcome=_peaks((30, 30, 30), (20, 20, 20))),
    example("C601", "pass", "a lower peak than the label's", cycle(), outcome=_peaks((10, 9, 11), (20, 19, 21))),
    example("C601", "not applicable", "no label to hold it against", cycle(), outcome=_peaks((99, 98, 99), None)),
    example("C601", "not requested", "no simulation", RELAPSED + cycle()),
    example("C602", "finding", "the interval just above half", cycle(repeat=2), outcome=_later(531)),
    example("C602", "undecided", "it touches half from above", cycle(repeat=2), outcome=_later(530)),
    example("C602", "undecided", "it touches half from below", cycle(repeat=2), outcome=_later(470)),
    example("C602", "pass", "the interval just below half", cycle(repeat=2), outcome=_later(469)),
    example("C602", "finding", "in the third cycle", THREE, outcome=_later(0, 531)),
    example("C602", "finding", "in the third, and the second undecided", THREE, outcome=_later(500, 531)),
    example("C602", "undecided", "in the second, and not in the third", THREE, outcome=_later(500, 0)),
    example("C602", "not applicable", "one cycle", cycle(), outcome=_later()),
    example("C602", "not requested", "no simulation", THREE),
    example("C603", "finding", "none before a step", _before('"cycle-start"', "", STEPPED)),
    example("C603", "pass", "none before a step, of which there is none", _before('"cycle-start"', "", cycle())),
    example("C603", "pass", "before the first start only", _before('"first-start"', "", cycle(repeat=2))),
    example(
        "C603", "finding", "none before a restart in relapsed disease", _before('"cycle-start"', RELAPSED, cycle())
    ),
    example("C603", "pass", "none before a restart in MRD", _before('"cycle-start"', MRD, cycle())),
    example("C603", "waived", "without steroids, in a study", _before('"restart"', "", cycle()), below=waiver("C603")),
    example("C604", "finding", "8 days in relapsed disease", _in_hospital("[8]", RELAPSED, STEPPED)),
    example("C604", "pass", "9 days in relapsed disease", _in_hospital("[9]", RELAPSED, STEPPED)),
    example("C604", "finding", "2 days in MRD", _in_hospital("[2]", MRD, cycle())),
    example("C604", "pass", "3 days in MRD", _in_hospital("[3]", MRD, cycle())),
    example("C604", "finding", "a day in cycle 2", _in_hospital("[3, 1]", MRD, cycle(repeat=2))),
    example("C604", "pass", "2 days in cycle 2", _in_hospital("[3, 2]", MRD, cycle(repeat=2))),
    example("C604", "pass", "none in cycle 3", _in_hospital("[3, 2]", MRD, THREE)),
    example("C604", "finding", "a day in a study", _in_hospital("[1]", "", cycle())),
    example("C604", "pass", "2 days in a study", _in_hospital("[2]", "", cycle())),
    example("C604", "finding", "8 days, and a step on day 8", _in_hospital("[8]", "", STEPPED)),
    example("C604", "pass", "2 days after a step on day 8", _in_hospital("[9]", "", STEPPED)),
    example("C604", "not said", "nothing of cycle 2", _in_hospital("[3]", MRD, cycle(repeat=2))),
    example("C604", "finding", "too few in cycle 1, and nothing of cycle 2", _in_hospital("[2]", MRD, cycle(repeat=2))),
    example("C605", "finding", "a tenth of the dose", _premedicated(RELAPSED, dose="2 mg")),
    example("C605", "finding", "a hair more", _premedicated(RELAPSED, dose="20.01 mg")),
    example("C605", "pass", "the label's dose", _premedicated(RELAPSED)),
    example("C605", "finding", "the dose of another indication", _premedicated(MRD)),
    example("C605", "pass", "the equivalent of that indication", _premedicated(MRD, dose="16 mg")),
    example("C605", "finding", "another drug", _premedicated(RELAPSED, drug="paracetamol")),
    example("C605", "pass", "in another language", _premedicated(RELAPSED, drug="Dexaméthasone")),
    example("C605", "pass", "in a study, within three times the label's", _premedicated("", dose="8 mg")),
    example("C605", "not said", "no word of it", RELAPSED + STEPPED),
    example("C605", "finding", "another dose than the base's", _stated().replace(_STATED, "")),
    example("C605", "pass", "which the study states", _stated()),
    example("C605", "pass", "another drug, which it states", _stated(drug="paracetamol")),
    example("C605", "pass", "three times the base's, which it states", _stated("60 mg")),
    example("C605", "finding", "ten times the base's, whatever it states", _stated("200 mg")),
    example("C605", "finding", "a departure where nothing departs", _stated("20 mg")),
    example("C605", "pass", "other occasions, which it states", _stated("20 mg", before='"first-start"')),
    example("C603", "pass", "other occasions than the base's, which it states", _stated(before='"first-start"')),
    example(
        "C603",
        "finding",
        "other occasions than the base's",
        _stated(before='"first-start"').replace(_STATED, ""),
    ),
    example("C605", "waived", "as the ward gives it", _premedicated(RELAPSED, dose="24 mg"), below=waiver("C605")),
    example("C606", "finding", "90 days", _in_hospital("[90]", RELAPSED, STEPPED)),
    example("C606", "finding", "a day more than the cycle has", _in_hospital("[43]", "", cycle())),
    example("C606", "pass", "the whole cycle, in a study", _in_hospital("[42]", "", cycle())),
    example("C606", "finding", "29 days for 9", _in_hospital("[29]", RELAPSED, STEPPED)),
    example("C606", "pass", "the whole infusion", _in_hospital("[28]", RELAPSED, STEPPED)),
    example("C606", "finding", "20 days for 2", _in_hospital("[3, 20]", MRD, cycle(repeat=2))),
    example("C606", "pass", "a week more than the label has", _in_hospital("[10, 9]", MRD, cycle(repeat=2))),
    example("C606", "finding", "days in a cycle that there is not", _in_hospital("[9, 2]", RELAPSED, STEPPED)),
    example("C606", "pass", "no days in a cycle that there is not", _in_hospital("[9, 0]", RELAPSED, STEPPED)),
    example("C604", "finding", "8 days for the 9 of the base", _in_hospital("[8]", FROM_RR, MOVED)),
    example("C604", "pass", "the 9 days of the base", _in_hospital("[9, 2]", FROM_RR, STEPPED + cycle())),
    example("C604", "finding", "2 days for the 3 of the base", _in_hospital("[2]", FROM_MRD, cycle())),
    example("C604", "pass", "the 3 days of the base", _in_hospital("[3]", FROM_MRD, cycle())),
    example("C604", "pass", "2 days, and the cycle departs", _in_hospital("[2]", FROM_MRD, cycle() + STATED)),
    example("C606", "finding", "40 days for the 9 of the base", _in_hospital("[40]", FROM_RR, STEPPED)),
    example("C606", "pass", "27 days for the 9 of the base", _in_hospital("[27]", FROM_RR, STEPPED)),
    example("C606", "pass", "the whole infusion, with a base", _in_hospital("[28]", FROM_RR, STEPPED)),
    example("C606", "pass", "40 days, and no base", _in_hospital("[40]", "", STEPPED)),
    example("C606", "finding", "20 days in the third cycle", _in_hospital("[3, 2, 20]", MRD, THREE)),
    example("C606", "pass", "9 days in the third cycle", _in_hospital("[3, 2, 9]", MRD, THREE)),
    example("C606", "pass", "days in the third cycle of three", _in_hospital("[3, 2, 2]", MRD, THREE)),
    example("C606", "not said", "no word of it", RELAPSED + STEPPED),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer


@pytest.mark.parametrize(("age", "found"), [("43", []), ("17", ["C603"]), (None, ["C603"])])
def test_premedication_of_children_is_missed_in_the_regimen_of_a_child(age: str | None, found: list[str]) -> None:
    adults = (
        'indication = "relapsed-refractory"\n\n[[premedication]]\npatients = "adults"\ndrug = "dexamethasone"\n'
        'dose = "20 mg"\nbefore = ["cycle-start", "escalation", "restart"]\n\n'
    )
    whom = None if age is None else Patient(age=read_age(age))
    assert [code for code in codes(judgement_of_lines(adults + cycle(), patient=whom)) if code == "C603"] == found


@pytest.mark.parametrize(
    ("head", "lines", "days", "severity"),
    [
        (RELAPSED, STEPPED, "[8]", Severity.WARNING),
        (RELAPSED, STEPPED, "[6]", Severity.WARNING),
        (RELAPSED, STEPPED, "[5]", Severity.ERROR),
        (RELAPSED, STEPPED, "[0]", Severity.ERROR),
        (MRD, cycle(repeat=2), "[3, 1]", Severity.ERROR),
        ("", STEPPED, "[1]", Severity.WARNING),
        ("", STEPPED, "[0]", Severity.ERROR),
    ],
)
def test_less_than_two_thirds_of_the_label_s_days_in_hospital_is_an_error(
    head: str, lines: str, days: str, severity: Severity
) -> None:
    judgement = judgement_of_lines(f"{head}[monitoring]\nhospital_days = {days}\n\n{lines}")
    (finding,) = verdict_of(judgement, "C604").findings
    assert finding.severity is severity
    assert marks(judgement, "C604") == [days.strip("[]").split(", ")[-1]]


@pytest.mark.parametrize(
    ("days", "severity", "said"),
    [
        ("[90, 2]", Severity.ERROR, "90 days in hospital are planned in cycle 1, which lasts 42 days"),
        ("[43, 2]", Severity.ERROR, "43 days in hospital"),
        ("[30, 2]", Severity.WARNING, "30 days in hospital are planned in cycle 1; the label's are 3 days"),
        ("[3, 20]", Severity.WARNING, "20 days in hospital are planned in cycle 2; the label's are 2 days"),
        ("[3, 2, 0, 99]", Severity.ERROR, "99 days"),
        ("[3, 2, 0, 0, 1]", Severity.WARNING, "1 day in hospital is planned in cycle 5, and the regimen has 4 cycles"),
    ],
)
def test_implausible_days_in_hospital_are_told_with_both_values(days: str, severity: Severity, said: str) -> None:
    judgement = judgement_of_lines(f"{MRD}[monitoring]\nhospital_days = {days}\n\n{cycle(repeat=4)}")
    (finding,) = judgement.findings
    assert (finding.code, finding.severity) == ("C606", severity)
    assert said in finding.message


@pytest.mark.parametrize("days", ["[9.5, 2]", "[-1, 2]", '["9", 2]', "9"])
def test_days_in_hospital_are_whole(days: str) -> None:
    judgement = judgement_of_lines(f"{RELAPSED}[monitoring]\nhospital_days = {days}\n\n{STEPPED}")
    assert codes(judgement) == ["F004"]


@pytest.mark.parametrize("base", ["", 'departs_from = "rr-adult"\n'])
@pytest.mark.parametrize(("days", "bad"), [("[0, 2]", Severity.ERROR), ("[0, 0]", Severity.ERROR), ("[1, 2]", None)])
def test_no_day_in_hospital_at_the_first_start_is_an_error_in_an_investigational_regimen(
    base: str, days: str, bad: Severity | None
) -> None:
    head = f'indication = "investigational"\n{base}\n[monitoring]\nhospital_days = {days}\n\n{STEPPED}'
    worst = [f.severity for f in verdict_of(judgement_of_lines(head), "C604").findings if f.path[-1] == 0]
    # One day for the nine of the base is as bad as one for the nine of the label.
    assert worst == [bad or (Severity.ERROR if base else Severity.WARNING)]


def test_a_dose_that_is_due_is_told_with_what_is_given_and_where_it_stands() -> None:
    judgement = judgement_of_lines(_due("prednisolone", "60 g/m2 a day"))
    (finding,) = verdict_of(judgement, "C607").findings
    assert finding.severity is Severity.ERROR
    assert finding.path == ("due", 0, "dose")
    assert finding.message.startswith("prednisolone is due at 60,000 mg/m²; prednisolone is given in milligrams")
    by_age = _due("methotrexate", "x", "intrathecal").replace(
        'dose = "x"', 'dose_by_age = [{ dose = "8 mg", below_age_years = 2 }, { dose = "120 mg", min_age_years = 2 }]'
    )
    (finding,) = verdict_of(judgement_of_lines(by_age), "C607").findings
    assert finding.path == ("due", 0, "dose_by_age", 1, "dose")


@pytest.mark.parametrize(
    ("of_site", "found"),
    [("", ["C606"]), ("hospital_days = [7]\n", ["C606"]), ("hospital_days = [8]\n", [])],
)
def test_a_stay_is_far_above_what_the_site_asks_for_and_not_only_the_label(of_site: str, found: list[str]) -> None:
    """24 days are more than three times 7, and three times 8; the label has 3."""
    site = site_in(f'site = 1\nname = "Ward 7"\n{of_site}bag = [{{ hours = 24 }}]')
    judgement = judgement_of_lines(f"{MRD}[monitoring]\nhospital_days = [24, 2]\n\n{cycle(repeat=2)}", site=site)
    assert codes(judgement) == found


@pytest.mark.parametrize(("number", "days", "lasts"), [(1, "[43, 2]", 42), (2, "[3, 43]", 35), (3, "[3, 2, 57]", 56)])
def test_a_stay_is_laid_beside_its_own_cycle(number: int, days: str, lasts: int) -> None:
    lines = cycle() + cycle(free=7) + cycle(free=28)
    judgement = judgement_of_lines(f"{MRD}[monitoring]\nhospital_days = {days}\n\n{lines}")
    (finding,) = verdict_of(judgement, "C606").findings
    assert f"are planned in cycle {number}, which lasts {lasts} days" in finding.message


@pytest.mark.parametrize(
    ("dose", "said"),
    [
        ("1,000 mg", "1,000 mg"),
        ("2,500.0 mg", "2,500 mg"),
        ("1,000,5 mg", "1,000.5 mg"),
        ("12,5 mg", None),
        ("999,5 mg", "999.5 mg"),
    ],
)
def test_a_comma_is_for_thousands_before_three_digits_and_for_decimals_else(dose: str, said: str | None) -> None:
    findings = verdict_of(judgement_of_lines(_due("dexamethasone", dose)), "C607").findings
    assert [f"is due at {said};" in finding.message for finding in findings] == ([] if said is None else [True])


def test_days_in_hospital_that_no_label_was_seen_to_state_are_not_verified() -> None:
    lines = f'{RELAPSED.rstrip()}\nlabel = "hk-2026"\n\n[monitoring]\nhospital_days = [9, 2]\n\n{STEPPED}'
    verdict = verdict_of(judgement_of_lines(lines), "C604")
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "unverified"
