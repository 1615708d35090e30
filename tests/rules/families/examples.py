"""What a rule finds, and what comes near it and is in order: the tests of each family list such files."""

from dataclasses import dataclass
from datetime import date, datetime

from blinplan.course.patient import Patient
from blinplan.regimen.reading import Content, read
from blinplan.regimen.site.site import Site
from blinplan.rules.configuration.settings import DEFAULTS, Pattern, Settings
from blinplan.rules.families.across_files.neighbours import AmongOthers, neighbours_of
from blinplan.rules.judge import judge
from blinplan.rules.simulated.outcome import SimulatedOutcome
from tests.regimen_text import TODAY, regimen_text, script, verdict_of


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
        """What the program says."""
        data = self.file if isinstance(self.file, bytes) else self.file.encode()
        settings = Settings(extend_select=(Pattern(self.code),)) if self.selected else DEFAULTS
        simulation = None if self.outcome is None else script(self.outcome)
        reading = read(data, "probe.toml")
        files = [reading] if self.beside is None else [reading, read(self.beside.encode(), "beside.toml")]
        together = neighbours_of(AmongOthers(Content.of(file), settings.label, None) for file in files)
        whom, site = self.patient, self.site
        judgement = judge(reading, self.today, simulation, settings, whom, site, together, self.begins)
        verdict = verdict_of(judgement, self.code)
        return verdict.not_evaluated.kind if verdict.not_evaluated else verdict.ruling.value


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
