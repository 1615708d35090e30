"""What a whole run comes to: its status, why it is that, and the sentence that counts everything."""

from itertools import product
from pathlib import Path

import pytest

from blinplan.exit_status import FailOn
from blinplan.regimen.find import NotFound
from blinplan.regimen.reading import read
from blinplan.rules.configuration.settings import DEFAULTS, FailOnSetting, Pattern, Settings, Severities
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import NotEvaluated, Severity
from blinplan.rules.run_result import Result, Since, tally
from blinplan.rules.task import ProgramFault
from blinplan.rules.verdict import Ruling, Verdict
from tests.regimen_text import TODAY, cycle, outcome, regimen_text, script, waiver

SOUND = regimen_text(cycle("15 mcg/m2/day for 28 days"))
SLIP = regimen_text(cycle("28 µg/day for 28 days"))
"""A warning, N101."""
SHORT = regimen_text(cycle("5 mcg/day for 28 days"))
"""An error, D202."""
MISSING = NotFound("nowhere", "nowhere: no such file", "look for it")


def judged(text: str, settings: Settings = DEFAULTS, *, said: int | None = None) -> Judgement:
    """A file, where said under so many of 1,000 patients who are depleted."""
    simulation = None if said is None else script(outcome(said, 1000))
    return judge(read(text.encode(), "probe.toml"), TODAY, simulation, settings)


def of(*judgements: Judgement, fail_on: FailOn = FailOn.WARNING, **more: object) -> Result:
    given: dict[str, object] = {"missing": (), "faults": (), "simulator": None, **more}
    return Result(judgements, fail_on=fail_on, today=TODAY, **given)  # type: ignore[arg-type]


def level(judgement: Judgement, fail_on: FailOn) -> Judgement:
    """A file whose own configuration says what counts."""
    return judgement._replace(fail_on=FailOnSetting(fail_on, "blinplan.toml:2"))


def answered(number: int, *kinds: str) -> Judgement:
    """A file of which some rules passed, and some did not answer for these reasons."""
    first = judged(SOUND)
    rule = first.verdicts[0].rule
    silent = [Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=NotEvaluated(kind, "so")) for kind in kinds]  # type: ignore[arg-type]
    return first._replace(verdicts=(*(Verdict(rule, Ruling.PASS) for _ in range(number)), *silent))


def faulty(text: str = SOUND) -> ProgramFault:
    return ProgramFault(read(text.encode(), "probe.toml"), ValueError("slip"))


@pytest.mark.parametrize(
    ("fail_on", "text", "status"),
    [
        (FailOn.WARNING, SOUND, 0),
        (FailOn.WARNING, SLIP, 1),
        (FailOn.WARNING, SHORT, 1),
        (FailOn.ERROR, SLIP, 0),
        (FailOn.ERROR, SHORT, 1),
        (FailOn.NEVER, SHORT, 0),
    ],
)
def test_the_status_follows_from_what_counts(fail_on: FailOn, text: str, status: int) -> None:
    assert of(judged(text), fail_on=fail_on).status == status


def test_the_worst_decides_the_status_and_the_reason() -> None:
    """A fault of the program before what was not checked, and that before what was found."""
    found = judged(SHORT)
    undecided = answered(1, "undecided")
    assert of(found, missing=(MISSING,), faults=(faulty(),)).status == 3
    assert of(found, faults=(faulty(), faulty())).reason == "a fault in blinplan itself with 2 files"
    assert of(found, missing=(MISSING,)).status == 2
    assert of(found, undecided).status == 2
    assert of(undecided).status == 2
    assert of(found).status == 1
    assert of().status == 0


@pytest.mark.parametrize(
    ("missing", "undecided", "reason"),
    [
        (1, 0, "1 of the names given could not be read"),
        (2, 0, "2 of the names given could not be read"),
        (0, 1, "1 regimen with an undecided rule"),
        (0, 2, "2 regimens with an undecided rule"),
        (1, 2, "1 of the names given could not be read, 2 regimens with an undecided rule"),
    ],
)
def test_what_could_not_be_checked_is_counted(missing: int, undecided: int, reason: str) -> None:
    judgements = [answered(1), *(answered(2, "undecided", "undecided") for _ in range(undecided))]
    result = of(*judgements, missing=(MISSING,) * missing)
    assert result.reason == f"not everything could be checked: {reason}"
    assert len(result.undecided_judgements) == undecided


