"""Judging: each rule has one verdict for each file, whatever the file is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.regimen import library
from blinplan.regimen.reading import read
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Severity
from blinplan.rules.simulated.virtual import PatientSimulator
from blinplan.rules.verdict import Ruling
from tests.collection.grid import each_third
from tests.read_text import regimen_in
from tests.regimen_text import (
    TODAY,
    cycle,
    judgement_of,
    judgement_of_lines,
    outcome,
    regimen_text,
    script,
    verdict_of,
    waiver,
)

SHIPPED = list(library.paths())
LABELLED = [name for name, path in library.paths().items() if path.parent.name == "labelled"]
NO_REGIMENS = {
    "empty": b"",
    "white space": b" \n\n",
    "not toml": b"format = \n",
    "binary": bytes(range(256)),
    "not UTF-8": "format = 1 # µ".encode("latin-1"),
    "too large": b"# " + b"x" * (2 << 20),
    "an array": b"[[format]]\n",
    "unknown keys only": b"a = 1\nb = 2\n",
    "wrong everywhere": b"format = []\nname = 1\ntitle = {}\nindication = 2\nsources = 3\ndosing = 4\ncycle = 5\n",
}


def hold_invariants(judgement: Judgement) -> None:
    text = judgement.reading.document.text
    assert [verdict.rule.code for verdict in judgement.verdicts] == list(CATALOGUE)
    for verdict in judgement.verdicts:
        assert bool(verdict.findings) == (verdict.ruling is Ruling.FINDING)
        assert verdict.waived_findings or verdict.ruling is not Ruling.WAIVED
        assert (verdict.not_evaluated is not None) == (verdict.ruling is Ruling.NOT_EVALUATED)
        assert verdict.not_evaluated is None or len(verdict.not_evaluated.reason) > 10
        for finding in (*verdict.findings, *(pair.finding for pair in verdict.waived_findings)):
            assert finding.code == verdict.rule.code
            assert 0 <= finding.span.start <= finding.span.end <= len(text)
    counted = [f for verdict in judgement.verdicts if verdict.ruling is Ruling.FINDING for f in verdict.findings]
    assert sorted(map(id, counted)) == sorted(map(id, judgement.findings))
    starts = [finding.span.start for finding in judgement.findings]
    assert starts == sorted(starts)
    ranks = [finding.severity.rank for finding in counted]
    assert (judgement.worst.rank if judgement.worst else -1) == max(ranks, default=-1)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_rule_has_one_verdict_on_every_shipped_regimen(name: str) -> None:
    judgement = judge(library.load(name), TODAY, None)
    hold_invariants(judgement)
    assert judgement.regimen is not None
    assert verdict_of(judgement, "F001").ruling is Ruling.PASS


@pytest.mark.parametrize("data", NO_REGIMENS.values(), ids=list(NO_REGIMENS))
def test_what_is_no_regimen_still_has_every_verdict_and_passes_nothing(data: bytes) -> None:
    judgement = judge(read(data, "x.toml"), TODAY, PatientSimulator(1, 1))
    hold_invariants(judgement)
    assert judgement.worst is Severity.ERROR
    assert judgement.outcome is None
    assert judgement.complete
    assert Ruling.PASS not in {verdict.ruling for verdict in judgement.verdicts}
    kinds = {verdict.not_evaluated.kind for verdict in judgement.verdicts if verdict.not_evaluated}
    assert kinds == {"blocked"}


@pytest.mark.slow
@pytest.mark.parametrize("name", each_third(LABELLED))
def test_labelled_regimens_have_no_error_and_no_warning(name: str) -> None:
    judgement = judge(library.load(name), TODAY, PatientSimulator(80, 1))
    assert judgement.complete
    assert {finding.severity for finding in judgement.findings} <= {Severity.NOTE}
    assert verdict_of(judgement, "B401").ruling is Ruling.PASS


def test_there_are_labelled_regimens_for_every_indication_and_both_weights() -> None:
    regimens = [regimen for regimen in library.shipped_regimens() if regimen.name in LABELLED]
    assert {regimen.indication.value for regimen in regimens} == {
        "relapsed-refractory",
        "mrd-positive",
        "consolidation",
    }
    assert {regimen.basis.value for regimen in regimens} == {"flat", "bsa"}
    assert len(regimens) == len(list((Path(library.folder()) / "labelled").glob("*.toml")))


def test_five_mistakes_are_five_findings_in_the_order_of_the_file() -> None:
    text = regimen_text(cycle("28 for 28 days") + cycle("28 mcg/day for 0 days"))
    text = text.replace('title = "', 'titel = "').replace('"seen"', '"sene"').replace("= 14", '= "14"', 1)
    judgement = judgement_of(text)
    hold_invariants(judgement)
    assert len(judgement.findings) == 5
    lines = text.split("\n")
    pointed = []
    for finding in judgement.findings:
        position = judgement.reading.document.position(finding.span.start)
        pointed.append((finding.code, lines[position.line - 1][position.column - 1 :]))
    assert [code for code, _ in pointed] == ["F002", "F004", "N104", "F004", "F004"]
    starts = ("titel", '"sene"', '"28"', '"14"', "0 }")
    assert all(rest.startswith(start) for (_, rest), start in zip(pointed, starts, strict=True))


def test_findings_that_count_decide_the_worst_severity() -> None:
    assert judgement_of_lines(cycle()).worst is None
    assert judgement_of_lines(cycle("28 mcg/d for 28 days")).worst is Severity.NOTE
    assert judgement_of_lines(cycle("28 mcg/d for 27 days")).worst is Severity.WARNING
    assert judgement_of_lines(cycle("9 mcg/d for 1 days", "28 mcg/d for 26 days")).worst is Severity.ERROR


def test_severities_are_ordered() -> None:
    assert [severity.rank for severity in (Severity.NOTE, Severity.WARNING, Severity.ERROR)] == [0, 1, 2]


def test_only_undecided_rules_make_a_judgement_incomplete() -> None:
    text = regimen_text(cycle("15 mcg/m2/day for 28 days"))
    assert judgement_of(text).complete
    assert judgement_of(text, script(outcome(900, 1000))).complete
    assert not judgement_of(text, script(outcome(500, 1000))).complete


STEP = st.tuples(
    st.sampled_from(["0.5", "1.5", "5", "5.0", ".7", "15", "28"]),
    st.sampled_from(["mcg/m2/day", "ug/m²/d", "µg/m2/day"]),
    st.integers(1, 1500),
)
CYCLE = st.builds(
    lambda steps, free, repeat, phase: cycle(
        *(f"{number} {unit} for {hours} hours" for number, unit, hours in steps), free=free, repeat=repeat, phase=phase
    ),
    st.lists(STEP, min_size=1, max_size=4),
    st.sampled_from([0, 13, 14, 15, 56, 57]),
    st.integers(1, 3),
    st.sampled_from(["", "induction", "continued-therapy"]),
)
WAIVER = st.builds(
    waiver, st.sampled_from([*CATALOGUE, "S999"]), st.sampled_from(["", "2020-01-01", "2026-03-01", "2026-02-28"])
)


def shares_of(most: int) -> st.SearchStrategy[tuple[int, int]]:
    """So many of so many patients, of whom there are no more than ``most``."""
    return st.integers(0, most).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@pytest.mark.slow
@given(st.lists(CYCLE, min_size=1, max_size=3), st.lists(WAIVER, max_size=3), shares_of(40), st.booleans(), st.data())
def test_whatever_the_regimen_every_rule_answers_once(
    cycles: list[str], waivers: list[str], depleted: tuple[int, int], simulate: bool, data: st.DataObject
) -> None:
    text = regimen_text("".join(cycles)) + "".join(waivers)
    regimen = regimen_in(text)
    followed = sum(cycle.repeat for cycle in regimen.cycles) - 1
    shares = data.draw(st.lists(shares_of(depleted[1]), min_size=followed, max_size=followed))
    judgement = judgement_of(text, script(outcome(*depleted, *shares)) if simulate else None)
    hold_invariants(judgement)
    depletion = [finding.path for finding in judgement.findings if finding.code in {"D201", "D202"}]
    assert len(depletion) == len(set(depletion))  # one of the two at one place
    assert all(verdict_of(judgement, code).ruling is Ruling.PASS for code in ("F001", "F004", "N104", "D210"))
