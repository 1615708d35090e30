"""I: what was done after an interruption, on both sides of each limit."""

from fractions import Fraction

import pytest

from blinplan.regimen.site.site import Site
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS, ChangedLimit
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.verdict import Ruling
from tests.read_text import site_in
from tests.regimen_text import codes, cycle, judgement_of, judgement_of_lines, marks, verdict_of
from tests.rules.families.examples import Example, example, tried


def record_text(cause: str, *lines: str, restarted: str = "2026-03-07T10:00:00Z", regimen: str = "rr-adult") -> str:
    text = (
        f'record = 1\nregimen = "{regimen}"\nstart = 2026-03-02T10:00:00Z\n\n[[interruption]]\n'
        f'stopped = 2026-03-05T10:00:00Z\ncause = "{cause}"\ncycle = 1\n' + "\n".join(lines)
    )
    return text + (f"\nrestarted = {restarted}\n" if restarted else "\n")


def record(cause: str, *lines: str, restarted: str = "2026-03-07T10:00:00Z", regimen: str = "rr-adult") -> Judgement:
    return judgement_of(record_text(cause, *lines, restarted=restarted, regimen=regimen))


DONE = ("premedicated = true", 'restart_in = "same-cycle"')


CRS, NEURO, OTHER = "cytokine-release-syndrome", "neurological", "other-adverse-event"


GONE = "resolved = 2026-03-06T10:00:00Z"


@pytest.mark.parametrize(
    ("cause", "lines", "restarted", "found"),
    [
        (CRS, ("grade = 3", 'restart_dose = "9 mcg/day"', GONE), "07T10", []),
        (CRS, ("grade = 3", 'restart_dose = "9 mcg/day"', GONE), "06T09", ["I801"]),  # not held until it was resolved
        (CRS, ("grade = 3", 'restart_dose = "28 mcg/day"', GONE), "07T10", ["I801"]),
        (CRS, ("grade = 2", 'restart_dose = "9 mcg/day"'), "07T10", []),
        (CRS, ("grade = 2", 'restart_dose = "28 mcg/day"'), "07T10", ["I805"]),  # it was stopped at 9
        ("technical", ('restart_dose = "280 mcg/day"',), "07T10", ["I805"]),
        ("technical", ('restart_dose = "9 mcg/day"',), "07T10", []),
        ("overdose", ('restart_dose = "8.9 mcg/day"',), "07T10", ["I805"]),
        (CRS, ("grade = 4", 'restart_dose = "9 mcg/day"'), "07T10", ["I801"]),
        (NEURO, ("grade = 3", 'restart_dose = "9 mcg/day"', GONE), "08T10", ["I801"]),  # it came at 9 mcg/day
        (NEURO, ("grade = 2", "seizures = 2"), "08T10", ["I801"]),
        (OTHER, ("grade = 3", 'restart_dose = "9 mcg/day"', GONE), "08T10", []),
        # Only a transcription has the 3 days: I801 is not evaluated.
        (OTHER, ("grade = 3", 'restart_dose = "9 mcg/day"', GONE), "08T09", []),
        (OTHER, ("grade = 3", 'restart_dose = "9 mcg/day"', GONE), "06T09", ["I801"]),  # before it was at grade 1
        (OTHER, ("grade = 3", 'restart_dose = "12 mcg/day"', GONE), "08T10", ["I801"]),
        ("overdose", (), "05T22", []),
        ("overdose", (), "05T21", ["I801"]),
        ("technical", (), "07T10", []),
    ],
)
def test_a_restart_is_the_label_s(cause: str, lines: tuple[str, ...], restarted: str, found: list[str]) -> None:
    judgement = record(cause, *lines, *DONE, restarted=f"2026-03-{restarted}:00:00Z")
    assert codes(judgement) == found
    for finding in judgement.findings:
        assert finding.code == "I805" or "prescribing information" in judgement.limits[finding.limits[0]].source


def test_what_is_found_is_told_though_something_is_not_on_record() -> None:
    """It came too early, whatever its dose was."""
    judgement = record(CRS, "grade = 3", GONE, *DONE, restarted="2026-03-06T09:00:00Z")
    (finding,) = verdict_of(judgement, "I801").findings
    assert "the label asks to hold it until it is resolved" in finding.message


def test_after_an_overdose_nothing_has_to_resolve() -> None:
    assert verdict_of(record("overdose", *DONE), "I801").ruling is Ruling.PASS


def test_a_restart_dose_of_which_the_label_may_give_one_is_no_slip() -> None:
    judgement = record(CRS, 'restart_dose = "5 mcg/day"', *DONE)  # at which dose depends on the grade
    assert verdict_of(judgement, "I805").ruling is Ruling.PASS
    assert verdict_of(judgement, "I801").undecided


@pytest.mark.parametrize(
    ("resolved", "restarted", "found"),
    [("17T10", "18T10", []), ("17T10", "18T09", ["I801"]), ("19T10", "18T10", ["I801"]), ("22T10", "23T10", [])],
)
def test_a_neurological_event_at_the_full_dose_is_held_three_days_and_until_it_is_gone(
    resolved: str, restarted: str, found: list[str]
) -> None:
    text = (
        'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n\n[[interruption]]\n'
        f'stopped = 2026-03-15T10:00:00Z\nrestarted = 2026-03-{restarted}:00:00Z\ncause = "neurological"\ngrade = 3\n'
        f'resolved = 2026-03-{resolved}:00:00Z\nrestart_dose = "9 mcg/day"\npremedicated = true\ncycle = 1\n'
        f'restart_in = "{"new" if restarted > "22T10" else "same"}-cycle"\n'
    )
    judgement = judgement_of(text)
    assert codes(judgement) == found
    assert verdict_of(judgement, "I804").ruling is Ruling.PASS


