"""C604 and C606: what is told of days in hospital: words, numbers, place and order, beside a label, a base and nothing.

The US label has 9 days in cycle 1 of relapsed or refractory disease and 3 of others, and 2 in cycle 2; the first 2 days
after a start and after a step are watched whatever a label says.
"""

import pytest

from tests.regimen_text import judgement_of_lines
from tests.rules.families.examples import Told, not_told_of, told_of

STATED = 'departure = { reason = "Protocol 7", source = "none" }'
STUDY = 'indication = "investigational"\n\n'
RELAPSED = 'indication = "relapsed-refractory"\n\n'
MRD = 'indication = "mrd-positive"\n\n'
FROM_ADULT = 'indication = "investigational"\ndeparts_from = "rr-adult"\n\n'
FROM_MRD = FROM_ADULT.replace("rr-adult", "mrd-adult")
IN_LYMPHOMA = 'indication = "investigational"\ndisease = "lymphoma"\n\n'
FROM_HONG_KONG = RELAPSED.replace("\n\n", '\nlabel = "hk-2026"\n\n')
FULL = '{ dose = "28 mcg/day", days = 28 }'
LOW = '{ dose = "9 mcg/day", days = 7 }, { dose = "28 mcg/day", days = 21 }'
LATE = LOW.replace("= 7", "= 10").replace("= 21", "= 18")
DEPARTING = FULL.replace(" }", f", {STATED} }}")
STEP_DEPARTING = LOW.replace(" }, ", f", {STATED} }}, ", 1)
WAIVE = "or waive this rule with the reason"


def lines(head: str, days: str, *cycles: str, free: int = 14) -> str:
    """A regimen with days in hospital and cycles of these steps; `stated` behind them says that the cycle departs."""
    tables = [
        f'[[cycle]]\nname = "Cycle {number}"\nsteps = [{steps.removesuffix(" stated")}]\ntreatment_free_days = {free}\n'
        f"{STATED if steps.endswith(' stated') else ''}\n"
        for number, steps in enumerate(cycles, start=1)
    ]
    return f"{head}[monitoring]\nhospital_days = {days}\n\n" + "\n".join(tables)


def planned(days: int) -> str:
    return "1 day in hospital is planned" if days == 1 else f"{days} days in hospital are planned"


def short(number: int, days: int, due: int, severity: str, *limits: str, has: str = "") -> Told:
    """What is told of a stay that ends too early."""
    return Told(
        f"monitoring.hospital_days.{number - 1}",
        f"{days}",
        severity,
        f"{planned(days)} in cycle {number}, and {due} are due{f' ({has} has them)' if has else ''}",
        f"plan the first {due} days of cycle {number} in hospital",
        ("watched_days", *limits),
    )


FIRST, OTHERS, SECOND = "hospital_cycle_1_relapsed_refractory", "hospital_cycle_1_others", "hospital_cycle_2"


