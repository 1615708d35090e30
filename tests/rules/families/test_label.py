"""L: a regimen beside its label, step by step, on both sides of the sizes that make a difference an error."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import pytest

from blinplan.label.label import Label, LabelledDose, LabelledSchedule
from blinplan.label.read import label_named, label_names
from blinplan.quantities import Basis, decimal_text
from blinplan.regimen import library
from blinplan.regimen.vocabulary import AgeGroup, Indication, Phase, Status
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Severity
from tests.regimen_text import codes, cycle, judgement_of, judgement_of_lines, marks, verdict_of
from tests.rules.families.examples import Example, example, tried

STUDY = 'indication = "investigational"\n'
DEPARTING = f'{STUDY}departs_from = "rr-adult"\n\n'
OPTIONAL = "optional = true\n"
STATED = 'departure = { reason = "Protocol 7", source = "none" }'
RELAPSED = 'indication = "relapsed-refractory"\n\n'
CONSOLIDATION = 'indication = "consolidation"\n\n'
MRD = 'indication = "mrd-positive"\n\n'
CONTINUED = "continued-therapy"
HONG_KONG = '\nlabel = "hk-2026"\n\n'


def schedules() -> Iterator[tuple[Label, LabelledSchedule, Basis]]:
    """Every schedule of every label whose doses were seen, with doses counted in each way that it has."""
    for label in map(label_named, label_names()):
        for schedule in label.schedules:
            bases = list(Basis) if schedule.basis is None else [schedule.basis]
            for basis in bases if schedule.stated.status is Status.SEEN else []:
                yield label, schedule, basis


SCHEDULES = [
    pytest.param(label, schedule, basis, id=f"{label.name}-{schedule.indication}-{basis}")
    for label, schedule, basis in schedules()
]


@dataclass
class DraftStep:
    amount: Fraction
    days: Fraction
    dose: LabelledDose


@dataclass
class DraftCycle:
    name: str
    phase: Phase | None
    steps: list[DraftStep]
    free: Fraction


class Draft:
    """The text of a labelled regimen, of which single values can be other ones."""

    def __init__(self, label: Label, schedule: LabelledSchedule, basis: Basis) -> None:
        self.label, self.schedule, self.basis = label, schedule, basis
        self.cycles = [
            DraftCycle(
                f"Cycle {number}",
                cycle.phase,
                [DraftStep(step.dose.rate(basis).amount, Fraction(step.days), step.dose) for step in cycle.steps],
                cycle.treatment_free.value,
            )
            for number, cycle in enumerate(schedule.course(), start=1)
        ]

    def text(self) -> str:
        return "".join([*self._head(), *map(self._table, self.cycles)])

    def _head(self) -> Iterator[str]:
        below = "below_weight_kg = 45\n" if self.basis is Basis.BSA else "min_weight_kg = 45\n"
        ages = "below_age_years = 18\n" if self.schedule.patients is AgeGroup.CHILDREN else ""
        yield f'format = 1\nname = "probe"\ntitle = "A probe"\nindication = "{self.schedule.indication}"\n'
        yield f'label = "{self.label.name}"\n[[sources]]\ncitation = "none"\nstatus = "seen"\n'
        yield f'[eligibility]\n{below}{ages}[dosing]\nbasis = "{self.basis}"\n'

    def _table(self, cycle: DraftCycle) -> str:
        phase = f'phase = "{cycle.phase}"\n' if cycle.phase else ""
        return (
            f'[[cycle]]\nname = "{cycle.name}"\n{phase}steps = [{", ".join(map(self._step, cycle.steps))}]\n'
            f"treatment_free_days = {decimal_text(cycle.free)}\n"
        )

    def _step(self, step: DraftStep) -> str:
        highest = step.dose.highest(self.basis)
        cap = "" if highest is None else f', max = "{highest}"'
        unit = "mcg/day" if self.basis is Basis.FLAT else "mcg/m2/day"
        return f'{{ dose = "{decimal_text(step.amount)} {unit}"{cap}, hours = {int(step.days * 24)} }}'


def judged(draft: Draft) -> Judgement:
    return judgement_of(draft.text())


def errors(judgement: Judgement) -> list[str]:
    return [finding.code for finding in judgement.findings if finding.severity is Severity.ERROR]


@pytest.mark.parametrize(("label", "schedule", "basis"), SCHEDULES)
def test_what_the_label_gives_has_no_finding(label: Label, schedule: LabelledSchedule, basis: Basis) -> None:
    assert codes(judged(Draft(label, schedule, basis))) == []


FACTORS = [Fraction(text) for text in ("0.1", "0.5", "0.66", "0.67", "0.9", "1.1", "1.5", "1.51", "3", "10")]


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize(("label", "schedule", "basis"), SCHEDULES)
def test_every_other_dose_is_one_finding_at_that_step_and_its_size_decides(
    label: Label, schedule: LabelledSchedule, basis: Basis, factor: Fraction
) -> None:
    for number, cycle_ in enumerate(Draft(label, schedule, basis).cycles):
        for place, _ in enumerate(cycle_.steps):
            draft = Draft(label, schedule, basis)
            step = draft.cycles[number].steps[place]
            labelled = step.dose.rate(basis)
            step.amount = round(labelled.amount * factor, 3)
            finding, *more = [f for f in judged(draft).findings if f.code != "D205"]
            assert not more
            assert finding.path == ("cycle", number, "steps", place, "dose")
            binding = finding.code in {"D201", "D204", "N106"}
            assert binding or str(labelled) in finding.message
            far = not 1 / Fraction("1.5") <= step.amount / labelled.amount <= Fraction("1.5")
            assert (finding.severity is Severity.ERROR) is (far or binding)


@pytest.mark.parametrize(
    ("hours", "found", "error"),
    [
        (48, "S306", True),
        (83, "S306", True),
        (84, "S306", False),
        (167, "S306", False),
        (169, "L002", False),
        (252, "L002", False),
        (253, "L002", True),
        (648, "L002", True),
    ],
)
@pytest.mark.parametrize(("label", "schedule", "basis"), SCHEDULES)
def test_a_first_step_of_another_length_is_one_finding(
    label: Label, schedule: LabelledSchedule, basis: Basis, hours: int, found: str, error: bool
) -> None:
    draft = Draft(label, schedule, basis)
    low, *full = draft.cycles[0].steps
    if not full:
        return
    low.days, full[0].days = Fraction(hours, 24), Fraction(672 - hours, 24)
    (finding,) = judged(draft).findings
    assert (finding.code, finding.severity is Severity.ERROR) == (found, error)
    assert finding.path[:4] == ("cycle", 0, "steps", 0)


@pytest.mark.parametrize(
    ("part", "found", "error"),
    [
        (Fraction(1, 14), "S303", True),
        (Fraction(3, 7), "S303", True),
        (Fraction(1, 2), "S303", False),
        (Fraction(13, 14), "S303", False),
        (Fraction(15, 14), "S304", False),
        (Fraction(3, 2), "S304", False),
        (Fraction(2), "S304", True),
    ],
)
@pytest.mark.parametrize(("label", "schedule", "basis"), SCHEDULES)
def test_another_interval_is_one_finding_also_in_continued_therapy(
    label: Label, schedule: LabelledSchedule, basis: Basis, part: Fraction, found: str, error: bool
) -> None:
    for number in range(len(list(schedule.course())) - 1):
        draft = Draft(label, schedule, basis)
        draft.cycles[number].free *= part
        (finding,) = judged(draft).findings
        assert (finding.code, finding.severity is Severity.ERROR) == (found, error)
        assert finding.path == ("cycle", number, "treatment_free_days")


@pytest.mark.parametrize(
    ("days", "found", "error"),
    [(13, "S301", True), (14, "S301", False), (27, "S301", False), (29, "S302", False), (43, "S302", True)],
)
@pytest.mark.parametrize(("label", "schedule", "basis"), SCHEDULES)
def test_another_length_of_infusion_is_one_finding(
    label: Label, schedule: LabelledSchedule, basis: Basis, days: int, found: str, error: bool
) -> None:
    for number, table in enumerate(Draft(label, schedule, basis).cycles):
        draft = Draft(label, schedule, basis)
        draft.cycles[number].steps[-1].days += days - 28
        (finding,) = judged(draft).findings
        assert (finding.code, finding.severity is Severity.ERROR) == (found, error)
        assert finding.path == ("cycle", number, "steps")
        assert table.name in finding.message


def test_a_cycle_that_is_written_once_for_many_is_told_once_with_all_its_numbers() -> None:
    text = RELAPSED + cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days", repeat=5)
    judgement = judgement_of_lines(text)
    (finding,) = judgement.findings
    assert finding.code == "D208"
    assert "cycles 2 to 5" in finding.message
    assert marks(judgement, "D208") == ['"9 mcg/day"']


@pytest.mark.parametrize("name", ["rr-adult", "rr-2014", "hk-rr-adult"])
def test_the_low_dose_all_through_a_cycle_is_one_finding_where_the_full_dose_is_due(name: str) -> None:
    text = library.load(name).document.text.replace('"28 mcg/day", days = 21', '"9 mcg/day", days = 21')
    text = text.replace(f'name = "{name}"', 'name = "probe"')  # of a shipped name X005 would tell as well
    (finding,) = judgement_of(text).findings
    assert (finding.code, finding.severity) == ("D202", Severity.ERROR)
    assert finding.path == ("cycle", 0, "steps", 1, "dose")


def test_steps_that_go_on_with_the_same_dose_are_one() -> None:
    lines = RELAPSED + cycle("9 mcg/day for 3 days", "9 mcg/day for 4 days", "28 mcg/day for 21 days")
    assert codes(judgement_of_lines(lines)) == []


def test_continued_therapy_before_its_cycle_and_at_another_interval() -> None:
    full, low = cycle(), cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")
    early = RELAPSED + low + full * 3 + cycle(repeat=5, free=56, phase=CONTINUED)
    found = [(finding.code, finding.severity) for finding in judgement_of_lines(early).findings]
    assert found == [("L003", Severity.WARNING), ("S304", Severity.ERROR)]
    at_14_days = RELAPSED + low + full * 4 + cycle(repeat=4, free=14, phase=CONTINUED)
    assert [code for code in codes(judgement_of_lines(at_14_days)) if code != "S310"] == ["S303"]
    assert errors(judgement_of_lines(at_14_days)) == ["S303"]


@pytest.mark.parametrize(("label", "schedule", "basis"), SCHEDULES)
def test_a_wrong_word_for_a_phase_is_one_finding(label: Label, schedule: LabelledSchedule, basis: Basis) -> None:
    for number, table in enumerate(Draft(label, schedule, basis).cycles):
        for phase in set(Phase) - {table.phase} if table.phase else set():
            draft = Draft(label, schedule, basis)
            draft.cycles[number].phase = phase
            (finding,) = judged(draft).findings
            assert (finding.code, finding.path) == ("L003", ("cycle", number, "phase"))
            assert str(table.phase) in finding.message


def test_doses_that_nobody_has_seen_decide_only_what_is_far_off() -> None:
    def at(dose: str) -> Judgement:
        step = cycle(f"{dose} mcg/m2/day for 28 days")
        return judgement_of_lines(f'indication = "consolidation"\n\n{step}')

    unseen = verdict_of(at("8"), "L001").not_evaluated
    assert unseen is not None
    assert unseen.kind == "unverified"
    assert errors(at("4.9")) == ["D202"]
    assert errors(at("46")) == ["D203"]
    assert Indication.CONSOLIDATION in {schedule.indication for schedule in label_named("us-2025").schedules}


def test_a_difference_gives_both_values_and_the_source() -> None:
    (finding,) = judgement_of_lines(RELAPSED + cycle("8 mcg/day for 7 days", "28 mcg/day for 21 days")).findings
    assert re.search("cycle 1 gives 8 mcg/day; the label gives 9 mcg/day", finding.message)
    assert finding.limits == ("first_step_flat",)


LOW_BY_AREA = cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days")
LOW = cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")
IN_LYMPHOMA = DEPARTING.replace("\n\n", '\ndisease = "lymphoma"\n\n')
AUTOIMMUNE = DEPARTING.replace("\n\n", '\ndisease = "autoimmune"\n\n')
TWICE = cycle("28 mcg/day for 27 days") + STATED


def _steps(*doses: str) -> str:
    """A first cycle of four weeks with these doses, a week each but the last, some of them stated departures."""
    held = [7] * (len(doses) - 1) + [28 - 7 * (len(doses) - 1)]
    steps = [
        f'{{ dose = "{dose.removesuffix(", stated")}", days = {days}{f", {STATED}" if "stated" in dose else ""} }}'
        for dose, days in zip(doses, held, strict=True)
    ]
    return f'{DEPARTING}[[cycle]]\nname = "Cycle 1"\nsteps = [{", ".join(steps)}]\ntreatment_free_days = 14'


EXAMPLES: tuple[Example, ...] = (
    example("L001", "finding", "a hair below the full dose", MRD + cycle("27.9 mcg/day for 28 days")),
    example("L001", "pass", "the full dose", MRD + cycle()),
    example("L001", "pass", "above the maximum, which D203 says", MRD + cycle("28.1 mcg/day for 28 days")),
    example("L001", "pass", "so low that D202 says it", MRD + cycle("9 mcg/day for 28 days")),
    example("L001", "finding", "a low first dose", RELAPSED + LOW.replace("9 mcg", "0.9 mcg")),
    example("L001", "finding", "in a later cycle", RELAPSED + LOW + cycle("20 mcg/day for 28 days")),
    example("L001", "finding", "a step down", MRD + cycle("28 mcg/day for 14 days", "20 mcg/day for 14 days")),
    example("L001", "not applicable", "a study", cycle("20 mcg/day for 28 days")),
    example("L002", "finding", "eight days", RELAPSED + cycle("9 mcg/day for 8 days", "28 mcg/day for 20 days")),
    example("L002", "pass", "seven days", RELAPSED + LOW),
    example("L002", "pass", "six days, which S306 says", RELAPSED + LOW.replace("days = 7", "days = 6")),
    example("L002", "not applicable", "one step", MRD + cycle()),
    example("L003", "finding", "another phase", RELAPSED + LOW + cycle(phase="consolidation")),
    example("L003", "pass", "the label's phase", RELAPSED + LOW + cycle(phase="induction")),
    example("L003", "pass", "no phase", RELAPSED + LOW + cycle()),
    example("L003", "finding", "out of order in a study", cycle(phase="consolidation") + cycle(phase="induction")),
    example("L003", "pass", "in order in a study", cycle(phase="induction") + cycle(phase="consolidation")),
    example("L003", "pass", "a phase again in a study", cycle(phase="induction") * 2),
    example("L004", "finding", "of a label that was not seen to have it", MRD.replace("\n\n", HONG_KONG) + cycle()),
    example("L004", "pass", "of a label that has it", RELAPSED.replace("\n\n", HONG_KONG) + LOW),
    example("L004", "pass", "of the default label", MRD + cycle()),
    example("L004", "not applicable", "a study", cycle()),
    example("L010", "finding", "nothing named", f"{STUDY}\n" + cycle()),
    example("L010", "finding", "a name that leads nowhere", f'{STUDY}departs_from = "rr-adul"\n\n' + cycle()),
    example("L010", "pass", "a shipped regimen named", DEPARTING + LOW),
    example("L005", "finding", "a low step in consolidation by area", CONSOLIDATION + LOW_BY_AREA),
    example("L005", "pass", "the same in relapsed disease", RELAPSED + LOW_BY_AREA),
    example("L005", "pass", "a flat one, which D208 tells", CONSOLIDATION + LOW),
    example("L005", "pass", "another dose", CONSOLIDATION + LOW_BY_AREA.replace("5 mcg/m2", "6 mcg/m2", 1)),
    example("L005", "pass", "the schedule of its own", CONSOLIDATION + cycle("15 mcg/m2/day for 28 days", repeat=2)),
    example("L005", "not applicable", "a study", LOW_BY_AREA),
    example("L010", "not applicable", "a labelled one", RELAPSED + LOW),
    example("L011", "pass", "what the base has", DEPARTING + LOW),
    example("L011", "finding", "a lower first step", DEPARTING + LOW.replace("9 mcg", "6 mcg")),
    example("L011", "pass", "so high that L012 says it", DEPARTING + LOW.replace("9 mcg", "90 mcg")),
    example("L011", "finding", "three days of the first step", DEPARTING + LOW.replace("days = 7", "days = 3")),
    example("L011", "pass", "one day, which S305 says", DEPARTING + LOW.replace("7", "1").replace("21", "27")),
    example("L011", "finding", "one day without infusion", DEPARTING + LOW.replace("14", "1") + cycle()),
    example("L011", "pass", "after the last cycle", DEPARTING + LOW.replace("14", "1")),
    example("L011", "pass", "it is stated", DEPARTING + LOW.replace("14\n", f"1\n{STATED}\n") + cycle()),
    example("L011", "finding", "stated at another cycle", DEPARTING + LOW.replace("14", "1") + cycle() + STATED),
    example("L011", "finding", "a sixth cycle", DEPARTING + LOW + cycle(repeat=5)),
    example("L011", "finding", "a first cycle that is optional", DEPARTING + LOW + OPTIONAL + cycle()),
    example("L011", "pass", "a later one that is optional", DEPARTING + LOW + cycle() + OPTIONAL),
    example("L011", "not applicable", "nothing named", cycle("20 mcg/day for 28 days")),
    example("L012", "finding", "above all in leukaemia", DEPARTING + cycle("28.1 mcg/day for 28 days")),
    example("L012", "pass", "the highest in leukaemia", DEPARTING + cycle()),
    example("L012", "finding", "far below all, beside nothing", cycle("18 mcg/day for 28 days")),
    example("L012", "pass", "not so far", cycle("19 mcg/day for 28 days")),
    example("L012", "pass", "far below, which L011 says", DEPARTING + cycle("18 mcg/day for 28 days")),
    example("L012", "finding", "a low first step", cycle("5.9 mcg/day for 7 days", "28 mcg/day for 21 days")),
    example("L012", "pass", "so low that D202 says it", cycle("9 mcg/day for 28 days")),
    example("L012", "not applicable", "a labelled one", MRD + cycle("40 mcg/day for 28 days")),
    example("L013", "pass", "that the first is optional", DEPARTING + LOW + OPTIONAL + STATED + "\n" + cycle()),
    example("L013", "finding", "a departure from nothing", DEPARTING + LOW + STATED),
    example("L013", "pass", "an interval", DEPARTING + LOW.replace("14\n", f"13\n{STATED}\n") + cycle()),
    example("L013", "finding", "one day", DEPARTING + LOW.replace("14\n", f"1\n{STATED}\n") + cycle()),
    example("L013", "not applicable", "nothing stated", DEPARTING + LOW),
    example("L013", "finding", "four times and a hair", _steps("6.999 mcg/day, stated", "28 mcg/day")),
    example("L013", "pass", "four times", _steps("7 mcg/day, stated", "28 mcg/day")),
    example("L013", "finding", "a hair down", _steps("9 mcg/day", "28 mcg/day", "27.999 mcg/day, stated")),
    example("L013", "pass", "the same dose again", _steps("8 mcg/day, stated", "28 mcg/day", "28 mcg/day")),
    example("L013", "finding", "29 days of infusion", DEPARTING + LOW.replace("21", "22") + STATED),
    example("L013", "pass", "27 days of infusion", DEPARTING + LOW.replace("21", "20") + STATED),
    example(
        "L013", "pass", "29 days that are not stated, which L011 says", DEPARTING + LOW.replace("21", "22") + TWICE
    ),
    example("L013", "finding", "57 days in lymphoma", IN_LYMPHOMA + cycle("28 mcg/day for 57 days") + STATED),
    example("L013", "pass", "56 days in lymphoma", IN_LYMPHOMA + cycle("28 mcg/day for 56 days") + STATED),
    example("L013", "finding", "6 days in autoimmune disease", AUTOIMMUNE + cycle("9 mcg/day for 6 days") + STATED),
    example("L013", "pass", "5 days in autoimmune disease", AUTOIMMUNE + cycle("9 mcg/day for 5 days") + STATED),
    example("L013", "finding", "ten cycles", DEPARTING + LOW + cycle(repeat=9) + STATED),
    example("L013", "pass", "nine cycles", DEPARTING + LOW + cycle(repeat=8) + STATED),
    example("L013", "finding", "127 days between", DEPARTING + LOW.replace("14\n", f"127\n{STATED}\n") + cycle()),
    example("L013", "pass", "126 days between", DEPARTING + LOW.replace("14\n", f"126\n{STATED}\n") + cycle()),
)


@pytest.mark.parametrize("example_", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example_: Example) -> None:
    assert example_.judge() == example_.answer


@pytest.mark.parametrize(("name", "label"), [("mrd-adult", "hk-2026"), ("consolidation-adult", "hk-2026")])
def test_a_label_without_the_schedule_that_another_has_is_an_error(name: str, label: str) -> None:
    text = library.load(name).document.text
    (finding,) = verdict_of(judgement_of(text.replace("us-2025", label)), "L004").findings
    assert finding.severity is Severity.ERROR
    assert 'write `label = "us-2025"`' in finding.help
    assert verdict_of(judgement_of(text), "L004").findings == ()


def test_ages_for_which_no_schedule_is_are_an_error() -> None:
    text = library.load("hk-first-relapse").document.text
    (finding,) = verdict_of(judgement_of(text.replace("below_age_years = 18", "below_age_years = 80")), "L004").findings
    assert finding.severity is Severity.ERROR


def test_steps_in_reverse_are_one_finding() -> None:
    judgement = judgement_of_lines(RELAPSED + cycle("28 mcg/day for 21 days", "9 mcg/day for 7 days"))
    assert [code for code in codes(judgement) if code in {"D203", "D207", "D208", "L001", "L002"}] == ["D207"]


@pytest.mark.parametrize(
    ("lines", "severity"),
    [
        (LOW + OPTIONAL + cycle(), Severity.ERROR),  # 28 for 9 mcg/day from the first day
        (LOW + cycle(repeat=6), Severity.WARNING),  # 7 cycles for 5
        (LOW + cycle(repeat=7), Severity.ERROR),  # 8 for 5
        (LOW.replace("14", "21") + cycle(), Severity.WARNING),
        (LOW.replace("14", "22") + cycle(), Severity.ERROR),
        (LOW.replace("14\n", '60\ninterval_reason = "chemotherapy"\n') + cycle(), Severity.WARNING),
        (LOW.replace("14\n", '140\ninterval_reason = "chemotherapy"\n') + cycle(), Severity.ERROR),
    ],
)
def test_a_course_beside_its_base_is_judged_by_the_sizes_of_labels(lines: str, severity: Severity) -> None:
    (finding,) = verdict_of(judgement_of_lines(DEPARTING + lines), "L011").findings
    assert finding.severity is severity


@pytest.mark.parametrize(
    ("name", "called", "code", "likely"),
    [
        ("rr-adult", "mrd-positive", "D208", "relapsed-refractory"),
        ("rr-adult", "consolidation", "D208", "relapsed-refractory"),
        ("rr-below-45-kg", "mrd-positive", "D208", "relapsed-refractory"),
        ("rr-adult-continued", "consolidation", "D208", "relapsed-refractory"),
        ("mrd-adult", "relapsed-refractory", "D207", "mrd-positive or consolidation"),
        ("rr-below-45-kg", "consolidation", "L005", "relapsed-refractory"),
    ],
)
def test_a_regimen_called_by_another_indication_is_told_which_is_likely(
    name: str, called: str, code: str, likely: str
) -> None:
    text = library.load(name).document.text
    other = re.sub(r'indication = ".*"', f'indication = "{called}"', text, count=1)
    judgement = judgement_of(other)
    (finding,) = verdict_of(judgement, code).findings
    assert finding.severity is Severity.ERROR
    assert likely in f"{finding.message} {finding.help}"
    assert verdict_of(judgement, "L003").findings == ()  # to call the phases otherwise is no way out


def test_a_low_step_that_is_missing_is_not_only_another_indication() -> None:
    text = library.load("rr-adult").document.text.replace('"9 mcg/day"', '"28 mcg/day"')
    (finding,) = verdict_of(judgement_of(text), "D207").findings
    assert "begin with the label's first step" in finding.help
    assert "indication" not in finding.help  # the label gives five cycles to relapsed disease only


@pytest.mark.parametrize(
    ("lengths", "places"),
    [
        ((7, 7, 14), []),
        ((3, 7, 18), []),
        ((2, 7, 19), [0]),
        ((7, 2, 19), [1]),
        ((1, 7, 20), []),  # less than 48 hours: S305 says it
        ((7, 19, 2), []),  # the last step ends with the infusion
    ],
)
def test_each_step_but_the_last_is_no_shorter_than_any_that_was_run(
    lengths: tuple[int, ...], places: list[int]
) -> None:
    doses = ("9 mcg/day", "15 mcg/day", "28 mcg/day")
    steps = cycle(*(f"{dose} for {days} days" for dose, days in zip(doses, lengths, strict=True)))
    judgement = judgement_of_lines(DEPARTING + re.sub(r"(days = [0-9]+) }", rf"\1, {STATED} }}", steps))
    found = [one.path for one in verdict_of(judgement, "L013").findings if one.path[-1] == "days"]
    assert found == [("cycle", 0, "steps", place, "days") for place in places]


@pytest.mark.parametrize(("intervals", "places"), [((1, 14, 14), [0]), ((14, 1, 14), [1]), ((14, 14, 1), [])])
def test_each_interval_but_the_last_is_no_shorter_than_any_that_was_run(
    intervals: tuple[int, ...], places: list[int]
) -> None:
    lines = "".join(cycle(free=days).rstrip("\n") + f"\n{STATED}\n\n" for days in intervals)
    found = verdict_of(judgement_of_lines(DEPARTING + lines), "L013").findings
    assert [one.path[1] for one in found if one.path[-1] == "treatment_free_days"] == places


@pytest.mark.parametrize(("days", "severity"), [(126, Severity.WARNING), (127, Severity.ERROR)])
def test_an_interval_with_its_reason_is_no_error_as_far_as_it_was_run(days: int, severity: Severity) -> None:
    """Up to 126 days were run; the regimen that is departed from has 14."""
    lines = DEPARTING + LOW.replace("= 14", f'= {days}\ninterval_reason = "chemotherapy between"') + cycle()
    found = verdict_of(judgement_of_lines(lines), "L011").findings
    assert [one.severity for one in found if one.path[-1] == "treatment_free_days"] == [severity]
