"""Findings at the terminal: where, what, why, and a caret under the very cells."""

import re
from itertools import pairwise

import pytest
from rich.cells import cell_len

from blinplan.reports.check.findings import concise_report, findings_report, not_evaluated_lines
from blinplan.rules.judging.judgement import Judgement
from blinplan.terminal import Screen
from tests.regimen_text import cycle, judgement_of, judgement_of_lines, outcome, regimen_text, script, waiver

WIDE = "漢字と日本語 🧪🩸 "


def drawn(judgement: Judgement, width: int = 100, *, unicode: bool = True, colour: bool = False) -> str:
    screen = Screen(width, colour, unicode)
    return screen.render(*findings_report([judgement], screen))


def caret_text(judgement: Judgement, width: int) -> list[str]:
    lines = drawn(judgement, width).split("\n")
    found = []
    for above, carets in pairwise(lines):
        if re.fullmatch(r" *\| *\^+", carets):
            cells = [(c, n) for c in f"{above} " for n in range(cell_len(c))]
            cut = cells[carets.index("^") : carets.rindex("^") + 1]
            assert cut[0][1] == 0, "a caret begins inside a wide character"
            found.append("".join(c for c, n in cut if n == 0))
    return found


STEPS = 'steps = [{ dose = "28 mcg/day", days = 28 }]'
CARETS = {
    "dose": (STEPS.replace("28 mcg", "9 mcg"), '"9 mcg/day"'),
    "micro sign": (STEPS.replace("mcg", "µg"), "µg"),
    "Greek mu": (STEPS.replace("mcg", "μg"), "μg"),
    "square": ('steps = [{ days = 28, dose = "5.0 mcg/m²/day" }]', ".0"),
    "tabs": (STEPS.replace("{ ", "{\t").replace("= ", "=\t").replace("mcg", "ug"), "ug"),
    "Chinese key": (f'{STEPS}\n"漢" = "🩸"', '"漢"'),
    "after Chinese": (STEPS.replace("{ ", '{ "漢字" = "🩸🧪", "x" = 1, '), '"x"'),
    "unclosed": ('steps = "漢', None),
}


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("case", CARETS)
def test_the_caret_stands_under_the_cells_of_the_fault(case: str, width: int) -> None:
    lines, expected = CARETS[case]
    found = caret_text(judgement_of_lines(f'[[cycle]]\nname = "C"\n{lines}\ntreatment_free_days = 14'), width=width)
    assert expected is None or expected in found
    assert len(found) == {"after Chinese": 2, "square": 2}.get(case, 1)


SHORT = '{ dose = "28 mcg/day", days = 1 }, '


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize(
    ("before", "after"),
    [("", "# " + "x" * 10_000), ("", "# " + "漢" * 5_000), (SHORT * 300, ""), (SHORT * 150, "# " + "µ" * 5_000)],
    ids=["after", "wide after", "before", "both"],
)
def test_a_very_long_line_is_shown_around_the_fault(before: str, after: str, width: int) -> None:
    lines = f'[[cycle]]\nname = "C"\nsteps = [{before}{{ days = 28, dose = "28 ug/day" }}] {after}\n'
    judgement = judgement_of_lines(f"{lines}treatment_free_days = 14")
    assert "ug" in caret_text(judgement, width=width)
    shown = drawn(judgement, width)
    assert len(shown) < 60 * width
    assert "..." in shown
    assert max(cell_len(line) for line in shown.split("\n")) <= width


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_screen_and_nothing_is_cut_off(width: int) -> None:
    lines = cycle("0.5 mcg/m2/day for 24 hours", "1.5 ug/m2/d for 27 days", free=21, repeat=2)
    text = regimen_text(lines, title=WIDE * 8) + waiver("S999") + waiver("S304").replace("Amendment 3", WIDE * 10)
    judgement = judgement_of(text.replace('name = "Cycle"', f'name = "{WIDE * 5}"'), script(outcome(1, 1000, (0, 1))))
    shown = drawn(judgement, width)
    assert max(cell_len(line) for line in shown.split("\n")) <= width
    assert "…" not in shown
    squeezed = "".join(shown.split())
    for finding in judgement.findings:
        assert f"[{finding.code}]" in shown
        for part in (finding.message, finding.why, finding.help):
            assert "".join(part.split()) in squeezed
    assert "".join((WIDE * 10).split()) in squeezed