@pytest.mark.holds("C604")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        # beside a label: less than two thirds of it, 6 of 9 and 2 of 3 days, is an error
        (lines(RELAPSED, "[9, 2]", LOW, FULL), []),
        (lines(RELAPSED, "[8, 2]", LOW, FULL), [short(1, 8, 9, "warning", FIRST)]),
        (lines(RELAPSED, "[6, 1]", LOW, FULL), [short(1, 6, 9, "warning", FIRST), short(2, 1, 2, "error", SECOND)]),
        (lines(RELAPSED, "[5, 2]", LOW, FULL), [short(1, 5, 9, "error", FIRST)]),
        (lines(MRD, "[2, 0]", FULL, FULL), [short(1, 2, 3, "warning", OTHERS), short(2, 0, 2, "error", SECOND)]),
        (lines(MRD, "[1, 2]", FULL, FULL), [short(1, 1, 3, "error", OTHERS)]),
        (lines(MRD, "[3, 2, 0]", FULL, FULL, FULL), []),
        # beside a label that states none, two days after the start and the step
        (lines(FROM_HONG_KONG, "[8]", LOW), [short(1, 8, 9, "warning")]),
        # beside nothing: none at the first start is an error in leukaemia
        (lines(STUDY, "[0, 2]", FULL, FULL), [short(1, 0, 2, "error")]),
        (lines(STUDY, "[1, 2]", FULL, FULL), [short(1, 1, 2, "warning")]),
        (lines(STUDY, "[2, 0]", FULL, FULL), [short(2, 0, 2, "warning")]),
        (lines(IN_LYMPHOMA, "[0, 2]", FULL.replace("28 mcg", "9 mcg"), FULL), [short(1, 0, 2, "warning")]),
        (lines(STUDY, "[11, 2]", LATE, FULL), [short(1, 11, 12, "warning")]),
        (lines(STUDY, "[12, 2]", LATE, FULL), []),
        # beside a base: it is named where it has them
        (lines(FROM_ADULT, "[8, 2]", LOW, FULL), [short(1, 8, 9, "warning", has="rr-adult")]),
        (lines(FROM_ADULT, "[6, 2]", LOW, FULL), [short(1, 6, 9, "warning", has="rr-adult")]),
        (lines(FROM_ADULT, "[5, 2]", LOW, FULL), [short(1, 5, 9, "error", has="rr-adult")]),
        (lines(FROM_ADULT, "[9, 2]", LATE, FULL), [short(1, 9, 12, "warning")]),
        (lines(FROM_MRD, "[2, 2]", FULL, FULL), [short(1, 2, 3, "warning", has="mrd-adult")]),
        (lines(FROM_MRD, "[3, 1]", FULL, FULL), [short(2, 1, 2, "error", has="mrd-adult")]),
        # but where the cycle, or a step of it, departs
        (lines(FROM_MRD, "[2, 2]", f"{FULL} stated", FULL), []),
        (lines(FROM_MRD, "[2, 2]", DEPARTING, FULL), []),
        (lines(FROM_ADULT, "[8, 2]", STEP_DEPARTING, FULL), [short(1, 8, 9, "warning")]),
        (lines(FROM_MRD, "[2, 2]", FULL, f"{FULL} stated"), [short(1, 2, 3, "warning", has="mrd-adult")]),
        (lines(FROM_MRD, "[2, 1]", f"{FULL} stated", FULL), [short(2, 1, 2, "error", has="mrd-adult")]),
        (lines(FROM_MRD, "[3, 1]", FULL, f"{FULL} stated"), [short(2, 1, 2, "warning")]),
    ],
)
def test_a_stay_that_ends_too_early_is_told_with_the_days_that_are_due(text: str, told: list[Told]) -> None:
    assert told_of(judgement_of_lines(text), "C604") == told


@pytest.mark.holds("C604")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (lines(RELAPSED, "[9]", LOW), None),
        (lines(RELAPSED, "[9]", LOW, FULL), ("not said", "the file says nothing of days in hospital in cycle 2")),
        (lines(MRD, "[3, 2]", FULL, FULL, FULL), None),
        (
            lines(FROM_HONG_KONG, "[9, 2]", LOW, FULL),
            (
                "unverified",
                "Blincyto (blinatumomab), Hong Kong prescribing information (Hong Kong, as indexed in 2026), as far as"
                " it was seen, states no days in hospital",
            ),
        ),
        (lines(STUDY, "[9, 2]", LOW, FULL), None),
    ],
)
def test_of_what_the_file_or_the_label_does_not_say_nothing_passes(text: str, said: tuple[str, str] | None) -> None:
    judgement = judgement_of_lines(text)
    assert told_of(judgement, "C604") == []
    assert not_told_of(judgement, "C604") == said


def long(number: int, days: int, whole: int, due: int, *limits: str) -> Told:
    """What is told of a stay for which the cycle has no room."""
    return Told(
        f"monitoring.hospital_days.{number - 1}",
        f"{days}",
        "error",
        f"{planned(days)} in cycle {number}, which lasts {whole} days with the interval"
        f"{f'; {due} are due' if due else ''}",
        f"plan {due} days, or as many as are meant" if due else "plan as many as are meant",
        ("watched_days", *limits),
        f"{days} of {whole}",
    )


def far(number: int, days: int, due: int, *limits: str, whose: str = "the label", last: str = "") -> Told:
    """What is told of a stay of more than three times the label's, and more than a week more."""
    return Told(
        f"monitoring.hospital_days.{number - 1}",
        f"{days}",
        "warning",
        f"{planned(days)} in cycle {number}; {whose}'s{last} are {due} days",
        f"plan {due} days, {WAIVE}",
        ("watched_days", *limits, "far_longer_stay", "longer_stay"),
    )


