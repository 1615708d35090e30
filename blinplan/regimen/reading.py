"""Read a regimen file: from bytes to a regimen, or to every problem that stands in the way, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

from pydantic_core import ValidationError

from blinplan.outside_text import visible
from blinplan.refusal import Refusal
from blinplan.regimen import schema
from blinplan.regimen.contradictions.of_due import array_of
from blinplan.regimen.contradictions.of_regimen import contradictions
from blinplan.regimen.regimen import Regimen, Source
from blinplan.regimen.route.parts import telling_parts
from blinplan.regimen.tables import regimen_of
from blinplan.regimen.toml.document import LIMIT_BYTES, Document, read_bytes, unread
from blinplan.regimen.toml.parser import DocumentError
from blinplan.regimen.toml.positions import KeyPath, Span
from blinplan.regimen.toml.problems import Problem, SchemaProblems, in_order
from blinplan.regimen.toml.table import is_several
from blinplan.regimen.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blinplan.regimen.record.record import CourseRecord
    from blinplan.regimen.site.site import Site
    from blinplan.regimen.toml.beside_faults import Parts
    from blinplan.regimen.toml.mend import Mended
    from blinplan.regimen.toml.table import Kind, Table


Values = TypeVar("Values")


class RegimenFile:
    """A file that holds a regimen.

    Of one that is known to hold one, because another process read it, it is read when somebody asks for it.
    """

    __slots__ = ("_regimen", "_sources", "document")

    def __init__(
        self, document: Document, regimen: Regimen | None = None, *, sources: tuple[Source, ...] | None = None
    ) -> None:
        self.document = document
        self._regimen = regimen
        self._sources = sources

    @property
    def regimen(self) -> Regimen:
        """What the file says."""
        if self._regimen is None:
            self._regimen = regimen_of(self.document, schema.REGIMEN_FILE.read(dict(self.document.values)))
        return self._regimen

    @property
    def sources(self) -> tuple[Source, ...]:
        """Its sources; none of one that another process read, and that has none which nobody has seen."""
        return self.regimen.sources if self._sources is None else self._sources

    @property
    def unverified(self) -> bool:
        """Whether any of its sources has not been seen by anyone."""
        return any(source.status is Status.UNVERIFIED for source in self.sources)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RegimenFile):
            return NotImplemented
        return (self.document, self.regimen) == (other.document, other.regimen)

    def __hash__(self) -> int:
        return hash(self.document.text)


class RecordFile(NamedTuple):
    """A file that holds a course record."""

    document: Document
    record: "CourseRecord"


class SiteFile(NamedTuple):
    """A file that holds the profile of a site."""

    document: Document
    site: "Site"


class FaultyFile(NamedTuple):
    """A file that holds none of them: everything that is wrong with it, in the order of the file.

    ``lost`` are places that were not read, for a slip in the syntax or a word that is asked about elsewhere: nothing
    more is told of them.
    """

    document: Document
    problems: tuple[Problem, ...]
    lost: tuple[KeyPath, ...] = ()


Reading = RegimenFile | RecordFile | SiteFile | FaultyFile
"""What reading a file gives: what it holds, or what is wrong with it."""


class RegimenError(Refusal):
    """A file that is not what was asked for; ``reading`` has everything that is wrong with it, each with its place."""

    def __init__(self, message: str, advice: str, reading: FaultyFile) -> None:
        super().__init__(message, advice)
        self.reading = reading

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, in the order of the file."""
        return self.reading.problems

    def __str__(self) -> str:
        document = self.reading.document
        places = [(document.position(problem.span.start), problem.message) for problem in self.problems]
        return "\n".join(
            visible(f"{document.name}:{place.line}:{place.column}: {message}") for place, message in places
        )