def test_a_neurological_event_at_the_low_dose_by_area_leaves_the_restart_undecided() -> None:
    lines = ("grade = 3", 'restart_dose = "5 mcg/m2/day"', "resolved = 2026-03-07T10:00:00Z", *DONE)
    judgement = record(NEURO, *lines, restarted="2026-03-08T10:00:00Z", regimen="rr-below-45-kg")
    verdict = verdict_of(judgement, "I801")
    assert verdict.undecided
    assert verdict.not_evaluated is not None
    assert "unverified" in verdict.not_evaluated.reason


STOP = '[[interruption]]\nstopped = {}\ncause = "technical"\ncycle = {}\n'


LATER_START = "[[planned_start]]\ncycle = {}\nstarts = 2027-04-13T09:59:00Z\n"


WHOLE = 'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n'


@pytest.mark.parametrize(
    ("lines", "said", "marked_text"),
    [
        ("weight_kg = 44\n", "the patient weighs 44 kg", "44"),
        ("weight_kg = 154\nheight_cm = 170\n", "154 lb would be about 69.9 kg", "170"),
        ("weight_kg = 70\nheight_cm = 170\nbsa_m2 = 1.4\n", "differ by more than 10 %", "1.4"),
        (STOP.format("2026-04-01T10:00:00Z", 1), "nothing was infused", None),
        (STOP.format("2026-03-05T10:00:00Z", 2), "lies in cycle 1", "2"),
        ("[[cycle_start]]\ncycle = 7\nstarted = 2027-04-13T09:59:00Z\n", "no start of a cycle 7", "7"),
        *((LATER_START.format(cycle), f"no start of a cycle {cycle}", str(cycle)) for cycle in (6, 7, 99)),
        (LATER_START.format(3) + LATER_START.format(6), "no start of a cycle 6", "6"),
    ],
)
def test_a_record_that_does_not_fit_is_found_at_its_place(lines: str, said: str, marked_text: str | None) -> None:
    judgement = judgement_of(WHOLE + lines)
    (finding,) = verdict_of(judgement, "I804").findings
    assert said in finding.message
    assert marked_text is None or marks(judgement, "I804") == [marked_text]


@pytest.mark.parametrize(
    "lines",
    [
        "weight_kg = 45\nheight_cm = 160\n",
        *(LATER_START.format(cycle) for cycle in (2, 5)),
        "weight_kg = 150\nheight_cm = 165\nbsa_m2 = 2.6\n",
        "[[cycle_start]]\ncycle = 2\nstarted = 2026-04-13T10:00:00Z\n",
    ],
)
def test_a_record_that_fits_passes(lines: str) -> None:
    assert verdict_of(judgement_of(WHOLE + lines), "I804").ruling is Ruling.PASS


def test_restarts_are_not_judged_where_the_record_does_not_fit() -> None:
    judgement = record(CRS, "grade = 3", *DONE, regimen="mrd-adult", restarted="2026-03-07T10:00:00Z")
    assert verdict_of(judgement, "I804").ruling is Ruling.PASS
    wrong = judgement_of(WHOLE + STOP.format("2026-04-01T10:00:00Z", 1) + "restarted = 2026-04-02T10:00:00Z\n")
    verdict = verdict_of(wrong, "I801")
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "blocked"


@pytest.mark.parametrize(
    ("restarted", "given", "found"),
    [
        ("2026-03-05T13:59:00Z", "false", []),
        ("2026-03-05T14:00:00Z", "false", ["I802"]),
        ("2026-03-05T14:00:00Z", "true", []),
    ],
)
def test_premedication_comes_again_after_four_hours(restarted: str, given: str, found: list[str]) -> None:
    assert codes(record("technical", f"premedicated = {given}", restarted=restarted)) == found


@pytest.mark.parametrize(
    ("restarted", "went_on", "found"),
    [
        ("2026-03-12T10:00:00Z", "same-cycle", []),
        ("2026-03-12T10:01:00Z", "same-cycle", ["I803"]),
        ("2026-03-12T10:01:00Z", "new-cycle", []),
        ("2026-03-12T10:00:00Z", "new-cycle", ["I803"]),
    ],
)
def test_seven_days_decide_the_cycle(restarted: str, went_on: str, found: list[str]) -> None:
    lines = ("grade = 2", "premedicated = true", f'restart_in = "{went_on}"')
    assert codes(record(CRS, *lines, restarted=restarted)) == found
    long = restarted > "2026-03-12T10:00:00Z"
    assert codes(record("technical", *lines[1:], restarted=restarted)) == (["I806"] if long else [])


@pytest.mark.parametrize("cause", ["technical", "surgery", "patient-wish", "logistics", "overdose"])
def test_a_long_stop_of_which_the_label_says_nothing_needs_a_decision(cause: str) -> None:
    """It was stopped at 9 mcg/day, and 28 were still to come."""
    full, low = (
        ("premedicated = true", 'restart_dose = "28 mcg/day"'),
        ("premedicated = true", 'restart_dose = "9 mcg/day"'),
    )
    later = "full_dose_after_days = 7"
    for lines, found in (
        (full[:1], ["`restart_dose` and `restart_in`"]),
        (full, ["`restart_in`"]),
        ((*full, 'restart_in = "same-cycle"'), []),
        ((*low, 'restart_in = "same-cycle"'), ["`full_dose_after_days`"]),
        ((*low, 'restart_in = "same-cycle"', later), []),
        ((*low, 'restart_in = "new-cycle"'), []),
    ):
        judgement = record(cause, *lines, restarted="2026-03-17T10:00:00Z")
        assert codes(judgement) == ["I806"] * len(found)
        assert all(named in finding.help for named, finding in zip(found, judgement.findings, strict=True))


