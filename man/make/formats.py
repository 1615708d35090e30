"""The pages of the files that the program reads, from the tables that it reads them with."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blinplan.regimen.record.tables import RECORD_FILE
from blinplan.regimen.schema import REGIMEN_FILE
from blinplan.regimen.site.tables import SITE_FILE
from blinplan.regimen.toml.table import Key, Table
from blinplan.rules.configuration.keys import CONFIGURATION_FILE
from blinplan.rules.limits import shipped_limits
from man.make import roff

_LONGEST_TEXT = 500
_REGIMEN = """\
format = 1
name = "two-step"
title = "Two steps by body surface area, two cycles"
indication = "relapsed-refractory"

[[sources]]
citation = "Protocol 1234, section 5"
status = "unverified"

[eligibility]
below_weight_kg = 45

[dosing]
basis = "bsa"

[premedication]
drug = "dexamethasone"
dose = "5 mg/m2"
max = "20 mg"
before = ["first-start", "escalation", "first-cycle-restart"]

[monitoring]
hospital_days = [9, 2]

[[cycle]]
name = "Cycle 1"
steps = [
  { dose = "5 mcg/m2/day", max = "9 mcg/day", days = 7 },
  { dose = "15 mcg/m2/day", max = "28 mcg/day", days = 21 },
]
treatment_free_days = 14

[[cycle]]
name = "Cycle 2"
steps = [{ dose = "15 mcg/m2/day", max = "28 mcg/day", days = 28 }]
treatment_free_days = 14
"""
_RECORD = """\
record = 1
regimen = "rr-adult"
start = 2026-11-02T10:00:00
time_zone = "Europe/Berlin"
weight_kg = 70

[[interruption]]
stopped = 2026-11-12T14:00:00
resolved = 2026-11-14T08:00:00
restarted = 2026-11-15T14:00:00
cause = "cytokine-release-syndrome"
grade = 3
cycle = 1
restart_dose = "9 mcg/day"
premedicated = true
restart_in = "same-cycle"
"""
_SITE = """\
site = 1
name = "Ward 5"
time_zone = "Europe/Berlin"
change_time = "10:00"
closed = ["sunday"]
holidays = [2026-12-25]
prepared_hours_before = 20
kept = "refrigerated"

[[bag]]
hours = 24
fill_ml = 276
stabiliser_ml = 5.5

[[bag]]
hours = 48
fill_ml = 276
stabiliser_ml = 5.5

[[syringe]]
ml = 3
graduation_ml = 0.1

[[syringe]]
ml = 10
graduation_ml = 0.2
"""
_CONFIGURATION = """\
exclude = ["drafts/"]
ignore = ["D205"]
fail-on = "warning"
patients = 2000

[severity]
D202 = "note"

[per-file."trials/**"]
ignore = ["C603", "C604"]
fail-on = "error"

[per-file-ignores]
"tools/*.toml" = ["F"]

