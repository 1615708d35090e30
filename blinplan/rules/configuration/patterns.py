"""Whether the rules that a user names are there, and may be treated as the user wants."""

from collections.abc import Iterable

from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import EVERYTHING, Pattern, Severities
from blinplan.rules.rule import Rule


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
        return unknown_rule(pattern.text)
    if leaves_out and not any(pattern.weakens(rule) for rule in rules):
        return f"{_rules(pattern)} cannot be left out: {_because(rules)}", "put right what it finds"
    return None


def unknown_rule(written: str) -> tuple[str, str]:
    """Say that there is no such rule, and which is written most like it."""
    import difflib

    known, short = [*CATALOGUE, *(rule.name for rule in CATALOGUE.values())], written[:60]
    near = difflib.get_close_matches(short, known, cutoff=0.5)
    near = near or difflib.get_close_matches(short.upper(), known, cutoff=0.5)
    advice = f"the nearest is {near[0]}" if near else "`blinplan rules` lists the codes"
    return f"there is no rule {short!r}", advice


def severity_fault(chosen: Severities) -> tuple[str, str] | None:
    """What is wrong with a severity chosen for rules, and what to do; None where nothing is."""
    if (fault := pattern_fault(chosen.pattern, leaves_out=False)) is not None:
        return fault
    rules = [rule for rule in CATALOGUE.values() if chosen.pattern.matches(rule)]
    if all(chosen.severity.rank < rule.severity.rank and not chosen.pattern.weakens(rule) for rule in rules):
        return f"{_rules(chosen.pattern)} cannot be lowered: {_because(rules)}", "put right what it finds"
    return None


def in_order(chosen: Iterable[Severities]) -> tuple[Severities, ...]:
    """Put the severities of many rules before those of one, so that the closer word wins."""
    return tuple(sorted(chosen, key=lambda settings_entry: _closeness(settings_entry.pattern)))


def _closeness(pattern: Pattern) -> int:
    return 0 if pattern.text == EVERYTHING else min(len(pattern.text), 4)


def _because(rules: list[Rule]) -> str:
    return rules[0].sentence if len(rules) == 1 else "each says that a thing cannot be read, or cannot be given"


def _rules(pattern: Pattern) -> str:
    return pattern.text if pattern.text in CATALOGUE else f"the rules {pattern.text}"
