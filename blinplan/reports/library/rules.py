"""The catalogue of rules, and the page of one rule."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.limits import what_can_be_changed
from blinplan.outside_text import visible_lines
from blinplan.reports.shared.document import DocumentKind
from blinplan.rules.catalogue import FAMILIES
from blinplan.rules.limits import Limit, Limits
from blinplan.rules.rule import Rule
from blinplan.terminal import Screen
from blinplan.version import __version__

if TYPE_CHECKING:
    from rich.console import RenderableType

RULES = DocumentKind("rules")
RULE = DocumentKind("rule")


def rules_report(rules: Iterable[Rule], screen: Screen) -> "list[RenderableType]":
    """Draw the catalogue under the heading of each family."""
    table = screen.table()
    table.add_column("Code", no_wrap=True)
    table.add_column("Severity", no_wrap=True)
    table.add_column("What it finds")
    family = ""
    for rule in rules:
        if rule.code[0] != family:
            family = rule.code[0]
            table.add_row(Text(FAMILIES[family], "title"))
        marks = ", ".join(marks_of(rule))
        table.add_row(
            indent(rule.code, "where"),
            Text(rule.severity.value, rule.severity.value),
            Text.assemble(rule.sentence, *([(f" ({marks})", "quiet")] if marks else [])),
        )
    return [table, "", Text("`blinplan rule CODE` shows why, the limits with their sources, and examples.", "quiet")]


def marks_of(rule: Rule) -> list[str]:
    """What is special about a rule, in words."""
    return [
        *(["off unless selected"] if not rule.by_default else []),
        *(["with --patient"] if rule.for_patient else []),
        *(["with --site"] if rule.site and not rule.start else []),
        *(["with --site and --start"] if rule.start else []),
        *(["in course records"] if rule.of == "record" else []),
        *(["cannot be waived"] if rule.binding and rule.code[0] != "F" else []),
    ]


def rule_report(rule: Rule, limits: Limits, screen: Screen) -> "list[RenderableType]":
    """Draw the page of a rule."""
    parts: list[RenderableType] = [
        Text.assemble(
            (rule.code, "where"), "  ", (rule.name, "title"), "  ", (rule.severity.value, rule.severity.value)
        ),
        Text(rule.sentence),
        "",
        Text("Why", "title"),
        indent(rule.why),
    ]
    if rule.limits:
        parts += ["", Text("Limits", "title")]
        for name in rule.limits:
            parts += _limit(limits[name])
    if rule.sources:
        parts += ["", Text("Source", "title"), *(indent(source) for source in rule.sources)]
    if rule.site:
        parts += ["", Text("Site of the examples", "title"), _example(rule.site)]
    if rule.start:
        parts += ["", Text("Start of the examples", "title"), indent(rule.start)]
    if rule.beside:
        parts += ["", Text("Beside the examples, in beside.toml", "title"), _example(rule.beside)]
    parts += ["", Text("Found", "title"), _example(rule.bad), "", Text("Not found", "title"), _example(rule.good)]
    parts += ["", Text("How it is asked", "title"), *(indent(line) for line in occasions(rule))]
    return parts


def _limit(limit: Limit) -> "list[RenderableType]":
    fixed = what_can_be_changed(limit.fixed, limit.stricter)
    return [
        Padding(Text.assemble(f"{limit.name} = {limit}  ", (limit.citation, "quiet")), (0, 0, 0, 2)),
        Padding(Text(limit.says), (0, 0, 0, 4)),
        *([Padding(Text(fixed, "quiet"), (0, 0, 0, 4))] if fixed else []),
    ]


def _example(lines: str) -> Padding:
    shown = "\n".join(line for given in lines.split("\n") for line in _one_each(given))
    return Padding(Text(visible_lines(shown)), (0, 0, 0, 4))


_LONG_LINE = 56
"""What an example takes of a narrow screen: a line that wraps inside of braces would be no TOML."""


def _one_each(line: str) -> list[str]:
    """Write a long list of tables with one on each line, as TOML may have it."""
    if len(line) <= _LONG_LINE or "[{" not in line or not line.endswith("}]"):
        return [line]
    name, _, tables = line.partition("[{")
    each = tables.removesuffix("}]").split("}, {")
    return [f"{name}[", *(f"  {{{one}}}," for one in each), "]"]


def occasions(rule: Rule) -> list[str]:
    """When a rule is asked, and how a finding of it is accepted."""
    code = rule.code
    always = rule.check is None and not rule.about_waivers
    return [
        *(["When a file is read, and always."] if always else []),
        *(["With a site profile: --site site.toml."] if rule.site else []),
        *([f"With a start: --start {rule.start}."] if rule.start else []),
        *(["In a course record, which names its regimen."] if rule.of == "record" else []),
        *([f'For one patient: --patient "{rule.patient}".'] if rule.for_patient else []),
        *(["With virtual patients; not with --no-simulate."] if rule.simulated else []),
        *([f"Only where it is selected: --extend-select {code}."] if not rule.by_default else []),
        _acceptance(rule),
    ]


def _acceptance(rule: Rule) -> str:
    if not rule.waivable:
        return "It cannot be waived."
    return f'A finding is accepted by a [[waiver]] of "{rule.code}" with a reason, or the rule left out by --ignore.'


def rules_json(rules: Iterable[Rule], limits: Limits) -> dict[str, Any]:
    """List the rules as a JSON document."""
    return {
        **RULES.head(),
        "blinplan": __version__,
        "rules": [_rule_json(rule, limits) for rule in rules],
    }


def rule_json(rule: Rule, limits: Limits) -> dict[str, Any]:
    """Write one rule as a JSON document."""
    return {**RULE.head(), **_rule_json(rule, limits)}


def _rule_json(rule: Rule, limits: Limits) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "family": FAMILIES[rule.code[0]],
        "severity": rule.severity.value,
        "sentence": rule.sentence,
        "why": rule.why,
        "limits": [
            {
                "name": name,
                "value": float(limits[name].value),
                "unit": limits[name].unit,
                "says": limits[name].says,
                "source": limits[name].source,
                "claim": limits[name].claim,
                "status": limits[name].status,
                "fixed": limits[name].fixed,
            }
            for name in rule.limits
        ],
        "sources": list(rule.sources),
        "found": rule.bad,
        "not_found": rule.good,
        "simulated": rule.simulated,
        "for_patient": rule.for_patient,
        "of": rule.of,
        "site": rule.site,
        "start": rule.start,
        "beside": rule.beside,
        "by_default": rule.by_default,
        "waivable": rule.waivable,
    }
