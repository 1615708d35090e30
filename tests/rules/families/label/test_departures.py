"""L010 to L013: what is told of a regimen that departs from another: words, numbers, place and order.

What rr-adult gives is the US label's: 9 mcg/day for 7 days and 28 mcg/day for 21 in cycle 1, 28 mcg/day for 28 days in
four more, and 14 days without infusion after each.
"""

from fractions import Fraction

import pytest

from blinplan.rules.configuration.settings import ChangedLimit, Settings
from tests.regimen_text import judgement_of_lines, verdict_of
from tests.rules.families.examples import Told, not_told_of, told_of

STATED = 'departure = { reason = "Protocol 7", source = "none" }'
STUDY = 'indication = "investigational"\n'
FROM_ADULT = f'{STUDY}departs_from = "rr-adult"\n\n'
FROM_NOWHERE = FROM_ADULT.replace("rr-adult", "no-such-regimen")
IN_LYMPHOMA = FROM_ADULT.replace("\n\n", '\ndisease = "lymphoma"\n\n')
LOW, FULL = ("9 mcg/day for 7 days", "28 mcg/day for 21 days"), "28 mcg/day for 28 days"


def course(*cycles: str) -> str:
    """Cycles by their number, so that each has a name of its own."""
    return "\n".join(text.replace("NAME", f"Cycle {number}") for number, text in enumerate(cycles, start=1))


def cycle(*steps: str, free: int = 14, stated: bool = False) -> str:
    """A cycle; a step is written as `28 mcg/day for 28 days`, and `, stated` behind it that it departs."""
    written = []
    for step in steps:
        dose, held = step.removesuffix(", stated").split(" for ")
        number, unit = held.split(" ")
        departure = f", {STATED}" if step.endswith(", stated") else ""
        written.append(f'{{ dose = "{dose}", {unit} = {number}{departure} }}')
    below = f"{STATED}\n" if stated else ""
    return f'[[cycle]]\nname = "NAME"\nsteps = [{", ".join(written)}]\ntreatment_free_days = {free}\n{below}'


def steps_of(text: str) -> str:
    """How the steps of the first cycle are written."""
    return text.partition("steps = ")[2].partition("\ntreatment")[0]


@pytest.mark.holds("L010")
@pytest.mark.parametrize(
    ("basis", "named", "told"),
    [
        ("", None, "rr-adult"),
        ("/m2", None, "rr-below-45-kg"),
        ("", "mrd-adul", "mrd-adult"),
        ("/m2", "mrd-adul", "mrd-adult"),
        ("", "xxxxxxxxxxxx", "rr-adult"),
        ("/m2", "xxxxxxxxxxxx", "rr-below-45-kg"),
    ],
)
def test_what_a_regimen_may_be_meant_to_depart_from_is_named(basis: str, named: str | None, told: str) -> None:
    """What is spelt nearly so, or else the labelled regimen for relapsed disease with doses counted in the same way."""
    head = f"{STUDY}\n" if named is None else f'{STUDY}departs_from = "{named}"\n\n'
    cap = ', max = "9 mcg/day"' if basis else ""
    lines = course(f'[[cycle]]\nname = "NAME"\nsteps = [{{ dose = "5 mcg{basis}/day"{cap}, days = 28 }}]\n')
    judgement = judgement_of_lines(f"{head}{lines}treatment_free_days = 14\n")
    other = "another regimen of `blinplan regimens`"
    if named is None:
        expected = Told(
            "indication",
            '"investigational"',
            "warning",
            "the regimen is investigational, and names nothing that it departs from",
            f'write departs_from = "{told}", or {other} that it was made from',
        )
    else:
        expected = Told(
            "departs_from",
            f'"{named}"',
            "error",
            f"{named} is no regimen that comes with blinplan, so the regimen is laid beside nothing",
            f'write departs_from = "{told}", or {other}',
        )
    assert told_of(judgement, "L010") == [expected]
    kind = "not applicable" if named is None else "blocked"
    why = "the file names nothing that it departs from" if named is None else expected.message.partition(",")[0]
    assert not_told_of(judgement, "L011") == (kind, f"{why}, as L010 says")


SIZES = ("far_from_label", "part_of_label")
STATE = "or state it there with a source: `departure = { reason = ..., source = ... }`"


def held(place: str, length: int, own: str, mark: str, severity: str = "warning") -> Told:
    message = f"9 mcg/day is held for {own} before the next step; rr-adult holds it for 7 d"
    return Told(place, mark, severity, message, f"hold it for 7 d, {STATE}", SIZES)


