"""B: verdicts from shares of virtual patients, decided only when their interval is clear of the limit."""

from dataclasses import replace

import pytest

from blinplan.course.events import periods
from blinplan.proportion import NORMAL_975, Proportion
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import NotEvaluated, Severity
from blinplan.rules.simulated.virtual import EARLY, MOST, PatientSimulator
from blinplan.rules.verdict import Ruling
from blinplan.simulation.trials.run import run
from tests.read_text import regimen_in
from tests.regimen_text import (
    codes,
    cycle,
    judgement_of_lines,
    marks,
    outcome,
    regimen_text,
    script,
    verdict_of,
    waiver,
)
from tests.rules.families.examples import Example, example, tried
from tests.rules.families.heads_and_outcomes import RELAPSED, STEPPED, share, simulated, surely, wilson

ONE = cycle("15 mcg/m2/day for 28 days")
TWO = cycle("15 mcg/m2/day for 28 days", repeat=2)


def answer(judgement: Judgement, code: str) -> str:
    verdict = verdict_of(judgement, code)
    return verdict.not_evaluated.kind if verdict.not_evaluated else verdict.ruling.value


@pytest.mark.parametrize("count", [0, 1, 420, 468, 469, 470, 480, 500, 520, 530, 531, 532, 600, 999, 1000])
def test_a_majority_is_decided_where_the_wilson_interval_is_clear_of_half(count: int) -> None:
    low, high = wilson(count, 1000)
    expected = "pass" if low > 0.5 else "undecided" if high > 0.5 else "finding"
    assert answer(judgement_of_lines(ONE, script(outcome(count, 1000))), "B401") == expected


def test_all_three_answers_lie_close_together() -> None:
    answers = {answer(judgement_of_lines(ONE, script(outcome(count, 1000))), "B401") for count in range(460, 541, 4)}
    assert answers == {"pass", "undecided", "finding"}


@pytest.mark.parametrize("count", [0, 1, 30, 36, 38, 50, 52, 60, 64, 66, 80, 1000])
def test_recovery_is_decided_where_the_interval_is_clear_of_five_percent(count: int) -> None:
    low, high = wilson(count, 1000)
    expected = "finding" if low > 0.05 else "undecided" if high > 0.05 else "pass"
    assert answer(judgement_of_lines(TWO, script(outcome(1000, 1000, (count, 1000)))), "B403") == expected


@pytest.mark.parametrize(("depleted", "expected"), [(10, "not applicable"), (40, "undecided"), (100, "finding")])
def test_few_patients_leave_open_what_few_of_them_would_say(depleted: int, expected: str) -> None:
    """Of 40 depleted in 1,000 all recover; of all 16,000, less than one in twenty may be depleted, who say nothing."""
    early = replace(outcome(1000, 1000, (depleted, depleted)), errors=EARLY)
    assert answer(judgement_of_lines(TWO, script(early)), "B403") == expected
    final = replace(early, errors=NORMAL_975)
    assert answer(judgement_of_lines(TWO, script(final)), "B403") == expected.replace("undecided", "finding")


def test_more_patients_are_asked_for_while_it_is_open_whether_few_are_depleted() -> None:
    early = replace(outcome(1000, 1000, (40, 40)), errors=EARLY)
    asked = script(early, outcome(1000, 16000, (480, 480)))
    assert answer(judgement_of_lines(TWO, asked), "B403") == "not applicable"
    assert asked.requests == [0, 1]


def test_the_majority_finding_points_at_the_target_dose_and_counts_patients() -> None:
    lines = cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days")
    judgement = judgement_of_lines(lines, script(outcome(146, 1000)))
    assert codes(judgement) == ["B401"]
    assert marks(judgement, "B401") == ['"15 mcg/m2/day"']
    message = judgement.findings[0].message
    assert "14.6 %" in message
    assert "1,000 virtual patients" in message
    assert "adult-rr" in message


def test_one_cycle_has_no_next_one_to_recover_before() -> None:
    verdict = verdict_of(judgement_of_lines(ONE, script(outcome(1000, 1000))), "B403")
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "not applicable"


def test_where_nobody_is_depleted_nobody_recovers() -> None:
    assert answer(judgement_of_lines(TWO, script(outcome(0, 1000, (0, 0)))), "B403") == "not applicable"