class Content:
    """The bytes of a file, which are read when somebody asks what they say, and once."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data = data
        self._name = name

    @classmethod
    def of(cls, reading: Reading) -> Self:
        """What was read already."""
        content = cls(reading.document.text.encode(), reading.document.name)
        content.reading = reading
        return content

    @cached_property
    def reading(self) -> Reading:
        """What the file holds, or what is wrong with it."""
        return read(self.data, self._name)

    @property
    def unread(self) -> Document:
        """The document, of a file that is known to hold a regimen."""
        return unread(self.data.decode(), self._name)


def read(data: bytes, name: str) -> Reading:
    """Read a file from its bytes. Never raises for what the file holds: that becomes problems.

    Its first key says what it is: ``format`` a regimen, ``record`` a course record, ``site`` a site profile.
    """
    reading = _read(data, name)
    if isinstance(reading, FaultyFile) and not reading.document.text.isascii():
        # Imported here, because most files have no other characters where something is wrong.
        from blinplan.regimen.toml.strange import with_strange_characters

        told = (with_strange_characters(reading.document, problem) for problem in reading.problems)
        return reading._replace(problems=tuple(told))
    return reading


def _read(data: bytes, name: str) -> Reading:
    try:
        document = read_bytes(data, name)
    except DocumentError as error:
        return _unreadable(data, name, error)
    if "format" not in document.values:
        if "record" in document.values:
            return _read_record(document)
        if "site" in document.values:
            return _read_site(document)
    return _read_regimen(document)


def _read_regimen(document: Document) -> Reading:
    if not document.values:
        keys = ", ".join(key.name for key in schema.REGIMEN_FILE.keys.values() if key.required)
        empty = Problem("F003", (), Span(0, 0), "the file is empty", f"a regimen has {keys}", "blinplan new writes one")
        return FaultyFile(document, (empty,))
    told = _other_route(document)
    problems, file = _regimen_in(document, told)
    if file is not None:
        return RegimenFile(document, regimen_of(document, file))
    again = [] if told is None else [p for p in problems if p is not told and _asks_again(document, told, p)]
    return FaultyFile(document, in_order([p for p in problems if p not in again]), tuple(p.path for p in again))


def _asks_again(document: Document, told: Problem, problem: Problem) -> bool:
    """Whether a problem is a dose with the very word that is asked about already."""
    written = document.value_span(problem.path)
    asked = document.text[told.span.start : told.span.end]
    return problem.code == told.code == "N104" and asked in document.text[written.start : written.end]


def _regimen_in(document: Document, told: Problem | None) -> tuple[list[Problem], "schema.RegimenTable | None"]:
    """What is wrong with a file that should hold a regimen, and its values where nothing is.

    ``told`` is what it says of the route.
    """
    if told is not None and told.code == "F008":
        return [told], None
    problems = [] if told is None else [told]
    try:
        file = schema.REGIMEN_FILE.read(document.values)
    except ValidationError as error:
        found = SchemaProblems(document, schema.REGIMEN_FILE).problems(error)
        others = (problem for problem in found if told is None or problem.path != told.path)
        return [*problems, *contradictions(document), *others], None
    problems += contradictions(document, file)
    return problems, None if problems else file


def _other_route(document: Document) -> Problem | None:
    """The first place at which a file says that its drug is given by another route."""
    parts = telling_parts(document)
    if not parts:
        return None
    # Imported here, because most files say nothing of it, and the words of routes take long to make.
    from blinplan.regimen.route.problem import route_problem

    return route_problem(document, parts)


def _read_record(document: Document) -> Reading:
    # Imported here, because most files are regimens.
    from blinplan.regimen.record.problems import PARTS, record_problems
    from blinplan.regimen.record.tables import RECORD_FILE, record_of

    try:
        file = RECORD_FILE.read(document.values)
    except ValidationError as error:
        return _faulty(document, error, RECORD_FILE, PARTS, record_problems)
    problems = in_order(record_problems(document, file))
    return FaultyFile(document, problems) if problems else RecordFile(document, record_of(file))


def _read_site(document: Document) -> Reading:
    from blinplan.regimen.site.problems import PARTS, site_problems
    from blinplan.regimen.site.tables import SITE_FILE, site_of

    try:
        file = SITE_FILE.read(document.values)
    except ValidationError as error:
        return _faulty(document, error, SITE_FILE, PARTS, site_problems)
    problems = in_order(site_problems(document, file))
    if problems or file.holidays_from is None:
        return FaultyFile(document, problems) if problems else SiteFile(document, site_of(file))
    return _with_holidays(document, site_of(file), file.holidays_from)


def _with_holidays(document: Document, site: "Site", written: str) -> Reading:
    """The profile with the holidays of the file that it names, from the folder of its own file."""
    # Imported here, because most profiles name their holidays themselves.
    from blinplan.regimen.holidays.holidays import HolidaysError, holidays_in

    path, place = Path(document.name).parent / written, ("holidays_from",)
    try:
        found = holidays_in(path)
    except HolidaysError as error:
        message = f"`holidays_from` is {written[:60]!r}, which {error}"
        why = "a holiday that is left out is a day on which nobody changes the bag"
        problem = Problem("F004", place, document.value_span(place), message, why, error.advice)
        return FaultyFile(document, (problem,))
    days, names = site.holidays | found.names.keys(), tuple(sorted(found.names.items()))
    named = replace(site, holidays=days, holiday_names=names)
    return SiteFile(document, replace(named, holidays_file=path.as_posix(), holidays_until=found.until))


def _faulty(
    document: Document,
    error: ValidationError,
    file: "Table[Values]",
    parts: "Parts",
    find: "Callable[[Document, Values], Iterable[Problem]]",
) -> FaultyFile:
    """All that is wrong with a record or a site profile at once, what contradicts itself in it included."""
    from blinplan.regimen.toml.beside_faults import contradictions_beside

    problems = list(SchemaProblems(document, file).problems(error))
    return FaultyFile(document, in_order([*problems, *contradictions_beside(document, problems, file, parts, find)]))


def _unreadable(data: bytes, name: str, error: DocumentError) -> FaultyFile:
    text = data[:LIMIT_BYTES].decode("utf-8", errors="replace")
    before = text.split("\n")[: error.position.line - 1]
    start = min(sum(len(line) + 1 for line in before) + error.position.column - 1, len(text))
    if error.kind == "syntax":
        return _not_toml(text, name, error, Span(start, start))
    why = f"a regimen file is UTF-8 text of at most {LIMIT_BYTES // 1024} KiB"
    problem = Problem("F006", (), Span(start, start), error.message, why, "name a regimen file, saved as UTF-8 text")
    return FaultyFile(Document(name, text, {}, {}), (problem,))


def _not_toml(text: str, name: str, error: DocumentError, slip: Span) -> FaultyFile:
    line, again = error.position.line, error.repeated
    header = _advice_for_header(text, line)
    rest = _read_around(text, name, line) if header is None else None
    what = header or _advice_for_line(text, line) or "correct the syntax here"
    if again is not None:
        slip, what = again.second, "keep one of the two"
    advice = f"{what}; {_HOW_MUCH[None if rest is None else rest.lost is not None]}"
    problem = Problem("F001", (), slip, error.message, "a regimen, record or site file is TOML", advice)
    if rest is None:
        return FaultyFile(Document(name, text, {}, {}), (problem,))
    return FaultyFile(rest.document, in_order([problem, *_problems_around(rest)]), _lost_places(rest))


def _advice_for_line(text: str, line: int) -> str | None:
    """How to write a line that is no TOML, or the one before it, where that is plain."""
    # Imported here, because most files can be read.
    from blinplan.regimen.toml.likely_syntax import advice_for_line

    return advice_for_line(text.split("\n")[line - 1]) if line else None


_HOW_MUCH = {
    None: "nothing else in the file was checked",
    False: "what follows in the file was not checked",
    True: "the rest of the file was checked without it",
}
"""Of a file with a slip in the syntax, by whether all but one value could be read."""


def _read_around(text: str, name: str, line: int) -> "Mended | None":
    """What can be read of a regimen file around the line with a slip; None where it may be something else."""
    # Imported here, because most files can be read.
    from blinplan.regimen.toml.mend import mend

    rest = mend(text, name, line)
    return rest if rest is not None and "format" in rest.document.values else None


def _lost_places(rest: "Mended") -> tuple[KeyPath, ...]:
    """The places that were not read: one, or all that may stand in the rest of the file, further cycles among them."""
    if rest.lost is not None:
        return (rest.lost,)
    known = rest.document.values
    behind = [name for name, key in schema.REGIMEN_FILE.keys.items() if _may_go_on(known.get(name), key.kind)]
    further = ("cycle", len(array_of(known.get("cycle"))))
    return tuple(further if name == "cycle" and further[1] else (name,) for name in behind)


def _may_go_on(known: object, kind: "Kind") -> bool:
    """Whether more of a key may stand in the rest of a file: it is not known, or there may be several tables of it."""
    return known is None or (is_several(kind) and isinstance(known, dict | list))


def _problems_around(rest: "Mended") -> Iterator[Problem]:
    """What else is wrong with the file; nothing of what was not read, and nothing to be put right unasked."""
    lost = _lost_places(rest)
    for problem in _regimen_in(rest.document, _other_route(rest.document))[0]:
        if problem.code == "F003" and len(problem.path) == 1:
            continue  # a key or a table may be missing for the slip
        in_lost = any(problem.path[: len(place)] == place for place in lost)
        if not in_lost or (rest.lost is None and len(problem.path) > 1 and problem.code != "F007"):
            yield problem._replace(fix=None)


_HEADER = r"(?m)^[ \t]*(\[\[?)[ \t]*([A-Za-z_.-]+)[ \t]*\]"


def _advice_for_header(text: str, line: int) -> str | None:
    """How to write several tables of a kind, where the one at a line has not two brackets, or one before it has not."""
    from blinplan.regimen.record.tables import RECORD_FILE
    from blinplan.regimen.site.tables import SITE_FILE

    here = re.match(_HEADER, text.split("\n")[line - 1])
    headers = [brackets for brackets, name in re.findall(_HEADER, text) if here and name == here[2]]
    if here is None or len(headers) == 1 or "[" not in headers:
        return None
    files = (schema.REGIMEN_FILE, RECORD_FILE, SITE_FILE)
    if any(is_several(file.keys[here[2]].kind) for file in files if here[2] in file.keys):
        return f"write [[{here[2]}]], with two brackets, above each of them"
    if any(here[2] in file.keys for file in files):
        return f"keep one [{here[2]}], with what belongs to it"
    return None
