"""Read a regimen file: from bytes to a regimen, or to every problem that stands in the way, each with its place."""

import re
from typing import TYPE_CHECKING, NamedTuple

from pydantic_core import ValidationError

from blinplan.refusal import Refusal
from blinplan.regimen import schema
from blinplan.regimen.contradictions.of_regimen import contradictions
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.route.parts import telling_parts
from blinplan.regimen.tables import regimen_of
from blinplan.regimen.toml.document import LIMIT_BYTES, Document, DocumentError, Span, read_bytes
from blinplan.regimen.toml.problems import Problem, SchemaProblems, in_order
from blinplan.regimen.toml.table import is_several

if TYPE_CHECKING:
    from blinplan.regimen.record import CourseRecord
    from blinplan.regimen.site import Site


class RegimenFile(NamedTuple):
    """A file that holds a regimen."""

    document: Document
    regimen: Regimen


class RecordFile(NamedTuple):
    """A file that holds a course record."""

    document: Document
    record: "CourseRecord"


class SiteFile(NamedTuple):
    """A file that holds the profile of a site."""

    document: Document
    site: "Site"


class FaultyFile(NamedTuple):
    """A file that holds none of them: everything that is wrong with it, in the order of the file."""

    document: Document
    problems: tuple[Problem, ...]


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
        return "\n".join(f"{document.name}:{place.line}:{place.column}: {message}" for place, message in places)


def read(data: bytes, name: str) -> Reading:
    """Read a file from its bytes. Never raises for what the file holds: that becomes problems.

    Its first key says what it is: ``format`` a regimen, ``record`` a course record, ``site`` a site profile.
    """
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
    other_route = _other_route(document)
    if other_route is not None:
        return FaultyFile(document, (other_route,))
    problems = list(contradictions(document))
    try:
        file = schema.REGIMEN_FILE.read(document.values)
    except ValidationError as error:
        problems.extend(SchemaProblems(document, schema.REGIMEN_FILE).problems(error))
    else:
        if not problems:
            return RegimenFile(document, regimen_of(document, file))
    return FaultyFile(document, in_order(problems))


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
    from blinplan.regimen.record import RECORD_FILE, record_of, record_problems

    try:
        file = RECORD_FILE.read(document.values)
    except ValidationError as error:
        return FaultyFile(document, in_order(SchemaProblems(document, RECORD_FILE).problems(error)))
    problems = in_order(record_problems(document, file))
    return FaultyFile(document, problems) if problems else RecordFile(document, record_of(file))


def _read_site(document: Document) -> Reading:
    from blinplan.regimen.site import SITE_FILE, site_of, site_problems

    try:
        file = SITE_FILE.read(document.values)
    except ValidationError as error:
        return FaultyFile(document, in_order(SchemaProblems(document, SITE_FILE).problems(error)))
    problems = in_order(site_problems(document, file))
    return FaultyFile(document, problems) if problems else SiteFile(document, site_of(file))


def _unreadable(data: bytes, name: str, error: DocumentError) -> FaultyFile:
    text = data[:LIMIT_BYTES].decode("utf-8", errors="replace")
    document = Document(name, text, {}, {})
    before = text.split("\n")[: error.position.line - 1]
    start = min(sum(len(line) + 1 for line in before) + error.position.column - 1, len(text))
    code, why, advice = (
        (
            "F001",
            "a regimen, record or site file is TOML",
            _advice_for_header(text, error.position.line)
            or "correct the syntax here; nothing else in the file was checked",
        )
        if error.kind == "syntax"
        else (
            "F006",
            f"a regimen file is UTF-8 text of at most {LIMIT_BYTES // 1024} KiB",
            "name a regimen file, saved as UTF-8 text",
        )
    )
    return FaultyFile(document, (Problem(code, (), Span(start, start), error.message, why, advice),))


_HEADER = re.compile(r"^[ \t]*(\[\[?)[ \t]*([A-Za-z_.-]+)[ \t]*\]", re.MULTILINE)


def _advice_for_header(text: str, line: int) -> str | None:
    """How to write several tables of a kind, where the one at a line has not two brackets, or one before it has not."""
    from blinplan.regimen.record import RECORD_FILE
    from blinplan.regimen.site import SITE_FILE

    here = _HEADER.match(text.split("\n")[line - 1])
    headers = [brackets for brackets, name in _HEADER.findall(text) if here and name == here[2]]
    if here is None or len(headers) == 1 or "[" not in headers:
        return None
    files = (schema.REGIMEN_FILE, RECORD_FILE, SITE_FILE)
    if any(is_several(file.keys[here[2]].kind) for file in files if here[2] in file.keys):
        return f"write [[{here[2]}]], with two brackets, above each of them; nothing else in the file was checked"
    if any(here[2] in file.keys for file in files):
        return f"keep one [{here[2]}], with what belongs to it; nothing else in the file was checked"
    return None
