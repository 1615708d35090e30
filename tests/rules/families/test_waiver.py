"""W: a waiver covers what it names, as long as it holds, and says so when it covers nothing."""

from datetime import date, timedelta

import pytest

from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Severity
from blinplan.rules.verdict import Ruling
from tests.regimen_text import (
    TODAY,
    codes,
    cycle,
    judgement_of,
    marks,
    outcome,
    regimen_text,
    script,
    verdict_of,
    waiver,
)
from tests.rules.families.examples import Example, tried
from tests.rules.families.heads_and_outcomes import MRD

LONG = cycle(free=21, repeat=2)  # S304
SOUND = cycle(repeat=2)
TARGET = waiver("B401", at="cycle 'Cycle' step 1 dose", value="28 mcg/day for 28 days")
HASTY = waiver("S305", at="cycle 'Cycle' step 1 hours", value="24 h, then from 9 mcg/day to 28 mcg/day")
LAST_DAY = date(2027, 6, 30)


def free(days: int = 21, expires: str = "", name: str = "Cycle") -> str:
    """A waiver of the days without infusion after a cycle."""
    return waiver("S304", expires, f"cycle '{name}' treatment_free_days", days)


def with_waivers(lines: str, *waivers: str, today: date = TODAY) -> Judgement:
    return judgement_of(regimen_text(lines) + "".join(waivers), today=today)


def test_a_waived_finding_is_kept_and_does_not_count() -> None:
    judgement = with_waivers(LONG, free())
    verdict = verdict_of(judgement, "S304")
    assert verdict.ruling is Ruling.WAIVED
    assert [pair.finding.code for pair in verdict.waived_findings] == ["S304"]
    assert [pair.waiver.reason for pair in verdict.waived_findings] == ["Amendment 3"]
    assert not verdict.findings
    assert codes(judgement) == []
    assert judgement.worst is None


def test_without_the_waiver_it_counts() -> None:
    judgement = with_waivers(LONG)
    assert not verdict_of(judgement, "S304").waived_findings
    assert codes(judgement) == ["S304"]


def test_an_error_can_be_waived_too() -> None:
    steps = cycle("9 mcg/day for 24 hours", "28 mcg/day for 648 hours")
    assert codes(with_waivers(steps)) == ["S305"]
    assert codes(with_waivers(steps, HASTY)) == []


def test_a_waiver_without_a_place_covers_every_finding_of_its_rule_and_of_no_other() -> None:
    lines = cycle("28 mcg/day for 27 days", free=21) + cycle("28 mcg/day for 28 days", free=20) + cycle()
    assert codes(with_waivers(lines)) == ["S301", "S304", "S304"]
    assert codes(with_waivers(lines, waiver("S304"))) == ["S301", "W906"]
    assert codes(with_waivers(lines, waiver("S301"))) == ["S304", "S304", "W906"]


@pytest.mark.parametrize(
    ("today", "found"),
    [
        (LAST_DAY - timedelta(days=1), []),
        (LAST_DAY, []),
        (LAST_DAY + timedelta(days=1), ["S304", "W901"]),
        (LAST_DAY + timedelta(days=9999), ["S304", "W901"]),
    ],
)
def test_a_waiver_holds_on_its_last_day_and_not_on_the_next(today: date, found: list[str]) -> None:
    judgement = with_waivers(LONG, free(expires="2027-06-30"), today=today)
    assert codes(judgement) == found
    if found:
        assert marks(judgement, "W901") == ["2027-06-30"]
        assert judgement.worst is Severity.ERROR
        assert "2027-06-30" in verdict_of(judgement, "W901").findings[0].message


def test_a_waiver_without_a_date_never_expires() -> None:
    assert codes(with_waivers(LONG, free(), today=date.max)) == []


def test_an_expired_waiver_is_expired_and_not_also_unused() -> None:
    assert codes(with_waivers(SOUND, free(expires="2020-01-01"))) == ["W901"]


def test_a_waiver_that_covers_nothing_is_unused() -> None:
    judgement = with_waivers(SOUND, free())
    assert codes(judgement) == ["W902"]
    assert marks(judgement, "W902") == ['"S304"']
    assert judgement.worst is Severity.WARNING


