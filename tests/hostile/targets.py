"""What a search that is guided by coverage calls: the reader of each kind of file, at times the whole program."""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from blinplan.api.regimens.load import RegimenError, faults_report
from blinplan.files.inputs import InputError, input_text, text_of
from blinplan.refusal import Refusal
from blinplan.regimen.build import toml
from blinplan.regimen.reading import FaultyFile, Reading, RegimenFile, read
from blinplan.rules.judge import judge
from blinplan.terminal import PLAIN
from tests.hostile.inputs import KINDS, sound_input
from tests.hostile.sound import OWN, texts
from tests.hostile.verdict import faults_of

_WHOLE = 20
"""Of so many files that are read, one is given to the whole program."""


_SHOWN = 4
"""And of so many, one is judged, or what is wrong with it is shown; both take long."""


def _is_one_of(many: int, data: bytes) -> bool:
    return sha256(data).digest()[0] % many == 0


class WrongError(AssertionError):
    """What must not be, where the program says nothing of it itself."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader, by the kinds of input of which it is one."""

    kinds: tuple[str, ...]
    reads: Callable[[bytes], bool]
    """Reads the bytes of a file, and whether it took them; what it does not take it refuses as it should."""

    def __call__(self, data: bytes) -> None:
        """Read a file, and do more with one that is taken.

        Raises
        ------
        WrongError
            When anything is not as it must be.
        """
        if self.reads(data) and _is_one_of(_WHOLE, data):
            whole(self.kinds, data)

    def seeds(self) -> Iterator[bytes]:
        """Sound files to begin with."""
        for kind in self.kinds:
            yield from (text.encode() for text in texts(kind))


def whole(kinds: tuple[str, ...], data: bytes) -> None:
    """Give a file to every command that reads one of its kind.

    Raises
    ------
    WrongError
        When it is answered wrongly.
    """
    for kind in kinds:
        name, commands = KINDS[kind]
        for command in commands:
            given = sound_input(kind, command, "")
            given.files[name] = data
            if wrong := faults_of(given):
                raise WrongError(f"{' '.join(command)}: {'; '.join(wrong)}")


def _is_file(data: bytes) -> bool:
    """A file of the three that are TOML: what is told of it stands in it, and what is written of it reads the same."""
    reading = read(data, "r.toml")
    if isinstance(reading, FaultyFile):
        _look_at_problems(reading, is_shown=_is_one_of(_SHOWN, data))
        return False
    if _is_one_of(_SHOWN, data):
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


def _is_people(data: bytes) -> bool:
    from blinplan.api.simulating.patients import _regimen_named
    from blinplan.simulation.people.people import PeopleError
    from blinplan.simulation.people.read import read_people

    try:
        read_people(text_of(data), "people.csv", regimen_named=cache(_regimen_named))
    except (InputError, PeopleError):
        return False
    return True


def _in_a_file(name: str, reads: Callable[[Path], bool], data: bytes) -> bool:
    path = _folder() / name
    path.write_bytes(data)
    return reads(path)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="blinplan-guided-"))


def _is_configuration(path: Path) -> bool:
    from blinplan.rules.configuration.configuration import ConfigurationError
    from blinplan.rules.configuration.file import load

    try:
        load(path)
    except ConfigurationError:
        return False
    return True


def _is_baseline(path: Path) -> bool:
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


def _is_ledger(path: Path) -> bool:
    from blinplan.api.planning.plan import plan

    try:
        json.loads(plan("rr-adult", ledger=path).text("json"))
    except Refusal:
        return False
    return True


def _is_calendar(path: Path) -> bool:
    from blinplan.regimen.holidays.holidays import HolidaysError, holidays_in
    from blinplan.reports.plan.ical.ics import NoCalendarError, read_calendar

    taken = 0
    try:
        holidays_in(path)
        taken += 1
    except HolidaysError:
        pass
    try:
        read_calendar(input_text(path), "a")
        taken += 1
    except (OSError, NoCalendarError):
        pass
    return taken > 0


TARGETS: dict[str, Target] = {
    "regimen": Target(("regimen",), _is_file),
    "record": Target(("record",), _is_file),
    "site": Target(("site",), _is_file),
    "people": Target(("people",), _is_people),
    "configuration": Target(("configuration",), partial(_in_a_file, "blinplan.toml", _is_configuration)),
    "baseline": Target(("baseline",), partial(_in_a_file, "b.json", _is_baseline)),
    "ledger": Target(("ledger",), partial(_in_a_file, "plan.json", _is_ledger)),
    "calendar": Target(("calendar", "holidays"), partial(_in_a_file, "days.ics", _is_calendar)),
}
"""Every reader of a file that somebody gives."""

READERS = {kind: target.reads for target in TARGETS.values() for kind in target.kinds}
"""The reader of each kind of input that has one."""
