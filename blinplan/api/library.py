"""What comes with the program: regimens and rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blinplan.api.kinds import with_kinds
from blinplan.api.vocabulary import (
    Indication,
    IndicationName,
    LabelName,
    LabelText,
    Patients,
    PatientsName,
    Status,
    StatusName,
    TableFormat,
    TableOrJson,
    word_of,
    word_or_none,
)
from blinplan.quantities import plural
from blinplan.refusal import Refusal
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.regimen.regimen import Regimen
    from blinplan.rules.rule import Rule

__all__ = ["RegimenList", "RuleList", "RulePage", "regimens", "rule", "rules"]
PUBLIC = ("regimens", "rule", "rules")


@with_kinds
def regimens(
    *,
    indication: IndicationName | None = None,
    population: PatientsName | None = None,
    status: StatusName | None = None,
    label: LabelText | None = None,
) -> "RegimenList":
    """List the regimens that come with the program, the labelled ones first; or those of them that are meant.

    >>> from blinplan import regimens
    >>> [regimen.name for regimen in regimens()][:2]
    ['consolidation-adult', 'consolidation-below-45-kg']
    >>> [regimen.name for regimen in regimens(population="infant", status="seen", label="us-2025")][:2]
    ['mrd-below-45-kg', 'rr-below-45-kg']

    Parameters
    ----------
    indication
        What they treat.
    population
        Whom they are for: adults, children or infants by their age, or a virtual population.
    status
        How far their least certain source was checked.
    label
        The label that they name as the one they follow.

    Raises
    ------
    Refusal
        When one of the words is none of those that there are.
    """
    from blinplan.label.selection import Selection
    from blinplan.regimen import library

    selection = Selection(
        word_or_none(Indication, "indication", indication),
        word_or_none(Patients, "population", population),
        word_or_none(Status, "status", status),
        word_or_none(LabelName, "label", label),
    )
    return RegimenList(tuple(regimen for regimen in library.shipped_regimens() if selection.admits(regimen)))


@dataclass(frozen=True, slots=True, repr=False)
class RegimenList:
    """Regimens that come with the program; each can be used by its name wherever a regimen is asked for."""

    regimens: "tuple[Regimen, ...]"

    def __iter__(self) -> "Iterator[Regimen]":
        return iter(self.regimens)

    def __len__(self) -> int:
        return len(self.regimens)

    def text(self, output_format: TableOrJson = TableFormat.TABLE, screen: Screen = PLAIN) -> str:
        """The list for people, or as a JSON document."""
        from blinplan.regimen import library
        from blinplan.reports.library.regimens import regimens_json, regimens_report

        groups = library.groups()
        if word_of(TableFormat, "output_format", output_format) is TableFormat.JSON:
            return _json(regimens_json(self.regimens, groups))
        return screen.render(*regimens_report(self.regimens, groups, screen))

    def columns(self) -> dict[str, list[Any]]:
        """Names, titles, indications, families, for whom, how often, and how far sources were checked, as columns."""
        from blinplan.label.selection import patients_of

        return {
            "name": [regimen.name for regimen in self.regimens],
            "title": [regimen.title for regimen in self.regimens],
            "indication": [regimen.indication.value for regimen in self.regimens],
            "disease": [regimen.disease.value for regimen in self.regimens],
            "departs_from": [regimen.departs_from for regimen in self.regimens],
            "family": [regimen.family for regimen in self.regimens],
            "eligibility": [str(regimen.eligibility) for regimen in self.regimens],
            "unverified": [regimen.unverified for regimen in self.regimens],
            "status": [regimen.status.value for regimen in self.regimens],
            "label": [regimen.label for regimen in self.regimens],
            "population": [regimen.virtual_population for regimen in self.regimens],
            "patients": [", ".join(patients_of(regimen)) for regimen in self.regimens],
            "fewest_cycles": [regimen.fewest_cycles for regimen in self.regimens],
            "most_cycles": [regimen.most_cycles for regimen in self.regimens],
        }

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.regimens)} {plural('regimen', len(self.regimens))}>"

    def _repr_html_(self) -> str:
        from blinplan.data_table import table_html

        return table_html(self.columns(), "Regimens that come with blinplan")


def rules() -> "RuleList":
    """List the rules that a regimen is checked by.

    >>> from blinplan import rules
    >>> next(iter(rules())).code
    'F001'
    """
    from blinplan.rules.catalogue import CATALOGUE

    return RuleList(tuple(CATALOGUE.values()))


@dataclass(frozen=True, slots=True, repr=False)
class RuleList:
    """The rules, by family and code."""

    rules: "tuple[Rule, ...]"

    def __iter__(self) -> "Iterator[Rule]":
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def text(self, output_format: TableOrJson = TableFormat.TABLE, screen: Screen = PLAIN) -> str:
        """The list for people, or as a JSON document."""
        from blinplan.reports.library.rules import rules_json, rules_report
        from blinplan.rules.limits import shipped_limits

        if word_of(TableFormat, "output_format", output_format) is TableFormat.JSON:
            return _json(rules_json(self.rules, shipped_limits()))
        return screen.render(*rules_report(self.rules, screen))

    def columns(self) -> dict[str, list[Any]]:
        """Codes, names, severities and what each finds, as columns."""
        return {
            "code": [rule.code for rule in self.rules],
            "name": [rule.name for rule in self.rules],
            "severity": [rule.severity.value for rule in self.rules],
            "finds": [rule.sentence for rule in self.rules],
            "by_default": [rule.by_default for rule in self.rules],
            "simulated": [rule.simulated for rule in self.rules],
        }

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.rules)} rules>"

    def _repr_html_(self) -> str:
        from blinplan.data_table import table_html

        return table_html(self.columns(), "Rules")


@with_kinds
def rule(code: str) -> "RulePage":
    """Find a rule by its code, such as D202, or its name.

    >>> from blinplan import rule
    >>> rule("D202")
    <RulePage: D202 depletion-not-documented>

    Raises
    ------
    Refusal
        When there is none.
    """
    from blinplan.rules.catalogue import CATALOGUE
    from blinplan.rules.configuration.patterns import unknown_rule

    for found in CATALOGUE.values():
        if code.upper() == found.code or code.lower() == found.name:
            return RulePage(found)
    raise Refusal(*unknown_rule(code))


@dataclass(frozen=True, slots=True, repr=False)
class RulePage:
    """A rule: what it finds, why, the limits with their sources, and examples."""

    rule: "Rule"

    def text(self, output_format: TableOrJson = TableFormat.TABLE, screen: Screen = PLAIN) -> str:
        """The page for people, or as a JSON document."""
        from blinplan.reports.library.rules import rule_json, rule_report
        from blinplan.rules.limits import shipped_limits

        if word_of(TableFormat, "output_format", output_format) is TableFormat.JSON:
            return _json(rule_json(self.rule, shipped_limits()))
        return screen.render(*rule_report(self.rule, shipped_limits(), screen))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.rule.code} {self.rule.name}>"

    def _repr_html_(self) -> str:
        from blinplan.outside_text import text_html

        return text_html(self.text())


def first_screen(screen: Screen) -> "list[RenderableType]":
    """What somebody sees who types ``blinplan`` and nothing else."""
    from blinplan.reports.library.start import start_report

    return start_report(screen)


def severities() -> tuple[str, ...]:
    """What a finding can count as."""
    from blinplan.rules.rule import Severity

    return tuple(Severity)


def _json(document: dict[str, Any]) -> str:
    # In ASCII, so that it reads the same everywhere.
    from blinplan.outside_text import json_text

    return json_text(document)