def test_of_two_waivers_of_one_rule_the_first_that_holds_covers_and_the_second_is_unused() -> None:
    judgement = with_waivers(LONG, free(expires="2020-01-01"), free(), free())
    assert verdict_of(judgement, "S304").ruling is Ruling.WAIVED
    assert codes(judgement) == ["W901", "W902"]
    (unused,) = verdict_of(judgement, "W902").findings
    assert unused.path == ("waiver", 3, "rule")  # the first one is that of the text around the lines
    assert "an earlier waiver" in unused.message


@pytest.mark.parametrize("code", ["S999", "A000", "Z304"])
def test_a_waiver_of_a_rule_that_does_not_exist_is_an_error(code: str) -> None:
    judgement = with_waivers(LONG, waiver(code))
    assert codes(judgement) == ["S304", "W904"]
    assert marks(judgement, "W904") == [f'"{code}"']
    assert code in verdict_of(judgement, "W904").findings[0].message


@pytest.mark.parametrize("code", ["W901", "W902", "W904"])
def test_findings_about_waivers_cannot_be_waived(code: str) -> None:
    faulty = free(expires="2020-01-01") + waiver("S303") + waiver("S999")
    assert codes(with_waivers(SOUND, faulty)) == ["W901", "W902", "W904"]
    judgement = with_waivers(SOUND, faulty, waiver(code))
    assert {"W901", "W902", "W904"} <= set(codes(judgement))
    messages = [finding.message for finding in verdict_of(judgement, "W905").findings]
    assert any(code in message and "cannot be waived" in message for message in messages)


def many(count: int) -> str:
    """So many cycles, each but the last with an interval that is a week too long."""
    return "".join(cycle(free=21) for _ in range(count))


AT = 'cycle "Cycle{}" treatment_free_days'
FREE = [AT.format(name) for name in ("", " 2", " 3", " 4")]
NEITHER = "the waiver of S304 says neither where nor what it is for; it covers"
IDLE = "the waiver of S304 covers nothing:"


@pytest.mark.parametrize(
    ("lines", "waivers", "code", "message", "key"),
    [
        (LONG, [free(expires="2026-02-28")], "W901", "the waiver of S304 expired on 2026-02-28", "expires"),
        (SOUND, [free()], "W902", f"{IDLE} the rule found nothing", "rule"),
        (
            many(6),
            [free(30, name="No")],
            "W902",
            f"{IDLE} the rule found nothing at {AT.format('').replace('Cycle', 'No')}",
            "rule",
        ),
        (LONG, [free(), free()], "W902", f"{IDLE} an earlier waiver covers the same", "rule"),
        (LONG, [free(), waiver("S304")], "W902", f"{IDLE} an earlier waiver covers the rule", "rule"),
        (
            LONG,
            [free(), free(30, name="No")],
            "W902",
            f"{IDLE} the rule found nothing at {AT.format('').replace('Cycle', 'No')}",
            "rule",
        ),
        # The same stands in another cycle, and the one that is named is there: it is no change of a name.
        (cycle() + many(2), [free()], "W902", f"{IDLE} the rule found nothing at {FREE[0]}", "rule"),
        (LONG, [waiver("S304", at="title", value="21 d")], "W902", f"{IDLE} the rule found nothing at title", "rule"),
        (many(3), [free(), waiver("S304")], "W906", f"{NEITHER} {FREE[1]}", "rule"),
        (LONG, [waiver("S304"), waiver("S304")], "W902", f"{IDLE} an earlier waiver covers the rule", "rule"),
        (SOUND, [waiver("Z123")], "W904", "there is no rule Z123", "rule"),
        (SOUND, [waiver("F001")], "W905", "F001 cannot be waived: The file is not TOML.", "rule"),
        (LONG, [waiver("S304")], "W906", f"{NEITHER} {FREE[0]}", "rule"),
        (many(4), [waiver("S304")], "W906", f"{NEITHER} {', '.join(FREE[:3])}", "rule"),
        (many(5), [waiver("S304")], "W906", f"{NEITHER} {', '.join(FREE[:3])} and 1 more place", "rule"),
        (many(6), [waiver("S304")], "W906", f"{NEITHER} {', '.join(FREE[:3])} and 2 more places", "rule"),
        (LONG, [free(22)], "W907", f"the waiver of S304 is for 22 at {FREE[0]}, and 21 stands there now", "value"),
        (
            LONG,
            [free(name="Other")],
            "W907",
            f"the waiver of S304 is for {AT.format('').replace('Cycle', 'Other')}, and no cycle has this name; the same"
            f" stands at {FREE[0]}",
            "at",
        ),
    ],
)
def test_what_is_wrong_with_a_waiver_is_told_where_it_stands(
    lines: str, waivers: list[str], code: str, message: str, key: str
) -> None:
    (finding,) = [one for one in with_waivers(lines, *waivers).findings if one.code == code]
    assert finding.message == message
    assert finding.path == ("waiver", len(waivers), key)  # after that of a regimen that departs from none


