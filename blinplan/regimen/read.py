"""Read a regimen file: from bytes to a regimen, or to every problem that stands in the way, each with its place."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from pydantic_core import ErrorDetails, ValidationError

from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, Basis, DoseRate, QuantityError, read_dose, read_mass
from blinplan.regimen import schema
from blinplan.regimen.document import LIMIT_BYTES, Document, DocumentError, Edit, KeyPath, Span, read_bytes
from blinplan.regimen.regimen import (
    Cycle,
    Eligibility,
    Indication,
    Occasion,
    Phase,
    Premedication,
    Regimen,
    Source,
    Status,
    Step,
    Waiver,
)
from blinplan.regimen.table import Table


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: the code of its rule, where it is, what was found, why that is wrong, what to do.

    ``fix`` puts a misspelt word right, where there is no doubt which one was meant.
    """

    code: str
    path: KeyPath
    span: Span
    message: str
    why: str
    help: str
    fix: Edit | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file gave. ``regimen`` is None exactly when there are problems."""

    document: Document
    regimen: Regimen | None
    problems: tuple[Problem, ...]


def read(data: bytes, name: str) -> Reading:
    """Read a regimen from the bytes of a file. Never raises for what the file holds: that becomes problems."""
    try:
        document = read_bytes(data, name)
    except DocumentError as error:
        return _unreadable(data, name, error)
    problems = list(_contradictions(document))
    try:
        file = schema.REGIMEN_FILE.read(document.values)
    except ValidationError as error:
        problems.extend(_schema_problems(document, error))
    else:
        if not problems:
            return Reading(document, _regimen(document, file), ())
    problems.sort(key=lambda problem: (problem.span.start, problem.span.end, problem.code))
    return Reading(document, None, tuple(problems))


def _unreadable(data: bytes, name: str, error: DocumentError) -> Reading:
    text = data[:LIMIT_BYTES].decode("utf-8", errors="replace")
    document = Document(name, text, {}, {})
    before = text.split("\n")[: error.position.line - 1]
    start = min(sum(len(line) + 1 for line in before) + error.position.column - 1, len(text))
    code, why, advice = (
        ("F001", "a regimen file is TOML", "correct the syntax here; nothing else in the file was checked")
        if error.kind == "syntax"
        else (
            "F006",
            f"a regimen file is UTF-8 text of at most {LIMIT_BYTES // 1024} KiB",
            "name a regimen file, saved as UTF-8 text",
        )
    )
    return Reading(document, None, (Problem(code, (), Span(start, start), error.message, why, advice),))


# --- from the schema's errors -------------------------------------------------------------------------------------


def _schema_problems(document: Document, error: ValidationError) -> Iterator[Problem]:
    details = error.errors(include_url=False, include_context=True)
    unknown = {
        detail["loc"]: _nearest_key(document, detail["loc"])
        for detail in details
        if detail["type"] == "extra_forbidden"
    }
    misspelt = {(*path[:-1], nearest) for path, nearest in unknown.items() if nearest is not None}
    for detail in details:
        path = detail["loc"]
        if detail["type"] == "extra_forbidden":
            yield _unknown_key(document, path, unknown[path])
        elif detail["type"] == "missing":
            if path not in misspelt:
                yield _missing_key(document, path)
        elif not _only_inner_errors(detail):
            yield _wrong_value(document, detail)


def _only_inner_errors(detail: ErrorDetails) -> bool:
    # An array whose every element is wrong is also counted as too short; the elements' own errors say it better.
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _unknown_key(document: Document, path: KeyPath, nearest: str | None) -> Problem:
    allowed = ", ".join(_table_at(path[:-1]).keys)
    return Problem(
        "F002",
        path,
        document.key_span(path),
        f"`{_shortened(str(path[-1]))}` is not a key of {_table_name(path[:-1])}",
        f"keys here are {allowed}; an unknown key is an error, because what it was meant to say would be lost",
        f"write `{nearest}`" if nearest else "remove the key, or move it to the table it belongs to",
        _spelling(document.key_span(path), str(path[-1]), nearest, _free_keys(document, path)),
    )


def _missing_key(document: Document, path: KeyPath) -> Problem:
    field = _table_at(path[:-1]).keys[str(path[-1])]
    return Problem(
        "W903" if _is_reason(path) else "F003",
        path,
        _table_span(document, path[:-1]),
        f"{_table_name(path[:-1])} has no `{path[-1]}`",
        f"`{path[-1]}` is {field.description}",
        f"add `{path[-1]}`",
    )


def _wrong_value(document: Document, detail: ErrorDetails) -> Problem:
    path = detail["loc"]
    key, description = _expectation(path)
    found = describe(detail["input"])
    reason = detail.get("ctx", {}).get("error")
    code, why = "F004", f"`{key}` is {description}"
    if path == ("format",) and type(detail["input"]) is int:
        code = "F005"
    if isinstance(reason, QuantityError):
        code, why = "N104" if _is_dose(path) else "F004", str(reason)
    elif _is_dose(path):
        code = "N104"
    elif _is_reason(path):
        code = "W903"
    span, fix = document.value_span(path), None
    if detail["type"] == "literal_error":
        allowed = _allowed_words(detail)
        word = _nearest_word(str(detail["input"]), allowed)
        fix = _spelling(span, str(detail["input"]), word, allowed, quote='"')
    return Problem(code, path, span, f"`{key}` is {found}", why, _advice(path, detail), fix)


def _is_reason(path: KeyPath) -> bool:
    return path[0] == "waiver" and path[-1] == "reason"


def _is_dose(path: KeyPath) -> bool:
    return "steps" in path and path[-1] in ("dose", "max")


def _advice(path: KeyPath, detail: ErrorDetails) -> str:
    if _is_dose(path):
        return 'write the dose as it is ordered, for example "9 mcg/day" or "5 mcg/m2/day"'
    if detail["type"] == "literal_error":
        nearest = _nearest_word(str(detail["input"]), _allowed_words(detail))
        if nearest:
            return f'write "{nearest}"'
    return "give a value of that kind; `blinplan schema` prints the whole format"


def _allowed_words(detail: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", detail["ctx"]["expected"])


def _nearest_word(written: str, allowed: list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(written.lower(), allowed, n=1, cutoff=_LIKE)), None)


_LIKE, _ALIKE = 0.6, 0.8
"""How much a word is written like another (`difflib`, 0 to 1) to be suggested, and to be put in its place."""


def _spelling(span: Span, written: str, nearest: str | None, allowed: list[str], quote: str = "") -> Edit | None:
    """Put the nearest word in place of a misspelt one, if it is hardly different and no other word is like it."""
    alike = difflib.get_close_matches(written.lower(), allowed, n=2, cutoff=_ALIKE)
    return Edit(span, f"{quote}{nearest}{quote}") if alike == [nearest] else None


def _expectation(path: KeyPath) -> tuple[str, str]:
    """The nearest key on the path and what it may hold."""
    keys = [index for index, part in enumerate(path) if isinstance(part, str)]
    field = _table_at(path[: keys[-1]]).keys[str(path[keys[-1]])]
    return str(path[keys[-1]]), field.description


def _nearest_key(document: Document, path: KeyPath) -> str | None:
    """The key that an unknown one was probably meant to be, of those that its table does not have yet."""
    return _nearest_word(str(path[-1]), _free_keys(document, path))


def _free_keys(document: Document, path: KeyPath) -> list[str]:
    """The keys that the table around a key does not have yet."""
    table: Any = document.values
    for part in path[:-1]:
        table = table[part]
    return [key for key in _table_at(path[:-1]).keys if key not in table]


def _table_at(path: KeyPath) -> Table[Any]:
    """The schema's table at a path of keys and indexes."""
    table: Table[Any] = schema.REGIMEN_FILE
    for part in path:
        if isinstance(part, str):
            table = table.keys[part].kind.table or table
    return table


