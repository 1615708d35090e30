"""The list of regimens: whom each is for, its doses, cycles and status, at every width; and a choice among them."""

import pytest

import blinplan
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from tests.program import Run

WIDTHS = [60, 80, 100, 120, 200]


def _rows(shown: str) -> dict[str, list[str]]:
    """The words of each regimen by its name, whether they stand beside the name or below it."""
    rows: dict[str, list[str]] = {}
    name = ""
    for line in shown.splitlines():
        words = line.split()
        if not words:
            name = ""
        elif line.startswith("  ") and words[0] in library.paths():
            name, rows[words[0]] = words[0], words[1:]
        elif line.startswith("   ") and name:
            rows[name] += words
    return rows


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_column_that_matters_is_dropped_at_any_width(inside: Run, columns: int) -> None:
    shown = inside("regimens", COLUMNS=str(columns)).out
    assert max(map(len, shown.splitlines())) <= columns
    assert shown.splitlines()[0].split()[:5] == ["Name", "For", "Doses", "Cycles", "Status"]
    rows = _rows(shown)
    assert set(rows) == set(library.paths())
    for regimen in library.shipped_regimens():
        words = rows[regimen.name]
        written = " ".join(words)
        assert all(str(step.dose).split()[0] in written for step in regimen.cycles[0].steps), regimen.name
        assert "mcg/" in written
        assert _cycles(regimen) in words
        assert regimen.status.value in words
        assert any(word in words for word in ("from", "below", "years", "kg", "adults", "children"))


@pytest.mark.parametrize("columns", WIDTHS)
def test_an_age_and_a_weight_are_both_told(inside: Run, columns: int) -> None:
    words = _rows(inside("regimens", COLUMNS=str(columns)).out)["hk-first-relapse"]
    assert {"below", "18", "years"} <= {word.rstrip(",") for word in words}
    assert {"from", "45", "kg"} <= set(words)


def _cycles(regimen: Regimen) -> str:
    repeats = [(cycle.repeat, cycle.optional) for cycle in regimen.cycles]
    most = sum(repeat for repeat, _ in repeats)
    fewest = sum(repeat for repeat, optional in repeats if not optional)
    return str(most) if most == fewest else f"{fewest}-{most}"


@pytest.mark.parametrize("columns", WIDTHS)
def test_it_is_the_same_without_more_than_ascii(inside: Run, columns: int) -> None:
    shown = inside("regimens", COLUMNS=str(columns), PYTHONIOENCODING="ascii").out
    assert max(map(len, shown.splitlines())) <= columns
    assert set(_rows(shown)) == set(library.paths())


@pytest.mark.parametrize(("columns", "lines"), [(60, 2), (80, 1), (120, 1)])
def test_a_regimen_has_one_line_where_there_is_room_and_else_two(inside: Run, columns: int, lines: int) -> None:
    shown = inside("regimens", COLUMNS=str(columns)).out.splitlines()
    at = next(number for number, line in enumerate(shown) if line.split()[:1] == ["mt103-211"])
    assert shown[at].startswith("  mt103-211")
    assert ("9→28 mcg/day" in shown[at + lines - 1]) or ("9 → 28 mcg/day" in shown[at + lines - 1])
    assert ("mcg" in shown[at]) == (lines == 1)


def test_into_a_pipe_it_is_as_wide_as_everything_else_there(inside: Run) -> None:
    shown = inside("regimens").out
    assert max(map(len, shown.splitlines())) <= 100
    (line,) = [line for line in shown.splitlines() if line.split()[:1] == ["d-alba"]]
    assert line.split() == ["d-alba", "from", "18", "years", "28", "mcg/day", "2-5", "unverified"]


def test_headings_part_labelled_from_trials_by_what_they_treat(inside: Run) -> None:
    headings = [
        line for line in inside("regimens").out.splitlines() if line.startswith(("Labelled: ", "From trials: "))
    ]
    assert headings == [
        "Labelled: relapsed or refractory",
        "Labelled: MRD-positive",
        "Labelled: consolidation",
        "From trials: relapsed or refractory",
        "From trials: MRD-positive",
        "From trials: consolidation",
        "From trials: investigational in leukaemia, departs from rr-adult",
        "From trials: investigational in lymphoma, departs from mrd-below-45-kg",
        "From trials: investigational in lymphoma, departs from rr-adult",
        "From trials: investigational in lymphoma, departs from rr-below-45-kg",
        "From trials: investigational in autoimmune disease, departs from rr-adult",
        "From trials: investigational in autoimmune disease, departs from rr-below-45-kg",
    ]


INFANTS = {
    "consolidation-below-45-kg",
    "hk-first-relapse-below-45-kg",
    "hk-rr-below-45-kg",
    "infant-kmt2a",
    "interfant-21",
    "mrd-below-45-kg",
    "mt103-205",
    "rr-below-45-kg",
    "rr-below-45-kg-continued",
    "study-20120215",
}


