"""blinplan-endpoints(7), and the keys in the schema of a simulation, from the definitions of the endpoints."""

import json
import re
from collections.abc import Iterator
from typing import Any

from blinplan.reports.shared.document import document_schema
from blinplan.reports.simulation.data import column_name
from blinplan.simulation.endpoints.definition import GROUPS, Definition, EndpointKind
from blinplan.simulation.endpoints.own import COMPARISONS
from blinplan.simulation.endpoints.table import ENDPOINTS
from blinplan.simulation.endpoints.wording import EXAMPLE, GRAMMAR, QUANTITIES, read_endpoint, units_of
from man.make import roff

PAGE = "blinplan-endpoints.7"
_ABOUT = (
    "Under each key, as `--endpoints` takes it and JSON has it, stand the unit, when the endpoint is looked at, and how"
    " it is measured. What stands in braces the regimen decides: the number of a cycle, a dose, a day. The column in"
    " CSV and Parquet has the same name, and the unit behind it where the key does not say it.",
    "A day is counted from the start of the course, where the first infusion begins: day 2 is 48 hours after it.",
    "Of a number the tables show median and 5th to 95th percentile of the patients in whom it occurs. Of a time they"
    " show by when half and nine in ten of all patients at risk are there, and how many never are, within the window:"
    " they count as later than everybody. So a dose under which fewer get somewhere does not look faster. What happens"
    " or not has its share of the patients at risk, with Wilson's 95 % interval.",
    "`--by-day 2,7,28` gives, for each time, the share of all patients at risk who are there by these days; for a time"
    " that runs from a peak, within so many days of it. By a day before the window of a time no share is shown, where"
    " all patients have the same course.",
)
_OWN = (
    f'`--endpoint "{EXAMPLE}"` measures an endpoint of your own, and can be given more than once. It is written as'
    f" {GRAMMAR}.",
    "It comes out as three: whether a patient is ever beyond the level, the day of being so first, and the days of it,"
    " added up. Their keys begin alike: `{key}`, `{key}_day`, `{key}_days`.",
    "`above` and `below` leave the level itself out, `at least` and `at most` take it in. A level of baseline is each"
    " patient's own before treatment. `in cycle N` is the whole cycle, its free interval included, of the patients who"
    " are infused in it: who is off the drug by then is neither among those who are beyond the level nor among the"
    " others. `by day N` begins at the start of the course; without a window it is the whole course. Both are of all"
    " patients.",
    "Instead of the words, the signs > < >= <= can stand; capital letters, spaces and hyphens do not matter.",
)


def pages() -> dict[str, str]:
    """The page of section 7."""
    own = read_endpoint(EXAMPLE)
    return {
        PAGE: roff.page(
            PAGE[:-2],
            7,
            "What blinplan simulate measures in virtual patients.",
            roff.section("description", *map(roff.paragraph, _ABOUT)),
            roff.section("endpoints", *(_group(group) for group in GROUPS)),
            roff.section(
                "endpoints of your own",
                *(roff.paragraph(text.replace("{key}", own.key)) for text in _OWN),
                *_quantities(),
            ),
            roff.see_also(("blinplan.1", "blinplan-simulate.1", "blinplan-report.1")),
        )
    }


def _group(group: str) -> list[str]:
    return roff.subsection(group, *(_item(one) for one in ENDPOINTS if one.group == group))


def _item(one: Definition) -> list[str]:
    unit = f", {one.unit}" if one.unit else ""
    kind = {EndpointKind.EVENT: "yes or no", EndpointKind.TIME: "a time"}.get(one.kind, "")
    column = column_name(one.key, one.unit)
    said = [f"{one.label[0].upper()}{one.label[1:]}", *([kind] if kind else [])]
    lines = [f"{': '.join([', '.join(said), one.measured])}.", f"Window: {one.window}."]
    if column != one.key:
        lines.append(f"Column: `{column}`.")
    return roff.item(f"{roff.bold(one.key)}{roff.escaped(unit)}", roff.paragraph(" ".join(lines)))


def _quantities() -> Iterator[list[str]]:
    for name, shown in QUANTITIES.items():
        yield roff.item(
            roff.bold(name),
            roff.paragraph(f"{shown.meaning[0].upper()}{shown.meaning[1:]}; in {', '.join(units_of(shown.key))}."),
        )


# --- the schema -----------------------------------------------------------------------------------------------------


def simulation_schema() -> str:
    """The schema of a simulation, with the keys that its endpoints can have."""
    schema = document_schema("simulation")
    numbers = [one for one in ENDPOINTS if one.kind is not EndpointKind.EVENT]
    happens = [one for one in ENDPOINTS if one.kind is EndpointKind.EVENT]
    for part, definitions, ending in (("endpoints", numbers, "_days?"), ("shares", happens, "")):
        properties = schema["properties"][part]["items"]["properties"]
        properties["key"] = {"type": "string", "anyOf": [*map(_key, definitions), _own_key(ending)]}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _key(one: Definition) -> dict[str, Any]:
    what = f"{one.group}: {one.measured}; {one.window}{f'; {one.unit}' if one.unit else ''}"
    name = {"pattern": one.pattern} if "{" in one.key else {"const": one.key}
    return {**name, "description": what}


def _own_key(ending: str) -> dict[str, Any]:
    stems = [read_endpoint(f"{name} above 1 {units_of(shown.key)[0]}").stem for name, shown in QUANTITIES.items()]
    words = "|".join(comparison.replace(" ", "_") for comparison in COMPARISONS)
    pattern = f"^(?:{'|'.join(map(re.escape, stems))})_(?:{words})_[0-9.]+_[a-z0-9_.]+{ending}$"
    return {"pattern": pattern, "description": "what was asked for in somebody's own words"}
