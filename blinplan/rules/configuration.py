"""What a project says once for all its regimens: ``[tool.blinplan]`` in pyproject.toml, or a blinplan.toml.

The file nearest to a regimen, in its folder or above, decides how that regimen is judged.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.regimen.document import Document, DocumentError, KeyPath, read_bytes
from blinplan.regimen.read import describe
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.limits import Limit, Limits, shipped_limits
from blinplan.rules.rule import Severity
from blinplan.rules.settings import DEFAULTS, EVERYTHING, FailOn, Pattern, Settings, Severities

OWN_FILE, PROJECT_FILE = "blinplan.toml", "pyproject.toml"
_LIMIT_BYTES = 1024 * 1024
_MOST_PATIENTS = 100_000


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class _Limit(_Table):
    value: Annotated[Decimal | int, Field(gt=0, description="a number above 0, in the unit of the limit")]
    reason: Annotated[str, Field(min_length=1, description="why the limit is another one here")]


_Codes = Annotated[list[str], Field(description='an array of codes, beginnings of codes, or names, such as ["D2"]')]
_Level = Literal["error", "warning", "note"]


class _File(_Table):
    """The keys of the table, as they are written."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    select: _Codes | None = None
    extend_select: _Codes = []
    ignore: _Codes = []
    per_file_ignores: Annotated[
        dict[str, list[str]],
        Field(description='a table of file patterns with the codes left out there, such as { "old/*.toml" = ["D2"] }'),
    ] = {}
    severity: Annotated[
        dict[str, _Level], Field(description='a table of codes with "error", "warning" or "note", as { D205 = "note" }')
    ] = {}
    limits: Annotated[
        dict[str, _Limit],
        Field(description='a table of limits with value and reason, as step_length = { value = 5, reason = "..." }'),
    ] = {}
    fail_on: Annotated[
        Literal["error", "warning", "never"] | None, Field(description='"error", "warning" or "never"')
    ] = None
    simulate: Annotated[bool | None, Field(description="true or false")] = None
    patients: Annotated[
        int | None, Field(ge=1, le=_MOST_PATIENTS, description=f"a whole number from 1 to {_MOST_PATIENTS:,}")
    ] = None
    seed: Annotated[int | None, Field(ge=0, le=2**63 - 1, description="a whole number from 0")] = None
    baseline: Annotated[str | None, Field(min_length=1, description="the path of a baseline file")] = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a configuration: where, what, and what to do."""

    where: str
    message: str
    help: str


class ConfigurationError(Exception):
    """A configuration that cannot be used, with everything that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.where}: {fault.message}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one configuration file says; what it does not say is None or empty.

    Attributes
    ----------
    path
        The file; None for the defaults of the program.
    settings
        How rules are chosen and weighed, but for the patterns below.
    per_file_ignores
        Patterns of paths relative to the file's folder, with the rules left out there.
    fail_on, simulate, patients, seed, baseline
        How a run goes; of the configuration that the current folder has.
    origins
        Where each key was written, ``file:line``.
    """

    path: Path | None = None
    settings: Settings = DEFAULTS
    per_file_ignores: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()
    fail_on: FailOn | None = None
    simulate: bool | None = None
    patients: int | None = None
    seed: int | None = None
    baseline: Path | None = None
    origins: tuple[tuple[str, str], ...] = ()

    def settings_for(self, file: Path) -> Settings:
        """The settings for one regimen file."""
        if self.path is None or not self.per_file_ignores:
            return self.settings
        try:
            relative = file.resolve().relative_to(self.path.resolve().parent).as_posix()
        except ValueError:  # a file elsewhere, judged by this configuration because it was named
            return self.settings
        ignored = tuple(
            pattern
            for written, patterns in self.per_file_ignores
            if fnmatchcase(relative, written) or fnmatchcase(file.name, written)
            for pattern in patterns
        )
        return replace(self.settings, ignore=(*self.settings.ignore, *ignored))


DEFAULT = Configuration()


@cache
def nearest(folder: Path) -> Configuration:
    """The configuration that holds in a folder: its own, or that of the nearest folder above which has one.

    Raises
    ------
    ConfigurationError
        When that file cannot be used.
    """
    for name in (OWN_FILE, PROJECT_FILE):
        path = folder / name
        if path.is_file() and (configuration := load(path, named=False)) is not None:
            return configuration
    return DEFAULT if folder == folder.parent else nearest(folder.parent)


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
    shown = _shown(path)
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
    table: Any = document.values
    for part in root:
        table = table.get(part) if isinstance(table, Mapping) else None
    if table is None:
        if named:
            raise ConfigurationError((Fault(shown, "has no table [tool.blinplan]", "add it, or name another file"),))
        return None
    return _Reader(document, root, path).configuration(table)


def _shown(path: Path) -> str:
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

    def configuration(self, table: Any) -> Configuration:
        try:
            file = _File.model_validate(table)
        except ValidationError as error:
            raise ConfigurationError(tuple(self._wrong(detail) for detail in error.errors())) from error
        limits = self._limits(file.limits)
        configuration = Configuration(
            path=self._path,
            settings=Settings(
                select=None if file.select is None else self._patterns(("select",), file.select),
                extend_select=self._patterns(("extend-select",), file.extend_select),
                ignore=self._patterns(("ignore",), file.ignore, leaves_out=True),
                severities=self._severities(file.severity),
                limits=limits,
            ),
            per_file_ignores=tuple(
                (written, self._patterns(("per-file-ignores", written), codes, leaves_out=True))
                for written, codes in file.per_file_ignores.items()
            ),
            fail_on=None if file.fail_on is None else FailOn(file.fail_on),
            simulate=file.simulate,
            patients=file.patients,
            seed=file.seed,
            baseline=None if file.baseline is None else self._path.parent / file.baseline,
            origins=tuple((key, self._origin((key,))) for key in table),
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

    def _limits(self, changes: Mapping[str, _Limit]) -> Limits:
        limits = dict(shipped_limits())
        for name, change in changes.items():
            at = ("limits", name)
            if name not in limits:
                near = difflib.get_close_matches(name, limits, 1)
                advice = f"write `{near[0]}`" if near else "`blinplan rules -f json` names the limits of every rule"
                self._fault(at, f"there is no limit `{name[:60]}`", advice, key=True)
            elif (why := limits[name].fixed) is not None:
                self._fault(
                    at, f"the limit `{name}` cannot be changed: {why}", "remove it; a rule can be waived", key=True
                )
            elif (fault := _value_fault(limits[name], Fraction(change.value))) is not None:
                self._fault((*at, "value"), *fault)
            else:
                limits[name] = limits[name].changed(Fraction(change.value), self._origin(at), change.reason)
        return limits

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
        keys = {field.alias or name: field for name, field in _File.model_fields.items()}
        if unknown and len(path) == 1:
            near = difflib.get_close_matches(str(path[0]), keys, 1)
            advice = f"write `{near[0]}`" if near else f"the keys are {', '.join(keys)}"
            return Fault(where, f"there is no setting `{str(path[0])[:60]}`", advice)
        field = keys[str(path[0])]
        inner = _Limit.model_fields.get(str(path[2])) if path[0] == "limits" and len(path) > 2 else None
        expected = (inner or field).description
        name = ".".join(str(part) for part in path if part not in {"decimal", "int"})
        found = "missing" if detail["type"] == "missing" else describe(detail["input"])
        return Fault(where, f"`{name[:80]}` is {found}", f"give {expected}")


def _value_fault(limit: Limit, value: Fraction) -> tuple[str, str] | None:
    minutes = {"days": MINUTES_PER_DAY, "hours": MINUTES_PER_HOUR}.get(limit.unit)
    if minutes is not None and (value * minutes).denominator != 1:
        return f"the limit `{limit.name}` would be no whole number of minutes", f"give it in {limit.unit}, as {limit}"
    if limit.unit == "%" and value > 100 >= limit.value:
        return f"the limit `{limit.name}` would be more than 100 %", f"give a share of patients, as {limit}"
    return None


def pattern_fault(pattern: Pattern, *, leaves_out: bool) -> tuple[str, str] | None:
    """What is wrong with a pattern, and what to do; None where nothing is.

    Parameters
    ----------
    pattern
        The pattern.
    leaves_out
        Whether the rules it means are to be left out, which binding rules never are.
    """
    rules = [rule for rule in CATALOGUE.values() if pattern.matches(rule)]
    if not rules:
        known = [*CATALOGUE, *(rule.name for rule in CATALOGUE.values())]
        near = difflib.get_close_matches(pattern.text[:60], known, 1, 0.5) or difflib.get_close_matches(
            pattern.text[:60].upper(), known, 1, 0.5
        )
        advice = f"the nearest is {near[0]}" if near else "`blinplan rules` lists the codes"
        return f"there is no rule {pattern.text[:60]!r}", advice
    if leaves_out and pattern.text != EVERYTHING and all(rule.binding for rule in rules):
        return f"{_rules(pattern)} cannot be left out: {rules[0].sentence}", "put right what it finds"
    return None


def severity_fault(chosen: Severities) -> tuple[str, str] | None:
    """What is wrong with a severity chosen for rules, and what to do; None where nothing is."""
    if (fault := pattern_fault(chosen.pattern, leaves_out=False)) is not None:
        return fault
    rules = [rule for rule in CATALOGUE.values() if chosen.pattern.matches(rule)]
    if all(rule.binding and chosen.severity.rank < rule.severity.rank for rule in rules):
        return f"{_rules(chosen.pattern)} cannot be lowered: {rules[0].sentence}", "put right what it finds"
    return None


def in_order(chosen: Iterable[Severities]) -> tuple[Severities, ...]:
    """Put the severities of many rules before those of one, so that the closer word wins."""
    return tuple(sorted(chosen, key=lambda one: _closeness(one.pattern)))


def _closeness(pattern: Pattern) -> int:
    return 0 if pattern.text == EVERYTHING else min(len(pattern.text), 4)


def _rules(pattern: Pattern) -> str:
    return pattern.text if pattern.text in CATALOGUE else f"the rules {pattern.text}"
