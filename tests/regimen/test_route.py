"""A drug that is not infused continuously into a vein is refused, wherever and however a file says so."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.quantities import RouteError, read_dose
from blinplan.regimen import library
from blinplan.regimen.build import cycle, regimen, step
from blinplan.regimen.draft import read_step
from blinplan.regimen.reading import read
from blinplan.regimen.toml.problems import Problem
from blinplan.regimen.write import NotARegimenError
from tests.program import Run
from tests.read_text import problems_of
from tests.regimen.layouts import FULL, LAYOUTS, changed, with_headers
from tests.regimen_text import judgement_of

CYCLE, STEP = ("cycle", 0), ("cycle", 0, "steps", 0)
SINGLE = changed((*CYCLE, "steps"), [FULL["cycle"][0]["steps"][0]])

WORDS = [
    "subcutaneous",
    "Subcutaneous",
    "SUBCUTANEOUS",
    "subcutaneously",
    "sub-cutaneous",
    "subcut",
    "SC",
    "sc",
    "s.c.",
    "S.C.",
    "s.c",
    "SQ",
    "sub-q",
    "subQ",
    "bolus",
    "push",
    "intrathecal",
    "IT",
    "i.t.",
    "oral",
    "orally",
    "PO",
    "p.o.",
    "by mouth",
    "intramuscular",
    "IM",
    "intraperitoneal",
    "injection",
    "intermittent",
    "inhaled",
]
INSIDE = {
    "intermittent short infusion by IV push": "intermittent",
    "short infusion": "short",
    "short IV infusion": "short",
    "IV push": "push",
    "iv bolus": "bolus",
    "intravenous bolus": "bolus",
    "intravenous injection": "injection",
    "subcutaneous injection": "subcutaneous",
    "once daily (SC)": "SC",
    "IV first, then SC": "SC",
    "SC/IV": "SC",
    "not IV but SC": "SC",
    "over 4 hours": "over 4 hours",
    "30-min infusion": "30-min infusion",
    "no bolus at first, later a bolus": "bolus",
}
SAID = {word: word for word in WORDS} | INSIDE
KEYS = ["route", "via", "administration", "administered", "route_of_administration", "Route", "given_via", "delivery"]
TABLES = {"the regimen": (), "its dosing": ("dosing",), "a cycle": CYCLE, "a step": STEP}
DOSES = {
    "120 mcg SC": "SC",
    "250 mcg subcutaneously three times a week": "subcutaneously",
    "40 mcg s.c. daily": "s.c.",
    "250mcg SQ TIW": "SQ",
    "500 µg subcut QD": "subcut",
    "9 mcg/day SC": "SC",
    "5 mcg/m2/day (subcutaneous)": "subcutaneous",
    "28 mcg IV push": "push",
    "28 mcg iv bolus": "bolus",
    "12 mg IT": "IT",
    "12 mcg intrathecally": "intrathecally",
    "9 mcg by mouth": "by mouth",
    "9 mcg over 4 hours": "over 4 hours",
    "9 mcg over 30 min": "over 30 min",
    "500 mcg TIW": "TIW",
    "500 mcg thrice-weekly": "thrice-weekly",
    "500 mcg three times a week": "three times a week",
    "500 mcg every other day": "every other day",
    "500 mcg 3x/week": "3x/week",
    "500 mcg 3 times per week": "3 times per week",
    "500 mcg twice a week": "twice a week",
}


def problems(text: str) -> tuple[Problem, ...]:
    return problems_of(read(text.encode(), "x.toml"))


def refused_at(text: str) -> str:
    """The word at which a text is refused, for this reason and no other."""
    (problem,) = problems(text)
    assert problem.code == "F008"
    assert "knows no absorption" in problem.why
    assert "continuous intravenous infusion only" in problem.why
    for words in (problem.message, problem.why, problem.help):
        assert "mcg/" not in words
    return text[problem.span.start : problem.span.end]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("table", TABLES)
def test_a_key_that_says_another_route_is_the_one_finding(layout: str, said: str, table: str) -> None:
    text = LAYOUTS[layout](changed((*TABLES[table], "route"), f'"{said}"'))
    assert refused_at(text) == SAID[said]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("table", TABLES)
def test_the_key_has_many_names(key: str, table: str) -> None:
    assert refused_at(with_headers(changed((*TABLES[table], key), '"weekly, subcutaneous"'))) == "subcutaneous"


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (("administration",), {"route": '"SC"', "site": '"abdomen"'}, "SC"),
        (("administration",), {"how": '"by subcutaneous injection"'}, "subcutaneous"),
        (("drug",), {"name": '"blinatumomab"', "route": '"SC"'}, "SC"),
        (("route",), '["IV", "SC"]', "SC"),
        (("dosing", "basis"), '"subcutaneous"', "subcutaneous"),
        (("dosing", "route"), "'SC'", "SC"),
        (("dosing", "route"), '"""\nSC"""', "SC"),
        ((*CYCLE, "steps"), '["250 mcg SC x 7"]', "SC"),
        ((*CYCLE, "dose"), '"250 mcg SC"', "SC"),
        ((*STEP, "loading_dose"), '"250 mcg SC"', "SC"),
        ((*STEP, "subcutaneous"), "true", "subcutaneous"),
        ((*STEP, "bolus"), '"9 mcg"', "bolus"),
        ((*CYCLE, "injections_per_week"), "3", "injections_per_week"),
        (("dosing", "sc"), "true", "sc"),
        # What is written with an escape is shown as it is written.
        (("dosing", "route"), '"sub\\u0063utaneous"', '"sub\\u0063utaneous"'),
    ],
)
def test_other_ways_of_writing_it(path: tuple[str | int, ...], value: object, word: str) -> None:
    assert refused_at(LAYOUTS["inline"](changed(path, value))) == word


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dose", DOSES)
def test_a_dose_that_says_another_route_is_the_one_finding(layout: str, dose: str) -> None:
    text = LAYOUTS[layout](changed((*STEP, "dose"), f'"{dose}"', SINGLE))
    assert refused_at(text) == DOSES[dose]


def test_it_is_one_finding_however_often_the_file_says_it() -> None:
    steps = '[{ dose = "250 mcg SC", days = 7 }, { dose = "500 mcg TIW", bolus = true, dayz = 21 }]'
    tree = changed((*CYCLE, "steps"), steps, changed(("dosing", "route"), '"subcutaneous"'))
    tree = changed(("title",), '"Subcutaneous blinatumomab"', changed((*CYCLE, "via"), '"injection"', tree))
    text = with_headers(tree)
    assert refused_at(text) == "subcutaneous"  # at the first key that is there to say it
    findings = judgement_of(text).findings
    assert [finding.code for finding in findings] == ["F008"]


def test_a_file_of_which_other_things_are_wrong_is_not_told_to_write_a_rate() -> None:
    steps = '[{ dose = "250 mcg" }, { dose = 500, days = 7, max = "9" }]'
    text = with_headers(changed((*CYCLE, "steps"), steps, changed(("dosing", "route"), '"SC"')))
    assert refused_at(text) == "SC"


NEAR = [
    (("dosing", "route"), '"intravenous"', []),
    (("dosing", "route"), '"continuous intravenous infusion"', []),
    (("dosing", "route"), '"IV"', []),
    (("dosing", "route"), '"by vein"', ["F004"]),
    (("route",), '"intravenous"', ["F002"]),
    (("administration",), '"continuous intravenous infusion, no bolus"', ["F002"]),
    (("administration",), '"continuous intravenous infusion; never flush, never give a bolus"', ["F002"]),
    (("administration",), '"continuous infusion, not subcutaneous"', ["F002"]),
    (("administration",), '"24-hour infusion, bag by bag"', ["F002"]),
    (("note",), '"The subcutaneous form is another regimen"', ["F002"]),
    (("title",), '"Intravenous arm of the study of subcutaneous blinatumomab"', []),
    (("sources", 0, "citation"), '"Subcutaneous blinatumomab, a phase 1 study, intravenous arm"', []),
    (("sources", 0, "note"), '"SC and IV were compared; this is IV."', []),
    (("premedication", "drug"), '"descovy scopolamine"', []),
    (("premedication", "drug"), '"dexamethasone, oral"', []),
    (("premedication", "route"), '"oral"', ["F002"]),
    ((*CYCLE, "name"), '"SC run-in is elsewhere"', []),
    ((*CYCLE, "interval_reason"), '"intrathecal methotrexate and oral mercaptopurine"', []),
    ((*CYCLE, "block"), '"oral maintenance"', []),
    (("due", 1, "what"), '"methotrexate, intrathecal"', []),
    (("due", 1, "dose"), '"12 mg IT, by injection"', []),
    (("waiver", 0, "reason"), '"The SC study has other intervals"', []),
    ((*STEP, "subcutaneous"), "false", ["F002"]),
    ((*STEP, "dose"), '"9 mcg"', ["N104"]),
    ((*STEP, "dose"), '"9 mcg daily"', ["N104"]),
    ((*STEP, "dose"), '"9 mcg over 24 hours"', ["N104"]),
    ((*STEP, "dose"), '"disc 9 mcg/day"', ["N104"]),
]


@pytest.mark.parametrize(("path", "value", "codes"), NEAR, ids=str)
def test_what_comes_near_is_not_taken_for_another_route(
    path: tuple[str | int, ...], value: str, codes: list[str]
) -> None:
    assert [problem.code for problem in problems(with_headers(changed(path, value)))] == codes


@pytest.mark.parametrize("name", library.paths())
def test_no_shipped_regimen_is_taken_for_one_of_another_route(name: str) -> None:
    assert not problems(library.paths()[name].read_text(encoding="utf-8"))


@given(
    st.sampled_from(sorted(LAYOUTS)),
    st.sampled_from(sorted(TABLES)),
    st.sampled_from(KEYS),
    st.sampled_from(["", "daily ", "given ", "weekly, ", "(", "IV or ", "1-2 mL "]),
    st.sampled_from(WORDS),
    st.sampled_from(["", " daily", " x 7", ")", ", abdomen", "; rotate sites"]),
)
def test_however_it_is_written_the_word_is_shown(
    layout: str, table: str, key: str, before: str, word: str, after: str
) -> None:
    text = LAYOUTS[layout](changed((*TABLES[table], key), f'"{before}{word}{after}"'))
    assert refused_at(text).lower() == word.lower()


def test_nothing_is_planned_or_simulated_of_such_a_file(inside: Run, tmp_path: Path) -> None:
    path = tmp_path / "sc.toml"
    path.write_text(with_headers(changed((*STEP, "dose"), '"250 mcg SC"')), encoding="utf-8")
    for command in (["plan"], ["plan", "--start", "2026-11-02T10:00", "--time-zone", "UTC"], ["simulate"], ["check"]):
        ran = inside(command[0], str(path), *command[1:])
        assert ran.status in {1, 2, 3}
        said = " ".join((ran.out + ran.err).split())
        assert "mcg/day" not in said
        assert "not given by continuous intravenous infusion" in said


def test_python_and_one_line_steps_say_the_same_reason() -> None:
    for refuse in (
        lambda: step("250 mcg SC", days=7),
        lambda: read_step("250 mcg SC x 7"),
        lambda: read_dose("9 mcg IT"),
    ):
        with pytest.raises(RouteError, match="knows no absorption"):
            refuse()
    infused = [cycle(steps=[step("28 mcg/day", days=28)], treatment_free_days=14)]
    with pytest.raises(NotARegimenError, match="continuous intravenous infusion"):
        regimen("mine", cycles=infused, route="subcutaneous")
    assert regimen("mine", cycles=infused, route="IV").route == "IV"
