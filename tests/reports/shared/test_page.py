"""Pages: whatever stands in a text from outside, it is text; and a template is given all that it asks for."""

import re
from fractions import Fraction
from importlib import resources

import pytest
from jinja2 import UndefinedError
from lxml import html

from blinplan.reports.shared.page import PageColumn, css_string, page_table, render
from blinplan.reports.shared.timeline import Bar, timeline

HOSTILE = '</style><script>alert(1)</script>"; } * { display: none } \u202e\x1b[2J \\'


def report(text: str) -> str:
    """A report in which every text is this one."""
    table = page_table(text, (PageColumn(text, is_name=True), PageColumn(text, "n")), ((text,), (text, text)))
    line = timeline([Bar(0, 10, 1.0, text, dark=True)], 20, [(0, text)], text)
    finding = {"severity": text, "code": text, "message": text, "place": text, "line": text, "facts": ((text, text),)}
    row = {"text": text, "expected": text, "found": text, "patients": text}
    claim = {"id": text, "sentence": text, "rows": (row, row), "notes": (text,), "source": text}
    group = {"title": text, "meaning": text, "mark": text, "count": 2, "claims": (claim,)}
    groups = [{**group, "in_words": in_words} for in_words in (True, False)]
    other = dict.fromkeys(("id", "sentence", "printed", "source", "status", "reason"), text)
    others = {"others_title": text, "others_meaning": text, "others": (other,)}
    claims = {"article": text, "patients": text, "seed": 1, "counts": table, "groups": groups, **others}
    return render(
        "report.html",
        title=text,
        running=text,
        notice=text,
        command=text,
        sections=dict.fromkeys(
            ("summary", "timeline", "endpoints", "rules", "evidence", "assumptions", "manifest"), text
        ),
        summary={
            **dict.fromkeys(("status", "verdict", "reason", "unverified"), text),
            "counted": (text,),
            "facts": ((text, text),),
            "shares": (text,),
        },
        doses={"drawn": line, "table": table, "unknown": text, "total": text},
        endpoints={"how_to_read": text, "tables": (table,)},
        verdicts={
            "findings": (finding,),
            "waived": table,
            "not_evaluated": table,
            "not_evaluated_rules": 1,
            "passed_rules": 1,
            "passed": (text,),
            "over_models": (text,),
        },
        claims=claims,
        judged_on=text,
        assumptions={
            "sources": table,
            "assumed": (text,),
            "parameters": table,
            "parameters_in_all": 1,
            "limits": table,
        },
        manifest=((text, text),),
    )


def test_no_text_from_outside_is_markup_anywhere_on_a_page() -> None:
    hostile, harmless = report(HOSTILE), report("x")
    assert "<script" not in hostile
    assert "\u202e" not in hostile
    assert "\x1b" not in hostile
    tags = [
        [(element.tag, sorted(element.keys())) for element in html.fromstring(page).iter()]
        for page in (hostile, harmless)
    ]
    assert tags[0] == tags[1]
    assert hostile.count("</style>") == 1


def test_no_text_ends_a_string_of_a_style_sheet() -> None:
    (body,) = re.findall(r'^"(.*)"$', css_string(HOSTILE))
    assert not re.search(r'["<>{}\n]', body)
    # As CSS reads it: up to six digits, and one space after them, which is no part of the text.
    read_back = re.sub(r"\\([0-9a-f]{1,6}) ?", lambda found: chr(int(found[1], 16)), body)
    assert read_back == HOSTILE.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b")


def test_no_template_turns_escaping_off() -> None:
    """What is markup already is made by templates, and by one function of the figures."""
    folder = resources.files("blinplan.reports.shared") / "templates"
    found = [file for file in (*folder.iterdir(), *(folder / "report").iterdir()) if file.is_file()]
    assert len(found) >= 14
    for file in found:
        assert not re.search(r"\|\s*safe|autoescape", file.read_text(encoding="utf-8")), file


def test_a_template_that_is_not_given_what_it_asks_for_fails() -> None:
    with pytest.raises(UndefinedError):
        render("plan.html", title="x")


def test_a_line_of_time_is_drawn_to_scale() -> None:
    line = timeline(
        [Bar(0, 7, 9 / 28, "9", dark=True), Bar(7, 28, 1.0, "28", dark=True), Bar(28, 35, None, "", dark=True)],
        70,
        [],
        "x",
    )
    low, high = line.boxes
    assert Fraction(high.width) == 3 * Fraction(low.width)
    assert float(high.height) / float(low.height) == pytest.approx(28 / 9, rel=0.01)
    assert float(low.left) + float(low.width) == pytest.approx(float(high.left))
    assert [float(box.top) + float(box.height) for box in line.boxes] == pytest.approx([line.base, line.base])
    assert float(line.gaps[0].left) == pytest.approx(float(high.left) + float(high.width))
