"""What a check goes by, and where each of it was set."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from blinplan.label.read import label_named
from blinplan.outside_text import visible
from blinplan.reports.shared.document import DocumentKind
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.configuration import Configuration
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.terminal import Screen, indent
from blinplan.version import __version__

SETTINGS = DocumentKind("settings")


Origins = Iterable[tuple[str, Any]]


def settings_report(
    here: Configuration, origins: Origins, files: Mapping[str, Settings], screen: Screen
) -> list[RenderableType]:
    """Draw how the run goes, then the settings of the files, files with the same ones together."""
    shown = "none" if here.path is None else here.path.as_posix()
    table = screen.table()
    for name in ("Setting", "Value", "Set by"):
        table.add_column(name, overflow="fold")
    for name, setting in origins:
        table.add_row(name, _value(setting.value), setting.origin)
    parts: list[RenderableType] = [Text.assemble(("Configuration  ", "title"), visible(shown)), "", table]
    for settings, names in _alike(files):
        parts += ["", Text(_names(names), "title"), *(indent(line) for line in _lines(settings))]
    return parts


def settings_json(here: Configuration, origins: Origins, files: Mapping[str, Settings]) -> dict[str, Any]:
    """Write the same as a JSON document, with the codes that every file is asked."""
    return {
        **SETTINGS.head(),
        "blinplan": __version__,
        "configuration": None if here.path is None else here.path.as_posix(),
        "run": {
            name: {"value": None if setting.value is None else _plain(setting.value), "set_by": setting.origin}
            for name, setting in origins
        },
        "files": {
            name: {
                "asked": [rule.code for rule in CATALOGUE.values() if settings.reason_left_out(rule) is None],
                "severities": _severities(settings),
                "label": settings.label,
                "strict": settings.strict,
                "changed_limits": {
                    limit.name: {"value": float(limit.value), "unit": limit.unit, "set_by": limit.change.origin}
                    for limit in settings.limits.values()
                    if limit.change
                },
            }
            for name, settings in files.items()
        },
    }


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int) else str(value)


def _value(value: object) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else visible(str(value))


def _alike(files: Mapping[str, Settings]) -> list[tuple[Settings, list[str]]]:
    groups: list[tuple[Settings, list[str]]] = []
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
        *(["strict: what rests on unverified values counts as not checked"] if settings.strict else []),
        *(
            f"limit {limit.name}: {limit} by {limit.change.origin} ({visible(limit.change.reason)})"
            for limit in settings.limits.values()
            if limit.change
        ),
    ]


def _patterns(patterns: Iterable[Pattern]) -> str:
    return ", ".join(f"{pattern.text} ({pattern.origin})" for pattern in patterns)


def _severities(settings: Settings) -> dict[str, str]:
    return {
        rule.code: settings.severity_of(rule).value
        for rule in CATALOGUE.values()
        if settings.severity_of(rule) is not rule.severity
    }
