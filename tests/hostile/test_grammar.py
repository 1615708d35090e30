"""Regimen files by a grammar, in every layout of TOML, sound and one step away from it: read, written, put right."""

import json
import re
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blinplan.api.regimens.build import toml
from blinplan.api.vocabulary import CheckFormat
from blinplan.regimen.reading import FaultyFile, RegimenFile, read
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.fix import fix
from blinplan.rules.judge import judge
from blinplan.rules.task import Task
from tests.hostile.inputs import NUMBERS, STRINGS, Input
from tests.hostile.verdict import faults_of
from tests.regimen.layouts import FULL, with_dotted_keys, with_headers, with_inline_tables
from tests.regimen_text import TODAY

DOSES = st.builds(
    "{}{}{}".format,
    st.sampled_from(("5", "9", "28", "9.0", "0", "15,5", "-9", "1e3")),
    st.sampled_from((" ", "", "  ", "\u00a0")),
    st.sampled_from(
        ("mcg/day", "mcg/d", "µg/day", "ug/day", "mcg/m2/day", "mcg/m²/d", "mg/day", "mcg/h", "mcg/day/day")
    ),
)
VALUES = st.one_of(
    DOSES.map(json.dumps),
    st.sampled_from(NUMBERS),
    st.sampled_from(STRINGS).filter(lambda text: text.isprintable()).map(json.dumps),
    st.sampled_from(("true", "[]", "{}", "2026-12-31", "[1, 2]", "{ a = 1 }", "'x'", '"""x"""', "nan")),
)


def _places(tree: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [place for key, value in inner for place in ((*way, key), *_places(value, (*way, key)))]


PLACES = _places(FULL)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Every key of the format, some of them left out, some with another value, one perhaps with another name."""
    tree: Any = deepcopy(FULL)
    for place in draw(st.lists(st.sampled_from(PLACES), max_size=4, unique=True)):
        holder = tree
        try:
            for part in place[:-1]:
                holder = holder[part]
            match draw(st.sampled_from(("leave out", "change", "change", "rename"))):
                case "leave out":
                    del holder[place[-1]]
                case "rename" if isinstance(holder, dict):
                    name = re.sub("[aeiou]", "", str(place[-1]), count=1) or "x"
                    holder[name] = holder.pop(place[-1])
                case _:
                    holder[place[-1]] = draw(VALUES)
        except (LookupError, TypeError):
            continue  # what was there was taken away before
    try:
        return draw(st.sampled_from((with_headers, with_inline_tables, with_dotted_keys)))(tree)
    except AttributeError:  # a value among tables has no header
        return with_inline_tables(tree)


@settings(max_examples=40, derandomize=True)
@given(texts())
def test_a_file_is_sound_and_written_as_it_is_read_or_told_where_it_is_not(text: str) -> None:
    reading = read(text.encode("utf-8", "surrogatepass"), "r.toml")
    if isinstance(reading, FaultyFile):
        assert all(0 <= one.span.start <= one.span.end <= len(reading.document.text) for one in reading.problems)
        assert reading.problems
        return
    assert isinstance(reading, RegimenFile)
    again = read(toml(reading.regimen).encode(), "r.toml")
    assert isinstance(again, RegimenFile)
    assert again.regimen == reading.regimen
    assert toml(again.regimen) == toml(reading.regimen)


@pytest.mark.slow
@settings(max_examples=15, derandomize=True)
@given(texts())
def test_what_is_put_right_has_nothing_more_to_be_put_right(text: str) -> None:
    mended = fix(Task(read(text.encode("utf-8", "surrogatepass"), "r.toml"), DEFAULTS, TODAY)).reading
    assert [finding.code for finding in judge(mended, TODAY, None).findings if finding.fix is not None] == []


@pytest.mark.slow
@settings(max_examples=15, derandomize=True)
@given(texts(), st.sampled_from(CheckFormat))
def test_every_format_is_kept_to_whatever_a_file_says(text: str, form: str) -> None:
    arguments = ("check", "r.toml", "--no-simulate", "--today", "2026-03-01", "-f", form)
    assert faults_of(Input({"r.toml": text.encode("utf-8", "surrogatepass")}, arguments)) == ()