def test_what_cannot_be_given_stays_found_whatever_waiver_a_file_has() -> None:
    slip = with_waivers(cycle("9000 mcg/day for 28 days"), waiver("N106"))
    assert codes(slip) == ["N106", "W905"]
    assert verdict_of(slip, "N106").waived_findings == ()


def test_what_is_waived_is_kept_in_the_order_of_the_file_and_not_of_its_waivers() -> None:
    judgement = with_waivers(many(4), free(name="Cycle 3"), free(name="Cycle 2"), free())
    pairs = verdict_of(judgement, "S304").waived_findings
    assert [pair.finding.path[1] for pair in pairs] == [0, 1, 2]
    assert [pair.waiver.path[1] for pair in pairs] == [3, 2, 1]
    assert codes(judgement) == []


def test_each_waiver_that_covers_nothing_is_told_with_a_place_or_without() -> None:
    found = verdict_of(with_waivers(SOUND, waiver("S304"), free(), waiver("S304")), "W902").findings
    assert [finding.path[1] for finding in found] == [1, 2, 3]


def test_waivers_that_cover_nothing_are_told_in_the_order_of_the_file() -> None:
    idle = ("S310", "S303", "D202", "S301", "S304")
    found = verdict_of(with_waivers(SOUND, *(waiver(code) for code in idle)), "W902").findings
    assert [finding.path for finding in found] == [("waiver", number, "rule") for number in range(1, len(found) + 1)]
    assert [finding.message.split(" ")[3] for finding in found] == list(idle)


def test_a_waiver_of_a_rule_that_was_not_evaluated_is_not_called_unused() -> None:
    one_cycle = with_waivers(cycle(), free().replace("S304", "S303"))
    assert verdict_of(one_cycle, "S303").ruling is Ruling.NOT_EVALUATED
    assert codes(one_cycle) == []
    not_simulated = with_waivers(SOUND, TARGET)
    assert codes(not_simulated) == []


def test_a_waiver_of_a_simulated_rule_is_judged_by_the_simulation() -> None:
    text = regimen_text(SOUND) + TARGET
    assert codes(judgement_of(text, script(outcome(900, 1000, (0, 900))))) == ["W902"]
    failing = judgement_of(text, script(outcome(100, 1000, (0, 100))))
    assert codes(failing) == []
    assert verdict_of(failing, "B401").ruling is Ruling.WAIVED
    undecided = judgement_of(text, script(outcome(500, 1000, (0, 500))))
    assert codes(undecided) == ["B402"]  # surely more than 20 % not depleted, whether or not the majority
    assert not undecided.complete


def test_a_waiver_takes_nothing_away_that_could_not_be_read() -> None:
    judgement = with_waivers(LONG.replace("28 mcg/day", "28"), waiver("N104"))
    assert codes(judgement) == ["N104", "S304", "W905"]
    assert verdict_of(judgement, "W902").ruling is Ruling.NOT_EVALUATED


@pytest.mark.parametrize("lines", ['\n[[waiver]]\nrule = "S304"\n', '\n[[waiver]]\nrule = "S304"\nreason = " "\n'])
def test_a_waiver_needs_a_reason(lines: str) -> None:
    judgement = with_waivers(LONG, lines)
    assert judgement.regimen is None
    assert len(judgement.findings) == 1
    assert judgement.findings[0].path == ("waiver", 1, "reason")  # the first one is that of the text around the lines


def test_what_was_done_after_an_interruption_cannot_be_waived() -> None:
    (finding,) = verdict_of(with_waivers(SOUND, waiver("I801")), "W905").findings
    assert "I801" in finding.message
    assert "cannot be waived" in finding.message


