"""Whether a parameter set keeps what the shipped one keeps: every claim, and every published number that it meets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from blinplan.evidence.evaluate import Bounds, Expectation, Measurement, load_claims, measure
from blinplan.evidence.study import Study
from blinplan.executors.executor import InTurn
from blinplan.physiology.model.parameters import Preset, load_parameters
from blinplan.simulation.models.plausible import Values, presets_with

FIRST_SEED = 1
"""On whose patients the sets are made."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """What has to hold on so many patients of a seed: all that holds for the parameters that are shipped.

    ``_shipped`` is, where these are few of all patients, what each number of the shipped parameters is on all, and what
    it is on these. ``_failed`` counts what failed, so that it is asked first; that changes the time alone.
    """

    patients: int
    seed: int
    kept: tuple[Expectation, ...]
    _shipped: dict[Expectation, tuple[Measurement, float]] = field(default_factory=dict)
    _failed: Counter[Expectation] = field(default_factory=Counter)

    def keeps(self, values: Values) -> bool:
        """Whether a parameter set keeps all of it; the first measure that does not ends the look."""
        for found in self.measurements(values, sorted(self.kept, key=lambda each: -self._failed[each])):
            if not keeps(found):
                self._failed[found.expectation] += 1
                return False
        return True

    def measurements(self, values: Values, asked: tuple[Expectation, ...] | list[Expectation]) -> Iterator[Measurement]:
        """What each number is for a parameter set, one after the other."""
        study = _study(presets_with(values), self.patients, self.seed)
        return (self._on_all(measure(study, each)) for each in asked)

    def _on_all(self, found: Measurement) -> Measurement:
        """What a number would be on all patients, if the set moved it there as far as it moves it here."""
        if found.expectation not in self._shipped:
            return found
        there, here = self._shipped[found.expectation]
        by = found.value - here
        ends = None if there.interval is None else (there.interval[0] + by, there.interval[1] + by)
        return replace(there, value=there.value + by, interval=ends)


def band_of_sets(expectation: Expectation) -> Bounds:
    """Where a measure of a parameter set must land."""
    return expectation.band if expectation.of_sets is None else expectation.of_sets


def keeps(found: Measurement) -> bool:
    """Whether a measure of a parameter set lands where it must."""
    return found.holds if found.expectation.of_sets is None else found.expectation.of_sets.holds(found.value)


@cache
def screen(patients: int, seed: int) -> Sieve:
    """What has to hold on all patients of a seed: what the shipped parameters keep there and on those of the first."""
    there = _measurements(patients, seed)
    kept = (each for each, found in _measurements(patients, FIRST_SEED).items() if found.holds and there[each].holds)
    return Sieve(patients, seed, tuple(kept))


@cache
def quick_screen(few: int, patients: int, seed: int) -> Sieve:
    """The same, judged on a few of them, and without what holds by construction whatever the parameters are."""
    kept = [each for each in screen(patients, seed).kept if each.construction is None or each.of_sets is not None]
    here = _study(dict(load_parameters().presets), few, seed)
    shipped = {each: (_measurements(patients, seed)[each], measure(here, each).value) for each in kept}
    return Sieve(few, seed, tuple(kept), shipped)


@cache
def _measurements(patients: int, seed: int) -> Mapping[Expectation, Measurement]:
    study = _study(dict(load_parameters().presets), patients, seed)
    return {each: measure(study, each) for claim in load_claims() for each in claim.expectations}


def _study(presets: dict[str, Preset], patients: int, seed: int) -> Study:
    return Study(presets, patients, seed, executor=InTurn())