def test_infants_are_chosen_by_age_and_by_what_an_infant_can_weigh(inside: Run) -> None:
    assert set(_rows(inside("regimens", "--population", "infant").out)) == INFANTS


@pytest.mark.parametrize(
    ("word", "with_it", "without_it"),
    [
        (
            "adult",
            ["rr-adult", "rr-below-45-kg", "e1910", "aall1331-low-risk", "dlbcl-3-step", "tower"],
            ["infant-kmt2a"],
        ),
        ("child", ["rr-adult", "rr-below-45-kg", "infant-kmt2a", "lupus-5-days", "hyper-cvad"], ["e1910", "tower"]),
        ("adult-mrd", ["mrd-adult", "e1910", "d-alba"], ["rr-adult", "infant-kmt2a", "s1318"]),
        ("adult-rr", ["rr-adult", "s1318", "dlbcl-3-step"], ["e1910", "infant-kmt2a"]),
    ],
)
def test_patients_are_chosen_by_a_word(inside: Run, word: str, with_it: list[str], without_it: list[str]) -> None:
    rows = _rows(inside("regimens", "--population", word).out)
    assert set(rows) >= set(with_it)
    assert not set(rows) & set(without_it)


def test_status_is_that_of_the_least_certain_source(inside: Run) -> None:
    by_status = {status: set(_rows(inside("regimens", "--status", status).out)) for status in STATUSES}
    assert set.union(*by_status.values()) == set(library.paths())
    assert sum(map(len, by_status.values())) == len(library.paths())
    assert by_status["derived"] == set()
    assert {"mt103-206-5-15", "mt103-211", "short-course", "nct02910063"} <= by_status["unverified"]
    assert by_status["transcribed"] == set()
    assert by_status["unverified"] == {regimen.name for regimen in library.shipped_regimens() if regimen.unverified}
    assert {"tower", "mt103-203", "nhl-5"} <= by_status["seen"]


STATUSES = ["seen", "transcribed", "derived", "unverified"]


def test_a_label_is_one_that_the_file_names(inside: Run) -> None:
    hong_kong = _rows(inside("regimens", "--label", "hk-2026").out)
    assert set(hong_kong) == {name for name in library.paths() if name.startswith("hk-")} | {"study-20120215"}
    assert "rr-adult" in _rows(inside("regimens", "--label", "us-2025").out)


def test_choices_are_taken_together_and_none_may_be_left(inside: Run) -> None:
    few = inside("regimens", "--indication", "consolidation", "--population", "child", "--status", "seen").out
    assert set(_rows(few)) == {"hk-first-relapse", "hk-first-relapse-below-45-kg"}
    assert "unverified:" not in few
    none = inside("regimens", "--indication", "mrd-positive", "--label", "hk-2026")
    assert (none.status, none.out) == (0, NOTHING)
    assert inside("regimens", "--indication", "mrd-positive", "--label", "hk-2026", "-f", "json").json["regimens"] == []


NOTHING = "No regimen that comes with blinplan is all of this. Leave out one of the options.\n"


def test_a_word_that_there_is_not_is_refused(inside: Run) -> None:
    ended = inside("regimens", "--population", "grown-up")
    assert ended.status == 2
    assert "infant" in ended.err
    with pytest.raises(blinplan.Refusal) as refused:
        blinplan.regimens(population="grown-up")  # type: ignore[arg-type]
    assert refused.value.message == "population is 'grown-up', and there is no such word"
    assert "infant" in refused.value.advice


def test_python_and_the_document_choose_the_same(inside: Run) -> None:
    chosen = blinplan.regimens(indication="consolidation", population="adult", status="unverified")
    told = inside(
        "regimens", "--indication", "consolidation", "--population", "adult", "--status", "unverified", "-f", "json"
    )
    assert [regimen.name for regimen in chosen] == [entry["name"] for entry in told.json["regimens"]]
    entries = {entry["name"]: entry for entry in told.json["regimens"]}
    d_alba = entries["d-alba"]
    assert (d_alba["fewest_cycles"], d_alba["most_cycles"]) == (2, 5)
    assert (d_alba["status"], d_alba["label"], d_alba["population"]) == ("unverified", None, "adult-mrd")
    assert d_alba["patients"] == ["adult", "adult-mrd"]
    assert d_alba["doses"].endswith("3 × 28 mcg/day 28 d (optional), 14 d free")
    columns = blinplan.regimens().columns()
    row = columns["name"].index("d-alba")
    assert (columns["fewest_cycles"][row], columns["most_cycles"][row], columns["patients"][row]) == (
        2,
        5,
        "adult, adult-mrd",
    )
