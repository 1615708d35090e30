"""A check with a site and a patient, and a plan with them, say the same: what passes can be planned."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.api.checking.check import check
from blinplan.api.planning.plan import Plan, plan
from blinplan.api.regimens.load import read_regimen
from blinplan.course.patient import Patient, patient
from blinplan.exit_status import ExitStatus
from blinplan.refusal import Refusal
from blinplan.regimen.age import completed_age
from blinplan.regimen.reading import read
from blinplan.regimen.site.site import Site
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.judge import judge
from blinplan.rules.rule import Finding, Severity
from tests.collection.examples import fewer_examples
from tests.read_text import site_in

pytestmark = pytest.mark.slow  # a check and a plan of each profile

MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("UTC"))
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ADULT = patient(weight=Fraction(70), height=Fraction(170), age=completed_age(40))


def child(weight: str) -> Patient:
    """Return a child of a weight."""
    return patient(weight=Fraction(weight), height=Fraction(60))


def ward(bags: str, **more: str) -> Site:
    """Return a site profile, as a file says it."""
    keys = "".join(f"{key} = {value}\n" for key, value in more.items())
    return site_in(f'site = 1\nname = "Ward 7"\nchange_time = "10:00"\n{keys}bag = [{bags}]')


def of_bags(site: Site, name: str, whom: Patient, begins: datetime | None = None) -> Sequence[Finding]:
    """Return what a check finds in the site's bags, with dates where a start is given."""
    judgement = judge(read_regimen(name)[1], date(2026, 11, 1), None, Settings(), whom, site, begins=begins)
    return [finding for finding in judgement.findings if finding.code[0] == "A"]


def refusals(site: Site, name: str, whom: Patient) -> dict[str, str]:
    """Return why plans are refused, by the day of the week on which they start."""
    found = {}
    for number, day in enumerate(DAYS):
        try:
            plan(name, whom, start=MONDAY + timedelta(days=number), time_zone="UTC", site=site, isolated=True)
        except Refusal as error:
            found[day] = str(error)
    return found


FILLED = ("", "fill_ml = 300", "stabiliser_ml = 5.5", "fill_ml = 300, stabiliser_ml = 299")


@st.composite
def profiles(draw: st.DrawFn, dated: bool = False) -> Site:
    """Return a profile that a file may say, with bags that cannot be had on some days where it is ``dated``."""
    hours = draw(st.sets(st.sampled_from([12, 24, 36, 48, 72, 96, 168]), min_size=1, max_size=3))
    bags = []
    for one in sorted(hours):
        keys = [f"hours = {one}"]
        filled = draw(
            st.sampled_from(["", "fill_ml = 300", "stabiliser_ml = 5.5", "fill_ml = 300, stabiliser_ml = 299"])
        )
        keys += [filled] if filled else []
        if one not in {24, 48} or draw(st.booleans()):
            keys += [f"in_use_hours = {draw(st.integers(one, max(one, 48)))}"] if draw(st.booleans()) else []
        if one in {12, 36}:
            keys.append(f"preservative = {draw(st.sampled_from(['true', 'false']))}")
        bags.append(f"{{ {', '.join(keys)} }}")
    more = {"prepared_hours_before": str(draw(st.sampled_from([0, 1, 12, 30, 100])))}
    if draw(st.booleans()):
        more["kept"] = '"refrigerated"'
    closed = draw(st.sets(st.sampled_from(DAYS), max_size=6))
    more["closed"] = str(sorted(closed)).replace("'", '"')
    if draw(st.booleans()):
        more["cycle_start"] = '"next-open-day"'
    if draw(st.booleans()):  # a feast of some days refuses no plan that another week would have
        first, lasts = draw(st.integers(1, 20)), draw(st.integers(1, 8))
        more["holidays"] = f"[{', '.join(f'2026-11-{day:02}' for day in range(first, first + lasts))}]"
    if dated and draw(st.booleans()):
        first, lasts, missing = draw(st.integers(1, 20)), draw(st.integers(0, 8)), draw(st.sampled_from(sorted(hours)))
        since, until = f"first_day = 2026-11-{first:02}", f"last_day = 2026-11-{first + lasts:02}"
        more["cannot_be_had"] = f'[{{ bag_hours = [{missing}], why = "no bags", {since}, {until} }}]'
    return ward(", ".join(bags), **more)


WHO = [("rr-adult", ADULT), ("mrd-adult", ADULT), ("rr-below-45-kg", child("5")), ("mrd-below-45-kg", child("6"))]


