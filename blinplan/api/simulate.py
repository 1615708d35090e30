"""Virtual patients through a regimen."""

from typing import TYPE_CHECKING, Any

from blinplan.regimen.regimen import Regimen

if TYPE_CHECKING:
    from blinplan.physiology.model.population import FloatArray
    from blinplan.simulation.trial import Simulation


def simulate(regimen: Regimen, **options: Any) -> "Simulation":
    """Run a regimen on virtual patients; the options are those of `blinplan.simulation.trial.run`.

    >>> from blinplan import load, simulate
    >>> simulation = simulate(load("rr-adult"), patients=None)
    >>> {quantity.key: round(float(quantity.values[0]), 2) for quantity in simulation.quantities[:2]}
    {'steady_state_9': 168.92, 'steady_state_28': 525.53}
    """
    from blinplan.simulation.trial import run

    return run(regimen, **options)


def table(simulation: "Simulation") -> dict[str, "FloatArray"]:
    """Every patient's body and endpoints, as columns for ``pandas.DataFrame`` or ``polars.DataFrame``.

    Names say the unit; NaN is where an endpoint does not occur in a patient. Yes-or-no endpoints are 1 or 0.

    >>> from blinplan import load, simulate, table
    >>> columns = table(simulate(load("rr-adult"), patients=100))
    >>> len(columns["b_nadir_per_ul"])
    100
    """
    from blinplan.reports.simulation.data import endpoint_table

    return endpoint_table(simulation, "").values()
