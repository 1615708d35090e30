"""Whether what is told of a file stands inside it, and whether a format is kept to: asked of every answer."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

_PLACE = re.compile(r"(?<![\w./-])([\w-]+\.(?:toml|csv|json|ics)):([0-9]+)(?::([0-9]+))?")
_GITHUB = re.compile(r"file=([\w-]+\.toml),line=([0-9]+),endLine=[0-9]+,col=([0-9]+)")


def misplaced(text: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """The places in a text for people, such as ``r.toml:3:1``, that the files do not have."""
    for name, line, column in {*_PLACE.findall(text), *_GITHUB.findall(text)}:
        if name in files and not is_inside(lines_of(files[name], name), int(line), int(column or 1)):
            yield f"{name} has no place {line}:{column}"


def lines_of(data: bytes, name: str) -> list[str]:
    """The lines of a file, as whoever reads its kind counts them."""
    text = data.decode("utf-8-sig", "replace")
    return re.split(r"\r\n|\r|\n", text) if name.endswith(".csv") else text.split("\n")


def is_inside(lines: list[str], line: int, column: int) -> bool:
    """Whether a place is one of some lines, or just behind one."""
    # An end of what is cut off may be a line further, where the text is said to go on.
    return 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1


def misformed(form: str, text: str) -> Iterator[str]:
    """What is wrong with a text that is to be of a format; nothing is asked of one that is empty."""
    if not text:
        return
    try:
        if form in {"json", "sarif", "gitlab", "fhir"}:
            json.loads(text)
        elif form == "jsonl":
            for line in text.splitlines():
                json.loads(line)
        elif form == "junit":
            ElementTree.fromstring(text)  # noqa: S314 - we wrote it
    except (ValueError, ElementTree.ParseError) as error:
        yield f"{form} that cannot be read: {error}"


def astray(document: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[str]:
    """What is wrong with the places of the JSON document of a check: outside a file, or on another text."""
    for file in document.get("files", ()):
        data = files.get(file["path"])
        if data is None:
            continue
        lines, values = lines_of(data, file["path"]), _values(data)
        for verdict in file["verdicts"]:
            for finding in verdict["findings"]:
                told = f"{verdict['rule']} of {file['path']} at {finding['pointer']}"
                yield from (f"{told}: {what}" for what in _wrong(finding, lines, values))


def _values(data: bytes) -> Any:
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _wrong(finding: Mapping[str, Any], lines: list[str], values: Any) -> Iterator[str]:
    (first, last), (end_line, end) = ((finding[edge]["line"], finding[edge]["column"]) for edge in ("start", "end"))
    if not is_inside(lines, first, last) or not is_inside(lines, end_line, end) or (end_line, end) < (first, last):
        yield f"{first}:{last} to {end_line}:{end} is not in the file"
        return
    found, written = _at(values, finding["path"]), _between(lines, (first, last), (end_line, end))
    if isinstance(found, str | int | float) and finding["path"] and not _says(written, finding["path"][-1], found):
        yield f"{written[:60]!r} is not where {found!r:.60} is"


def _at(values: Any, path: list[str | int]) -> Any:
    for part in path:
        try:
            values = values[part]
        except (LookupError, TypeError):
            return None
    return values


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] - 1 : end[1] - 1]
    inner = lines[start[0] : end[0] - 1]
    return "\n".join((lines[start[0] - 1][start[1] - 1 :], *inner, lines[end[0] - 1][: end[1] - 1]))


def _says(written: str, key: str | int, value: str | float) -> bool:
    """Whether a text of the file is a value, or a part of one that is a text, or its key."""
    if isinstance(value, str) and written and written in value:
        return True
    for text, wanted in ((f"x = {written}", value), (f"x = {{ {written} = 1 }}", {key: 1})):
        try:
            if repr(tomllib.loads(text)["x"]) == repr(wanted):  # since no nan is another
                return True
        except (ValueError, RecursionError):
            continue
    return "\\" in written and isinstance(value, str)
