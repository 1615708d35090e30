"""The states of the model, each said once: starts, equations, SBML, curves and checks of drift follow from here.

The engine advances them in the order of `States`; how is in `stages`, by the steps of `mechanism`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from blinplan.physiology.model.cytokines import CYTOKINES, ELEVATED, column_name, signal_name
from blinplan.physiology.model.mechanism import CELLS_OF_A_FULL_MARROW, LOG_ONE_CELL
from blinplan.physiology.model.population import FloatArray, Population

Start = Callable[[Population], FloatArray | float]


class States(NamedTuple):
    """The value of every state, in the order of `TABLE`."""

    concentration: FloatArray
    cytolytic: FloatArray
    adhesion_memory: FloatArray
    release_memory: FloatArray
    proliferation: FloatArray
    t_total: FloatArray
    t_adherent: FloatArray
    marrow_1: FloatArray
    marrow_2: FloatArray
    marrow_3: FloatArray
    b_blood: FloatArray
    log_blasts: FloatArray
    release: FloatArray


ROW = {name: i for i, name in enumerate(States._fields)}
"""The row of each state where states are rows of an array."""


def _nothing(_: Population) -> float:
    return 0.0


def _baseline(_: Population) -> float:
    return 1.0


_PG_PER_MOLECULE = 54_000.0 / 6.022_140_76e23 * 1e12
"""About 54 kDa, in picogram."""
_ML_PER_LITRE = 1000.0


class Least(NamedTuple):
    """What is next to none of a state: its value, and that in words."""

    value: Callable[[Population], float]
    meaning: str


_LEAST_SHARE = Least(lambda _: 1e-12, "what nobody could tell from none")
_ONE_MOLECULE = Least(
    lambda patients: _PG_PER_MOLECULE / (_ML_PER_LITRE * patients.constants.volume),
    "one molecule in the central volume, pg/mL",
)
_ONE_CELL = Least(lambda _: 2e-7, "one cell in five litres, cells/uL")


@dataclass(frozen=True, slots=True)
class State:
    """One state of a patient.

    Attributes
    ----------
    name : as in `States`, in the equations and in SBML.
    meaning : what it is, in words.
    unit : "1" for a plain number.
    rate : its rate of change per day, as a formula of states, signals and parameters; written apart from `mechanism`,
        so that the tests can hold the two to each other.
    start : its value in each patient before the first infusion.
    rests : whether it stays there without drug.
    least : of a state that fades without drug, what is next to none: less than a molecule, or than a cell, cannot be
        there. Exported models make less none where an infusion begins; None of a state that does not fade.
    """

    name: str
    meaning: str
    unit: str
    rate: str
    start: Start = _nothing
    rests: bool = True
    least: Least | None = None


TABLE = (
    State(
        "concentration",
        "drug in plasma, pg/mL",
        "pg/mL",
        "(1000 * rate - clearance * concentration) / volume",
        least=_ONE_MOLECULE,
    ),
    State(
        "cytolytic",
        "cytolytic proteins",
        "1",
        "cytolytic_rate * (lytic * effectors - cytolytic)",
        least=_LEAST_SHARE,
    ),
    State(
        "adhesion_memory",
        "activation that adhesion has adapted to",
        "1",
        "(adhesion_recovery + adhesion_adaptation * activation) * (activation - adhesion_memory)",
    ),
    State(
        "release_memory",
        "activation that cytokine release is desensitised to",
        "1",
        "(resensitisation + desensitisation * activation) * (activation - release_memory)",
    ),
    State(
        "proliferation",
        "proliferation signal",
        "1",
        "proliferation_loss * (activation * effectors * targets - proliferation)",
        least=_LEAST_SHARE,
    ),
    State(
        "t_total",
        "T cells in blood and adherent, cells/uL",
        "cells/µL",
        "homeostasis * (t_cells - t_total) + proliferation_rate * proliferation * t_cells",
        start=lambda patients: patients.t_cells,
    ),
    State(
        "t_adherent",
        "adherent T cells, cells/uL",
        "cells/µL",
        "adhesion * (t_total - t_adherent) - return_rate * t_adherent",
        least=_ONE_CELL,
    ),
    State(
        "marrow_1",
        "first marrow stage over baseline",
        "1",
        "regeneration_rate * (1 - marrow_1) - marrow_sensitivity * lysis * marrow_1",
        start=_baseline,
    ),
    State(
        "marrow_2",
        "second marrow stage over baseline",
        "1",
        "regeneration_rate * (marrow_1 - marrow_2) - marrow_sensitivity * lysis * marrow_2",
        start=_baseline,
    ),
    State(
        "marrow_3",
        "third marrow stage over baseline",
        "1",
        "regeneration_rate * (marrow_2 - marrow_3) - marrow_sensitivity * lysis * marrow_3",
        start=_baseline,
    ),
    State(
        "b_blood",
        "B cells in blood, cells/uL",
        "cells/µL",
        "b_turnover * (b_cells * marrow_3 - b_blood) - lysis * b_blood",
        start=lambda patients: patients.b_cells,
    ),
    State(
        "log_blasts",
        f"ln of blasts as a fraction of marrow capacity, taken as {CELLS_OF_A_FULL_MARROW:g} cells; below one cell,"
        f" {LOG_ONE_CELL:.3f}, they are held at it while blast_change is negative",
        "1",
        "blast_change * (1 - below_one_cell)",
        start=lambda patients: np.log(patients.blasts),
        rests=False,
    ),
    State(
        "release",
        "elevated cytokines above baseline, over release",
        "day",
        "released - cytokine_loss * release",
        least=_LEAST_SHARE,
    ),
)
"""Every state, in the order of `States`."""


@dataclass(frozen=True, slots=True)
class ShownState:
    """Something that is shown of the states of a patient over time.

    Attributes
    ----------
    key, label, unit : its name on the command line, what it is called, and the unit of its values.
    column, meaning : its column in a table, and what stands there.
    values : (times, patients) from the states and the patients.
    baseline : what a curve of it is drawn in percent of; None where it is drawn as it is.
    drawn : whether it can be drawn as a curve.
    quantity : what it is called in an endpoint of somebody's own; None where the engine keeps no curve of it between
        the steps, by which such an endpoint is found (`watch`).
    """

    key: str
    label: str
    unit: str
    column: str
    meaning: str
    values: Callable[[States, Population], FloatArray]
    baseline: Callable[[Population], FloatArray] | None = None
    drawn: bool = True
    quantity: str | None = None


def t_blood(states: States) -> FloatArray:
    """T cells in blood, cells/µL."""
    return states.t_total - states.t_adherent


def cytokine(name: str, states: States, patients: Population) -> FloatArray:
    """One cytokine (times, patients) in pg/mL; those that are not elevated stay at their baseline."""
    baseline = patients.cytokine_baseline[CYTOKINES.index(name)]
    if name not in ELEVATED:
        return np.ascontiguousarray(np.broadcast_to(baseline, states.release.shape))
    return np.asarray(baseline + patients.cytokine_release[ELEVATED.index(name)] * states.release)


def _cytokine(name: str) -> ShownState:
    column = f"{column_name(name)}_pg_per_ml"
    return ShownState(
        signal_name(name),
        name,
        "pg/mL",
        column,
        name,
        lambda states, patients: cytokine(name, states, patients),
        quantity=name,
    )


SHOWN = (
    ShownState(
        "drug",
        "Drug concentration",
        "pg/mL",
        "drug_pg_per_ml",
        "drug in plasma",
        lambda states, _: states.concentration,
        quantity="drug",
    ),
    ShownState(
        "b-cells",
        "B cells",
        "cells/µL",
        "b_cells_per_ul",
        "B cells in blood",
        lambda states, _: states.b_blood,
        quantity="B cells",
    ),
    ShownState(
        "t-cells",
        "T cells",
        "cells/µL",
        "t_cells_per_ul",
        "T cells in blood",
        lambda states, _: t_blood(states),
        baseline=lambda patients: patients.t_cells,
        quantity="T cells",
    ),
    *(_cytokine(name) for name in ELEVATED),
    ShownState(
        "blasts",
        "Blasts",
        "1",
        "blasts_fraction",
        f"blasts in marrow, as a fraction of its capacity; {1.0 / CELLS_OF_A_FULL_MARROW:g} is fewer than one cell",
        lambda states, _: np.asarray(np.exp(states.log_blasts)),
        drawn=False,
        quantity="blasts",
    ),
)
"""All that is shown of the states, in the order of the columns."""


def initial_state(patients: Population) -> FloatArray:
    """States (states, N) before the first infusion: the drug-free steady state."""
    start = np.empty((len(TABLE), patients.size))
    for row, state in zip(start, TABLE, strict=True):
        row[:] = state.start(patients)
    return start