@pytest.mark.parametrize("reason", ['reason = ""', 'reason = " "', "reason = 1", ""])
def test_a_waiver_has_a_reason(reason: str) -> None:
    assert codes(judgement_of(regimen_text(cycle()) + f'\n[[waiver]]\nrule = "S304"\n{reason}\n')) == ["W903"]


def _waived(code: str, answer: str, title: str, lines: str, waivers: str, today: date = TODAY) -> Example:
    return Example(code, answer, title, regimen_text(lines) + waivers, today=today)


def _reason(reason: str) -> str:
    return f'\n[[waiver]]\nrule = "S304"\n{reason}\n'


GROSS = cycle("28 mcg/day for 57 days")  # S302 as an error
UNTIL = free(expires="2026-03-01")

EXAMPLES = (
    _waived("W901", "finding", "the day after", LONG, UNTIL, today=date(2026, 3, 2)),
    _waived("W901", "pass", "the last day", LONG, UNTIL, today=date(2026, 3, 1)),
    _waived("W901", "pass", "no date, however late", LONG, free(), today=date.max),
    _waived("W902", "finding", "14 days, which need none", SOUND, free()),
    _waived("W902", "pass", "15 days", cycle(free=15, repeat=2), free(15)),
    _waived("W902", "finding", "of another rule than the one that found something", LONG, waiver("S303")),
    _waived("W902", "finding", "a second one of the same", LONG, free() * 2),
    _waived("W902", "pass", "of a rule that could not be asked", SOUND, waiver("B401")),
    _waived("W902", "pass", "expired, which W901 says", SOUND, free(expires="2020-01-01")),
    _waived("W903", "finding", "no reason", LONG, _reason("")),
    _waived("W903", "finding", "a space for a reason", LONG, _reason('reason = " "')),
    _waived("W903", "pass", "a reason", LONG, _reason('reason = "x"')),
    _waived("W904", "finding", "a code that there is not", LONG, waiver("S399")),
    _waived("W904", "pass", "a code that there is", LONG, free()),
    _waived("W904", "pass", "a code that cannot be waived, which W905 says", LONG, waiver("N106")),
    _waived("W905", "finding", "of a rule that says what cannot be given", LONG, waiver("N106")),
    _waived("W905", "finding", "of a rule about waivers", LONG, waiver("W902")),
    _waived("W905", "pass", "of an error that can be waived", LONG, waiver("D201")),
    _waived("W905", "pass", "of a rule that there is not, which W904 says", LONG, waiver("S399")),
    _waived("W906", "finding", "a rule and a reason only", LONG, waiver("S304")),
    _waived("W906", "finding", "of a rule that could not be asked", SOUND, waiver("B401")),
    _waived("W906", "pass", "with its place and value", LONG, free()),
    _waived("W906", "pass", "covers nothing, which W902 says", SOUND, waiver("S304")),
    _waived("W906", "pass", "expired, which W901 says", LONG, waiver("S304", "2020-01-01")),
    _waived("W907", "finding", "for a day less than there is", LONG, free(20)),
    _waived("W907", "finding", "for a cycle that has another name now", LONG, free(name="Cycle 1")),
    _waived("W907", "finding", "says no place, and what is found is worse than its rule", GROSS, waiver("S302")),
    _waived("W907", "pass", "the same days", LONG, free()),
    _waived("W907", "pass", "the same in other words", LONG, free().replace("= 21", '= "21 days"')),
    _waived("W907", "pass", "14 days, which need none, and W902 says so", SOUND, free(21)),
    _waived("W907", "pass", "expired, which W901 says", LONG, free(20, "2020-01-01")),
    _waived("W908", "finding", "19 characters", LONG, free().replace("Amendment 3", "x" * 19)),
    _waived(
        "W908", "finding", "19 characters and many blanks", LONG, free().replace("Amendment 3", "x" * 18 + " " * 9)
    ),
    _waived("W908", "pass", "20 characters", LONG, free().replace("Amendment 3", "x" * 20)),
    _waived("W909", "finding", "no last day", LONG, free()),
    _waived("W909", "pass", "a last day", MRD + LONG, free(expires="2100-01-01")),
    _waived("W910", "finding", "366 days", LONG, free(expires="2027-03-02")),
    _waived("W910", "pass", "365 days", LONG, free(expires="2027-03-01")),
    _waived("W910", "pass", "no last day, which W909 says", LONG, free()),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer
