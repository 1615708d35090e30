"""The screen: width, colour and characters, decided once; nothing from outside reaches the terminal raw."""

import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.outside_text import in_ascii, visible
from blinplan.terminal import NARROWEST, PIPED_WIDTH, PLAIN, WIDEST, Colour, Screen, Terminal, screen
from tests.collection.examples import ANY_SIGN


class Stream(io.StringIO):
    """A stream that is a terminal or not, with an encoding."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        super().__init__()
        self._terminal, self._encoding = terminal, encoding

    def isatty(self) -> bool:
        return self._terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


PIPE, TERMINAL = Stream(terminal=False), Stream(terminal=True)


WIDTHS = {
    "60": 60,
    "80": 80,
    "120": 120,
    "200": 200,
    "1": NARROWEST,
    "59": NARROWEST,
    "201": WIDEST,
    "99999": WIDEST,
    **dict.fromkeys(("", "0", "wide", "-80", "80.5", "²", "٨٠"), PIPED_WIDTH),
}


@pytest.mark.parametrize(("columns", "width"), WIDTHS.items())
def test_the_width_is_what_columns_says_within_bounds(columns: str, width: int) -> None:
    assert screen(PIPE, Colour.AUTO, {"COLUMNS": columns}).width == width


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "coloured"),
    [
        (Colour.AUTO, {}, True, True),
        (Colour.AUTO, {}, False, False),
        (Colour.AUTO, {"NO_COLOR": "1"}, True, False),
        (Colour.AUTO, {"NO_COLOR": ""}, True, True),
        (Colour.AUTO, {"TERM": "dumb"}, True, False),
        (Colour.AUTO, {"TERM": "xterm"}, True, True),
        (Colour.AUTO, {"FORCE_COLOR": "1"}, False, True),
        (Colour.AUTO, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, True),
        (Colour.AUTO, {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        (Colour.ALWAYS, {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        (Colour.NEVER, {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_decided_by_option_then_environment_then_terminal(
    choice: Colour, environment: dict[str, str], terminal: bool, coloured: bool
) -> None:
    assert screen(TERMINAL if terminal else PIPE, choice, environment).colour is coloured


@pytest.mark.parametrize(
    ("encoding", "unicode"),
    [("utf-8", True), ("UTF-8", True), ("utf8", True), ("ascii", False), ("latin-1", False), ("cp1252", False)],
)
def test_signs_outside_ascii_need_an_encoding_that_has_them_all(encoding: str, unicode: bool) -> None:
    assert screen(Stream(terminal=False, encoding=encoding), Colour.AUTO, {}).unicode is unicode


@pytest.mark.parametrize("colour", [True, False])
def test_escape_codes_are_drawn_in_colour_only(colour: bool) -> None:
    drawn = Screen(80, colour, True).render(Text("error", "error"))
    assert ("\x1b[" in drawn) is colour
    assert "error" in drawn


def test_text_is_drawn_as_it_is_and_never_as_markup_or_emoji() -> None:
    assert Screen(80, True, True).render("[bold]x[/bold] :warning: [link=http://a]b[/link] 12") == (
        "[bold]x[/bold] :warning: [link=http://a]b[/link] 12\n"
    )


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("text", ["x" * 500, "漢" * 300, "a 漢" * 200, "word " * 100])
def test_no_line_is_wider_than_the_screen_and_nothing_is_lost(width: int, text: str) -> None:
    drawn = Screen(width, False, True).render(Text(text))
    assert max(cell_len(line) for line in drawn.splitlines()) <= width
    assert "".join(drawn.split()) == "".join(text.split())


@given(st.text(ANY_SIGN))
def test_what_is_visible_holds_nothing_that_moves_or_turns_a_cursor(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs"}]
    assert not {"\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e"} & set(shown)
    assert not {"\u2066", "\u2067", "\u2068", "\u2069"} & set(shown)


@given(st.text(st.characters(categories=["L", "N", "P", "Sm", "Zs"])))
def test_letters_and_signs_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


def test_what_is_not_harmless_is_written_as_an_escape() -> None:
    assert visible("a\x1b[31mb\u202ec\x00\x9b\ud800\r\n") == "a\\x1b[31mb\\u202ec\\x00\\x9b\\ud800\\x0d\\x0a"
    assert "\t" not in visible("\t")


@given(st.text(ANY_SIGN))
def test_ascii_is_ascii(text: str) -> None:
    assert in_ascii(text).isascii()


def test_known_signs_have_their_usual_stand_ins() -> None:
    assert in_ascii("≤ 10 /µL, 5 mcg/m²/day → ≥ 9 – 3 × 2 ±1") == "<= 10 /uL, 5 mcg/m2/day -> >= 9 - 3 x 2 +/-1"
    assert in_ascii("漢") == "\\u6f22"


def test_a_screen_without_unicode_draws_tables_in_ascii() -> None:
    table = Screen(80, False, False).table(title="µ")
    table.add_column("a")
    table.add_row("≤")
    drawn = Screen(80, False, False).render(table)
    assert drawn.isascii()
    assert "<=" in drawn


@given(st.text(ANY_SIGN))
def test_a_report_that_forgot_it_is_harmless_all_the_same(text: str) -> None:
    """Wherever a text stands: alone, in a paragraph, indent, in a table and in a table in it."""
    shown = Screen(80, True, True)
    grid = Table.grid()
    grid.add_row(text, Text(text))
    table = shown.table(title=text)
    table.add_column(text)
    table.add_row(grid)
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", shown.render(text, Text(text, "error"), indent(text), table))
    assert not [c for c in drawn if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}]


@pytest.mark.parametrize("text", ["漢 🧪 ≤ 10 /µL\n", "\x1b[1;31merror\x1b[0m: 漢\n", "a\tb\r\nc\n"])
def test_a_finished_text_keeps_its_colours_lines_and_tabs_on_a_terminal(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    screens = Screen(80, True, True)
    Terminal(screens, screens, is_seen=True, is_watched=True, is_answered=False).write(text)
    assert capsys.readouterr().out.replace("\r\n", "\n") == text.replace("\r\n", "\n")


def test_what_a_program_reads_is_not_touched(capsys: pytest.CaptureFixture[str]) -> None:
    text = "+title = 'a\u200db'\n"
    for is_seen, expected in ((False, text), (True, "+title = 'a\\u200db'\n")):
        Terminal(PLAIN, PLAIN, is_seen=is_seen, is_watched=False, is_answered=False).write(text)
        assert capsys.readouterr().out == expected
