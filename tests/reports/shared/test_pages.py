"""Pages are templates that escape by themselves: whatever a text says, it is a text, in markup and in style sheets."""

import re
from importlib import resources

import pytest
from jinja2 import UndefinedError

from blinplan.reports.shared.page import _environment, css_string, render

HOSTILE = "\"; } </style><script>alert(1)</script>'\\ \u202e\x1b\n é + x"


def test_a_template_that_is_not_given_what_it_asks_for_fails() -> None:
    with pytest.raises(UndefinedError):
        render("plan.html")


def test_a_text_is_never_markup_and_its_control_marks_are_seen() -> None:
    filled = _environment().from_string("<p title='{{ text }}'>{{ text }}</p>").render(text=HOSTILE)
    assert filled.count("<") == 2
    assert filled.count("'") == 2
    assert filled.isprintable()
    assert filled.count("\\u202e\\x1b\\x0a") == 2


def test_no_template_turns_escaping_off() -> None:
    """Neither by the filter nor by a block; what is markup already is made in one function of the figures."""
    folder = resources.files("blinplan.reports.shared") / "templates"
    found = [file for file in (*folder.iterdir(), *(folder / "report").iterdir()) if file.is_file()]
    assert len(found) >= 14
    for file in found:
        assert not re.search(r"\|\s*safe|autoescape", file.read_text(encoding="utf-8")), file


def test_a_text_cannot_leave_the_string_of_a_style_sheet_that_it_stands_in_and_is_read_as_it_is() -> None:
    written = str(css_string(HOSTILE))
    assert re.fullmatch(r'"(?:[A-Za-z0-9 .,:;-]|\\[0-9a-f]{1,6} )*"', written)
    read = re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found[1], 16)), written[1:-1])
    assert read == HOSTILE.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b").replace("\n", "\\x0a")