def infused(number: int, own: int, mark: str) -> Told:
    message = f'"Cycle {number}" infuses {own} d; rr-adult infuses 28 d'
    return Told(f"cycle.{number - 1}.steps", mark, "warning", message, f"make the steps add up to 28 d, {STATE}", SIZES)


def given(number: int, own: str, other: str, severity: str) -> Told:
    message = f"cycle {number} gives {own} mcg/day; rr-adult gives {other} mcg/day there"
    place = f"cycle.{number - 1}.steps.0.dose"
    return Told(place, f'"{own} mcg/day"', severity, message, f"give {other} mcg/day, {STATE}", SIZES)


LONGER = cycle("9 mcg/day for 8 days", LOW[1])
IN_HOURS = cycle("9 mcg/day for 192 hours", LOW[1])
LOWER_AND_SHORTER = cycle("6 mcg/day for 7 days", "28 mcg/day for 20 days")
SHORT_WITHOUT_STEP = cycle("28 mcg/day for 27 days")


@pytest.mark.holds("L011")
@pytest.mark.parametrize(
    ("lines", "told"),
    [
        # a day more of the first step is a day more of infusion, which is told once
        (course(LONGER), [held("cycle.0.steps.0.days", 8, "8 d", "8")]),
        (course(IN_HOURS), [held("cycle.0.steps.0.hours", 8, "8 d", "192")]),
        # but not of the cycle after it
        (
            course(LONGER, SHORT_WITHOUT_STEP),
            [held("cycle.0.steps.0.days", 8, "8 d", "8"), infused(2, 27, steps_of(SHORT_WITHOUT_STEP))],
        ),
        # of another dose follows no other length
        (
            course(LOWER_AND_SHORTER),
            [infused(1, 27, steps_of(LOWER_AND_SHORTER)), given(1, "6", "9", "warning")],
        ),
        (
            course(SHORT_WITHOUT_STEP, LONGER.replace("21", "20")),
            [
                infused(1, 27, steps_of(SHORT_WITHOUT_STEP)),
                given(1, "28", "9", "error"),
                given(2, "9", "28", "error"),
            ],
        ),
        (course(cycle(*LOW), cycle(FULL)), []),
    ],
)
def test_a_difference_from_the_base_is_told_once_where_it_stands(lines: str, told: list[Told]) -> None:
    assert told_of(judgement_of_lines(FROM_ADULT + lines), "L011") == told


OTHERS = "where it is tried in lymphoma or autoimmune disease, say so with `disease`"


def above(place: str, dose: str, most: str, who: str, limit: str, stated: bool = False) -> Told:
    """A dose above the highest that was run in the patients of a regimen."""
    first = limit.startswith("highest_first")
    what = (
        (f"the regimen begins at {dose}", "no first step above") if first else (f"the dose is {dose}", "nothing above")
    )
    message = f"{what[0]}; {what[1]} {most} was run in {who}"
    waived = ", or waive this rule with the reason" if stated else ""
    return Told(
        place,
        f'"{dose.replace("²", "2")}"',
        "error",
        f"{message}, whatever none says" if stated else message,
        f"give at most {most}{waived}; {OTHERS}",
        (limit,),
    )


CHILDREN, FIRST = "children with leukaemia", "cycle.0.steps.0.dose"
IN_CHILDREN = "highest_dose_in_leukaemia_children_flat"
FIRST_IN_LYMPHOMA = "highest_first_step_in_lymphoma_flat"


@pytest.mark.holds("L012", "L013")
@pytest.mark.parametrize(
    ("head", "dose", "told"),
    [
        (FROM_ADULT, "28 mcg/day", None),
        (FROM_ADULT, "28.01 mcg/day", (CHILDREN, IN_CHILDREN, "28 mcg/day")),
        (FROM_ADULT, "168.84 mcg/day", (CHILDREN, IN_CHILDREN, "28 mcg/day")),  # the highest that was ever studied
        (FROM_ADULT, "168.85 mcg/day", None),  # which D204 tells of
        (FROM_NOWHERE, "28.01 mcg/day", (CHILDREN, IN_CHILDREN, "28 mcg/day")),
        (IN_LYMPHOMA, "9 mcg/day", None),
        (IN_LYMPHOMA, "9.01 mcg/day", ("lymphoma", FIRST_IN_LYMPHOMA, "9 mcg/day")),
        (IN_LYMPHOMA, "112 mcg/day", ("lymphoma", FIRST_IN_LYMPHOMA, "9 mcg/day")),
        (IN_LYMPHOMA, "112.01 mcg/day", ("lymphoma", "highest_dose_in_lymphoma_flat", "112 mcg/day")),
    ],
)
def test_a_dose_above_all_that_were_run_is_told_whether_or_not_it_is_stated(
    head: str, dose: str, told: tuple[str, str, str] | None
) -> None:
    """By L012, or where the file states it as a departure, by L013."""
    for stated in (False, True):
        judgement = judgement_of_lines(head + course(cycle(f"{dose} for 28 days{', stated' if stated else ''}")))
        found = [one for one in told_of(judgement, "L013") if one.limits[0].startswith("highest")]
        expected = [] if told is None else [above(FIRST, dose, told[2], told[0], told[1], stated)]
        assert told_of(judgement, "L012") == ([] if stated else expected)
        assert found == (expected if stated else [])
        assert all(one.why for one in verdict_of(judgement, "L012").findings)


