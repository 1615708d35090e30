"""Read the table of a configuration: its keys, and everything that is wrong with what they hold."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails, ValidationError

from blinplan.exit_status import FailOn
from blinplan.label.read import DEFAULT as DEFAULT_LABEL
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.problems import describe
from blinplan.regimen.toml.spelling import nearest_word
from blinplan.regimen.toml.table import Key, Table, field_name
from blinplan.rules.configuration.configuration import (
    Configuration,
    ConfigurationError,
    Fault,
    path_text,
)
from blinplan.rules.configuration.keys import CONFIGURATION_FILE, ConfigurationFile, LimitChange, PoliciesTable
from blinplan.rules.configuration.path_pattern import leads_nowhere, path_pattern
from blinplan.rules.configuration.patterns import in_order, pattern_fault, severity_fault
from blinplan.rules.configuration.per_file import FilePattern, PerFile
from blinplan.rules.configuration.settings import ChangedLimit, FailOnSetting, Pattern, Policies, Settings, Severities
from blinplan.rules.limits import Limit, limits_by
from blinplan.rules.rule import Severity

Load = Callable[[Path, tuple[Path, ...]], Configuration | None]
"""How another configuration is read, which the files given extend."""
_LONGEST_CHAIN = 50
"""How many files may extend each other."""


class Reader:
    """Turns the table of a document into a configuration, and collects what is wrong with it."""

    def __init__(self, document: Document, root: KeyPath, path: Path, extending: tuple[Path, ...], load: Load) -> None:
        self._document = document
        self._root = root
        self._path = path
        self._extending = extending
        self._load = load
        self._faults: list[Fault] = []

    def configuration(self, written: Any) -> Configuration:
        """The configuration, with what it takes from the one that it extends."""
        try:
            file = CONFIGURATION_FILE.read(written)
        except ValidationError as error:
            raise ConfigurationError(tuple(self._wrong(detail) for detail in error.errors())) from error
        base = None if file.extend is None else self._base(file.extend)
        label = file.label or (DEFAULT_LABEL if base is None else base.settings.label)
        configuration = Configuration(
            path=self._path,
            settings=self._settings(file, label),
            exclude=tuple(self._exclusions(file.exclude)),
            respect_gitignore=file.respect_gitignore,
            force_exclude=file.force_exclude,
            per_file=(*self._ignores(file), *self._per_file(file, label)),
            fail_on=None if file.fail_on is None else FailOn(file.fail_on),
            simulate=file.simulate,
            patients=file.patients,
            seed=file.seed,
            baseline=None if file.baseline is None else self._path.parent / file.baseline,
            site=None if file.site is None else self._path.parent / file.site,
            origins=tuple((key, self._origin((key,))) for key in written if key != "extend"),
        )
        if self._faults:
            raise ConfigurationError(tuple(self._faults))
        if base is None:
            return configuration
        # Imported here, because most configurations stand alone.
        from blinplan.rules.configuration.extension import extend

        return extend(base, configuration)

    def _base(self, written: str) -> Configuration | None:
        """The configuration that this one extends, by a path from its folder; None with a fault."""
        chain = (*self._extending, self._path.resolve())
        try:
            there = (self._path.parent / Path(written).expanduser()).resolve()
            is_file = there.is_file()
        except (OSError, RuntimeError, ValueError):  # what no path can be, or a user whom nobody knows
            is_file = False
        if not is_file:
            advice = f"give a file by its path from the folder of {path_text(self._path)}"
            self._fault(("extend",), f"`extend` leads to no file: {written[:80]}", advice)
            return None
        if there in chain:
            circle = " extends ".join(path_text(one) for one in (*chain[chain.index(there) :], there))
            self._fault(("extend",), f"`extend` goes in a circle: {circle}", "take one of them out")
            return None
        if len(chain) > _LONGEST_CHAIN:
            told = f"`extend` leads on and on: {_LONGEST_CHAIN} files extend each other before this one"
            self._fault(("extend",), told, "let one of them extend what the last one extends")
            return None
        return self._load(there, chain)

    def _exclusions(self, written: Iterable[str]) -> Iterator[FilePattern]:
        for index, text in enumerate(written):
            at = ("exclude", index)
            if path_pattern(text) is None or leads_nowhere(text):
                self._fault(at, f"{text[:60]!r} means no path", "give a pattern as in a .gitignore, such as drafts/")
            yield FilePattern(text, self._path.resolve().parent, self._origin(at))

    def _settings(self, file: ConfigurationFile, label: str) -> Settings:
        if file.select == ():
            self._fault(("select",), "`select` names no rule", "give codes, beginnings of codes, names or ALL")
        return Settings(
            select=None if file.select is None else self._patterns(("select",), file.select),
            extend_select=(
                *self._patterns(("extend-select",), file.extend_select),
                *self._rules_of_policies(("policies",), file.policies),
            ),
            ignore=(
                *self._patterns(("ignore",), file.ignore, leaves_out=True),
                *self._rules_of_policies(("policies",), file.policies, asked=False),
            ),
            severities=self._severities(("severity",), file.severity),
            changes=self._changes(("limits",), file.limits, label),
            label=label,
            strict=bool(file.strict),
            fail_on=self._fail_on(("fail-on",), file.fail_on),
            policies=Policies(file.policies.reason_length, file.policies.expiry_days),
        )

    def _ignores(self, file: ConfigurationFile) -> Iterator[PerFile]:
        for written, codes in file.per_file_ignores.items():
            at = ("per-file-ignores", written)
            yield PerFile(self._files(at), self._patterns(at, codes, leaves_out=True, for_files=True))

    def _per_file(self, file: ConfigurationFile, label: str) -> Iterator[PerFile]:
        for written, there in file.per_file.items():
            at = ("per-file", written)
            yield PerFile(
                self._files(at),
                (
                    *self._patterns((*at, "ignore"), there.ignore, leaves_out=True, for_files=True),
                    *self._rules_of_policies((*at, "policies"), there.policies, asked=False, for_files=True),
                ),
                (
                    *self._patterns((*at, "extend-select"), there.extend_select, for_files=True),
                    *self._rules_of_policies((*at, "policies"), there.policies, for_files=True),
                ),
                self._severities((*at, "severity"), there.severity, for_files=True),
                self._changes((*at, "limits"), there.limits, label),
                there.strict,
                self._fail_on((*at, "fail-on"), there.fail_on),
                Policies(there.policies.reason_length, there.policies.expiry_days),
            )

    def _rules_of_policies(
        self, at: KeyPath, policies: PoliciesTable, *, asked: bool = True, for_files: bool = False
    ) -> tuple[Pattern, ...]:
        """The rules that policies ask for; or, where they say false, those that they leave out."""
        return tuple(
            Pattern(code, f"by {self._origin((*at, key))}", for_files)
            for key, code in _RULES_OF_POLICIES.items()
            if (value := getattr(policies, field_name(key))) is not None and bool(value) is asked
        )

    def _files(self, at: KeyPath) -> FilePattern:
        _, written = map(str, at)
        if leads_nowhere(written):
            advice = f"give a pattern that counts from the folder of {path_text(self._path)}, such as trials/**"
            self._fault(at, f"{written[:60]!r} means no file", advice, key=True)
        return FilePattern(written, self._path.resolve().parent, self._origin(at))

    def _fail_on(self, at: KeyPath, written: str | None) -> FailOnSetting | None:
        return None if written is None else FailOnSetting(FailOn(written), self._origin(at))

    def _patterns(
        self, path: KeyPath, codes: Iterable[str], *, leaves_out: bool = False, for_files: bool = False
    ) -> tuple[Pattern, ...]:
        patterns = []
        for index, code in enumerate(codes):
            at = (*path, index)
            pattern = Pattern(code, f"by {self._origin(at)}", for_files)
            if (fault := pattern_fault(pattern, leaves_out=leaves_out)) is not None:
                self._fault(at, *fault)
            patterns.append(pattern)
        return tuple(patterns)

    def _severities(
        self, path: KeyPath, levels: Mapping[str, str], *, for_files: bool = False
    ) -> tuple[Severities, ...]:
        chosen = []
        for code, level in levels.items():
            at = (*path, code)
            severities = Severities(Pattern(code, f"by {self._origin(at)}", for_files), Severity(level))
            if (fault := severity_fault(severities)) is not None:
                self._fault(at, *fault, key=True)
            chosen.append(severities)
        return in_order(chosen)

    def _changes(self, path: KeyPath, changes: Mapping[str, LimitChange], label: str) -> tuple[ChangedLimit, ...]:
        limits, found = limits_by(label), []
        for name, change in changes.items():
            at, value = (*path, name), Fraction(change.value)
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
        table, key = _place(path)
        if unknown:
            written = str(path[-1])
            near = nearest_word(written, table.keys)
            inside = "" if len(path) == 1 else f" in {'.'.join(map(str, path[:-1]))[:80]}"
            advice = f"write `{near}`" if near else f"the keys are {', '.join(table.keys)}"
            if path in {("tool",), ("blinplan",)} and not self._root:  # as in a pyproject.toml
                advice = "leave `tool.blinplan` out of the heads of tables: here the keys stand without it"
            return Fault(where, f"there is no setting `{written[:60]}`{inside}", advice)
        name = ".".join(str(part) for part in path) or "tool.blinplan"
        if detail["type"] == "too_long":
            many, most = len(detail["input"]), detail["ctx"]["max_length"]
            told = f"`{name[:80]}` has {many:,} entries, and at most {most:,} are read"
            return Fault(where, told, "say in one entry what several have in common, as drafts/ or D2")
        found = "missing" if detail["type"] == "missing" else describe(detail["input"])
        most = f"; at most {detail['ctx']['le']:,}" if detail["type"] == "less_than_equal" else ""
        return Fault(where, f"`{name[:80]}` is {found}", f"give {key.description if key else 'a table'}{most}")


_RULES_OF_POLICIES = {"reason-length": "W908", "expiry": "W909", "expiry-days": "W910", "seen-doses": "D213"}


def _place(path: KeyPath) -> tuple[Table[Any], Key | None]:
    """The innermost table that a path leads into, and the key of it that the path goes through."""
    table, parts = CONFIGURATION_FILE, list(path)
    key = table.keys.get(str(parts.pop(0))) if parts else None
    while key is not None and key.kind.table is not None:
        if parts and "$ref" not in key.kind.json:
            parts.pop(0)  # a name of the user's own, before the keys of its table
        if not parts:
            break
        table = key.kind.table
        key = table.keys.get(str(parts.pop(0)))
    return table, key


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
