"""S301, S302, S305 to S308, S310 and S311, word for word: lengths, steps and numbers of cycles at each limit."""

from fractions import Fraction

import pytest

from blinplan.rules.configuration.settings import DEFAULTS, ChangedLimit
from tests.regimen_text import cycle
from tests.rules.families.examples import limits_of, said
from tests.rules.families.heads_and_outcomes import CONSOLIDATION, MRD, RELAPSED, STEPPED

LYMPHOMA = 'indication = "investigational"\ndisease = "lymphoma"\n\n'
DEPARTING = 'indication = "investigational"\ndeparts_from = "rr-adult"\n\n'
BESIDE_BASE = ["not applicable | every step and cycle is laid beside the regimen departed from (L011)"]
HOURS = 24


def infused(severity: str, length: str, more: str = "", at: int = 0, name: str = "Cycle") -> str:
    """A cycle that infuses longer or shorter, as a rule tells it."""
    words = f'"{name}" infuses {length}; a cycle infuses 28 days{more}'
    return f"{severity} at cycle.{at}.steps | {words} | make the steps add up to 28 days | {length}"


def infusion(hours: int) -> str:
    return cycle(f"28 mcg/day for {hours} hours")


@pytest.mark.parametrize(
    ("hours", "length", "short", "long"),
    [
        (5 * HOURS - 1, "4 d 23 h", "", ""),
        (5 * HOURS, "5 d", "error", ""),
        (14 * HOURS - 1, "13 d 23 h", "error", ""),
        (14 * HOURS, "14 d", "warning", ""),
        (28 * HOURS - 1, "27 d 23 h", "warning", ""),
        (28 * HOURS, "28 d", "", ""),
        (28 * HOURS + 1, "28 d 1 h", "", "warning"),
        (42 * HOURS, "42 d", "", "warning"),
        (42 * HOURS + 1, "42 d 1 h", "", "error"),
        (56 * HOURS, "56 d", "", "error"),
        (56 * HOURS + 1, "56 d 1 h", "", "error"),
    ],
)
@pytest.mark.parametrize(("head", "leukaemia"), [("", True), (MRD, True), (LYMPHOMA, False)])
def test_a_cycle_infuses_28_days(hours: int, length: str, short: str, long: str, head: str, leukaemia: bool) -> None:
    """In leukaemia less than half and more than one and a half times are errors; over 56 days everywhere."""
    unknown = hours > 56 * HOURS
    more = ", and nothing over 56 days was studied" if unknown else ""
    lines = head + infusion(hours)
    as_short, as_long = (severity if leukaemia else "warning" for severity in (short, long))
    assert said("S301", lines) == ([infused(as_short, length)] if short else [])
    assert said("S302", lines) == ([infused("error" if unknown else as_long, length, more)] if long else [])


def test_beside_the_regimen_departed_from_only_what_nobody_studied_is_told() -> None:
    assert said("S301", DEPARTING + infusion(27 * HOURS)) == BESIDE_BASE
    assert said("S302", DEPARTING + infusion(29 * HOURS)) == []
    assert said("S302", DEPARTING + infusion(56 * HOURS)) == []
    unknown = infused("error", "56 d 1 h", ", and nothing over 56 days was studied")
    assert said("S302", DEPARTING + infusion(56 * HOURS + 1)) == [unknown]


RISING = cycle("9 mcg/day for 6 days", "28 mcg/day for 21 days")
SLOW = cycle("9 mcg/day for 8 days", "28 mcg/day for 21 days")