[limits]
step_length = { value = 5, reason = "Site protocol 12, section 4" }
"""


@dataclass(frozen=True, slots=True)
class Format:
    """A file: the table of its keys, what it is, what to know before the keys, and one that is accepted."""

    table: Table[Any]
    sentence: str
    about: Sequence[str]
    example: str
    example_is: str
    also: Sequence[str]


FORMATS: Mapping[str, Format] = {
    "blinplan-regimen.5": Format(
        REGIMEN_FILE,
        "The file of a blinatumomab regimen.",
        (
            "A regimen is a text file in TOML, in UTF-8, one regimen a file. Doses are texts with their unit, because a"
            " bare number is how thousandfold errors happen. Unknown keys are errors, and the nearest known key is"
            " named; nothing is repaired or filled in unsaid.",
            "`blinplan schema > regimen.schema.json` writes the JSON Schema of this file. With"
            " `#:schema ./regimen.schema.json` as the first line of a regimen, editors complete and check it.",
            "What protocols do is said in their words. Chemotherapy between two cycles is the `treatment_free_days` of"
            " the first, with its `interval_reason`: no rule then asks for other days. A cycle of another `block`"
            " begins after an interval of its own, and an `optional` one is marked wherever the plan is shown. A"
            " pre-phase, intrathecal prophylaxis or a drug that is given with blinatumomab is [[due]] on days counted"
            " from the starts of cycles, with its dose in words, also by age. A dose once a week is a cycle of"
            " `hours = 24` with `treatment_free_days = 6`, and `repeat`; that it is no continuous infusion is said by"
            " rule S308, and so it is neither planned nor simulated.",
            "An investigational regimen says with `departs_from` which of those that come with blinplan it was made"
            " from, and with `departure` at a step, a cycle or a premedication what is otherwise there, why, and which"
            ' of its sources gives it so: `departure = { reason = "4 days in the run-in", source = "NCT04994717" }`.'
            " A step's is for its dose, cap and length; a cycle's for its interval, its days of infusion, and that it"
            " is given at all; that of premedication for its drug, dose, cap, time and occasions.",
            "blinplan plans continuous intravenous infusion only. A file that says another route, in a key or in a"
            ' dose, such as `"250 mcg SC"` or `"250 mcg once daily"`, is refused at that word (F008): the model knows'
            " no absorption. The one route may be written in any case and spelling, as `CIVI` or `i.v.`; what else"
            " stands at `route` is taken for another one, and words of a dose that are not known are asked about.",
        ),
        _REGIMEN,
        "Two cycles with doses by body surface area, each with its cap. `blinplan regimens` lists those that come"
        " with blinplan.",
        ("blinplan.1", "blinplan-check.1", "blinplan-schema.1", "blinplan-record.5", "blinplan-site.5"),
    ),
    "blinplan-record.5": Format(
        RECORD_FILE,
        "The record of what happened to one patient's course.",
        (
            "A course record is a text file in TOML, in UTF-8. It says since when a patient is on which regimen, and"
            " every interruption of the infusion: when, why, and how it was started again. It never changes the"
            " regimen. `blinplan plan REGIMEN --record FILE` says what the label asks after each interruption, and"
            " plans the rest; `blinplan check FILE` says whether each restart was the one that the label asks for.",
            "A time of day without an offset is local time in `time_zone`. What is not known is left out; where the"
            " label's answer depends on it, that is said. `blinplan schema record` prints the JSON Schema of this"
            " file.",
        ),
        _RECORD,
        "An infusion stopped in cycle 1 for cytokine release of grade 3, and started again three days later.",
        ("blinplan.1", "blinplan-check.1", "blinplan-plan.1", "blinplan-schema.1", "blinplan-regimen.5"),
    ),
    "blinplan-site.5": Format(
        SITE_FILE,
        "The profile of a site that prepares bags.",
        (
            "A site profile is a text file in TOML, in UTF-8. It says which bags a pharmacy prepares, and when a ward"
            " changes them. `blinplan plan REGIMEN --site FILE --view bags` finds a sequence of bags that obeys it with"
            " the fewest changes; `blinplan check REGIMEN --site FILE` checks its bags too.",
            "A volume that the site does not give is not guessed: what depends on it is shown as not evaluated."
            " `blinplan schema site` prints the JSON Schema of this file.",
        ),
        _SITE,
        "Bags for one and two days, changed at ten in the morning but on Sundays and on one holiday.",
        ("blinplan.1", "blinplan-check.1", "blinplan-plan.1", "blinplan-schema.1", "blinplan-record.5"),
    ),
    "blinplan-configuration.5": Format(
        CONFIGURATION_FILE,
        "The settings of a project for blinplan check.",
        (
            "`blinplan check` takes the settings for a regimen from the file `blinplan.toml`, or from the table"
            " `[tool.blinplan]` of the file `pyproject.toml`, in the folder of the regimen or the nearest one above."
            " That one decides about the file alone, also what counts there, whichever folders are checked together;"
            " where it says nothing of how a run goes, the configuration of the current folder is heard, which cannot"
            " let an error of another folder pass. Options of the command line win. `blinplan check --show-settings`"
            " says what is set, and where.",
            "Rules are named by a code, the beginning of one, a name, or ALL. Rules that say a thing cannot be read or"
            " cannot be given are always asked, whatever is selected or left out. A changed limit is shown in every"
            " finding that it decides.",
            "`extend` takes the settings of another configuration over, which may extend a third one. A value goes in"
            " place of the other's; `extend-select`, `ignore`, `exclude`, `severity`, `limits`, `per-file` and"
            " `per-file-ignores` are added to it, and go first where both speak of one thing. A `select` takes the"
            " place of the other's choice, and what it or `extend-select` names is no longer left out by the other's"
            " `ignore`. Paths and patterns count from the folder of the file that they stand in; patterns of a file"
            " that lies beside the folder, and not above it, count from the folder that takes them over.",
            "`exclude` is read as git reads a .gitignore beside the configuration, and says what is left out when a"
            " folder is checked. So are the .gitignore files of the repository, of every folder from its top down, and"
            " its .git/info/exclude; without a repository, those from the folder of the configuration down. A file that"
            " git tracks all the same is checked; where git is not there, the patterns decide. A file of more than"
            " 10,000 lines is refused, and so are more than 5,000 entries of a key here. Files in hidden folders"
            " are left out too. The summary and every document say what was left out, and by which line. What is named"
            " is checked all the same, unless `force-exclude` is true.",
            "The patterns of `per-file` and `per-file-ignores` are laid beside the path of a file from the folder of"
            " the configuration, and beside its name: a star goes through folders, and the name of a folder means all"
            " in it. What is set there goes before what is set for all files, and a later pattern before an earlier"
            " one. A pattern that means no file is told where all of the folder was checked.",
            "Rules F001 to F006 can be left out or lowered for files that a pattern means, and nowhere else: files that"
            " are no regimens, or not yet. A file of which every problem is left out is not judged: no rule passes, and"
            " it is counted apart; where no file is judged, the status is 2."
            " F007, F008 and the other rules that bind cannot be left out.",
        ),
        _CONFIGURATION,
        "A `blinplan.toml`. In a pyproject.toml the same keys stand under `[tool.blinplan]`, and the tables are"
        " `[tool.blinplan.severity]` and so on.",
        ("blinplan.1", "blinplan-check.1", "blinplan-site.5", "blinplan-rules.7"),
    ),
}
"""The pages of section 5."""


def pages() -> dict[str, str]:
    """The pages of section 5."""
    return {name: _page(name, about) for name, about in FORMATS.items()}


def _page(name: str, about: Format) -> str:
    limits = _limits() if about.table is CONFIGURATION_FILE else []
    return roff.page(
        name[:-2],
        5,
        about.sentence,
        roff.section("description", *map(roff.paragraph, about.about)),
        roff.section("keys", *_tables(about.table)),
        roff.section("limits", *limits),
        roff.section("examples", roff.paragraph(about.example_is), roff.example(about.example)),
        roff.see_also(about.also),
    )


def _limits() -> Iterator[list[str]]:
    yield roff.paragraph("These limits can be changed. What the source says, and the rules, are in blinplan-rules(7).")
    for name, limit in shipped_limits().items():
        if limit.fixed is None:
            yield roff.item(roff.bold(name), roff.paragraph(f"{limit.number}: {limit.citation}."))


# --- the keys of the tables -----------------------------------------------------------------------------------------


def tables(table: Table[Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, Table[Any]]]:
    """A table and all inside, each with the heading it is found under, in the order of the keys."""
    yield _heading(path), table
    for key in table.keys.values():
        if key.kind.table is not None:
            yield from tables(key.kind.table, (*path, _written(key)))


def _heading(path: tuple[str, ...]) -> str:
    if not path:
        return "At the top of the file"
    if len(path) == 1:
        return path[0]
    around = path[-2].removeprefix(_EACH)
    return f"{path[-1]} of {around}" if path[-1].startswith(_EACH) else f"{path[-1].strip('[]')} in {around}"


_EACH = "Each value in "


def _written(key: Key) -> str:
    """How a table inside is written in the file."""
    match key.kind.json:
        case {"type": "array"}:
            return f"[[{key.name}]]"
        case {"type": "object"}:
            return f"{_EACH}[{key.name}]"
        case {"anyOf": _}:
            return f"[{key.name}] or [[{key.name}]]"
    return f"[{key.name}]"


def _tables(top: Table[Any]) -> Iterator[list[str]]:
    for heading, table in tables(top):
        said = [] if table is top else [(table.values.__doc__ or "").strip(), *_alternatives(table)]
        keys = [_key(key) for key in table.keys.values()]
        yield roff.subsection(heading, *map(roff.paragraph, said), *keys)


def _alternatives(table: Table[Any]) -> list[str]:
    groups = [" and ".join(f"`{name}`" for name in one["required"]) for one in table.json_schema().get("oneOf", ())]
    return [f"Exactly one of {' and '.join(groups)} is given."] if groups else []


def _key(key: Key) -> list[str]:
    need = "required" if key.required else "optional"
    tag = f"{roff.bold(key.name)} ({roff.escaped(_kind(key.kind.json))}, {need})"
    words = _words(key.kind.json)
    said = key.description
    for word in sorted(words, key=len, reverse=True):
        said = said.replace(f'"{word}"', word)
    return roff.item(tag, [".PP", *roff.filled(" ".join((f"{_with_words(said, words)}.", *_bounds(key))))])


def _with_words(said: str, words: Sequence[str]) -> str:
    """A description with the words that the key may hold set apart."""
    if not words:
        return roff.marked(said)
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return roff.marked(re.sub(rf"(?<![\w-])({pattern})(?![\w-])", r"[bold]\1[/bold]", said))


def _words(json: Mapping[str, Any]) -> Sequence[str]:
    found: Sequence[str] = json.get("enum") or json.get("items", {}).get("enum", ())
    return found


_KINDS = {
    "$ref": "table",
    "enum": "word",
    "examples": "text with a unit",
    "date": "date",
    "date-time": "date and time",
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}


def _kind(json: Mapping[str, Any], *, many: bool = False) -> str:
    match json:
        case {"type": "array", "items": inside}:
            return f"array{'s' * many} of {_kind(inside, many=True)}"
        case {"type": "object", "additionalProperties": inside}:
            return f"table of {_kind(inside, many=True)}"
        case {"anyOf": [one, several]}:
            return f"{_kind(one)} or {_kind(several)}"
        case {"anyOf": [_, _, _]}:
            return "text, number, date or array of such"
    telling = [mark for mark in ("$ref", "enum", "examples") if mark in json]
    one = _KINDS[telling[0] if telling else json.get("format", json.get("type"))]
    return f"{one}s" if many else one


def _bounds(key: Key) -> Iterator[str]:
    """What a key may hold, where its description does not say it."""
    said, json = key.description, key.kind.json
    if any(word not in said for word in _words(json)):
        yield f"One of {', '.join(map(roff.bold, _words(json)))}."
    numbers = json.get("items", json)
    if "minimum" in numbers and not _said(said, numbers["maximum"]):
        lowest = numbers["minimum"]
        highest = _large(numbers["maximum"])
        yield f"At most {highest}." if f"from {lowest}" in said else f"From {lowest} to {highest}."
    if "exclusiveMinimum" in json and "above" not in said:
        highest = f", at most {json['maximum']}" if "maximum" in json else ""
        yield f"Above {json['exclusiveMinimum']}{highest}."
    if json.get("minItems") and "at least one" not in said:
        yield "At least one."
    if "maxItems" in json:
        yield f"At most {json['maxItems']}."
    if 9 < json.get("maxLength", _LONGEST_TEXT) < _LONGEST_TEXT and "examples" not in json:
        yield f"At most {json['maxLength']} characters."
    if key.default is not None and "if not given" not in said:
        yield f"Default: {key.default}."


def _said(said: str, number: int) -> bool:
    return f"{number:,}" in said or str(number) in said


def _large(number: int) -> str:
    return roff.escaped("2^63 - 1") if number == 2**63 - 1 else f"{number:,}"
