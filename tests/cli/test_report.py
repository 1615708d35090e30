"""``blinplan report``: one file that says what simulate, check and evidence say, and how to make it again."""

import io
import re
import shlex
import sys
import unicodedata
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html

import blinplan
from blinplan.cli.app.program import run
from blinplan.evidence.kinds import EvidenceKind
from blinplan.refusal import Refusal
from blinplan.terminal import terminal
from tests.browser import Browser
from tests.collection.grid import at_night
from tests.program import ROOT, Run
from tests.regimen_text import cycle, regimen_text

pytestmark = pytest.mark.slow

FEW = ("--patients", "60", "--seed", "3", "--today", "2026-11-25")


class Page:
    """A report read back."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Any = html.fromstring(text)

    def all(self, path: str) -> list[Any]:
        return list(self.root.xpath(path))

    def section(self, name: str) -> Any:
        (found,) = self.all(f"//section[@aria-labelledby='{name}']")
        return found

    def words(self, name: str) -> str:
        return " ".join(self.section(name).text_content().split())

    def rows(self, name: str, number: int = 0) -> list[list[str]]:
        table = self.section(name).xpath(".//table")[number]
        return [[" ".join(cell.text_content().split()) for cell in row] for row in table.xpath("./tbody/tr")]


def reported(inside: Run, *arguments: str) -> Page:
    ran = inside("report", *arguments)
    assert ran.status in {0, 1, 2}
    assert ran.out.startswith("<!doctype html>"), ran.err
    return Page(ran.out)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    folder = tmp_path_factory.mktemp("report")
    asked = ("report", "rr-adult", "--weight", "70", "--height", "175", *FEW, "-o", "r.html")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(text()) as out, redirect_stderr(text()) as err:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["blinplan", *asked])
        with pytest.raises(SystemExit) as ended:
            run()
    assert (ended.value.code or 0, told(out)) == (0, "")
    assert told(err) == "exit 0: everything was checked, and nothing counts (--fail-on error)\n"
    return Page((folder / "r.html").read_text(encoding="utf-8"))


def text() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


def told(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def test_it_names_the_label_that_the_regimen_follows(page: Page) -> None:
    assert "Blincyto (blinatumomab), US prescribing information (United States, 2025)" in page.words("summary")
    assert "us-2025" in page.words("manifest")


# --- one file, for everybody ----------------------------------------------------------------------------------------


def test_it_needs_nothing_from_elsewhere_and_runs_nothing(page: Page) -> None:
    assert not re.search(r"https?:|//www|<script|<link|<iframe|@import|<object", page.text)
    assert not re.search(r"(?:src|href)=\"(?!#)", page.text)
    assert set(re.findall(r"url\((.)", page.text)) <= {"#"}


def test_headings_tables_and_pictures_can_be_read_aloud(page: Page) -> None:
    levels = [int(heading.tag[1]) for heading in page.all("//h1|//h2|//h3|//h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.root.get("lang") == "en"
    for table in page.all("//table"):
        assert table.xpath("./thead/tr/th[@scope='col']")
        assert not table.xpath("./thead/tr/th[not(@scope)]")
    for picture in page.all("//*[local-name()='svg']"):
        assert picture.get("role") == "img"
        assert picture.get("aria-label")
    names = page.all("//@id")
    assert len(names) == len(set(names))
    links = page.all("//nav//a/@href")
    assert len(links) == 8
    assert {link.removeprefix("#") for link in links} <= set(names)


def test_pictures_refer_to_their_own_parts_only(page: Page) -> None:
    pictures = page.all("//figure//*[local-name()='svg']")
    assert len(pictures) == 4  # the whole course and its first days, for pages and for telephones
    for picture in pictures:
        text = html.tostring(picture, encoding="unicode")
        own = set(re.findall(r' id="([^"]+)"', text))
        used = set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', text))
        assert used
        assert used <= own


# --- the same numbers as elsewhere ----------------------------------------------------------------------------------


def test_the_endpoints_are_those_of_simulate(page: Page, inside: Run) -> None:
    arguments = ("rr-adult", "--weight", "70", "--height", "175", "--patients", "60", "--seed", "3")
    found = inside("simulate", *arguments, "-f", "json").json
    rows, times, shares = ([row for row in page.rows("endpoints", table) if len(row) > 1] for table in range(3))
    in_order = sorted(found["endpoints"], key=lambda entry: GROUPS.index(entry["label"].split(":")[0]))
    values = [entry for entry in in_order if "never" not in entry]
    assert len(rows) == len(values)
    for row, endpoint in zip(rows, values, strict=True):
        assert row[0] == f"{endpoint['label'].split(': ', 1)[1]} ({endpoint['unit']})"
        assert row[4] == str(endpoint["count"])
        for cell, value in ((row[1], endpoint["typical"]), (row[2], endpoint["median"])):
            assert is_shown(cell, value, missing="-")
    until = {entry["label"].split(": ", 1)[1]: entry for entry in found["endpoints"] if "never" in entry}
    assert len(times) == len(until) > 3
    for row in times:
        entry = until[row[0].rsplit(" (", 1)[0]]
        assert (row[4], row[5]) == (str(entry["never"]), str(entry["total"]))
        for cell, value in ((row[1], entry["typical"]), (row[2], entry["median"]), (row[3], entry["p90"])):
            assert is_shown(cell, value, missing="not reached")
    events = sorted(
        found["shares"], key=lambda share: next(n for n, of in enumerate(GROUPS) if share["label"].startswith(of))
    )
    assert [row[4] for row in shares] == [str(share["total"]) for share in events]
    assert [row[2] for row in shares] == [f"{100 * share['share']:.1f} %" for share in events]


GROUPS = ("Drug", "B cells", "T cells", "Cytokines", "Blasts")


def is_shown(cell: str, value: float | None, missing: str) -> bool:
    if value is None:
        return cell == missing
    return cell.startswith("<") or float(cell.replace(",", "")) == pytest.approx(value, rel=1e-3)


def test_every_rule_has_the_verdict_of_check(page: Page, inside: Run) -> None:
    checked = inside("check", "rr-adult", "--patient", "weight=70,height=175", *FEW, "-f", "json", "--isolated").json
    (file,) = checked["files"]
    said = page.words("rules")
    by_outcome: dict[str, list[str]] = {}
    for verdict in file["verdicts"]:
        # A report is of one regimen, and not of the files of a run; X005 looks at what comes with blinplan.
        alone = verdict["rule"].startswith("X") and verdict["rule"] != "X005"
        by_outcome.setdefault("not evaluated" if alone else verdict["outcome"], []).append(verdict["rule"])
        assert verdict["rule"] in said
        for finding in verdict["findings"]:
            for text in (finding["message"], finding["why"], finding["help"], *finding["sources"]):
                assert " ".join(text.split()) in said
        if alone:
            assert "the regimen is judged by itself" in said
        elif verdict["not_evaluated"]:
            assert verdict["not_evaluated"]["reason"] in said
    assert f"Passed: {len(by_outcome['pass'])}" in said
    assert f"Not evaluated: {len(by_outcome['not evaluated'])}" in said
    listed = [code for row in page.rows("rules") for code in row[2].split(", ")]
    assert sorted(listed) == sorted(by_outcome["not evaluated"])
    assert f"Exit status {checked['status']}: {checked['reason']}." in page.words("summary")


def test_it_says_what_is_given_to_the_patient(page: Page, inside: Run) -> None:
    plan = inside("plan", "rr-adult", "--weight", "70", "--height", "175", "-f", "csv").out.splitlines()
    rows = page.rows("timeline")
    assert len(rows) == len(plan) - 1
    assert rows[0] == ["1-7", "1", "1", "9 mcg/day", "9", "63"]
    assert sum(float(row[5].replace(",", "")) for row in rows) == 3787
    assert "Whole course: 3,787 mcg" in page.words("timeline")
    drawn = page.section("timeline").xpath(".//*[local-name()='rect']")
    assert len(drawn) == 6
    assert float(drawn[1].get("width")) / float(drawn[0].get("width")) == pytest.approx(3, rel=0.01)
    summary = page.words("summary")
    assert "cycle 1: 9 mcg/day for 7 d, 28 mcg/day for 21 d, 14 d free" in summary
    assert "cycles 2-5: 28 mcg/day for 28 d, 14 d free" in summary
    assert "5 cycles; 140 d of infusion in 210 d" in summary


def test_the_evidence_is_measured_and_its_kinds_stand_apart(page: Page, inside: Run) -> None:
    found = inside("evidence", "--patients", "1000", "--seed", "3", "-f", "json").json
    evidence = page.section("evidence")
    ids = {element.text_content().split()[0] for element in evidence.xpath(".//article/h4 | .//dt")}
    assert ids == {one["id"] for one in (*found["claims"], *found["not_evaluated"])}
    outcomes = Counter(
        measure["outcome"] if measure["outcome"] != "holds" else measure["kind"]
        for claim in found["claims"]
        for measure in claim["measures"]
    )
    assert {row[0]: int(row[1]) + int(row[2]) for row in page.rows("evidence")} == {
        **{kind.heading: outcomes[kind] for kind in EvidenceKind if kind is not EvidenceKind.NOT_MEASURED},
        "Not evaluated": len(found["not_evaluated"]),
    }
    for kind in EvidenceKind:
        groups = evidence.xpath(f".//section[@aria-label='{kind.heading}']")
        assert len(groups) == (outcomes[kind] > 0)
        for group in groups:
            assert group.get("class").split()[0] == "kind"
            assert kind.meaning in " ".join(group.text_content().split())
            assert f"{outcomes[kind]} row" in group.xpath("./h3")[0].text_content()
            said = {each.get("data-kind") for each in group.xpath(".//h4 | .//dt")}
            assert said == {kind.heading}, "a page that begins within a kind does not say which"
    assert "on 1,000 virtual patients in each scenario, seed 3" in page.words("evidence")


def test_what_is_predicted_stands_with_what_was_expected_beside_what_was_found(page: Page, inside: Run) -> None:
    found = inside("evidence", "RNK-1", "--patients", "1000", "--seed", "3", "-f", "json").json
    (claim,) = page.section("evidence").xpath(".//article[starts-with(h4, 'RNK-1')]")
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in claim.xpath(".//tbody/tr")]
    measures = found["claims"][0]["measures"]
    assert [row[0] for row in rows] == [measure["text"] for measure in measures]
    assert [row[1:] for row in rows] == [
        ["ours: > 0", f"{measure['value']:.4g}", f"{measure['patients']:,}"] for measure in measures
    ]
    assert "Bounds chosen here: a rank, and no size." in " ".join(claim.text_content().split())


def test_every_number_that_nobody_has_seen_is_listed(page: Page, inside: Run) -> None:
    parameters = inside("model", "-f", "json").json["populations"]["adult-rr"]["parameters"]
    unseen = [
        one["name"]
        for one in parameters.values()
        if one["status"] in {"assumed", "calibrated"} or one["verification"] in {"transcribed", "unverified"}
    ]
    said = page.words("assumptions")
    assert f"Unverified numbers of the model: {len(unseen)} of {len(parameters)}" in said
    listed = [row[0] for row in page.rows("assumptions", 1)]
    assert sorted(listed) == sorted(unseen)
    assert "convention" in said


# --- made again -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_in_it_makes_the_same_bytes_again(page: Page, inside: Run, tmp_path: Path) -> None:
    (command,) = page.all("//pre[@class='command']")
    words = shlex.split(command.text_content())
    assert words[:2] == ["blinplan", "report"]
    assert inside(*words[1:]).status == 0
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == page.text


@pytest.mark.usefixtures("words_only")
def test_all_options_are_in_the_command(inside: Run) -> None:
    given = ("--bsa", "0.9", "--bsa-formula", "dubois", "--population", "child", "--follow-up", "7")
    more = ("--attenuation", "target-loss", "--premedication")
    made = reported(inside, "rr-below-45-kg", *FEW, *given, *more)
    words = shlex.split(made.all("//pre[@class='command']")[0].text_content())
    assert {*FEW, *given, *more} <= set(words)
    assert "Premedication lowers cytokine release: unverified" in made.words("assumptions")


# --- what is not known ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("words_only")
@pytest.mark.slow
def test_what_a_patient_gets_is_not_guessed(inside: Run) -> None:
    made = reported(inside, "nhl-5", *FEW)
    assert "What the patient gets is not evaluated: nhl-5 doses by body surface area" in made.words("timeline")
    assert made.rows("timeline")[0][3:] == ["5 mcg/m²/day", "-", "-"]
    assert "none declared in this regimen" in made.words("summary")
    below = reported(inside, "rr-below-45-kg", *FEW)
    assert "dexamethasone 5 mg/m²; what the patient gets is not evaluated" in below.words("summary")


@pytest.mark.usefixtures("words_only")
@pytest.mark.slow
def test_a_lighter_patient_gets_the_report_of_the_other_regimen(inside: Run) -> None:
    made = reported(inside, "rr-adult", *FEW, "--weight", "38", "--height", "150")
    assert made.all("//h1")[0].text_content().startswith("rr-below-45-kg: ")
    assert "switched to rr-below-45-kg" in made.words("summary")
    assert "≈6.292" in made.words("timeline")
    assert "≈18.875" in made.words("timeline")
    assert "No rule found anything." in made.words("rules"), (
        "steps of a child are compared with the label's for children"
    )


@pytest.mark.nightly
def test_unverified_doses_are_said_to_be(inside: Run) -> None:
    made = reported(inside, "consolidation-below-45-kg", *FEW)
    assert "Doses of this regimen are unverified" in made.words("summary")
    assert "doses unverified" in made.text
    made = reported(inside, "dlbcl-3-step", *FEW)
    assert "Partly unverified: The doses inside the second cycle were not seen" in made.words("summary")
    assert "partly unverified" in made.text


# --- own files ------------------------------------------------------------------------------------------------------

HOSTILE = "<script>alert('1')</script>"


@pytest.mark.usefixtures("words_only")
def test_text_from_files_is_text_and_a_waiver_is_shown_with_its_reason(inside: Run, tmp_path: Path) -> None:
    lines = cycle("28 mcg/day for 27 days")
    waiver = f'[[waiver]]\nrule = "S301"\nreason = "a day less, {HOSTILE}"\nexpires = 2027-06-30\n'
    text = regimen_text(lines, title=f"T {HOSTILE} \u202e", called="own") + "\n" + waiver
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    made = reported(inside, "own.toml", *FEW)
    assert "<script" not in made.text
    assert "\u202e" not in made.text
    assert HOSTILE in made.all("//h1")[0].text_content()
    assert [row for row in made.rows("rules") if row[0] == "S301"] == [
        ["S301", '"Cycle" infuses 27 d; a cycle infuses 28 days', f"a day less, {HOSTILE}", "2027-06-30"],
    ]
    late = reported(inside, "own.toml", *FEW[:-1], "2027-07-01")
    assert "Waived: 1" in late.words("rules"), "that of what the test is not about"


@pytest.mark.usefixtures("words_only")
def test_the_status_and_the_limits_are_those_of_the_configuration(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(regimen_text(cycle("28 mcg/day for 27 days"), called="own"), encoding="utf-8")
    (tmp_path / "blinplan.toml").write_text('fail-on = "warning"\nignore = ["D206"]\n', encoding="utf-8")
    ran = inside("report", "own.toml", *FEW)
    checked = inside("check", "own.toml", *FEW)
    assert ran.status == checked.status == 1
    assert ran.err.splitlines()[-1] == checked.err.splitlines()[-1]
    assert "(--fail-on warning)" in Page(ran.out).words("summary")
    assert "D206" in str(Page(ran.out).rows("rules", 1)), "the first table has what is waived"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere"),
        (["rr-adult", "--weight", "70"], "one of --weight and --height is missing"),
        (["rr-adult", "-o", "missing/r.html"], "cannot be written"),
        (["nhl-5", "--premedication"], "declares no premedication"),
        (["rr-adult", "--population", "child"], "is for 45 kg and over"),
        (["slip.toml"], "N106"),
    ],
    ids=str,
)
def test_what_cannot_be_reported_is_refused_and_files_stay(
    inside: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "slip.toml").write_text(regimen_text(cycle("9000 mcg/day for 28 days")), encoding="utf-8")
    (tmp_path / "old.html").write_text("old", encoding="utf-8")
    output = [] if "-o" in arguments else ["-o", "old.html"]
    ran = inside("report", *arguments, *output)
    assert (ran.status, ran.out) == (2, "")
    assert message in " ".join(ran.err.split())
    assert (tmp_path / "old.html").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.html", "slip.toml"]


def test_without_matplotlib_it_says_what_to_install(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ran = inside("report", "rr-adult")
    assert (ran.status, ran.out) == (2, "")
    assert "pip install 'blinplan[plot]'" in ran.err


# --- in a browser ---------------------------------------------------------------------------------------------------


@pytest.mark.outside
@pytest.mark.parametrize(("paper", "width", "height"), [("A4", 595, 842), at_night("letter", 612, 792)])
def test_it_prints_on_both_papers(
    page: Page, browser: Browser, tmp_path: Path, paper: str, width: int, height: int
) -> None:
    pages = browser.printed(page.text, paper, tmp_path)
    assert 5 <= len(pages) <= 25
    for one in pages:
        assert (one.width, one.height) == pytest.approx((width, height), abs=2)
    for number, one in enumerate(pages, start=1):
        assert min(one.sizes) >= 8.0, one.sizes[min(one.sizes)]
        assert f"page {number} of {len(pages)}" in one.words
        assert one.words.count("not a medical device") == 1
    text = unicodedata.normalize("NFKC", " ".join(one.words for one in pages))
    for heading in page.all("//h2"):
        assert heading.text_content() in text
    assert text.count("Days since the first infusion began") == 2  # each figure once, not that for telephones too
    assert "Exit status 0" in pages[0].words


@pytest.mark.outside
@pytest.mark.parametrize("width", [390, 1000])
def test_nothing_sticks_out_of_a_telephone_or_a_window(
    page: Page, browser: Browser, tmp_path: Path, width: int
) -> None:
    (tmp_path / "r.html").write_text(page.text, encoding="utf-8")
    (tmp_path / "frame.html").write_text(
        f"<iframe id=f src=r.html width={width} height=800 style='border:0'></iframe><script>"
        "onload = () => { const d = document.getElementById('f').contentDocument;"
        "const seen = [...d.querySelectorAll('figure svg')].filter(s => s.getBoundingClientRect().width > 0);"
        "document.title = [d.documentElement.scrollWidth, seen.length, seen[0].viewBox.baseVal.width].join(' ') }"
        "</script>",
        encoding="utf-8",
    )
    shown = browser.shown(tmp_path / "frame.html")
    found = re.search(r"<title>([0-9.]+) (\d+) ([0-9.]+)</title>", shown)
    assert found, shown[:500]
    reaches, figures, points = float(found[1]), int(found[2]), float(found[3])
    assert reaches <= width
    assert figures == 2
    assert points * 25.4 / 72 == pytest.approx(89 if width == 390 else 183, rel=0.01)


def test_a_report_does_not_take_the_place_of_its_regimen(inside: Run, tmp_path: Path) -> None:
    text = regimen_text(cycle())
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    ran = inside("report", "mine.toml", "--patients", "50", "-o", "mine.toml")
    assert (ran.status, ran.out) == (2, "")
    assert "mine.toml is what is read" in ran.err
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == text


def test_a_page_is_not_poured_into_a_terminal(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blinplan.cli.app.program.terminal", lambda colour: terminal(colour)._replace(is_seen=True))
    ran = inside("report", "rr-adult", *FEW)
    assert (ran.status, ran.out) == (2, "")
    assert "add -o report.html" in ran.err


@pytest.mark.usefixtures("words_only")
def test_what_decides_the_status_stands_in_the_summary(inside: Run) -> None:
    failing = reported(inside, "nhl-1.5", *FEW).words("summary")
    assert "error D201:" in failing
    assert "warning" not in failing.split("In virtual patients")[0].split("error D201:")[1]
    assert "error D201:" not in reported(inside, "rr-adult", *FEW).words("summary")


@pytest.mark.usefixtures("words_only")
def test_a_report_by_another_label_says_so_and_can_be_made_again(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        (ROOT / "regimens/labelled/hk-rr-adult.toml")
        .read_text(encoding="utf-8")
        .replace('label = "hk-2026"\n', "")
        .replace("hk-rr-adult", "own"),
        encoding="utf-8",
    )
    made = reported(inside, "own.toml", "--label", "hk-2026", "--weight", "70", "--height", "175", *FEW)
    assert "Blincyto (blinatumomab), Hong Kong prescribing information" in made.words("summary")
    assert "as asked" in made.words("summary")
    assert "asked of the site: premedication on a restart" in made.words("summary")
    assert "--label hk-2026" in made.words("manifest")
    assert "US prescribing" not in made.words("summary") + made.words("rules")


# --- own patients and questions -------------------------------------------------------------------------------------

OWN = "id,weight_kg,height_cm,b_cells_per_ul\nA-1,70,175,200\nA-2,55,160,\nA-3,90,185,12\n"
WANTED = "IL-6 above 20 pg/mL in cycle 1"
QUESTIONS = ("--endpoints", "b_depleted_day,t_nadir", "--endpoint", WANTED, "--by-day", "2,7")
TODAY = ("--today", "2026-11-25")


@pytest.mark.usefixtures("words_only")
def test_it_takes_the_endpoints_days_and_people_of_simulate(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(OWN, encoding="utf-8")
    given = ("rr-adult", "--people", "mine.csv", *QUESTIONS)
    ran = inside("report", *given, *TODAY, "-o", "r.html")
    made = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    simulated = inside("simulate", *given, "-f", "json").json
    values, times, by_day, shares = (made.rows("endpoints", number) for number in range(4))
    assert [row[0] for row in values if len(row) > 1] == [
        "Nadir, first week (% of baseline)",
        "Days IL-6 above 20 pg/mL, cycle 1 (day)",
    ]
    assert {row[0] for row in times if len(row) > 1} == {
        "Time to ≤ 10 /µL, cycle 1 (day)",
        "IL-6 above 20 pg/mL, cycle 1 (day)",
    }
    depleted = next(entry for entry in simulated["endpoints"] if entry["key"] == "b_depleted_day")
    assert [row[:2] + row[3:] for row in by_day if row[0].startswith("day")][:2] == [
        [f"day {share['day']:g}", f"{100 * share['share']:.1f} %", "3"] for share in depleted["by_day"]
    ]
    assert [row[0] for row in shares if len(row) > 1] == ["IL-6 above 20 pg/mL, cycle 1"]
    said = made.words("endpoints")
    assert "Before treatment as the table of patients says, and drawn where a cell is empty: B cells." in said
    assert "3 patients of the table" in made.words("curves")
    assert "IL-6 above 20 pg/mL, cycle 1 in" in made.words("summary")
    assert "judged on 1,000 drawn ones, seed 1, and not on the table of patients" in made.words("rules")
    assert ran.status == 0
    words = shlex.split(made.all("//pre[@class='command']")[0].text_content())
    before = (tmp_path / "r.html").read_bytes()
    assert inside(*words[1:]).status == 0
    assert (tmp_path / "r.html").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--people", "mine.csv", "--patients", "60"), "--patients and --people contradict each other"),
        (("--people", "mine.csv", "-o", "mine.csv"), "mine.csv is what is read"),
        (("--endpoints", "b_nadri"), "did you mean b_nadir?"),
        (("--endpoint", "IL-6 above 20 pg/mL in cycle 9"), "there is no cycle 9"),
        (("--by-day", "soon"), "--by-day has 'soon', which is no day"),
    ],
    ids=str,
)
def test_questions_that_simulate_refuses_are_refused(
    inside: Run, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "mine.csv").write_text(OWN, encoding="utf-8")
    ran = inside("report", "rr-adult", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert message in " ".join(ran.err.split())
    assert (tmp_path / "mine.csv").read_text(encoding="utf-8") == OWN


@pytest.mark.parametrize("name", ["report.pdf", "report.PDF", "report.md", "report.json", "report.csv"])
def test_a_page_is_not_written_as_a_file_of_another_kind(name: str, inside: Run, tmp_path: Path) -> None:
    """A page lay in report.pdf, which no reader of PDF opens."""
    ran = inside("report", "rr-adult", *FEW, "-o", name)
    assert ran.status == 2
    assert f"a report is a page of HTML, and {name} is none" in ran.err
    assert not (tmp_path / name).exists()
    page = blinplan.report("rr-adult", patients=60)
    with pytest.raises(Refusal, match="page of HTML"):
        page.write(tmp_path / name)
