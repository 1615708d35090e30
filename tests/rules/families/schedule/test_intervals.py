"""S303 and S304, word for word: intervals at each limit, beside each label, with and without a reason."""

import pytest

from blinplan.regimen import library
from tests.regimen_text import cycle
from tests.rules.families.examples import limits_of, said, verdict_on, words_of
from tests.rules.families.heads_and_outcomes import CONSOLIDATION, MRD, RELAPSED, STEPPED

RUN = "7 days were run in NCT04994717 (Golden Gate, run-in) and NCT06836973 (myasthenia gravis), as registered"
NONE_RUN = "none under 7 days was run"
DOCUMENTED = "the documented interval is 14 days"
LABELLED = "the label has 14 days there"
COMPARE = "compare it with the protocol that has this interval"
LEAST = "give at least 7 days, or waive this rule with the reason"
ONE_CYCLE = ["not applicable | there is one cycle, so no interval between cycles"]
DEPARTING = 'indication = "investigational"\ndeparts_from = "mrd-adult"\n\n'
BESIDE_BASE = ["not applicable | every step and cycle is laid beside the regimen departed from (L011)"]


def told(severity: str, free: int, words: str, advice: str, at: int = 0, name: str = "Cycle") -> str:
    """An interval of so many days after a cycle, as a rule tells it."""
    place = f"cycle.{at}.treatment_free_days"
    return f'{severity} at {place} | {free} d without infusion after "{name}"; {words} | {advice}'


def in_block(lines: str, block: str) -> str:
    return f'{lines}block = "{block}"\n'


@pytest.mark.parametrize(
    ("free", "severity", "words"),
    [
        (13, "warning", f"{DOCUMENTED}; {RUN}"),
        (8, "warning", f"{DOCUMENTED}; {RUN}"),
        (7, "warning", f"{DOCUMENTED}; {RUN}"),
        (6, "error", f"{DOCUMENTED}, and {NONE_RUN}"),
        (0, "error", f"{DOCUMENTED}, and {NONE_RUN}"),
    ],
)
def test_a_short_interval_of_a_study_is_told_beside_those_that_were_run(free: int, severity: str, words: str) -> None:
    lines = cycle(free=free, repeat=2)
    assert said("S303", lines) == [told(severity, free, words, "give 14 days between cycles")]
    assert limits_of("S303", lines) == [("treatment_free_interval", "shortest_interval_run")]


@pytest.mark.parametrize(
    ("free", "severity", "words", "runs"),
    [
        (13, "warning", LABELLED, False),
        (7, "warning", LABELLED, False),
        (6, "error", f"{LABELLED}, and {NONE_RUN}", True),
    ],
)
def test_a_short_interval_of_a_label_is_told_beside_the_label(free: int, severity: str, words: str, runs: bool) -> None:
    """What others ran is no answer there, but that nobody ran it is."""
    lines = MRD + cycle(free=free, repeat=2)
    assert said("S303", lines) == [told(severity, free, words, "give 14 days between cycles")]
    assert limits_of("S303", lines) == [("labelled_interval", *(["shortest_interval_run"] if runs else []))]


@pytest.mark.parametrize(
    ("free", "severity", "words", "advice"),
    [
        (13, "note", f"; {RUN}", COMPARE),
        (7, "note", f"; {RUN}", COMPARE),
        (6, "error", f", and {NONE_RUN}", LEAST),
    ],
)
@pytest.mark.parametrize(
    ("before", "after", "change"),
    [("", "A", "The block A begins"), ("A", "", "The block A ends"), ("A", "B", "The block changes from A to B")],
)
@pytest.mark.parametrize(("head", "beside"), [("", DOCUMENTED), (MRD, LABELLED)])
def test_before_another_block_a_short_interval_that_was_run_is_a_note(
    free: int, severity: str, words: str, advice: str, before: str, after: str, change: str, head: str, beside: str
) -> None:
    first, second = cycle(free=free), cycle()
    lines = head + (in_block(first, before) if before else first) + (in_block(second, after) if after else second)
    assert said("S303", lines) == [told(severity, free, f"{beside}{words}. {change}", advice)]