@pytest.mark.parametrize(
    ("started", "said"),
    [
        ("2026-04-11T10:00:00Z", "cycle 2 began 2 d before the cycle and the interval before it had ended"),
        ("2026-03-29T10:00:00Z", "cycle 2 began 15 d before the cycle and the interval before it had ended"),
        ("2026-05-04T10:00:00Z", "cycle 2 began 21 d later than it could"),
    ],
)
def test_a_cycle_that_began_early_or_late_is_found_and_refuses_nothing(started: str, said: str) -> None:
    judgement = judgement_of(WHOLE + STARTED.format(started))
    assert codes(judgement) == ["I807"]
    assert judgement.findings[0].message == said
    assert judgement.findings[0].severity == "warning"


def test_a_decided_restart_at_no_planned_dose_is_still_a_slip() -> None:
    decided = ("premedicated = true", 'restart_in = "same-cycle"', 'restart_dose = "280 mcg/day"')
    assert codes(record("surgery", *decided, restarted="2026-03-17T10:00:00Z")) == ["I805"]


def test_the_full_dose_does_not_come_back_before_the_label_s_seven_days() -> None:
    for days, found in ((6, ["I801"]), (7, [])):
        lines = ("grade = 3", 'restart_dose = "9 mcg/day"', GONE, f"full_dose_after_days = {days}", *DONE)
        assert codes(record(CRS, *lines, restarted="2026-03-07T10:00:00Z")) == found


@pytest.mark.parametrize(
    ("lines", "rule", "said"),
    [
        (DONE, "I801", "grade"),
        (("grade = 3", GONE, *DONE), "I801", "restart_dose"),
        (("grade = 3", 'restart_dose = "9 mcg/day"', *DONE), "I801", "resolved"),
        (("grade = 3", 'restart_in = "same-cycle"', 'restart_dose = "9 mcg/day"'), "I802", "premedicated"),
        (("grade = 3", "premedicated = true", 'restart_dose = "9 mcg/day"'), "I803", "restart_in"),
    ],
)
def test_what_a_record_does_not_say_leaves_the_rule_undecided(lines: tuple[str, ...], rule: str, said: str) -> None:
    judgement = record(CRS, *lines)
    verdict = verdict_of(judgement, rule)
    assert verdict.undecided
    assert verdict.not_evaluated is not None
    assert f"`{said}`" in verdict.not_evaluated.reason
    assert not judgement.complete


@pytest.mark.parametrize(("resolved", "found"), [("19T10:00", []), ("19T10:01", ["I801"])])
def test_another_event_that_lasted_too_long_stops_the_drug(resolved: str, found: list[str]) -> None:
    lines = ("grade = 3", 'restart_dose = "9 mcg/day"', "premedicated = true", 'restart_in = "new-cycle"')
    assert codes(record(OTHER, *lines, f"resolved = 2026-03-{resolved}:00Z", restarted="2026-03-25T10:00:00Z")) == found
    assert verdict_of(record(OTHER, *lines, restarted="2026-03-19T10:00:00Z"), "I801").undecided


def test_a_record_is_judged_by_its_own_rules_only() -> None:
    judgement = record(CRS, "grade = 3", 'restart_dose = "9 mcg/day"', GONE, *DONE)
    outcomes = {verdict.rule.code: verdict.ruling for verdict in judgement.verdicts}
    assert {code for code, outcome in outcomes.items() if outcome is Ruling.PASS} == {
        *(code for code in CATALOGUE if code[0] == "F"),
        "I801",
        "I802",
        "I803",
        "I804",
        "I805",
        "I806",
    }
    assert verdict_of(record(CRS, "grade = 3", restarted=""), "I801").ruling is Ruling.NOT_EVALUATED
    assert verdict_of(judgement_of_lines(cycle()), "I801").ruling is Ruling.NOT_EVALUATED


def test_a_record_of_a_regimen_that_is_not_there_is_undecided() -> None:
    judgement = record(CRS, "grade = 3", regimen="nowhere")
    assert all(verdict_of(judgement, code).undecided for code in ("I801", "I802", "I803"))


def test_seizures_that_nobody_counted_leave_a_restart_unjudged() -> None:
    """More than one stops the drug for good: that none was seen has to be said."""
    severe = ("grade = 2", *DONE)
    assert verdict_of(record(NEURO, *severe), "I801").undecided
    assert verdict_of(record(NEURO, "seizures = 0", *severe), "I801").ruling is Ruling.PASS


def test_a_hold_that_nobody_has_seen_in_the_label_is_not_evaluated() -> None:
    severe = ("grade = 3", 'restart_dose = "9 mcg/day"', GONE)
    early = verdict_of(record(OTHER, *severe, *DONE, restarted="2026-03-08T09:00:00Z"), "I801")
    assert early.undecided
    assert early.not_evaluated is not None
    assert "transcribed" in early.not_evaluated.reason
    assert not verdict_of(record(OTHER, *severe, *DONE, restarted="2026-03-08T10:00:00Z"), "I801").undecided


