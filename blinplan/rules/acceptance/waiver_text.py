"""Waivers in the text of a file: taken out, given their places, put in. Every other character stays."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import Edit, KeyPath, Span
from blinplan.regimen.write import toml_value, without_absence
from blinplan.rules.place import Place


def removal(document: Document, path: KeyPath) -> Edit:
    """Take the waiver at ``path`` out; comments on lines of their own stay."""
    if _is_inline(document, path):
        return Edit(_inline_removal(document, path), "")
    text, lines = document.text, _lines_of_table(document, path)
    kept = "".join(text[span.start : span.end] for span in _between(lines))
    start, end = lines[0].start, lines[-1].end
    if not kept.strip():
        kept, start = "", _without_blank_line(text, start, end)
    return Edit(Span(start, end), kept)


def with_places(document: Document, path: KeyPath, places: Sequence[Place]) -> Edit:
    """Write where the waiver at ``path`` holds: the first place into it, and for each other place a copy below."""
    first, *others = places
    span = _span(document, path)
    rule = document.value_span((*path, "rule"))
    keys = {key: _text_at(document, (*path, key)) for key in _table(document, path) if key in {"reason", "expires"}}
    rule_text = document.text[rule.start : rule.end]
    if _is_inline(document, path):
        inside = f", {', '.join(_place_keys(first))}"
        copies = "".join(f", {{ {', '.join(_keys(rule_text, place, keys))} }}" for place in others)
    else:
        newline, indent = _newline(document.text), _indent(document.text, rule.start)
        end = _end_of_line(document.text, rule.end)
        span = Span(span.start, _end_of_line(document.text, span.end))
        inside = "".join(f"{newline}{indent}{key}" for key in _place_keys(first))
        rule = Span(rule.start, end)
        copies = "".join(_table_text(rule_text, place, keys, newline) for place in others)
    return Edit(
        span,
        f"{document.text[span.start : rule.end]}{inside}{document.text[rule.end : span.end]}{copies}",
    )


def with_waivers_added(
    document: Document, rule: str, places: Sequence[tuple[Place, str | None]], reason: str, expires: Any
) -> str:
    """The text of a file with a waiver for each place at its end."""
    keys = {"reason": toml_value(reason), **({} if expires is None else {"expires": toml_value(expires)})}
    text, newline = document.text, _newline(document.text)
    written = document.places.get(("waiver",))
    if written is not None and written.value is not None and not text.startswith("[[", written.value.start):
        return _into_array(
            document,
            written.value,
            [_keys(toml_value(rule), place, keys | _severity_key(bad)) for place, bad in places],
        )
    below = "".join(_table_text(toml_value(rule), place, keys | _severity_key(bad), newline) for place, bad in places)
    text, heading = without_absence(text, "waiver")
    if heading:
        text = text.rstrip() + newline
        below = below.replace("[[waiver]]", f"{heading}{newline}[[waiver]]", 1)
    text = text if text.endswith("\n") or not text else f"{text}{newline}"
    return text + below.removeprefix(newline * (2 if text.endswith(newline * 2) else 1)) + newline


def _severity_key(severity: str | None) -> dict[str, str]:
    return {} if severity is None else {"severity": toml_value(severity)}


def _into_array(document: Document, array: Span, waivers: Iterable[Iterable[str]]) -> str:
    text = document.text
    inside = text[array.start + 1 : array.end - 1]
    added = ", ".join(f"{{ {', '.join(keys)} }}" for keys in waivers)
    empty = not document.values["waiver"]
    last = document.value_span(("waiver", len(document.values["waiver"]) - 1))
    if empty:
        return f"{text[: array.start]}[{added}{inside if inside.strip() else ''}{text[array.end - 1 :]}"
    return f"{text[: last.end]}, {added}{text[last.end :]}"


def _keys(rule: str, place: Place, keys: dict[str, str]) -> list[str]:
    return [f"rule = {rule}", *_place_keys(place), *(f"{key} = {value}" for key, value in keys.items())]


def _place_keys(place: Place) -> Iterator[str]:
    yield f"at = {_text(place.at)}"
    yield f"value = {toml_value(tuple(place.value) if isinstance(place.value, list) else place.value)}"


def _text(text: str) -> str:
    """Write a text so that quotes in it need no backslash, where that can be."""
    return (
        f"'{text}'" if '"' in text and "'" not in text and "\\" not in text and text.isprintable() else toml_value(text)
    )


def _table_text(rule: str, place: Place, keys: dict[str, str], newline: str) -> str:
    return newline * 2 + newline.join(["[[waiver]]", *_keys(rule, place, keys)])


# --- where a waiver stands --------------------------------------------------------------------------------------------


def _table(document: Document, path: KeyPath) -> dict[str, Any]:
    value: Any = document.values
    for part in path:
        value = value[part]
    return dict(value)


def _is_inline(document: Document, path: KeyPath) -> bool:
    return document.text.startswith("{", document.value_span(path).start)


def _text_at(document: Document, path: KeyPath) -> str:
    span = document.value_span(path)
    return document.text[span.start : span.end]


def _span(document: Document, path: KeyPath) -> Span:
    """From the header of a waiver, or its brace, to the end of its last value, without a comment behind it."""
    own = document.value_span(path)
    if _is_inline(document, path):
        return own
    return Span(own.start, max(document.value_span((*path, key)).end for key in _table(document, path)))


def _lines_of_table(document: Document, path: KeyPath) -> list[Span]:
    """The lines of the header and of each key, line ends included."""
    text = document.text
    spans = [document.value_span(path)]
    spans += [
        Span(document.key_span((*path, key)).start, document.value_span((*path, key)).end)
        for key in _table(document, path)
    ]
    return [Span(_start_of_line(text, span.start), _end_of_line(text, span.end, newline=True)) for span in spans]


def _between(lines: Sequence[Span]) -> Iterator[Span]:
    for line, following in pairwise(lines):
        yield Span(line.end, following.start)


def _start_of_line(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _end_of_line(text: str, at: int, *, newline: bool = False) -> int:
    found = text.find("\n", at)
    if found < 0:
        return len(text)
    return found + 1 if newline else found - (text[found - 1] == "\r")


def _without_blank_line(text: str, start: int, end: int) -> int:
    """Where to begin, so that what is taken out leaves no second blank line."""
    blank = re.search(r"\n(\r?\n)\Z", text[:start])
    followed = re.match(r"\r?\n|\Z", text[end:])
    return blank.start(1) if blank and followed else start


def _inline_removal(document: Document, path: KeyPath) -> Span:
    """An element of an array with its comma; of the last one, the whole key."""
    text, span = document.text, document.value_span(path)
    if len(document.values["waiver"]) == 1:
        key = document.key_span(("waiver",))
        return Span(
            _start_of_line(text, key.start), _end_of_line(text, document.value_span(("waiver",)).end, newline=True)
        )
    behind = re.compile(r"\s*,[ \t]*").match(text, span.end)
    if behind is not None:
        return Span(span.start, behind.end())
    before = re.search(r",\s*\Z", text[: span.start])
    return Span(before.start() if before else span.start, span.end)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _indent(text: str, at: int) -> str:
    line = text[_start_of_line(text, at) : at]
    return line[: len(line) - len(line.lstrip())]