@pytest.mark.parametrize(
    ("free", "found"),
    [
        (14, []),
        (13, []),
        (7, []),
        (6, [told("error", 6, f"{LABELLED}, and {NONE_RUN}. The file's reason: blocks of 5 weeks", LEAST)]),
    ],
)
def test_a_reason_explains_an_interval_as_short_as_one_that_was_run(free: int, found: list[str]) -> None:
    assert said("S303", MRD + cycle(free=free, repeat=2, reason="blocks of 5 weeks")) == found


def continued(free: int, more: str = "") -> str:
    """The labelled course of adults, with another interval between the cycles of continued therapy."""
    text = library.load("rr-adult-continued").document.text
    return text.replace("treatment_free_days = 56", f"treatment_free_days = {free}\n{more}")


SHORT_AND_LEAST = "give at least 28 days, or waive this rule with the reason"


@pytest.mark.parametrize(
    ("free", "more", "severity", "words", "advice"),
    [
        (55, "", "warning", "", "give 56 days between cycles"),
        (28, "", "warning", "", "give 56 days between cycles"),
        (27, "", "error", "", "give 56 days between cycles"),
        (27, 'interval_reason = "a trial"', "error", ". The file's reason: a trial", SHORT_AND_LEAST),
        (7, 'interval_reason = "a trial"', "error", ". The file's reason: a trial", SHORT_AND_LEAST),
        (
            *(6, 'interval_reason = "a trial"', "error"),
            *(f", and {NONE_RUN}. The file's reason: a trial", SHORT_AND_LEAST),
        ),
        (28, 'interval_reason = "a trial"', "", "", ""),
    ],
)
def test_in_continued_therapy_half_of_the_label_s_interval_is_the_least(
    free: int, more: str, severity: str, words: str, advice: str
) -> None:
    found = list(words_of(verdict_on("S303", continued(free, more))))
    tables = continued(free).count(f"treatment_free_days = {free}\n")
    assert tables
    assert len(found) == (tables if severity else 0)
    for line in found:
        assert line.startswith(f"{severity} at cycle.")
        assert f"; the label has 56 days there{words} | {advice}" in line


@pytest.mark.parametrize(("free", "found"), [(55, False), (56, False), (57, True)])
def test_in_continued_therapy_the_label_s_interval_is_the_longest(free: int, found: bool) -> None:
    lines = list(words_of(verdict_on("S304", continued(free))))
    assert bool(lines) is found
    for line in lines:
        assert line.startswith("warning at cycle.")
        assert "; the label has 56 days there, and B cells are documented not to recover for 14 days | " in line
        assert line.endswith(" | give at most 56 days, or waive this rule with the reason")


UNKNOWN = "and B cells are documented not to recover for 14 days"
MOST = "give at most 14 days, or waive this rule with the reason"


@pytest.mark.parametrize(("head", "beside", "limit"), [("", DOCUMENTED, "treatment_free_interval")])
@pytest.mark.parametrize(("free", "severity"), [(14, ""), (15, "warning"), (21, "warning"), (22, "error")])
def test_a_long_interval_is_an_error_beyond_one_and_a_half_times(
    head: str, beside: str, limit: str, free: int, severity: str
) -> None:
    lines = head + cycle(free=free, repeat=2)
    assert said("S304", lines) == ([told(severity, free, f"{beside}, {UNKNOWN}", MOST)] if severity else [])
    assert limits_of("S304", lines) == ([(limit,)] if severity else [])


@pytest.mark.parametrize("free", [15, 21, 22, 127])
def test_in_another_disease_no_long_interval_is_an_error(free: int) -> None:
    lymphoma = 'indication = "investigational"\ndisease = "lymphoma"\n\n'
    expected = [told("warning", free, f"{DOCUMENTED}, {UNKNOWN}", MOST)]
    assert said("S304", lymphoma + cycle(free=free, repeat=2)) == expected