def _restart(
    code: str, answer: str, title: str, cause: str, *lines: str, restarted: str = "2026-03-07T10:00:00Z"
) -> Example:
    return Example(code, answer, title, record_text(cause, *lines, restarted=restarted))


LOW, FULL = 'restart_dose = "9 mcg/day"', 'restart_dose = "28 mcg/day"'
SEVERE = ("grade = 3", GONE, *DONE)
UNMEDICATED = "premedicated = false"
SAME, NEW = 'restart_in = "same-cycle"', 'restart_in = "new-cycle"'
STARTED = "[[cycle_start]]\ncycle = 2\nstarted = {}\n"
HUNG = '[[bag]]\nnumber = 1\nhung = 2026-03-03T10:00:00Z\ntaken_down = 2026-03-04T{}:00Z\ndose = "{}"\nhours = {}\n'
NEXT = '[[bag]]\nnumber = 2\nhung = 2026-03-04T10:00:00Z\ndose = "9 mcg/day"\nhours = 24\n'
FAST = "rate_ml_per_hour = 20\n"
PLANNED = "[[planned_start]]\ncycle = 2\nstarts = 2026-05-04T10:00:00Z\n"

INFANT = (
    'record = 1\nregimen = "rr-below-45-kg"\nstart = 2026-03-02T10:00:00Z\nweight_kg = {weight}\nbsa_m2 = 0.3\n\n'
    '[[bag]]\nhung = 2026-03-02T10:00:00Z\ndose = "5 mcg/m2/day"\nhours = {hours}\n'
)
LATER = "\n[[measured]]\non = 2026-04-10\nweight_kg = {}\nbsa_m2 = 0.31\n"
WEIGHED = WHOLE + "weight_kg = {weight}\nheight_cm = 160\n\n[[measured]]\non = 2026-04-10\n{later}\n"
SEVEN = site_in('site = 1\nname = "Ward 7"\nholidays = [2026-04-20]\nbag = [{ hours = 24 }]')
LAX = site_in('site = 1\nname = "Ward 7"\nbag = [{ hours = 24, fill_ml = 276, rate_ml_per_hour = 12 }]')
ENDED = '\n[end]\nat = 2026-03-30T10:00:00Z\nreason = "transplant"\n'


def a_bag(hung: str, dose: str = "9 mcg/day", hours: int = 48, more: str = "") -> str:
    """A bag of a record that was hung at a time of March 2026."""
    return f'[[bag]]\nhung = 2026-03-{hung}:00Z\n{more}dose = "{dose}"\nhours = {hours}\n'


def _by_its_bag(dose: str) -> str:
    """A severe release of which the record says the dose of the restart with the bag that hung then."""
    return record_text(CRS, *SEVERE) + a_bag("07T10:00", dose)


def _same_bag(restarted: str, down: str = "", *, hours: int = 48, prepared: str = "") -> str:
    """A bag of the day before a stop that goes on after it."""
    stopped = record_text("technical", "premedicated = true", "same_bag = true", restarted=f"2026-03-{restarted}:00Z")
    taken_down = f"taken_down = 2026-03-{down}:00Z\n" if down else ""
    kept = f"prepared = 2026-03-{prepared}:00Z\n" if prepared else ""
    return stopped + a_bag("04T10:00", hours=hours, more=taken_down + kept)


def _hung_again(at: str, prepared: str = "04T10:00") -> str:
    """The same, hung again as a bag of the record, which says once when it was prepared."""
    stopped = record_text("technical", "premedicated = true", "same_bag = true", restarted=f"2026-03-{at}:00Z")
    first = f"number = 1\ntaken_down = 2026-03-05T10:00:00Z\nprepared = 2026-03-{prepared}:00Z\n"
    return stopped + a_bag("04T10:00", more=first) + a_bag(at, more="number = 1\n")


