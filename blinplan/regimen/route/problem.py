"""By which route a file gives its drug, in all the ways in which people write it: there is one that can be planned.

A dose that is injected under the skin is no rate of infusion, whatever its unit. So a file that says so anywhere is
refused for that one reason, and nothing else in it is spoken of. What could name another route, in words that are not
known here, is asked about in the same way.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from blinplan.quantities import ONE_ROUTE, QUESTION, QUESTION_ADVICE
from blinplan.regimen import schema
from blinplan.regimen.route.parts import (
    KNOWN,
    TIMES,
    RoutePart,
    is_false,
    is_prose,
    names_route,
    tells_dose,
    tells_route,
    words,
)
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath, Span
from blinplan.regimen.toml.problems import Problem
from blinplan.words.routes import RouteWord, mentions_one_route, other_route, strange_words


class _Told(NamedTuple):
    """A place at which a file says something of a route, and whether it is known to be another one."""

    path: KeyPath
    span: Span
    known: bool = True


_Telling = Callable[[Document, list[RoutePart]], Iterator[_Told]]


def route_problem(document: Document, parts: list[RoutePart]) -> Problem | None:
    """The first place at which a file says that its drug is given by another route: a key for it, if there is one."""
    for telling in (_told_by_route, _told_by_name, _told_by_dose, _told_by_title, _told_by_single_dose):
        first = min(telling(document, parts), key=lambda told: (not told.known, told.span.start), default=None)
        if first is not None:
            return _problem(document, first)
    asked = min(_strange_doses(document, parts), key=lambda told: told.span.start, default=None)
    return None if asked is None else _question(document, asked)


# --- where it is told -------------------------------------------------------------------------------------------------


def _told_by_route(document: Document, parts: list[RoutePart]) -> Iterator[_Told]:
    for path, key, value in parts:
        if not isinstance(value, str) or path[-1] in {"dose", "max"}:
            continue
        tells = tells_route(key)
        word = other_route(value, singles=tells or bool(words(key) & TIMES))
        if word is not None and (tells or key == "basis" or key not in KNOWN):
            if tells or not is_prose(key) or word.text == value.strip():
                yield _Told(path, _span(document, path, value, word))
        elif tells and (names_route(key) or not mentions_one_route(value)):
            strange = strange_words(value)
            if strange is not None:
                alone = strange.text == value.strip()
                span = document.value_span(path) if alone else _span(document, path, value, strange)
                yield _Told(path, span, known=False)


def _told_by_name(document: Document, parts: list[RoutePart]) -> Iterator[_Told]:
    for path, key, value in parts:
        if key in KNOWN or path[-1] != key or (isinstance(value, str) and is_prose(key)):
            continue
        if _is_another(key.replace("_", " "), is_true=not is_false(value)):
            span, end = document.key_span(path), document.value_span(path).end
            yield _Told(path, Span(span.start, end) if is_false(value) else span)


def _is_another(name: str, *, is_true: bool) -> bool:
    """Whether a key that is the name of a route, and what it is set to, tell of another than the one route."""
    if is_true and other_route(name):
        return True
    denial = re.match(r"(?i:not?|non)[- ]", name)
    of_one_route = mentions_one_route(name) and strange_words(name[denial.end() :] if denial else name) is None
    return of_one_route and is_true == bool(denial)


def _told_by_dose(document: Document, parts: list[RoutePart]) -> Iterator[_Told]:
    return _told_in_doses(document, parts, singles=False)


def _told_by_single_dose(document: Document, parts: list[RoutePart]) -> Iterator[_Told]:
    return _told_in_doses(document, parts, singles=True)


def _told_in_doses(document: Document, parts: list[RoutePart], *, singles: bool) -> Iterator[_Told]:
    for path, key, value in parts:
        if isinstance(value, str) and (tells_dose(key) or key in {"steps", "max"}):
            word = other_route(value, in_dose=True, singles=singles)
            if word is not None:
                yield _Told(path, _span(document, path, value, word))


def _told_by_title(document: Document, parts: list[RoutePart]) -> Iterator[_Told]:
    """What a title says of the route, in a file whose doses are no rates: of other files it may speak by the way."""
    title = document.values.get("title")
    if isinstance(title, str) and any(_is_no_rate(part) for part in parts) and not mentions_one_route(title):
        word = other_route(title, singles=False)
        if word is not None:
            yield _Told(("title",), _span(document, ("title",), title, word))


def _strange_doses(document: Document, parts: list[RoutePart]) -> Iterator[_Told]:
    for part in parts:
        if _is_no_rate(part) and re.search(r"\d", part.value):
            word = strange_words(part.value, in_dose=True)
            if word is not None:
                yield _Told(part.path, _span(document, part.path, part.value, word), known=False)


def _is_no_rate(part: RoutePart) -> bool:
    return "steps" in part.path and part.path[-1] in {"dose", "max"} and isinstance(part.value, str)


# --- what is said of it -----------------------------------------------------------------------------------------------


def _span(document: Document, path: KeyPath, value: str, word: RouteWord) -> Span:
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
