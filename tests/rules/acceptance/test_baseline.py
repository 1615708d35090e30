"""A baseline knows a finding again by what it says: a cycle in front or another file name brings nothing back."""

import json
from pathlib import Path

import pytest

from blinplan.regimen.reading import read
from blinplan.regimen.toml.place import value_text
from blinplan.regimen.toml.positions import pointer
from blinplan.reports.check.baseline import baseline_text
from blinplan.rules.acceptance.baseline import Baseline, BaselineEntry, baseline_of, read_baseline
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Pattern, Settings, Severities
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.place import place_of
from blinplan.rules.rule import Rule, Severity
from blinplan.rules.verdict import Ruling
from tests.regimen_text import TODAY, codes, cycle, outcome, regimen_text, script, verdict_of, waiver

LONG = regimen_text(cycle(free=21, repeat=2) + cycle("28 mcg/day for 27 days"))
SOUND = regimen_text(cycle(repeat=2))


def judged(folder: Path, name: str, text: str, *, written: bool = True, code: str = "S304") -> Judgement:
    path = folder / name
    if written:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = Settings(extend_select=(Pattern(code),))
    return judge(read(text.encode(), str(path)), TODAY, None, settings)


def known(folder: Path, *judgements: Judgement) -> Baseline:
    return baseline_of(judgements, folder)


def left(baseline: Baseline, *judgements: Judgement) -> list[list[str]]:
    return [codes(judgement) for judgement in baseline.accept(judgements)[0]]


def with_cycle_in_front(text: str) -> str:
    first = 'name = "In front"\nsteps = [{ dose = "28 mcg/day", days = 28 }]\ntreatment_free_days = 14\n'
    return text.replace("[[cycle]]", f"[[cycle]]\n{first}\n[[cycle]]", 1)


def test_what_is_listed_is_known_and_nothing_else(tmp_path: Path) -> None:
    baseline = known(tmp_path, judged(tmp_path, "a.toml", LONG))
    assert [entry.rule for entry in baseline.entries] == ["S301", "S304"]
    assert left(baseline, judged(tmp_path, "a.toml", LONG)) == [[]]
    assert left(baseline, judged(tmp_path, "a.toml", LONG.replace("= 21", "= 22"))) == [["S304"]]
    assert left(baseline, judged(tmp_path, "a.toml", LONG.replace("days = 27", "days = 26"))) == [["S301"]]


@pytest.mark.parametrize("name", ["b.toml", "deep/er/a.toml"])
def test_a_file_that_is_renamed_or_moved_brings_nothing_back(tmp_path: Path, name: str) -> None:
    baseline = known(tmp_path, judged(tmp_path, "a.toml", LONG))
    (tmp_path / "a.toml").unlink()
    renamed = LONG.replace('name = "probe"', 'name = "other"')
    assert left(baseline, judged(tmp_path, name, renamed)) == [[]]


@pytest.mark.parametrize("name", ["ä 9 µg.toml", b"caf\xe9.toml".decode("utf-8", "surrogateescape")])
def test_a_baseline_names_files_as_they_are_called(tmp_path: Path, name: str) -> None:
    path = tmp_path / "known.json"
    judgement = judged(tmp_path, name, LONG, written=False)
    path.write_text(baseline_text(known(tmp_path, judgement)), encoding="utf-8")
    found = read_baseline(path)
    assert {entry.path for entry in found.entries} == {name}
    assert left(found, judgement) == [[]]


def test_a_file_of_a_name_that_none_can_have_is_gone(tmp_path: Path) -> None:
    (entry,) = known(tmp_path, judged(tmp_path, "a.toml", LONG.replace("days = 27", "days = 28"))).entries
    baseline = Baseline(tmp_path, (entry._replace(path="9" * 5000),))
    assert left(baseline, judged(tmp_path, "a.toml", LONG.replace("days = 27", "days = 28"))) == [[]]


def test_a_copy_of_a_file_has_its_own_findings(tmp_path: Path) -> None:
    first = judged(tmp_path, "a.toml", LONG)
    baseline = known(tmp_path, first)
    assert left(baseline, first, judged(tmp_path, "b.toml", LONG)) == [[], ["S301", "S304"]]
    assert left(baseline, judged(tmp_path, "b.toml", LONG)) == [["S301", "S304"]]  # whichever is judged
    both = known(tmp_path, first, judged(tmp_path, "b.toml", LONG))
    assert len(both.entries) == 4
    (tmp_path / "a.toml").unlink()
    (tmp_path / "b.toml").unlink()
    three = [judged(tmp_path, name, LONG) for name in ("c.toml", "d.toml", "e.toml")]
    assert sorted(left(both, *three)) == [[], [], ["S301", "S304"]]