@pytest.mark.parametrize(
    ("head", "beside", "limit"),
    [("", DOCUMENTED, "treatment_free_interval"), (MRD, LABELLED, "labelled_interval")],
)
@pytest.mark.parametrize("free", [126, 127, 300])
def test_a_reason_explains_no_interval_longer_than_any_that_was_run(
    head: str, beside: str, limit: str, free: int
) -> None:
    lines = head + cycle(free=free, repeat=2, reason="chemotherapy")
    if free == 126:
        reason = "the file gives the reason of every interval between cycles"
        assert said("S304", lines) == [f"not applicable | {reason}"]
        return
    words = f"{beside}, and none over 126 days was run. The file's reason: chemotherapy"
    advice = "give at most 126 days, or waive this rule with the reason"
    assert said("S304", lines) == [told("error", free, words, advice)]
    assert limits_of("S304", lines) == [(limit, "longest_interval_run")]


def test_intervals_without_a_reason_are_told_before_those_that_nobody_ran() -> None:
    lines = cycle(free=127, reason="chemotherapy") + cycle(free=21) + cycle(free=13) + cycle()
    assert said("S304", lines) == [
        told("warning", 21, f"{DOCUMENTED}, {UNKNOWN}", MOST, 1, "Cycle 2"),
        told(
            "error",
            127,
            f"{DOCUMENTED}, and none over 126 days was run. The file's reason: chemotherapy",
            "give at most 126 days, or waive this rule with the reason",
        ),
    ]
    assert said("S303", lines) == [
        told("warning", 13, f"{DOCUMENTED}; {RUN}", "give 14 days between cycles", 2, "Cycle 3")
    ]


def test_a_cycle_that_is_repeated_is_told_once_for_each_interval_that_the_label_has_beside_it() -> None:
    """Cycles 2 to 9 in one table: 14 days after those up to the fifth, 56 days after the others."""
    lines = RELAPSED + STEPPED + cycle(free=57, repeat=8)
    found = [told("error", 57, f"{LABELLED}, {UNKNOWN}", MOST, 1, "Cycle 2")]
    found += [
        told(
            "warning",
            57,
            f"the label has 56 days there, {UNKNOWN}",
            "give at most 56 days, or waive this rule with the reason",
            1,
            "Cycle 2",
        )
    ]
    assert said("S304", lines) == found
    assert said("S303", RELAPSED + STEPPED + cycle(free=14, repeat=8)) == [
        told("error", 14, "the label has 56 days there", "give 56 days between cycles", 1, "Cycle 2")
    ]


def test_where_no_label_has_an_interval_the_documented_one_is_beside_it() -> None:
    """A label of four cycles has three intervals; and of consolidation's nobody saw the text."""
    lines = MRD + cycle(free=21, repeat=6)
    labelled, documented = (told("warning", 21, f"{beside}, {UNKNOWN}", MOST) for beside in (LABELLED, DOCUMENTED))
    assert said("S304", lines) == [labelled, documented]
    assert limits_of("S304", lines) == [("labelled_interval",), ("treatment_free_interval",)]
    assert said("S304", CONSOLIDATION + cycle(free=21, repeat=2)) == [documented]
    assert said("S304", CONSOLIDATION + cycle(free=21, repeat=6)) == [documented]


@pytest.mark.parametrize(("phase", "most"), [("continued-therapy", 56), ("consolidation", 14), ("", 14)])
@pytest.mark.parametrize("beyond", [0, 1])
def test_continued_therapy_of_a_study_has_the_interval_that_it_has_in_the_label(
    phase: str, most: int, beyond: int
) -> None:
    beside = "the label has 56 days there" if most == 56 else DOCUMENTED
    advice = f"give at most {most} days, or waive this rule with the reason"
    found = [told("warning", most + 1, f"{beside}, {UNKNOWN}", advice)] if beyond else []
    assert said("S304", cycle(free=most + beyond, repeat=2, phase=phase)) == found


@pytest.mark.parametrize("code", ["S303", "S304"])
def test_where_there_is_no_interval_or_another_rule_compares_it_nothing_is_said(code: str) -> None:
    assert said(code, cycle(free=90)) == ONE_CYCLE
    assert said(code, MRD + cycle(free=0)) == ONE_CYCLE
    assert said(code, DEPARTING + cycle(free=90, repeat=2)) == BESIDE_BASE
    assert said(code, MRD + cycle(free=14, repeat=2)) == []
