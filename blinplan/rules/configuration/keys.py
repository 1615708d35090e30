"""The keys of a configuration file, and what each may hold."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from blinplan.exit_status import FailOn
from blinplan.label.read import label_names
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

_MOST_PATIENTS = 100_000

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class LimitChange(NamedTuple):
    """A limit that is another one here."""

    value: Decimal
    reason: str


class PoliciesTable(NamedTuple):
    """What a project asks of waivers and of the sources of doses; what it does not say is not asked."""

    reason_length: int | None = None
    expiry: bool | None = None
    expiry_days: int | None = None
    seen_doses: bool | None = None


class PerFileTable(NamedTuple):
    """What is set for the files that a pattern means; it goes before what the configuration sets for all."""

    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    severity: Mapping[str, str] = _NOTHING
    limits: Mapping[str, LimitChange] = _NOTHING
    fail_on: str | None = None
    strict: bool | None = None
    policies: PoliciesTable = PoliciesTable()


class ConfigurationFile(NamedTuple):
    """The keys of a configuration as they are written."""

    extend: str | None = None
    exclude: tuple[str, ...] = ()
    respect_gitignore: bool | None = None
    force_exclude: bool | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = _NOTHING
    per_file: Mapping[str, PerFileTable] = _NOTHING
    severity: Mapping[str, str] = _NOTHING
    limits: Mapping[str, LimitChange] = _NOTHING
    fail_on: str | None = None
    simulate: bool | None = None
    patients: int | None = None
    seed: int | None = None
    baseline: str | None = None
    site: str | None = None
    label: str | None = None
    strict: bool | None = None
    policies: PoliciesTable = PoliciesTable()


_LIMIT_CHANGE = Table(
    LimitChange,
    required_key("value", number(0, 1_000_000_000), "a number above 0, in the unit of the limit"),
    required_key("reason", text(), "why the limit is another one here"),
)
_MOST_OF_EACH = 5_000
"""Patterns of paths and codes of a key: each pattern is laid beside each file, so that more make a check long."""
_CODES = array(text(), most=_MOST_OF_EACH)
_CODES_ARE = 'an array of codes, beginnings of codes, or names of rules, such as ["D2"]'
_LEVEL = one_of("error", "warning", "note")
_EXTEND_SELECT = optional_key("extend-select", _CODES, f"{_CODES_ARE}, to ask besides")
_SEVERITY = optional_key(
    "severity", table_of(_LEVEL), 'a table of codes with "error", "warning" or "note": { D205 = "note" }'
)
_LIMITS = optional_key(
    "limits",
    table_of(table(_LIMIT_CHANGE)),
    'a table of limits with value and reason, as step_length = { value = 5, reason = "..." }',
)
_FAIL_ON = optional_key(
    "fail-on", one_of(*FailOn), 'the least severity that makes the exit status 1: "error", "warning" or "never"'
)
_STRICT = optional_key(
    "strict",
    truth(),
    "true or false: whether a rule that rests on a value nobody has seen in its source counts as not checked",
)
_POLICIES = optional_key(
    "policies",
    table(
        Table(
            PoliciesTable,
            optional_key(
                "reason-length", whole(1, 500), "a whole number from 1 to 500: the fewest characters of a reason"
            ),
            optional_key("expiry", truth(), "true or false: whether every waiver needs a last day"),
            optional_key(
                "expiry-days", whole(1, 36_500), "a whole number from 1: the most days until a waiver expires"
            ),
            optional_key(
                "seen-doses", truth(), "true or false: whether every source of the doses has to have been seen"
            ),
        )
    ),
    "a table of reason-length, expiry, expiry-days and seen-doses, as [policies]",
)
_PER_FILE = Table(
    PerFileTable,
    optional_key(
        "ignore",
        _CODES,
        f"{_CODES_ARE}, to leave out; F001 to F006 too, for files that are no regimens, which are then not judged",
    ),
    _EXTEND_SELECT,
    _SEVERITY,
    _LIMITS,
    _FAIL_ON,
    _STRICT,
    _POLICIES,
)
CONFIGURATION_FILE = Table(
    ConfigurationFile,
    optional_key(
        "extend",
        text(),
        "the path of another configuration, from this one's folder, whose settings hold where this one has none",
    ),
    optional_key(
        "exclude",
        array(text(), most=_MOST_OF_EACH),
        'an array of patterns of paths, as in a .gitignore, such as ["drafts/"]: left out when a folder is checked',
    ),
    optional_key(
        "respect-gitignore", truth(), "true or false: whether what .gitignore files name is left out too; true if unset"
    ),
    optional_key(
        "force-exclude", truth(), "true or false: whether files that are named one by one are left out as well"
    ),
    optional_key("select", _CODES, f"{_CODES_ARE}: the only ones to ask"),
    _EXTEND_SELECT,
    optional_key("ignore", _CODES, f"{_CODES_ARE}, to leave out"),
    optional_key(
        "per-file-ignores",
        table_of(_CODES, _MOST_OF_EACH),
        'a table of file patterns with the codes left out there, such as { "old/*.toml" = ["D2"] }',
    ),
    optional_key(
        "per-file",
        table_of(table(_PER_FILE), _MOST_OF_EACH),
        'a table of file patterns with what is set there, such as [per-file."trials/**"]',
    ),
    _SEVERITY,
    _LIMITS,
    _FAIL_ON,
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
    _STRICT,
    _POLICIES,
)