def test_the_own_entries_of_a_file_cover_its_findings_before_those_of_a_file_that_is_gone(tmp_path: Path) -> None:
    a, b, c = (judged(tmp_path, name, LONG) for name in ("a.toml", "b.toml", "c.toml"))
    for listed, order in (((a, c), (a, b)), ((c, a), (b, a))):
        (tmp_path / "c.toml").unlink(missing_ok=True)
        assert left(known(tmp_path, *listed), *order) == [[], []]


def test_entries_are_listed_by_file_and_rule_in_whatever_order_files_are_judged(tmp_path: Path) -> None:
    a, b = (judged(tmp_path, name, LONG) for name in ("a.toml", "b.toml"))
    listed = [(entry.path, entry.rule) for entry in known(tmp_path, b, a).entries]
    assert listed == [("a.toml", "S301"), ("a.toml", "S304"), ("b.toml", "S301"), ("b.toml", "S304")]
    assert known(tmp_path, b, a) == known(tmp_path, a, b)


def test_a_baseline_is_of_the_first_version_where_one_entry_is(tmp_path: Path) -> None:
    entry = BaselineEntry("a.toml", "S301", "cycle", "1", "m")
    assert Baseline(tmp_path, (entry, entry._replace(by_pointer=True))).of_first_version
    assert not Baseline(tmp_path, (entry,)).of_first_version
    assert not Baseline(tmp_path, ()).of_first_version


def test_each_entry_covers_one_finding(tmp_path: Path) -> None:
    baseline = known(tmp_path, judged(tmp_path, "a.toml", LONG))
    half = Baseline(tmp_path, baseline.entries[:1])
    (accepted,), stale = half.accept([judged(tmp_path, "a.toml", LONG)])
    assert (codes(accepted), stale) == (["S304"], ())
    assert {v.rule.code: v.ruling for v in accepted.verdicts if v.rule.code in {"S301", "S304"}} == {
        "S301": Ruling.IN_BASELINE,
        "S304": Ruling.FINDING,
    }
    (again,), _ = baseline.accept([accepted])
    assert codes(again) == []
    assert [entry.rule for entry in known(tmp_path, again).entries] == ["S301", "S304"]  # those known are kept in it
    twice = Baseline(tmp_path, baseline.entries * 2)
    assert [entry.rule for entry in twice.accept([judged(tmp_path, "a.toml", LONG)])[1]] == ["S301", "S304"]


def test_of_a_rule_some_findings_may_be_known_and_others_new(tmp_path: Path) -> None:
    two = regimen_text(cycle(free=21) + cycle(free=20) + cycle())
    baseline = known(tmp_path, judged(tmp_path, "a.toml", two.replace("= 20", "= 14")))
    (accepted,), stale = baseline.accept([judged(tmp_path, "a.toml", two)])
    (verdict,) = [verdict for verdict in accepted.verdicts if verdict.rule.code == "S304"]
    assert (verdict.ruling, len(verdict.findings), len(verdict.baseline_findings)) == (Ruling.FINDING, 1, 1)
    assert "20" in verdict.findings[0].message
    assert stale == ()


def test_a_message_with_other_numbers_is_another_finding_and_where_it_counts_from_is_not(tmp_path: Path) -> None:
    (entry,) = known(tmp_path, judged(tmp_path, "a.toml", regimen_text(cycle(free=21, repeat=2)))).entries
    judgement = judged(tmp_path, "a.toml", regimen_text(cycle(free=21, repeat=2)))
    for message, is_known in (
        (entry.message, True),
        (f'{entry.message} in cycles 1, 2 and 7 of "28"', True),
        (f"on day 3 and line 12: {entry.message}", True),
        (f"{entry.message}, or 9 h", False),
        ("", False),
    ):
        baseline = Baseline(tmp_path, (entry._replace(message=message),))
        assert left(baseline, judgement) == [[] if is_known else ["S304"]], message


def of_severity(folder: Path, severity: Severity) -> Judgement:
    settings = Settings(severities=(Severities(Pattern("S304"), severity),))
    return judge(read(LONG.encode(), str(folder / "a.toml")), TODAY, None, settings)


@pytest.mark.parametrize("now", Severity)
@pytest.mark.parametrize("before", Severity)
def test_a_finding_that_has_become_worse_counts(tmp_path: Path, before: Severity, now: Severity) -> None:
    baseline = known(tmp_path, of_severity(tmp_path, before))
    judgement = of_severity(tmp_path, now)
    assert left(baseline, judgement) == [["S304"] if now.rank > before.rank else []]
    assert {entry.rule: entry.severity for entry in baseline.entries}["S304"] == before


