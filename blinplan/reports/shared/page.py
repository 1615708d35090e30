"""Parts of pages: text made harmless, tables, sections, and the style that all pages share."""

from collections.abc import Iterable, Sequence
from html import escape

from blinplan.outside_text import visible

STYLE = """
* { box-sizing: border-box; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.6mm 2mm 0.6mm 0; border-bottom: 0.2mm solid #999; }
thead th { border-bottom: 0.4mm solid #000; }
td.n, th.n { text-align: right; white-space: nowrap; }
td.w, tbody th.w { white-space: nowrap; }
tr { break-inside: avoid; }
tr.group { break-after: avoid; }
"""


class Html(str):
    """A text that is markup already; any other text is escaped where it is put into a page."""

    __slots__ = ()


def shown(text: str) -> str:
    """Make a text from outside harmless; markup is left as it is."""
    return text if isinstance(text, Html) else escape(visible(text))


def table(heads: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[str]], *, classes: str = "") -> Html:
    """Write a table.

    ``kinds`` are what the columns hold, as words: n numbers, w what stays on one line, h what names its row. A row of
    one text is a heading of the rows below it.
    """
    body = "\n".join(_row(kinds, row) for row in rows)
    head = "".join(
        f'<th scope="col"{_class(_style_of(kind))}>{shown(text)}</th>' for kind, text in zip(kinds, heads, strict=True)
    )
    return Html(f"<table{_class(classes)}><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>")


def _row(kinds: Sequence[str], row: Sequence[str]) -> str:
    if len(row) == 1 < len(kinds):
        return f'<tr class="group"><th scope="rowgroup" colspan="{len(kinds)}">{shown(row[0])}</th></tr>'
    return "<tr>" + "".join(_cell(kind, text) for kind, text in zip(kinds, row, strict=True)) + "</tr>"


def _cell(kind: str, text: str) -> str:
    classes = _class(_style_of(kind))
    return f'<th scope="row"{classes}>{shown(text)}</th>' if "h" in kind.split() else f"<td{classes}>{shown(text)}</td>"


def _style_of(kind: str) -> str:
    return " ".join(word for word in kind.split() if word != "h")


def _class(names: str) -> str:
    return f' class="{names}"' if names else ""


def wide(part: str, label: str) -> Html:
    """Let what is wider than the window be scrolled by itself, with the keyboard too."""
    return Html(f'<div class="wide" role="region" tabindex="0" aria-label="{shown(label)}">{part}</div>')


def paragraph(text: str, classes: str = "") -> Html:
    """Write a paragraph."""
    return Html(f"<p{_class(classes)}>{shown(text)}</p>")


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """Write what is known, each with its name."""
    return Html("<dl>" + "".join(f"<dt>{shown(name)}</dt><dd>{shown(text)}</dd>" for name, text in pairs) + "</dl>")


def items(texts: Iterable[str]) -> Html:
    """Write a list."""
    return Html("<ul>" + "".join(f"<li>{shown(text)}</li>" for text in texts) + "</ul>")


def section(name: str, title: str, *parts: str) -> Html:
    """Write a section under a heading, with a name that links can lead to."""
    body = "\n".join(shown(part) for part in parts)
    return Html(f'<section aria-labelledby="{name}">\n<h2 id="{name}">{shown(title)}</h2>\n{body}\n</section>')


def page(title: str, style: str, body: str) -> str:
    """Write a whole page, which needs nothing from elsewhere."""
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"/>'
        f"<title>{shown(title)}</title><style>{STYLE}{style}</style></head>\n<body>\n{body}\n</body></html>\n"
    )
