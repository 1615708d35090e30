"""The paper of a ward: whose it is, boxes to sign, labels of bags that fit their sheets, and a sheet for home."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from blinplan.reports.plan.paper import room
from blinplan.reports.plan.paper.plain_words import plain_words
from blinplan.reports.plan.paper.sheets import SIZES, LabelSheet
from tests.browser import Browser
from tests.collection.grid import at_night, in_turn
from tests.plan_text import DATED, RECORD
from tests.program import Run

WARD = (
    'site = 1\nname = "St. Anna"\ntime_zone = "Europe/Berlin"\nchange_time = "10:00"\nclosed = ["saturday", "sunday"]\n'
    "prepared_hours_before = 6\nbag = [{ hours = 24, fill_ml = 276 }, { hours = 72, fill_ml = 140 },"
    " { hours = 96, fill_ml = 203, in_use_hours = 168 }]\n"
)
PATIENT = ("--patient-name", "A. <b>Muster</b>", "--patient-number", "4711", "--prescriber", "Dr. Lee")
HTML = ("--site", "ward.toml", "-f", "html")
EACH_LABEL = "//*[contains(@class, 'label')]"
LABELS = (*DATED, *HTML, "--view", "labels")


@pytest.fixture
def ward(tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(WARD)
    (tmp_path / "record.toml").write_text(RECORD)


def select(text: str, path: str) -> list[Any]:
    found: Any = html.fromstring(text)
    return list(found.xpath(path))


def fields(page: str) -> dict[str, str]:
    of_first = select(page, "(//*[@class='fields'])[1]/div")
    return {"".join(one[0].itertext()): "".join(one[1].itertext()) for one in of_first}


@pytest.mark.slow
@pytest.mark.parametrize("word", ["a", "ab ", "-", "W ", "ab-cd "])
def test_a_text_is_set_in_steps_as_many_as_its_letters(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, width = [0], room._width

    def counted(letter: str) -> int:
        looked[0] += 1
        return width(letter)

    monkeypatch.setattr(room, "_width", counted)
    steps = []
    for letters in (3_000, 12_000):
        looked[0] = 0
        assert len(list(room.text_lines(word * (letters // len(word)), 60))) > 10
        steps.append(looked[0])
    assert steps[1] < 4.2 * steps[0]


def test_the_heading_has_what_was_said_and_lines_for_the_rest(inside: Run, ward: None) -> None:
    cut = (*HTML, "--cycle", "1")
    said = inside(*DATED, *cut, *PATIENT, "--plan-id", "bed-1", "--revision", "2", "--planned-on", "2026-10-12").out
    found = fields(said)
    mark = found.pop("Identity")
    assert re.fullmatch(r"[0-9a-f]{8}", mark)
    assert found == {
        "Name": "A. <b>Muster</b>",
        "Date of birth": "",  # an age is no date of birth
        "Number": "4711",
        "Prescriber": "Dr. Lee",
        "Site": "St. Anna",
        "Plan": "bed-1, revision 2",
        "Planned on": "Mon 2026-10-12",
    }
    assert "<b>" not in said
    assert set(fields(inside(*DATED, *cut).out).values()) - {mark} == {"", "St. Anna"}
    born = inside(*DATED[:4], "--age", "1986-03-04", *DATED[6:], *cut, "--ward", "Ward 3").out
    assert (fields(born)["Date of birth"], fields(born)["Site"]) == ("1986-03-04", "Ward 3")


@pytest.mark.slow
def test_plans_that_differ_have_other_marks_and_parts_of_one_the_same(inside: Run, ward: None) -> None:
    def mark(*arguments: str) -> str:
        return fields(inside(*DATED, *HTML, *arguments).out)["Identity"]

    assert mark() == mark("--cycle", "2") == mark("--from", "2026-10-20")
    assert mark("--cycle", "1") != fields(inside(*DATED[:3], "71", *DATED[4:], *HTML, "--cycle", "1").out)["Identity"]


def test_nothing_of_the_patient_is_kept(inside: Run, ward: None, tmp_path: Path) -> None:
    before = {path.name for path in tmp_path.rglob("*")}
    inside(*DATED, *HTML, *PATIENT)
    assert {path.name for path in tmp_path.rglob("*")} == before
    assert "Muster" not in inside(*DATED, "-f", "json", *PATIENT).out


def test_each_bag_has_its_use_by_and_boxes_to_sign(inside: Run, ward: None) -> None:
    page = inside(*DATED, *HTML, "--cycle", "1").out
    bags = inside(*DATED, "--site", "ward.toml", "--cycle", "1", "-f", "json").json["dated"]["bags"]
    rows = select(page, "//table[@aria-label='Bags to sign for']/tbody/tr")
    assert len(rows) == len(bags) > 5
    for row, bag in zip(rows, bags, strict=True):
        text = " ".join(" ".join(row.itertext()).split())
        assert len(row.xpath(".//*[@class='box']")) == 4
        for key, word in (("hang_by", "hang by"), ("take_down_by", "down by")):
            told = "________" if bag[key] is None else f"{bag[key][:10]} {bag[key][11:16]}"
            assert re.search(rf"{word} (?:\w{{3}} )?{re.escape(told)}", text), (key, text)
    assert any(bag["hang_by"] is None for bag in bags)  # a time that nobody has seen is written by hand
    assert any(bag["hang_by"] is not None for bag in bags)


def test_what_is_not_evaluated_is_below_what_is_to_be_done_and_in_words(inside: Run, ward: None) -> None:
    page = inside("plan", "rr-adult", "--record", "record.toml", *HTML, "--cycle", "1").out
    body = page.split("</style>")[1]
    assert not re.search(r"\b[A-Z]\d{3}\b", body)
    assert "`" not in body
    told = body.index("the dose of the restart is not on record")
    assert told > body.index("Bags to sign for") > body.index("What is due")


def test_words_for_paper() -> None:
    assert (
        plain_words("I801 is not evaluated: `restart_dose` is missing.") == "Not evaluated: “restart dose” is missing."
    )
    undecided = "It is not evaluated: the grade is not on record, interruption 1 (`grade`, I801)."
    assert plain_words(undecided) == "It is not evaluated: the grade is not on record, interruption 1."
    assert plain_words("It was 28 mcg/day (I801).") == "It was 28 mcg/day."
    assert plain_words('with `prefer = "fewest-vials"` and `blinplan`') == "With “prefer: fewest vials” and “blinplan”"
    assert plain_words("no `in_use_hours` is given") == "No “in use in hours” is given"
    assert plain_words("`[[syringe]]` and `rate_ml_per_hour`") == "“syringe” and “rate in mL/h”"


def test_a_label_says_what_is_in_the_bag_and_how_it_runs(inside: Run, ward: None) -> None:
    page = inside(*LABELS, *PATIENT, "--plan-id", "bed-1", "--cycle", "1").out
    labels = [
        [" ".join(" ".join(line.itertext()).split()) for line in one]
        for one in select(page, "//*[contains(@class, 'label')]")
    ]
    bags = inside(*DATED, "--site", "ward.toml", "-f", "json").json["dated"]["bags"]
    assert labels[0] == [
        "A. <b>Muster</b>",
        "4711",
        "blinatumomab 9 mcg/day",
        f"1.8 mL/h Bag 1 of {len(bags)}, bed-1",
        "gives 36 mcg in 172.8 mL, 4 d",
        "holds 203 mL with ≈42.292 mcg",
        "hang Mon 2026-10-19 10:00",
        "down Fri 2026-10-23 10:00",
        "hang by Thu 2026-10-22 04:00",  # seven days from Mon 04:00, less the four that it runs
        "down by Mon 2026-10-26 03:00",  # the clock was put back on Sunday
        "DO NOT FLUSH ; WITH preservative",
    ]
    assert len(labels) == sum(bag["start"] < "2026-11-16T10" for bag in bags)


@pytest.mark.parametrize(
    ("syringes", "says"),
    [
        ("{ ml = 3, graduation_ml = 0.1 }, { ml = 10, graduation_ml = 0.2 }", "ordered"),
        ("{ ml = 0.5, graduation_ml = 0.0001 }", "ordered"),
        (None, "gives"),
    ],
)
def test_a_label_claims_to_give_no_more_and_no_less_than_its_bag_does(
    inside: Run, ward: None, syringes: str | None, says: str
) -> None:
    if syringes is not None:
        site = Path("ward.toml").read_text(encoding="utf-8")
        Path("ward.toml").write_text(f"syringe = [{syringes}]\n{site}", encoding="utf-8")
    for label in select(inside(*LABELS).out, EACH_LABEL):
        words = " ".join("".join(label.itertext()).split())
        found = re.search(r"(gives|ordered) (≈?)([\d.]+) mcg in ([\d.]+) mL.*holds ([\d.]+) mL with ≈?([\d.]+)", words)
        assert found is not None, words
        verb, _, told, infused, volume, held = found.groups()
        given = float(held) / float(volume) * float(infused)
        assert verb == says
        assert (abs(given - float(told)) < 0.001) or verb == "ordered"


def test_a_name_that_was_not_said_is_a_line_to_write_on(inside: Run, ward: None) -> None:
    (first, *_) = select(inside(*LABELS).out, EACH_LABEL)
    assert [line.text for line in first[:2]] == ["name", "born, number"]
    assert "Bag 1 of" in "".join(first.itertext())


@pytest.mark.parametrize("sheet", LabelSheet)
def test_labels_lie_on_their_sheet_and_beside_each_other(inside: Run, ward: None, sheet: LabelSheet) -> None:
    size = SIZES[sheet]
    page = inside(*LABELS, "--sheet", sheet.value).out
    for one in select(page, "//*[@class='sheet']"):
        styles = [re.findall(r"(left|top): ([\d.]+)mm", label.get("style")) for label in one]
        at = [tuple(float(value) for _, value in style) for style in styles]
        assert len(set(at)) == len(at) <= size.labels
        for left, top in at:
            assert 0 <= left <= size.width - size.label_width + 0.01
            assert 0 <= top <= size.height - size.label_height + 0.01
        for left, top in at:
            beside = [(x, y) for x, y in at if (x, y) != (left, top)]
            assert all(
                abs(x - left) >= size.label_width or abs(y - top) >= size.label_height - 0.001 for x, y in beside
            )
    assert f"@page {{ size: {size.width}mm {size.height}mm" in page


@pytest.mark.outside
@pytest.mark.parametrize("sheet", LabelSheet)
def test_every_line_of_a_label_is_printed_large_enough(
    inside: Run, browser: Browser, ward: None, tmp_path: Path, sheet: LabelSheet
) -> None:
    sizes = ("--weight", "43.7", "--height", "151", "--age", "12", *DATED[6:])
    asked = ("--patient-number", "4711", "--patient-name", "Anna-Maria Musterfrau", "--plan-id", "bed-1")
    page = inside(
        "plan", "rr-adult", *sizes, *HTML, "--view", "labels", "--sheet", sheet.value, *asked, "--cycle", "1"
    ).out
    size = SIZES[sheet]
    sheets = browser.printed(page, f"{size.width}mm {size.height}mm", tmp_path)
    labels = [one for one in sheets if "This sheet is no label" not in one.words]
    count = len(select(page, "//*[contains(@class, 'label') and @style]"))
    said = " ".join(one.words for one in labels)
    assert len(labels) == -(-count // size.labels)
    assert len(re.findall(r"Bag \d+ of \d+", said)) == count
    assert len(re.findall("DO NOT FLUSH; (?:WITH|no) preservative", said)) == count  # the last line of each
    assert said.count("down by") == count
    assert said.count("checked by") == (0 if size.is_small else count)  # where there is room to sign
    assert all(min(one.sizes) >= 7.99 for one in sheets)
    assert all(abs(one.width - size.width * 72 / 25.4) < 1 for one in sheets)


HYPHENS = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Hubert Blaine"
LONG = "Wolfeschlegelstein-Featherstonehaugh, Hubert Blaine Maximilian"
LONGER = (
    f"Wolfeschlegelsteinhausenbergerdorff{LONG} Alexander Benedikt Konstantin Immanuel Theodor of Somewhere Far Away"
)
WIDE = "WWWWWWWW MMMMMMMM WWWWWWWW"
CHINESE = "王小明" * 20


NAMES = ((HYPHENS, "4711"), (LONGER, "7" * 30), (CHINESE, "4711"), (WIDE, "M" * 40))


def names_on_sheets() -> Iterator[Any]:
    """Each long name on the smallest labels, and at night on all."""
    for (name, number), sheet in product(NAMES, LabelSheet):
        yield (name, number, sheet) if SIZES[sheet].is_small else at_night(name, number, sheet)


@pytest.mark.outside
@pytest.mark.parametrize(("name", "number", "sheet"), list(names_on_sheets()))
def test_a_long_name_is_printed_whole_or_told_to_be_shortened(
    inside: Run, browser: Browser, ward: None, tmp_path: Path, sheet: LabelSheet, name: str, number: str
) -> None:
    size = SIZES[sheet]
    asked = ("--patient-number", number, "--patient-name", name, "--plan-id", "bed-1", "--sheet", sheet.value)
    ran = inside(*LABELS, *asked, "--cycle", "1")
    sheets = browser.printed(ran.out, f"{size.width}mm {size.height}mm", tmp_path)
    labels = [one for one in sheets if "This sheet is no label" not in one.words]
    said = "".join("".join(one.words for one in labels).split())
    count = len(select(ran.out, "//*[contains(@class, 'label') and @style]"))
    told = " ".join(ran.err.split())
    for what, given in (("name", name), ("number", number)):
        is_shortened = f"no room on these labels for the whole {what}" in told
        if given != CHINESE:  # whose letters a PDF has by other numbers
            assert is_shortened == (said.count(given.replace(" ", "")) < count), (what, said)
        assert is_shortened == (f"for the whole {what}" in ran.out)
    assert not ("whole name" in told and "…" not in said)
    assert len(re.findall("DONOTFLUSH;(?:WITH|no)preservative", said)) == count  # the last line of each
    assert all(min(one.sizes) >= 7.99 for one in sheets)
    assert not cut_off(browser, ran.out, tmp_path)


def cut_off(browser: Browser, page: str, folder: Path) -> list[str]:
    """Return the lines of labels of which the browser shows a part only, and labels that hold more than they show."""
    measured = page.replace("</body>", f"<script>{_MEASURE}</script></body>")
    (folder / "measured.html").write_text(measured, encoding="utf-8")
    shown = browser.shown(folder / "measured.html")
    return [" ".join("".join(one.itertext()).split()) for one in select(shown, "//*[@data-cut]")]


_MEASURE = """
for (const label of document.querySelectorAll(".label")) {
  const last = label.lastElementChild.getBoundingClientRect().bottom;
  if (last > label.getBoundingClientRect().bottom + 0.5) label.setAttribute("data-cut", "");
  for (const line of label.children) if (line.scrollWidth > line.clientWidth + 1) line.setAttribute("data-cut", "");
}
"""


@pytest.mark.slow
def test_a_name_that_no_label_has_room_for_is_told_at_the_command_and_on_the_sheet(inside: Run, ward: None) -> None:
    asked = ("--patient-name", LONGER, "--plan-id", "a-study-of-forty-patients-in-three-countries")
    labels = (*LABELS, "--cycle", "1")
    ran = inside(*labels, *asked)
    told = " ".join(ran.err.split())
    (shown,) = {"".join(one.itertext()) for one in select(ran.out, f"{EACH_LABEL}/p[1]")}
    assert shown.endswith("…")
    assert LONGER.startswith(shown[:-1])
    assert f"There is no room on these labels for the whole name: they have “{shown}”." in told
    assert "for the whole plan's name: they have “a-stu" in told
    assert f"for the whole name: they have “{shown}”" in ran.out
    assert "no room" not in inside(*labels, "--patient-name", LONG, "--plan-id", "bed-1").err
    assert "no room" not in inside(*labels, *asked[:2], "--sheet", "a4-8").err
    assert "no room" in inside(*labels, "--patient-name", CHINESE).err  # 60 signs, each as wide as high
    assert "no room" not in inside(*labels, "--patient-name", CHINESE[:40]).err


@pytest.mark.outside
@pytest.mark.parametrize(("view", "paper"), in_turn(["overview", "home"], ["A4", "letter"]))
def test_paper_is_large_enough_to_read_and_each_sheet_says_whose_it_is(
    inside: Run, browser: Browser, ward: None, tmp_path: Path, paper: str, view: str
) -> None:
    daily = WARD.replace(", { hours = 72, fill_ml = 140 }", "").replace('closed = ["saturday", "sunday"]\n', "")
    (tmp_path / "ward.toml").write_text(re.sub(r", \{ hours = 96[^}]*\}", "", daily))
    page = inside(*DATED, *HTML, *PATIENT, "--view", view, "--cycle", "1").out
    sheets = browser.printed(page, paper, tmp_path)
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, start=1):
        assert min(sheet.sizes) >= 7.99, sheet.sizes
        assert "4711, rr-adult" in sheet.words
        assert f"page {number} of {len(sheets)}" in sheet.words
        assert "not a medical device" in sheet.words
    assert sum("Taken down" in sheet.words or "Take down" in sheet.words for sheet in sheets) > 1  # heads come again


@pytest.mark.outside
@pytest.mark.parametrize(("view", "paper"), in_turn(["overview", "home"], ["A4", "letter"]))
def test_a_long_name_takes_more_lines_at_the_head_of_every_sheet_and_covers_nothing(
    inside: Run, browser: Browser, ward: None, tmp_path: Path, paper: str, view: str
) -> None:
    asked = ("--patient-name", LONGER, "--patient-number", "MRN 4711-0815", "--plan-id", "bed-1", "--cycle", "1")
    page = inside(*DATED, *HTML, *asked, "--view", view).out
    sheets = browser.printed(page, paper, tmp_path)
    for number, sheet in enumerate(sheets, start=1):
        lines = sheet.text.splitlines()
        assert any(f"page {number} of {len(sheets)}" in line for line in lines)
        head = lines[: next(place for place, line in enumerate(lines) if "not a medical device" in line)]
        assert "MRN4711-0815" in "".join("".join(head).split())
        assert max(map(len, head)) < 90  # none runs over the right margin
    (top,) = set(re.findall(r"margin-top: ([\d.]+)mm", page))
    (usual,) = set(re.findall(r"margin-top: ([\d.]+)mm", inside(*DATED, *HTML, "--cycle", "1", "--view", view).out))
    assert float(top) > float(usual) == 19


def test_the_sheet_for_home_says_when_and_how_fast_and_whom_to_call(inside: Run, ward: None) -> None:
    page = inside(*DATED, *HTML, "--view", "home", "--cycle", "1").out
    rows = select(page, "//table[@aria-label='Bags']/tbody/tr")
    bags = inside(*DATED, "--site", "ward.toml", "--cycle", "1", "-f", "json").json["dated"]["bags"]
    texts = [" ".join(" ".join(row.itertext()).split()) for row in rows]
    assert len(texts) == len(bags)
    for text, bag in zip(texts, bags, strict=True):
        assert f"{bag['ml_per_hour']['value']:g} mL/h" in text
        assert bag["start"][:10] in text
    hospital = [bag["start"] < "2026-10-28T10" for bag in bags]  # the first nine days
    assert ["in hospital" in text for text in texts] == hospital
    assert "never flushed" in page
    assert {"Home nursing", "Ward or clinic", "Pharmacy", "Emergency"} <= {one.text for one in select(page, "//span")}


HUNG = (
    'record = 1\nregimen = "rr-adult"\nstart = 2026-10-19T10:00:00\ntime_zone = "Europe/Berlin"\nweight_kg = 70\n'
    'age_years = 40\n[[bag]]\nhung = 2026-10-19T10:00:00\ntaken_down = 2026-10-19T17:20:00\ndose = "28 mcg/day"\n'
    'hours = 96\nnumber = 1\n[[bag]]\nhung = 2026-10-19T17:20:00\ndose = "9 mcg/day"\nhours = 96\nnumber = 12\n'
)


def test_the_sheet_for_home_has_the_bag_that_hangs(inside: Run, ward: None, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(HUNG)
    arguments = ("plan", "rr-adult", "--record", "record.toml", *HTML, "--view", "home")
    rows = select(inside(*arguments).out, "//table[@aria-label='Bags']/tbody/tr")
    (first, second) = (" ".join(" ".join(row.itertext()).split()) for row in rows[:2])
    assert first.startswith("12 hangs now , since Mon 2026-10-19 17:20")
    assert second.startswith("13 ")
    assert "hangs now" not in second
    (tmp_path / "record.toml").write_text(HUNG + "taken_down = 2026-10-20T10:00:00\n")
    assert "hangs now" not in inside(*arguments).out


def test_a_wrong_bag_that_hangs_is_something_to_do(inside: Run, ward: None, tmp_path: Path) -> None:
    first = HUNG[: HUNG.rindex("[[bag]]")].replace("taken_down = 2026-10-19T17:20:00\n", "")
    (tmp_path / "record.toml").write_text(first)
    page = inside("plan", "rr-adult", "--record", "record.toml", *HTML, "--cycle", "1").out
    due = [" ".join(row.itertext()) for row in select(page, "//table/tbody/tr")]
    assert any("A WRONG BAG HANGS: 28 mcg/day" in one for one in due)
    assert "was given until" not in page


def test_a_wrong_bag_of_the_past_is_a_fact_and_nothing_to_do(inside: Run, ward: None, tmp_path: Path) -> None:
    (tmp_path / "record.toml").write_text(HUNG)
    page = inside("plan", "rr-adult", "--record", "record.toml", *HTML, "--cycle", "1").out
    due = [" ".join(row.itertext()) for row in select(page, "//table/tbody/tr")]
    assert any("Mon 2026-10-19 17:20" in one and "step: 9 mcg/day" in one for one in due)
    assert not any("wrong bag" in one.lower() for one in due)
    given = [one for one in select(page, "//p/text()") if "was given until Mon 2026-10-19 17:20, for 7 h 20 min" in one]
    assert given == ["Mon 2026-10-19 10:00: wrong bag: 28 mcg/day was given until Mon 2026-10-19 17:20, for 7 h 20 min"]


@pytest.mark.parametrize("view", ["labels", "home"])
def test_what_is_printed_needs_html_and_a_site(inside: Run, ward: None, view: str) -> None:
    for arguments, why in (
        ((*DATED, "--site", "ward.toml", "--view", view), "it needs -f html"),
        ((*DATED, "--view", view, "-f", "html"), f"--view {view} needs --site"),
        (("plan", "rr-adult", "--view", view, "-f", "html"), f"--view {view} needs --start"),
        ((*DATED, *HTML, "--view", view, "--planned-on", "12.10.2026"), "which is no date"),
    ):
        ran = inside(*arguments)
        assert (ran.status, ran.out) == (2, ""), arguments
        assert why in " ".join(ran.err.split())


@pytest.mark.parametrize("name", ["n" * 400, "Anna " * 100, "Anna-Maria\n" * 50])
def test_a_name_that_fills_pages_is_shortened_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels with a name of 160 letters took 8 seconds, and with one of 300 minutes."""
    looked_at = Counter[str]()
    width = room._width

    def counted(letter: str) -> int:
        looked_at[letter] += 1
        return width(letter)

    monkeypatch.setattr(room, "_width", counted)
    found = room.label_room(name, None, None, "Bag 1 of 36", "5.2 mL/h", SIZES[LabelSheet.A4_21])
    assert found.shortened == ("name",)
    assert looked_at.total() < 50_000
    shown = found.text_of("name")
    assert shown.endswith("…")
    assert " ".join(name.split()).startswith(shown[:-1].rstrip())
