"""Tell of characters that are not what they look like, where a problem is."""

import json
import re
from typing import Any

from blinplan.quantities import QuantityError, read_dose
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import Edit, Span
from blinplan.regimen.toml.problems import Problem
from blinplan.words.characters import plain, words_for_strange

_SPELLED = re.compile(r'write ("[^"]*")')
_WORD = re.compile(r"[^\s=,\[\]{}]*")


def with_strange_characters(document: Document, problem: Problem) -> Problem:
    """Say of a problem which characters at its place are not what they look like, and how a dose is written instead."""
    told = words_for_strange(_text_at(document.text, problem.span))
    if told is None:
        return problem
    named = problem._replace(message=f"{problem.message}: {told}")
    return named if problem.code != "N104" or problem.fix is not None else _as_a_dose(document, named)


def _text_at(text: str, span: Span) -> str:
    """What stands at a place; where that is a point, the character there and the word around it."""
    if span.end > span.start:
        return text[span.start : span.end]
    before = re.search(r"[^\s=,\[\]{}]*$", text[: span.start])
    after = _WORD.match(text, span.start)
    around = (before[0] if before else "") + (after[0] if after else "")
    return around + text[span.start : span.start + 1]


def _as_a_dose(document: Document, problem: Problem) -> Problem:
    """Write the dose that a text looks like, where it looks like one; the reader sees what is put in its place."""
    value: Any = document.values
    whole = document.value_span(problem.path)
    for part in problem.path:
        value = value[part]
    try:
        read_dose(plain(value) if isinstance(value, str) else "")
    except QuantityError:
        return problem
    told = _SPELLED.fullmatch(problem.help)
    written = told[1] if told else json.dumps(plain(str(value)), ensure_ascii=False)
    return problem._replace(span=whole, help=f"write {written}", fix=Edit(whole, written))
