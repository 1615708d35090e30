"""A finding is new where none of the same rule, weight, place and value was there before, each of before once."""

from pathlib import Path

import pytest

from blinplan.exit_status import FailOn
from blinplan.regimen.reading import read
from blinplan.repository.revision import Commit
from blinplan.rules.changes.history import FilesBefore
from blinplan.rules.changes.new_findings import compared_names, new_only
from blinplan.rules.configuration.settings import DEFAULTS, Pattern, Settings, Severities
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import NotEvaluated, Severity
from blinplan.rules.run_result import Result
from blinplan.rules.verdict import Ruling
from tests.regimen_text import TODAY, cycle, outcome, regimen_text, script, verdict_of

LONG = regimen_text(cycle(free=21) + cycle(free=20) + cycle("28 mcg/day for 27 days"))
"""Two long intervals (S304) and a short infusion (S301)."""


def judged(text: str, name: str = "x.toml", settings: Settings = DEFAULTS) -> Judgement:
    return judge(read(text.encode(), name), TODAY, None, settings)


FRONT = '[[cycle]]\nname = "Front"\nsteps = [{ dose = "28 mcg/day", days = 28 }]\ntreatment_free_days = 14\n\n'


def run(*judgements: Judgement) -> Result:
    return Result(judgements, (), (), FailOn.WARNING, TODAY, None)


def history(*before: str, unchanged: tuple[str, ...] = ()) -> FilesBefore:
    """Files as they were at main, by their names."""
    readings = {name: read(LONG.encode(), name) for name in before}
    commit = Commit(Path("/repository"), "0123456789abcdef")
    return FilesBefore("main", (commit,), readings, frozenset(unchanged), (), (Path("/etc/ward.toml"),))


def new(now: Judgement, before: Judgement | None, *, unchanged: bool = False) -> Result:
    earlier = run() if before is None else run(before)
    return new_only(run(now), earlier, history("x.toml", unchanged=("x.toml",) if unchanged else ()))


def told(result: Result) -> list[tuple[str, str]]:
    return [(finding.code, finding.message) for finding in result.findings]


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (LONG, []),
        (LONG.replace("= 20", "= 22"), ["S304"]),
        (LONG.replace("= 21", "= 14"), []),
        (LONG.replace("days = 27", "days = 26"), ["S301"]),
        (f"# above\n\n{LONG}", []),
        (LONG.replace("= 20", "= 20  # as agreed"), []),
        (LONG.replace("[[cycle]]", f"{FRONT}[[cycle]]", 1), []),  # which counts cycles otherwise
        (LONG.replace('name = "Cycle 2"', 'name = "Cycle B"'), ["S304"]),  # another place
    ],
)
def test_what_stands_elsewhere_or_is_another_value_is_new(now: str, codes: list[str]) -> None:
    assert [code for code, _ in told(new(judged(now), judged(LONG)))] == codes


def test_of_a_file_that_was_not_there_all_is_new() -> None:
    assert [code for code, _ in told(new(judged(LONG), None))] == ["S304", "S304", "S301"]
    other = new_only(run(judged(LONG)), run(judged(LONG, "y.toml")), history("y.toml"))
    assert len(other.findings) == 3


def test_a_finding_that_weighs_more_now_is_new() -> None:
    error = Settings(severities=(Severities(Pattern("S304"), Severity.ERROR),))
    assert [code for code, _ in told(new(judged(LONG, settings=error), judged(LONG)))] == ["S304", "S304"]


def test_a_second_finding_like_one_of_before_is_new() -> None:
    own = judged(LONG)
    twice = own._replace(verdicts=tuple(one._replace(findings=one.findings * 2) for one in own.verdicts))
    assert [code for code, _ in told(new(twice, own))] == ["S304", "S304", "S301"]
    assert told(new(own, twice)) == []
    assert told(new(twice, twice)) == []


def test_what_is_left_out_says_so_and_the_others_stay_as_they_are() -> None:
    found = new(judged(LONG.replace("= 20", "= 22")), judged(LONG))
    (judgement,) = found.judgements
    assert verdict_of(judgement, "S301").not_evaluated == NotEvaluated(
        "not requested", "what it finds was there at main too (--since)"
    )
    assert len(verdict_of(judgement, "S304").findings) == 1
    assert verdict_of(judgement, "S302") == verdict_of(judged(LONG), "S302")
    assert found.since is not None
    assert (found.since.revision, found.since.commits) == ("main", ("0123456789abcdef",))
    assert (found.since.unchanged, found.since.findings, found.since.untold) == (0, 2, ("/etc/ward.toml",))


def test_of_a_file_that_is_as_it_was_no_rule_is_asked_but_those_of_several_files() -> None:
    found = new(judged(LONG), None, unchanged=True)
    (judgement,) = found.judgements
    for verdict in judgement.verdicts:
        if verdict.rule.code[0] == "X":
            assert verdict == verdict_of(judged(LONG), verdict.rule.code)
        else:
            reason = NotEvaluated("not requested", "the file is as it was at main (--since)")
            assert (verdict.ruling, verdict.not_evaluated) == (Ruling.NOT_EVALUATED, reason)
    assert found.since is not None
    assert (found.since.unchanged, found.since.findings) == (1, 3)


def test_what_virtual_patients_did_is_the_same_only_with_the_same_numbers() -> None:
    reading = read(regimen_text(cycle("15 mcg/m2/day for 28 days")).encode(), "x.toml")
    few, fewer = (judge(reading, TODAY, script(outcome(count, 1000))) for count in (300, 200))
    assert "B401" in {finding.code for finding in few.findings}
    assert "B401" not in {code for code, _ in told(new(few, few))}
    assert "B401" in {code for code, _ in told(new(few, fewer))}


def test_files_with_findings_that_changed_are_compared_and_all_where_files_are_held_together() -> None:
    sound = judged(regimen_text(cycle()), "z.toml")
    found = run(judged(LONG), judged(LONG, "y.toml"), sound)
    assert compared_names(found, history("x.toml", "y.toml", "z.toml", unchanged=("y.toml",))) == {"x.toml"}
    assert compared_names(found, history("z.toml")) == frozenset()
    first = sound.verdicts[0]
    (finding, *_) = found.findings
    across = finding._replace(code="X001")
    together = sound._replace(verdicts=(first._replace(ruling=Ruling.FINDING, findings=(across,)),))
    assert compared_names(run(judged(LONG), together), history("x.toml", "a.toml")) == {"x.toml", "a.toml"}
