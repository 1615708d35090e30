"""L002 to L005: what is told of a regimen beside its label: words, numbers, place and order.

The US label gives 9 mcg/day, or 5 mcg/m²/day below 45 kg, for 7 days of cycle 1 in relapsed or refractory disease;
cycles 1 and 2 are induction, 3 to 5 consolidation, 6 to 9 continued therapy. The Hong Kong label, as far as it was
seen, orders nothing for MRD.
"""

import pytest

from blinplan.label.read import label_named
from blinplan.rules.families.label import rules
from tests.regimen_text import cycle, judgement_of_lines
from tests.rules.families.examples import Told, not_told_of, told_of

RELAPSED, MRD, CONSOLIDATION = (
    f'indication = "{one}"\n\n' for one in ("relapsed-refractory", "mrd-positive", "consolidation")
)
FROM_HONG_KONG = '\nlabel = "hk-2026"\n\n'
WAIVE = "or waive this rule with the reason"


@pytest.mark.holds("L002")
@pytest.mark.parametrize("hours", [167, 168, 169, 251, 252, 253])
@pytest.mark.parametrize(
    ("low", "full", "limit"),
    [("9 mcg/day", "28 mcg/day", "first_step_flat"), ("5 mcg/m2/day", "15 mcg/m2/day", "first_step_by_area")],
)
def test_a_first_step_of_more_than_seven_days_is_told_with_its_length(
    low: str, full: str, limit: str, hours: int
) -> None:
    """Ten days and a half are one and a half times as long, and an error from then on."""
    days, rest = divmod(hours, 24)
    own = f"{days} d {rest} h" if rest else f"{days} d"
    dose = low.replace("m2", "m²")
    expected = Told(
        "cycle.0.steps.0.hours",
        f"{hours}",
        "error" if hours > 252 else "warning",
        f"{dose} is held for {own} before the step up; the label holds it for 7 d",
        f"hold it for 7 d, {WAIVE}",
        (limit,),
        f"{own} at {dose}",
    )
    lines = RELAPSED + cycle(f"{low} for {hours} hours", f"{full} for {672 - hours} hours")
    assert told_of(judgement_of_lines(lines), "L002") == ([expected] if hours > 168 else [])


LOW = ("9 mcg/day for 7 days", "28 mcg/day for 21 days")


def phase(number: int, table: int, own: str, label: str) -> Told:
    return Told(
        f"cycle.{table}.phase",
        f'"{own}"',
        "warning",
        f"cycle {number} is called {own}; the label has {label} there",
        f'write `phase = "{label}"`, {WAIVE}',
    )


@pytest.mark.holds("L003")
@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            RELAPSED + cycle(*LOW, phase="induction") + cycle(phase="consolidation"),
            [(2, 1, "consolidation", "induction")],
        ),
        (
            RELAPSED + cycle(*LOW, phase="consolidation") + cycle() + cycle(phase="induction", repeat=2),
            [(1, 0, "consolidation", "induction"), (3, 2, "induction", "consolidation")],
        ),
        (
            RELAPSED + cycle(*LOW, phase="induction") + cycle(phase="induction", repeat=2),
            [(3, 1, "induction", "consolidation")],
        ),
        (MRD + cycle(phase="consolidation", repeat=2), [(1, 0, "consolidation", "induction")]),
        # that its doses are those of another indication is told instead
        (MRD + cycle(*LOW, phase="consolidation"), []),
        (RELAPSED + cycle(phase="consolidation", repeat=2), []),
    ],
)
def test_a_phase_is_told_by_the_number_of_its_cycle(lines: str, told: list[tuple[int, int, str, str]]) -> None:
    assert told_of(judgement_of_lines(lines), "L003") == [phase(*one) for one in told]


@pytest.mark.holds("L003")
@pytest.mark.parametrize(
    ("phases", "told"),
    [
        (("consolidation", "", "induction", "continued-therapy"), [(2, "induction", "consolidation")]),
        (("", "induction", "consolidation"), []),
        (
            ("continued-therapy", "induction", "consolidation"),
            [(1, "induction", "continued-therapy"), (2, "consolidation", "continued-therapy")],
        ),
        (("induction", "induction"), []),
    ],
)
def test_phases_of_a_study_come_in_order(phases: tuple[str, ...], told: list[tuple[int, str, str]]) -> None:
    judgement = judgement_of_lines("".join(cycle(phase=one) for one in phases))
    assert told_of(judgement, "L003") == [
        Told(
            f"cycle.{place}.phase",
            f'"{own}"',
            "warning",
            f'"Cycle {place + 1}" is {own}, after {latest}',
            f"put the phases in order, {WAIVE}",
        )
        for place, own, latest in told
    ]


@pytest.mark.holds("L004")
@pytest.mark.parametrize(
    "lines", [MRD + cycle(), CONSOLIDATION + cycle(), CONSOLIDATION + cycle("15 mcg/m2/day for 28 days")]
)
@pytest.mark.parametrize("order", [("us-2025", "hk-2026"), ("hk-2026", "us-2025")])
def test_the_label_that_orders_it_is_named_wherever_it_stands_among_them(
    lines: str, order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "label_names", lambda: order)
    judgement = judgement_of_lines(lines.replace("\n\n", FROM_HONG_KONG, 1))
    indication = lines.partition('"')[2].partition('"')[0]
    why = f"{label_named('hk-2026')}, as far as it was seen, has no schedule for the patients of this indication"
    assert told_of(judgement, "L004") == [
        Told(
            "indication",
            f'"{indication}"',
            "error",
            f"the regimen is for {indication}, and {why}: no dose was laid beside it",
            f'write `label = "us-2025"`, which orders it, correct the indication or the ages, {WAIVE}',
        )
    ]
    for code in ("L001", "L002", "L003", "L005"):
        assert not_told_of(judgement, code) == ("unverified", why)


LOW_BY_AREA = cycle("5 mcg/m2/day for 7 days", "15 mcg/m2/day for 21 days")


@pytest.mark.holds("L005")
@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (CONSOLIDATION + LOW_BY_AREA, True),
        (CONSOLIDATION + LOW_BY_AREA + cycle("15 mcg/m2/day for 28 days", repeat=4), True),
        (CONSOLIDATION + LOW_BY_AREA.replace("days = 7", "days = 6"), False),  # of no indication
        (CONSOLIDATION + cycle("15 mcg/m2/day for 28 days"), False),
        (MRD + LOW_BY_AREA, False),  # its dose was seen, so D208 tells
        (MRD + cycle(*LOW), False),
        (RELAPSED + LOW_BY_AREA, False),
    ],
)
def test_a_schedule_of_relapsed_disease_is_told_where_no_dose_of_it_is(lines: str, told: bool) -> None:
    expected = Told(
        "indication",
        '"consolidation"',
        "error",
        "the regimen is for consolidation, and its doses, steps and intervals are those that the label gives for"
        " relapsed-refractory",
        f'write `indication = "relapsed-refractory"`, {WAIVE}',
        (),
        "consolidation for the schedule of relapsed-refractory",
    )
    judgement = judgement_of_lines(lines)
    assert told_of(judgement, "L005") == ([expected] if told else [])
    assert not_told_of(judgement, "L005") is None
