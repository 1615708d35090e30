"""S: infusions, intervals and steps, on both sides of each limit."""

import pytest

from blinplan.course.events import periods
from blinplan.regimen import library
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Severity
from blinplan.rules.verdict import Ruling
from tests.read_text import regimen_in
from tests.regimen_text import (
    codes,
    cycle,
    judgement_of,
    judgement_of_lines,
    marks,
    outcome,
    regimen_text,
    script,
    verdict_of,
    waiver,
)
from tests.rules.families.examples import Example, example, tried
from tests.rules.families.heads_and_outcomes import CONSOLIDATION, MRD, RELAPSED, STEPPED

DAY = 24
DEPARTING = 'indication = "investigational"\ndeparts_from = "rr-adult"\n\n'
LYMPHOMA = 'indication = "investigational"\ndisease = "lymphoma"\n\n'


def infused(hours: int) -> Judgement:
    return judgement_of_lines(cycle(f"28 mcg/day for {hours} hours"))


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        (1, {"S308": Severity.ERROR}),
        (5 * DAY - 1, {"S308": Severity.ERROR}),
        (5 * DAY, {"S301": Severity.ERROR}),
        (14 * DAY - 1, {"S301": Severity.ERROR}),
        (14 * DAY, {"S301": Severity.WARNING}),
        (28 * DAY - 1, {"S301": Severity.WARNING}),
        (28 * DAY, {}),
        (28 * DAY + 1, {"S302": Severity.WARNING}),
        (42 * DAY, {"S302": Severity.WARNING}),
        (42 * DAY + 1, {"S302": Severity.ERROR}),
        (56 * DAY, {"S302": Severity.ERROR}),
        (56 * DAY + 1, {"S302": Severity.ERROR}),
    ],
)
def test_a_cycle_infuses_28_days_to_the_hour(hours: int, found: dict[str, Severity]) -> None:
    findings = infused(hours).findings
    assert {finding.code: finding.severity for finding in findings} == found
    assert all(finding.path == ("cycle", 0, "steps") for finding in findings)


def test_over_56_days_the_message_says_that_nothing_was_studied() -> None:
    assert "nothing over 56 days was studied" in infused(56 * DAY + 1).findings[0].message
    assert "studied" not in infused(56 * DAY).findings[0].message


