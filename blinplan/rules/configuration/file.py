"""Read a configuration file: its keys, what each may hold, and everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails, ValidationError

from blinplan.label.read import DEFAULT as DEFAULT_LABEL
from blinplan.label.read import label_names
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.regimen.toml.document import Document, DocumentError, KeyPath, read_bytes
from blinplan.regimen.toml.problems import describe
from blinplan.regimen.toml.spelling import nearest_word
from blinplan.regimen.toml.table import (
    Table,
    array,
    number,
    one_of,
    optional_key,
    required_key,
    table,
    table_of,
    text,
    truth,
    whole,
)
from blinplan.rules.configuration.configuration import PROJECT_FILE, Configuration, ConfigurationError, Fault
from blinplan.rules.configuration.patterns import in_order, pattern_fault, severity_fault
from blinplan.rules.configuration.settings import ChangedLimit, FailOn, Pattern, Settings, Severities
from blinplan.rules.limits import Limit, limits_by
from blinplan.rules.rule import Severity

_LIMIT_BYTES = 1024 * 1024
_MOST_PATIENTS = 100_000


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class LimitChange(NamedTuple):
    """A limit that is another one here."""

    value: Decimal
    reason: str


class ConfigurationFile(NamedTuple):
    """The keys of a configuration as they are written."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = _NOTHING
    severity: Mapping[str, str] = _NOTHING
    limits: Mapping[str, LimitChange] = _NOTHING
    fail_on: str | None = None
    simulate: bool | None = None
    patients: int | None = None
    seed: int | None = None
    baseline: str | None = None
    site: str | None = None
    label: str | None = None
    strict: bool = False


_LIMIT_CHANGE = Table(
    LimitChange,
    required_key("value", number(0), "a number above 0, in the unit of the limit"),
    required_key("reason", text(), "why the limit is another one here"),
)
_CODES = array(text())
_CODES_ARE = 'an array of codes, beginnings of codes, or names of rules, such as ["D2"]'
_LEVEL = one_of("error", "warning", "note")
CONFIGURATION_FILE = Table(
    ConfigurationFile,
    optional_key("select", _CODES, f"{_CODES_ARE}: the only ones to ask"),
    optional_key("extend-select", _CODES, f"{_CODES_ARE}, to ask besides"),
    optional_key("ignore", _CODES, f"{_CODES_ARE}, to leave out"),
    optional_key(
        "per-file-ignores",
        table_of(_CODES),
        'a table of file patterns with the codes left out there, such as { "old/*.toml" = ["D2"] }',
    ),
    optional_key("severity", table_of(_LEVEL), 'a table of codes with "error", "warning" or "note": { D205 = "note" }'),
    optional_key(
        "limits",
        table_of(table(_LIMIT_CHANGE)),
        'a table of limits with value and reason, as step_length = { value = 5, reason = "..." }',
    ),
    optional_key(
        "fail-on", one_of(*FailOn), 'the least severity that makes the exit status 1: "error", "warning" or "never"'
    ),
    optional_key("simulate", truth(), "true or false: whether to run the rules that need virtual patients"),
    optional_key(
        "patients",
        whole(1, _MOST_PATIENTS),
        f"a whole number from 1 to {_MOST_PATIENTS:,}: the virtual patients to start with",
    ),
    optional_key("seed", whole(0, 2**63 - 1), "a whole number from 0: what the virtual patients are drawn from"),
    optional_key("baseline", text(), "the path of a baseline file, whose findings do not count"),
    optional_key("site", text(), "the path of a site profile, whose bags are checked too"),
    optional_key(
        "label",
        one_of(*label_names()),
        f"the label that regimens follow which do not say so themselves: {', '.join(label_names())}",
    ),
    optional_key(
        "strict",
        truth(),
        "true or false: whether a rule that rests on a value nobody has seen in its source counts as not checked",
    ),
)


def load(path: Path, *, named: bool = True) -> Configuration | None:
    """Read a configuration file; None for a pyproject.toml that says nothing about this program.

    Parameters
    ----------
    path
        The file. In a pyproject.toml, the table ``[tool.blinplan]`` is read, in others the whole file.
    named
        Whether the user asked for this file, so that one which says nothing is a fault.

    Raises
    ------
    ConfigurationError
        When the file cannot be read, or not all that it says is understood.
    """
    root: KeyPath = ("tool", "blinplan") if path.name == PROJECT_FILE else ()
    shown = _path_text(path)
    try:
        data = path.read_bytes()
        if root and b"blinplan" not in data and not named:
            return None  # somebody else's project file: not ours to read
        document = read_bytes(data, shown, _LIMIT_BYTES)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise ConfigurationError((Fault(shown, reason, "check the path and who may read it"),)) from error
    except DocumentError as error:
        where = f"{shown}:{error.position.line}:{error.position.column}"
        raise ConfigurationError((Fault(where, error.message, "correct the syntax of the file"),)) from error
    values: Any = document.values
    for part in root:
        values = values.get(part) if isinstance(values, Mapping) else None
    if values is None:
        if named:
            raise ConfigurationError((Fault(shown, "has no table [tool.blinplan]", "add it, or name another file"),))
        return None
    return _Reader(document, root, path).configuration(values)