@fewer_examples(4)
@given(
    site=profiles(),
    who=st.sampled_from(
        [("rr-adult", ADULT), ("mrd-adult", ADULT), ("rr-below-45-kg", child("5")), ("mrd-below-45-kg", child("6"))]
    ),
)
def test_what_a_check_passes_can_be_planned_and_what_cannot_be_is_found(site: Site, who: tuple[str, Patient]) -> None:
    name, whom = who
    found, refused = of_bags(site, name, whom), refusals(site, name, whom)
    if refused:
        assert found, refused
    if len(refused) == len(DAYS):
        assert any(finding.severity is Severity.ERROR for finding in found), refused
    if any(finding.code == "A703" and finding.severity is Severity.ERROR for finding in found):
        assert len(refused) == len(DAYS)


def plan_or_refusal(site: Site, name: str, whom: Patient, begins: datetime) -> Plan | str:
    """Return the plan from a start, or why there is none."""
    try:
        return plan(name, whom, start=begins, time_zone="UTC", site=site, isolated=True)
    except Refusal as refused:
        return str(refused)


@fewer_examples(2)
@given(site=profiles(dated=True), who=st.sampled_from(WHO), day=st.integers(0, 13))
def test_with_a_start_a_check_finds_what_the_plan_of_it_tells_of_closed_days(
    site: Site, who: tuple[str, Patient], day: int
) -> None:
    name, whom = who
    begins = MONDAY + timedelta(days=day)
    found = [one for one in of_bags(site, name, whom, begins) if one.code == "A705"]
    planned = plan_or_refusal(site, name, whom, begins)
    if isinstance(planned, str):
        if "no sequence of bags" in planned:
            (finding,) = found
            assert finding.severity is Severity.ERROR
            assert finding.message.split(": ", 1)[1] in planned
        return
    dated = planned.dated
    assert dated is not None
    told = [remark for remark in planned.remarks if "it is a" in remark.text and "changes no bags" in remark.text]
    listed = " ".join(str(finding.value) for finding in found if finding.severity is Severity.WARNING)
    assert listed.count("changes no bags") == len(told)
    for remark in told:
        assert remark.start is not None
        assert f"{dated.clock.at(remark.start):%a %Y-%m-%d %H:%M}" in listed
    short = [remark.text for remark in planned.remarks if "cannot be had from" in remark.text]
    assert len(short) == sum("cannot be had from" in finding.message for finding in found)


def test_a_record_is_checked_with_its_own_dates_and_the_places_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "home.toml").write_text('site = 1\nname = "Home"\nholidays = [2026-11-20]\nbag = [{ hours = 24 }]')
    record = tmp_path / "record.toml"
    record.write_text(
        'record = 1\nregimen = "rr-adult"\nstart = 2026-11-02T10:00:00\ntime_zone = "UTC"\nweight_kg = 70\n\n'
        '[[place]]\nsince = 2026-11-11T10:00:00\nsite = "home.toml"\n'
    )
    ward = tmp_path / "ward.toml"
    ward.write_text('site = 1\nname = "Ward 7"\nholidays = [2026-11-05, 2026-11-20]\nbag = [{ hours = 24 }]')
    checked = check(record, site=ward, simulate=False, isolated=True)
    (finding,) = [one for one in checked.findings if one.code == "I811"]
    assert "Thu 2026-11-05 10:00, a holiday, on which Ward 7 changes no bags" in finding.message
    assert "Fri 2026-11-20 10:00, a holiday, on which Home changes no bags" in finding.message
    planned = plan("rr-adult", record=record, site=ward, isolated=True)
    assert sum("changes no bags" in remark.text for remark in planned.remarks) == 2
    (tmp_path / "home.toml").unlink()
    assert check(record, site=ward, simulate=False, isolated=True).status == ExitStatus.INCOMPLETE


@pytest.mark.parametrize(
    ("weight", "bags", "more", "offered"),
    [
        ("5", "{ hours = 168, in_use_hours = 200 }", {}, "prepare bags without preservative for 1 d or 2 d"),
        (
            "5",
            "{ hours = 24 }, { hours = 72, in_use_hours = 96 }",
            {"closed": '["sunday"]'},
            "prepare bags without preservative for 2 d",
        ),
        (
            "5",
            "{ hours = 24 }, { hours = 72, in_use_hours = 96 }",
            {"closed": '["saturday", "sunday"]'},
            "change bags at least every 2 d",
        ),
        (
            "7",
            "{ hours = 96, in_use_hours = 96 }",
            {"preservative_from_kg": "22"},
            "prepare bags without preservative",
        ),
    ],
)
def test_who_is_too_light_is_told_of_the_preservative_the_weight_and_what_is_allowed(
    weight: str, bags: str, more: dict[str, str], offered: str
) -> None:
    site = ward(bags, **more)
    with pytest.raises(Refusal) as refused:
        plan("rr-below-45-kg", child(weight), start=MONDAY, time_zone="UTC", site=site, isolated=True)
    finding = next(one for one in of_bags(site, "rr-below-45-kg", child(weight)) if one.severity is Severity.ERROR)
    for said in (str(refused.value), finding.message):
        assert f"{weight} kg" in said
        assert "(benzyl alcohol)" in said
    assert offered in refused.value.advice
    assert offered in finding.help


