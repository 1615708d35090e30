"""Every JSON document that a command prints says what it is, and is what its schema says, to the last key."""

import ast
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise, product
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema_rs import Draft202012Validator, meta

import blinplan
from blinplan.api.schema import schema_names
from blinplan.fingerprint import model_hash, model_version
from blinplan.reports.shared.document import DocumentKind, document_schema, document_schemas
from blinplan.version import __version__
from tests.program import Run

SITE = """
site = 1
name = "Ward 7"
time_zone = "Europe/Berlin"
change_time = "10:00"
closed = ["tuesday", "saturday", "sunday"]
bag = [{ hours = 48, fill_ml = 276 }, { hours = 72, fill_ml = 140, in_use_hours = 168 }]
"""
RECORD = """
record = 1
regimen = "rr-adult"
start = 2026-11-02T10:00:00
time_zone = "Europe/Berlin"
weight_kg = 70
[[interruption]]
stopped = 2026-11-12T14:00:00
restarted = 2026-11-15T14:00:00
resolved = 2026-11-14T09:00:00
cause = "cytokine-release-syndrome"
grade = 3
cycle = 1
[[cycle_start]]
cycle = 2
started = 2026-12-21T10:00:00
[[bag]]
number = 1
hung = 2026-11-04T10:00:00
prepared = 2026-11-04T08:00:00
taken_down = 2026-11-04T16:00:00
dose = "28 mcg/day"
hours = 48
rate_ml_per_hour = 5
[[bag]]
number = 2
hung = 2026-11-04T16:00:00
dose = "9 mcg/day"
hours = 48
[[place]]
since = 2026-12-21T10:00:00
site = "ward.toml"
[[closure]]
first_day = 2027-01-31
last_day = 2027-02-02
why = "the ward moves"
[end]
at = 2027-06-01T10:00:00
reason = "other"
why = "moved away"
"""
SETTINGS = """
[severity]
D202 = "warning"
[limits]
step_length = { value = 6, reason = "protocol 1" }
"""
DATED = "plan rr-adult --weight 82 --height 178 --start 2026-11-02T10:00 --time-zone Europe/Berlin -f json"
VERIFIED = f"{DATED.replace('plan', 'verify', 1)} --mcg 10 --total-ml 275 --rate 10"
SIMULATED = "check rr-adult slips.toml broken.toml missing.toml record.toml --patients 20 -f json"
DIFFERENCE_COMPARED = "diff nhl-5 nhl-15 --compare --patients 20 --cycles 1 -f json"
COMPARISON = "compare nhl-5 nhl-15 tower --patients 20 --cycles 1 --uncertainty 2 --by-day 2 --site ward.toml -f json"
OVER_MODELS = "compare nhl-5 nhl-15 --uncertainty plausible --sets 3"
KINDS = tuple(document_schemas())
SEARCH = (
    "search rr-adult --cycle 1 --steps 2 --doses 5,9,28 --lengths 4,7 --minimise il6_peak --require"
    " b_depleted_by_14>=50% --search-patients 20 --patients 20 --sets 1 --show 1 -f json"
)
NEEDS_MORE = (
    ("check", SIMULATED),
    ("check", "check rr-adult --no-simulate --patient weight=38,height=140 -f json"),
    ("check-lines", "check rr-adult slips.toml broken.toml missing.toml --no-simulate -f jsonl"),
    ("statistics", "check rr-adult slips.toml --no-simulate --statistics -f json"),
    ("settings", "check rr-adult slips.toml --show-settings -f json"),
    ("plan", "plan rr-adult --weight 38 --height 150 -f json"),
    ("plan", "plan rr-below-45-kg --bsa 1.1 -f json"),
    ("plan", "plan nhl-60 --weight 70 --height 175 -f json"),
    ("plan", DATED),
    ("plan", f"{DATED} --site ward.toml"),
    (
        "verification",
        f"{DATED} --site ward.toml --at 2026-10-20T12:00 --mcg 10 --total-ml 275 --rate 10".replace(
            "plan", "verify", 1
        ),
    ),
    ("verification", f"{DATED} --at 2026-10-01T12:00 --mcg 10 --total-ml 275 --rate 10".replace("plan", "verify", 1)),
    ("plan", f"{DATED} --view expected"),
    ("plan", f"{DATED} --site ward.toml --view starts"),
    ("agenda", "due --plans . --today 2026-11-04 --site ward.toml -f json"),
    ("plan", "plan rr-adult --record record.toml --site ward.toml -f json"),
    ("plan", "plan rr-adult --record record.toml --view delivered --patients 20 -f json"),
    ("simulation", "simulate rr-adult --patients 20 -f json"),
    ("simulation", "simulate rr-adult --typical -f json"),
    ("simulation", "simulate rr-adult --patients 5 --uncertainty 2 -f json"),
    ("evidence", "evidence --patients 50 -f json"),
    *(("rule", f"rule {code} -f json") for code in ("D202", "T501", "W901", "A701", "I801")),
    ("baseline", "check slips.toml --no-simulate --write-baseline known.json"),
    ("simulation", "simulate rr-adult --patients 20 --first 31 -f json"),
    ("difference", "diff rr-adult rr-2014 -f json"),
    ("difference", DIFFERENCE_COMPARED),
    ("comparison", "compare rr-adult rr-2014 --patients 20 --no-findings -f json"),
    ("comparison", COMPARISON),
    (
        "comparison",
        "compare nhl-5 nhl-15 --patients 5 --cycles 1 --uncertainty plausible --sets 3 --no-findings -f json",
    ),
    ("sweep", "sweep nhl-5 --vary dose=0.5,5,60 --by-day 28 --patients 20 -f json"),
    (
        "sweep",
        "sweep nhl-5 --vary dose=x1,x3 --vary parameters.kill_rate=x1,x2 --patients 5 --uncertainty plausible --sets 2"
        " --endpoints b_depleted_cycle_1 -f json",
    ),
    ("search", SEARCH),
    ("search", f"{SEARCH} --require il6_peak<=label --sets 0"),
    ("sensitivity", "sensitivity nhl-5 --parameters clearance,kill_rate --samples 2 -f json"),
    (
        "sensitivity",
        "sensitivity nhl-5 --method sobol --parameters clearance,kill_rate --samples 2 --patients 3"
        " --endpoints b_depleted_cycle_1,il6_peak --by-day 2 -f json",
    ),
    ("sensitivity", "sensitivity nhl-5 --method correlation --patients 20 -f json"),
    ("stretch", "simulate rr-adult --patients 20 -o part.npz"),
    ("stretch", "simulate rr-below-45-kg --patients 20 --first 31 --measured -o part.npz"),
    ("stretch", "simulate nhl-5 --patients 3 --every 7d --measured -o part.npz"),
    ("table", "simulate rr-below-45-kg --patients 3 --first 31 --measured -o part.csv"),
    ("table", "simulate nhl-5 --patients 3 --first 2 --every 7d -o part.csv"),
    ("table", "simulate nhl-5 --patients 2 --first 1 --uncertainty plausible --sets 2 -o part.csv"),
)
"""What prints or writes the kinds that need files, or more than one command, to be seen whole."""