@pytest.mark.parametrize(
    ("lines", "short", "long"),
    [
        pytest.param(RELAPSED + RISING, [], [], id="short by its first step alone"),
        pytest.param(RELAPSED + SLOW, [], [], id="long by its first step alone"),
        pytest.param(RELAPSED + RISING + infusion(27 * HOURS), [(1, "27 d")], [], id="the next is short too"),
        pytest.param(RELAPSED + SLOW + infusion(29 * HOURS), [], [(1, "29 d")], id="the next is long too"),
        pytest.param(
            RELAPSED + cycle("9 mcg/day for 7 days", "28 mcg/day for 20 days"), [(0, "27 d")], [], id="by the last"
        ),
        pytest.param(
            RELAPSED + cycle("9 mcg/day for 8 days", "28 mcg/day for 22 days"), [], [(0, "30 d")], id="by both, long"
        ),
        pytest.param(
            RELAPSED + cycle("9 mcg/day for 6 days", "28 mcg/day for 20 days"), [(0, "26 d")], [], id="by both, short"
        ),
        pytest.param(
            RELAPSED + RISING + cycle("28 mcg/day for 28 days", "9 mcg/day for 2 days"),
            *([], [(1, "30 d")]),
            id="a step follows one as long as the label's",
        ),
        pytest.param(
            MRD + cycle("28 mcg/day for 28 days", "9 mcg/day for 2 days"), [], [(0, "30 d")], id="a step too many"
        ),
        pytest.param(MRD + cycle("9 mcg/day for 6 days", "28 mcg/day for 21 days"), [(0, "27 d")], [], id="in MRD"),
    ],
)
def test_a_length_that_is_wrong_by_a_labelled_step_alone_is_told_at_the_step(
    lines: str, short: list[tuple[int, str]], long: list[tuple[int, str]]
) -> None:
    names = ("Cycle", "Cycle 2")
    assert said("S301", lines) == [infused("warning", length, "", at, names[at]) for at, length in short]
    assert said("S302", lines) == [infused("warning", length, "", at, names[at]) for at, length in long]


def test_a_project_that_infuses_longer_is_told_of_cycles_that_are_as_labelled() -> None:
    """What is told at the step is that it is not the label's."""
    longer = DEFAULTS._replace(changes=(ChangedLimit("infusion_per_cycle", Fraction(35), "blinplan.toml:2", "Trial"),))
    found = infused("warning", "28 d").replace("28 days", "35 days (changed from 28)")
    assert said("S301", RELAPSED + STEPPED, settings=longer) == [found]
    assert said("S301", RELAPSED + RISING, settings=longer) == []


BACK = "T cells are back after 7 to 14 days"
GOLDEN_GATE = "NCT01371630 (mini-hyper-CVD) and NCT04994717 (Golden Gate, run-in), as registered"
SHORT_COURSE = "Cancer Med 2024;13(24):e70515 (a short course in relapsed or refractory disease)"


@pytest.mark.parametrize(
    ("hours", "held", "early", "short", "run"),
    [
        (47, "1 d 23 h", True, "", ""),
        (48, "2 d", False, "error", ", and no step under 3 days was run"),
        (71, "2 d 23 h", False, "error", ", and no step under 3 days was run"),
        (72, "3 d", False, "error", f". Steps of 3 days were run in {SHORT_COURSE}"),
        (83, "3 d 11 h", False, "error", f". Steps of 3 days were run in {SHORT_COURSE}"),
        (84, "3 d 12 h", False, "warning", f". Steps of 3 days were run in {SHORT_COURSE}"),
        (95, "3 d 23 h", False, "warning", f". Steps of 3 days were run in {SHORT_COURSE}"),
        (96, "4 d", False, "warning", f". Steps of 4 days were run in {GOLDEN_GATE}"),
        (167, "6 d 23 h", False, "warning", f". Steps of 4 days were run in {GOLDEN_GATE}"),
        (168, "7 d", False, "", ""),
    ],
)
@pytest.mark.parametrize(("head", "leukaemia"), [("", True), (LYMPHOMA, False)])
def test_a_dose_is_held_for_7_days_before_it_rises(
    hours: int, held: str, early: bool, short: str, run: str, head: str, leukaemia: bool
) -> None:
    lines = head + cycle(f"9 mcg/day for {hours} hours", f"28 mcg/day for {28 * HOURS - hours} hours")
    value = f"{held}, then from 9 mcg/day to 28 mcg/day"
    place = "cycle.0.steps.0.hours"
    message = f"the dose goes from 9 mcg/day to 28 mcg/day after {held}"
    too_early = f"error at {place} | {message} | hold each step for at least 48 hours | {value}"
    assert said("S305", lines) == ([too_early] if early else [])
    severity = short if leukaemia else "warning"
    advice = "hold it for 7 days, or waive this rule with the reason"
    too_short = f"{severity} at {place} | 9 mcg/day is held for {held} before the step up; {BACK}{run} | {advice}"
    assert said("S306", lines) == ([f"{too_short} | {value}"] if short else [])


