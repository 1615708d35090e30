"""A: the site's bags, on both sides of each limit."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from blinplan.course.patient import Patient
from blinplan.regimen.site.site import Site
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Severity
from blinplan.rules.verdict import Ruling
from tests.read_text import site_in
from tests.regimen_text import codes, cycle, judgement_of_lines, marks, verdict_of, waiver
from tests.rules.families.examples import Example, example, tried


def site(bags: str, **more: str) -> Site:
    keys = "".join(f"{key} = {value}\n" for key, value in more.items())
    return site_in(f'site = 1\nname = "Ward 7"\n{keys}bag = [{bags}]')


def on_site(where: Site, *steps: str, top: str = "", patient: Patient | None = None) -> Judgement:
    return judgement_of_lines(top + cycle(*steps), site=where, patient=patient)


HOURS = {
    hours: f"{{ hours = {hours}{'' if hours in (24, 48) else ', in_use_hours = 240'} }}"
    for hours in (24, 36, 48, 72, 96, 168)
}


def sizes(*hours: int) -> str:
    return ", ".join(HOURS[one] for one in hours)


@pytest.mark.parametrize(
    ("step", "bags", "found"),
    [
        ("28 mcg/day for 28 days", (168,), []),
        ("28 mcg/day for 27 days", (48,), ["A701"]),
        ("28 mcg/day for 27 days", (24, 48), []),
        ("28 mcg/day for 36 hours", (24,), ["A701"]),
        ("28 mcg/day for 36 hours", (36,), []),
    ],
)
def test_bags_fit_a_step_when_nothing_is_thrown_away(step: str, bags: tuple[int, ...], found: list[str]) -> None:
    judgement = on_site(site(sizes(*bags)), step)
    assert [code for code in codes(judgement) if code[0] == "A"] == found


def test_a_step_that_no_bag_reaches_is_an_error() -> None:
    judgement = on_site(site("{ hours = 12, in_use_hours = 48 }"), "28 mcg/day for 28 days")
    (finding,) = verdict_of(judgement, "A701").findings
    assert finding.severity is Severity.ERROR
    assert "the longest bag lasts 12 h" in finding.message
    assert marks(judgement, "A701") == ["28"]


YOUNG = "[eligibility]\nmin_weight_kg = {}\n\n"


@pytest.mark.parametrize(
    ("top", "weight", "bags", "found"),
    [
        (YOUNG.format("5.4"), None, (168,), []),
        (YOUNG.format("5.3"), None, (168,), ["A702"]),
        (YOUNG.format("5.3"), None, (48, 168), []),
        ("[eligibility]\nbelow_weight_kg = 45\n\n", None, (96,), ["A702"]),
        (YOUNG.format("3"), "5.4", (168,), []),
        (YOUNG.format("3"), "5.39", (168,), ["A702"]),
        (YOUNG.format("3"), "5.39", (24, 168), []),
    ],
)
def test_small_children_need_bags_without_preservative(
    top: str, weight: str | None, bags: tuple[int, ...], found: list[str]
) -> None:
    patient = None if weight is None else Patient(Fraction(weight))
    judgement = on_site(site(sizes(*bags)), top=top, patient=patient)
    assert [code for code in codes(judgement) if code[0] == "A"] == found


NOVEMBER = f"[{', '.join(f'2026-11-{day:02}' for day in range(1, 31))}]"


@pytest.mark.parametrize(
    ("bags", "more", "found"),
    [
        ("{ hours = 48 }", {}, []),
        ("{ hours = 48 }", {"prepared_hours_before": "1"}, ["A703"]),
        ("{ hours = 24 }", {"prepared_hours_before": "24"}, []),
        ("{ hours = 24 }", {"prepared_hours_before": "25"}, ["A703"]),
        ("{ hours = 36, in_use_hours = 37 }", {"prepared_hours_before": "1"}, []),
        ("{ hours = 48 }", {"closed": '["saturday", "sunday"]'}, ["A703"]),
        ("{ hours = 24 }, { hours = 48 }", {"closed": '["sunday"]'}, []),
        (sizes(24, 72), {"closed": '["saturday", "sunday"]'}, []),
        (sizes(72), {"closed": '["saturday", "sunday"]'}, []),
        (sizes(72), {"closed": '["saturday", "sunday"]', "holidays": NOVEMBER}, []),
        (sizes(168), {"closed": '["monday", "tuesday", "wednesday", "thursday", "friday"]'}, []),
    ],
)
def test_a_bag_is_used_in_its_time_and_changed_when_the_site_does(
    bags: str, more: dict[str, str], found: list[str]
) -> None:
    judgement = on_site(site(bags, change_time='"10:00"', **more))
    assert [code for code in codes(judgement) if code == "A703"] == found


def test_a_step_that_begins_off_the_hour_is_found_where_there_is_an_hour() -> None:
    steps = ("9 mcg/day for 180 hours", "28 mcg/day for 492 hours")
    assert "A703" in codes(on_site(site(sizes(24, 36, 48), change_time='"10:00"'), *steps))
    assert "A703" not in codes(on_site(site(sizes(24, 36, 48)), *steps))


def test_the_dose_is_raised_on_an_open_day() -> None:
    steps = ("9 mcg/day for 1 days", "28 mcg/day for 27 days")
    every_other = '["monday", "wednesday", "friday", "sunday"]'  # never are two days open one after the other
    judgement = on_site(site(sizes(24, 72), change_time='"10:00"', closed=every_other), *steps)
    assert "A703" in codes(judgement)
    assert "A703" not in codes(on_site(site(sizes(24, 72), change_time='"10:00"', closed='["sunday"]'), *steps))


def test_how_long_a_bag_may_be_used_is_not_guessed() -> None:
    judgement = on_site(site("{ hours = 168 }"))
    verdict = verdict_of(judgement, "A703")
    assert verdict.undecided
    assert verdict.not_evaluated is not None
    assert "7 d" in verdict.not_evaluated.reason
    assert verdict_of(judgement_of_lines(cycle()), "A703").ruling is Ruling.NOT_EVALUATED


def _fit(*hours: int) -> Site:
    return site(sizes(*hours))


def _in_time(bags: str, **more: str) -> Site:
    return site(bags, change_time='"10:00"', **more)


WEEKS, ODD = cycle("28 mcg/day for 28 days"), cycle("28 mcg/day for 27 days")
YOUNGER, YOUNG_ENOUGH = YOUNG.format("5.399") + WEEKS, YOUNG.format("5.4") + WEEKS
OF_ALL_AGES = YOUNG.format("3") + WEEKS
OFF_THE_HOUR = cycle("9 mcg/day for 180 hours", "28 mcg/day for 492 hours")

DECEMBER = datetime(2026, 12, 1, 10, tzinfo=UTC)
EARLY, AFTER = DECEMBER.replace(hour=9), datetime(2026, 12, 26, 10, tzinfo=UTC)
CHRISTMAS = _in_time("{ hours = 24 }", holidays="[2026-12-25]")
WITH_A_LONGER_BAG = _in_time("{ hours = 24 }, { hours = 48 }", holidays="[2026-12-25]")
_NO_WEEKS = '[{ bag_hours = [48], why = "no bags", first_day = 2026-12-05, last_day = 2026-12-20 }]'
SHORT = _in_time("{ hours = 24 }, { hours = 48 }", cannot_be_had=_NO_WEEKS)
COMES = waiver("A705")

EXAMPLES = (
    example("A701", "finding", "a day too short for bags of two days", ODD, site=_fit(48)),
    example("A701", "pass", "and one bag of a day for the rest", ODD, site=_fit(24, 48)),
    example("A701", "pass", "four bags of a week", WEEKS, site=_fit(168)),
    example("A701", "finding", "36 hours with bags of a day", cycle("28 mcg/day for 36 hours"), site=_fit(24)),
    example("A701", "pass", "36 hours with a bag of 36", cycle("28 mcg/day for 36 hours"), site=_fit(36)),
    example("A701", "not applicable", "no site", ODD),
    example("A701", "waived", "the rest is thrown away", ODD, site=_fit(48), below=waiver("A701")),
    example("A702", "finding", "a hair below 5.4 kg", YOUNGER, site=_fit(168)),
    example("A702", "pass", "5.4 kg", YOUNG_ENOUGH, site=_fit(168)),
    example("A702", "pass", "bags of a day as well, without preservative", YOUNGER, site=_fit(24, 168)),
    example("A702", "finding", "72 hours, the shortest with preservative", YOUNGER, site=_fit(72)),
    example("A702", "pass", "48 hours, the longest without", YOUNGER, site=_fit(48)),
    example(
        "A702", "finding", "a patient a hair below", OF_ALL_AGES, site=_fit(168), patient=Patient(Fraction("5.399"))
    ),
    example("A702", "pass", "a patient of 5.4 kg", OF_ALL_AGES, site=_fit(168), patient=Patient(Fraction("5.4"))),
    example("A702", "undecided", "a patient of unknown weight", OF_ALL_AGES, site=_fit(168), patient=Patient()),
    example("A702", "finding", "a waiver, which no child has", YOUNGER, site=_fit(168), below=waiver("A702")),
    example("A702", "not applicable", "no site", YOUNGER),
    example(
        "A703", "finding", "48 hours, and one before", WEEKS, site=_in_time("{ hours = 48 }", prepared_hours_before="1")
    ),
    example("A703", "pass", "48 hours, and none before", WEEKS, site=_in_time("{ hours = 48 }")),
    example(
        "A703", "pass", "24 hours, and 24 before", WEEKS, site=_in_time("{ hours = 24 }", prepared_hours_before="24")
    ),
    example("A703", "finding", "12 hours into a day", OFF_THE_HOUR, site=_in_time(sizes(24, 36, 48))),
    example("A703", "pass", "12 hours into a day, where any hour will do", OFF_THE_HOUR, site=_fit(24, 36, 48)),
    example(
        "A703",
        "finding",
        "a weekend, and bags of two days",
        WEEKS,
        site=_in_time("{ hours = 48 }", closed='["saturday", "sunday"]'),
    ),
    example(
        "A703",
        "pass",
        "a weekend, and bags of three days",
        WEEKS,
        site=_in_time(sizes(24, 72), closed='["saturday", "sunday"]'),
    ),
    example(
        "A703",
        "undecided",
        "bags of a week, of which no one says how long they keep",
        WEEKS,
        site=site("{ hours = 168 }"),
    ),
    example("A703", "not applicable", "no site", WEEKS),
    example("A704", "finding", "twice the label's rate", WEEKS, site=site("{ hours = 24, rate_ml_per_hour = 20 }")),
    example("A704", "pass", "the label's own rate", WEEKS, site=site("{ hours = 24, rate_ml_per_hour = 10 }")),
    example("A704", "pass", "a length the label has not", WEEKS, site=site("{ hours = 36, rate_ml_per_hour = 20 }")),
    example("A704", "finding", "a minute too long in use", WEEKS, site=site("{ hours = 24, in_use_hours = 49 }")),
    example("A704", "pass", "as long in use as the label says", WEEKS, site=site("{ hours = 24, in_use_hours = 48 }")),
    example(
        "A704", "finding", "said to be preservative-free", WEEKS, site=site("{ hours = 72, preservative = false }")
    ),
    example("A704", "pass", "with preservative", WEEKS, site=site("{ hours = 72, preservative = true }")),
    example(
        "A704", "finding", "preservative too young", WEEKS, site=site("{ hours = 72 }", preservative_from_kg="5.3")
    ),
    example("A704", "pass", "preservative later", WEEKS, site=site("{ hours = 72 }", preservative_from_kg="22")),
    example("A704", "finding", "filled with too little", WEEKS, site=site("{ hours = 24, fill_ml = 239 }")),
    example("A704", "pass", "filled with just enough", WEEKS, site=site("{ hours = 24, fill_ml = 240 }")),
    example("A704", "not applicable", "no site", WEEKS),
    example("A705", "finding", "a change on Christmas Day", WEEKS, site=CHRISTMAS, begins=DECEMBER),
    example("A705", "pass", "a week later, when it is over", WEEKS, site=CHRISTMAS, begins=AFTER),
    example("A705", "pass", "a bag of two days over it", WEEKS, site=WITH_A_LONGER_BAG, begins=DECEMBER),
    example("A705", "not requested", "a holiday, and no start", WEEKS, site=CHRISTMAS),
    example("A705", "pass", "no start, and every day is as the other", WEEKS, site=_in_time("{ hours = 24 }")),
    example("A705", "not applicable", "no site", WEEKS, begins=DECEMBER),
    example("A705", "finding", "an hour before bags are changed", WEEKS, site=_in_time(sizes(24)), begins=EARLY),
    example("A705", "finding", "bags that cannot be had then", WEEKS, site=SHORT, begins=DECEMBER),
    example("A705", "pass", "when they can be had again", WEEKS, site=SHORT, begins=AFTER),
    example("A705", "not requested", "bags that cannot be had on some days", WEEKS, site=SHORT),
    example("A705", "waived", "somebody comes on Christmas Day", WEEKS, site=CHRISTMAS, begins=DECEMBER, below=COMES),
    example(
        "A702",
        "finding",
        "10 kg, on a ward that waits for 22",
        YOUNG.format("10") + WEEKS,
        site=site("{ hours = 168 }", preservative_from_kg="22"),
    ),
    example(
        "A702",
        "pass",
        "22 kg, on a ward that waits for 22",
        YOUNG.format("22") + WEEKS,
        site=site("{ hours = 168 }", preservative_from_kg="22"),
    ),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer
