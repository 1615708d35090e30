"""The table of files: without colours its head is put together here, and is the one that Rich draws with them."""

import re
from dataclasses import replace

import pytest

from blinplan.regimen.reading import RegimenFile
from blinplan.reports.check.file_table import file_table
from blinplan.rules.judging.judgement import Judgement
from blinplan.terminal import Screen
from tests.regimen_text import cycle, judgement_of, regimen_text

TEXT = regimen_text(cycle("28 mcg/day for 28 days"))


def judgement_named(name: str) -> Judgement:
    judgement = judgement_of(TEXT)
    assert isinstance(judgement.reading, RegimenFile)
    document = replace(judgement.reading.document, name=name)
    return judgement._replace(reading=RegimenFile(document, judgement.reading.regimen))


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("width", [60, 79, 80, 90, 99, 100, 120, 200])
@pytest.mark.parametrize("name", ["x", "a-name-of-thirty-letters-as-one", "y" * 60])
def test_colours_change_no_letter_of_the_table(name: str, width: int, unicode: bool) -> None:
    judgements = [judgement_named(name), judgement_named("of-another.toml")]
    plain, coloured = (Screen(width, colour, unicode) for colour in (False, True))
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", coloured.render(file_table(judgements, coloured)))
    assert plain.render(file_table(judgements, plain)) == "".join(f"{line.rstrip()}\n" for line in drawn.splitlines())