def test_a_cycle_in_which_nobody_is_at_risk_decides_nothing_for_the_others() -> None:
    three = cycle("15 mcg/m2/day for 28 days", repeat=3)
    assert answer(judgement_of_lines(three, script(outcome(900, 1000, (0, 0), (0, 900)))), "B403") == "pass"
    assert answer(judgement_of_lines(three, script(outcome(900, 1000, (0, 0), (900, 900)))), "B403") == "finding"


def test_repeats_of_one_cycle_are_one_finding_that_names_them_and_the_worst_share() -> None:
    four = cycle("15 mcg/m2/day for 28 days", repeat=4, free=40)
    judgement = judgement_of_lines(four, script(outcome(1000, 1000, (500, 1000), (0, 1000), (800, 1000))))
    (finding,) = [finding for finding in judgement.findings if finding.code == "B403"]
    assert "after cycle 1, 3," in finding.message
    assert "80.0 %" in finding.message
    assert marks(judgement, "B403") == ["40"]
    assert finding.severity is Severity.WARNING


CONTINUED = TWO + cycle("15 mcg/m2/day for 28 days", free=56, repeat=2, phase="continued-therapy")
LONGER = CONTINUED.replace("= 56", "= 57")


def test_after_the_labels_own_interval_of_continued_therapy_recovery_is_told_and_no_fault_of_the_file() -> None:
    judgement = judgement_of_lines(CONTINUED, script(outcome(1000, 1000, (0, 1000), (0, 1000), (700, 1000))))
    assert answer(judgement, "B403") == "not applicable"
    not_evaluated = verdict_of(judgement, "B403").not_evaluated
    assert not_evaluated is not None
    assert "after cycle 3 70.0 %" in not_evaluated.reason
    assert "56 days" in not_evaluated.reason
    assert judgement.complete


def test_in_continued_therapy_recovery_over_a_longer_interval_is_a_note_with_its_own_reason() -> None:
    judgement = judgement_of_lines(LONGER, script(outcome(1000, 1000, (0, 1000), (0, 1000), (700, 1000))))
    (finding,) = verdict_of(judgement, "B403").findings
    assert finding.severity is Severity.NOTE
    assert "continued therapy" in finding.why
    assert judgement.complete


def test_continued_therapy_leaves_no_question_open_after_the_labels_interval() -> None:
    open_after_3 = outcome(1000, 1000, (0, 1000), (0, 1000), (50, 1000))
    assert answer(judgement_of_lines(CONTINUED, script(open_after_3)), "B403") == "pass"
    assert answer(judgement_of_lines(LONGER, script(open_after_3)), "B403") == "undecided"


def test_over_an_interval_with_other_treatment_a_recovery_is_no_finding_and_is_told() -> None:
    step, recovered = "15 mcg/m2/day for 28 days", script(outcome(1000, 1000, (900, 1000)))
    judgement = judgement_of_lines(cycle(step, free=90, repeat=2, reason="chemotherapy"), recovered)
    assert answer(judgement, "B403") == "not applicable"
    verdict = verdict_of(judgement, "B403")
    assert verdict.not_evaluated is not None
    assert "recovered after cycle 1 90.0 %" in verdict.not_evaluated.reason
    assert answer(judgement_of_lines(cycle(step, free=90, repeat=2), recovered), "B403") == "finding"


def test_an_interval_with_a_reason_leaves_no_question_open() -> None:
    step, at_the_limit = "15 mcg/m2/day for 28 days", outcome(1000, 1000, (50, 1000))
    reason = cycle(step, free=28, repeat=2, reason="chemotherapy")
    assert answer(judgement_of_lines(reason, script(at_the_limit)), "B403") == "not applicable"
    assert answer(judgement_of_lines(cycle(step, free=28, repeat=2), script(at_the_limit)), "B403") == "undecided"
    both = cycle(step, free=28, reason="chemotherapy") + cycle(step, repeat=2)
    open_after_both = outcome(1000, 1000, (50, 1000), (50, 1000))
    assert answer(judgement_of_lines(both, script(open_after_both)), "B403") == "undecided"
    note_and_open = outcome(1000, 1000, (900, 1000), (50, 1000))
    assert answer(judgement_of_lines(both, script(note_and_open)), "B403") == "undecided"


