"""The page to print: whole, without anything from elsewhere, and with the amounts of the plan."""

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from blinplan.course.bags.bag import Bag
from blinplan.course.bags_of_course import bags_of
from blinplan.course.calendar import Clock
from blinplan.course.happened.replan import Replanned
from blinplan.regimen.site.site import Site
from blinplan.reports.plan.bags import savings
from tests.browser import Browser, Sheet
from tests.collection.grid import at_night, in_turn
from tests.plan_text import DATED, RECORD, WARD
from tests.program import Run


def select(text: str, path: str) -> list[Any]:
    found: Any = html.fromstring(text)
    return list(found.xpath(path))


@pytest.fixture
def page(inside: Run, tmp_path: Path) -> str:
    (tmp_path / "ward.toml").write_text(WARD)
    return inside(*DATED, "--site", "ward.toml", "-f", "html").out


def test_it_is_a_page_a_cycle_and_needs_nothing_from_elsewhere(page: str) -> None:
    sections = select(page, "//section")
    assert len(sections) == 5
    body = page.split("</style>")[1]
    assert body.count("not a medical device") == 5  # each page is handed out alone
    assert not re.search(r"https?:|src=|href=|@import|url\(", page)
    assert etree.fromstring(page.split("<!doctype html>\n")[1].replace('<meta charset="utf-8">', "")) is not None
    assert "cycle 3" in sections[2].xpath(".//h1")[0].text


