"""What a rule finds, and what comes near it and is in order: the tests of each family list such files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from blinplan.course.patient import Patient
from blinplan.regimen.reading import Content, read
from blinplan.regimen.site.site import Site
from blinplan.rules.configuration.settings import DEFAULTS, Pattern, Settings
from blinplan.rules.families.across_files.neighbours import AmongOthers, neighbours_of
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.simulated.outcome import SimulatedOutcome
from blinplan.rules.verdict import Verdict
from tests.regimen_text import TODAY, judgement_of, regimen_text, script, verdict_of

TOLD = "tests/rules/families/told.txt"
"""Where a person keeps what is said of each example that does not pass."""


@dataclass(frozen=True, slots=True)
class Example:
    """A file, and what one rule says of it.

    ``answer`` is "finding", "pass" or "waived", or why the rule was not evaluated. A near miss has any answer but the
    first.
    """

    code: str
    answer: str
    title: str
    file: str | bytes
    outcome: SimulatedOutcome | None = None
    patient: Patient | None = None
    site: Site | None = None
    today: date = TODAY
    selected: bool = True
    beside: str | None = None
    begins: datetime | None = None

    def __str__(self) -> str:
        return f"{self.code} {self.answer}: {self.title}"

    def judge(self) -> str:
        """What the program says: its words are those that `told.txt` has of it, which nothing but a person writes."""
        verdict = self.verdict()
        said = list(words_of(verdict))
        assert said == all_told().get(str(self), []), self._to_be_told(said)
        return verdict.not_evaluated.kind if verdict.not_evaluated else verdict.ruling.value

    def _to_be_told(self, said: list[str]) -> str:
        """What `told.txt` has to have, for a person to judge."""
        if not said:
            return f"{TOLD} has words of this example, of which nothing is said: remove them there\n\n{self}"
        block = "\n".join([str(self), *said])
        return f"if a person finds these words right, {TOLD} has this block, among those of its family:\n\n{block}"

    def verdict(self) -> Verdict:
        """What the program says, with its findings."""
        data = self.file if isinstance(self.file, bytes) else self.file.encode()
        settings = Settings(extend_select=(Pattern(self.code),)) if self.selected else DEFAULTS
        simulation = None if self.outcome is None else script(self.outcome)
        reading = read(data, "probe.toml")
        files = [reading] if self.beside is None else [reading, read(self.beside.encode(), "beside.toml")]
        together = neighbours_of(AmongOthers(Content.of(file), settings.label, None) for file in files)
        whom, site = self.patient, self.site
        judgement = judge(reading, self.today, simulation, settings, whom, site, together, self.begins)
        return verdict_of(judgement, self.code)


def words_of(verdict: Verdict) -> Iterator[str]:
    """What a rule says of a file: how bad, where, what, what to do, what stands there; or why it does not answer."""
    if verdict.not_evaluated is not None:
        yield f"{verdict.not_evaluated.kind} | {verdict.not_evaluated.reason}"
    for finding in verdict.findings or [pair.finding for pair in verdict.waived_findings]:
        said = (finding.message, finding.help, finding.value, finding.patient)
        gross = "gross " if finding.gross else ""
        place = ".".join(map(str, finding.path)) or "the file"
        yield " | ".join([f"{gross}{finding.severity} at {place}", *(part for part in said if part is not None)])


class Told(NamedTuple):
    """Everything that a finding says: where it stands and at which words of the file, how bad, what, and what to do.

    ``value`` is what a waiver of it has to say, where more decides than what stands there.
    """

    place: str
    mark: str
    severity: str
    message: str
    advice: str
    limits: tuple[str, ...] = ()
    value: str | None = None


def told_of(judgement: Judgement, code: str) -> list[Told]:
    """What a rule says of a file, finding by finding, in its order."""
    text = judgement.reading.document.text
    return [
        Told(
            ".".join(map(str, one.path)),
            text[one.span.start : one.span.end],
            one.severity.value,
            one.message,
            one.help,
            one.limits,
            one.value,
        )
        for one in verdict_of(judgement, code).findings
    ]


def not_told_of(judgement: Judgement, code: str) -> tuple[str, str] | None:
    """Why a rule does not answer, in a word and in a sentence; None where it does."""
    answer = verdict_of(judgement, code).not_evaluated
    return None if answer is None else (answer.kind, answer.reason)


@cache
def all_told() -> dict[str, list[str]]:
    """What is said of each example that does not pass, as it was read and found right."""
    blocks = Path(__file__).with_name("told.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return {title: lines for title, *lines in (block.splitlines() for block in blocks)}


def tried(examples: Iterable[Example]) -> list[Any]:
    """Examples as parameters of a test, each of which holds its rule."""
    return [pytest.param(one, id=str(one), marks=pytest.mark.holds(one.code)) for one in examples]


def example(
    code: str,
    answer: str,
    title: str,
    lines: str,
    *,
    below: str = "",
    outcome: SimulatedOutcome | None = None,
    patient: Patient | None = None,
    site: Site | None = None,
    selected: bool = True,
    begins: datetime | None = None,
) -> Example:
    """An example of the lines of a regimen, with what the others need around them, and waivers below."""
    text = regimen_text(lines) + below
    return Example(code, answer, title, text, outcome, patient, site, selected=selected, begins=begins)


def verdict_on(code: str, text: str, **asked: Any) -> Verdict:
    """The answer of one rule, which alone is asked, to a whole file."""
    settings = asked.pop("settings", DEFAULTS)._replace(select=(Pattern(code),))
    return verdict_of(judgement_of(text, settings=settings, **asked), code)


def said(code: str, lines: str, *, below: str = "", **asked: Any) -> list[str]:
    """What it says of some lines: how bad, where, what, what to do, what stands there; or why it does not answer."""
    return list(words_of(verdict_on(code, regimen_text(lines) + below, **asked)))


def limits_of(code: str, lines: str, **asked: Any) -> list[tuple[str, ...]]:
    """The names of the limits that each finding of a rule rests on."""
    return [finding.limits for finding in verdict_on(code, regimen_text(lines), **asked).findings]
