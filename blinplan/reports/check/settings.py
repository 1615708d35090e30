"""What a check goes by, and where each of it was set."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.label.read import label_named
from blinplan.outside_text import visible
from blinplan.reports.shared.document import DocumentKind
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.configuration import Configuration, path_text
from blinplan.rules.configuration.run_settings import RunSettings
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.terminal import Screen
from blinplan.version import __version__

if TYPE_CHECKING:
    from rich.console import RenderableType

SETTINGS = DocumentKind("settings")


class FileSettings(NamedTuple):
    """What one file is judged by: the settings of rules, the configuration they come from, and how the run goes."""

    settings: Settings
    configuration: Configuration
    run: RunSettings


def settings_report(
    here: Configuration, run: RunSettings, files: Mapping[str, FileSettings], screen: Screen
) -> "list[RenderableType]":
    """Draw how the run goes, then the settings of the files, files with the same ones together."""
    table = screen.table()
    for name in ("Setting", "Value", "Set by"):
        table.add_column(name, overflow="fold")
    for name, setting in run.origins:
        table.add_row(name, _value(setting.value), setting.origin)
    parts: list[RenderableType] = [Text.assemble(("Configuration  ", "title"), visible(_path(here))), "", table]
    for file, names in _alike(files):
        lines = (*_differences(file, here, run), *_lines(file.settings), *_left_out(file.configuration))
        parts += ["", Text(_names(names), "title"), *map(indent, lines)]
    return parts


def _path(configuration: Configuration) -> str:
    if configuration.path is None:
        return "none"
    bases = "".join(f", which extends {path_text(path)}" for path in configuration.extends)
    return f"{configuration.path.as_posix()}{bases}"


def _differences(file: FileSettings, here: Configuration, run: RunSettings) -> Iterator[str]:
    """What is another one for a file than for the run."""
    if file.configuration.path != here.path:
        yield f"configuration: {visible(_path(file.configuration))}"
    of_run = dict(run.origins)
    for name, setting in file.run.origins:
        if setting != of_run[name]:
            yield f"{name}: {_value(setting.value)} (by {visible(setting.origin)})"


def _left_out(configuration: Configuration) -> Iterator[str]:
    """What is left out of the folders that the configuration holds in."""
    if configuration.exclude:
        yield "excluded: " + ", ".join(f'"{visible(one.text)}" (by {one.origin})' for one in configuration.exclude)
    if configuration.respect_gitignore is False:
        yield "what .gitignore files name is checked"
    if configuration.force_exclude:
        yield "what is excluded is not checked where it is named"


def settings_json(here: Configuration, run: RunSettings, files: Mapping[str, FileSettings]) -> dict[str, Any]:
    """Write the same as a JSON document, with the codes that every file is asked."""
    return {
        **SETTINGS.head(),
        "blinplan": __version__,
        "configuration": None if here.path is None else here.path.as_posix(),
        "run": _run(run),
        "files": {name: _file(file) for name, file in files.items()},
    }


def _run(run: RunSettings) -> dict[str, Any]:
    return {
        name: {"value": None if setting.value is None else _plain(setting.value), "set_by": setting.origin}
        for name, setting in run.origins
    }


def _file(file: FileSettings) -> dict[str, Any]:
    settings, path = file.settings, file.configuration.path
    return {
        "configuration": None if path is None else path.as_posix(),
        "extends": [base.as_posix() for base in file.configuration.extends],
        "exclude": [{"pattern": one.text, "set_by": one.origin} for one in file.configuration.exclude],
        "respect_gitignore": file.configuration.respect_gitignore is not False,
        "force_exclude": bool(file.configuration.force_exclude),
        "run": _run(file.run),
        "asked": [rule.code for rule in CATALOGUE.values() if settings.reason_left_out(rule) is None],
        "severities": _severities(settings),
        "label": settings.label,
        "strict": settings.strict,
        "policies": {"reason_length": settings.policies.fewest_characters, "expiry_days": settings.policies.most_days},
        "changed_limits": {
            limit.name: {"value": float(limit.value), "unit": limit.unit, "set_by": limit.change.origin}
            for limit in settings.limits.values()
            if limit.change
        },
    }


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int) else str(value)


def _value(value: object) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else visible(str(value))


def _alike(files: Mapping[str, FileSettings]) -> list[tuple[FileSettings, list[str]]]:
    groups: list[tuple[FileSettings, list[str]]] = []
    for name, settings in files.items():
        for other, names in groups:
            if other == settings:
                names.append(name)
                break
        else:
            groups.append((settings, [name]))
    return groups


def _names(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return visible(", ".join(names[:3])) + more


def _lines(settings: Settings) -> list[str]:
    rules = [rule for rule in CATALOGUE.values() if settings.reason_left_out(rule) is None]
    chosen = "those on by default" if settings.select is None else _patterns(settings.select)
    left_out = [rule.code for rule in CATALOGUE.values() if rule not in rules]
    return [
        f"selected: {chosen}" + (f"; besides {_patterns(settings.extend_select)}" if settings.extend_select else ""),
        f"ignored: {_patterns(settings.ignore) or 'none'}",
        f"asked: {len(rules)} of {len(CATALOGUE)} rules" + (f", not {', '.join(left_out)}" if left_out else ""),
        "severities: "
        + (", ".join(f"{code} {level}" for code, level in _severities(settings).items()) or "the rules' own"),
        f"label: {label_named(settings.label)}, where a regimen names none",
        *_policies(settings),
        *(["strict: what rests on unverified values counts as not checked"] if settings.strict else []),
        *(
            f"limit {limit.name}: {limit} by {limit.change.origin} ({visible(limit.change.reason)})"
            for limit in settings.limits.values()
            if limit.change
        ),
    ]


def _policies(settings: Settings) -> list[str]:
    said = {
        "W908": f"a reason has at least {settings.policies.fewest_characters} characters",
        "W909": "a waiver has a last day",
        "W910": f"a waiver holds for at most {settings.policies.most_days} days",
        "D213": "every source of the doses is seen",
    }
    asked = [what for code, what in said.items() if settings.reason_left_out(CATALOGUE[code]) is None]
    return [f"policies: {'; '.join(asked)}"] if asked else []


def _patterns(patterns: Iterable[Pattern]) -> str:
    return ", ".join(f"{pattern.text} ({pattern.origin})" for pattern in patterns)


def _severities(settings: Settings) -> dict[str, str]:
    return {
        rule.code: settings.severity_of(rule).value
        for rule in CATALOGUE.values()
        if settings.severity_of(rule) is not rule.severity
    }