def beyond(number: int, days: int, total: int) -> Told:
    """What is told of days of a cycle that there is not."""
    return Told(
        f"monitoring.hospital_days.{number - 1}",
        f"{days}",
        "warning",
        f"{planned(days)} in cycle {number}, and the regimen has {total} cycle{'s' if total > 1 else ''}",
        "leave out the days of cycles that there are not",
        ("watched_days",),
    )


LAST = ", the last that are stated,"
HALF_A_DAY_MORE = '{ dose = "28 mcg/day", hours = 684 }'


@pytest.mark.holds("C606")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        # 28 days of infusion and 14 without
        (lines(RELAPSED, "[42]", LOW), [far(1, 42, 9, FIRST)]),
        (lines(RELAPSED, "[43]", LOW), [long(1, 43, 42, 9, FIRST)]),
        (lines(MRD, "[3, 43, 43]", FULL, FULL, FULL), [long(2, 43, 42, 2, SECOND), long(3, 43, 42, 0)]),
        (lines(STUDY, "[43]", HALF_A_DAY_MORE), []),  # of which the last is half a day
        (lines(STUDY, "[44]", HALF_A_DAY_MORE), [long(1, 44, 43, 2)]),
        (lines(STUDY, "[42]", FULL), []),
        (lines(STUDY, "[29]", FULL, free=0), [long(1, 29, 28, 2)]),
        # the whole infusion is meant by some, and a day more or less is not
        (lines(RELAPSED, "[27, 2]", LOW, FULL), []),
        (lines(RELAPSED, "[28, 28]", LOW, FULL), []),
        (lines(RELAPSED, "[29, 27]", LOW, FULL), [far(1, 29, 9, FIRST), far(2, 27, 2, SECOND)]),
        (lines(RELAPSED, "[29]", LOW.replace("21", "22")), []),
        (lines(RELAPSED, "[9, 29]", LOW, HALF_A_DAY_MORE), []),
        (lines(RELAPSED, "[9, 28]", LOW, HALF_A_DAY_MORE), [far(2, 28, 2, SECOND)]),
        (lines(RELAPSED, "[9, 30]", LOW, HALF_A_DAY_MORE), [far(2, 30, 2, SECOND)]),
        # three times 3 days are 9, and a week more is 10: both have to be passed
        (lines(MRD, "[10, 9]", FULL, FULL), []),
        (lines(MRD, "[11, 10]", FULL, FULL), [far(1, 11, 3, OTHERS), far(2, 10, 2, SECOND)]),
        # after the cycles that the label, or the base, has days for, the last of them count
        (lines(MRD, "[3, 2, 9]", FULL, FULL, FULL), []),
        (lines(MRD, "[3, 2, 10]", FULL, FULL, FULL), [far(3, 10, 2, last=LAST)]),
        (lines(FROM_MRD, "[11, 10]", FULL, FULL), [far(1, 11, 3, whose="mrd-adult"), far(2, 10, 2, whose="mrd-adult")]),
        (lines(FROM_MRD, "[3, 2, 20]", FULL, FULL, FULL), [far(3, 20, 2, whose="mrd-adult", last=LAST)]),
        (lines(FROM_MRD, "[20, 2]", f"{FULL} stated", FULL), []),
        (
            lines(FROM_MRD, "[3, 20]", FULL, f"{FULL} stated"),
            [far(2, 20, 3, whose="mrd-adult", last=LAST)],
        ),
        (lines(STUDY, "[41]", LOW), []),
        # days of cycles that there are not
        (lines(RELAPSED, "[9, 1]", LOW), [beyond(2, 1, 1)]),
        (lines(RELAPSED, "[9, 2, 0, 3]", LOW, FULL), [beyond(4, 3, 2)]),
        (lines(RELAPSED, "[9, 2, 0]", LOW, FULL), []),
    ],
)
def test_a_stay_that_nobody_means_is_told_with_what_is_beside_it(text: str, told: list[Told]) -> None:
    assert told_of(judgement_of_lines(text), "C606") == told
