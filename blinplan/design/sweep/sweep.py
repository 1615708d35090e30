"""A sweep that was run: its cells by their points, what of them is shown, and the doses at which half are there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from blinplan.design.sweep.cell import Cell, CellEndpoint, CellMeasure, EndpointName
from blinplan.design.sweep.half import DoseShare, HalfDose, half_dose
from blinplan.design.sweep.kept import KeptCells
from blinplan.design.sweep.plan import DAYS_DEPLETED, SweepPlan, Variant
from blinplan.design.sweep.run import run_cells
from blinplan.design.variation.axis import AxisValue, Point, RegimenPlace, VariedAxis
from blinplan.design.variation.places import spots
from blinplan.executors.executor import Executor
from blinplan.refusal import Refusal
from blinplan.simulation.endpoints.table import B_DEPLETED_DAY
from blinplan.simulation.trials.progress import count_on

DEPLETED = "b_depleted_cycle_1"
_USUAL = ("steady_state_highest", "il6_peak")
_DAYS_OF_CYCLE = "b_days_depleted_cycle_1"


class Half(NamedTuple):
    """The dose at which half of all are there: of which endpoint, and at which values of the other axes."""

    name: EndpointName
    others: Point
    dose: HalfDose


@dataclass(frozen=True)
class Sweep:
    """A plan and what came of it, in the order of the grid.

    Attributes
    ----------
    plan, cells
        All cells of the plan, or those that are done of a sweep that was ended.
    ended_by
        What ended it: somebody, or that there are no workers any more; None where all are done.
    """

    plan: SweepPlan
    cells: tuple[Cell, ...]
    ended_by: KeyboardInterrupt | Refusal | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether it was ended before all cells were done."""
        return self.ended_by is not None

    @property
    def axes(self) -> tuple[VariedAxis, ...]:
        """What is varied."""
        return self.plan.axes

    @cached_property
    def rows(self) -> tuple[tuple[Variant, Cell], ...]:
        """Every point that is done with what came of it."""
        return tuple((self.plan.variants[cell.number], cell) for cell in self.cells)

    @cached_property
    def heads(self) -> dict[EndpointName, CellEndpoint]:
        """All endpoints that any cell has, each as the first of them has it."""
        return {one.name: one for cell in reversed(self.cells) for one in reversed(cell.endpoints)}

    @cached_property
    def names(self) -> tuple[EndpointName, ...]:
        """All endpoints that were asked for, in their order."""
        order = dict.fromkeys(one.name for cell in self.cells for one in cell.endpoints)
        return tuple(name for name in order if self._is_asked(name))

    def _is_asked(self, name: EndpointName) -> bool:
        keys = self.plan.asked.keys
        return not keys or name.key in keys or name.key in self._own_keys

    @cached_property
    def _own_keys(self) -> frozenset[str]:
        return frozenset(key for one in self.plan.asked.own for key in one.keys)

    @cached_property
    def shown_names(self) -> tuple[EndpointName, ...]:
        """What of them tables show: all that somebody named, or else depletion, and a few numbers."""
        if self.plan.asked.keys:
            return self.names
        by_day = [name for name in self.names if name.by_day is not None and self._is_of_depletion(name.key)]
        usual = [EndpointName(key) for key in _USUAL]
        days = [name for name in self.names if name.key.startswith(DAYS_DEPLETED)] or [EndpointName(_DAYS_OF_CYCLE)]
        wanted = [*(by_day or [EndpointName(DEPLETED)]), *usual, days[0]]
        return tuple(name for name in self.names if name in wanted or name.key in self._own_keys)

    def _is_of_depletion(self, key: str) -> bool:
        return key == B_DEPLETED_DAY.key

    def shares(self) -> tuple[EndpointName, ...]:
        """What is shown and is a share."""
        return tuple(name for name in self.shown_names if self.heads[name].measure is CellMeasure.SHARE)

    def numbers(self) -> tuple[EndpointName, ...]:
        """What is shown and is a number or a time."""
        return tuple(name for name in self.shown_names if self.heads[name].measure is not CellMeasure.SHARE)

    @property
    def dose_axis(self) -> VariedAxis | None:
        """The axis along which doses are looked for: the one that varies doses, where there is one such alone."""
        found = [axis for axis in self.axes if axis.is_dose]
        return found[0] if len(found) == 1 else None

    def is_of_first_cycle(self, axis: VariedAxis) -> bool:
        """Whether an axis is of doses that the first cycle gives, in its unit."""
        if axis.base is None and any(value.is_factor for value in axis.values):
            return False
        return axis.is_dose and bool(self._steps_of_first_cycle(axis))

    def is_of_whole_dose(self, axis: VariedAxis) -> bool:
        """Whether they are all that the first cycle gives."""
        steps = range(len(self.plan.regimen.cycles[0].steps))
        return self.is_of_first_cycle(axis) and self._steps_of_first_cycle(axis) == set(steps)

    def _steps_of_first_cycle(self, axis: VariedAxis) -> set[int | None]:
        assert isinstance(axis.place, RegimenPlace)  # noqa: S101 - doses are of the regimen
        return {spot.place.step for spot in spots(self.plan.regimen, axis.place) if spot.place.cycle == 0}

    @cached_property
    def halves(self) -> tuple[Half, ...]:
        """The doses at which half of all are there, of every share that is shown."""
        return tuple(self._halves())

    def _halves(self) -> Iterator[Half]:
        axis = self.dose_axis
        if axis is None:
            return
        along = self.axes.index(axis)
        for name in self.shares():
            for others, rows in self._lines(along):
                half = self._half(name, [(_dose(axis, value), cell) for value, cell in rows])
                if half is not None:
                    yield Half(name, others, half)

    def _half(self, name: EndpointName, rows: Sequence[tuple[float, Cell]]) -> HalfDose | None:
        found = [(dose, cell.get(name)) for dose, cell in rows]
        shares = [DoseShare(dose, endpoint) for dose, endpoint in found if endpoint is not None]
        return half_dose(shares, self.plan.cohort.size, self.plan.seed) if len(shares) == len(found) else None

    def _lines(self, along: int) -> Iterator[tuple[Point, list[tuple[AxisValue, Cell]]]]:
        """The cells in lines along an axis, each with the values of the others."""

        def others(row: tuple[Variant, Cell]) -> Point:
            return tuple(one for at, one in enumerate(row[0].point) if at != along)

        def key(row: tuple[Variant, Cell]) -> tuple[int, ...]:
            point = others(row)
            return tuple(axis.values.index(value) for axis, value in point)

        for _, rows in groupby(sorted(self.rows, key=key), key):
            line = list(rows)
            yield others(line[0]), [(variant.point[along][1], cell) for variant, cell in line]


def _dose(axis: VariedAxis, value: AxisValue) -> float:
    amount = axis.amount(value)
    assert amount is not None  # noqa: S101 - the regimen could be written with it
    return float(amount)


def sweep_of(
    plan: SweepPlan,
    kept: KeptCells,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sweep:
    """Run the cells that are not kept; of a sweep that somebody ends, or that has no workers any more, what is done.

    Progress counts patients, those of cells that are kept included.

    Raises
    ------
    KeyboardInterrupt, Refusal
        As what ended it, where no cell is done.
    """
    moved = count_on(progress, len(kept.cells) * plan.patients_of_a_cell)
    if moved is not None:
        moved(0)
    ended_by: KeyboardInterrupt | Refusal | None = None
    try:
        for cell in run_cells(plan, tuple(kept.cells), executor, moved):
            kept.add(cell)
    except (KeyboardInterrupt, Refusal) as end:
        if not kept.cells:
            raise
        ended_by = end
    return Sweep(plan, tuple(sorted(kept.cells.values(), key=lambda cell: cell.number)), ended_by)
