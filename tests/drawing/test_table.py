"""Tables without styles are drawn as Rich draws them, which takes ten times as long."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from blinplan.drawing.console import console_on
from blinplan.drawing.draw import indent, is_of_single_cells
from blinplan.terminal import Screen

WORDS = ["a", "dose", "12.3", "9→28", "mcg/m²/day", "≈ 1–2…", "-" * 7, "long" * 8, " ", "   ", "two\nlines"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
AS_SHOWN: st.SearchStrategy[Callable[[str], RenderableType]] = st.sampled_from(
    [str, indent, lambda text: Text(text, "error")]
)
CELLS = st.builds(lambda show, text: show(text), AS_SHOWN, TEXTS)
COLUMNS = st.fixed_dictionaries(
    {
        "header": TEXTS,
        "justify": st.sampled_from(["left", "right"]),
        "overflow": st.sampled_from(["fold", "ellipsis"]),
        "no_wrap": st.sampled_from([False, False, False, True]),
        "width": st.sampled_from([None, None, None, 5, 20]),
        "min_width": st.sampled_from([None, None, None, 6, 15]),
    }
)
SCREENS = st.builds(Screen, st.sampled_from([60, 79, 80, 100, 200]), st.just(False), st.booleans())


def table_on(screen: Screen, columns: list[dict[str, Any]], rows: list[list[RenderableType]], title: str) -> Table:
    table = screen.table(title=title or None)
    for column in columns:
        table.add_column(**column)
    for row in rows:
        table.add_row(*row[: len(columns)])
    return table


def drawn_by_rich(table: Table, width: int) -> list[str]:
    file = StringIO()
    console_on(file, width, colour=False).print(table)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def drawn_here(table: Table, width: int) -> list[str] | None:
    without_styles = table.without_styles  # type: ignore[attr-defined]
    lines = without_styles(lambda: pytest.fail("Rich was asked"), width)
    return None if lines is None else [line.rstrip() for line in lines]


@given(
    SCREENS,
    st.lists(COLUMNS, min_size=1, max_size=4),
    st.lists(st.lists(CELLS, max_size=4), max_size=3),
    st.sampled_from(["", "Expected by the article", "long title " * 12]),
)
def test_a_table_without_styles_is_the_one_that_rich_draws(
    screen: Screen, columns: list[dict[str, Any]], rows: list[list[RenderableType]], title: str
) -> None:
    """Where it fits; one that is too wide at its narrowest is left to Rich, which cuts it off."""
    table = table_on(screen, columns, rows, title)
    lines = drawn_here(table, screen.width)
    assert lines is None or lines == drawn_by_rich(table, screen.width)


NUMBERS = [f"{number:,}" for number in (7, 1_234, 1_234_567)]
WHAT = "what the regimen orders in so many words that they have to be folded " * 2


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
def test_the_tables_of_reports_need_no_rich(width: int, unicode: bool) -> None:
    screen = Screen(width, colour=False, unicode=unicode)
    columns: list[dict[str, Any]] = [
        {"header": "Days", "no_wrap": True},
        {"header": "mcg", "justify": "right"},
        {"header": "What"},
    ]
    table = table_on(screen, columns, [[f"1-{number}", number, WHAT] for number in NUMBERS], "A title")
    lines = drawn_here(table, width)
    assert lines is not None
    assert lines == drawn_by_rich(table, width)
    assert max(map(len, lines)) <= width
    assert [number for number in NUMBERS if not any(number in line for line in lines)] == []


@pytest.mark.parametrize("more", range(5))
def test_the_widest_columns_give_way_first_and_until_they_are_alike(more: int) -> None:
    screen = Screen(60, colour=False, unicode=True)
    cells: list[RenderableType] = ["ab " * 15, "ab " * 15 + "c" * more, "what fits"]
    table = table_on(screen, [{"header": str(number)} for number in range(3)], [cells], "")
    lines = drawn_here(table, 60)
    assert lines == drawn_by_rich(table, 60)
    assert lines is not None
    assert [line.find("what fits") for line in lines if "what fits" in line] == [len(lines[1]) - len("what fits")]
    # To a sign, both have the same room.
    assert 0 <= lines[0].index("2") - 2 * lines[0].index("1") <= 1


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("剂量", {}),
        ("tab\tin it", {}),
        (Text("a", justify="center"), {}),
        (Text("a", no_wrap=True), {}),
        (Table(), {}),
        ("a", {"justify": "center"}),
        ("a", {"overflow": "crop"}),
        ("a", {"max_width": 3}),
        ("a" * 90, {"no_wrap": True, "min_width": 90}),
    ],
)
def test_what_only_rich_knows_is_left_to_it(cell: RenderableType, asked: dict[str, Any]) -> None:
    screen = Screen(80, colour=False, unicode=True)
    table = table_on(screen, [asked], [[cell]], "")
    assert drawn_here(table, 80) is None
    assert screen.render(table).splitlines() == drawn_by_rich(table, 80)


def test_a_section_that_ends_has_a_line_below_it_with_styles_and_without() -> None:
    screen = Screen(80, colour=False, unicode=True)
    table = table_on(screen, [{"header": "a"}], [["1"], ["2"]], "")
    table.rows[0].end_section = True
    assert screen.render(table).splitlines() == drawn_by_rich(table, 80)


def test_a_table_without_columns_is_an_empty_line() -> None:
    assert Screen(80, colour=False, unicode=True).render(table_on(Screen(80, False, True), [], [], "")) == "\n"


def test_the_signs_that_are_folded_here_take_one_cell_each_for_rich() -> None:
    signs = [sign for sign in map(chr, range(0x3000)) if is_of_single_cells(sign)]
    assert {"█", "▁", "≈"} <= set(signs)
    assert [sign for sign in signs if cell_len(sign) != 1] == []
