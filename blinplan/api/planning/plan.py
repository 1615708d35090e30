"""What one patient gets, and when."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.day import day_given
from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, figures_of, on_the_day, patient_of
from blinplan.api.planning.beginning import refuse_another_zone, start_in, zone_of
from blinplan.api.planning.history import CourseHistory, history
from blinplan.api.planning.places import everywhere, files_of_places, moves_of_places, with_places
from blinplan.api.planning.planned import Plan, Planned
from blinplan.api.regimens.label import followed_label, source_of
from blinplan.api.regimens.load import beside, refuse_what_cannot_be_given, site_given
from blinplan.api.regimens.order import OrderedRegimen, RegimenSource, order, reading_of, regimen_of
from blinplan.api.vocabulary import Preference, PreferenceName, word_of
from blinplan.course import events
from blinplan.course.adulthood import Adulthood, adult_from
from blinplan.course.events import Course
from blinplan.course.patient import Patient, PatientError
from blinplan.course.premedication import premedication_plan
from blinplan.label.read import label_of
from blinplan.limits import Limits
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.find import FileSource, others_beside
from blinplan.regimen.regimen import Regimen
from blinplan.rules.configuration.configurations import Configurations
from blinplan.rules.configuration.settings import Settings

if TYPE_CHECKING:
    from blinplan.api.planning.delivered import DeliveredResult
    from blinplan.api.simulating.patients import PatientSource
    from blinplan.course.bags.bag import Bag
    from blinplan.course.dated import Dated
    from blinplan.executors.executor import Executor
    from blinplan.regimen.site.site import Site

__all__ = ["Course", "Plan", "Planned", "delivered", "expand", "plan"]
PUBLIC = ("delivered", "expand", "plan")

_WHOSE_AREA = "give {weight} and {height}, or {area}, of the patient"


@with_kinds
def expand(regimen: RegimenSource, patient: Patient | Figures | None = None) -> Course:
    """Expand a regimen to what one patient gets: the event table, with doses in mcg, exact.

    Nothing is judged, and no other regimen is taken: a patient whom the regimen does not admit is an error.

    >>> from blinplan import expand, patient
    >>> expand("rr-adult", patient(weight=70)).micrograms
    Fraction(3787, 1)

    Raises
    ------
    blinplan.course.patient.PatientError
        When the regimen does not admit the patient, or needs the body surface area and it is not known.
    Refusal
        When there is no such regimen.
    """
    return events.expand(regimen_of(regimen), Patient() if patient is None else patient_of(patient))


@with_kinds
def plan(
    regimen: RegimenSource,
    patient: Patient | Figures | None = None,
    *,
    start: datetime | str | None = None,
    time_zone: str | None = None,
    measured: date | str | None = None,
    site: "str | Path | Site | None" = None,
    prefer: PreferenceName | None = None,
    record: str | Path | None = None,
    ledger: str | Path | None = None,
    cycle: int | None = None,
    first: date | str | None = None,
    last: date | str | None = None,
    label: str | None = None,
    config: str | Path | None = None,
    isolated: bool = False,
) -> Plan:
    """Plan a regimen for one patient: what is given, and on which dates where a start is known.

    What is planned for 10 o'clock is at 10 o'clock when the clock was changed too: a day may have 23 or 25 hours.

    >>> from datetime import datetime
    >>> from blinplan import patient, plan
    >>> adult = patient(weight=70, age=40)
    >>> planned = plan("rr-adult", adult, start=datetime(2026, 10, 20, 10), time_zone="Europe/Berlin")
    >>> step = planned.entries[4]
    >>> f"{step.due}: {step.mcg_per_day} mcg/day from {step.start:%Y-%m-%d %H:%M %Z}"
    'step: 28 mcg/day from 2026-10-27 10:00 CET'

    Parameters
    ----------
    regimen
        A file, a shipped name, or a regimen; one that names another for patients of this weight gives way to it.
    patient
        Who gets it; what is not said is taken from the record or the ledger.
    start, time_zone
        When the first infusion begins, and where: a time with its own zone needs no other.
    measured
        The day on which the figures of the patient were taken, where a record has those of before.
    site
        The profile of the site that prepares the bags, or its path.
    prefer
        Whether the bags with the fewest changes are chosen or those with the fewest vials; as the site says if None.
    record
        The path of a course record: what happened so far; it gives the start.
    ledger
        The path of an earlier plan in JSON, to make again from its ledger; it gives patient and start.
    cycle, first, last
        Show this cycle only, nothing before the first day, and nothing after the last.
    label
        The label that the regimen follows where it names none; that of its configuration when not given.
    config, isolated
        The configuration that says so, or none; the one nearest to the regimen otherwise.

    Raises
    ------
    Refusal
        When arguments contradict each other, a file is not what it should be, or there is no such plan.
    """
    figures = figures_of(patient)
    asked, project = reading_of(regimen), Configurations(_text(config), isolated=isolated)
    followed = followed_label(asked.regimen, source_of(asked.document.name, asked), label, project)
    by = _settings_of_record(_text(record), followed.name, project)
    happened = history(_text(record), _text(ledger), asked.document, by, starts=start is not None)
    taken = day_given("measured", measured)
    if taken is not None:
        happened, figures = happened.with_figures(figures, taken, by), Figures(age=figures.age)
    whom = happened.patient(figures)
    profile = site_given(site)
    profile = _preferring(with_places(profile, happened), prefer)
    begins = _beginning(happened, start, time_zone, profile)
    whom = whom if begins is None else on_the_day(whom, begins.date())
    chosen = order(asked, whom).follow(label, project).check()
    _refuse_another_regimen(happened, chosen)
    from blinplan.course.bags.preparation import HEEDED, at_site, in_project, with_hospital_days

    limits = project.settings_of(source_of(asked.document.name, asked)).limits_for(chosen.regimen)
    profile = None if profile is None else everywhere(profile, lambda one: in_project(one, limits))

    def here(regimen: Regimen) -> Regimen:
        return at_site(with_hospital_days(regimen, limits), profile)

    others = _others(chosen) if happened.changes else ()
    try:
        course = replace(events.expand(here(chosen.regimen), whom), others=tuple(map(here, others)))
    except PatientError as error:
        raise ArgumentRefusal("{why}", _WHOSE_AREA, why=error) from error
    if profile is not None:
        for one in (profile, *(place.site for place in profile.later)):
            _refuse_faults(one, chosen.regimen)
    days = day_given("first", first), day_given("last", last)
    if days[0] is not None and days[1] is not None and days[1] < days[0]:
        message = "{last} is {end}, before {first} {beginning}"
        raise ArgumentRefusal(message, "give the earlier day to {first}", end=days[1], beginning=days[0])
    dated = _put_on_calendar(course, profile, begins, happened, (cycle, *days), limits)
    return Plan(
        dated.course if dated else course,
        chosen.choice,
        dated,
        happened,
        asked.document,
        chosen.errors,
        chosen.label._replace(unheeded=_numbers_not_followed(chosen.regimen, limits, HEEDED)),
        dated.premedication
        if dated
        else premedication_plan(course, Adulthood(adult_from(course.regimen, profile), whom.age, weight=whom.weight)),
        _sources(
            asked.document.name,
            site,
            None if profile is None else profile.holidays_file,
            record,
            ledger,
            project.of(source_of(asked.document.name, asked)).path,
            *files_of_places(happened),
        ),
        cycle,
        _bags_wait=profile is not None and dated is None,
    )


def _settings_of_record(record: str | None, label: str, project: Configurations) -> Settings:
    """By what a course record is judged: the limits are those by which a check of it goes."""
    changes = () if record is None else project.settings_of(FileSource(Path(record), record)).changes
    return Settings(label=label, changes=changes)


def _refuse_another_regimen(happened: CourseHistory, chosen: OrderedRegimen) -> None:
    """Refuse a record whose regimen does not admit the patient whom it describes: one of the two is wrong."""
    if chosen.choice.switched and happened.named_regimen not in {None, chosen.regimen.name}:
        raise Refusal(
            f"{happened.path}: regimen: the record is of {happened.named_regimen}; {chosen.choice.reason}",
            "name the regimen that was given, or correct the weight",
        )


def _sources(*named: object) -> tuple[str, ...]:
    """The files that a plan is made from, as they were named."""
    return tuple(str(name) for name in named if isinstance(name, str | Path))


@with_kinds
def delivered(
    regimen: RegimenSource,
    patient: Patient | Figures | None = None,
    *,
    record: str | Path | None = None,
    ledger: str | Path | None = None,
    time_zone: str | None = None,
    site: "str | Path | Site | None" = None,
    label: str | None = None,
    config: str | Path | None = None,
    isolated: bool = False,
    patients: "PatientSource" = 1000,
    seed: int = 1,
    models: int = 0,
    executor: "Executor | None" = None,
    progress: Callable[[int], None] | None = None,
) -> "DeliveredResult":
    """Compare what was delivered with what was planned, in doses and as the same virtual patients go through both.

    Parameters
    ----------
    regimen, patient, record, ledger, time_zone, site, label, config, isolated
        As for `plan`; one of record and ledger says what happened.
    patients, seed
        How many virtual patients go through both courses, or your own as for `simulate`, and what they are drawn from.
    models
        Under how many plausible parameter sets they go through both again: the ratio then says what lies between these.
    executor, progress
        As for `simulate`.

    Raises
    ------
    Refusal
        As `plan`, and when no virtual population fits the regimen.
    """
    if record is None and ledger is None:
        raise ArgumentRefusal(
            "what was delivered is known with {record} or {ledger} only", "give the path of one of them"
        )
    planned = plan(
        regimen,
        patient,
        record=record,
        ledger=ledger,
        time_zone=time_zone,
        site=site,
        label=label,
        config=config,
        isolated=isolated,
    )
    return planned.delivered(patients, seed=seed, models=models, executor=executor, progress=progress)


def _others(chosen: OrderedRegimen) -> tuple[Regimen, ...]:
    """The regimens that may take the place of the one that the patient gets, by the same label.

    Raises
    ------
    Refusal
        When a binding rule finds something in one of them.
    """
    name = chosen.reading.document.name
    others = others_beside(name, chosen.regimen)
    for other in others:
        refuse_what_cannot_be_given(beside(chosen.reading, other.name), chosen.label.name)
    return tuple(replace(other, label=other.label or chosen.label.name) for other in others)


def _preferring(site: "Site | None", prefer: PreferenceName | None) -> "Site | None":
    """The same site, with the bags that are asked for."""
    if prefer is None:
        return site
    if site is None:
        raise ArgumentRefusal("{prefer} needs {site}", "give the profile of the site that prepares the bags")
    return everywhere(site, lambda one: replace(one, prefer=word_of(Preference, "prefer", prefer)))


def _numbers_not_followed(regimen: Regimen, limits: Limits, heeded: frozenset[str]) -> tuple[str, ...]:
    """The numbers of the label that a project changes, and that a plan does not go by."""
    names = (label_of(regimen).numbers.keys() & limits.keys()) - heeded
    return tuple(name for name in sorted(names) if limits[name].change is not None and "hospital" not in name)


def _refuse_faults(site: "Site", regimen: Regimen) -> None:
    from blinplan.course.bags.preparation import faults_of_site

    label = label_of(regimen)
    for fault in faults_of_site(site, label):
        raise Refusal(f"{site.name}: {fault.message} ({label})", fault.advice)


def _text(path: str | Path | None) -> str | None:
    return None if path is None else str(path)


def _beginning(
    happened: CourseHistory, start: datetime | str | None, time_zone: str | None, site: "Site | None"
) -> datetime | None:
    """When the first infusion begins, in the patient's time zone; None where nobody says."""
    zone = time_zone or happened.time_zone or (site.time_zone if site else None)
    if zone is None and isinstance(start, datetime):
        zone = zone_of(start)
    refuse_another_zone(zone, site)
    if happened.judgement is not None and zone is None:
        raise ArgumentRefusal(
            "the time zone of {path} is not known",
            "add time_zone to the record, or give {time_zone}",
            path=happened.path,
        )
    if happened.start is not None:
        return start_in(happened.start.isoformat(), zone)
    return None if start is None else start_in(start if isinstance(start, str) else start.isoformat(), zone)


