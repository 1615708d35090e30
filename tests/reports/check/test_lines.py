"""Lines are drawn without styles as Rich draws them, which takes five times as long."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType
from rich.text import Text

from blinplan.drawing.console import THEME
from blinplan.drawing.draw import indent
from blinplan.outside_text import visible
from blinplan.reports.check.lines import Line, Lines
from blinplan.terminal import Screen
from tests.collection.examples import ANY_SIGN

SIGNS = ["m²", "9→28", "≈ 1–2…", "≤ 5 µg — é", "剂量", "💊" * 9, "e\u0301"]
WORDS = st.one_of(
    st.sampled_from(["dose", "a", "mcg/day", "-" * 7, "long" * 30, " ", "     ", *SIGNS]),
    st.text(ANY_SIGN, max_size=12).map(visible),
)
TEXTS = st.lists(WORDS, max_size=25).map(" ".join)
PIECES = st.lists(st.tuples(TEXTS, st.sampled_from(["", "error", "title"])), min_size=1, max_size=3)
MARGINS = st.sampled_from([(), (("  ", ""), ("why", "quiet"), (" ", ""))])


def drawn_by_rich(lines: RenderableType, width: int) -> str:
    file = StringIO()
    console = Console(
        file=file, width=width, no_color=True, color_system=None, markup=False, highlight=False, theme=THEME
    )
    console.print(lines)
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


@pytest.mark.slow
@given(st.lists(st.builds(Line, PIECES, MARGINS), min_size=1, max_size=4), st.sampled_from([60, 80, 100, 137]))
def test_lines_without_styles_are_those_that_rich_draws(lines: list[Line], width: int) -> None:
    told = Lines(lines)
    assert Screen(width, colour=False, unicode=True).render(told) == drawn_by_rich(told, width)


@given(TEXTS, st.sampled_from([60, 80, 100, 137]), st.booleans())
def test_paragraphs_without_styles_are_those_that_rich_draws(text: str, width: int, indented: bool) -> None:
    part = indent(text) if indented else Text(text, "error")
    assert Screen(width, colour=False, unicode=True).render(part) == drawn_by_rich(part, width)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from([60, 80, 200]), st.booleans())
def test_lines_that_are_not_folded_are_those_that_rich_draws(lines: list[str], width: int, given_as_text: bool) -> None:
    """A text is drawn like one that Rich was given, too, of one line or of none."""
    part = lines[0] if given_as_text else Text("\n".join(lines), "error", no_wrap=True)
    assert Screen(width, colour=False, unicode=True).render(part) == drawn_by_rich(part, width)


def test_a_word_that_is_too_long_for_a_line_is_folded_and_the_next_goes_on_behind_it() -> None:
    text = f"why {'x' * 130} and 28 mcg/day"
    told = Screen(60, colour=False, unicode=True).render(Lines([Line([(text, "")], margin=[("    ", "")])]))
    assert told.splitlines() == ["    why", f"    {'x' * 56}", f"    {'x' * 56}", f"    {'x' * 18} and 28 mcg/day"]