def test_an_entry_that_says_no_severity_covers_that_of_its_rule(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    written = json.loads(baseline_text(known(tmp_path, of_severity(tmp_path, Severity.ERROR))))
    for entry in written["findings"]:
        del entry["severity"]
    path.write_text(json.dumps(written), encoding="utf-8")
    for severity in Severity:
        worse = severity.rank > CATALOGUE["S304"].severity.rank
        assert left(read_baseline(path), of_severity(tmp_path, severity)) == [["S304"] if worse else []]


def test_a_baseline_of_several_files_is_held_to_those_that_are_judged(tmp_path: Path) -> None:
    """Whoever checks a part of a library hears nothing of the rest, whose entries stay as they are."""
    first, second = judged(tmp_path, "a.toml", LONG), judged(tmp_path, "b.toml", LONG)
    baseline = known(tmp_path, first, second)
    for part, name in ((first, "a.toml"), (second, "b.toml")):
        accepted, stale = baseline.accept([part])
        assert (codes(accepted[0]), stale) == ([], ())
        _, stale = baseline.accept([judged(tmp_path, name, SOUND)])
        assert {(entry.path, entry.rule) for entry in stale} == {(name, "S301"), (name, "S304")}
    assert baseline.accept([]) == ((), ())


def depleted(folder: Path, name: str, count: int, first_dose: str = "15") -> Judgement:
    """A regimen under which so many of 1,000 virtual patients are depleted."""
    text = regimen_text(cycle(f"{first_dose} mcg/m2/day for 28 days"))
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return judge(read(text.encode(), str(path)), TODAY, script(outcome(count, 1000)), Settings())


def test_what_virtual_patients_showed_is_known_again_with_another_seed(tmp_path: Path) -> None:
    """Other patients give other numbers, and it is the same finding; at another dose it is another one."""
    baseline = known(tmp_path, depleted(tmp_path, "a.toml", 101))
    assert "B401" in {entry.rule for entry in baseline.entries}
    assert {entry.rule for entry in baseline.entries if "101" in entry.message or "10.1" in entry.message} >= {"B401"}
    for count in (101, 97, 300):
        assert "B401" not in left(baseline, depleted(tmp_path, "a.toml", count))[0]
    assert "B401" in left(baseline, depleted(tmp_path, "a.toml", 97, "14"))[0]


def test_what_is_put_right_in_one_file_accepts_nothing_in_another(tmp_path: Path) -> None:
    baseline = known(tmp_path, judged(tmp_path, "a.toml", LONG), judged(tmp_path, "b.toml", SOUND))
    assert left(baseline, judged(tmp_path, "a.toml", SOUND), judged(tmp_path, "b.toml", LONG)) == [
        [],
        ["S301", "S304"],
    ]


def test_entries_that_cover_nothing_are_told_where_their_rule_has_answered(tmp_path: Path) -> None:
    baseline = known(tmp_path, judged(tmp_path, "a.toml", LONG))
    _, stale = baseline.accept([judged(tmp_path, "a.toml", SOUND)])
    assert [entry.rule for entry in stale] == ["S301", "S304"]
    _, blocked = baseline.accept([judged(tmp_path, "a.toml", "format = 2")])
    assert blocked == ()


def test_no_baseline_covers_what_cannot_be_given(tmp_path: Path) -> None:
    """A hundred times the label's dose: neither written into a baseline, nor covered by what somebody wrote there."""
    slip = judged(tmp_path, "a.toml", regimen_text(cycle("2800 mcg/day for 28 days")))
    (finding,) = [one for one in slip.findings if one.code == "N106"]
    assert "N106" not in {entry.rule for entry in known(tmp_path, slip).entries}
    place = place_of(finding, slip.reading.document)
    entry = BaselineEntry("a.toml", "N106", place.at, value_text(place.value), finding.message, severity="error")
    assert "N106" in left(Baseline(tmp_path, (entry,)), slip)[0]


def test_of_a_file_with_errors_no_entry_is_called_stale(tmp_path: Path) -> None:
    """What could not be read answers for nothing."""
    baseline = known(tmp_path, judged(tmp_path, "a.toml", LONG))
    faulty = judged(tmp_path, "a.toml", SOUND.replace("days = 28", 'days = "28"', 1))
    assert any(verdict.ruling is not Ruling.NOT_EVALUATED for verdict in faulty.verdicts)
    assert baseline.accept([faulty])[1] == ()


def test_of_a_rule_that_is_left_out_no_entry_is_called_stale(tmp_path: Path) -> None:
    baseline = known(tmp_path, judged(tmp_path, "a.toml", LONG))
    reading = judged(tmp_path, "a.toml", SOUND).reading
    left_out = judge(reading, TODAY, None, Settings(ignore=(Pattern("S304"),)))
    assert [entry.rule for entry in baseline.accept([left_out])[1]] == ["S301"]


def test_of_a_file_with_an_error_what_was_found_all_the_same_makes_no_entry_stale(tmp_path: Path) -> None:
    baseline = known(tmp_path, judged(tmp_path, "a.toml", LONG))
    faulty = judged(tmp_path, "a.toml", LONG.replace("= 21", "= 22").replace("days = 27", 'days = "27"'))
    assert verdict_of(faulty, "S304").ruling is Ruling.FINDING
    assert baseline.accept([faulty])[1] == ()


def test_what_a_waiver_covers_is_not_listed(tmp_path: Path) -> None:
    waived = LONG + waiver("S304", at="cycle 'Cycle' treatment_free_days", value=21)
    assert [entry.rule for entry in known(tmp_path, judged(tmp_path, "a.toml", waived)).entries] == ["S301"]


def test_a_baseline_of_the_first_version_is_read_and_holds_as_it_did(tmp_path: Path) -> None:
    old = judged(tmp_path, "a.toml", LONG)
    document = old.reading.document
    entries = [
        {
            "path": "a.toml",
            "rule": finding.code,
            "pointer": pointer(finding.path),
            "text": document.text[finding.span.start : finding.span.end],
            "message": finding.message,
        }
        for finding in old.findings
    ]
    path = tmp_path / "known.json"
    path.write_text(json.dumps({"format": "blinplan-baseline", "version": 1, "findings": entries}))
    baseline = read_baseline(path)
    assert baseline.of_first_version
    assert left(baseline, old) == [[]]
    assert left(baseline, judged(tmp_path, "a.toml", with_cycle_in_front(LONG))) == [["S301", "S304"]]


ENTRY = {"path": "a.toml", "rule": "S301", "at": "cycle", "value": "1", "message": "m"}


def document(version: object = 2, **changed: object) -> str:
    return json.dumps({"format": "blinplan-baseline", "version": version, "findings": [ENTRY], **changed})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", "the file: input should be a valid dictionary"),
        ("{}", "format: field required"),
        (document(format="sarif"), "format: input should be 'blinplan-baseline'"),
        (document(None), "version: value error, not a whole number"),
        (document(3), "it is of version 3, which a later blinplan wrote; this one reads 1 to 2"),
        (document(findings=[{**ENTRY, "rule": 1}]), "findings.0.rule: input should be a valid string"),
        (document(findings=[ENTRY, {}]), "findings.1.path: field required"),
        (
            document(findings=[{**ENTRY, "severity": "awful"}]),
            "findings.0.severity: input should be 'error', 'warning' or 'note'",
        ),
        (document(findings={}), "findings: input should be a valid tuple"),
        (document(1), "findings.0.pointer: field required"),
        (document(more=1), "more: "),
        ("[" * 100_000, "it is not JSON"),
    ],
)
def test_what_is_no_baseline_is_told_with_the_place_in_it(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r".") as refused:
        read_baseline(path)
    assert str(refused.value).startswith(why)


