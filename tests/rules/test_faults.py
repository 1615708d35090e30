"""One fault of reading does not silence what is certain all the same, and lets nothing false be said."""

from itertools import islice
from random import Random
from typing import Any

import pytest

from blinplan.regimen import library, schema
from blinplan.regimen.recovery.possible import ABSENT, Possible
from blinplan.regimen.toml.table import Table
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.verdict import Ruling
from tests.collection.grid import at_night, each_third
from tests.regimen_text import codes, cycle, judgement_of, marks, regimen_text, verdict_of, waiver
from tests.rules.faults import Change, faults, faults_with_mistakes, hold, mistakes

SHIPPED = list(library.paths())
LOW_AND_HIGH = cycle("9000 mcg/day for 7 days", "28 mcg/day for 21 days", free=14, repeat=2)
SOUND = f"""{regimen_text(LOW_AND_HIGH)}
[premedication]
drug = "dexamethasone"
dose = "20 mg"
before = ["cycle-start", "escalation", "restart"]

[monitoring]
hospital_days = [28, 28]
"""


def changed(before: str, after: str) -> str:
    assert before in SOUND
    return SOUND.replace(before, after, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (changed("title =", "titel ="), "F002"),
        (changed('status = "seen"', 'status = "seen"\nnota = "x"'), "F002"),
        (changed("treatment_free_days", "tretment_free_days"), "F002"),
        (changed("treatment_free_days", "days_off"), "F002"),
        (changed("[monitoring]", "[monitorng]"), "F002"),
        (changed("treatment_free_days = 14", ""), "F003"),
        (changed("days = 21", "days = 0"), "F004"),
        (changed("hospital_days = [28, 28]", 'hospital_days = "28"'), "F004"),
        (changed('before = ["cycle-start"', 'before = ["cycle-begin"'), "F004"),
        (changed("days = 21", "days = 21, hours = 504"), "F007"),
        (changed('"28 mcg/day"', '"28"'), "N104"),
        (changed('"28 mcg/day"', '"28 mcg/dayy"'), "N104"),
        (SOUND + '\n[[waiver]]\nrule = "S304"\n', "W903"),
        (SOUND + '\n[[waver]]\nrule = "S304"\nreason = "x"\n', "F002"),
        (SOUND + '\n[[cylce]]\nname = "Cycle 3"\n', "F002"),
        (changed('title = "A regimen for a test"', 'title = "A regimen for a test'), "F001"),
        (changed("treatment_free_days = 14", "treatment_free_days = 14 days"), "F001"),
        (changed('"28 mcg/day", days', '"28 mcg/day" days'), "F001"),
        (SOUND + "\n[[waiver]\n", "F001"),
    ],
)
def test_a_thousandfold_dose_is_told_beside_a_fault_elsewhere(text: str, code: str) -> None:
    judgement = judgement_of(text)
    assert codes(judgement).count(code) == 1
    assert codes(judgement).count("N106") == 1
    assert not {"F001", "F002", "F003", "F004", "F007", "N104", "W903"} & set(codes(judgement)) - {code}
    assert verdict_of(judgement, "N106").findings[0].path == ("cycle", 0, "steps", 0, "dose")


def test_several_faults_are_told_in_one_run_each_once_and_a_slip_in_the_syntax_with_them() -> None:
    text = changed("title =", "titel =").replace('"28 mcg/day"', '"28"').replace('= "seen"', '= "sene"')
    text = text.replace('name = "probe"', 'name = "probe')
    assert sorted(codes(judgement_of(text))) == ["F001", "F002", "F004", "N104", "N106"]