def test_it_lists_the_bags_of_the_plan(page: str, inside: Run) -> None:
    plan = inside(*DATED, "--site", "ward.toml", "-f", "json").json["dated"]
    assert page.count("is not evaluated") == 15  # what is filled, of what, and how long it may be used, on every page
    rows = [[cell.text for cell in row.xpath("./td")] for row in select(page, "//table[@aria-label='Bags']/tbody/tr")]
    assert len(rows) == len(plan["bags"])
    assert [row[1][4:14] for row in rows] == [bag["start"][:10] for bag in plan["bags"]]
    assert [row[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]


def test_the_course_is_drawn_to_scale(page: str) -> None:
    drawn = select(page, "//section[1]//rect")
    assert len(drawn) == 6  # two steps, four later cycles
    widths = [float(one.get("width")) for one in drawn]
    heights = [float(one.get("height")) for one in drawn]
    assert widths[1] / widths[0] == pytest.approx(3, rel=0.01)
    assert heights[1] / heights[0] == pytest.approx(28 / 9, rel=0.01)
    assert [one.tag for one in select(page, "//section[1]//svg/*[self::rect or self::text]")][:6] == ["rect"] * 6
    assert [one.get("fill") for one in drawn] == ["#000", "#000", "#bbb", "#bbb", "#bbb", "#bbb"]


def test_names_cannot_break_the_page_and_an_interruption_is_drawn(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(RECORD)
    interrupted = inside("plan", "rr-adult", "--record", "record.toml", "-f", "html").out
    assert "stroke-dasharray" in interrupted
    from tests.regimen_text import cycle, regimen_text

    hostile = regimen_text(cycle(), title="<script>alert(1)</script>").replace('name = "Cycle"', 'name = "<script>"')
    (tmp_path / "x.toml").write_text(hostile, encoding="utf-8")
    shown = inside("plan", "x.toml", "--weight", "70", "--start", "2026-10-19T10:00Z", "-f", "html").out
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_what_other_bags_would_save_stands_in_every_cycle_and_they_are_sought_once(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought: list[Site] = []

    def seek(found: Replanned, site: Site, clock: Clock) -> tuple[Bag, ...]:
        sought.append(site)
        return bags_of(found, site, clock)

    monkeypatch.setattr(savings, "bags_of", seek)
    filled = DAILY.replace("fill_ml = 275 }", "fill_ml = 270 }, { hours = 96, fill_ml = 250 }")
    (tmp_path / "ward.toml").write_text(filled, encoding="utf-8")
    shown = inside(*DATED, "--site", "ward.toml", "-f", "html").out
    assert shown.count("vials instead of") == 5
    assert len(sought) == 1


def test_a_page_needs_a_start(inside: Run) -> None:
    ran = inside("plan", "rr-adult", "-f", "html")
    assert (ran.status, ran.out) == (2, "")


DAILY = (
    'site = 1\nname = "Ward 7"\ntime_zone = "Europe/Berlin"\nchange_time = "10:00"\nprepared_hours_before = 3\n'
    "bag = [{ hours = 24, fill_ml = 275 }]\n"
)
STOPS = (
    "\n[[interruption]]\nstopped = 2026-03-18T14:00:00\nrestarted = 2026-03-21T14:00:00\n"
    'resolved = 2026-03-20T14:00:00\ncause = "cytokine-release-syndrome"\ngrade = 3\ncycle = 1\n'
    "\n[[interruption]]\nstopped = 2026-04-02T14:00:00\nrestarted = 2026-04-06T14:00:00\n"
    'resolved = 2026-04-05T14:00:00\ncause = "neurological"\ngrade = 3\ncycle = 1\n'
)
BY_AREA = ("plan", "rr-below-45-kg", "--weight", "30", "--height", "130", "--start", "2026-10-19T10:00")


PRINTED = [
    ((*DATED, "--site", "ward.toml"), 5),
    ((*BY_AREA, "--time-zone", "UTC"), 5),
    (("plan", "rr-adult", "--record", "record.toml", "--site", "daily.toml"), 6),
]
"""Plans, and on how many sheets they are at least: daily bags and interruptions take a second sheet for a cycle."""
DAILY_BY_AREA = ((*BY_AREA, "--site", "daily.toml"), 5)
ON_PAPER = [*in_turn(PRINTED, ["A4", "letter"]), at_night(DAILY_BY_AREA, "A4"), at_night(DAILY_BY_AREA, "letter")]


@pytest.mark.outside
@pytest.mark.parametrize(("plan", "paper"), ON_PAPER)
def test_every_sheet_of_paper_is_legible_says_what_it_is_of_and_cuts_no_table(
    inside: Run, browser: Browser, tmp_path: Path, plan: tuple[tuple[str, ...], int], paper: str
) -> None:
    arguments, least = plan
    (tmp_path / "ward.toml").write_text(WARD)
    (tmp_path / "daily.toml").write_text(DAILY)
    (tmp_path / "record.toml").write_text(RECORD.split("\n[[interruption]]")[0] + STOPS)
    text = inside(*arguments, "--plan-id", "bed-3", "-f", "html").out
    sheets = browser.printed(text, paper, tmp_path)
    assert least <= len(sheets) <= 20  # each bag has room for four signatures
    assert_legible(sheets, f"{arguments[1]}, plan bed-3")
    if "--site" in arguments:
        rows = select(text, "//table[@aria-label='Bags']/tbody/tr")
        assert_whole(sheets, [" ".join(cell.text for cell in row.xpath("./td")) for row in rows])


def assert_legible(sheets: list[Sheet], plan: str) -> None:
    """Each sheet says what it is of, in letters that can be read, and a cycle begins on a sheet of its own."""
    for number, sheet in enumerate(sheets, start=1):
        said = sheet.words
        assert plan in said
        assert f"page {number} of {len(sheets)}" in said
        assert said.count("not a medical device") == said.count("Check every dose against the label") == 1
        read_first = [said.index(words) for words in ("Check every dose", "When What", "Taken down") if words in said]
        assert min(read_first) == said.index("Check every dose")
        assert min(sheet.sizes) >= 8.0, sheet.sizes[min(sheet.sizes)]
        headed = ("When What", "Taken down", "Not known, not evaluated")
        assert any(words in said for words in headed)  # no sheet for a last sentence alone
    cycles = [re.search(r"cycle (\d) of 5, page", sheet.words) for sheet in sheets]
    numbers = [int(found[1]) for found in cycles if found]
    assert numbers == sorted(numbers)
    assert set(numbers) == {1, 2, 3, 4, 5}
    assert len(numbers) == len(sheets)


def assert_whole(sheets: list[Sheet], rows: list[str]) -> None:
    """The table of bags says its heads again on every sheet that it reaches, and no row of it is cut."""
    found = []
    for sheet in sheets:
        said = sheet.words
        here = [row for row in rows if f" {row} " in f" {said} "]
        found += here
        assert said.count("Bag Hung Taken down") == bool(here)
        assert said.count("Prepared Checked Hung Taken down") == bool(re.search(r"\bat by at by\b", said))
        assert said.count("In-use left") == bool(here)
        if re.search(r"\bBags\b", re.sub("Bags (?:for|to sign for)", "", said).replace("bags", "")):
            assert len(here) >= 2  # a heading stays with its table
    assert found == rows


def test_no_height_of_paper_is_guessed(inside: Run) -> None:
    text = inside(*DATED, "-f", "html").out
    assert "font-size" not in text.split("</style>")[1].replace('font-size="12"', "")  # but in the drawing
    assert "break-after: page" in text
