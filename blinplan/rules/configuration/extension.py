"""A configuration that extends another one: what it takes from it, and what it puts in its place."""

from collections.abc import Iterator
from typing import Any

from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.configuration import Configuration
from blinplan.rules.configuration.settings import Pattern, Settings


def extend(base: Configuration, own: Configuration) -> Configuration:
    """A configuration with what it takes from the one that it extends.

    A value goes in place of the other's. What is a list or a table is added to it, and goes first where both speak of
    one thing: a ``select`` takes the place of the other's choice, and rules that it or ``extend-select`` names are no
    longer left out by the other's ``ignore``.
    """
    written = {key for key, _ in own.origins}
    there = base if own.folder is None else base.seen_from(own.folder)

    plain: dict[str, Any] = {
        field: getattr(own if field.replace("_", "-") in written else base, field) for field in _VALUES
    }
    return own._replace(
        **plain,
        settings=_settings(base.settings, own.settings, written),
        per_file=(*there.per_file, *own.per_file),
        exclude=(*there.exclude, *own.exclude),
        extends=() if base.path is None else (base.path, *base.extends),
        origins=tuple((dict(base.origins) | dict(own.origins)).items()),
    )


_VALUES = ("fail_on", "simulate", "patients", "seed", "baseline", "site", "respect_gitignore", "force_exclude")


def _settings(base: Settings, own: Settings, written: set[str]) -> Settings:
    chosen = "select" in written
    return own._replace(
        select=own.select if chosen else base.select,
        extend_select=own.extend_select if chosen else (*base.extend_select, *own.extend_select),
        ignore=(*_still_ignored(base, own), *own.ignore),
        severities=(*base.severities, *own.severities),
        changes=(*base.changes, *own.changes),
        strict=own.strict if "strict" in written else base.strict,
        fail_on=own.fail_on or base.fail_on,
        policies=own.policies.over(base.policies),
    )


def _still_ignored(base: Settings, own: Settings) -> Iterator[Pattern]:
    """What the base leaves out, but for the rules that its extension asks for."""
    asked = (*(own.select or ()), *own.extend_select)
    for pattern in base.ignore:
        rules = [rule for rule in CATALOGUE.values() if pattern.matches(rule)]
        left = [rule for rule in rules if not any(one.matches(rule) for one in asked)]
        if len(left) == len(rules):
            yield pattern
        else:
            yield from (pattern._replace(text=rule.code) for rule in left)