@pytest.mark.parametrize(
    ("before", "after", "silent"),
    [
        ("treatment_free_days = 3", "off_drug = 3", "S303"),
        ("treatment_free_days = 3", "zzz = 3", "S303"),
        ("treatment_free_days = 3", "", "S303"),
        ("days = 5 ", 'days = "5" ', "S301"),
        ("days = 5 ", "for = 5 ", "S301"),
        ('{ dose = "9 mcg/day", days = 5 }', "5", "S301"),
        ("repeat = 2", "times = 2", "S303"),
    ],
)
def test_a_rule_that_needs_what_could_not_be_read_says_nothing(before: str, after: str, silent: str) -> None:
    text = regimen_text(cycle("9 mcg/day for 5 days", "28 mcg/day for 21 days", free=3, repeat=2))
    assert before in text
    assert verdict_of(judgement_of(text), silent).ruling is Ruling.FINDING
    judgement = judgement_of(text.replace(before, after, 1))
    verdict = verdict_of(judgement, silent)
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "blocked"
    assert "could not be read, line" in verdict.not_evaluated.reason


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("treatment_free_days = 3", "tretment_free_days = 3", "S303"),
        ("days = 5 ", "dayz = 5 ", "S301"),
        ("repeat = 2", "repeet = 2", "S303"),
        ('indication = "investigational"', 'indikation = "investigational"', "S303"),
        ('basis = "flat"', 'basis = "flatt"', "S303"),
    ],
)
def test_a_misspelt_word_of_which_there_is_no_doubt_hides_nothing(before: str, after: str, told: str) -> None:
    text = regimen_text(cycle("9 mcg/day for 5 days", "28 mcg/day for 21 days", free=3, repeat=2))
    assert before in text
    right, wrong = (judgement_of(one) for one in (text, text.replace(before, after, 1)))
    assert [one.message for one in verdict_of(wrong, told).findings] == [
        one.message for one in verdict_of(right, told).findings
    ]
    assert verdict_of(right, told).findings
    assert set(codes(wrong)) - set(codes(right)) <= {"F002", "F004"}
    assert all(verdict.ruling is not Ruling.PASS for verdict in wrong.verdicts)


@pytest.mark.parametrize("line", ['otherwi=e = "rr-adult"', "below = = 3", "wards = [1, = 2]"])
def test_a_slip_in_the_syntax_after_a_key_that_the_format_has_not_hides_its_table_and_no_more(line: str) -> None:
    text = regimen_text(f"[eligibility]\nmin_weight_kg = 45\n{line}\n\n{cycle('9000 mcg/day for 28 days')}")
    found = codes(judgement_of(text))
    assert found == codes(judgement_of(text.replace(line, "otherwise = = 3")))
    assert {"F001", "N106"} <= set(found)


def test_of_two_misspelt_words_one_that_is_in_doubt_goes_on_hiding_what_it_may_say() -> None:
    text = regimen_text(cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days", free=3, repeat=2))
    doubtful = text.replace("title =", "titel =").replace("treatment_free_days = 3", "off_drug = 3")
    assert codes(judgement_of(doubtful)) == ["F002", "F002"]
    assert codes(judgement_of(text.replace("title =", "titel ="))) == ["F002", "S303"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (changed("title =", "titel ="), "`titel` could not be read, line 3"),
        (changed("treatment_free_days = 14", ""), "`treatment_free_days` of cycle 1 could not be read, line"),
        (changed('"28 mcg/day"', '"28"'), "`dose` of step 2 of cycle 1 could not be read, line"),
        (changed("[28, 28]", "[28, -1]"), "`hospital_days` of [monitoring] could not be read, line"),
    ],
)
def test_what_is_blocked_names_the_fault(text: str, place: str) -> None:
    unanswered = verdict_of(judgement_of(text), "S304").not_evaluated
    assert unanswered is not None
    assert unanswered.reason.startswith(place)


LONG = cycle("28 mcg/day for 28 days", free=15, repeat=2)


def test_a_waiver_holds_in_a_file_with_a_fault_elsewhere() -> None:
    text = regimen_text(LONG).replace("title =", "titel =") + waiver("S304")
    assert codes(judgement_of(text)) == ["F002"]
    assert codes(judgement_of(text.replace("S304", "S303"))) == ["F002", "S304"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("reason =", "raison ="), ("rule =", "law ="), ("[[waiver]]", "[[waver]]"), ('"S304"', "S304"), ("reason", "zzz")],
)
def test_what_a_waiver_that_could_not_be_read_may_cover_is_not_said(before: str, after: str) -> None:
    text = regimen_text(LONG) + waiver("S304").replace(before, after)
    judgement = judgement_of(text)
    assert len(codes(judgement)) == 1
    assert verdict_of(judgement, "S304").ruling is Ruling.NOT_EVALUATED


def test_a_waiver_of_a_cycle_whose_name_could_not_be_read_may_be_for_what_is_found_there() -> None:
    place = "at = 'cycle \"Cycle\" treatment_free_days'\nvalue = 15\n"
    text = regimen_text(LONG) + waiver("S304") + place
    assert codes(judgement_of(text)) == []
    assert codes(judgement_of(text.replace('name = "Cycle"', 'nmae = "Cycle"'))) == ["F002"]
    assert codes(judgement_of(text.replace("title =", "titel =").replace("value = 15", "value = 30"))) == [
        "F002",
        "S304",
    ]


