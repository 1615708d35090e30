"""What --add-waiver writes covers what was found, and nothing else: tried with the bad example of every rule."""

import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from blinplan.cli.check.options import read_figures
from blinplan.regimen.reading import RegimenFile, read
from blinplan.regimen.regimen import Waiver
from blinplan.rules.acceptance import waiver_text
from blinplan.rules.acceptance.add import NothingToWaiveError, RefusedWaiverError, WantedWaiver, add_waivers
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Pattern, Policies, Settings
from blinplan.rules.fix import fix
from blinplan.rules.place import place_of
from blinplan.rules.rule import Finding, Rule
from blinplan.rules.task import Task
from tests.read_text import site_in
from tests.regimen_text import TODAY, Script, codes, cycle, outcome, regimen_text, script, verdict_of, waiver

REASON = "Protocol 12, section 4, says so"
RULES = [
    pytest.param(rule, id=rule.code)
    for rule in CATALOGUE.values()
    if rule.waivable and not rule.simulated and rule.of == "regimen" and rule.code[0] != "X"
]


def task(text: str, rule: Rule | None = None, policies: Policies = Policies()) -> Task:  # noqa: B008 - immutable
    asked = () if rule is None else (Pattern(rule.code),)
    patient = None if rule is None else read_figures(rule.patient)
    site = None if rule is None or rule.site is None else site_in(rule.site)
    reading = read(text.encode(), "probe.toml")
    begins = None if rule is None or rule.start is None else datetime.fromisoformat(rule.start)
    return Task(reading, Settings(extend_select=asked, policies=policies), TODAY, patient, site, begins=begins)


def waived(text: str, rule: Rule) -> str:
    return add_waivers(task(text, rule), WantedWaiver(rule, REASON), None).reading.document.text


def found(text: str, rule: Rule) -> tuple[Finding, ...]:
    return verdict_of(task(text, rule).judge(None), rule.code).findings


def regimen_of(text: str) -> Any:
    reading = read(text.encode(), "probe.toml")
    assert isinstance(reading, RegimenFile)
    return reading.regimen


def own_waivers(text: str) -> list[Waiver]:
    """The waivers of a text but for that of what is another matter."""
    return [waiver for waiver in regimen_of(text).waivers if waiver.reason != "A test of something else"]


@pytest.mark.parametrize("rule", RULES)
def test_what_is_found_is_covered_and_the_rest_of_the_file_stays(rule: Rule) -> None:
    text = regimen_text(rule.bad)
    assert found(text, rule)
    after = waived(text, rule)
    assert not found(after, rule)
    assert after.startswith(text)
    about = {"W901", "W902", "W904", "W905", "W906", "W907"}
    assert not about & set(codes(task(after, rule).judge(None)))
    assert {waiver.reason for waiver in own_waivers(after)} == {REASON}
    worse = {one.severity.value if one.severity.rank > rule.severity.rank else None for one in found(text, rule)}
    assert {waiver.severity for waiver in own_waivers(after)} == worse
    with pytest.raises(NothingToWaiveError, match=f"^all that {rule.code} finds is waived$"):
        waived(after, rule)


NUMBER = re.compile(r'(?<=[ "])[0-9]+(?:\.[0-9]+)?(?=[ ,}\n"])')


def variants(text: str) -> list[str]:
    """The text with one of its numbers another one: a little more, twice or half as much, in turn."""
    body = text.index("[[cycle]]") if "[[cycle]]" in text else 0
    changed = []
    for place, match in enumerate(NUMBER.finditer(text)):
        if match.start() > body or "eligibility" in text[: match.start()]:
            number = Decimal(match[0])
            other = (number + 1, number * 2, number / 2)[place % 3]
            changed.append(text[: match.start()] + format(other.normalize(), "f") + text[match.end() :])
    return changed


_QUOTED = re.compile(r'"[^"]*"')


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_a_waiver_holds_for_nothing_that_the_rule_says_in_other_numbers(rule: Rule) -> None:
    """Whatever number of the file is changed: what is still covered is what was found before, to the word."""
    text = regimen_text(rule.bad)
    after = waived(text, rule)
    accepted = {finding.message for finding in found(text, rule)}
    block = after[len(text) :]
    for changed in variants(text):
        if not isinstance(read(changed.encode(), "probe.toml"), RegimenFile):
            continue
        verdict = verdict_of(task(changed + block, rule).judge(None), rule.code)
        assert {pair.finding.message for pair in verdict.waived_findings} <= accepted, changed