def test_the_reason_of_the_first_interval_does_not_excuse_the_second() -> None:
    step = "15 mcg/m2/day for 28 days"
    lines = cycle(step, free=90, reason="chemotherapy") + cycle(step, free=14, repeat=2)
    judgement = judgement_of_lines(lines, script(outcome(1000, 1000, (900, 1000), (900, 1000))))
    found = [(finding.severity, finding.path[:2]) for finding in judgement.findings if finding.code == "B403"]
    assert found == [(Severity.WARNING, ("cycle", 1))]


def test_a_note_on_one_cycle_does_not_pass_for_an_answer_about_another() -> None:
    judgement = judgement_of_lines(LONGER, script(outcome(20, 20, (0, 20), (0, 20), (14, 20))))
    assert wilson(0, 20)[1] > 0.05
    assert answer(judgement, "B403") == "undecided"
    assert not judgement.complete


def test_a_warning_on_one_cycle_stands_whatever_the_others_say() -> None:
    judgement = judgement_of_lines(LONGER, script(outcome(20, 20, (14, 20), (0, 20), (14, 20))))
    found = verdict_of(judgement, "B403").findings
    assert [finding.severity for finding in found] == [Severity.WARNING, Severity.NOTE]


def test_more_patients_are_asked_for_only_while_a_rule_is_undecided() -> None:
    unsure, sure = outcome(500, 1000), outcome(2400, 4000)
    simulator = script(unsure, sure, sure)
    judgement = judgement_of_lines(ONE, simulator)
    assert simulator.requests == [0, 1]
    assert judgement.outcome == sure
    assert answer(judgement, "B401") == "pass"


def test_what_stays_undecided_says_so_with_its_numbers() -> None:
    simulator = script(outcome(500, 1000), outcome(2000, 4000), outcome(8000, 16000))
    judgement = judgement_of_lines(ONE, simulator)
    assert simulator.requests == [0, 1, 2]
    verdict = verdict_of(judgement, "B401")
    assert verdict.undecided
    assert not judgement.complete
    assert verdict.not_evaluated is not None
    assert "16,000 patients" in verdict.not_evaluated.reason
    assert "50 %" in verdict.not_evaluated.reason


def test_without_a_simulation_both_rules_were_not_asked() -> None:
    judgement = judgement_of_lines(TWO)
    assert {answer(judgement, code) for code in ("B401", "B403")} == {"not requested"}
    assert judgement.complete
    assert judgement.outcome is None


def test_where_hardly_anybody_may_be_given_the_regimen_it_is_undecided() -> None:
    text = regimen_text(ONE, top="[eligibility]\nmin_weight_kg = 200\n")
    regimen = regimen_in(text)
    (found,) = PatientSimulator(20, 1).outcomes(regimen)
    assert isinstance(found, NotEvaluated)
    assert found.kind == "undecided"
    assert "200 kg" in found.reason
    judgement = judgement_of_lines(text.partition("[[sources]]")[2].partition("\n\n")[2], script(found))
    assert answer(judgement, "B401") == answer(judgement, "B403") == "undecided"
    assert judgement.outcome is None
    assert not judgement.complete


def test_the_rules_count_the_patients_that_a_simulation_shows() -> None:
    text = regimen_text(cycle("3 mcg/m2/day for 28 days", free=40, repeat=2))
    regimen = regimen_in(text)
    found = next(PatientSimulator(40, 7).outcomes(regimen))
    assert not isinstance(found, NotEvaluated)
    events = {event.key: event.proportion for event in run(regimen, patients=40, seed=7).events}
    assert found.depletion == events["b_depleted_cycle_1"]
    assert found.recoveries == (events["b_recovered_before_cycle_2"],)
    assert 0 < found.depletion.count < 40
    assert found.recoveries[0].count > 0
    assert found.recoveries[0].total < 40


def test_populations_grow_fourfold_and_sixteenfold_and_keep_their_first_patients() -> None:
    regimen = regimen_in(regimen_text(ONE))
    assert len(periods(regimen)) == 2
    found = [outcome for outcome in PatientSimulator(2, 1).outcomes(regimen) if not isinstance(outcome, NotEvaluated)]
    assert [outcome.depletion.total for outcome in found] == [2, 8, 2 * MOST]
    assert found[0].depletion.count <= found[1].depletion.count <= found[2].depletion.count


