"""The endpoints of one regimen: those that are compared, and the steady state of each of its doses."""

from functools import partial

from blinplan.design.comparison.endpoints import ReadableEndpoints, endpoints_of
from blinplan.simulation.crowd.kept import heads_of
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.trials.cohort_trial import CohortOutcome
from blinplan.simulation.trials.trial import Outcome


def readers_of(outcome: Outcome | CohortOutcome, asked: AskedEndpoints) -> ReadableEndpoints:
    """All endpoints of an outcome by their keys; each is read when it is called for."""
    read = endpoints_of(outcome, asked, ())
    heads = heads_of(outcome.quantities)
    steady = {
        head.key: partial(outcome.quantities.__getitem__, number)
        for number, head in enumerate(heads)
        if head.key not in read.quantities
    }
    return ReadableEndpoints({**read.quantities, **steady}, read.events)
