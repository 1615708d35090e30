"""Whole regimen files around the few lines that a test is about, and judgements on them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from blinplan.course.patient import Patient
from blinplan.proportion import Proportion
from blinplan.regimen.reading import Content, read
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.site.site import Site
from blinplan.rules.configuration.settings import DEFAULTS, Settings
from blinplan.rules.families.across_files.neighbours import AmongOthers, neighbours_of
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated.outcome import Median, SimulatedOutcome
from blinplan.rules.simulated.virtual import PatientSimulator
from blinplan.rules.verdict import Verdict

TODAY = date(2026, 3, 1)


_UNNAMED = """\
[[waiver]]
rule = "L010"
at = "indication"
value = "investigational"
reason = "A test of something else"

"""
"""What an investigational regimen departs from is another matter."""


def regimen_text(lines: str, *, top: str = "", title: str = "A regimen for a test", called: str = "probe") -> str:
    """Write a whole regimen file around the lines of a rule's example: with what it must have besides, and sound."""
    form = "" if lines.startswith("format") else "format = 1\n"
    basis = "bsa" if "/m2/d" in lines or "/m²/d" in lines else "flat"
    first, rest = (f"{lines}\n", cycle()) if lines.startswith("format") else ("", lines)
    name = f'name = "{called}"'
    if rest.startswith("name"):
        name, rest = rest.split("\n", 1)
    if rest.startswith("indication"):
        indication, rest = rest[: rest.index("\n[")], rest[rest.index("\n[") + 1 :]
        unnamed = _UNNAMED if "disease" in indication and "departs_from" not in indication else ""
    else:
        indication = 'indication = "investigational"'
        unnamed = "" if "departs_from" in top else _UNNAMED
    weights = "below_weight_kg = 45" if basis == "bsa" else "min_weight_kg = 45"
    tables = {
        "[eligibility]": weights,
        "[dosing]": f'basis = "{basis}"',
    }
    given = "".join(f"{name}\n{keys}\n\n" for name, keys in tables.items() if name not in lines and name not in top)
    rest = _with_names_of_their_own(rest)
    return (
        f'{form}{first}{name}\ntitle = "{title}"\n{indication}\n{top}\n'
        f'[[sources]]\ncitation = "none"\nstatus = "seen"\n\n{unnamed}{given}{rest}\n'
    )


BESIDES = (
    '[premedication]\ndrug = "dexamethasone"\ndose = "20 mg"\nbefore = ["cycle-start", "escalation", "restart"]\n\n'
    "[monitoring]\nhospital_days = [9]\n\n"
)
"""What a regimen of a whole ward has besides its cycles."""


def _with_names_of_their_own(lines: str) -> str:
    """Call the second cycle that `cycle` wrote Cycle 2, and so on: no two cycles of a regimen have one name."""
    before, *after = lines.split('name = "Cycle"\n')
    return before + "".join(
        f'name = "Cycle{f" {number}" if number > 1 else ""}"\n{text}' for number, text in enumerate(after, start=1)
    )


def cycle(*steps: str, free: int = 14, repeat: int = 1, phase: str = "", reason: str = "") -> str:
    """Write a cycle; a step is written as ``28 mcg/day for 28 days``."""
    written = []
    for step in steps or ("28 mcg/day for 28 days",):
        dose, held = step.split(" for ")
        number, unit = held.split(" ")
        cap = f', max = "{9 if dose.startswith("5 ") else 28} mcg/day"' if "/m2" in dose or "/m²" in dose else ""
        written.append(f'{{ dose = "{dose}"{cap}, {unit} = {number} }}')
    kind = f'phase = "{phase}"\n' if phase else ""
    stated = f'interval_reason = "{reason}"\n' if reason else ""
    return (
        f'[[cycle]]\nname = "Cycle"\n{kind}repeat = {repeat}\n'
        f"steps = [\n  {f',{chr(10)}  '.join(written)},\n]\ntreatment_free_days = {free}\n{stated}"
    )


def waiver(rule: str, expires: str = "", at: str = "", value: object = "") -> str:
    """Write a waiver; without a place, one of the form that blinplan had first."""
    place = f'at = "{at}"\nvalue = {json.dumps(value)}\n' if at else ""
    last_day = f"expires = {expires}\n" if expires else ""
    return f'\n[[waiver]]\nrule = "{rule}"\n{place}reason = "Amendment 3"\n{last_day}'


def judgement_of(
    text: str,
    simulator: PatientSimulator | None = None,
    today: date = TODAY,
    settings: Settings = DEFAULTS,
    patient: Patient | None = None,
    site: Site | None = None,
    beside: str | None = None,
    begins: datetime | None = None,
) -> Judgement:
    """Read and judge a text: by itself, or as a file of a run, with another text ``beside`` it unless that is empty."""
    reading = read(text.encode(), "probe.toml")
    if beside is None:
        return judge(reading, today, simulator, settings, patient, site, begins=begins)
    others = [read(beside.encode(), "beside.toml")] if beside else []
    together = neighbours_of(AmongOthers(Content.of(one), settings.label, None) for one in (reading, *others))
    return judge(reading, today, simulator, settings, patient, site, together)


def judgement_of_lines(
    lines: str,
    simulator: PatientSimulator | None = None,
    today: date = TODAY,
    settings: Settings = DEFAULTS,
    patient: Patient | None = None,
    site: Site | None = None,
    beside: str | None = None,
    begins: datetime | None = None,
) -> Judgement:
    """Judge a whole regimen file around some lines, beside another where the lines of one are given."""
    other = regimen_text(beside) if beside else beside
    return judgement_of(regimen_text(lines), simulator, today, settings, patient, site, other, begins)


def verdict_of(judgement: Judgement, code: str) -> Verdict:
    """The one verdict of a rule."""
    (verdict,) = [verdict for verdict in judgement.verdicts if verdict.rule.code == code]
    return verdict


def codes(judgement: Judgement) -> list[str]:
    """The codes of the findings that count, sorted."""
    return sorted(finding.code for finding in judgement.findings)


def marks(judgement: Judgement, code: str) -> list[str]:
    """The text that the findings of a rule point at."""
    text = judgement.reading.document.text
    return [text[f.span.start : f.span.end] for f in verdict_of(judgement, code).findings]


@dataclass(frozen=True, slots=True)
class Script(PatientSimulator):
    """A simulation that says what it was told to say, and remembers how often it was asked."""

    patients: int = 1
    seed: int = 1
    answers: tuple[SimulatedOutcome | NotEvaluated, ...] = ()
    requests: list[int] = field(default_factory=list)

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        for number, outcome in enumerate(self.answers):
            self.requests.append(number)
            yield outcome


def outcome(depleted: int, total: int, *recovered: tuple[int, int]) -> SimulatedOutcome:
    """What a simulated population did, from counts; nothing to remark in its T cells and cytokines."""
    return SimulatedOutcome(
        "adult-rr",
        1,
        total,
        Proportion(depleted, total),
        tuple(Proportion(count, of) for count, of in recovered),
        escalation=None,
        first_peak=Median(30.0, 29.0, 31.0, total),
        labelled_peak=("rr-adult", Median(30.0, 29.0, 31.0, total)),
        later_elevation=tuple(Proportion(0, total) for _ in recovered),
    )


def script(*outcomes: SimulatedOutcome | NotEvaluated) -> Script:
    """A simulation that gives these outcomes, one after the other."""
    return Script(answers=outcomes)