def _put_on_calendar(
    course: Course,
    site: "Site | None",
    begins: datetime | None,
    happened: CourseHistory,
    shown: tuple[int | None, date | None, date | None],
    limits: Limits,
) -> "Dated | None":
    """Put the course on the calendar; None where no start is given."""
    if begins is None:
        cycle, *days = shown
        if any(day is not None for day in days):
            raise ArgumentRefusal(
                "a dated plan needs {start}", "give when the first infusion begins, as 2026-11-02T10:00"
            )
        _refuse_cycle(course, cycle)
        return None
    from blinplan.course.bags.errors import NeverOpenError, NoSequenceError
    from blinplan.course.calendar import Clock
    from blinplan.course.dated import date_course
    from blinplan.course.happened.decided import RecordError
    from blinplan.reports.shared.words import moment_text

    try:
        moves = moves_of_places(happened) if site is None else ()
        found = date_course(course, begins, site, happened.so_far, moves)
    except PatientError as error:
        raise ArgumentRefusal("{path}: {why}", _WHOSE_AREA, path=happened.path, why=error) from error
    except RecordError as error:
        where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error.path)
        raise Refusal(f"{happened.path}: {where}: {error}", "correct it, or plan the regimen that it names") from error
    except NoSequenceError as error:
        since, bound = (
            moment_text(Clock(begins).at(error.minute)),
            _bound_by_preservative(course, error.weight, site, limits),
        )
        message = f"no sequence of bags obeys the site profile: from {since}, {error}"
        if bound is not None:
            raise Refusal(f"{message}; {bound[0]}", bound[1]) from error
        raise Refusal(message, "prepare a longer bag, open that day, or start on another one") from error
    except NeverOpenError as error:
        raise Refusal(str(error), "correct `closed` and `holidays` of the site profile") from error
    if found.site is not None:
        _refuse_impossible_bags(found.bags, found.site)
    cycle, first, last = shown
    _refuse_cycle(found.course, cycle)
    return replace(found, cycle=cycle, first=first, last=last)


