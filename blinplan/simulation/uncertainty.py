"""How far the results depend on what is not known exactly: the typical values of the parameters themselves.

This is apart from the variability between patients. Each parameter set has other typical values; the virtual patients
keep their covariates and random effects, so that nothing else differs. Published sets are drawn within the standard
errors that were published, which three parameters have. Plausible sets differ in all that no source pins down, and
each of them keeps what the evidence holds the model to: what lies between them is a range, and no confidence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from blinplan.physiology.model.normal import normal_quantile
from blinplan.physiology.model.parameters import Parameter, Preset, load_parameters
from blinplan.physiology.model.population import FloatArray
from blinplan.proportion import Proportion
from blinplan.simulation.crowd.kept import arrays_in, heads_of
from blinplan.simulation.models.plausible import plausible_presets
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import Distribution, Occurrence, Quantity, distribution, halves, middles, over_sets_of

_STREAM = 1  # of the generator; the patients are drawn from stream 0


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Results over parameter sets.

    Attributes
    ----------
    of
        Where the sets come from.
    sets
        How many there are, beside the shipped parameters.
    parameters
        The parameters in which published sets differ: those with a published standard error.
    medians
        By quantity: the distribution, over the sets, of the population's median; of times, over all at risk. Of
        plausible sets ``low`` and ``high`` are the least and the greatest, those of the shipped parameters among them.
    shares
        By event: the same of the share of patients it happens to.
    """

    sets: int
    parameters: tuple[str, ...]
    medians: dict[str, Distribution]
    shares: dict[str, Distribution]
    of: SetsOf = SetsOf.PUBLISHED


def uncertain_parameters(preset: Preset) -> tuple[str, ...]:
    """Names of the simulated parameters whose typical value was published with a standard error."""
    return tuple(key for key, parameter in preset.parameters.items() if parameter.simulated and parameter.precision)


def sets_of(of: SetsOf, preset: str, sets: int, seed: int) -> Iterator[Preset]:
    """A population under each of so many parameter sets.

    Raises
    ------
    StaleSetsError, TooFewSetsError
        When plausible sets were made for other parameters, or there are not so many.
    """
    return plausible_presets(preset, sets) if of is SetsOf.PLAUSIBLE else parameter_sets(preset, sets, seed)


def parameter_sets(preset: str, sets: int, seed: int) -> Iterator[Preset]:
    """Draw typical values, log-normal with the published relative standard errors; set i is the same however many."""
    base = load_parameters().presets[preset]
    keys = uncertain_parameters(base)
    generator = np.random.Philox(key=np.array([seed, _STREAM], dtype=np.uint64))
    words = generator.random_raw(sets * len(keys)).reshape(sets, len(keys))
    normal = normal_quantile(((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)
    for row in normal:
        yield base.with_values({key: _draw(base.parameters[key], z) for key, z in zip(keys, row, strict=True)})


def _draw(parameter: Parameter, normal: float) -> float:
    return parameter.value * float(np.exp(_standard_error(parameter) * normal))


def _standard_error(parameter: Parameter) -> float:
    return parameter.precision.relative_standard_error if parameter.precision else 0.0


class SetOutcome(NamedTuple):
    """What came of the population under one parameter set, by the keys of the endpoints."""

    medians: dict[str, float]
    shares: dict[str, float]


def set_outcome(quantities: Sequence[Quantity], events: Sequence[Occurrence]) -> SetOutcome:
    """The medians and shares of a population, which are all that is kept of it: those of each endpoint by itself."""
    return SetOutcome(_medians(quantities), _shares(events))


def _medians(quantities: Sequence[Quantity]) -> dict[str, float]:
    heads, each = heads_of(quantities), list(arrays_in(quantities))
    if not each:
        return {}
    values = np.stack([arrays["values"] for arrays in each])
    everybody = np.ones(values.shape[1], dtype=np.bool_)
    at_risk = np.stack([arrays.get("at_risk", everybody) for arrays in each])
    is_time = np.array([head.is_time for head in heads])
    found = np.where(is_time, halves(values, at_risk), middles(values))
    return dict(zip((head.key for head in heads), found.tolist(), strict=True))


def _shares(events: Sequence[Occurrence]) -> dict[str, float]:
    each = list(arrays_in(events))
    if not each:
        return {}
    at_risk = np.stack([arrays["at_risk"] for arrays in each])
    happens = np.stack([arrays["happens"] for arrays in each]) & at_risk
    counts = zip(happens.sum(axis=1).tolist(), at_risk.sum(axis=1).tolist(), strict=True)
    return {head.key: Proportion(*of).value for head, of in zip(heads_of(events), counts, strict=True)}


def over_sets(preset: str, sets: Sequence[SetOutcome]) -> Uncertainty:
    """Gather the medians and shares of all sets that were drawn within published errors."""
    medians = {key: over_sets_of(np.array([one.medians[key] for one in sets])) for key in sets[0].medians}
    shares = {key: distribution(np.array([one.shares[key] for one in sets])) for key in sets[0].shares}
    keys = uncertain_parameters(load_parameters().presets[preset])
    return Uncertainty(len(sets), keys, medians, shares)


def over_models(shipped: SetOutcome, sets: Sequence[SetOutcome]) -> Uncertainty:
    """Gather the medians and shares of the shipped parameters and of all plausible sets: between what they lie."""
    models = (shipped, *sets)
    medians = {key: _span(np.array([one.medians[key] for one in models])) for key in shipped.medians}
    shares = {key: _span(np.array([one.shares[key] for one in models])) for key in shipped.shares}
    return Uncertainty(len(sets), (), medians, shares, SetsOf.PLAUSIBLE)


def _span(values: FloatArray) -> Distribution:
    """The middle, the least and the greatest of what is known; what never comes is the greatest."""
    known = np.sort(values[~np.isnan(values)])
    if not known.size:
        return Distribution(np.nan, np.nan, np.nan, 0)
    return Distribution(float(known[known.size // 2]), float(known[0]), float(known[-1]), int(known.size))