def test_a_finding_says_where_what_why_and_from_which_source_in_that_order() -> None:
    judgement = judgement_of_lines(cycle("5 mcg/m2/day for 28 days"))
    text = " ".join(drawn(judgement, 200).split())
    (finding,) = judgement.findings
    position = judgement.reading.document.position(finding.span.start)
    parts = [
        f"error[D202] {finding.message}",
        f"probe.toml:{position.line}:{position.column}",
        finding.why,
        finding.help,
        "Blinatumomab (Mechanism of Action), claim DEP-1",
        "depletion-not-documented",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_concise_is_a_line_for_each_finding_in_the_order_of_the_file() -> None:
    judgement = judgement_of_lines(cycle("28.0 ug/d for 27 days", free=15, repeat=2))
    lines = concise_report([judgement]).splitlines()
    assert len(lines) == len(judgement.findings) == 5
    pattern = re.compile(r"probe\.toml:(\d+):(\d+): ([A-Z]\d{3}) (error|warning|note) (.+)")
    matches = [pattern.fullmatch(line) for line in lines]
    places = [(int(match[1]), int(match[2])) for match in matches if match]
    assert len(places) == 5
    assert places == sorted(places)
    document = judgement.reading.document
    for finding, match in zip(judgement.findings, matches, strict=True):
        assert match is not None
        position = document.position(finding.span.start)
        assert (int(match[1]), int(match[2]), match[3]) == (position.line, position.column, finding.code)
        assert match[4] == finding.severity


def test_waived_findings_are_shown_with_their_reason_and_not_among_those_that_count() -> None:
    place = "cycle 'Cycle' treatment_free_days"
    waived = waiver("S304", "2027-06-30", at=place, value=21)
    judgement = judgement_of(regimen_text(cycle(free=21, repeat=2)) + waived)
    text = drawn(judgement)
    assert "waived[S304]" in text
    assert "Amendment 3" in text
    assert "2027-06-30" in text
    assert "warning[S304]" not in text
    assert concise_report([judgement]) == ""


HOSTILE = "a\\u001b[31mb\\u202ec[bold]d[/bold]\\u0007\\u009be"


@pytest.mark.parametrize("colour", [True, False])
def test_nothing_in_a_file_reaches_the_terminal_raw(colour: bool) -> None:
    lines = cycle(free=21, repeat=2).replace('name = "Cycle"', f'name = "{HOSTILE}"')
    text = regimen_text(lines) + waiver("S999").replace("Amendment 3", HOSTILE) + f'"{HOSTILE}" = 1\n'
    waived = regimen_text(lines) + waiver("S304").replace("Amendment 3", HOSTILE)
    for judgement in (judgement_of(text), judgement_of(waived), judgement_of(regimen_text(lines))):
        for shown in (drawn(judgement, 200, colour=colour), concise_report([judgement])):
            assert "\x1b[31mb" not in shown
            assert not {"\u202e", "\x07", "\x9b"} & set(shown)
            if not colour:
                assert "\x1b" not in shown
    assert "[bold]d[/bold]" in drawn(judgement_of(waived), 200)


def test_raw_direction_marks_in_a_source_line_are_escaped() -> None:
    lines = (
        '[[cycle]]\nname = "C"\nsteps = [{ dose = "28 ug/day", days = 28 }] # \u202e\u2066 x\ntreatment_free_days = 14'
    )
    shown = drawn(judgement_of_lines(lines))
    assert "\u202e" not in shown
    assert "\\u202e" in shown


def test_in_ascii_everything_is_ascii() -> None:
    lines = cycle("5 µg/m²/day for 28 days").replace('"Cycle"', f'"{WIDE}"')
    assert drawn(judgement_of_lines(lines), unicode=False).isascii()


def test_a_file_that_is_not_text_is_shown_without_its_bytes() -> None:
    for text in ("", "\x00\x1b[31m", "= 1", "\n\n= \x1b"):
        shown = drawn(judgement_of(text))
        assert "\x00" not in shown
        assert "\x1b" not in shown
        assert "error[F00" in shown


def test_what_was_not_evaluated_is_named_with_its_reason_once() -> None:
    judgements = [judgement_of_lines(cycle()), judgement_of_lines(cycle())]
    some = not_evaluated_lines(judgements, everything=False)
    *unsaid, simulated = some
    assert ["C603" in line or "C604, C606" in line for line in unsaid] == [True, True]
    assert "B401" in simulated
    assert "2 files" in simulated
    assert "--no-simulate" in simulated
    everything = not_evaluated_lines(judgements, everything=True)
    assert set(some) <= set(everything)
    assert any("S303" in line and "one cycle" in line for line in everything)


def test_what_is_undecided_comes_first() -> None:
    undecided = judgement_of_lines(cycle("15 mcg/m2/day for 28 days"), script(outcome(500, 1000)))
    lines = not_evaluated_lines([judgement_of("= 1"), judgement_of_lines(cycle()), undecided], everything=True)
    kinds = [line.split(":")[0] for line in lines]
    assert kinds[0] == "undecided"
    assert kinds == sorted(
        kinds, key=["undecided", "blocked", "unverified", "not said", "not requested", "off", "not applicable"].index
    )