def _path_text(path: Path) -> str:
    """A path as it is shown: from the current folder where it is below, else whole."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


class _Reader:
    """Turns the table of a document into a configuration, and collects what is wrong with it."""

    def __init__(self, document: Document, root: KeyPath, path: Path) -> None:
        self._document = document
        self._root = root
        self._path = path
        self._faults: list[Fault] = []

    def configuration(self, written: Any) -> Configuration:
        try:
            file = CONFIGURATION_FILE.read(written)
        except ValidationError as error:
            raise ConfigurationError(tuple(self._wrong(detail) for detail in error.errors())) from error
        label = file.label or DEFAULT_LABEL
        configuration = Configuration(
            path=self._path,
            settings=Settings(
                select=None if file.select is None else self._patterns(("select",), file.select),
                extend_select=self._patterns(("extend-select",), file.extend_select),
                ignore=self._patterns(("ignore",), file.ignore, leaves_out=True),
                severities=self._severities(file.severity),
                changes=self._changes(file.limits, label),
                label=label,
                strict=file.strict,
            ),
            per_file_ignores=tuple(
                (paths, self._patterns(("per-file-ignores", paths), codes, leaves_out=True))
                for paths, codes in file.per_file_ignores.items()
            ),
            fail_on=None if file.fail_on is None else FailOn(file.fail_on),
            simulate=file.simulate,
            patients=file.patients,
            seed=file.seed,
            baseline=None if file.baseline is None else self._path.parent / file.baseline,
            site=None if file.site is None else self._path.parent / file.site,
            origins=tuple((key, self._origin((key,))) for key in written),
        )
        if self._faults:
            raise ConfigurationError(tuple(self._faults))
        return configuration

    def _patterns(self, path: KeyPath, codes: Iterable[str], *, leaves_out: bool = False) -> tuple[Pattern, ...]:
        patterns = []
        for index, code in enumerate(codes):
            at = (*path, index)
            pattern = Pattern(code, f"by {self._origin(at)}")
            if (fault := pattern_fault(pattern, leaves_out=leaves_out)) is not None:
                self._fault(at, *fault)
            patterns.append(pattern)
        return tuple(patterns)

    def _severities(self, levels: Mapping[str, str]) -> tuple[Severities, ...]:
        chosen = []
        for code, level in levels.items():
            at = ("severity", code)
            severities = Severities(Pattern(code, f"by {self._origin(at)}"), Severity(level))
            if (fault := severity_fault(severities)) is not None:
                self._fault(at, *fault, key=True)
            chosen.append(severities)
        return in_order(chosen)

    def _changes(self, changes: Mapping[str, LimitChange], label: str) -> tuple[ChangedLimit, ...]:
        limits, found = limits_by(label), []
        for name, change in changes.items():
            at, value = ("limits", name), Fraction(change.value)
            if name not in limits:
                near = nearest_word(name, limits)
                advice = f"write `{near}`" if near else "`blinplan rules -f json` names the limits of every rule"
                self._fault(at, f"there is no limit `{name[:60]}`", advice, key=True)
            elif (fault := _value_fault(limits[name], value)) is not None:
                self._fault((*at, "value"), *fault)
            elif not limits[name].allows(value):
                self._fault(at, *_too_lax(limits[name]), key=True)
            else:
                found.append(ChangedLimit(name, value, self._origin(at), change.reason))
        return tuple(found)

    def _origin(self, path: KeyPath) -> str:
        span = self._document.key_span((*self._root, *path))
        return f"{self._document.name}:{self._document.position(span.start).line}"

    def _fault(self, path: KeyPath, message: str, advice: str, *, key: bool = False) -> None:
        whole = (*self._root, *path)
        span = self._document.key_span(whole) if key else self._document.value_span(whole)
        at = self._document.position(span.start)
        self._faults.append(Fault(f"{self._document.name}:{at.line}:{at.column}", message, advice))

    def _wrong(self, detail: ErrorDetails) -> Fault:
        path = detail["loc"]
        unknown = detail["type"] == "extra_forbidden"
        whole = (*self._root, *path)
        span = self._document.key_span(whole) if unknown else self._document.value_span(whole)
        at = self._document.position(span.start)
        where = f"{self._document.name}:{at.line}:{at.column}"
        keys = CONFIGURATION_FILE.keys
        if unknown and len(path) == 1:
            near = nearest_word(str(path[0]), keys)
            advice = f"write `{near}`" if near else f"the keys are {', '.join(keys)}"
            return Fault(where, f"there is no setting `{str(path[0])[:60]}`", advice)
        key = keys[str(path[0])] if path else None
        inner = _LIMIT_CHANGE.keys.get(str(path[2])) if path and path[0] == "limits" and len(path) > 2 else None
        name = ".".join(str(part) for part in path) or "tool.blinplan"
        found = "missing" if detail["type"] == "missing" else describe(detail["input"])
        expected = inner or key
        return Fault(where, f"`{name[:80]}` is {found}", f"give {expected.description if expected else 'a table'}")


def _too_lax(limit: Limit) -> tuple[str, str]:
    """Why a limit that is fixed cannot be changed so, and what can be done."""
    if limit.stricter is None:
        return f"the limit `{limit.name}` cannot be changed: {limit.fixed}", "remove it; a rule can be waived"
    side = "above" if limit.stricter == "higher" else "below"
    return (
        f"the limit `{limit.name}` cannot be laxer than {limit}: {limit.fixed}",
        f"give a stricter value, {side} {limit.number}, or remove it; a rule can be waived",
    )


def _value_fault(limit: Limit, value: Fraction) -> tuple[str, str] | None:
    minutes = {"days": MINUTES_PER_DAY, "hours": MINUTES_PER_HOUR}.get(limit.unit)
    if minutes is not None and (value * minutes).denominator != 1:
        return f"the limit `{limit.name}` would be no whole number of minutes", f"give it in {limit.unit}, as {limit}"
    if limit.unit == "%" and value > 100 >= limit.value:
        return f"the limit `{limit.name}` would be more than 100 %", f"give a share of patients, as {limit}"
    return None