def test_a_key_in_another_table_may_be_what_that_table_lacks() -> None:
    """In continued therapy 56 days are no finding; `phase` in [dosing] may be that of the cycle, which lacks it."""
    text = regimen_text(cycle("28 mcg/day for 28 days", free=56, repeat=2, phase="continued-therapy"))
    assert codes(judgement_of(text)) == []
    without = text.replace('phase = "continued-therapy"\n', "")
    assert codes(judgement_of(without)) == ["S304"]
    moved = without.replace('basis = "flat"', 'basis = "flat"\nphase = "continued-therapy"')
    assert codes(judgement_of(moved)) == ["F002"]


def test_another_version_of_the_format_says_nothing_for_certain() -> None:
    assert codes(judgement_of(changed("format = 1", "format = 2"))) == ["F005"]
    assert codes(judgement_of(changed("format = 1", 'format = "1"'))) == ["F004"]
    assert codes(judgement_of(changed("format = 1", "format = 1.5.2"))) == ["F001"]


def test_nothing_is_put_right_in_a_text_that_is_not_toml() -> None:
    text = changed("9000 mcg", "9 µg").replace('name = "probe"', 'name = "probe')
    judgement = judgement_of(text)
    assert codes(judgement) == ["F001", "N101"]
    assert all(finding.fix is None for finding in judgement.findings)
    assert marks(judgement, "N101") == ["µg"]


def test_notation_is_put_right_beside_a_fault_that_leaves_the_text_as_it_is() -> None:
    judgement = judgement_of(changed("9000 mcg", "9 µg").replace("title =", "title = 1 #"))
    assert verdict_of(judgement, "N101").findings[0].fix is not None


def tables(table: Table[Any]) -> list[Table[Any]]:
    return [table, *table.inner().values()]


@pytest.mark.parametrize("table", tables(schema.REGIMEN_FILE), ids=lambda table: table.name)
def test_what_fills_a_gap_can_stand_there_and_is_unlike_the_rest(table: Table[Any]) -> None:
    for name, key in table.keys.items():
        values = Possible("mcg/day", ["7 mcg/day"]).values(table, name)
        assert [value for value in values if value is not ABSENT and not table.may_hold(name, value)] == []
        distinct = [value for at, value in enumerate(values) if value not in values[:at]]
        assert len(distinct) > 1 or name == "format", name
        assert (ABSENT in values) == (not key.required and name != "days")


def some(text: str, number: int) -> list[tuple[Change, Change]]:
    """Faults of all sorts with mistakes of all sorts, chosen by chance and always the same."""
    chance = Random(text)  # noqa: S311 - the same each time
    wrong = list(mistakes(text))
    found = []
    for _ in range(number):
        mistake = chance.choice(wrong)
        found.append((mistake, chance.choice(list(faults(mistake.text)))))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "number"),
    [*each_third([pytest.param(name, 1) for name in SHIPPED]), *(at_night(name, 4) for name in SHIPPED)],
    ids=str,
)
def test_in_every_shipped_regimen_a_fault_and_a_mistake_are_both_told(name: str, number: int) -> None:
    for mistake, fault in some(library.paths()[name].read_text(encoding="utf-8"), number):
        hold(mistake, fault)


@pytest.mark.slow
@pytest.mark.parametrize("name", [SHIPPED[0], *map(at_night, SHIPPED[27::27])])
def test_beside_a_thousandfold_dose_faults_at_all_places_are_told(name: str) -> None:
    text = library.paths()[name].read_text(encoding="utf-8")
    for mistake, fault in islice(faults_with_mistakes(text), 0, len(list(faults(text))), 10):
        hold(mistake, fault)


def test_a_file_of_which_every_problem_is_left_out_says_in_each_rule_that_it_is_not_read() -> None:
    assert codes(judgement_of("= 1")) == ["F001"]
    left_out = Pattern("F001", "by pyproject.toml:1", for_files=True)
    verdicts = judgement_of("= 1", settings=Settings(ignore=(left_out,))).verdicts
    reasons = {verdict.not_evaluated.reason for verdict in verdicts if verdict.not_evaluated is not None}
    assert {verdict.ruling for verdict in verdicts} == {Ruling.NOT_EVALUATED}
    why = "left out by pyproject.toml:1 (ignore F001)"
    assert reasons == {why, f"the file is not read as a regimen: F001 {why}"}