@pytest.mark.parametrize("extra", [{}, {"manifest": {"blinplan": "1.0"}}])
def test_a_baseline_is_read_as_it_is_written(tmp_path: Path, extra: dict[str, object]) -> None:
    path = tmp_path / "known.json"
    path.write_text(document(**extra), encoding="utf-8")
    found = read_baseline(path)
    assert (found.folder, found.of_first_version) == (tmp_path, False)
    assert found.entries == (BaselineEntry("a.toml", "S301", "cycle", "1", "m"),)


RULES = [
    pytest.param(rule, id=rule.code)
    for rule in CATALOGUE.values()
    if rule.waivable and not rule.simulated and rule.patient is None and rule.site is None and rule.of == "regimen"
]
COUNTED = {"S307", "S310"}
"""Rules that count cycles, or compare their names: a cycle in front is a change of what they found."""


@pytest.mark.parametrize("rule", RULES)
def test_a_cycle_in_front_a_new_name_and_another_layout_bring_nothing_back(rule: Rule, tmp_path: Path) -> None:
    text = regimen_text(rule.bad)
    before = judged(tmp_path, "a.toml", text, code=rule.code)
    baseline = known(tmp_path, before)
    (tmp_path / "a.toml").unlink()
    renamed = text.replace('name = "probe"', 'name = "other"')
    for changed in (renamed, f"# moved down\n\n{renamed.replace(' = ', '  =  ')}"):
        (judgement,) = baseline.accept([judged(tmp_path, "b.toml", changed, written=False, code=rule.code)])[0]
        assert rule.code not in codes(judgement)
