"""What of a premedication is stated as a departure, with a source: it is no finding, unless it is far too strong."""

from collections.abc import Iterator, Sequence

from blinplan.regimen.regimen import Premedication
from blinplan.rules.checks.comparison import GROSS
from blinplan.rules.families.cytokines.premedication.comparison import PremedicationPair
from blinplan.rules.families.cytokines.premedication.groups import OfGroup
from blinplan.rules.families.cytokines.premedication.missing import (
    corticosteroids,
    occasions_left_out,
    stated_departure,
)
from blinplan.rules.rule import Case, Finding, Rule, Severity


def with_departures(rule: Rule, case: Case, groups: Sequence[OfGroup], found: Sequence[Finding]) -> list[Finding]:
    """What is left of differences, with what is told of departures themselves."""
    left = [one for one in found if stated_departure(case, one.path) is None or _is_beyond(rule, case, groups, one)]
    return [*left, *_idle(rule, case, groups, found)]


def _is_beyond(rule: Rule, case: Case, groups: Sequence[OfGroup], finding: Finding) -> bool:
    """Whether a dose is so much stronger than what it is held to that a slip is likelier than what was meant."""
    if not finding.gross:
        return False
    pairs = (
        PremedicationPair(rule, case, own, given, drug, label)
        for own in groups
        for given, drug in own.steroids
        for label in own.held_to.given
        if not drug.unread and finding.path in {(*given.path, "dose"), (*given.path, "drug")}
    )
    return any(pair.times_label > GROSS for pair in pairs)


def _idle(rule: Rule, case: Case, groups: Sequence[OfGroup], found: Sequence[Finding]) -> Iterator[Finding]:
    """Departures that are stated where nothing departs."""
    paths = [one.path for one in found]
    paths += [one.path for own in groups if occasions_left_out(case, own) for one in corticosteroids(own)[:1]]
    departs = {path[: len(given.path)] for given in case.regimen.premedication for path in paths}
    for given in case.regimen.premedication:
        if given.departure is not None and given.path not in departs and (base := _base(groups, given)):
            yield case.finding(
                rule,
                given.departure.path,
                f"a departure is stated, and the drug, its dose, its time and its occasions are {base}",
                "remove `departure`, or give here what it speaks of",
                severity=Severity.WARNING,
                limits=(),
            )


def _base(groups: Sequence[OfGroup], given: Premedication) -> str | None:
    """Whose it is that a premedication is held to; None where it is held to all that there is."""
    held = (own.held_to for own in groups if given in own.declared)
    return next((one.owner for one in held if one.is_whole and one.given), None)
