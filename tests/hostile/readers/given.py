"""Readers of what somebody gives, as a search calls them: each says whether it took the bytes."""

import json
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cache, partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from blinplan.api.regimens.build import toml
from blinplan.api.regimens.load import RegimenError, faults_report
from blinplan.files.inputs import InputError, input_text, text_of
from blinplan.refusal import Refusal
from blinplan.regimen.reading import FaultyFile, Reading, RegimenFile, read
from blinplan.rules.judge import judge
from blinplan.terminal import PLAIN
from tests.hostile.sound import OWN
from tests.plan_text import WARD

_SHOWN = 4
"""Of so many files, one is judged, or what is wrong with it is shown; both take long."""


def is_one_of(many: int, data: bytes) -> bool:
    """Whether some bytes are one of so many, which says the same of them each time."""
    return sha256(data).digest()[0] % many == 0


class WrongError(AssertionError):
    """What must not be, where the program says nothing of it itself."""


def is_file(data: bytes) -> bool:
    """A file of the three that are TOML: what is told of it stands in it, and what is written of it reads the same."""
    reading = read(data, "r.toml")
    if isinstance(reading, FaultyFile):
        _look_at_problems(reading, is_shown=is_one_of(_SHOWN, data))
        return False
    if is_one_of(_SHOWN, data):
        judge(reading, date(2026, 3, 1), None)
    if isinstance(reading, RegimenFile):
        again = read(toml(reading.regimen).encode(), "r.toml")
        if not isinstance(again, RegimenFile) or again.regimen != reading.regimen:
            raise WrongError("what was written of it is read otherwise")
    return True


def _look_at_problems(reading: FaultyFile, *, is_shown: bool) -> None:
    length = len(reading.document.text)
    for problem in reading.problems:
        if not 0 <= problem.span.start <= problem.span.end <= length:
            raise WrongError(f"{problem.code} at {problem.span} of {length} characters")
    for one, other in pairwise(reading.problems):
        if other.span.start < one.span.start:
            raise WrongError("problems are not in the order of the file")
    if not is_shown:
        return
    shown = PLAIN.render(*faults_report(RegimenError("", "", reading), PLAIN))
    if not shown.replace("\n", "").isprintable():
        raise WrongError("what is shown of it would be obeyed by a terminal")


def is_people(data: bytes) -> bool:
    from blinplan.api.simulating.patients import _regimen_named
    from blinplan.simulation.people.people import PeopleError
    from blinplan.simulation.people.read import read_people

    try:
        read_people(text_of(data), "people.csv", regimen_named=cache(partial(_regimen_named, Path())))
    except (InputError, PeopleError):
        return False
    return True


def in_a_file(name: str, reads: Callable[[Path], bool], data: bytes) -> bool:
    path = folder() / name
    path.write_bytes(data)
    return reads(path)


@cache
def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="blinplan-guided-"))


def is_configuration(path: Path) -> bool:
    from blinplan.rules.configuration.configuration import ConfigurationError
    from blinplan.rules.configuration.file import load

    try:
        load(path)
    except ConfigurationError:
        return False
    return True


def is_baseline(path: Path) -> bool:
    from blinplan.rules.acceptance.baseline import read_baseline

    try:
        found = read_baseline(path)
    except (OSError, ValueError):
        return False
    found.accept((judge(_own(), date(2026, 3, 1), None),))
    return True


@cache
def _own() -> Reading:
    return read(OWN.encode(), "r.toml")


def is_ledger(path: Path) -> bool:
    """A ledger that is read is planned on from, with what its site says."""
    from blinplan.api.planning.plan import plan

    path.with_name("ward.toml").write_text(WARD, encoding="utf-8")
    try:
        json.loads(plan("rr-adult", ledger=path).text("json"))
    except Refusal:
        return False
    return True


def is_record(data: bytes) -> bool:
    """A record that is read is planned on from, with what its site says."""
    from blinplan.api.planning.plan import plan

    if not is_file(data):
        return False
    path = folder() / "record.toml"
    path.write_bytes(data)
    (folder() / "ward.toml").write_text(WARD, encoding="utf-8")
    try:
        json.loads(plan("rr-adult", record=path).text("json"))
    except Refusal:
        return False
    return True


def is_calendar(path: Path) -> bool:
    from blinplan.regimen.holidays.holidays import HolidaysError, holidays_in
    from blinplan.reports.plan.ical.ics import NoCalendarError, read_calendar

    taken = 0
    lines = path.with_suffix(".txt")
    lines.write_bytes(path.read_bytes())
    for holidays in (path, lines):
        try:
            holidays_in(holidays)
            taken += 1
        except HolidaysError:
            pass
    try:
        read_calendar(input_text(path), "a")
        taken += 1
    except (OSError, NoCalendarError):
        pass
    return taken > 0
