"""What was delivered of a plan, and what virtual patients go through in the course as it came to be and as planned."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blinplan.api.plausible import require_sets
from blinplan.api.simulating.numbers import require_numbers
from blinplan.data_table import table_html
from blinplan.refusal import Refusal
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.api.simulating.patients import PatientSource
    from blinplan.course.dated import Dated
    from blinplan.executors.executor import Executor
    from blinplan.simulation.delivered import Delivered, DeliveredCycle

PUBLIC = ("DeliveredResult",)


@dataclass(frozen=True, slots=True, repr=False)
class DeliveredResult:
    """A course as it came to be beside the course as it was planned.

    Attributes
    ----------
    dated
        The plan.
    delivered
        Doses by cycle, and the same virtual patients in the one course and in the other.
    """

    dated: "Dated"
    delivered: "Delivered"
    _in_plan: "Callable[[DeliveredResult], str]"

    @property
    def cycles(self) -> "tuple[DeliveredCycle, ...]":
        """What each cycle delivers beside what was planned, exact; the whole course is last."""
        return self.delivered.cycles

    def report(self, screen: Screen) -> "list[RenderableType]":
        """Draw it."""
        from blinplan.reports.plan.ledger import ledger_report
        from blinplan.reports.plan.simulated.delivered import delivered_report

        return [*delivered_report(self.delivered, screen), *ledger_report(self.dated)]

    def document(self) -> dict[str, Any]:
        """The same as data for JSON: what the document of the plan has of it."""
        from blinplan.reports.plan.simulated.delivered import delivered_json

        return dict(delivered_json(self.delivered))

    def text(self, *, screen: Screen = PLAIN) -> str:
        """Write it as the command line does."""
        return screen.render(*self.report(screen))

    def json(self) -> str:
        """Write the plan as a JSON document, with this in it, as the command line does."""
        return self._in_plan(self)

    def columns(self) -> dict[str, list[Any]]:
        """A row for each cycle, and a last one for the whole course, whose cycle is None; doses in mcg."""
        both = [(cycle.delivered, cycle.planned) for cycle in self.cycles]
        return {
            "cycle": [cycle.cycle for cycle in self.cycles],
            "infusion_minutes_delivered": [delivered.infused for delivered, _ in both],
            "infusion_minutes_planned": [planned.infused for _, planned in both],
            "mcg_delivered": [float(delivered.micrograms) for delivered, _ in both],
            "mcg_planned": [float(planned.micrograms) for _, planned in both],
        }

    def __repr__(self) -> str:
        whole = self.cycles[-1]
        given, planned = float(whole.delivered.micrograms), float(whole.planned.micrograms)
        return f"<DeliveredResult of {self.dated.course.regimen.name}: {given:g} of {planned:g} mcg>"

    def _repr_html_(self) -> str:
        return table_html(self.columns(), repr(self)[1:-1])


def delivered_of(
    dated: "Dated",
    in_plan: "Callable[[DeliveredResult], str]",
    patients: "PatientSource",
    seed: int,
    executor: "Executor | None",
    progress: Callable[[int], None] | None,
    models: int = 0,
) -> DeliveredResult:
    """Send the same virtual patients through the course as it came to be, and as it was planned.

    ``in_plan`` writes the document of the plan with what is found.
    """
    from blinplan.api.simulating.patients import people_of, refuse_own_courses
    from blinplan.simulation.delivered import compare_delivery
    from blinplan.simulation.dosing import NotEligibleError
    from blinplan.simulation.people.people import PeopleError

    whom = people_of(patients)
    require_numbers(whom, seed=seed, models=models)
    if models:
        require_sets(models)
    if whom is None:
        raise Refusal("what was delivered is compared on virtual patients", "give their number, or a table of patients")
    refuse_own_courses(whom, "the course is that of the record")
    try:
        found = compare_delivery(dated, patients=whom, seed=seed, models=models, executor=executor, progress=progress)
    except NotEligibleError as error:
        raise Refusal(str(error), "choose another view; no virtual population fits this regimen") from error
    except PeopleError as error:
        raise Refusal(str(error), error.advice) from error
    return DeliveredResult(dated, found, in_plan)