@pytest.mark.parametrize("rule", RULES)
def test_a_new_name_of_the_file_and_another_layout_change_nothing(rule: Rule) -> None:
    after = waived(regimen_text(rule.bad), rule)
    for changed in (
        after.replace('name = "probe"', 'name = "other"', 1),
        "# moved down\n\n" + after.replace(" = ", "  =  "),
        after.replace("\n", "\r\n"),
    ):
        assert not found(changed, rule)


def test_a_cycle_in_front_leaves_waivers_alone_and_another_name_voids_them() -> None:
    rule = CATALOGUE["S304"]
    text = regimen_text(cycle(free=21, repeat=2)).replace('name = "Cycle"', 'name = "Block 1"')
    after = waived(text, rule)
    front = '[[cycle]]\nname = "Front"\nsteps = [{ dose = "28 mcg/day", days = 28 }]\ntreatment_free_days = 14\n\n'
    assert not found(after.replace("[[cycle]]", f"{front}[[cycle]]", 1), rule)
    renamed = after.replace('name = "Block 1"', 'name = "Block A"', 1)
    assert codes(task(renamed).judge(None)) == ["S304", "W907"]
    (change,) = verdict_of(task(renamed).judge(None), "W907").findings
    assert 'cycle "Block A" treatment_free_days' in change.help


def test_a_waiver_for_30_does_not_cover_160_in_another_cycle() -> None:
    rule = CATALOGUE["D203"]
    lines = cycle("9 mcg/day for 7 days", "30 mcg/day for 21 days") + cycle("28 mcg/day for 28 days")
    text = regimen_text(f'indication = "relapsed-refractory"\n\n{lines}')
    after = waived(text, rule)
    assert not found(after, rule)
    (worse,) = found(after.replace('"28 mcg/day"', '"80 mcg/day"'), rule)
    assert "80 mcg/day" in worse.message
    changed = after.replace('dose = "30 mcg/day"', 'dose = "60 mcg/day"')
    assert codes(task(changed).judge(None)).count("W907") == 1
    (message,) = [finding.message for finding in verdict_of(task(changed).judge(None), "W907").findings]
    assert "is for 30 mcg/day" in message
    assert "60 mcg/day stands there now" in message


def test_a_waiver_of_the_first_form_covers_no_error_of_a_rule_that_warned() -> None:
    text = regimen_text(
        'indication = "relapsed-refractory"\n\n' + cycle("9 mcg/day for 7 days", "30 mcg/day for 21 days")
    )
    late = (
        text.replace("[[cycle]]", "[[cycle]]", 1) + "\n" + cycle("160 mcg/day for 28 days").replace("Cycle", "Cycle 2")
    )
    old = late + waiver("D203")
    judgement = task(old).judge(None)
    assert any("160" in finding.message for finding in verdict_of(judgement, "D203").findings)
    after = fix(task(old)).reading.document.text
    assert 'value = "30 mcg/day"' in after
    assert 'value = "160 mcg/day"' not in after


SIXTY = regimen_text('indication = "relapsed-refractory"\n\n' + cycle("9 mcg/day for 7 days", "60 mcg/day for 21 days"))


def test_a_waiver_covers_nothing_worse_than_what_was_accepted() -> None:
    rule = CATALOGUE["D203"]
    worst = found(SIXTY, rule)
    assert [finding.severity for finding in worst] == ["error"]
    text = waived(SIXTY, rule)
    assert found(text, rule) == ()
    assert regimen_of(text).waivers[-1].severity == "error"
    for line in ('severity = "warning"\n', ""):
        milder = text.replace('severity = "error"\n', line)
        judgement = task(milder, rule).judge(None)
        assert len(verdict_of(judgement, "D203").findings) == 1
        (told,) = verdict_of(judgement, "W907").findings
        assert "no worse than a warning" in told.message
        assert told.path[2] == ("severity" if line else "rule")


LAYOUTS = [
    pytest.param(waiver("S304") + "# the end\n", id="headers"),
    pytest.param('\n[[waiver]] # one\nreason = """two\nlines"""\n# a remark\nrule = "S304" # code\n', id="remarks"),
]