def command_of(kind: str) -> str:
    """The command that prints a kind, as its schema describes it."""
    found = re.search(r"`blinplan ([^`]+)`", document_schema(kind)["description"])
    assert found is not None, f"the schema of {kind} does not say which command prints it"
    return found[1]


_NEED_MORE = {kind for kind, _ in NEEDS_MORE}
PRINTED = (*NEEDS_MORE, *((kind, command_of(kind)) for kind in KINDS if kind not in _NEED_MORE))
SLOW = {SIMULATED, DIFFERENCE_COMPARED, COMPARISON, "simulate rr-adult --patients 5 --uncertainty 2 -f json"}
QUICK = {(kind, line) for kind, line in dict(reversed(PRINTED)).items() if line not in SLOW}
"""The first that shows each kind."""
_OF_TIMES = {"p90", "never", "total"}
OPTIONAL = {
    "comparison": {"drawn", "first", "record", "given_baselines", "sets_of"},
    "baseline": {"manifest"},
    "plan": {"delivered", "expected", "starts", *_OF_TIMES, "sooner", "later", "difference"},
    "simulation": {"median", "p5", "p95", "count", "share", "low", "high", "by_day", "first", "sets_of", *_OF_TIMES}
    | {f"{what}_over_sets_{end}" for what in ("median", "share") for end in ("p5", "p95")},
    "sensitivity": {
        *("drawn", "within", "samples", "resamples", "levels", "parameters", "salib"),
        *("mu_star", "mu_star_conf", "mu", "sigma", "total", "total_conf", "first", "first_conf"),
        *("rho", "low", "high", "patients"),
    },
    "sweep": {"drawn", "given_baselines", "sets_of"},
    "stretch": {"first", "drawn", "measured_seed", "every_minutes"},
    "table": {"first", "drawn", "measured_seed", "every_minutes", "plausible_models", "sha256"},
}
"""Keys that a document of a kind need not have: what was not asked for."""


