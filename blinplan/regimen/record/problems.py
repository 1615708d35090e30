"""What in a record contradicts itself."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from blinplan.regimen.age import AgeError, born_on, completed_age
from blinplan.regimen.record.moments import YEARS, in_utc
from blinplan.regimen.record.record import DEATH, Ending
from blinplan.regimen.record.tables import InterruptionFile, RecordTable
from blinplan.regimen.toml.beside_faults import Parts
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.problems import Problem, contradiction, zone_problems

PARTS = Parts(frozenset({"interruption", "cycle_start", "measured"}), {"regimen": "x"}, "time_zone")
"""Interruptions and starts of cycles follow one another, and every time is of a zone."""


def record_problems(document: Document, file: RecordTable) -> Iterator[Problem]:
    """What in a record contradicts itself: local times that do not exist, things out of their order, two ages."""
    yield from _age_problems(document, file)
    yield from _measurement_problems(document, file)
    yield from _plan_problems(document, file)
    if file.time_zone is not None and (wrong := list(zone_problems(document, file.time_zone))):
        yield from wrong
        return
    times = dict(_times(file))
    wrong = [problem for path, written in times.items() for problem in _time_problems(document, path, written, file)]
    yield from wrong
    if not wrong:
        utc = {path: in_utc(written, file.time_zone) for path, written in times.items()}
        yield from _order_problems(document, file, utc)
        yield from _end_problems(document, utc)
        yield from _bag_problems(document, file, utc)
        yield from _place_problems(document, file, utc)


def _plan_problems(document: Document, file: RecordTable) -> Iterator[Problem]:
    """Cycles that are to begin twice, closures that end before they begin, and an end that says nothing."""
    planned = [one.cycle for one in file.planned_start]
    for index, cycle in enumerate(planned):
        if cycle in planned[:index]:
            yield contradiction(
                document,
                ("planned_start", index, "cycle"),
                f"cycle {cycle} is to begin twice",
                "which of the two is meant would be a guess",
                "remove one of them",
            )
    for index, closed in enumerate(file.closure):
        if closed.last_day < closed.first_day:
            yield contradiction(
                document,
                ("closure", index, "last_day"),
                "`last_day` lies before `first_day`",
                "a closure ends after it has begun",
                "correct one of the two days",
            )
    if file.end is not None and file.end.reason == Ending.OTHER and file.end.why is None:
        yield contradiction(
            document,
            ("end", "reason"),
            '`reason` is "other", and nothing says which one',
            "whoever reads the plan has to know why nothing more is given",
            'add `why = "…"`',
        )


def _place_problems(document: Document, file: RecordTable, utc: Mapping[KeyPath, datetime]) -> Iterator[Problem]:
    """Places out of their order."""
    before: KeyPath = ("start",)
    for index in range(len(file.place)):
        path: KeyPath = ("place", index, "since")
        if utc[path] < utc[before] or (index and utc[path] == utc[before]):
            yield _out_of_order(document, path, before)
        before = path


def _bag_problems(document: Document, file: RecordTable, utc: Mapping[KeyPath, datetime]) -> Iterator[Problem]:
    """Bags out of their order: two at once, one that was taken down before it was hung, one of two doses."""
    before: KeyPath = ("start",)
    for index, bag in enumerate(file.bag):
        path: KeyPath = ("bag", index)
        if utc[(*path, "hung")] < utc[before]:
            yield _out_of_order(document, (*path, "hung"), before)
        if bag.prepared is not None and utc[(*path, "prepared")] > utc[(*path, "hung")]:
            yield _out_of_order(document, (*path, "hung"), (*path, "prepared"))
        if bag.taken_down is None and index + 1 < len(file.bag):
            yield contradiction(
                document,
                (*path, "hung"),
                "this bag has no `taken_down`, and another one was hung after it",
                "two bags at once would give both doses",
                "add `taken_down`",
            )
            return
        if bag.taken_down is not None and utc[(*path, "taken_down")] <= utc[(*path, "hung")]:
            yield _out_of_order(document, (*path, "taken_down"), (*path, "hung"))
        yield from _same_bag_problems(document, file, index)
        before = (*path, "taken_down")


def _same_bag_problems(document: Document, file: RecordTable, index: int) -> Iterator[Problem]:
    bag = file.bag[index]
    earlier = next((one for one in file.bag[:index] if bag.number is not None and one.number == bag.number), None)
    if earlier is not None and (earlier.dose, earlier.hours) != (bag.dose, bag.hours):
        yield contradiction(
            document,
            ("bag", index, "number"),
            f"bag {bag.number} is one of {bag.dose} for {bag.hours} h, and was one of {earlier.dose} for"
            f" {earlier.hours} h",
            "the same number is the same bag, hung again",
            "correct the number, or what it holds",
        )


def _end_problems(document: Document, utc: Mapping[KeyPath, datetime]) -> Iterator[Problem]:
    """What happened after the end of the course."""
    end: KeyPath = ("end", "at")
    for path, at in utc.items():
        later = at > utc[end] if end in utc else False
        if later and path[0] not in {"planned_start", "place", "bag"} and path[-1] != "resolved":
            yield contradiction(
                document,
                path,
                f"`{path[-1]}` lies after the end of the course",
                "nothing is given after it",
                "correct one of the two times, or remove `end`",
            )
        elif end in utc and path == ("start",) and at == utc[end]:
            yield _out_of_order(document, end, path)


def _age_problems(document: Document, file: RecordTable) -> Iterator[Problem]:
    if file.born is None:
        return
    if file.age_years is not None:
        yield contradiction(
            document,
            ("age_years",),
            "`age_years` and `born` both say how old the patient is",
            "the date of birth says it for every day of the course",
            "remove `age_years`",
        )
    if file.born > file.start.date():
        yield contradiction(
            document,
            ("born",),
            f"`born` is {file.born.isoformat()}, after the start of the course",
            "nobody is treated before birth",
            "correct the date of birth, or the start",
        )
    try:
        born_on(file.born)
    except AgeError as error:
        path: KeyPath = ("born",)
        yield Problem("F004", path, document.value_span(path), f"`born` is {file.born}", error.advice, "correct it")


_FIGURES = ("weight_kg", "height_cm", "bsa_m2")


def _measurement_problems(document: Document, file: RecordTable) -> Iterator[Problem]:
    """Figures taken before the start, out of their order, twice on a day, or none at all; ages that differ."""
    before = file.start.date()
    for index, measured in enumerate(file.measured):
        path: KeyPath = ("measured", index)
        if measured.on <= before:
            what = "the start of the course" if not index else f"`on` of measured {index}"
            yield contradiction(
                document,
                (*path, "on"),
                f"`on` is {measured.on.isoformat()}, and does not lie after {what}",
                "the figures of the start stand at the top of the file, and later ones follow one another",
                "correct the day, or the figures at the top",
            )
        if measured.age_years is None and all(getattr(measured, key) is None for key in _FIGURES):
            yield contradiction(
                document,
                (*path, "on"),
                f"nothing was measured on {measured.on.isoformat()}",
                "a day without a figure says nothing",
                f"add {', '.join(f'`{key}`' for key in _FIGURES)} or `age_years`, or remove it",
            )
        before = max(before, measured.on)
    yield from _measured_twice(document, file)
    yield from _measured_ages(document, file)


def _measured_twice(document: Document, file: RecordTable) -> Iterator[Problem]:
    """Figures of the start of a cycle that the same day has otherwise."""
    for index, begun in enumerate(file.cycle_start):
        same_day = [measured for measured in file.measured if measured.on == begun.started.date()]
        for key in _FIGURES:
            here, there = getattr(begun, key), next((getattr(measured, key) for measured in same_day), None)
            if here is not None and there is not None and here != there:
                yield contradiction(
                    document,
                    ("cycle_start", index, key),
                    f"`{key}` is {here}, and {there} was measured on that day",
                    "which of them counts would be a guess",
                    "correct one of the two",
                )


def _measured_ages(document: Document, file: RecordTable) -> Iterator[Problem]:
    told = None if file.age_years is None else completed_age(file.age_years, told=file.start.date())
    for index, measured in enumerate(file.measured):
        path: KeyPath = ("measured", index, "age_years")
        if measured.age_years is None:
            continue
        if file.born is not None:
            yield contradiction(
                document,
                path,
                "`age_years` and `born` both say how old the patient is",
                "the date of birth says it for every day of the course",
                "remove `age_years`",
            )
            return
        later = completed_age(measured.age_years, told=measured.on)
        told = later if told is None else told.also(later)
        if told.contradicts_itself:
            yield contradiction(
                document,
                path,
                f"`age_years` is {measured.age_years} on {measured.on.isoformat()}",
                "nobody who had the ages before has this one on that day",
                "correct one of the ages, or give the date of birth instead",
            )
            return


def _times(file: RecordTable) -> Iterator[tuple[KeyPath, datetime]]:
    yield ("start",), file.start
    for index, interruption in enumerate(file.interruption):
        for key, written in (
            ("stopped", interruption.stopped),
            ("resolved", interruption.resolved),
            ("restarted", interruption.restarted),
        ):
            if written is not None:
                yield ("interruption", index, key), written
    for index, begun in enumerate(file.cycle_start):
        yield ("cycle_start", index, "started"), begun.started
    yield from _times_of_bags(file)
    if file.end is not None:
        yield ("end", "at"), file.end.at


def _times_of_bags(file: RecordTable) -> Iterator[tuple[KeyPath, datetime]]:
    """The times of bags and places, and of what is planned."""
    for index, planned in enumerate(file.planned_start):
        yield ("planned_start", index, "starts"), planned.starts
    for index, place in enumerate(file.place):
        yield ("place", index, "since"), place.since
    for index, bag in enumerate(file.bag):
        for key, written in (("hung", bag.hung), ("taken_down", bag.taken_down), ("prepared", bag.prepared)):
            if written is not None:
                yield ("bag", index, key), written


def _time_problems(document: Document, path: KeyPath, written: datetime, file: RecordTable) -> Iterator[Problem]:
    if written.second or written.microsecond or written.year not in YEARS:
        yield Problem(
            "F004",
            path,
            document.value_span(path),
            f"`{path[-1]}` is {written.isoformat(sep=' ')}",
            "a course is counted in whole minutes" if written.year in YEARS else "a course is in the present",
            "give whole minutes, as 2026-11-05T14:00:00"
            if written.year in YEARS
            else f"give a year from {YEARS[0]} to {YEARS[-1]}",
        )
        return
    try:
        in_utc(written, file.time_zone)
    except ValueError as error:
        yield Problem(
            "F004",
            path,
            document.value_span(path),
            f"`{path[-1]}` {error}",
            "a course is counted in minutes that passed, so every time must be one moment",
            'add `time_zone = "Europe/Berlin"`, or an offset as in 2026-11-05T14:00:00+01:00'
            if file.time_zone is None
            else "correct the time, or give it with its offset",
        )


def _order_problems(document: Document, file: RecordTable, utc: Mapping[KeyPath, datetime]) -> Iterator[Problem]:
    before: KeyPath = ("start",)
    for index, interruption in enumerate(file.interruption):
        path: KeyPath = ("interruption", index)
        at_start = before == ("start",) and utc[(*path, "stopped")] == utc[before]
        if utc[(*path, "stopped")] < utc[before] or at_start:  # nothing was infused before it
            yield _out_of_order(document, (*path, "stopped"), before)
        for key in ("resolved", "restarted"):
            if (*path, key) in utc and utc[(*path, key)] < utc[(*path, "stopped")]:
                yield _out_of_order(document, (*path, key), (*path, "stopped"))
        if interruption.restarted is None and index + 1 < len(file.interruption):
            yield contradiction(
                document,
                (*path, "stopped"),
                "this interruption has no `restarted`, and another one follows",
                "an infusion that was not restarted cannot stop again",
                "add `restarted`",
            )
            return
        before = (*path, "restarted")
        if interruption.restarted is None:
            yield from _without_restart(document, interruption, path)
        elif interruption.grade == DEATH:
            yield contradiction(
                document,
                (*path, "restarted"),
                "the infusion was restarted after an event of grade 5",
                "grade 5 is death",
                "correct the grade, or remove `restarted`",
            )
    yield from _cycle_order_problems(document, file, utc)


def _cycle_order_problems(document: Document, file: RecordTable, utc: Mapping[KeyPath, datetime]) -> Iterator[Problem]:
    before: KeyPath = ("start",)
    for index, begun in enumerate(file.cycle_start):
        path: KeyPath = ("cycle_start", index, "started")
        if index and begun.cycle <= file.cycle_start[index - 1].cycle:
            yield contradiction(
                document,
                ("cycle_start", index, "cycle"),
                f"cycle {begun.cycle} stands after cycle {file.cycle_start[index - 1].cycle}",
                "each cycle begins once, and after the one before it",
                "put the cycles in their order",
            )
        if utc[path] <= utc[before]:
            yield _out_of_order(document, path, before)
        before = path


def _out_of_order(document: Document, path: KeyPath, before: KeyPath) -> Problem:
    what = f"`{before[-1]}`" + (f" of {before[0]} {int(before[1]) + 1}".replace("_", " ") if len(before) > 1 else "")
    return contradiction(
        document,
        path,
        f"`{path[-1]}` does not lie after {what}",
        "interruptions and cycles follow one another, and do not overlap",
        "correct one of the two times",
    )


def _without_restart(document: Document, interruption: InterruptionFile, path: KeyPath) -> Iterator[Problem]:
    for key, value in (
        ("restart_dose", interruption.restart_dose),
        ("premedicated", interruption.premedicated),
        ("restart_in", interruption.restart_in),
        ("full_dose_after_days", interruption.full_dose_after_days),
        ("same_bag", interruption.same_bag),
    ):
        if value is not None:
            yield contradiction(
                document,
                (*path, key),
                f"`{key}` stands without `restarted`",
                "it says how the infusion was started again",
                f"add `restarted`, or remove `{key}`",
            )
