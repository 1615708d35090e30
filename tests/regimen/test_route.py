"""A drug that is not infused continuously into a vein is refused, wherever and however a file says so."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from blinplan.quantities import RouteError, read_dose
from blinplan.regimen import library, schema
from blinplan.regimen.build import cycle, regimen, step
from blinplan.regimen.draft import read_step
from blinplan.regimen.reading import read
from blinplan.regimen.toml.document import parse
from blinplan.regimen.toml.problems import Problem
from blinplan.regimen.write import NotARegimenError
from tests.program import Run
from tests.read_text import problems_of
from tests.regimen.layouts import FULL, LAYOUTS, changed, with_headers
from tests.regimen_text import judgement_of

pytestmark = pytest.mark.slow  # more than a thousand files in all ways of writing: the whole gate reads them

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
    "under the skin",
    "ＳＣ",  # noqa: RUF001 - full-width letters
    "s c",
    "SC1",
    "peroral",
    "intratecal",
    "onderhuids",
    "podskórnie",
    "deri altı",  # noqa: RUF001 - a Turkish letter
    "подкожно",
    "皮下",
    "피하",
    "hipodérmica",
    "prefilled",
]
STRANGE = ["foo", "Unterhautgewebe", "ngoài", "под", "xyzzy"]
RIGHT = [
    *("IV", "iv", "Iv", "i.v.", "I. V.", "i/v", "ＩＶ", "IV infusion", "CIV", "cIV", "CIVI", "c.i.v.", "IVCI"),  # noqa: RUF001
    *("continuous IV infusion", "Continuous Intravenous Infusion", "continuous infusion", "INTRAVENOUS", "by vein"),
    *("intravenously, continuously", "IV over 24 h", "24-hour IV infusion", "IV (24/7)", "central venous line"),
    *(
        "IV, not bolus",
        "intravenous (not SC)",
        "IV, never SC or IM",
        "IV; no bolus, no push",
        "SC: no, IV",
        "IV rather than SC",
    ),
    *("not SC but IV", "IV, not sc/im", "cont. IV", "IV, must not be given as a bolus", "nicht s.c., sondern i.v."),
    *("perfusion intraveineuse continue", "intravenöse Dauerinfusion", "infusión intravenosa continua", "endovenosa"),
    *("внутривенно", "静脈内持続点滴", "持续静脉输注", "지속 정맥 주입", "dożylnie", "i.v. Dauerinfusion"),
]
INSIDE = {
    "once daily": "once daily",
    "QD": "QD",
    "IV twice weekly": "twice weekly",
    "not IV but SC, later SC": "SC",
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
    "250 mcg QD": "QD",
    "250 mcg q.d.": "q.d.",
    "250 mcg once daily": "once daily",
    "250 mcg/day QD": "QD",
    "250 mcg q24h": "q24h",
    "500 mcg M/W/F": "M/W/F",
    "500 mcg, Mon Wed Fri": "Mon",
    "500 mcg weekly": "weekly",
    "0.3 mL": "mL",
    "28 mcg/dose": "dose",
    "28 mcg per dose": "dose",
    "28 mcg/inj": "inj",
    "28 mcg po": "po",
    "28 mcg im": "im",
    "28 mcg it": "it",
    "28 mcg s c": "s c",
    "28 mcg ｓ．ｃ．": "ｓ．ｃ．",  # noqa: RUF001 - full-width letters
    "28 mcg onderhuids": "onderhuids",
    "28 mcg 皮下注射": "皮下",
    "28 mcg 1x täglich": "1x täglich",
    "28 mcg une fois par jour": "une fois par jour",
    "28 mcg/day for 4 hours a day": "4 hours a day",
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
@pytest.mark.parametrize("table", TABLES)
def test_a_key_that_says_another_route_is_the_one_finding(layout: str, table: str) -> None:
    texts = {said: LAYOUTS[layout](changed((*TABLES[table], "route"), f'"{said}"')) for said in SAID}
    assert {said: refused_at(text) for said, text in texts.items()} == SAID


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
def test_a_dose_that_says_another_route_is_the_one_finding(layout: str) -> None:
    texts = {dose: LAYOUTS[layout](changed((*STEP, "dose"), f'"{dose}"', SINGLE)) for dose in DOSES}
    assert {dose: refused_at(text) for dose, text in texts.items()} == DOSES


@pytest.mark.parametrize("words", STRANGE)
def test_a_dose_in_words_that_nobody_knows_here_is_asked_about_once(words: str) -> None:
    steps = f'[{{ dose = "250 mcg {words}", days = 7 }}, {{ dose = "500 mcg {words}", days = 21 }}]'
    text = with_headers(changed((*CYCLE, "steps"), steps))
    (problem,) = problems(text)
    assert problem.code == "N104"
    assert text[problem.span.start : problem.span.end] in words
    assert "a single dose or another route cannot be planned" in problem.why
    assert "mcg/day" not in problem.help


@pytest.mark.parametrize("dose", ["250 mcg", "250 mcg daily", "250 mcg/m2"])
def test_an_amount_is_asked_about_and_not_advised_to_be_a_rate(dose: str) -> None:
    (problem,) = problems(with_headers(changed((*STEP, "dose"), f'"{dose}"')))
    assert (problem.code, "mcg/day" in problem.help) == ("N104", False)
    assert "a single dose or another route cannot be planned" in problem.why


@pytest.mark.parametrize(
    ("dose", "spelling"),
    [
        ("28 mcg/day IV", "28 mcg/day"),
        ("28 mcg/day continuous IV infusion", "28 mcg/day"),
        ("28 mcg/day CIVI, not bolus", "28 mcg/day"),
        ("28 mcg /day", "28 mcg/day"),
        ("28 MCG/DAY", "28 mcg/day"),
        ("５ mcg/m²/day", "5 mcg/m2/day"),  # noqa: RUF001 - a full-width digit
        ("9 mcg over 24 hours", "9 mcg/day"),
        ("28 micrograms per day by continuous infusion", "28 mcg/day"),
        ("28 mcg daily by continuous infusion", "28 mcg/day"),
        ("28 mcg/Tag", "28 mcg/day"),
    ],
)
def test_a_rate_in_other_words_is_refused_with_its_spelling(dose: str, spelling: str) -> None:
    (problem,) = problems(with_headers(changed((*STEP, "dose"), f'"{dose}"')))
    assert (problem.code, problem.help) == ("N104", f'write "{spelling}"')
    assert read_dose(spelling)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("words", [*STRANGE, "IV or foo", "not IV", "non-continuous IV"])
def test_words_at_the_route_that_are_not_those_of_the_one_route_are_another(layout: str, words: str) -> None:
    assert refused_at(LAYOUTS[layout](changed(("dosing", "route"), f'"{words}"'))).strip('"') in words


@pytest.mark.parametrize("words", RIGHT)
def test_the_one_route_is_accepted_however_it_is_written(words: str) -> None:
    text = with_headers(changed(("dosing", "route"), f'"{words}"'))
    assert problems(text) == ()
    values = parse(text, "x.toml").values
    assert Draft202012Validator(dict(schema.ROUTE.json)).is_valid(values["dosing"]["route"])


@pytest.mark.parametrize("words", ["infusion", "", "continuous", "by pump"])
def test_a_route_that_is_left_half_open_is_asked_about(words: str) -> None:
    (problem,) = problems(with_headers(changed(("dosing", "route"), f'"{words}"')))
    assert problem.code == "F004"
    assert problem.help.startswith("if the drug is given by continuous intravenous infusion, write")


@pytest.mark.parametrize("key", ["method", "type", "infusion", "formulation", "how", "Applikationsweg", "voie", "form"])
def test_any_key_that_is_not_one_of_ours_may_name_it(key: str) -> None:
    for table, word in product(TABLES, ["subcutaneous", "SC", "SC1", "皮下", "s.c."]):
        assert refused_at(with_headers(changed((*TABLES[table], key), f'"{word}"'))) == word, table


@pytest.mark.parametrize("key", ["intravenous", "iv", "continuous", "continuous_infusion"])
@pytest.mark.parametrize("value", ["false", '"no"', "0"])
def test_what_denies_the_one_route_names_another(key: str, value: str) -> None:
    assert refused_at(with_headers(changed(("dosing", key), value))) == f"{key} = {value}"


@pytest.mark.parametrize("dose", ["250 mcg daily", "250 mcg QD", "500 mcg, Mon Wed Fri"])
def test_a_title_tells_the_route_of_doses_that_are_no_rates(dose: str) -> None:
    titled = changed(("title",), '"Subcutaneous blinatumomab, NCT04521231"')
    assert refused_at(with_headers(changed((*STEP, "dose"), f'"{dose}"', titled))) == "Subcutaneous"


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
    (("dosing", "route"), '"by vein"', []),
    (("route",), '"intravenous"', ["F002"]),
    (("administration",), '"continuous intravenous infusion, no bolus"', ["F002"]),
    (("administration",), '"continuous intravenous infusion; never flush, never give a bolus"', ["F002"]),
    (("administration",), '"continuous infusion, not subcutaneous"', ["F002"]),
    (("administration",), '"24-hour infusion, bag by bag"', ["F002"]),
    (("note",), '"The subcutaneous form is another regimen"', ["F002"]),
    (("title",), '"Intravenous arm of the study of subcutaneous blinatumomab"', []),
    (("sources", 0, "citation"), '"none: Subcutaneous blinatumomab, a phase 1 study, intravenous arm"', []),
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
    ((*STEP, "bolus"), '"no"', ["F002"]),
    (("dosing", "no_bolus"), "true", ["F002"]),
    (("dosing", "intravenous"), "true", ["F002"]),
    (("dosing", "mode"), '"flat"', ["F002"]),
    ((*CYCLE, "chemotherapy"), '"oral mercaptopurine, IT methotrexate"', ["F002"]),
    (("administered_by",), '"nurse"', ["F002"]),
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


@given(
    st.sampled_from(sorted(LAYOUTS)),
    st.sampled_from(["250 mcg ", "250mcg, ", "28 mcg/day ", "28 µg (", "9 mcg/m2/day; "]),
    st.sampled_from(WORDS),
    st.sampled_from(["", ", daily", " x 7", ")", ", abdomen"]),
)
def test_however_a_dose_says_it_the_word_is_shown(layout: str, amount: str, word: str, after: str) -> None:
    text = LAYOUTS[layout](changed((*STEP, "dose"), f'"{amount}{word}{after}"', SINGLE))
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
