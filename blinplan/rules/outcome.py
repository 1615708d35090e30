"""What a simulation says to the rules: shares of virtual patients."""

from dataclasses import dataclass

from blinplan.proportion import Proportion


@dataclass(frozen=True, slots=True)
class SimulatedOutcome:
    """What one simulated population did under one regimen.

    Attributes
    ----------
    population
        The preset's name.
    seed
        The seed its patients were drawn from.
    depleted
        Patients with B cells at or below the depletion count at some time in the infusion of cycle 1.
    recovered
        By cycle that is followed by another: patients whose B cells were above that count at some time before the next
        cycle, out of those at or below it when the infusion ended.
    """

    population: str
    seed: int
    depleted: Proportion
    recovered: tuple[Proportion, ...]