def test_the_steps_of_a_cycle_count_together() -> None:
    assert codes(judgement_of_lines(cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days"))) == []
    assert codes(judgement_of_lines(cycle("9 mcg/day for 7 days", "28 mcg/day for 20 days"))) == ["S301"]


def test_a_repeated_cycle_is_one_fault_and_two_cycles_are_two() -> None:
    short = "28 mcg/day for 27 days"
    assert codes(judgement_of_lines(cycle(short, repeat=5))) == ["S301"]
    assert codes(judgement_of_lines(cycle(short) + cycle(short))) == ["S301", "S301"]
    judgement = judgement_of_lines(cycle() + cycle(short))
    assert [finding.path for finding in judgement.findings] == [("cycle", 1, "steps")]


@pytest.mark.parametrize(("free", "found"), [(0, ["S303"]), (13, ["S303"]), (14, []), (15, ["S304"]), (366, ["S304"])])
def test_the_interval_between_cycles_is_14_days(free: int, found: list[str]) -> None:
    judgement = judgement_of_lines(cycle(free=free, repeat=2))
    assert codes(judgement) == found
    for finding in judgement.findings:
        assert marks(judgement, finding.code) == [str(free)]


@pytest.mark.parametrize(("free", "found"), [(13, ["S303"]), (14, []), (15, []), (56, []), (57, ["S304"])])
def test_in_continued_therapy_56_days_are_allowed(free: int, found: list[str]) -> None:
    judgement = judgement_of_lines(cycle(free=free, repeat=2, phase="continued-therapy"))
    assert codes(judgement) == found
    for finding in judgement.findings:
        if finding.code == "S304":
            assert finding.limits == ("treatment_free_interval_continued",)
            assert "at most 56 days" in finding.help


@pytest.mark.parametrize("phase", ["induction", "consolidation", ""])
def test_in_every_other_phase_14_days_hold(phase: str) -> None:
    (finding,) = judgement_of_lines(cycle(free=15, repeat=2, phase=phase)).findings
    assert finding.code == "S304"
    assert finding.limits == ("treatment_free_interval",)
    assert "at most 14 days" in finding.help


@pytest.mark.parametrize("free", [7, 13])
def test_a_short_interval_whose_reason_is_given_and_that_was_run_is_in_order(free: int) -> None:
    assert codes(judgement_of_lines(cycle(free=free, repeat=2, reason="blocks of 5 weeks"))) == []
    assert codes(judgement_of_lines(cycle(free=free, repeat=2))) == ["S303"]


@pytest.mark.parametrize("free", [0, 1, 6])
def test_an_interval_shorter_than_any_that_was_run_is_an_error_whatever_the_reason(free: int) -> None:
    (finding,) = judgement_of_lines(cycle(free=free, repeat=2, reason="typo, really")).findings
    assert (finding.code, finding.severity) == ("S303", Severity.ERROR)
    assert "none under 7 days was run. The file's reason: typo, really" in finding.message
    assert "at least 7 days" in finding.help
    assert "waive" in finding.help
    (at_a_block,) = judgement_of_lines(_with(BLOCK, cycle(free=free)) + cycle()).findings
    assert (at_a_block.code, at_a_block.severity) == ("S303", Severity.ERROR)


def test_a_change_of_block_is_told_as_such_and_is_no_reason_of_the_file() -> None:
    (finding,) = judgement_of_lines(_with(BLOCK, cycle(free=7)) + _with('block = "B"', cycle())).findings
    assert (finding.code, finding.severity) == ("S303", Severity.NOTE)
    assert "The block changes from " in finding.message
    assert finding.message.endswith(" to B")
    assert "reason" not in finding.message


@pytest.mark.parametrize("free", [14, 15, 90])
def test_a_long_interval_whose_reason_is_given_is_in_order(free: int) -> None:
    judgement = judgement_of_lines(cycle(free=free, repeat=2, reason="chemotherapy"))
    assert codes(judgement) == []
    verdict = verdict_of(judgement, "S304")
    assert verdict.not_evaluated is not None
    assert "reason" in verdict.not_evaluated.reason


def test_the_reason_of_one_interval_does_not_excuse_another() -> None:
    judgement = judgement_of_lines(cycle(free=60, reason="chemotherapy") + cycle(free=60) + cycle())
    assert [(finding.code, finding.path[:2]) for finding in judgement.findings] == [("S304", ("cycle", 1))]


@pytest.mark.parametrize(
    ("free", "said"), [(13, "7 days were run in NCT04994717"), (7, "7 days were run"), (6, "none")]
)
def test_a_short_interval_is_told_with_the_shortest_that_was_run(free: int, said: str) -> None:
    (finding,) = judgement_of_lines(cycle(free=free, repeat=2)).findings
    assert said in finding.message
    assert ("none under 7 days was run" in finding.message) == (free < 7)


@pytest.mark.parametrize(
    ("hours", "trials"),
    [
        (6 * DAY, ["NCT01371630", "NCT04994717"]),
        (4 * DAY, ["NCT01371630", "NCT04994717"]),
        (4 * DAY - 1, ["Cancer Med 2024;13(24):e70515"]),
        (3 * DAY, ["Cancer Med 2024;13(24):e70515"]),
        (3 * DAY - 1, ["no step under 3 days was run"]),
    ],
)
def test_a_short_step_is_told_with_the_trials_that_ran_one(hours: int, trials: list[str]) -> None:
    (finding,) = judgement_of_lines(
        cycle(f"9 mcg/day for {hours} hours", f"28 mcg/day for {28 * DAY - hours} hours")
    ).findings
    half = Severity.ERROR if hours < 84 else Severity.WARNING
    assert (finding.code, finding.severity) == ("S306", half)
    assert all(trial in finding.message for trial in trials)


@pytest.mark.parametrize("free", [0, 13, 90])
def test_what_follows_the_last_cycle_is_no_interval(free: int) -> None:
    judgement = judgement_of_lines(cycle(free=free))
    for code in ("S303", "S304"):
        verdict = verdict_of(judgement, code)
        assert verdict.ruling is Ruling.NOT_EVALUATED
        assert verdict.not_evaluated is not None
        assert verdict.not_evaluated.kind == "not applicable"
    assert codes(judgement_of_lines(cycle() + cycle(free=free))) == []
    assert codes(judgement_of_lines(cycle(free=90) + cycle())) == ["S304"]


@pytest.mark.parametrize(
    ("held", "found"), [(1, ["S305"]), (47, ["S305"]), (48, ["S306"]), (7 * DAY - 1, ["S306"]), (7 * DAY, [])]
)
def test_a_step_up_waits_48_hours(held: int, found: list[str]) -> None:
    judgement = judgement_of_lines(cycle(f"9 mcg/day for {held} hours", f"28 mcg/day for {28 * DAY - held} hours"))
    assert codes(judgement) == found
    if found:
        assert judgement.findings[0].severity is (Severity.ERROR if held < 84 else Severity.WARNING)
        assert marks(judgement, found[0]) == [str(held)]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [(24, 24, ["S306"]), (24, 23, ["S305"]), (47, 1, ["S306"]), (1, 46, ["S305"]), (100, 68, [])],
)
def test_two_equal_steps_back_to_back_are_held_as_one(first: int, second: int, found: list[str]) -> None:
    rest = 28 * DAY - first - second
    judgement = judgement_of_lines(
        cycle(f"9 mcg/day for {first} hours", f"9 mcg/day for {second} hours", f"28 mcg/day for {rest} hours")
    )
    assert codes(judgement) == found


def test_each_step_is_held_anew_after_a_step() -> None:
    steps = ("6 mcg/day for 168 hours", "9 mcg/day for 24 hours", "28 mcg/day for 480 hours")
    judgement = judgement_of_lines(cycle(*steps))
    assert codes(judgement) == ["S305"]
    assert judgement.findings[0].path == ("cycle", 0, "steps", 1, "hours")
    assert "1 d" in judgement.findings[0].message


def test_a_step_down_is_no_escalation_but_starts_the_clock() -> None:
    down = cycle("28 mcg/day for 24 hours", "9 mcg/day for 648 hours")
    verdict = verdict_of(judgement_of_lines(down), "S305")
    assert verdict.ruling is Ruling.NOT_EVALUATED
    up_again = cycle("28 mcg/day for 72 hours", "9 mcg/day for 24 hours", "28 mcg/day for 480 hours")
    assert verdict_of(judgement_of_lines(up_again), "S305").ruling is Ruling.FINDING


def test_every_early_escalation_of_every_cycle_is_found() -> None:
    steps = ("1 mcg/day for 24 hours", "9 mcg/day for 24 hours", "28 mcg/day for 624 hours")
    assert len(verdict_of(judgement_of_lines(cycle(*steps) + cycle(*steps)), "S305").findings) == 4


def test_a_step_in_days_is_marked_at_its_days() -> None:
    judgement = judgement_of_lines(cycle("9 mcg/day for 1 days", "28 mcg/day for 27 days"))
    assert marks(judgement, "S305") == ["1"]
    assert judgement.findings[0].path[-1] == "days"


def test_without_an_escalation_the_rule_has_nothing_to_say() -> None:
    verdict = verdict_of(judgement_of_lines(cycle("28 mcg/day for 14 days", "28 mcg/day for 14 days")), "S305")
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "not applicable"


@pytest.mark.parametrize(
    ("head", "cycles", "found"), [(MRD, 4, []), (MRD, 5, ["S307"]), ("", 9, []), ("", 14, ["S307"])]
)
def test_the_label_counts_its_cycles(head: str, cycles: int, found: list[str]) -> None:
    judgement = judgement_of_lines(head + cycle(repeat=cycles))
    assert codes(judgement) == found
    assert marks(judgement, "S307") == ([str(cycles)] if found else [])


def _infusion(hours: int) -> str:
    return cycle(f"28 mcg/day for {hours} hours")


def _held(hours: int) -> str:
    return cycle(f"9 mcg/day for {hours} hours", f"28 mcg/day for {28 * DAY - hours} hours")


CONTINUED = "continued-therapy"

CHEMOTHERAPY, BLOCK, OPTIONAL = 'interval_reason = "chemotherapy"', 'block = "consolidation"', "optional = true"


def _with(key: str, lines: str) -> str:
    """The lines of a cycle, with one key more."""
    return f"{lines}{key}\n"


def _named(*names: str) -> str:
    return "\n".join(cycle().replace('"Cycle"', f'"{name}"') for name in names)


EXAMPLES = (
    example("S301", "finding", "an hour less than 28 days", _infusion(28 * DAY - 1)),
    example("S301", "pass", "28 days", _infusion(28 * DAY)),
    example("S301", "pass", "28 days in two steps", cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")),
    example("S301", "finding", "5 days, the shortest that was studied", _infusion(5 * DAY)),
    example("S301", "pass", "so short that S308 says it", _infusion(5 * DAY - 1)),
    example("S301", "finding", "27 days in the last cycle", cycle() + _infusion(27 * DAY)),
    example("S301", "waived", "27 days, for reasons of the ward", _infusion(27 * DAY), below=waiver("S301")),
    example("S302", "finding", "an hour more than 28 days", _infusion(28 * DAY + 1)),
    example("S302", "pass", "28 days", _infusion(28 * DAY)),
    example("S302", "pass", "56 days in two cycles", cycle(repeat=2, free=0)),
    example("S302", "waived", "8 weeks, as in a study", LYMPHOMA + _infusion(56 * DAY), below=waiver("S302")),
    example("S303", "finding", "13 days", cycle(free=13, repeat=2)),
    example("S303", "pass", "14 days", cycle(free=14, repeat=2)),
    example("S303", "finding", "13 days in continued therapy", cycle(free=13, repeat=2, phase=CONTINUED)),
    example("S303", "pass", "a week, with its reason", cycle(free=7, repeat=2, reason="blocks of 5 weeks")),
    example("S303", "finding", "6 days, with their reason", cycle(free=6, repeat=2, reason="blocks of 5 weeks")),
    example("S303", "pass", "none after the last cycle", cycle() + cycle(free=0)),
    example("S303", "not applicable", "none after the only cycle", cycle(free=0)),
    example("S304", "finding", "15 days", cycle(free=15, repeat=2)),
    example("S304", "pass", "14 days", cycle(free=14, repeat=2)),
    example("S304", "pass", "56 days in continued therapy", cycle(free=56, repeat=2, phase=CONTINUED)),
    example("S304", "finding", "57 days in continued therapy", cycle(free=57, repeat=2, phase=CONTINUED)),
    example("S304", "finding", "56 days in consolidation", cycle(free=56, repeat=2, phase="consolidation")),
    example("S304", "pass", "90 days after the last cycle", cycle() + cycle(free=90)),
    example("S304", "not applicable", "90 days after the only cycle", cycle(free=90)),
    example("S304", "not applicable", "chemotherapy", cycle(free=90, repeat=2, reason="chemotherapy")),
    example(
        "S304", "finding", "60 days, after others", cycle(free=60, reason="chemotherapy") + cycle(free=60) + cycle()
    ),
    example("S304", "waived", "21 days after an infection", cycle(free=21, repeat=2), below=waiver("S304")),
    example("S303", "finding", "7 days before another block", _with(BLOCK, cycle(free=7)) + cycle()),
    example("S304", "not applicable", "90 days before a block", cycle(free=90) + _with(BLOCK, cycle())),
    example("S304", "not applicable", "90 days after a block", _with(BLOCK, cycle(free=90)) + cycle()),
    example("S304", "finding", "90 days in a block", _with(BLOCK, cycle(free=90)) + _with(BLOCK, cycle())),
    example("S304", "finding", "90 days twice, then a block", cycle(free=90, repeat=2) + _with(BLOCK, cycle())),
    example("S305", "finding", "an hour less than 48", _held(47)),
    example("S305", "pass", "48 hours", _held(48)),
    example(
        "S305",
        "pass",
        "48 hours in two equal steps",
        cycle("9 mcg/day for 24 hours", "9 mcg/day for 24 hours", "28 mcg/day for 624 hours"),
    ),
    example(
        "S305",
        "finding",
        "a second step after a day",
        cycle("5 mcg/day for 7 days", "9 mcg/day for 1 days", "28 mcg/day for 20 days"),
    ),
    example("S305", "finding", "in the second cycle", cycle() + _held(24)),
    example(
        "S305", "not applicable", "a step down after a day", cycle("28 mcg/day for 1 days", "9 mcg/day for 27 days")
    ),
    example("S305", "not applicable", "a higher dose in the next cycle", cycle("9 mcg/day for 28 days") + cycle()),
    example("S306", "finding", "an hour less than 7 days", _held(7 * DAY - 1)),
    example("S306", "pass", "7 days", _held(7 * DAY)),
    example("S306", "pass", "so short that S305 says it", _held(47)),
    example("S306", "finding", "48 hours, which S305 lets pass", _held(48)),
    example(
        "S306", "not applicable", "a day, before a step down", cycle("28 mcg/day for 1 days", "9 mcg/day for 27 days")
    ),
    example("S307", "finding", "a fifth cycle in MRD", MRD + cycle(repeat=5)),
    example("S307", "pass", "four cycles in MRD", MRD + cycle(repeat=4)),
    example("S307", "pass", "nine cycles in relapsed disease", RELAPSED + STEPPED + cycle(repeat=8)),
    example("S307", "finding", "a tenth cycle in relapsed disease", RELAPSED + STEPPED + cycle(repeat=9)),
    example("S307", "finding", "a fifth cycle of consolidation", CONSOLIDATION + cycle(repeat=2) + cycle(repeat=3)),
    example("S307", "pass", "nine cycles in a study", cycle(repeat=9)),
    example("S307", "finding", "ten cycles in a study that names nothing", cycle(repeat=10)),
    example("S307", "not applicable", "ten cycles in lymphoma", LYMPHOMA + cycle(repeat=10)),
    example(
        "S307",
        "pass",
        "four cycles in MRD, two of them optional",
        MRD + cycle(repeat=2) + _with(OPTIONAL, cycle(repeat=2)),
    ),
    example("S308", "finding", "an hour less than 5 days", _infusion(5 * DAY - 1)),
    example("S308", "pass", "5 days", _infusion(5 * DAY)),
    example("S308", "pass", "5 days in two steps", cycle("9 mcg/day for 4 days", "28 mcg/day for 1 days")),
    example("S308", "finding", "4 hours, though it is waived", _infusion(4), below=waiver("S308")),
    example("S311", "finding", "the only cycle is optional", _with(OPTIONAL, cycle())),
    example("S311", "finding", "every cycle is optional", MRD + 2 * _with(OPTIONAL, cycle())),
    example("S311", "finding", "the first is optional", MRD + _with(OPTIONAL, cycle()) + cycle()),
    example("S311", "pass", "the second is optional", MRD + cycle() + _with(OPTIONAL, cycle())),
    example("S311", "pass", "D207 says it", RELAPSED + _with(OPTIONAL, STEPPED) + cycle()),
    example("S311", "pass", "L011 says it", DEPARTING + _with(OPTIONAL, STEPPED) + cycle()),
    example("S311", "finding", "both begin high", RELAPSED + _with(OPTIONAL, cycle()) + cycle()),
    example("S311", "not applicable", "none is optional", MRD + cycle(repeat=2)),
    example("S310", "finding", "the same name", _named("Induction", "Induction")),
    example("S310", "finding", "the third like the first", _named("Induction", "Consolidation", "Induction")),
    example("S310", "finding", "in other letters and spaces", _named("Cycle 1", "CYCLE  1")),
    example("S310", "pass", "names of their own", _named("Induction 1", "Induction 2")),
    example("S310", "pass", "one begins like the other", _named("Cycle 1", "Cycle 10", "Cycle 11")),
    example("S310", "pass", "one cycle, given four times", cycle(repeat=4)),
    example("S310", "waived", "as the protocol calls them", _named("Block", "Block"), below=waiver("S310")),
)


def test_a_name_given_twice_is_told_once_for_each_further_cycle_and_where_it_stood_first() -> None:
    judgement = judgement_of_lines(_named("Block", "Other", "Block", "Block"))
    text = judgement.reading.document.text
    first = text[: text.index('"Block"')].count("\n") + 1
    found = verdict_of(judgement, "S310").findings
    assert [finding.path for finding in found] == [("cycle", 2, "name"), ("cycle", 3, "name")]
    assert all(f"line {first} too" in finding.message for finding in found)
    assert marks(judgement, "S310") == ['"Block"', '"Block"']


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer


def test_chemotherapy_between_cycles_is_not_advised_to_last_14_days() -> None:
    """E1910: two cycles, three courses of chemotherapy, a cycle, one course of chemotherapy, a cycle."""
    course = cycle(free=14) + _with(CHEMOTHERAPY, cycle(free=90)) + _with(CHEMOTHERAPY, cycle(free=35)) + cycle(free=0)
    judgement = judgement_of_lines(CONSOLIDATION + course)
    assert codes(judgement) == []
    assert verdict_of(judgement, "S304").ruling is Ruling.PASS  # the first interval has no reason, and was judged
    without = judgement_of_lines(CONSOLIDATION + course.replace(CHEMOTHERAPY, ""))
    assert codes(without) == ["S304", "S304"]
    assert not any("14 days" in finding.help for finding in judgement.findings)


def test_b_cells_that_return_before_another_block_are_told_as_what_the_model_knows() -> None:
    lines = cycle(free=90) + _with(BLOCK, cycle())
    (finding,) = judgement_of_lines(lines, script(outcome(1000, 1000, (600, 1000)))).findings
    assert (finding.code, finding.severity) == ("B403", Severity.NOTE)
    assert finding.message.endswith("The block consolidation begins")
    assert "shorten" not in finding.help


@pytest.mark.parametrize(
    ("lines", "severity", "said"),
    [
        (cycle(repeat=5), Severity.WARNING, "has 5 cycles; the label has 4"),
        (
            cycle(repeat=4) + _with(OPTIONAL, cycle()),
            Severity.WARNING,
            "has 5 cycles, 1 of them optional; the label has 4",
        ),
        (cycle(repeat=2) + _with(OPTIONAL, cycle(repeat=3)), Severity.WARNING, "has 5 cycles, 3 of them optional"),
        (cycle(repeat=4) + _with(OPTIONAL, cycle(repeat=16)), Severity.ERROR, "has 20 cycles, 16 of them optional"),
        (cycle() + _with(OPTIONAL, cycle()) + cycle(repeat=4), Severity.WARNING, "has 6 cycles, 1 of them optional"),
    ],
)
def test_cycles_that_not_everybody_is_given_are_counted_as_such(lines: str, severity: Severity, said: str) -> None:
    (finding,) = judgement_of_lines(MRD + lines).findings
    assert (finding.code, finding.severity) == ("S307", severity)
    assert said in finding.message


def test_a_weekly_dose_can_be_written() -> None:
    """A day of infusion and six days without, again and again: what it is called is for the rules to say."""
    weekly = regimen_in(regimen_text(cycle("28 mcg/day for 24 hours", free=6, repeat=9)))
    starts = [period.start for period in periods(weekly) if period.dose is not None]
    assert starts == [week * 7 * DAY * 60 for week in range(9)]
    assert codes(judgement_of_lines(cycle("28 mcg/day for 24 hours", free=6, repeat=9))) == ["S303", "S308"]
    reasoned = judgement_of_lines(cycle("28 mcg/day for 24 hours", free=6, repeat=9, reason="weekly dosing"))
    (short,) = [finding for finding in reasoned.findings if finding.code == "S303"]
    assert short.severity is Severity.ERROR  # no interval of less than a week was run, whatever the reason
    assert short.message.endswith("The file's reason: weekly dosing")


def test_a_short_interval_of_continued_therapy_is_told_the_least_that_a_reason_explains() -> None:
    text = library.load("rr-adult-continued").document.text
    assert "treatment_free_days = 56" in text
    given = 'treatment_free_days = 14\ninterval_reason = "a shortage"'
    findings = verdict_of(judgement_of(text.replace("treatment_free_days = 56", given)), "S303").findings
    assert findings
    for finding in findings:
        assert finding.help == "give at least 28 days, or waive this rule with the reason"
        assert finding.limits == ("treatment_free_interval_continued",)
        assert "7 days were run" not in finding.message


@pytest.mark.parametrize("head", [MRD, RELAPSED, CONSOLIDATION, DEPARTING, LYMPHOMA, ""])
def test_a_course_of_which_nothing_is_sure_fails_whatever_it_is_for(head: str) -> None:
    judgement = judgement_of_lines(head + _with(OPTIONAL, STEPPED) + _with(OPTIONAL, cycle()))
    (finding,) = verdict_of(judgement, "S311").findings
    assert (finding.severity, finding.path) == (Severity.ERROR, ("cycle", 0, "optional"))
    assert verdict_of(judgement, "D207").findings == ()


def test_a_first_cycle_that_is_optional_is_a_warning_where_the_next_begins_alike() -> None:
    (finding,) = verdict_of(judgement_of_lines(MRD + _with(OPTIONAL, cycle()) + cycle()), "S311").findings
    assert finding.severity is Severity.WARNING
    assert 'begins with "Cycle 2"' in finding.message