@pytest.mark.parametrize(("dose", "found"), [("0.5", {"B401"}), ("1.5", {"B401"}), ("15", set())])
def test_simulated_dose_levels_are_judged_as_the_article_says(dose: str, found: set[str]) -> None:
    judgement = judgement_of_lines(cycle(f"{dose} mcg/m2/day for 28 days"), PatientSimulator(200, 1))
    assert judgement.complete
    assert {code for code in codes(judgement) if code[0] == "B"} == found
    assert verdict_of(judgement, "B401").ruling is (Ruling.FINDING if found else Ruling.PASS)


@pytest.mark.parametrize(
    ("depleted", "answer"), [(850, "pass"), (790, "undecided"), (700, "finding"), (400, "pass"), (810, "undecided")]
)
def test_more_than_a_fifth_not_depleted_is_many(depleted: int, answer: str) -> None:
    assert simulated("B402", cycle(), outcome(depleted, 1000)) == answer


def test_answers_that_need_no_simulation_stand_without_it() -> None:
    judgement: Judgement = judgement_of_lines(RELAPSED + STEPPED)
    for code in ("B402", "T501", "C601", "C602"):
        assert verdict_of(judgement, code).ruling is Ruling.NOT_EVALUATED


RARELY, NEVER = (0, 1000), (0, 0)