def test_a_bag_that_cannot_be_made_is_found_too() -> None:
    site = ward("{ hours = 24, fill_ml = 245, stabiliser_ml = 243 }")
    (finding, *_) = of_bags(site, "rr-adult", ADULT)
    assert (finding.code, finding.severity) == ("A704", Severity.ERROR)
    assert "cannot be made" in finding.message
    assert set(refusals(site, "rr-adult", ADULT)) == set(DAYS)
    assert "cannot be made" in refusals(site, "rr-adult", ADULT)["monday"]
    enough = ward("{ hours = 24, fill_ml = 300, stabiliser_ml = 243 }")
    assert not of_bags(enough, "rr-adult", ADULT)
    assert not refusals(enough, "rr-adult", ADULT)


def test_bags_that_do_not_keep_in_the_cold_until_they_are_hung_are_found() -> None:
    site = ward("{ hours = 24 }", prepared_hours_before="200", kept='"refrigerated"')
    (finding, *_) = of_bags(site, "rr-adult", ADULT)
    assert (finding.code, finding.severity) == ("A703", Severity.ERROR)
    assert "8 d at 2 to 8 °C" in finding.message
    assert set(refusals(site, "rr-adult", ADULT)) == set(DAYS)


@pytest.mark.parametrize("whose", ["the label", "Ward 7"])
def test_whatever_finds_no_bags_for_an_infant_names_weight_and_preservative_as_a_plan_does(
    tmp_path: Path, whose: str
) -> None:
    more = {"closed": '["sunday", "saturday"]'} | ({} if whose == "the label" else {"preservative_from_kg": "5.4"})
    site = ward("{ hours = 24 }, { hours = 48 }, { hours = 72, in_use_hours = 96 }", **more)
    record = tmp_path / "record.toml"
    record.write_text(
        'record = 1\nregimen = "rr-below-45-kg"\nstart = 2026-11-02T10:00:00\ntime_zone = "UTC"\n'
        "weight_kg = 4.9\nheight_cm = 55\n"
    )
    with pytest.raises(Refusal) as refused:
        plan("rr-below-45-kg", record=record, site=site, isolated=True)
    why = f"the patient weighs 4.9 kg, and {whose} gives bags with preservative from 5.4 kg; Ward 7's bags for 3 d hold"
    assert why in str(refused.value)
    found = [
        *of_bags(site, "rr-below-45-kg", child("4.9"), MONDAY),
        *judge(read(record.read_bytes(), str(record)), date(2026, 11, 1), None, Settings(), site=site).findings,
    ]
    assert {"A703", "A705", "I811"} <= {one.code for one in found}
    for finding in found:
        assert why in finding.message
        assert finding.help == refused.value.advice


def test_a_child_who_has_become_too_light_is_told_by_the_weight_that_counts_then(tmp_path: Path) -> None:
    site = ward("{ hours = 168, in_use_hours = 200 }")
    record = (
        'record = 1\nregimen = "rr-below-45-kg"\nstart = 2026-11-02T10:00:00\ntime_zone = "UTC"\n'
        "weight_kg = 5.6\nheight_cm = 60\n\n[[measured]]\non = 2026-12-10\nweight_kg = {}\nheight_cm = 60\n"
    )
    (tmp_path / "record.toml").write_text(record.format("5.4"))
    assert plan("rr-below-45-kg", record=tmp_path / "record.toml", site=site, isolated=True).dated is not None
    (tmp_path / "record.toml").write_text(record.format("5.3"))
    with pytest.raises(Refusal) as refused:
        plan("rr-below-45-kg", record=tmp_path / "record.toml", site=site, isolated=True)
    assert "from Mon 2026-12-14 10:00" in str(refused.value)  # cycle 2
    assert "the patient weighs 5.3 kg" in str(refused.value)
    assert "Ward 7's bags for 7 d hold one (benzyl alcohol)" in str(refused.value)