@pytest.mark.parametrize(
    ("faults", "more"),
    [([("title =", "titel =")], ""), ([("title =", "titel ="), ('= "seen"', '= "sene"')], ", and 1 more")],
)
def test_what_is_blocked_says_how_many_faults_there_are_besides(faults: list[tuple[str, str]], more: str) -> None:
    text = regimen_text(cycle())
    for before, after in faults:
        assert before in text
        text = text.replace(before, after, 1)
    reason = f"`titel` could not be read, line 3{more}; no rule passes then"
    assert verdict_of(judgement_of(text), "S303").not_evaluated == NotEvaluated("blocked", reason)


def test_a_problem_that_is_left_out_says_so_in_its_place_and_hides_nothing_else() -> None:
    text = changed('indication = "investigational"', 'indication = "investigationl"')
    text = text.replace('status = "seen"', 'status = "seen"\nnota = "x"')
    left_out = tuple(Pattern(code, "by pyproject.toml:1", for_files=True) for code in ("F004", "F002"))
    why = {code: f"left out by pyproject.toml:1 (ignore {code})" for code in ("F002", "F004")}
    blocked = NotEvaluated("blocked", "`indication` could not be read, line 4, and 1 more; no rule passes then")
    for settings, told in ((Settings(ignore=left_out[1:]), ["F004", "N106"]), (Settings(ignore=left_out), ["N106"])):
        judgement = judgement_of(text, settings=settings)
        assert codes(judgement) == told
        assert [verdict.rule.code for verdict in judgement.verdicts] == list(CATALOGUE)
        assert verdict_of(judgement, "F002").not_evaluated == NotEvaluated("not requested", why["F002"])
        assert verdict_of(judgement, "S304").not_evaluated == blocked
    sound = library.load("rr-adult").document.text.replace("indication =", 'indication = "rr-adul" #')
    sound = sound.replace("[eligibility]\n", '[eligibility]\nnota = "x"\n')
    assert codes(judgement_of(sound)) == ["F002", "F004"]
    unasked = judgement_of(sound, settings=Settings(ignore=left_out)).verdicts
    whole = f"the file is not read as a regimen: F002 {why['F002']}; F004 {why['F004']}"
    assert [verdict.not_evaluated for verdict in unasked] == [
        NotEvaluated("not requested", why.get(code, whole)) for code in CATALOGUE
    ]


def test_what_is_waived_beside_a_fault_is_told_as_waived() -> None:
    text = regimen_text(LONG).replace("title =", "titel =") + waiver("S304")
    verdict = verdict_of(judgement_of(text), "S304")
    assert (verdict.ruling, verdict.findings) == (Ruling.WAIVED, ())
    assert [pair.finding.path for pair in verdict.waived_findings] == [("cycle", 0, "treatment_free_days")]


@pytest.mark.parametrize("unread", ['repeat = "x"', "repeat = 0", "repeet = 1.5"])
def test_of_a_rule_what_depends_on_a_gap_is_not_told_beside_what_does_not(unread: str) -> None:
    """After the last cycle nothing comes too soon: whether the second is repeated, nobody knows."""
    later = cycle(free=3, repeat=2).replace('"Cycle"', '"Later"')
    text = regimen_text(f"{cycle(free=3)}\n{later}")
    places = [("cycle", number, "treatment_free_days") for number in range(2)]
    assert [one.path for one in verdict_of(judgement_of(text), "S303").findings] == places
    judgement = judgement_of(text.replace("repeat = 2", unread))
    assert [one.path for one in verdict_of(judgement, "S303").findings] == places[:1]


def test_what_is_found_whatever_a_gap_hides_is_told_only_where_its_words_are_the_same() -> None:
    """In which cycles 27 mcg/day are given depends on how often the second is repeated."""
    first = cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days")
    later = cycle("27 mcg/day for 28 days", repeat=2).replace('"Cycle"', '"Later"')
    text = regimen_text(f'indication = "relapsed-refractory"\n\n{first}\n{later}')
    (found,) = verdict_of(judgement_of(text), "L001").findings
    assert found.message == "cycles 2 to 3 give 27 mcg/day; the label gives 28 mcg/day there"
    assert verdict_of(judgement_of(text.replace("repeat = 2", 'repeat = "x"')), "L001").findings == ()
    (same,) = verdict_of(judgement_of(text.replace("title =", "titel =")), "L001").findings
    assert same.message == found.message