EXAMPLES = (
    example("B401", "finding", "the interval just below half", ONE, outcome=outcome(469, 1000)),
    example("B401", "undecided", "the interval touches half from below", ONE, outcome=outcome(470, 1000)),
    example("B401", "undecided", "exactly half", ONE, outcome=outcome(500, 1000)),
    example("B401", "undecided", "the interval touches half from above", ONE, outcome=outcome(530, 1000)),
    example("B401", "pass", "the interval just above half", ONE, outcome=outcome(531, 1000)),
    example("B401", "undecided", "two thirds of three patients", ONE, outcome=outcome(2, 3)),
    example("B401", "not requested", "no simulation", ONE),
    example("B401", "waived", "a dose level of a study", ONE, below=waiver("B401"), outcome=outcome(100, 1000)),
    example("B402", "finding", "a fifth is just below the interval of those missed", ONE, outcome=outcome(775, 1000)),
    example("B402", "undecided", "it touches the interval from below", ONE, outcome=outcome(776, 1000)),
    example("B402", "undecided", "exactly a fifth is missed", ONE, outcome=outcome(800, 1000)),
    example("B402", "pass", "a fifth is just above the interval of those missed", ONE, outcome=outcome(825, 1000)),
    example("B402", "pass", "so many are missed that B401 says it", ONE, outcome=outcome(469, 1000)),
    example("B402", "finding", "B401 is undecided, and surely more than a fifth", ONE, outcome=outcome(470, 1000)),
    example("B402", "not requested", "no simulation", ONE),
    example("B403", "finding", "the interval just above one in twenty", TWO, outcome=outcome(1000, 1000, (64, 1000))),
    example("B403", "undecided", "it touches one in twenty", TWO, outcome=outcome(1000, 1000, (63, 1000))),
    example("B403", "undecided", "exactly one in twenty", TWO, outcome=outcome(1000, 1000, (50, 1000))),
    example("B403", "pass", "the interval just below it", TWO, outcome=outcome(1000, 1000, (36, 1000))),
    example("B403", "not applicable", "one cycle, though all recover after it", ONE, outcome=outcome(1000, 1000)),
    example("B403", "not applicable", "nobody is depleted", TWO, outcome=outcome(0, 1000, NEVER)),
    example(
        "B403",
        "finding",
        "after the second of three cycles",
        cycle("15 mcg/m2/day for 28 days", repeat=3),
        outcome=outcome(1000, 1000, RARELY, (64, 1000)),
    ),
    example("B403", "not requested", "no simulation", TWO),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer


def test_half_of_all_patients_are_no_majority_and_one_rule_says_so() -> None:
    """Each is taken at its word: 500 of 1,000 are half, which is no more than half, and far more than a few are not."""
    judgement = judgement_of_lines(ONE, script(replace(outcome(500, 1000), errors=0.0)))
    assert [answer(judgement, code) for code in ("B401", "B402")] == ["finding", "pass"]
    judgement = judgement_of_lines(ONE, script(replace(outcome(501, 1000), errors=0.0)))
    assert [answer(judgement, code) for code in ("B401", "B402")] == ["pass", "finding"]


def test_why_b_cells_come_back_speaks_of_continued_therapy_there_alone() -> None:
    recovered = script(outcome(1000, 1000, (900, 1000)))
    (finding,) = verdict_of(judgement_of_lines(TWO, recovered), "B403").findings
    assert "continued therapy" not in finding.why
    assert finding.severity is not Severity.NOTE
    continued = cycle("15 mcg/m2/day for 28 days", free=90, repeat=2, phase="continued-therapy")
    (finding,) = verdict_of(judgement_of_lines(continued, recovered), "B403").findings
    assert "In continued therapy the labelled interval is 56 days" in finding.why
    assert finding.severity is Severity.NOTE


Ends = tuple[float, float]


@pytest.mark.parametrize(
    ("depleted", "missed", "answers"),
    [
        ((0.501, 0.9), (0.1, 0.499), ["pass", "undecided"]),
        ((0.5, 0.9), (0.1, 0.5), ["undecided", "undecided"]),
        ((0.1, 0.501), (0.499, 0.9), ["undecided", "finding"]),
        ((0.1, 0.5), (0.5, 0.9), ["finding", "pass"]),  # no majority: one rule says so
        ((0.8, 0.9), (0.1, 0.2), ["pass", "pass"]),  # a fifth is few, and more is not
        ((0.799, 0.9), (0.1, 0.201), ["pass", "undecided"]),
        ((0.7, 0.8), (0.2, 0.3), ["pass", "undecided"]),
        ((0.7, 0.799), (0.201, 0.3), ["pass", "finding"]),
    ],
)
def test_shares_that_end_at_a_limit_are_on_the_side_that_the_limit_says(
    depleted: Ends, missed: Ends, answers: list[str]
) -> None:
    known = surely(outcome(750, 1000), (Proportion(750, 1000), depleted), (Proportion(250, 1000), missed))
    judgement = judgement_of_lines(ONE, script(known))
    assert [answer(judgement, code) for code in ("B401", "B402")] == answers


@pytest.mark.parametrize(
    ("recovered", "expected"),
    [((0.0, 0.05), "pass"), ((0.0, 0.051), "undecided"), ((0.05, 0.1), "undecided"), ((0.051, 0.1), "finding")],
)
def test_a_recovery_that_ends_at_one_in_twenty_is_no_more_than_that(recovered: Ends, expected: str) -> None:
    known = surely(outcome(1000, 1000, (50, 1000)), (Proportion(50, 1000), recovered))
    assert answer(judgement_of_lines(TWO, script(known)), "B403") == expected


@pytest.mark.parametrize(
    ("depleted", "early", "final"),
    [
        ((0.01, 0.05), "not applicable", "not applicable"),
        ((0.01, 0.051), "undecided", "finding"),
        ((0.05, 0.06), "undecided", "finding"),
        ((0.051, 0.06), "finding", "finding"),
    ],
)
def test_of_few_patients_the_share_that_is_depleted_is_asked_first(depleted: Ends, early: str, final: str) -> None:
    known = surely(outcome(900, 1000, (30, 30)), (Proportion(30, 1000), depleted))
    assert answer(judgement_of_lines(TWO, script(known)), "B403") == final
    assert answer(judgement_of_lines(TWO, script(replace(known, errors=EARLY))), "B403") == early


DOSE = "15 mcg/m2/day for 28 days"
INTO_BLOCK = cycle(DOSE, free=40) + 'block = "induction"\n\n' + cycle(DOSE) + 'block = "maintenance"\n'
ALL = (1000, 1000)
CHEMOTHERAPY = cycle(DOSE, free=28, reason="chemotherapy")
OPEN = (50, 1000)
KNOWN_FOR_14_DAYS = (
    "In continued therapy the labelled interval is 56 days. That B cells stay away is documented for 2 weeks; how fast"
    " they grow back after that is an unverified part of the model."
)
ONLY_BLINATUMOMAB = (
    "No recovery of B cells was observed in the treatment-free interval. The model knows blinatumomab only, and nothing"
    " of what else is given in this one."
)
RULE_S_OWN = "No recovery of B cells was observed in the treatment-free interval."
SHORTEN = "shorten the treatment-free interval or raise the dose, or waive this rule with the reason"


def back(cycles: str, count: int) -> str:
    """What is told of B cells that come back after cycles in so many of 1,000."""
    return (
        f"after cycle {cycles}, B cells are above 10 cells/µL again before the next cycle in up to"
        f" {share(count, 1000)} (adult-rr) that were at or below it"
    )


@pytest.mark.parametrize(
    ("lines", "recovered", "told"),
    [
        (TWO, [(900, 1000)], [(0, "14", Severity.WARNING, back("1", 900), SHORTEN, RULE_S_OWN)]),
        (
            cycle(DOSE, repeat=4, free=40),
            [(500, 1000), (0, 1000), (800, 1000)],
            [(0, "40", Severity.WARNING, back("1, 3", 800), SHORTEN, RULE_S_OWN)],
        ),
        (
            LONGER,
            [(700, 1000), (0, 1000), (600, 1000)],
            [
                (0, "14", Severity.WARNING, back("1", 700), SHORTEN, RULE_S_OWN),
                (1, "57", Severity.NOTE, back("3", 600), SHORTEN, KNOWN_FOR_14_DAYS),
            ],
        ),
        (  # that after the label's own interval is told where nothing else is
            CONTINUED,
            [(700, 1000), (0, 1000), (600, 1000)],
            [(0, "14", Severity.WARNING, back("1", 700), SHORTEN, RULE_S_OWN)],
        ),
        (  # without an interval there is none that the label gives
            cycle(DOSE, free=0, repeat=2, phase="continued-therapy"),
            [(600, 1000)],
            [
                (
                    0,
                    '{ dose = "15 mcg/m2/day", max = "28 mcg/day", days = 28 }',
                    Severity.NOTE,
                    back("1", 600),
                    SHORTEN,
                    KNOWN_FOR_14_DAYS,
                )
            ],
        ),
        (
            INTO_BLOCK,
            [(600, 1000)],
            [
                (
                    0,
                    "40",
                    Severity.NOTE,
                    f"{back('1', 600)}. The block changes from induction to maintenance",
                    "read it as what blinatumomab alone would leave",
                    ONLY_BLINATUMOMAB,
                )
            ],
        ),
        (  # the reason of one interval says nothing of another
            cycle(DOSE, free=90, reason="chemotherapy") + cycle(DOSE, free=40) + cycle(DOSE),
            [(700, 1000), (800, 1000)],
            [(1, "40", Severity.WARNING, back("2", 800), SHORTEN, RULE_S_OWN)],
        ),
        (  # an open question that a reason closes leaves what is told of the others
            CHEMOTHERAPY + INTO_BLOCK,
            [OPEN, (600, 1000)],
            [
                (
                    1,
                    "40",
                    Severity.NOTE,
                    f"{back('2', 600)}. The block changes from induction to maintenance",
                    "read it as what blinatumomab alone would leave",
                    ONLY_BLINATUMOMAB,
                )
            ],
        ),
    ],
)
def test_what_is_told_of_a_recovery_follows_from_the_interval_in_which_it_is(
    lines: str, recovered: list[tuple[int, int]], told: list[tuple[int, str, Severity, str, str, str]]
) -> None:
    judgement = judgement_of_lines(lines, script(outcome(1000, 1000, *recovered)))
    findings = verdict_of(judgement, "B403").findings
    assert [(one.path[1], one.severity, one.message, one.help, one.why) for one in findings] == [
        (number, *rest) for number, _, *rest in told
    ]
    assert marks(judgement, "B403") == [mark for _, mark, *_ in told]
    for one in findings:
        assert one.limits == ("depleted_count", "recovering_patients")
        assert one.value is not None
        assert "15 mcg/m2/day at most 28 mcg/day for 28 days" in one.value


def undecided_after(number: int, at: int = 1000) -> str:
    """What is said where 50 of 1,000 leave it open whether more than one in twenty recover."""
    return (
        f"undecided at {at:,} patients: recovered after cycle {number} {share(50, 1000)}, and the limit is 5 %; more"
        " --patients narrow the interval"
    )


GIVEN_A_REASON = "the limit is of intervals without treatment, and the file gives a reason: recovered after cycle"


@pytest.mark.parametrize(
    ("lines", "recovered", "early", "final"),
    [
        (TWO, [OPEN], undecided_after(1), undecided_after(1)),
        # of the first interval the file gives a reason, so the second is the one that is open
        (CHEMOTHERAPY + TWO, [OPEN, OPEN], undecided_after(2), undecided_after(2)),
        (
            INTO_BLOCK.replace("40", "28", 1) + "\n" + TWO,
            [OPEN, OPEN, OPEN],
            undecided_after(3),
            undecided_after(3),
        ),  # as two blocks end
        # where all have one, all patients say whether there is anything to tell
        (CHEMOTHERAPY + ONE, [OPEN], undecided_after(1), f"{GIVEN_A_REASON} 1 {share(50, 1000)}"),
        (INTO_BLOCK, [OPEN], undecided_after(1), f"{GIVEN_A_REASON} 1 {share(50, 1000)}"),
        (CHEMOTHERAPY + ONE, [(900, 1000)], None, f"{GIVEN_A_REASON} 1 {share(900, 1000)}"),
        # a warning on one stands beside an open one, when there are no more patients to ask
        (cycle(DOSE, repeat=3), [(900, 1000), OPEN], undecided_after(2), None),
        (
            CONTINUED,
            [(0, 1000), (0, 1000), (700, 1000)],
            None,
            f"recovered after cycle 3 {share(700, 1000)}; but i{KNOWN_FOR_14_DAYS[1:]}",
        ),
        # of the label's own interval nothing is open, early or not
        (CONTINUED, [(0, 1000), (0, 1000), OPEN], None, None),
        (
            ONE + CONTINUED,
            [OPEN, (0, 1000), (0, 1000), (700, 1000)],
            undecided_after(1),
            undecided_after(1),
        ),
    ],
)
def test_a_recovery_that_is_open_is_told_by_the_interval_that_leaves_it_so(
    lines: str, recovered: list[tuple[int, int]], early: str | None, final: str | None
) -> None:
    known = surely(outcome(1000, 1000, *recovered), (Proportion(50, 1000), (0.04, 0.06)))
    for errors, reason in ((EARLY, early), (NORMAL_975, final)):
        verdict = verdict_of(judgement_of_lines(lines, script(replace(known, errors=errors))), "B403")
        said = None if verdict.not_evaluated is None else verdict.not_evaluated.reason
        if reason is not None or errors == NORMAL_975:
            assert said == reason


@pytest.mark.parametrize(
    ("lines", "depleted", "told"),
    [
        (
            cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days"),
            100,
            [
                (
                    "B401",
                    f"B cells reach 10 cells/µL or fewer in cycle 1 in {share(100, 1000)} (adult-rr), not in the"
                    " majority",
                    Severity.ERROR,
                )
            ],
        ),
        (
            cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days") + cycle("16 mcg/m2/day for 28 days"),
            700,
            [
                (
                    "B402",
                    f"B cells do not reach 10 cells/µL or fewer in cycle 1 in {share(300, 1000)} (adult-rr)",
                    Severity.WARNING,
                )
            ],
        ),
    ],
)
def test_what_is_told_of_the_first_cycle_stands_at_its_target_dose(
    lines: str, depleted: int, told: list[tuple[str, str, Severity]]
) -> None:
    judgement = judgement_of_lines(lines, script(outcome(depleted, 1000, (0, 900))))
    found = [one for code in ("B401", "B402") for one in verdict_of(judgement, code).findings]
    assert [(one.code, one.message, one.severity) for one in found] == told
    for one in found:
        assert one.path == ("cycle", 0, "steps", 1, "dose")
        assert one.help == "raise the target dose, or waive this rule with the reason"
        assert one.value == ("5 mcg/m2/day at most 9 mcg/day for 7 days, 15 mcg/m2/day at most 28 mcg/day for 21 days")