EXAMPLES = (
    Example("I811", "finding", "a bag of each day, and a holiday", WHOLE + "weight_kg = 60\n", site=SEVEN),
    Example("I811", "pass", "the course has ended before it", WHOLE + "weight_kg = 60\n" + ENDED, site=SEVEN),
    Example("I811", "not applicable", "no site", WHOLE + "weight_kg = 60\n"),
    Example("I811", "undecided", "its regimen is not for the patient", WHOLE + "weight_kg = 30\n", site=SEVEN),
    Example("I813", "not applicable", "no site profile", WHOLE),
    Example("I813", "finding", "12 mL/h, and the label says 10", WHOLE, site=LAX),
    Example(
        "I813",
        "finding",
        "a label without rates, and filled with less than is infused",
        WHOLE.replace("rr-adult", "hk-rr-adult"),
        site=LAX,
    ),
    Example("I813", "pass", "as the label says", WHOLE, site=SEVEN),
    Example("I812", "finding", "a minute over 48 hours", _same_bag("05T12:00", "06T10:01")),
    Example("I812", "pass", "48 hours", _same_bag("05T12:00", "06T10:00")),
    Example("I812", "finding", "it hangs, and went on too late", _same_bag("06T10:01")),
    Example("I812", "pass", "it hangs, and went on in time", _same_bag("05T12:00")),
    Example("I812", "finding", "hung again when its time was over", _hung_again("06T10:01")),
    Example("I812", "pass", "hung again in time", _hung_again("06T10:00")),
    Example("I812", "undecided", "hung again, and it may have been cold", _hung_again("06T10:00", "04T09:59")),
    Example("I812", "not applicable", "no time of the label", _same_bag("06T12:00", "06T14:00", hours=96)),
    Example("I812", "undecided", "it may have been cold", _same_bag("05T12:00", "06T08:01", prepared="04T08:00")),
    Example("I812", "pass", "48 hours of preparation", _same_bag("05T12:00", "06T08:00", prepared="04T08:00")),
    Example("I812", "not applicable", "no bags on record", WHOLE),
    Example("I801", "finding", "at the full dose, by its bag", _by_its_bag("28 mcg/day")),
    Example("I801", "pass", "low, by its bag", _by_its_bag("9 mcg/day")),
    Example("I801", "pass", "low, by its bag, to its last digit", _by_its_bag("9.00 mcg/day")),
    _restart("I801", "undecided", "neither dose nor bag on record", CRS, *SEVERE),
    Example("I808", "finding", "in the interval", WHOLE + a_bag("31T10:00", "28 mcg/day", 24)),
    Example("I808", "finding", "as it was stopped", WHOLE + STOP.format("2026-03-05T10:00:00Z", 1) + a_bag("05T11:00")),
    Example("I808", "pass", "a minute before the interval", WHOLE + a_bag("30T09:59", "28 mcg/day", 24)),
    Example("I809", "finding", "a hair below 5.4 kg", INFANT.format(weight="5.39", hours=96)),
    Example("I809", "pass", "5.4 kg", INFANT.format(weight="5.4", hours=96)),
    Example("I809", "pass", "a bag without preservative", INFANT.format(weight="4", hours=48)),
    Example(
        "I809", "finding", "grown past it after the bag", INFANT.format(weight="5.2", hours=72) + LATER.format("5.6")
    ),
    Example(
        "I809",
        "undecided",
        "a weight that nobody knows",
        INFANT.format(weight="5", hours=96).replace("weight_kg = 5\n", ""),
    ),
    Example("I809", "not applicable", "no bags on record", WHOLE),
    Example("I810", "finding", "pounds for kilograms", WEIGHED.format(weight="60", later="weight_kg = 132")),
    Example("I810", "finding", "a hair more than a quarter", WEIGHED.format(weight="60", later="weight_kg = 75.1")),
    Example("I810", "pass", "a quarter more", WEIGHED.format(weight="60", later="weight_kg = 75")),
    Example("I810", "pass", "a quarter less", WEIGHED.format(weight="60", later="weight_kg = 45")),
    Example("I810", "pass", "a child who has grown past 45 kg", WEIGHED.format(weight="46", later="weight_kg = 44")),
    Example("I810", "not applicable", "no later figures", WHOLE + "weight_kg = 60\n"),
    _restart("I801", "finding", "at the full dose after a release of grade 3", CRS, FULL, *SEVERE),
    _restart("I801", "pass", "low, after it was resolved", CRS, LOW, *SEVERE),
    _restart(
        "I801",
        "finding",
        "a minute before the release was resolved",
        CRS,
        LOW,
        *SEVERE,
        restarted="2026-03-06T09:59:00Z",
    ),
    _restart("I801", "pass", "as it was resolved", CRS, LOW, *SEVERE, restarted="2026-03-06T10:00:00Z"),
    _restart("I801", "pass", "at any dose after grade 2", CRS, "grade = 2", *DONE),
    _restart("I801", "finding", "after grade 4, which stops the drug", CRS, LOW, "grade = 4", GONE, *DONE),
    _restart("I801", "finding", "after a second seizure", NEURO, "grade = 2", "seizures = 2", *DONE),
    _restart("I801", "pass", "after one seizure", NEURO, "grade = 2", "seizures = 1", *DONE),
    _restart("I801", "undecided", "seizures that nobody counted", NEURO, "grade = 2", *DONE),
    _restart("I801", "undecided", "a grade that nobody wrote down", CRS, LOW, GONE, *DONE),
    _restart(
        "I801",
        "undecided",
        "an hour before 3 days that nobody has seen in the label",
        OTHER,
        LOW,
        *SEVERE,
        restarted="2026-03-08T09:00:00Z",
    ),
    _restart(
        "I801", "undecided", "as early, and as it was resolved", OTHER, LOW, *SEVERE, restarted="2026-03-06T10:00:00Z"
    ),
    _restart(
        "I801", "finding", "a minute before it was resolved", OTHER, LOW, *SEVERE, restarted="2026-03-06T09:59:00Z"
    ),
    _restart("I801", "undecided", "as early, and nobody says when it was resolved", OTHER, LOW, "grade = 3", *DONE),
    _restart("I801", "pass", "3 days after another event", OTHER, LOW, *SEVERE, restarted="2026-03-08T10:00:00Z"),
    _restart("I801", "not applicable", "no restart", CRS, "grade = 3", restarted=""),
    example("I801", "not applicable", "a regimen", cycle()),
    _restart(
        "I802", "finding", "4 hours without premedication", "technical", UNMEDICATED, restarted="2026-03-05T14:00:00Z"
    ),
    _restart("I802", "pass", "a minute less", "technical", UNMEDICATED, restarted="2026-03-05T13:59:00Z"),
    _restart(
        "I802",
        "pass",
        "4 hours, with premedication",
        "technical",
        "premedicated = true",
        restarted="2026-03-05T14:00:00Z",
    ),
    _restart("I802", "undecided", "nobody says whether it was given", "technical", restarted="2026-03-05T14:00:00Z"),
    _restart("I802", "not applicable", "no restart", "technical", restarted=""),
    _restart(
        "I803",
        "finding",
        "a minute over 7 days in the same cycle",
        CRS,
        "grade = 2",
        SAME,
        restarted="2026-03-12T10:01:00Z",
    ),
    _restart("I803", "pass", "7 days in the same cycle", CRS, "grade = 2", SAME, restarted="2026-03-12T10:00:00Z"),
    _restart("I803", "finding", "7 days in a new cycle", CRS, "grade = 2", NEW, restarted="2026-03-12T10:00:00Z"),
    _restart("I803", "pass", "a minute more in a new cycle", CRS, "grade = 2", NEW, restarted="2026-03-12T10:01:00Z"),
    _restart(
        "I803",
        "pass",
        "8 days after a technical fault, of which the label says nothing",
        "technical",
        SAME,
        restarted="2026-03-13T10:00:00Z",
    ),
    _restart("I803", "undecided", "nobody says in which cycle", CRS, "grade = 2", restarted="2026-03-12T10:00:00Z"),
    _restart("I803", "not applicable", "no restart", CRS, "grade = 2", restarted=""),
    Example("I804", "pass", "cycle 2 early, which is a fact", WHOLE + STARTED.format("2026-04-11T10:00:00Z")),
    Example("I804", "finding", "a hair below 45 kg", WHOLE + "weight_kg = 44.999\n"),
    Example("I804", "pass", "45 kg", WHOLE + "weight_kg = 45\n"),
    Example("I804", "finding", "a stop as the infusion had just ended", WHOLE + STOP.format("2026-03-30T10:01:00Z", 1)),
    Example("I804", "pass", "a stop a minute before it ended", WHOLE + STOP.format("2026-03-30T09:59:00Z", 1)),
    Example("I804", "undecided", "a regimen that is not there", WHOLE.replace("rr-adult", "nowhere")),
    _restart("I805", "finding", "at another dose than was stopped", "technical", 'restart_dose = "9.000001 mcg/day"'),
    _restart("I805", "pass", "at the dose that was stopped", "technical", LOW),
    _restart("I805", "pass", "at a dose that the label gives, which I801 judges", CRS, FULL, *SEVERE),
    _restart("I805", "pass", "at a dose that nobody wrote down", "technical"),
    _restart("I805", "not applicable", "no restart", "technical", restarted=""),
    _restart("I806", "finding", "a minute over 7 days for surgery", "surgery", restarted="2026-03-12T10:01:00Z"),
    _restart("I806", "pass", "7 days for surgery", "surgery", restarted="2026-03-12T10:00:00Z"),
    _restart(
        "I806", "pass", "as long, and the full dose decided on", "surgery", FULL, SAME, restarted="2026-03-13T10:00:00Z"
    ),
    _restart(
        "I806",
        "pass",
        "as long for an adverse event, of which the label speaks",
        CRS,
        "grade = 2",
        NEW,
        restarted="2026-03-13T10:00:00Z",
    ),
    _restart("I806", "not applicable", "no restart", "surgery", restarted=""),
    Example("I807", "finding", "a minute before it could", WHOLE + STARTED.format("2026-04-13T09:59:00Z")),
    Example("I807", "pass", "as soon as it could", WHOLE + STARTED.format("2026-04-13T10:00:00Z")),
    Example("I807", "pass", "a minute less than a day later", WHOLE + STARTED.format("2026-04-14T09:59:00Z")),
    Example("I807", "finding", "a day later than it could", WHOLE + STARTED.format("2026-04-14T10:00:00Z")),
    Example(
        "I807", "finding", "with infusion of the cycle before left", WHOLE + STARTED.format("2026-03-20T10:00:00Z")
    ),
    Example("I807", "pass", "later, as it was planned", WHOLE + STARTED.format("2026-05-04T10:00:00Z") + PLANNED),
    Example("I807", "finding", "a day later than planned", WHOLE + STARTED.format("2026-05-05T10:00:00Z") + PLANNED),
    Example("I807", "not applicable", "no later cycle has begun", WHOLE),
    Example("I808", "finding", "28 in place of 9 mcg/day", WHOLE + HUNG.format("10:00", "28 mcg/day", 24)),
    Example("I808", "finding", "half a microgram too much", WHOLE + HUNG.format("10:00", "9.5 mcg/day", 24)),
    Example("I808", "finding", "half a microgram too little", WHOLE + HUNG.format("10:00", "8.5 mcg/day", 24)),
    Example("I808", "pass", "what was ordered", WHOLE + HUNG.format("10:00", "9 mcg/day", 24)),
    Example("I808", "finding", "a minute more than it was made for", WHOLE + HUNG.format("10:01", "9 mcg/day", 24)),
    Example("I808", "finding", "an hour without a bag", WHOLE + HUNG.format("09:00", "9 mcg/day", 24) + NEXT),
    Example("I808", "pass", "one bag after another", WHOLE + HUNG.format("10:00", "9 mcg/day", 24) + NEXT),
    Example("I808", "finding", "at twice the pump rate", WHOLE + HUNG.format("10:00", "9 mcg/day", 24) + FAST),
    Example("I808", "finding", "a wrong one that hangs", WHOLE + NEXT.replace("9 mcg", "28 mcg")),
    Example("I808", "pass", "the right one hangs", WHOLE + NEXT),
    Example("I808", "not applicable", "no bag on record", WHOLE),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer


# --- premedication by age --------------------------------------------------------------------------------------------


def restart_of(age: str, regimen: str, cycle: int = 1) -> str:
    """A restart without premedication, after 2 days, as text."""
    start = {1: "2026-03-02", 2: "2026-01-19"}[cycle]
    text = record_text("technical", "premedicated = false", regimen=regimen).replace("cycle = 1", f"cycle = {cycle}")
    return text.replace("start = 2026-03-02T10:00:00Z\n", f"start = {start}T10:00:00Z\n{age}\n")


@pytest.mark.parametrize(
    ("regimen", "age", "cycle", "found"),
    [
        ("rr-adult", "age_years = 43", 1, True),
        ("rr-adult", "age_years = 43", 2, True),
        ("rr-adult", "age_years = 15", 1, True),
        ("rr-adult", "age_years = 15", 2, False),  # children in cycle 1 only, whatever they weigh
        ("rr-below-45-kg", "age_years = 43", 2, True),  # an adult of 43 kg is an adult
        ("mrd-adult", "age_years = 43", 1, False),  # the label names no restart for adults
        ("mrd-adult", "age_years = 10", 1, True),
        ("consolidation-adult", "age_years = 43", 1, False),
        ("consolidation-adult", "age_years = 10", 1, True),
        ("consolidation-below-45-kg", "age_years = 43", 1, False),
        ("consolidation-below-45-kg", "age_years = 15", 2, False),
    ],
)
def test_a_restart_wants_the_premedication_of_the_patient_s_age(
    regimen: str, age: str, cycle: int, found: bool
) -> None:
    judgement = judgement_of(restart_of(age, regimen, cycle))
    assert ("I802" in codes(judgement)) is found
    for finding in judgement.findings:
        if finding.code == "I802":
            assert f"gives to {'adults' if '43' in age else 'children'} on this occasion" in finding.message
            assert "adults are those of 18 years or more (unverified)" in finding.message


@pytest.mark.parametrize(
    ("age", "kind"),
    [("born = 2014-03-08", None), ("born = 2014-03-07", "unverified"), ("age_years = 15", "unverified")],
)
def test_where_a_text_could_divide_otherwise_an_age_that_nobody_has_seen_decides_nothing(
    age: str, kind: str | None
) -> None:
    """Of a child in a consolidation cycle; the infusion is restarted on 7 March 2026."""
    verdict = verdict_of(judgement_of(restart_of(age, "consolidation-adult")), "I802")
    assert (None if verdict.not_evaluated is None else verdict.not_evaluated.kind) == kind
    assert bool(verdict.findings) is (kind is None)


def test_an_adult_of_whom_only_adults_are_premedicated_is_one_from_21_years_on() -> None:
    """Of cycle 2, in which children get none; the infusion is restarted on 7 March 2026."""
    for born, found in (("2005-03-07", True), ("2005-03-08", False)):
        verdict = verdict_of(judgement_of(restart_of(f"born = {born}", "rr-adult", 2)), "I802")
        assert verdict.ruling is not Ruling.PASS
        assert bool(verdict.findings) is found


@pytest.mark.parametrize(("regimen", "cycle"), [("rr-adult", 2), ("mrd-adult", 1), ("consolidation-adult", 1)])
def test_where_the_age_decides_and_is_not_on_record_the_rule_does_not_answer(regimen: str, cycle: int) -> None:
    verdict = verdict_of(judgement_of(restart_of("", regimen, cycle)), "I802")
    assert verdict.undecided
    assert verdict.not_evaluated is not None
    assert "`born` is not on record" in verdict.not_evaluated.reason
    assert not verdict_of(judgement_of(restart_of("", regimen, cycle)), "I801").undecided


def test_a_birthday_before_the_restart_makes_an_adult_of_the_patient() -> None:
    """Of a consolidation cycle; the infusion is restarted on 7 March."""
    for born, ruling in (("2008-03-07", Ruling.PASS), ("2008-03-08", Ruling.NOT_EVALUATED)):
        verdict = verdict_of(judgement_of(restart_of(f"born = {born}", "consolidation-adult")), "I802")
        assert verdict.ruling is ruling  # what children get is wanting, if 18 years is the age that divides them


def test_an_age_in_years_that_may_end_before_the_restart_is_asked_for_exactly() -> None:
    verdict = verdict_of(judgement_of(restart_of("age_years = 17", "consolidation-adult")), "I802")
    assert verdict.undecided


@pytest.mark.parametrize(
    ("lines", "marked"),
    [
        ("weight_kg = 30\nage_years = 0", "weight_kg"),
        ("weight_kg = 30\nborn = 2026-02-20", "weight_kg"),
    ],
)
def test_a_record_of_somebody_whom_nobody_of_that_age_weighs_does_not_fit(lines: str, marked: str) -> None:
    judgement = judgement_of(restart_of(lines, "rr-below-45-kg"))
    finding = next(finding for finding in judgement.findings if finding.code == "I804" and "nobody" in finding.message)
    assert finding.path == (marked,)


@pytest.mark.parametrize("cause", [CRS, NEURO, OTHER])
def test_what_a_label_does_not_state_is_no_fault_and_no_pass(cause: str) -> None:
    judgement = record(cause, "grade = 3", "seizures = 0", GONE, *DONE, regimen="hk-rr-adult")
    for code in ("I801", "I803"):
        verdict = verdict_of(judgement, code)
        assert verdict.not_evaluated is not None
        assert (verdict.not_evaluated.kind, verdict.undecided) == ("unverified", False)
        assert verdict.not_evaluated.reason == (
            "the label, as far as it was seen, does not say; ask the site (interruption 1)"
        )
    assert not judgement.findings


def test_an_age_that_a_project_or_a_ward_sets_is_theirs_and_decides() -> None:
    """Of somebody of 17 years, whose cycle in consolidation was restarted on 7 March 2026 without premedication."""
    of_a_child = restart_of("born = 2008-06-01", "consolidation-adult")
    assert verdict_of(judgement_of(of_a_child), "I802").ruling is Ruling.NOT_EVALUATED
    set_to_16 = DEFAULTS._replace(changes=(ChangedLimit("adult_from", Fraction(16), "blinplan.toml:2", "Ward 7"),))
    assert verdict_of(judgement_of(of_a_child, settings=set_to_16), "I802").ruling is Ruling.PASS
    set_to_19 = DEFAULTS._replace(changes=(ChangedLimit("adult_from", Fraction(19), "blinplan.toml:2", "Ward 7"),))
    assert verdict_of(judgement_of(of_a_child, settings=set_to_19), "I802").ruling is Ruling.FINDING
    ward = site_in('site = 1\nname = "Ward 7"\nadult_from_years = 16\nbag = [{ hours = 24 }]')
    assert verdict_of(judgement_of(of_a_child, site=ward), "I802").ruling is Ruling.PASS


@pytest.mark.parametrize(("hours", "expired"), [(24, True), (48, False)])
def test_a_bag_is_held_to_the_in_use_time_that_the_site_has_for_its_size(hours: int, expired: bool) -> None:
    """The bag of 24 hours may be used for 30 and that of 48 for 48: 32 hours are too long for the first alone."""
    site = site_in(
        'site = 1\nname = "Ward 7"\nbag = [{ hours = 24, in_use_hours = 30 }, { hours = 48, in_use_hours = 48 }]'
    )
    text = record_text("technical", "premedicated = true", "same_bag = true", restarted="2026-03-05T16:00:00Z")
    judgement = judgement_of(
        text + a_bag("04T10:00", hours=hours, more="taken_down = 2026-03-05T18:00:00Z\n"), site=site
    )
    assert bool(verdict_of(judgement, "I812").findings) is expired


@pytest.mark.parametrize("site", [None, SEVEN])
def test_nobody_says_that_sites_are_in_order_where_one_that_takes_over_cannot_be_read(site: Site | None) -> None:
    place = '\n[[place]]\nsince = 2026-03-20T10:00:00Z\nsite = "nowhere.toml"\n'
    verdict = verdict_of(judgement_of(WHOLE + place, site=site), "I813")
    assert verdict.not_evaluated is not None
    assert (verdict.not_evaluated.kind, verdict.undecided) == ("undecided", True)


def test_weights_are_laid_beside_the_last_that_was_taken() -> None:
    """From 60 to 66 kg and to 72 kg are a tenth and less each time; from 66 to 83 kg is more than a quarter."""
    measured = "\n[[measured]]\non = 2026-04-{}\n{} = {}\n"
    record = WHOLE + "weight_kg = 60\nheight_cm = 170\n" + measured.format("01", "weight_kg", 66)
    grown = record + measured.format("05", "weight_kg", 72)
    assert verdict_of(judgement_of(grown), "I810").findings == ()
    slip = record + measured.format("05", "height_cm", 171) + measured.format("10", "weight_kg", 83)
    (finding,) = verdict_of(judgement_of(slip), "I810").findings
    assert finding.path == ("measured", 2, "weight_kg")
    assert finding.message.startswith("the weight is 83 kg on 2026-04-10, and was 66 kg before")


@pytest.mark.parametrize(("key", "value"), [("weight_kg", 30), ("height_cm", 20)])
def test_figures_that_lead_nowhere_are_found_at_what_was_measured(key: str, value: int) -> None:
    record = f"{WHOLE}weight_kg = 60\nheight_cm = 170\n\n[[measured]]\non = 2026-04-10\n{key} = {value}\n"
    places = {finding.path for finding in judgement_of(record).findings}
    assert places == {("measured", 0, key)}


def test_a_start_is_laid_beside_what_was_planned_of_its_own_cycle() -> None:
    """Cycle 2 was planned for 4 May and began then; cycle 3 began three weeks after the 15 June on which it could."""
    begun = STARTED.format("2026-05-04T10:00:00Z")
    third = "[[cycle_start]]\ncycle = 3\nstarted = 2026-07-06T10:00:00Z\n"
    of_third = PLANNED.replace("cycle = 2", "cycle = 3").replace("2026-05-04", "2026-07-06")
    late = verdict_of(judgement_of(WHOLE + begun + third + PLANNED), "I807").findings
    assert [finding.message for finding in late] == ["cycle 3 began 21 d later than it could"]
    assert verdict_of(judgement_of(WHOLE + begun + third + of_third + PLANNED), "I807").findings == ()


def test_a_bag_of_a_size_that_no_label_has_holds_nothing_that_is_known() -> None:
    assert verdict_of(judgement_of(INFANT.format(weight="4", hours=60)), "I809").ruling is Ruling.PASS


@pytest.mark.parametrize("days", [1, 6])
def test_a_full_dose_that_comes_back_too_early_is_found_at_its_key(days: int) -> None:
    lines = ("grade = 3", 'restart_dose = "9 mcg/day"', GONE, f"full_dose_after_days = {days}", *DONE)
    (finding,) = verdict_of(record(CRS, *lines), "I801").findings
    assert finding.path[-1] == "full_dose_after_days"
    assert finding.message.startswith(f"the full dose comes back after {days} d at the dose of the restart")