@pytest.mark.parametrize("written", LAYOUTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_fixing_writes_the_places_of_an_old_waiver_and_keeps_every_remark(written: str, newline: str) -> None:
    text = regimen_text(cycle(free=21) + cycle(free=20) + cycle()) + written
    text = text.replace("\n", newline)
    after = fix(task(text)).reading.document.text
    assert [(one.at, one.value) for one in own_waivers(after)] == [
        ('cycle "Cycle" treatment_free_days', 21),
        ('cycle "Cycle 2" treatment_free_days', 20),
    ]
    assert len({one.reason for one in own_waivers(after)}) == 1
    assert codes(task(after).judge(None)) == []
    assert re.findall("#[^\r\n]*", after) == re.findall("#[^\r\n]*", text)
    assert fix(task(after)).reading.document.text == after


def test_an_old_waiver_in_an_array_gets_its_places_too() -> None:
    text = 'indication = "mrd-positive"\n\n' + cycle(free=21) + cycle(free=20) + cycle()
    top = 'waiver = [{ rule = "S304", reason = "agreed" }, { rule = "S303", reason = "x" }] # both\n'
    text = regimen_text(text).replace("indication", f"{top}indication", 1)
    after = fix(task(text)).reading.document.text
    assert [one.value for one in regimen_of(after).waivers] == [21, 20]
    assert "# both" in after
    added = waived(text.replace(top, "waiver = []\n"), CATALOGUE["S304"])
    assert [one.value for one in regimen_of(added).waivers] == [21, 20]


def test_fixing_takes_out_waivers_that_cover_nothing() -> None:
    sound = regimen_text(cycle(repeat=2))
    text = f"{sound}# waivers\n{waiver('S304')}{waiver('S303')}# the end\n"
    assert fix(task(text)).reading.document.text == f"{sound}# waivers\n\n# the end\n"


def test_a_waiver_that_the_project_does_not_allow_is_refused() -> None:
    text, rule = regimen_text(cycle(free=21, repeat=2)), CATALOGUE["S304"]
    asked = task(text, policies=Policies(20, 365))
    strict = asked._replace(settings=Settings(extend_select=(Pattern("W9"),)))
    with pytest.raises(RefusedWaiverError, match="characters"):
        add_waivers(strict, WantedWaiver(rule, "agreed", date(2026, 6, 1)), None)
    with pytest.raises(RefusedWaiverError, match="no last day"):
        add_waivers(strict, WantedWaiver(rule, REASON), None)
    with pytest.raises(RefusedWaiverError, match="at most 365"):
        add_waivers(strict, WantedWaiver(rule, REASON, date(2029, 6, 1)), None)
    assert add_waivers(strict, WantedWaiver(rule, REASON, date(2026, 6, 1)), None).repairs


def test_every_place_of_a_finding_is_found_again_in_its_words() -> None:
    text = regimen_text(cycle(free=21, repeat=2))
    reading = read(text.encode(), "probe.toml")
    (finding,) = found(text, CATALOGUE["S304"])
    assert place_of(finding, reading.document).at == 'cycle "Cycle" treatment_free_days'


@pytest.mark.parametrize(
    ("policies", "code", "reason", "advice"),
    [
        (Policies(reason_length=60), "W908", REASON, "say more of why"),
        (Policies(), "W909", REASON, "give its last day with --expires, or expires= from Python"),
    ],
)
def test_what_to_do_is_said_of_the_policy_that_refuses(policies: Policies, code: str, reason: str, advice: str) -> None:
    rule = CATALOGUE["S303"]
    asked = Settings(extend_select=(Pattern(code),), policies=policies)
    written = task(regimen_text(rule.bad))._replace(settings=asked)
    with pytest.raises(RefusedWaiverError, match=code) as refused:
        add_waivers(written, WantedWaiver(rule, reason), None)
    assert refused.value.advice == advice
    assert str(refused.value).endswith(f" ({code})")
    assert str(refused.value).startswith("the ")


def test_a_waiver_of_what_stood_there_before_is_replaced() -> None:
    rule = CATALOGUE["S303"]
    first = waived(regimen_text(cycle(free=10, repeat=2)), rule)
    changed = first.replace("treatment_free_days = 10", "treatment_free_days = 12")
    assert changed != first
    anew = waived(changed, rule)
    (one,) = own_waivers(anew)
    assert one.rule == "S303"
    assert found(anew, rule) == ()
    assert "W902" not in codes(task(anew, rule).judge(None))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("cycle 1", '"cycle 1"'),
        ('cycle "Induction"', "'cycle \"Induction\"'"),  # no backslash, where that can be
        ('it\'s "both"', '"it\'s \\"both\\""'),
        ('a\\b "c"', '"a\\\\b \\"c\\""'),
    ],
)
def test_a_text_is_quoted_so_that_toml_reads_it_again(text: str, written: str) -> None:
    assert waiver_text._text(text) == written
    assert tomllib.loads(f"at = {written}") == {"at": text}