@pytest.mark.parametrize(
    ("missing", "unfixed", "reason"),
    [
        (0, 1, "not everything could be done: 1 file could not be put right"),
        (2, 3, "not everything could be done: 2 of the names given could not be read, 3 files could not be put right"),
    ],
)
def test_what_could_not_be_put_right_is_no_success(missing: int, unfixed: int, reason: str) -> None:
    result = of(judged(SOUND), judged(SHORT), missing=(MISSING,) * missing, unfixed=unfixed)
    assert (result.status, result.reason) == (2, reason)


def test_what_counts_is_told_with_the_level_of_each_file() -> None:
    sound, slip, short = judged(SOUND), judged(SLIP), judged(SHORT)
    assert of(sound).reason == "everything that was asked was checked, and nothing counts (--fail-on warning)"
    assert of(slip).reason == "1 warning (--fail-on warning)"
    assert of(slip, slip, short).reason == "1 error, 2 warnings (--fail-on warning)"
    assert of(slip, short, fail_on=FailOn.ERROR).reason == "1 error (--fail-on error)"
    mixed = of(level(slip, FailOn.ERROR), slip, level(short, FailOn.NEVER), short)
    assert mixed.reason == "1 error, 1 warning (--fail-on error in 1 file, warning in 2 files, never in 1 file)"
    assert mixed.status == 1
    own = of(level(slip, FailOn.ERROR), level(slip, FailOn.ERROR))
    assert (own.status, own.reason) == (
        0,
        "everything that was asked was checked, and nothing counts (--fail-on error)",
    )
    assert of(fail_on=FailOn.NEVER).reason == "everything was checked, and nothing counts (--fail-on never)"


@pytest.mark.parametrize(
    ("kinds", "what"),
    [
        ((), "everything"),
        (("not applicable", "not said"), "everything"),
        (("not requested",), "everything that was asked"),
        (("blocked",), "what could be read"),
        (("blocked", "not requested"), "what could be read and was asked"),
    ],
)
def test_how_much_was_checked_is_told(kinds: tuple[str, ...], what: str) -> None:
    assert of(answered(1, *kinds)).reason == f"{what} was checked, and nothing counts (--fail-on warning)"


def test_a_run_in_which_nothing_was_judged_has_not_checked_anything() -> None:
    unread = answered(0, "not applicable")
    assert (of(unread).status, of(unread).reason) == (2, "no file was judged, as the configuration says")
    assert of(unread, answered(1)).status == 0
    left_out = of(left_out=(object(),))
    assert left_out.reason == "nothing was checked: the files that were named are left out"
    assert of(answered(1), left_out=(object(),)).reason.startswith("everything was checked")


def test_the_summary_counts_files_findings_and_answers() -> None:
    assert of(answered(3)).summary == "1 regimen: no findings; 3 rules passed, 0 waived, 0 not evaluated"
    assert of(answered(3, "not said"), answered(2)).summary == (
        "2 regimens: no findings; 5 rules passed, 0 waived, 1 not evaluated (1 ask what the file does not say)"
    )
    assert of(answered(1), answered(0, "not applicable")).summary == (
        "1 regimen and 1 file not judged: no findings; 1 rules passed, 0 waived, 1 not evaluated"
    )
    assert of().summary == "0 regimens: no findings; 0 rules passed, 0 waived, 0 not evaluated"


def test_the_summary_says_why_answers_are_wanting() -> None:
    kinds = ("blocked", "blocked", "unverified", "not said", "not said", "not said", "not applicable", "not requested")
    parts = "2 blocked by errors, 1 rest on values that nobody has seen, 3 ask what the file does not say"
    assert of(answered(1, *kinds)).summary.endswith(f" 8 not evaluated ({parts})")
    assert of(answered(1, "not applicable")).summary.endswith(" 1 not evaluated")


