"""Read a regimen file: from bytes to a regimen, or to every problem that stands in the way, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_core import ValidationError

from blinplan.quantities import Basis, DoseRate, QuantityError, read_dose, read_mass
from blinplan.refusal import Refusal
from blinplan.regimen import schema
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.tables import premedication_paths, regimen_of
from blinplan.regimen.toml.document import LIMIT_BYTES, Document, DocumentError, KeyPath, Span, read_bytes
from blinplan.regimen.toml.problems import Problem, SchemaProblems, contradiction, in_order
from blinplan.regimen.toml.table import Table

if TYPE_CHECKING:
    from blinplan.regimen.record import CourseRecord
    from blinplan.regimen.site import Site


@dataclass(frozen=True, slots=True)
class RegimenFile:
    """A file that holds a regimen."""

    document: Document
    regimen: Regimen


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file that holds a course record."""

    document: Document
    record: "CourseRecord"


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file that holds the profile of a site."""

    document: Document
    site: "Site"


@dataclass(frozen=True, slots=True)
class FaultyFile:
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
    problems = list(_contradictions(document))
    try:
        file = schema.REGIMEN_FILE.read(document.values)
    except ValidationError as error:
        problems.extend(SchemaProblems(document, schema.REGIMEN_FILE).problems(error))
    else:
        if not problems:
            return RegimenFile(document, regimen_of(document, file))
    return FaultyFile(document, in_order(problems))


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
            "correct the syntax here; nothing else in the file was checked",
        )
        if error.kind == "syntax"
        else (
            "F006",
            f"a regimen file is UTF-8 text of at most {LIMIT_BYTES // 1024} KiB",
            "name a regimen file, saved as UTF-8 text",
        )
    )
    return FaultyFile(document, (Problem(code, (), Span(start, start), error.message, why, advice),))


# --- what the schema cannot say: keys that contradict each other ---------------------------------------------------

Values = TypeVar("Values")
_DURATIONS = ("days", "hours")
_STEP_KEYS = frozenset(schema.STEP.keys)


def _contradictions(document: Document) -> Iterator[Problem]:
    """Compare what can be compared, also in a file that has other mistakes, so that one run shows them all."""
    values = document.values
    if eligibility := _valid(schema.ELIGIBILITY, values.get("eligibility")):
        yield from _weight_contradictions(document, eligibility)
    dosing = _valid(schema.DOSING, values.get("dosing"))
    basis = None if dosing is None else Basis(dosing.basis)
    if basis is not None:
        yield from _mixed_bases(document, basis)
    for path, step in _steps(values):
        if basis is not Basis.BSA:
            yield from _cap_contradictions(document, step, path)
        yield from _duration_contradictions(document, step, path)
    yield from _premedication_contradictions(document)


def _valid(table: Table[Values], value: object) -> Values | None:
    try:
        return table.read(value)
    except ValidationError:
        return None


def _steps(values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    for cycle_index, cycle in enumerate(_array(values.get("cycle"))):
        for step_index, step in enumerate(_array(cycle.get("steps")) if isinstance(cycle, Mapping) else ()):
            if isinstance(step, Mapping):
                yield ("cycle", cycle_index, "steps", step_index), step


def _array(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _weight_contradictions(document: Document, weights: schema.EligibilityTable) -> Iterator[Problem]:
    low, high = weights.min_weight_kg, weights.below_weight_kg
    if low is not None and high is not None and high <= low:
        yield contradiction(
            document,
            ("eligibility", "below_weight_kg"),
            f"`below_weight_kg` is {high}, `min_weight_kg` is {low}",
            "no weight is at least the one and below the other",
            "give a `below_weight_kg` above `min_weight_kg`",
        )
    if weights.otherwise is not None and low is None and high is None:
        yield contradiction(
            document,
            ("eligibility", "otherwise"),
            "`otherwise` stands without a weight limit",
            "it names the regimen for patients outside the limits, and there are none",
            "add `min_weight_kg` or `below_weight_kg`, or remove `otherwise`",
        )


def _mixed_bases(document: Document, basis: Basis) -> Iterator[Problem]:
    """Tell doses that are not counted as the file says; once, about the basis, when that is true of all of them."""
    written = [((*path, "dose"), rate) for path, step in _steps(document.values) if (rate := _rate(step.get("dose")))]
    other = [(path, rate) for path, rate in written if rate.basis is not basis]
    if len(other) > 1 and other == written:
        yield _mixture(
            document, ("dosing", "basis"), f"`basis` is '{basis}', and every dose is in {other[0][1].unit}", basis
        )
        return
    for path, rate in other:
        yield _mixture(document, path, f"this dose is in {rate.unit}, and `basis` is '{basis}'", basis)


def _mixture(document: Document, path: KeyPath, message: str, basis: Basis) -> Problem:
    return Problem(
        "D210",
        path,
        document.value_span(path),
        message,
        "flat doses and doses by body surface area are not mixed in one regimen: people confuse them",
        f"give every dose in {'mcg/day' if basis is Basis.FLAT else 'mcg/m2/day'}, or change `basis`",
    )


def _cap_contradictions(document: Document, step: Mapping[str, Any], path: KeyPath) -> Iterator[Problem]:
    rate, cap = _rate(step.get("dose")), _rate(step.get("max"))
    if rate is not None and rate.basis is Basis.FLAT and cap is not None and cap.basis is Basis.FLAT:
        yield contradiction(
            document,
            (*path, "max"),
            "a flat dose has a cap",
            "`max` limits a dose by body surface area; a flat dose is the same for everyone",
            "remove `max`",
        )


def _rate(value: object) -> DoseRate | None:
    try:
        return read_dose(value).rate if isinstance(value, str) else None
    except QuantityError:
        return None


def _duration_contradictions(document: Document, step: Mapping[str, Any], path: KeyPath) -> Iterator[Problem]:
    given = [key for key in _DURATIONS if key in step]
    schema_problems = SchemaProblems(document, schema.REGIMEN_FILE)
    misspelt = any(schema_problems.nearest_key((*path, key)) in _DURATIONS for key in step if key not in _STEP_KEYS)
    if len(given) == 1 or misspelt:
        return
    yield Problem(
        "F007" if given else "F003",
        (*path, "days"),
        document.key_span((*path, "hours")) if given else document.value_span(path),
        f"this step gives {'both `days` and `hours`' if given else 'neither `days` nor `hours`'}",
        "a step lasts a whole number of days or a whole number of hours",
        "give one of the two",
    )


def _premedication_contradictions(document: Document) -> Iterator[Problem]:
    written = document.values.get("premedication")
    tables = written if isinstance(written, list) else [written]
    for path, table in zip(premedication_paths(document), tables, strict=False):
        if given := _valid(schema.PREMEDICATION, table):
            yield from _contradictions_of_one(document, given, path)


def _contradictions_of_one(document: Document, given: schema.PremedicationTable, path: KeyPath) -> Iterator[Problem]:
    latest = given.latest_minutes_before
    if latest is not None and latest > given.minutes_before:
        yield contradiction(
            document,
            (*path, "latest_minutes_before"),
            f"`latest_minutes_before` is {latest}, `minutes_before` is {given.minutes_before}",
            "premedication is given from `minutes_before` the infusion to `latest_minutes_before`, and later is nearer",
            "give a `latest_minutes_before` below `minutes_before`",
        )
    if given.max is not None and read_mass(given.dose).basis is Basis.FLAT:
        yield contradiction(
            document,
            (*path, "max"),
            "a flat premedication dose has a cap",
            "`max` limits a dose by body surface area; a flat dose is the same for everyone",
            "remove `max`",
        )