@pytest.mark.parametrize("code", ["S305", "S306"])
def test_only_a_rise_inside_a_cycle_is_one(code: str) -> None:
    none = ["not applicable | no cycle escalates"]
    assert said(code, cycle("28 mcg/day for 28 days")) == none
    assert said(code, cycle("28 mcg/day for 1 days", "9 mcg/day for 27 days")) == none
    assert said(code, cycle("9 mcg/day for 14 days", "9 mcg/day for 14 days")) == none
    assert said(code, cycle("9 mcg/day for 28 days") + cycle()) == none
    departing = said(code, DEPARTING + cycle("9 mcg/day for 72 hours", "28 mcg/day for 25 days"))
    assert departing == ([] if code == "S305" else BESIDE_BASE)


def many(severity: str, at: str, given: str, has: str, most: int, gross: bool = False) -> str:
    """More cycles than there should be, as S307 tells it."""
    words = f"the regimen has {given}; {has} | give at most {most} cycles, or waive this rule with the reason | {given}"
    return f"{'gross ' if gross else ''}{severity} at cycle.{at} | {words}"


def unrepeated(lines: str) -> str:
    return lines.replace("repeat = 1\n", "")


def optional(lines: str) -> str:
    return lines + "optional = true\n"


FOUR = "the label has 4 cycles for this indication"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (MRD + cycle(repeat=4), []),
        (MRD + cycle(repeat=5), [many("warning", "0.repeat", "5 cycles", FOUR, 4)]),
        (MRD + cycle(repeat=6), [many("warning", "0.repeat", "6 cycles", FOUR, 4)]),
        (MRD + cycle(repeat=7), [many("error", "0.repeat", "7 cycles", FOUR, 4)]),
        (MRD + cycle(repeat=12), [many("error", "0.repeat", "12 cycles", FOUR, 4)]),
        (MRD + cycle(repeat=13), [many("error", "0.repeat", "13 cycles", FOUR, 4, gross=True)]),
        (MRD + cycle(repeat=4) + cycle(), [many("warning", "1.repeat", "5 cycles", FOUR, 4)]),
        (MRD + unrepeated(cycle() * 5), [many("warning", "4.name", "5 cycles", FOUR, 4)]),
        (MRD + unrepeated(cycle(repeat=3) + cycle() * 3), [many("warning", "2.name", "6 cycles", FOUR, 4)]),
        (
            MRD + optional(cycle()) + cycle(repeat=4),
            [many("warning", "1.repeat", "5 cycles, 1 of them optional", FOUR, 4)],
        ),
        (
            MRD + cycle(repeat=2) + optional(cycle(repeat=2)) + cycle(repeat=2) + cycle(),
            [many("error", "3.repeat", "7 cycles, 2 of them optional", FOUR, 4)],
        ),
        (
            MRD + cycle() + optional(cycle(repeat=2)) + unrepeated(cycle() * 3),
            [many("warning", "3.name", "6 cycles, 2 of them optional", FOUR, 4)],
        ),
        (CONSOLIDATION + cycle(repeat=5), [many("warning", "0.repeat", "5 cycles", FOUR, 4)]),
        (RELAPSED + STEPPED + cycle(repeat=8), []),
        (
            RELAPSED + STEPPED + cycle(repeat=9),
            [many("warning", "1.repeat", "10 cycles", "the label has 9 cycles for this indication", 9)],
        ),
        (cycle(repeat=9), []),
        (cycle(repeat=13), [many("warning", "0.repeat", "13 cycles", "no label has more than 9 cycles", 9)]),
        (cycle(repeat=14), [many("error", "0.repeat", "14 cycles", "no label has more than 9 cycles", 9)]),
        (
            LYMPHOMA + cycle(repeat=20),
            ["not applicable | the regimen is investigational, and the label speaks of its indications"],
        ),
        (DEPARTING + cycle(repeat=20), BESIDE_BASE),
    ],
)
def test_there_are_as_many_cycles_as_the_label_has(lines: str, found: list[str]) -> None:
    assert said("S307", lines) == found