def test_what_is_waived_or_in_the_baseline_is_counted_apart() -> None:
    """A rule that is waived is counted once, what is in the baseline finding by finding."""
    slip = judged(SLIP)
    (finding,) = slip.findings
    study = 'indication = "investigational"\ndisease = "autoimmune"\n\n'
    waived = judged(
        regimen_text(study + cycle("9 mcg/day for 28 days"))
        + waiver("D202", at="cycle 'Cycle' step 1 dose", value="9 mcg/day")
    )
    assert of(waived).status == 0
    assert of(waived).summary.startswith("1 regimen: no findings;")
    assert ", 2 waived, " in of(waived).summary  # that of the dose, and that of a regimen that departs from none
    known = Verdict(slip.verdicts[0].rule, Ruling.IN_BASELINE, baseline_findings=(finding, finding))
    assert of(slip._replace(verdicts=(known,))).summary == (
        "1 regimen: no findings; 0 rules passed, 0 waived, 2 findings in the baseline, 0 not evaluated"
    )
    twice = Verdict(slip.verdicts[0].rule, Ruling.FINDING, (finding, finding), baseline_findings=(finding,))
    both = of(slip._replace(verdicts=(twice, Verdict(twice.rule, Ruling.PASS))))
    assert both.summary == (
        "1 regimen: 2 warnings; 1 rules passed, 0 waived, 1 finding in the baseline, 0 not evaluated"
    )
    assert both.status == 1


def test_the_summary_ends_with_what_was_there_before_a_revision() -> None:
    since = Since("main", ("0123456789abcdef", "fedcba9876543210"), 1, 2)
    assert str(since) == ("since main (0123456789ab, fedcba987654), left out: 1 file as before, 2 findings of before")
    assert of(answered(1), since=since).summary.endswith(f" 0 not evaluated; {since}")
    outside = since._replace(unchanged=3, findings=1, untold=("/etc/blinplan.toml", "ward.toml"))
    assert str(outside) == (
        "since main (0123456789ab, fedcba987654), left out: 3 files as before, 1 finding of before; all counts that"
        " /etc/blinplan.toml, ward.toml decides about, outside of the repository"
    )


def test_findings_are_tallied_from_the_worst_on() -> None:
    settings = Settings(severities=(Severities(Pattern("N101"), Severity.NOTE),))
    findings = [
        *judged(SLIP, settings).findings,
        *judged(SHORT).findings,
        *judged(SLIP).findings,
        *judged(SLIP).findings,
    ]
    assert tally(findings) == "1 error, 2 warnings, 1 note"
    assert tally([]) == ""


def test_a_file_is_worth_its_worst_finding() -> None:
    assert judged(SOUND).worst is None
    assert judged(SLIP).worst is Severity.WARNING
    assert judged(SLIP.replace("28 µg", "5 µg")).worst is Severity.ERROR


def test_a_note_never_counts() -> None:
    settings = Settings(severities=(Severities(Pattern("N101"), Severity.NOTE),))
    assert of(judged(SLIP, settings)).status == 0
    assert of(judged(SLIP, settings)).counted_findings == ()
    assert len(of(judged(SLIP, settings)).findings) == 1
    assert Path("probe.toml").name == judged(SLIP).reading.document.name


@pytest.mark.parametrize("numbers", list(product(range(3), repeat=3)))
def test_what_counts_is_told_once_or_with_the_files_of_each_folder(numbers: tuple[int, ...]) -> None:
    own = judged(SOUND)
    folders = {one: number for one, number in zip(FailOn, numbers, strict=True) if number}
    files = [level(own, one) for one, number in reversed(folders.items()) for _ in range(number)]
    told = ", ".join(f"{one} in {number} file{'s' if number > 1 else ''}" for one, number in folders.items())
    if len(folders) < 2:
        told = str(next(iter(folders), FailOn.NEVER))
    assert of(*files, fail_on=FailOn.NEVER).reason.endswith(f" was checked, and nothing counts (--fail-on {told})")


def test_what_counts_in_a_file_without_a_configuration_is_what_the_run_says_by_default() -> None:
    own = judged(SOUND)
    for fail_on in FailOn:
        assert of(own, fail_on=fail_on).fail_on_of(own) == FailOnSetting(fail_on, "default")
        assert of(own, fail_on=fail_on).fail_on_of(level(own, FailOn.ERROR)).level is FailOn.ERROR
