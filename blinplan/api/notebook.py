"""Results as a notebook shows them: a table in HTML, with every text escaped."""

from collections.abc import Iterable, Mapping
from html import escape
from itertools import islice
from typing import Any

from blinplan.outside_text import visible

MOST_ROWS = 50
"""How many rows a notebook shows of a long table."""


def table_html(columns: Mapping[str, Iterable[Any]], caption: str) -> str:
    """A table of columns, its first rows where there are many."""
    rows = list(islice(zip(*columns.values(), strict=True), MOST_ROWS + 1))
    more = "<p>The first rows; <code>.columns()</code> has all.</p>" if len(rows) > MOST_ROWS else ""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows[:MOST_ROWS])
    return f"<table><caption>{_cell(caption)}</caption><tr>{head}</tr>{body}</table>{more}"


def _cell(value: object) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return escape(visible(text))