def test_cycles_are_counted_by_the_label_of_the_indication() -> None:
    assert limits_of("S307", MRD + cycle(repeat=5)) == [("cycles_mrd_positive",)]
    assert limits_of("S307", CONSOLIDATION + cycle(repeat=5)) == [("cycles_consolidation",)]
    assert limits_of("S307", RELAPSED + STEPPED + cycle(repeat=9)) == [("cycles_relapsed_refractory",)]
    assert limits_of("S307", cycle(repeat=10)) == [("cycles_relapsed_refractory",)]


@pytest.mark.parametrize(("hours", "length"), [(1, "1 h"), (119, "4 d 23 h"), (120, "")])
def test_no_infusion_shorter_than_5_days_is_a_continuous_one(hours: int, length: str) -> None:
    words = f'"Cycle" infuses {length}; no continuous infusion under 5 days was run'
    found = f"error at cycle.0.steps | {words} | infuse continuously over 28 days | {length}"
    for head in ("", MRD, LYMPHOMA, DEPARTING):
        assert said("S308", head + infusion(hours)) == ([found] if length else [])


@pytest.mark.parametrize(
    ("lines", "begins_later"),
    [
        (MRD + optional(cycle()) + cycle(), True),
        (MRD + cycle() + optional(cycle()), False),
        (RELAPSED + optional(STEPPED) + cycle(), False),
        (RELAPSED + optional(cycle()) + cycle(), True),
        (RELAPSED + optional(STEPPED) + STEPPED, True),
        (DEPARTING + optional(STEPPED) + cycle(), False),
        (DEPARTING + optional(cycle()) + cycle(), True),
        (DEPARTING + optional(STEPPED) + STEPPED, True),
        (DEPARTING.replace("rr-adult", "mrd-adult") + optional(STEPPED) + cycle(), True),
        (LYMPHOMA + optional(STEPPED) + cycle(), True),
    ],
)
def test_a_course_that_begins_with_an_optional_cycle_is_told_once(lines: str, begins_later: bool) -> None:
    """Where only the optional cycle has a label's low first step, D207 or L011 tells of it."""
    words = (
        '"Cycle" is optional; who is not given it begins with "Cycle 2", and days in hospital and premedication are'
        " planned by the number of a cycle"
    )
    advice = 'remove `optional` from "Cycle", or give the others a regimen of their own'
    found = f"warning at cycle.0.optional | {words} | {advice} | optional, then Cycle 2"
    assert said("S311", lines) == ([found] if begins_later else [])


def test_where_every_cycle_is_optional_nothing_is_sure() -> None:
    words = "every cycle is optional, so there is none that everybody is given"
    advice = "remove `optional` from the cycles that everybody is given"
    found = [f"error at cycle.0.optional | {words} | {advice} | every cycle is optional"]
    assert said("S311", RELAPSED + optional(STEPPED) + optional(cycle(repeat=3))) == found
    assert said("S311", cycle() * 2) == ["not applicable | no cycle is optional"]


def test_names_that_people_read_alike_are_one() -> None:
    lines = "".join(cycle().replace('"Cycle"', f'"{name}"') for name in ("Block a", "Other", " block  A", "Other 2"))
    (found,) = said("S310", lines)
    assert found.startswith('warning at cycle.2.name | " block  A" is the name of the cycle on line ')
    assert found.endswith(
        " too | give each cycle a name of its own, or write `repeat` where they are the same |  block  A"
    )