@pytest.mark.holds("L012", "L013")
def test_a_dose_that_is_stated_excuses_no_other_one() -> None:
    lines = course(cycle("60 mcg/day for 28 days"), cycle("40 mcg/day for 28 days, stated"))
    judgement = judgement_of_lines(FROM_ADULT + lines)
    assert told_of(judgement, "L012") == [above(FIRST, "60 mcg/day", "28 mcg/day", CHILDREN, IN_CHILDREN)]
    assert told_of(judgement, "L013") == [
        above("cycle.1.steps.0.dose", "40 mcg/day", "28 mcg/day", CHILDREN, IN_CHILDREN, stated=True)
    ]


@pytest.mark.holds("L012", "L013")
@pytest.mark.parametrize(("times", "told"), [(2, False), (3, True)])
def test_what_is_a_slip_of_a_unit_is_told_as_that_alone(times: int, told: bool) -> None:
    """A project that takes twice the labelled maximum for one hears it of 56 mcg/day, and not of what was run."""
    settings = Settings(changes=(ChangedLimit("unit_slip", Fraction(times), "here", "tight"),))
    for stated, code in (("", "L012"), (", stated", "L013")):
        judgement = judgement_of_lines(FROM_ADULT + course(cycle(f"56 mcg/day for 28 days{stated}")), settings=settings)
        assert bool(told_of(judgement, code)) is told
        assert bool(told_of(judgement, "N106")) is not told


RUN = (
    *("shortest_interval_run", "longest_interval_run", "shortest_step_run", "step_ratio", "most_cycles_run"),
    *("longest_infusion_in_leukaemia", "longest_infusion_in_lymphoma", "longest_infusion_in_autoimmune"),
)
WRITTEN = STATED.removeprefix("departure = ")


@pytest.mark.holds("L013")
@pytest.mark.parametrize(
    ("lines", "place", "what"),
    [
        (
            course(cycle(*LOW, stated=True)),
            "cycle.0.departure",
            "the interval and the days of infusion of this cycle are",
        ),
        (
            course(cycle(f"{LOW[0]}, stated", LOW[1])),
            "cycle.0.steps.0.departure",
            "the dose, the cap and the length of this step are",
        ),
        (
            course(cycle(*LOW), cycle(f"{FULL}, stated")),
            "cycle.1.steps.0.departure",
            "the dose, the cap and the length of this step are",
        ),
    ],
)
def test_a_departure_from_nothing_says_of_what_nothing_departs(lines: str, place: str, what: str) -> None:
    assert told_of(judgement_of_lines(FROM_ADULT + lines), "L013") == [
        Told(
            place,
            WRITTEN,
            "warning",
            f"a departure is stated, and {what} those of rr-adult",
            "remove `departure`, or give here what it speaks of",
            RUN,
        )
    ]


@pytest.mark.holds("L013")
def test_a_departure_of_premedication_is_none_of_a_cycle() -> None:
    table = '[premedication]\ndrug = "dexamethasone"\ndose = "8 mg"\nbefore = ["cycle-start", "escalation"]\n'
    judgement = judgement_of_lines(f"{FROM_ADULT}{table}{STATED}\n\n{course(cycle(*LOW))}")
    assert not_told_of(judgement, "L013") == ("not applicable", "the file states no departure")


@pytest.mark.holds("L013")
def test_a_departure_from_what_there_is_not_is_held_to_what_was_run_alone() -> None:
    sound = judgement_of_lines(FROM_NOWHERE + course(cycle("20 mcg/day for 28 days, stated")))
    assert not_told_of(sound, "L013") == (
        "blocked",
        "no-such-regimen is no regimen that comes with blinplan, as L010 says",
    )
    high = judgement_of_lines(FROM_NOWHERE + course(cycle("40 mcg/day for 28 days, stated")))
    assert not_told_of(high, "L013") is None
    assert [one.place for one in told_of(high, "L013")] == [FIRST]
