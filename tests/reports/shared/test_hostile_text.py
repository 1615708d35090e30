"""Text from files, however wide, long or strange, is shown whole, harmless and in its place."""

from itertools import pairwise

import pytest
from rich.cells import cell_len

from blinplan.outside_text import visible
from blinplan.reports.check.findings import findings_report
from blinplan.rules.judging.judgement import Judgement
from blinplan.terminal import Screen
from tests.regimen_text import cycle, judgement_of, judgement_of_lines, regimen_text


def drawn(judgement: Judgement, width: int = 80, *, unicode: bool = True) -> str:
    screen = Screen(width, colour=False, unicode=unicode)
    return screen.render(*findings_report([judgement], screen))


@pytest.mark.parametrize("mark", ["\u061c", "\u2028", "\u2029", "\u200b", "\ufeff", "\U000e0041"])
def test_every_mark_that_turns_breaks_or_hides_text_is_escaped(mark: str) -> None:
    assert visible(f"a{mark}b").isascii()


def test_nothing_of_a_message_with_wide_characters_is_cut() -> None:
    name = "漢字と日本語 🧪🩸 µ²≤ " * 6
    judgement = judgement_of_lines(cycle("28 mcg/day for 27 days").replace('"Cycle"', f'"{name}"'))
    for width in range(60, 201):
        assert "…" not in drawn(judgement, width), width


@pytest.mark.parametrize("width", [60, 80])
def test_in_ascii_no_line_is_wider_than_the_screen(width: int) -> None:
    judgement = judgement_of_lines(cycle("1.5 mcg/m2/day for 27 days").replace('"Cycle"', '"≤≤≤ ' + "→ ≥ " * 30 + '"'))
    text = drawn(judgement, width, unicode=False)
    assert text.isascii()
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_in_ascii_the_caret_stands_under_the_fault() -> None:
    steps = '{ "漢" = 1, dose = "28 mcg/day", days = 28, "x" = 1 }'
    lines = f'[[cycle]]\nname = "C"\nsteps = [{steps}]\ntreatment_free_days = 14'
    rows = drawn(judgement_of_lines(lines), 100, unicode=False).split("\n")
    pairs = [(a, b) for a, b in pairwise(rows) if set(b) <= set(" |^") and "^" in b]
    assert [a[b.index("^") : b.rindex("^") + 1] for a, b in pairs][-1] == '"x"'


def test_a_key_of_ten_thousand_characters_is_shortened() -> None:
    judgement = judgement_of(regimen_text(cycle()) + f'"{"x" * 10_000}" = 1\n')
    assert len(drawn(judgement)) < 3000