@pytest.mark.parametrize("ends", ["", "\n", "\n\n"])
def test_a_waiver_stands_below_one_blank_line_however_the_file_ends(ends: str) -> None:
    rule = CATALOGUE["S304"]
    text = regimen_text(rule.bad).rstrip("\n")
    after = waived(text + ends, rule)
    assert re.search(r"[^\n]\n\n\[\[waiver\]\]\n", after.removeprefix(text[:-1]))
    assert after.startswith(text)


AT, ELSEWHERE = 'cycle "Cycle" treatment_free_days', 'cycle "Other" treatment_free_days'


def entry(rule: str, at: str, value: int) -> str:
    return f'{{ rule = "{rule}", at = \'{at}\', value = {value}, reason = "before" }}'


@pytest.mark.parametrize(
    ("before", "left"),
    [
        ([("S304", AT, 20)], []),
        ([("S304", AT, 20), ("S304", AT, 22)], []),
        ([("S303", AT, 20), ("S304", AT, 22)], [("S303", 20)]),  # of another rule
        ([("S304", ELSEWHERE, 20), ("S304", AT, 22)], [("S304", 20)]),  # of another place
        ([("S304", AT, 20), ("S303", AT, 9), ("S304", AT, 22)], [("S303", 9)]),
    ],
)
@pytest.mark.parametrize("as_array", [False, True])
def test_waivers_of_what_stood_at_a_place_before_make_way_for_the_new_one_and_no_others(
    before: list[tuple[str, str, int]], left: list[tuple[str, int]], as_array: bool
) -> None:
    lines = 'indication = "mrd-positive"\n\n' + cycle(free=21, repeat=2)
    if as_array:
        array = f"waiver = [{', '.join(entry(*one) for one in before)}]\n"
        text = regimen_text(lines).replace("indication", f"{array}indication", 1)
    else:
        text = regimen_text(lines) + "".join(
            waiver(rule, "", at.replace('"', "'"), value) for rule, at, value in before
        )
    after = waived(text, CATALOGUE["S304"])
    assert [(one.rule, one.value) for one in regimen_of(after).waivers] == [*left, ("S304", 21)]
    assert found(after, CATALOGUE["S304"]) == ()


def test_a_second_finding_of_a_rule_is_waived_beside_the_first_whose_waiver_stays() -> None:
    text = regimen_text(cycle(free=21) + cycle(free=20) + cycle()) + waiver("S304", "", AT.replace('"', "'"), 21)
    after = waived(text, CATALOGUE["S304"])
    assert [(one.at, one.value) for one in own_waivers(after)] == [
        (AT.replace('"', "'"), 21),
        ('cycle "Cycle 2" treatment_free_days', 20),
    ]


@pytest.mark.parametrize(
    ("lines", "code", "why"),
    [
        (cycle(repeat=2), "S304", "S304 finds nothing"),
        (cycle(), "S304", "S304 was not evaluated: "),
        (cycle(), "T502", "T502 was not evaluated: off unless it is selected"),
        ('format = "1"', "S304", "the file cannot be read as a regimen"),
    ],
)
def test_why_there_is_nothing_to_waive_is_told(lines: str, code: str, why: str) -> None:
    rule = CATALOGUE[code]
    with pytest.raises(NothingToWaiveError) as refused:
        add_waivers(task(regimen_text(lines)), WantedWaiver(rule, REASON), None)
    assert str(refused.value).startswith(why)


def test_what_else_is_found_in_a_file_is_no_reason_against_a_waiver() -> None:
    text = regimen_text('indication = "mrd-positive"\n\n' + cycle(free=21) + cycle("28 mcg/day for 27 days"))
    assert {"S301", "S304"} <= set(codes(task(text).judge(None)))
    assert [one.rule for one in regimen_of(waived(text, CATALOGUE["S304"])).waivers] == ["S304"]


def test_virtual_patients_are_asked_for_the_waiver_of_a_rule_that_needs_them_and_for_no_other() -> None:
    text, asked = regimen_text(cycle(free=21, repeat=2)), []

    def simulator() -> Script:
        asked.append(True)
        return script(outcome(100, 1000, (0, 100)))

    for code, times in (("S304", 0), ("B401", 1)):
        wanted = WantedWaiver(CATALOGUE[code], REASON)
        after = add_waivers(task(text), wanted, simulator).reading.document.text
        assert [one.rule for one in own_waivers(after)] == [code]
        assert len(asked) == times
    with pytest.raises(NothingToWaiveError, match="B401 was not evaluated"):
        add_waivers(task(text), WantedWaiver(CATALOGUE["B401"], REASON), None)
