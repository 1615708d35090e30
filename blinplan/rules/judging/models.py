"""What simulated rules say under plausible models: where the model decides a verdict, and not the regimen alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from blinplan.rules.configuration.settings import Settings
from blinplan.rules.judging.answers import answer_of
from blinplan.rules.rule import Case, Rule
from blinplan.rules.verdict import Ruling, Verdict

if TYPE_CHECKING:
    from blinplan.rules.simulated.outcome import SimulatedOutcome


class OverModels(NamedTuple):
    """What one rule says of a file under plausible models.

    Attributes
    ----------
    rule
        Its code.
    shipped
        What it says under the shipped parameters, on as many patients as that took.
    finds, passes
        Under how many plausible models it finds something, and under how many nothing, each on the first patients.
    models
        How many there are.
    """

    rule: str
    shipped: Ruling
    finds: int
    passes: int
    models: int

    @property
    def differs(self) -> int:
        """Under how many models it says something else than under the shipped parameters."""
        alike = {Ruling.FINDING: self.finds, Ruling.PASS: self.passes}
        return self.models - alike.get(self.shipped, self.models - self.finds - self.passes)

    @property
    def text(self) -> str:
        """Say so in words."""
        says = {Ruling.FINDING: "finds something", Ruling.PASS: "passes"}.get(self.shipped, "is undecided")
        told = f"{self.rule} {says}"
        if not self.differs:
            return f"{told}, as in all of {self.models} plausible models"
        if self.shipped is Ruling.FINDING:
            return f"{told}, and passes in {self.passes} of {self.models} plausible models"
        return f"{told}, and finds something in {self.finds} of {self.models} plausible models"


def over_models(
    rules: Iterable[Rule],
    case: Case,
    answers: Mapping[str, Verdict],
    settings: Settings,
    outcomes: "Sequence[SimulatedOutcome]",
) -> Iterator[OverModels]:
    """Ask the rules that answered, or could not tell, again under each plausible model."""
    cases = [replace(case, outcome=outcome) for outcome in outcomes]
    for rule in rules:
        shipped = answers[rule.code]
        if shipped.ruling is Ruling.NOT_EVALUATED and not shipped.undecided:
            continue
        rulings = [answer_of(rule, one, settings).ruling for one in cases]
        finds, passes = (rulings.count(ruling) for ruling in (Ruling.FINDING, Ruling.PASS))
        yield OverModels(rule.code, shipped.ruling, finds, passes, len(outcomes))
