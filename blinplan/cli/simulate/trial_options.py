"""What every command asks that sends virtual patients through regimens: `simulate`, `compare`, and what varies them."""

from contextlib import AbstractContextManager
from typing import Annotated, NamedTuple

import typer

from blinplan.api.patient import AreaFormula, Figures
from blinplan.api.ranges import FIRST
from blinplan.api.vocabulary import Attenuation
from blinplan.cli.app.options import (
    AttenuationOption,
    FollowUp,
    Patients,
    People,
    Population,
    PremedicationEffect,
    Scheduler,
    Seed,
    Threads,
)
from blinplan.cli.app.patient_options import AgeOption, Area, Formula, Height, Weight, figures
from blinplan.cli.app.uncertainty import SetsOption, UncertaintyOption, WantedSets, read_uncertainty
from blinplan.cli.simulate.endpoint_options import (
    ByDay,
    EndpointKeys,
    EndpointTexts,
    OwnEndpoints,
    read_endpoint_options,
)
from blinplan.executors.executor import Executor, executor_of

First = Annotated[
    int,
    typer.Option(
        "--first",
        metavar="N",
        min=FIRST.least,
        max=FIRST.most,
        help="Begin with patient N of the seed; blinplan merge joins parts of a simulation (-o PART.npz).",
        rich_help_panel="Virtual patients",
    ),
]


class WhomOptions(NamedTuple):
    """Who the virtual patients are."""

    patients: Patients = 1000
    first: First = 1
    seed: Seed = 1
    population: Population = None
    people: People = None


class RunOptions(NamedTuple):
    """With which parameters they are sent through besides the shipped ones, and by whom."""

    uncertainty: UncertaintyOption = None
    sets: SetsOption = None
    threads: Threads = None
    scheduler: Scheduler = None

    def parameter_sets(self) -> WantedSets:
        """The parameter sets that are wanted, as `read_uncertainty`."""
        return read_uncertainty(self.uncertainty, self.sets)

    def executor(self) -> AbstractContextManager[Executor]:
        """Who sends them through, as `executor_of`."""
        return executor_of(self.threads, self.scheduler)


class BodyOptions(NamedTuple):
    """The size and age of one patient: the typical one, or whose amounts are told."""

    weight: Weight = None
    height: Height = None
    bsa: Area = None
    bsa_formula: Formula = AreaFormula.MOSTELLER
    age: AgeOption = None

    def figures(self) -> Figures:
        """What is said of the patient."""
        return figures(*self)


class CourseOptions(NamedTuple):
    """How a course is simulated."""

    follow_up: FollowUp = 0
    attenuation: AttenuationOption = Attenuation.DESENSITISATION
    premedication: PremedicationEffect = False


class EndpointOptions(NamedTuple):
    """Which endpoints are wanted."""

    endpoints: EndpointKeys = None
    endpoint: OwnEndpoints = None
    by_day: ByDay = None

    def texts(self, *, typical: bool = False, curves: str | None = None) -> EndpointTexts:
        """The endpoints that are asked for, as `read_endpoint_options`."""
        return read_endpoint_options(*self, typical=typical, curves=curves)
