"""Whole regimen files around the few lines that a test is about, and judgements on them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from blinplan.proportion import Proportion
from blinplan.regimen.read import read
from blinplan.regimen.regimen import Regimen
from blinplan.rules.check import Judgement, Verdict, judge
from blinplan.rules.outcome import SimulatedOutcome
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.virtual import Simulated

TODAY = date(2026, 3, 1)


def regimen_text(lines: str, *, top: str = "", title: str = "A regimen for a test") -> str:
    """Write a whole regimen file around the lines of a rule's example; its basis follows the doses."""
    form = "" if lines.startswith("format") else "format = 1\n"
    basis = "bsa" if "/m2/d" in lines or "/m²/d" in lines else "flat"
    dosing = "" if "[dosing]" in lines else f'[dosing]\nbasis = "{basis}"\n\n'
    first, rest = (f"{lines}\n", cycle()) if lines.startswith("format") else ("", lines)
    return (
        f'{form}{first}name = "probe"\ntitle = "{title}"\nindication = "relapsed-refractory"\n{top}\n'
        f'[[sources]]\ncitation = "none"\nstatus = "seen"\n\n{dosing}{rest}\n'
    )


def cycle(*steps: str, free: int = 14, repeat: int = 1, phase: str = "") -> str:
    """Write a cycle; a step is written as ``28 mcg/day for 28 days``."""
    written = []
    for step in steps or ("28 mcg/day for 28 days",):
        dose, held = step.split(" for ")
        number, unit = held.split(" ")
        written.append(f'{{ dose = "{dose}", {unit} = {number} }}')
    kind = f'phase = "{phase}"\n' if phase else ""
    return (
        f'[[cycle]]\nname = "Cycle"\n{kind}repeat = {repeat}\n'
        f"steps = [\n  {f',{chr(10)}  '.join(written)},\n]\ntreatment_free_days = {free}\n"
    )


def waiver(rule: str, expires: str = "") -> str:
    """Write a waiver."""
    return f'\n[[waiver]]\nrule = "{rule}"\nreason = "Amendment 3"\n' + (f"expires = {expires}\n" if expires else "")


def judged(text: str, simulated: Simulated | None = None, today: date = TODAY) -> Judgement:
    """Read and judge a text."""
    return judge(read(text.encode(), "probe.toml"), today, simulated)


def judged_lines(lines: str, simulated: Simulated | None = None, today: date = TODAY) -> Judgement:
    """Judge a whole regimen file around some lines."""
    return judged(regimen_text(lines), simulated, today)


def verdict_of(judgement: Judgement, code: str) -> Verdict:
    """The one verdict of a rule."""
    (verdict,) = [verdict for verdict in judgement.verdicts if verdict.rule.code == code]
    return verdict


def codes(judgement: Judgement) -> list[str]:
    """The codes of the findings that count, sorted."""
    return sorted(finding.code for finding in judgement.findings)


def marked(judgement: Judgement, code: str) -> list[str]:
    """The text that the findings of a rule point at."""
    text = judgement.reading.document.text
    return [text[f.span.start : f.span.end] for f in verdict_of(judgement, code).findings]


@dataclass(frozen=True, slots=True)
class Told(Simulated):
    """A simulation that says what it was told to say, and remembers how often it was asked."""

    patients: int = 1
    seed: int = 1
    told: tuple[SimulatedOutcome | NotEvaluated, ...] = ()
    asked: list[int] = field(default_factory=list)

    def outcomes(self, regimen: Regimen) -> Iterator[SimulatedOutcome | NotEvaluated]:
        for number, outcome in enumerate(self.told):
            self.asked.append(number)
            yield outcome


def outcome(depleted: int, total: int, *recovered: tuple[int, int]) -> SimulatedOutcome:
    """What a simulated population did, from counts."""
    return SimulatedOutcome(
        "adult-rr", 1, Proportion(depleted, total), tuple(Proportion(count, of) for count, of in recovered)
    )


def told(*outcomes: SimulatedOutcome | NotEvaluated) -> Told:
    """A simulation that gives these outcomes, one after the other."""
    return Told(told=outcomes)