def _table_name(path: KeyPath) -> str:
    """The table as people speak of it: the file, [dosing], cycle 1, step 2 of cycle 1."""
    if not path:
        return "the file"
    if len(path) == 1:
        return f"[{path[0]}]"
    number = int(path[-1]) + 1
    kind = {"steps": "step", "sources": "source"}.get(str(path[-2]), str(path[-2]))
    return f"{kind} {number}" + (f" of cycle {int(path[1]) + 1}" if kind == "step" else "")


def _table_span(document: Document, path: KeyPath) -> Span:
    """Where a table begins: its header, or its inline text; the file's first character for the whole file."""
    return document.value_span(path) if path else Span(0, 0)


def describe(value: object) -> str:  # noqa: PLR0911 - one line for each TOML type
    """Say what a TOML value is, in words, with the value where it is short."""
    match value:
        case bool():
            return f"the truth value {str(value).lower()}"
        case int():
            return f"the number {_shortened(str(value))}"
        case Decimal():
            return f"the number {_shortened(str(value))}"
        case str():
            return f'the text "{_shortened(value)}"'
        case datetime() | date() | time():
            return f"the date or time {value.isoformat()}"
        case list():
            return f"an array of {len(value)}"
        case Mapping():
            return "a table"
    return "something else"


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


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
    if premedication := _valid(schema.PREMEDICATION, values.get("premedication")):
        yield from _premedication_contradictions(document, premedication)


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


