"""By which route a file gives its drug, in all the ways in which people write it: there is one that can be planned.

A dose that is injected under the skin is no rate of infusion, whatever its unit. So a file that says so anywhere is
refused for that one reason, and nothing else in it is spoken of. What could name another route, in words that are not
known here, is asked about in the same way.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from blinplan.quantities import ONE_ROUTE, QUESTION, QUESTION_ADVICE, Basis, is_dose
from blinplan.regimen import schema
from blinplan.regimen.toml.document import Document, KeyPath, Span
from blinplan.regimen.toml.problems import Problem
from blinplan.words.spelling import one_slip

if TYPE_CHECKING:
    from blinplan.words.routes import RouteWord

_ABOUT_OTHERS = frozenset({"sources", "eligibility", "premedication", "monitoring", "due", "waiver"})
"""Tables of the file that do not speak of how blinatumomab is given."""

_OF_OTHER_DRUGS = frozenset(
    (
        *("chemotherapy", "chemo", "prophylaxis", "premedication", "premed", "supportive", "hydration", "concomitant"),
        *("comedication", "methotrexate", "dexamethasone", "steroid", "steroids", "flush", "fluids", "others"),
    )
)
_PROSE = frozenset(
    ("note", "notes", "comment", "comments", "remark", "remarks", "title", "name", "reason", "source", "description")
)
_TIMES = frozenset(
    ("frequency", "freq", "schedule", "interval", "timing", "times", "often", "unit", "units", "per", "every")
)
_PLACES = frozenset({"site", "place", "ward", "where", "by", "person", "date", "day", "days"})
"""Parts of keys that tell of other drugs, that are remarks, that tell how often something is given, and where."""

_KNOWN = frozenset(
    key for table in (schema.REGIMEN_FILE, schema.DOSING, schema.CYCLE, schema.STEP) for key in table.keys
)
_FALSE = frozenset({"", "-", "0", "no", "n", "none", "never", "false", "off"})


class _Part(NamedTuple):
    """A value somewhere in the file, and the key that it stands under, with those around it that tell of a route."""

    path: KeyPath
    key: str
    value: Any


class _Told(NamedTuple):
    """A place at which a file says something of a route, and whether it is known to be another one."""

    path: KeyPath
    span: Span
    known: bool = True


_Telling = Callable[[Document, list[_Part]], Iterator[_Told]]


def route_problem(document: Document) -> Problem | None:
    """The first place at which a file says that its drug is given by another route: a key for it, if there is one."""
    parts = [part for key, value in document.values.items() for part in _parts((key,), key, value) if _may_tell(part)]
    if not parts:
        return None  # most files, and the words of routes take long to make
    for telling in (_told_by_route, _told_by_name, _told_by_dose, _told_by_title, _told_by_single_dose):
        first = min(telling(document, parts), key=lambda told: (not told.known, told.span.start), default=None)
        if first is not None:
            return _problem(document, first)
    asked = min(_strange_doses(document, parts), key=lambda told: told.span.start, default=None)
    return None if asked is None else _question(document, asked)


def _parts(path: KeyPath, key: str, value: Any) -> Iterator[_Part]:
    """Everything inside a value of the file."""
    if (
        path[0] in _ABOUT_OTHERS
        or _words(key) & _OF_OTHER_DRUGS
        or any(one_slip(key, known) for known in _ABOUT_OTHERS)
    ):
        return
    yield _Part(path, key, value)
    if isinstance(value, Mapping):
        for inner, part in value.items():
            # What stands in a table that tells of the route tells of it too, whatever its own key is.
            yield from _parts((*path, inner), f"{key}_{inner}" if _tells_route(key) else inner, part)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _parts((*path, index), key, part)


def _may_tell(part: _Part) -> bool:
    if part.key not in _KNOWN:
        return True
    if not isinstance(part.value, str):
        return False
    if part.key == "route":
        return part.value not in schema.ROUTES
    if part.key == "basis":
        return part.value not in set(Basis)
    return part.key in {"dose", "max", "steps"} and not is_dose(part.value)


# --- where it is told -------------------------------------------------------------------------------------------------


def _told_by_route(document: Document, parts: list[_Part]) -> Iterator[_Told]:
    from blinplan.words.routes import mentions_one_route, other_route, strange_words

    for path, key, value in parts:
        if not isinstance(value, str) or path[-1] in {"dose", "max"}:
            continue
        tells = _tells_route(key)
        word = other_route(value, singles=tells or bool(_words(key) & _TIMES))
        if word is not None and (tells or key == "basis" or key not in _KNOWN):
            if tells or not _is_prose(key) or word.text == value.strip():
                yield _Told(path, _span(document, path, value, word))
        elif tells and (_names_route(key) or not mentions_one_route(value)):
            strange = strange_words(value)
            if strange is not None:
                alone = strange.text == value.strip()
                span = document.value_span(path) if alone else _span(document, path, value, strange)
                yield _Told(path, span, known=False)


def _told_by_name(document: Document, parts: list[_Part]) -> Iterator[_Told]:
    for path, key, value in parts:
        if key in _KNOWN or path[-1] != key or (isinstance(value, str) and _is_prose(key)):
            continue
        if _is_another(key.replace("_", " "), is_true=not _is_false(value)):
            span, end = document.key_span(path), document.value_span(path).end
            yield _Told(path, Span(span.start, end) if _is_false(value) else span)


def _is_another(name: str, *, is_true: bool) -> bool:
    """Whether a key that is the name of a route, and what it is set to, tell of another than the one route."""
    from blinplan.words.routes import mentions_one_route, other_route, strange_words

    if is_true and other_route(name):
        return True
    denial = re.match(r"(?i:not?|non)[- ]", name)
    of_one_route = mentions_one_route(name) and strange_words(name[denial.end() :] if denial else name) is None
    return of_one_route and is_true == bool(denial)


def _told_by_dose(document: Document, parts: list[_Part]) -> Iterator[_Told]:
    return _told_in_doses(document, parts, singles=False)


def _told_by_single_dose(document: Document, parts: list[_Part]) -> Iterator[_Told]:
    return _told_in_doses(document, parts, singles=True)


def _told_in_doses(document: Document, parts: list[_Part], *, singles: bool) -> Iterator[_Told]:
    from blinplan.words.routes import other_route

    for path, key, value in parts:
        if isinstance(value, str) and (_tells_dose(key) or key in {"steps", "max"}):
            word = other_route(value, in_dose=True, singles=singles)
            if word is not None:
                yield _Told(path, _span(document, path, value, word))


def _told_by_title(document: Document, parts: list[_Part]) -> Iterator[_Told]:
    """What a title says of the route, in a file whose doses are no rates: of other files it may speak by the way."""
    from blinplan.words.routes import mentions_one_route, other_route

    title = document.values.get("title")
    if isinstance(title, str) and any(_is_no_rate(part) for part in parts) and not mentions_one_route(title):
        word = other_route(title, singles=False)
        if word is not None:
            yield _Told(("title",), _span(document, ("title",), title, word))


def _strange_doses(document: Document, parts: list[_Part]) -> Iterator[_Told]:
    from blinplan.words.routes import strange_words

    for part in parts:
        if _is_no_rate(part) and re.search(r"\d", part.value):
            word = strange_words(part.value, in_dose=True)
            if word is not None:
                yield _Told(part.path, _span(document, part.path, part.value, word), known=False)


def _is_no_rate(part: _Part) -> bool:
    return "steps" in part.path and part.path[-1] in {"dose", "max"} and isinstance(part.value, str)


# --- what keys tell ---------------------------------------------------------------------------------------------------


@cache
def _tells_route(key: str) -> bool:
    """Whether a key is there to tell how a drug is given."""
    if key in _KNOWN - {"route"} or _is_prose(key) or _words(key) & _PLACES:
        return False
    manner = r"administ\w*|admin|appli[ck]\w*|deliver\w*|given|verabreich\w*|somministr\w*|toedien\w*"
    return _names_route(key) or re.fullmatch(rf"(?:.*_)?(?:{manner})(?:_.*)?", _plain(key)) is not None


@cache
def _names_route(key: str) -> bool:
    """Whether a key can tell nothing but the route."""
    names = r"(?:.*_)?(?:routes?|via|vía|voie|roa|\w*weg|droga|путь\w*|给药途径|投与経路|투여경로)(?:_.*)?"
    return re.fullmatch(names, _plain(key)) is not None


def _tells_dose(key: str) -> bool:
    return re.fullmatch(r"(?:.*_)?doses?(?:_.*)?", _plain(key)) is not None


def _is_prose(key: str) -> bool:
    """Whether a key is there for remarks, which may speak of other regimens."""
    return bool(_PROSE & _words(key))


def _is_false(value: object) -> bool:
    return not isinstance(value, Mapping | list) and str(value).strip().lower() in _FALSE


def _words(key: str) -> set[str]:
    return set(_plain(key).split("_"))


def _plain(key: str) -> str:
    return re.sub(r"[- .]", "_", key.strip().lower())


# --- what is said of it -----------------------------------------------------------------------------------------------


def _span(document: Document, path: KeyPath, value: str, word: "RouteWord") -> Span:
    """Where a word of a text stands in the file; the whole text, where it is written with escapes."""
    whole = document.value_span(path)
    at = document.text.find(value, whole.start, whole.end)
    return whole if at < 0 else Span(at + word.start, at + word.end)


def _problem(document: Document, told: _Told) -> Problem:
    word = document.text[told.span.start : told.span.end].strip("\"'")
    if told.known:
        message = f'the drug is not given by continuous intravenous infusion: "{word}"'
        advice = "plan this regimen without blinplan; nothing else in the file was checked"
    else:
        message = f'"{word}" is not known to be continuous intravenous infusion'
        advice = (
            f'if it is, write `route = "{schema.ROUTES[0]}"` in [dosing]; if not, plan this regimen without blinplan;'
            " nothing else in the file was checked"
        )
    return Problem("F008", told.path, told.span, message, ONE_ROUTE, advice)


def _question(document: Document, told: _Told) -> Problem:
    word = document.text[told.span.start : told.span.end].strip("\"'")
    message = f'what "{word}" means in `{told.path[-1]}` is not known'
    return Problem("N104", told.path, told.span, message, QUESTION, QUESTION_ADVICE)