def _refuse_impossible_bags(bags: "Sequence[Bag]", site: "Site") -> None:
    from blinplan.course.bags.contents import impossible_bags
    from blinplan.quantities import decimal_text, duration_text

    for bag, why in impossible_bags(bags, site):
        made = f"a bag for {duration_text(bag.size.minutes)} with {decimal_text(bag.rate, 3)} mcg/day"
        raise Refusal(
            f"{made} cannot be made: {why}",
            "correct `vial` or the volumes of the bag in the site profile",
        )


def _refuse_cycle(course: Course, cycle: int | None) -> None:
    last = max(event.period.cycle for event in course.events)
    if cycle is not None and not 1 <= cycle <= last:
        has = "fewer" if cycle > last else "a first one"
        message = f"{{cycle}} is {{number}}, and the course has {has}"
        raise ArgumentRefusal(message, "give the number of one of its cycles", number=cycle)


def _bound_by_preservative(
    course: Course, weight: Fraction | None, site: "Site | None", limits: Limits
) -> tuple[str, str] | None:
    """In words, that the patient must not get the site's bags with preservative, and which; None where it is not so."""
    if site is None or weight is None:
        return None
    from blinplan.course.bags.preparation import advice_on_allowed_bags, is_too_light, prepared_by, too_light_text

    label = label_of(course.regimen)
    ward = prepared_by(site, label)
    if not is_too_light(ward, weight):
        return None
    return too_light_text(ward, weight, limits), advice_on_allowed_bags(ward, label)