def _weight_contradictions(document: Document, weights: schema.Eligibility) -> Iterator[Problem]:
    low, high = weights.min_weight_kg, weights.below_weight_kg
    if low is not None and high is not None and high <= low:
        yield _contradiction(
            document,
            ("eligibility", "below_weight_kg"),
            f"`below_weight_kg` is {high}, `min_weight_kg` is {low}",
            "no weight is at least the one and below the other",
            "give a `below_weight_kg` above `min_weight_kg`",
        )
    if weights.otherwise is not None and low is None and high is None:
        yield _contradiction(
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
        yield _mixed(
            document, ("dosing", "basis"), f"`basis` is '{basis}', and every dose is in {other[0][1].unit}", basis
        )
        return
    for path, rate in other:
        yield _mixed(document, path, f"this dose is in {rate.unit}, and `basis` is '{basis}'", basis)


def _mixed(document: Document, path: KeyPath, message: str, basis: Basis) -> Problem:
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
        yield _contradiction(
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
    misspelt = any(_nearest_key(document, (*path, key)) in _DURATIONS for key in step if key not in _STEP_KEYS)
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


def _premedication_contradictions(document: Document, given: schema.Premedication) -> Iterator[Problem]:
    if given.max is not None and read_mass(given.dose).basis is Basis.FLAT:
        yield _contradiction(
            document,
            ("premedication", "max"),
            "a flat premedication dose has a cap",
            "`max` limits a dose by body surface area; a flat dose is the same for everyone",
            "remove `max`",
        )


def _contradiction(document: Document, path: KeyPath, message: str, why: str, advice: str) -> Problem:
    return Problem("F007", path, document.key_span(path), message, why, advice)


# --- from the file to values ---------------------------------------------------------------------------------------


def _regimen(document: Document, file: schema.RegimenFile) -> Regimen:
    weights = file.eligibility or schema.Eligibility()
    return Regimen(
        name=file.name,
        title=file.title,
        indication=Indication(file.indication),
        family=file.family,
        sources=tuple(Source(source.citation, Status(source.status), source.note) for source in file.sources),
        eligibility=Eligibility(
            _fraction(weights.min_weight_kg),
            _fraction(weights.below_weight_kg),
            weights.otherwise,
            weights.population,
        ),
        basis=Basis(file.dosing.basis),
        premedication=_premedication(file.premedication),
        hospital_days=file.monitoring.hospital_days if file.monitoring else (),
        cycles=tuple(_cycle(document, cycle, ("cycle", index)) for index, cycle in enumerate(file.cycle)),
        waivers=tuple(
            Waiver(waiver.rule, waiver.reason, waiver.expires, ("waiver", index))
            for index, waiver in enumerate(file.waiver)
        ),
    )


def _fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def _premedication(given: schema.Premedication | None) -> Premedication | None:
    if given is None:
        return None
    cap = None if given.max is None else read_mass(given.max)
    occasions = frozenset(Occasion(occasion) for occasion in given.before)
    return Premedication(given.drug, read_mass(given.dose), cap, given.minutes_before, occasions)


def _cycle(document: Document, cycle: schema.Cycle, path: KeyPath) -> Cycle:
    return Cycle(
        name=cycle.name,
        phase=None if cycle.phase is None else Phase(cycle.phase),
        steps=tuple(_step(document, step, (*path, "steps", index)) for index, step in enumerate(cycle.steps)),
        treatment_free=cycle.treatment_free_days * MINUTES_PER_DAY,
        repeat=cycle.repeat,
        path=path,
        treatment_free_line=_line(document, (*path, "treatment_free_days")),
    )


def _step(document: Document, step: schema.Step, path: KeyPath) -> Step:
    return Step(
        dose=read_dose(step.dose).rate,
        cap=None if step.max is None else read_dose(step.max).rate,
        minutes=(step.days or 0) * MINUTES_PER_DAY + (step.hours or 0) * MINUTES_PER_HOUR,
        path=path,
        line=_line(document, path),
    )


def _line(document: Document, path: KeyPath) -> int:
    return document.position(document.value_span(path).start).line