def closed(schema: Any) -> Any:
    """The schema where it knows every key: one that it does not name is refused."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(part) for key, part in schema.items()}
    describes_keys = isinstance(schema.get("properties"), dict) and "type" in schema
    return {"additionalProperties": False, **inner} if describes_keys else inner


def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(closed(document_schema(kind)), validate_formats=True)


@pytest.fixture
def printed(inside: Run, tmp_path: Any, request: pytest.FixtureRequest) -> list[Any]:
    """The documents that a command prints: one, or one a line."""
    files = {"ward.toml": SITE, "record.toml": RECORD, "blinplan.toml": SETTINGS, "broken.toml": "= 1\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    kind, command = request.param
    if "slips.toml" in command:
        ours = inside("new", "ours", "--from", "rr-adult", "--cycles", "4", "--title", "Ours", "--citation", "P 1").out
        (tmp_path / "slips.toml").write_text(ours.replace("28 mcg/day", "28.0 µg/d"), encoding="utf-8")
    ran = inside(*command.split())
    out = ran.out
    assert out or kind in {"stretch", "table"}, f"its schema names `blinplan {command}`, which says: {ran.err}"
    if kind == "baseline":
        out = (tmp_path / "known.json").read_text(encoding="utf-8")
    if kind == "stretch":
        out = ZipFile(tmp_path / "part.npz").read("stretch.json").decode()
    if kind == "table":
        out = (tmp_path / "part.csv.json").read_text(encoding="utf-8")
    return [json.loads(line) for line in out.splitlines()] if kind == "check-lines" else [json.loads(out)]


def lines_by_day_and_night() -> Iterator[Any]:
    """The first line of each kind, and each third of the others; at night all."""
    yield from ((kind, (kind, line)) for kind, line in PRINTED if (kind, line) in QUICK)
    for place, (kind, line) in enumerate(one for one in PRINTED if one not in QUICK):
        marks = [pytest.mark.slow, *([pytest.mark.nightly] if place % 3 else [])]
        yield pytest.param(kind, (kind, line), marks=marks)


@pytest.mark.parametrize(("kind", "printed"), list(lines_by_day_and_night()), indirect=["printed"])
def test_what_a_command_prints_is_what_its_schema_says_and_nothing_else(kind: str, printed: list[Any]) -> None:
    check = validator(kind)
    for document in printed:
        check.validate(document)
    seen: set[tuple[str, ...]] = set()
    for whole, members in product(printed, (*ALONE, slice(3))):
        document = few(whole, members)
        if members in ALONE and not check.is_valid(document):
            continue  # it has a list of two at least
        assert check.is_valid(document)
        for place, parent, key in places(document, (document.get("record", ""),)):
            if place not in seen:
                seen.add(place)
                found = accepted(check, document, parent, key, place[-1]) - OPTIONAL.get(kind, set())
                assert not found, f"{'.'.join(place)}: {found}; a key that is always there is in `required`"


def accepted(check: Draft202012Validator, document: Any, parent: Any, key: Any, name: str) -> set[str]:
    """What the schema lets pass, of a value left out, one of another kind, and a key that it does not know."""
    was, passed = parent[key], set()
    parent[key] = {"no such key": {"at": "all"}}
    passed |= {f"anything as {name}"} if check.is_valid(document) else set()
    if isinstance(was, dict):
        parent[key] = {**was, "no such key": {"at": "all"}}
        passed |= {f"any key in {name}"} if check.is_valid(document) else set()
    if isinstance(parent, dict):
        del parent[key]
        passed |= {name} if check.is_valid(document) and not by_name(parent, was) else set()
    parent[key] = was
    return passed


ALONE = (slice(1), slice(1, 2), slice(2, 3))
"""Most places are in a document with one member of each list, which is judged in a fraction of the time."""


def few(value: Any, members: slice) -> Any:
    """A document with few members of each of its lists: enough to see what the schema says of them."""
    if isinstance(value, list):
        return [few(inner, members) for inner in value[members] or value[:1]]
    if isinstance(value, dict):
        names = list(value)[:2] if len(value) > 25 else value
        return {name: few(value[name], members) for name in names}
    return value


def by_name(parent: dict[str, Any], value: Any) -> bool:
    """Whether an object lists things by names of their own, of which one more or less is none the wrong."""
    others = [*parent.values(), value]
    alike = all(isinstance(other, dict) and set(other) == set(value) for other in others) if value else False
    return isinstance(value, dict) and alike and not {"value", "delivered", "start"} & set(parent)


def places(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Every place in a document, with what holds it; the members of a list are one place."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, inner in pairs:
        place = (*path, str(key) if isinstance(value, dict) else "[]")
        yield place, value, key
        yield from places(inner, place)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_document_has_one_head(kind: str) -> None:
    schema = document_schema(kind)
    meta.validate(schema)
    head = schema["$defs"]["manifest"] if kind == "check-lines" else schema
    assert head["properties"]["format"] == {"const": f"blinplan-{kind}"}
    assert head["properties"]["version"] == {"const": 2 if kind == "baseline" else 1}
    made_with = head if kind == "check-lines" else head["properties"]["manifest"]
    asked = {"blinplan", "python", "model", "model_version"}
    assert asked <= set(made_with["required"]) <= set(made_with["properties"])
    assert {command_of(kind).split()[0]} == {line.split()[0] for printed, line in PRINTED if printed == kind}


@pytest.mark.slow
def test_every_kind_is_declared_by_the_view_that_its_schema_is_beside() -> None:
    reports = Path(blinplan.__path__[0]) / "reports"
    texts = {file: text for file in reports.rglob("*.py") if "DocumentKind" in (text := file.read_text("utf-8"))}
    calls = [(file, node) for file, text in texts.items() for node in ast.walk(ast.parse(text))]
    declared = {
        (file.relative_to(reports).parts[0], ast.literal_eval(node.args[0]))
        for file, node in calls
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "DocumentKind"
    }
    assert declared == {(schema.parents[1].name, kind) for kind, schema in document_schemas().items()}
    assert len(declared) > 10


def test_every_schema_is_printed_by_its_name(inside: Run) -> None:
    assert {"regimen", "record", "site", "report", "baseline"} < set(schema_names())
    assert set(schema_names()) - {"regimen", "record", "site", "report"} == set(KINDS) - {"check"}
    for kind in KINDS:
        assert inside("schema", "report" if kind == "check" else kind).json == document_schema(kind)


def test_a_head_says_the_format_its_version_and_what_the_document_was_made_with() -> None:
    head = DocumentKind("rules").head()
    assert list(head) == ["format", "version", "manifest"]
    assert (head["format"], head["version"]) == ("blinplan-rules", 1)
    assert (head["manifest"]["blinplan"], head["manifest"]["model"]) == (__version__, model_hash())
    assert head["manifest"]["model_version"] == model_version()
    assert DocumentKind("plan").head({"seed": 1})["manifest"] == {"seed": 1}


def test_a_schema_that_would_accept_anything_is_found() -> None:
    """The check above can fail: a schema without the type of one key, and one without one requirement."""
    schema = closed(document_schema("rules"))
    document = {**DocumentKind("rules").head(), "blinplan": "1", "rules": []}
    assert accepted(Draft202012Validator(schema), document, document, "rules", "rules") == set()
    loose = deepcopy(schema)
    loose["properties"]["rules"] = {}
    loose["required"].remove("rules")
    found = accepted(Draft202012Validator(loose), document, document, "rules", "rules")
    assert found == {"anything as rules", "rules"}


def test_a_plan_without_what_was_added_later_is_still_a_ledger(inside: Run, tmp_path: Any) -> None:
    """The ledger of an older document gives the plan that the record gave."""
    (tmp_path / "ward.toml").write_text(SITE, encoding="utf-8")
    (tmp_path / "record.toml").write_text(RECORD, encoding="utf-8")
    made = inside("plan", "rr-adult", "--record", "record.toml", "-f", "json").json
    older = {key: made[key] for key in ("format", "version", "manifest", "patient", "dated")}
    older["manifest"] = {"input": made["manifest"]["input"]}
    (tmp_path / "older.json").write_text(json.dumps(older), encoding="utf-8")
    again = inside("plan", "rr-adult", "--ledger", "older.json", "-f", "json").json
    assert {**again["dated"]} == {**made["dated"]}
    assert again["events"] == made["events"]
    assert all(first["stop_minute"] == then["start_minute"] for first, then in pairwise(again["events"]))
