"""By which route a file gives its drug, in all the ways in which people write it: there is one that can be planned.

A dose that is injected under the skin is no rate of infusion, whatever its unit. So a file that says so anywhere is
refused for that one reason, and nothing else in it is spoken of.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from blinplan.quantities import ONE_ROUTE, other_route
from blinplan.regimen import schema
from blinplan.regimen.toml.document import Document, KeyPath, Span
from blinplan.regimen.toml.problems import Problem

_ABOUT_OTHERS = frozenset({"sources", "eligibility", "premedication", "monitoring", "due", "waiver"})
"""Tables of the file that do not speak of how blinatumomab is given."""

_ROUTE_KEY = re.compile(
    r"(?:.*_)?(?:routes?|via|administ\w*|admin|roa|appli(?:cation|ed)|deliver\w*|given|mode)(?:_.*)?"
)
_DOSE_KEY = re.compile(r"(?:.*_)?doses?(?:_.*)?")
_NAMES_A_ROUTE = re.compile(
    r"(?:.*_)?(?:sub_?cut\w*|sc|sq|sub_?q|bolus(?:es)?|push|injections?|intrathecal\w*|oral\w*)(?:_.*)?"
)
"""Keys that tell of a route, keys whose text tells of a dose, and keys that are the name of a route."""

_KNOWN = frozenset(
    key for table in (schema.REGIMEN_FILE, schema.DOSING, schema.CYCLE, schema.STEP) for key in table.keys
)


def route_problem(document: Document) -> Problem | None:
    """The first place at which a file says that its drug is given by another route: a key for it, if there is one."""
    parts = [part for key, value in document.values.items() for part in _parts((key,), key, value)]
    for told in (_told_by_route(document, parts), _told_by_name(document, parts), _told_by_dose(document, parts)):
        found = min(told, key=lambda place: place[1].start, default=None)
        if found is not None:
            return _problem(document, *found)
    return None


def _parts(path: KeyPath, key: str, value: Any) -> Iterator[tuple[KeyPath, str, Any]]:
    """Everything inside a value of the file, each with the key that it stands under."""
    if path[0] in _ABOUT_OTHERS:
        return
    yield path, key, value
    if isinstance(value, Mapping):
        for inner, part in value.items():
            # What stands in a table that tells of the route tells of it too, whatever its own key is.
            yield from _parts((*path, inner), f"{key}_{inner}" if _tells_route(key) else inner, part)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _parts((*path, index), key, part)


Parts = list[tuple[KeyPath, str, Any]]
Told = Iterator[tuple[KeyPath, Span]]


def _told_by_route(document: Document, parts: Parts) -> Told:
    for path, key, value in parts:
        if isinstance(value, str) and (_tells_route(key) or path == ("dosing", "basis")):
            yield from _in_text(document, path, value)


def _told_by_name(document: Document, parts: Parts) -> Told:
    for path, key, value in parts:
        named = path[-1] == key and key not in _KNOWN and _NAMES_A_ROUTE.fullmatch(_plain(key))
        if named and value is not False and not (isinstance(value, str) and _is_prose(key)):
            yield path, document.key_span(path)


def _told_by_dose(document: Document, parts: Parts) -> Told:
    for path, key, value in parts:
        if isinstance(value, str) and (_DOSE_KEY.fullmatch(_plain(key)) or key in {"steps", "max"}):
            yield from _in_text(document, path, value)


def _tells_route(key: str) -> bool:
    return _ROUTE_KEY.fullmatch(_plain(key)) is not None and not _is_prose(key)


def _is_prose(key: str) -> bool:
    """Whether a key is there for remarks, which may speak of other regimens."""
    return bool(
        {"note", "notes", "comment", "comments", "remark", "title", "name", "reason"} & set(_plain(key).split("_"))
    )


def _plain(key: str) -> str:
    return re.sub(r"[- .]", "_", key.strip().lower())


def _in_text(document: Document, path: KeyPath, text: str) -> Told:
    if other_route(text) is None:
        return
    whole = document.value_span(path)
    written = document.text[whole.start : whole.end].strip("\"'")
    start = document.text.index(written, whole.start)
    match = other_route(written)  # None where the word is written with escapes
    yield path, whole if match is None else Span(start + match.start(), start + match.end())


def _problem(document: Document, path: KeyPath, span: Span) -> Problem:
    word = document.text[span.start : span.end].strip("\"'")
    return Problem(
        "F008",
        path,
        span,
        f'the drug is not given by continuous intravenous infusion: "{word}"',
        ONE_ROUTE,
        "plan this regimen without blinplan; nothing else in the file was checked",
    )
