"""What has to be known of a plan is in every view and in every format of it, whatever the plan."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from lxml import html

from blinplan import plan
from blinplan.api.patient import Figures
from blinplan.api.planning.planned import Plan
from blinplan.api.vocabulary import PlanFormat, View
from blinplan.course.remarks import RemarkKind
from blinplan.refusal import Refusal
from blinplan.regimen.age import completed_age
from blinplan.reports.plan.paper.plain_words import plain_words
from blinplan.terminal import Screen
from tests.collection.grid import at_night, each_third, in_turn, pairs_of
from tests.plan_text import RECORD

pytestmark = pytest.mark.slow  # every view and format of many plans

START = "2026-12-01T10:00"  # a Tuesday
SHUT = (
    'site = 1\nname = "Ward 7"\ntime_zone = "Europe/Berlin"\nchange_time = "10:00"\n'
    'closed = ["tuesday", "thursday", "saturday", "sunday"]\nholidays = [2026-12-25]\ncycle_start = "next-open-day"\n'
    "bag = [\n { hours = 48, fill_ml = 276 },\n { hours = 72, in_use_hours = 168 },\n"
    " { hours = 96, fill_ml = 276 },\n"
    " { hours = 168, fill_ml = 110, in_use_hours = 192 },\n]\n"
)
SHORT = f'{SHUT}\n[[cannot_be_had]]\nbag_hours = [72]\nlast_day = 2026-12-20\nwhy = "none to be had"\n'
WARD_OF_THE_RECORD = (
    'site = 1\nname = "Ward 7"\ntime_zone = "Europe/Berlin"\nchange_time = "10:00"\n'
    "bag = [{ hours = 24, fill_ml = 276 }, { hours = 96, fill_ml = 276, in_use_hours = 120 }]\n"
)
SITES = {"none": None, "shut": SHUT, "short": SHORT}
WHO = {
    "adult": ("rr-adult", Figures(weight=82, height=178, age=completed_age(40))),
    "nobody": ("rr-adult", Figures(weight=82)),
    "light": ("rr-adult", Figures(weight=38, height=150)),
    "child": ("rr-below-45-kg", Figures(weight=20, height=110, age=completed_age(6))),
    "trial": ("nhl-15", Figures(weight=70, height=170, age=completed_age(50))),
}
CUTS: dict[str, tuple[int | None, str | None, str | None]] = {
    "whole": (None, None, None),
    "cycle 1": (1, None, None),
    "one week": (None, "2026-12-08", "2026-12-14"),
}
CASES = pairs_of(list(WHO), list(SITES), list(CUTS))
CASES_BY_WIDTH = pairs_of(list(WHO), list(SITES), list(CUTS), [60, 140])
PRINTED = (View.LABELS, View.HOME)
CHEAP = [view for view in View if view not in {View.EXPECTED, View.DELIVERED, *PRINTED}]
OF_SITE = (View.BAGS, View.STARTS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, str], Plan]:
    """Plans, each of which is made once for the tests that ask for it."""
    path = tmp_path_factory.mktemp("ward") / "ward.toml"

    @cache
    def make(who: str, site: str, cut: str) -> Plan:
        text = SITES[site]
        path.write_text(text or "")
        regimen, figures = WHO[who]
        where = None if text is None else path
        (cycle, first, last), zone = CUTS[cut], "Europe/Berlin"
        return plan(
            regimen,
            figures,
            start=START,
            time_zone=zone,
            site=where,
            cycle=cycle,
            first=first,
            last=last,
            isolated=True,
        )

    return make


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def read(planned: Plan, form: PlanFormat, view: View = View.OVERVIEW) -> str:
    """What a format says, as whoever opens it reads it."""
    text = planned.text(form, view=view, plan_id="bed-1")
    if form is PlanFormat.ICS:
        return re.sub(r"\\([,;\\])", r"\1", text.replace("\r\n ", "").replace("\r\n\t", ""))
    if form is PlanFormat.JSON:
        return "\n".join(json.loads(text)["told"])
    if form is PlanFormat.CSV:
        return "\n".join(" ".join(row) for row in csv.reader(io.StringIO(text)))
    if form is PlanFormat.HTML:
        return "".join(map(str, html.fromstring(text).itertext()))
    return json.dumps(json.loads(text), ensure_ascii=False) if form is PlanFormat.FHIR else text


def missing(planned: Plan, said: str) -> Iterator[str]:
    shown = words(said).replace('\\"', '"')
    return (remark.text for remark in planned.remarks if words(remark.text) not in shown)


def missing_in(planned: Plan, form: PlanFormat) -> Iterator[str]:
    """What a format does not say; a page for each cycle has what concerns the cycle, and says it in words."""
    said = read(planned, form)
    if form is not PlanFormat.HTML or planned.dated is None:
        yield from missing(planned, said)
        return
    shown = words(said)
    for cycle in {entry.cycle for entry in planned.entries}:
        of_cycle = replace(planned, dated=replace(planned.dated, cycle=cycle))
        yield from (remark.text for remark in of_cycle.remarks if words(plain_words(remark.text)) not in shown)


def missing_on_paper(planned: Plan, view: View) -> Iterator[str]:
    said = words(read(planned, PlanFormat.HTML, view))
    return (remark.text for remark in planned.remarks if words(plain_words(remark.text)) not in said)


@pytest.mark.parametrize(("who", "site", "cut", "width"), CASES_BY_WIDTH)
def test_every_view_says_all_that_has_to_be_known(
    made: Callable[[str, str, str], Plan], who: str, site: str, cut: str, width: int
) -> None:
    planned, screen = made(who, site, cut), Screen(width, colour=False, unicode=True)
    for view in CHEAP:
        if view in OF_SITE and planned.bags == ():
            continue
        if view is View.STARTS and cut != "whole":
            with pytest.raises(Refusal, match="view starts is of the whole course"):
                planned.text("table", view=view)
            continue
        assert not list(missing(planned, planned.text("table", view=view, screen=screen))), view


@pytest.mark.slow
@pytest.mark.parametrize(("who", "site", "cut"), CASES)
def test_every_format_says_it(made: Callable[[str, str, str], Plan], who: str, site: str, cut: str) -> None:
    planned = made(who, site, cut)
    for form in set(PlanFormat) - {PlanFormat.TABLE, PlanFormat.NONMEM}:  # a data set for NONMEM is numbers only
        if form is PlanFormat.FHIR and CUTS[cut] != CUTS["whole"]:
            continue  # it is the whole plan
        if form is PlanFormat.HTML and not planned.entries:
            continue
        assert not list(missing_in(planned, form)), form
    for view in PRINTED if planned.bags else ():
        assert not list(missing_on_paper(planned, view)), view


@pytest.mark.slow
@pytest.mark.parametrize("view", [View.EXPECTED, View.DELIVERED])
def test_what_is_simulated_stands_beside_it(made: Callable[[str, str, str], Plan], view: View) -> None:
    planned = made("nobody", "short", "whole")
    assert not list(missing(planned, planned.text("table", view=view, patients=2)))


@pytest.mark.parametrize("who", WHO)
def test_an_undated_plan_says_it_too(who: str) -> None:
    regimen, figures = WHO[who]
    planned = plan(regimen, figures, isolated=True)
    for form in (PlanFormat.TABLE, PlanFormat.JSON, PlanFormat.CSV):
        assert not list(missing(planned, read(planned, form))), form


def test_what_the_rules_find_in_a_record_is_everywhere(tmp_path: Path) -> None:
    record, ward = tmp_path / "record.toml", tmp_path / "ward.toml"
    record.write_text(RECORD)
    ward.write_text(SHUT)
    planned = plan("rr-adult", record=record, site=ward, isolated=True)
    assert any(remark.kind is RemarkKind.NOT_EVALUATED and "I801" in remark.text for remark in planned.remarks)
    for view in set(CHEAP) - {View.STARTS}:  # it has begun
        assert not list(missing(planned, planned.text("table", view=view))), view
    for form in set(PlanFormat) - {PlanFormat.TABLE, PlanFormat.NONMEM}:
        assert not list(missing_in(planned, form)), form


BEGUN = (
    'record = 1\nregimen = "rr-adult"\nstart = 2027-03-01T10:00:00\ntime_zone = "Europe/Berlin"\nweight_kg = 70\n'
    "age_years = 40\n"
)
SEIZURES = (
    '[[interruption]]\nstopped = 2027-03-10T02:15:00\nrestarted = 2027-03-14T10:00:00\ncause = "neurological"\n'
    'grade = 2\nseizures = 2\ncycle = 1\nrestart_dose = "9 mcg/day"\n'
)
LEFT = '[[planned_start]]\ncycle = 2\nstarts = 2027-04-09T10:00:00\nwhy = "holiday"\n'
SHUT_IN_MAY = '[[closure]]\nfirst_day = 2027-05-05\nlast_day = 2027-05-07\nwhy = "isolator service"\n'
STOPS = {
    "goes on": ("", ()),
    "stopped": (
        '[[interruption]]\nstopped = 2027-05-04T07:45:00\ncause = "surgery"\ncycle = 2\n',
        ("Tue 2027-05-04 07:45: the infusion was stopped (surgery), cycle 2; nothing more is planned",),
    ),
    "restarted where the label forbids it": (
        SEIZURES,
        ("What was given since Sun 2027-03-14 10:00 (9 mcg/day by the record) is in no sum",),
    ),
    "restarted after weeks": (
        '[[interruption]]\nstopped = 2027-05-04T07:45:00\nrestarted = 2027-05-16T07:45:00\ncause = "surgery"\n'
        "cycle = 2\n",
        ("What was given since Sun 2027-05-16 07:45 is in no sum",),
    ),
    "ended": (
        '[end]\nat = 2027-05-15T12:00:00\nreason = "transplant"\n',
        ("Sat 2027-05-15 12:00: the course has ended: transplant. Nothing more is planned",),
    ),
    "restarted and ended": (
        f'{SEIZURES}[end]\nat = 2027-03-16T12:00:00\nreason = "toxicity"\n',
        ("What was given since Sun 2027-03-14 10:00 to Tue 2027-03-16 12:00 (9 mcg/day by the record) is in no sum",),
    ),
}
PLANNED_OTHERWISE = {
    "as planned": ("", ()),
    "a plan too early": (LEFT, ("it was planned 3 d before it can, which is left out",)),
    "shut": (SHUT_IN_MAY, ("Closed from Wed 2027-05-05 to Fri 2027-05-07: isolator service",)),
    "both": (LEFT + SHUT_IN_MAY, ("it was planned 3 d before it can", "isolator service")),
}


def hold_everywhere(tmp_path: Path, stop: str, otherwise: str, *, cut: bool) -> None:
    (stops, told), (plans, also) = STOPS[stop], PLANNED_OTHERWISE[otherwise]
    reached = SEIZURES not in stops  # the second cycle is
    record, ward = tmp_path / "record.toml", tmp_path / "ward.toml"
    record.write_text(BEGUN + plans + stops)
    ward.write_text(WARD_OF_THE_RECORD)
    cycle = 1 + reached if cut else None
    planned = plan("rr-adult", record=record, site=ward, cycle=cycle, isolated=True)
    said = words(" ".join(remark.text for remark in planned.remarks))
    assert all(text in said for text in (*told, *(also if reached else ())))
    for view in set(CHEAP) - {View.STARTS}:  # it has begun
        shown = planned.text("table", view=view)
        found = [one["message"].lower() for one in planned.findings if f"error[{one['code']}]" in shown]
        assert not [text for text in missing(planned, shown) if text.lower().rpartition(" (")[0] not in found], view
    for form in set(PlanFormat) - {PlanFormat.TABLE, PlanFormat.NONMEM}:
        if form is not PlanFormat.FHIR or not cut:
            assert not list(missing_in(planned, form)), form
    for view in PRINTED:
        assert not list(missing_on_paper(planned, view)), view


@pytest.mark.parametrize("stop", each_third(list(STOPS)))
def test_what_a_record_says_of_a_course_is_everywhere(tmp_path: Path, stop: str) -> None:
    hold_everywhere(tmp_path, stop, "both", cut=False)


@pytest.mark.slow
@pytest.mark.parametrize(("stop", "plans"), in_turn(list(STOPS), list(product(PLANNED_OTHERWISE, [True, False]))))
def test_and_so_it_is_with_whatever_else_a_record_plans(tmp_path: Path, stop: str, plans: tuple[str, bool]) -> None:
    otherwise, cut = plans
    hold_everywhere(tmp_path, stop, otherwise, cut=cut)


def test_a_stop_is_told_once_in_what_is_said_of_the_whole_course(tmp_path: Path) -> None:
    record = tmp_path / "record.toml"
    record.write_text(BEGUN + SEIZURES)
    text = words(plan("rr-adult", record=record, isolated=True).text("table"))
    assert text.count("is in no sum") == 1
    assert "I801" in text
    assert "I805" not in text  # at which dose is no question where it was not to be restarted


def test_a_closed_day_is_told_where_the_bags_are_listed(made: Callable[[str, str, str], Plan]) -> None:
    planned = made("adult", "shut", "cycle 1")
    told = [remark for remark in planned.remarks if "changes no bags" in remark.text]
    assert [(remark.cycle, remark.start) for remark in told] == [(1, 0), (1, 7 * 1440)]  # both are Tuesdays
    for view in set(CHEAP) - {View.STARTS}:  # it is of the whole course
        assert planned.text("table", view=view).count("it is a Tuesday") == 2, view


EASTER = (
    'site = 1\nname = "Ward 7"\ntime_zone = "Europe/Berlin"\nchange_time = "10:00"\n'
    'closed = ["saturday", "sunday"]\nholidays = [2027-03-26, 2027-03-29]\n'
    "bag = [{ hours = 24, fill_ml = 276 }, { hours = 72, fill_ml = 150 }, { hours = 96, fill_ml = 200 }]\n"
)


@pytest.mark.parametrize("cycle", [None, at_night(1)])
def test_a_bag_that_has_to_be_changed_at_easter_is_told_everywhere(tmp_path: Path, cycle: int | None) -> None:
    (tmp_path / "ward.toml").write_text(EASTER)
    regimen, figures = WHO["adult"]
    site = tmp_path / "ward.toml"
    planned = plan(
        regimen, figures, start="2027-03-15T10:00", time_zone="Europe/Berlin", site=site, cycle=cycle, isolated=True
    )
    said = (
        "Bag 3 has to be changed on Fri 2027-03-26 10:00: it is a holiday, on which Ward 7 changes no bags. Open that"
        " day, or hang a longer bag before."
    )
    told = [remark for remark in planned.remarks if remark.text == said]
    assert [(remark.kind, remark.cycle) for remark in told] == [(RemarkKind.WARNING, 1)]
    for view in set(CHEAP) - ({View.STARTS} if cycle else set()):  # it is of the whole course
        assert said in words(planned.text("table", view=view)), view
    for form in set(PlanFormat) - {PlanFormat.TABLE, PlanFormat.NONMEM}:
        if form is not PlanFormat.FHIR or cycle is None:
            assert said in words(read(planned, form)), form
    for view in PRINTED:
        assert said in words(read(planned, PlanFormat.HTML, view)), view


def test_what_concerns_a_row_stands_in_it(made: Callable[[str, str, str], Plan]) -> None:
    rows = list(csv.DictReader(io.StringIO(made("adult", "shut", "cycle 1").text("csv"))))
    told = {(row["due"], row["start"][:10]) for row in rows if "it is a Tuesday" in row["remarks"]}
    assert {("start", "2026-12-01"), ("bag", "2026-12-01"), ("step", "2026-12-08"), ("bag", "2026-12-08")} <= told
    assert ("bag", "2026-12-14") not in told
    of_course = {row["remarks_of_course"] for row in rows}
    assert len(of_course) == 1
    assert "it is a Tuesday" not in of_course.pop()


def test_what_was_not_asked_for_is_not_told(made: Callable[[str, str, str], Plan]) -> None:
    assert "2026-12-01" in made("adult", "shut", "whole").text("table", view="bags")
    week = [remark.text for remark in made("adult", "shut", "one week").remarks]
    assert any("2026-12-08" in text for text in week)
    assert not any("The start of Tue 2026-12-01" in text for text in week)
