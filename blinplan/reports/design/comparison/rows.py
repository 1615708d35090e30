"""Every patient's endpoints under every regimen as a table of data: a row a patient and regimen."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from blinplan.data_table import Column, ColumnKind, DataTable
from blinplan.design.comparison.compare import ComparedArm, PairedComparison
from blinplan.executors.executor import Executor
from blinplan.reports.design.comparison.document import comparison_manifest
from blinplan.reports.simulation.data import (
    AT_ONCE,
    ROW_GROUP,
    Values,
    endpoint_columns,
    errors_of,
    measured_endpoint_columns,
    patient_columns,
    rows_of_endpoints,
    with_model,
)
from blinplan.simulation.crowd.kept import DonePortion, KeptOutcome, heads_of
from blinplan.simulation.endpoints.asked import AskedEndpoints
from blinplan.simulation.endpoints.table import ENDPOINTS
from blinplan.simulation.measured.errors import Errors
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trials.cohort_trial import CohortOutcome

_REGIMEN = Column("regimen", "", "what the regimen is called in the comparison", ColumnKind.TEXT)


def comparison_table(
    compared: PairedComparison,
    inputs: Sequence[str],
    errors: Errors | None = None,
    record: str | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> DataTable:
    """All patients under the first regimen, then all under the next; what another regimen only has is missing.

    With errors, levels stand at the end once more, as a sample would be measured. Where there are plausible models, all
    of it follows under each of them, computed as it is gone through, and the last column says under which.
    """
    who = patient_columns(compared.cohort)
    each = [_OfArm(arm, compared.asked, errors) for arm in compared.arms]
    endpoints = {column.name: column for own in each for column in own.columns(compared.asked.by_day)}
    endpoints |= {column.name: column for own in each for column in own.measured_columns()}
    models = len(compared.reference.models)

    def rows(outcomes: Iterable[CohortOutcome]) -> Iterator[tuple[Values, ...]]:
        """The rows under one model, of what came of the patients under each regimen."""
        for own, ran in zip(each, outcomes, strict=True):
            yield from own.rows(ran.kept, compared, len(who), tuple(endpoints))

    under = chain((tuple(arm.outcome for arm in compared.arms),), compared.under_models(executor, progress))
    shown = with_model(models, (_REGIMEN, *who, *endpoints.values()), map(rows, under))
    about = {**comparison_manifest(compared, inputs, record), **errors_of(errors)}
    return DataTable("comparison", shown.columns, shown.rows, about, row_group=ROW_GROUP)


class _OfArm(NamedTuple):
    """What is written of a regimen: the endpoints that were asked for."""

    arm: ComparedArm
    asked: AskedEndpoints
    errors: Errors | None

    def columns(self, by_day: Sequence[float]) -> list[Column]:
        """Its columns of endpoints."""
        outcome = self.arm.outcome
        chosen = self._choice(heads_of(outcome.quantities), heads_of(outcome.events))
        return [column for column, _ in endpoint_columns(*chosen, by_day)]

    def measured_columns(self) -> list[Column]:
        """Its columns of what a ward would measure."""
        outcome = self.arm.outcome
        quantities, _ = self._choice(heads_of(outcome.quantities), heads_of(outcome.events))
        return measured_endpoint_columns(quantities, self.errors)

    def rows(
        self, kept: KeptOutcome, compared: PairedComparison, who: int, names: Sequence[str]
    ) -> Iterator[tuple[Values, ...]]:
        """Its rows, with all columns that any regimen has."""
        by_day = compared.asked.by_day
        own = [column.name for column in (*self.columns(by_day), *self.measured_columns())]
        for columns in rows_of_endpoints(self._portions(kept), compared.cohort, by_day, self.errors):
            count = len(columns[0])
            values = dict(zip(own, columns[who:], strict=True))
            missing = np.full(count, np.nan)
            name = np.full(count, self.arm.name, dtype=np.object_)
            yield (name, *columns[:who], *(values.get(one, missing) for one in names))

    def _portions(self, kept: KeptOutcome) -> Iterator[DonePortion]:
        for portion in kept.portions(AT_ONCE):
            quantities, events = self._choice(portion.quantities, portion.events)
            yield DonePortion.of(portion.engine, portion.numbers, portion.body, quantities, events)

    def _choice(
        self, quantities: Sequence[Quantity], events: Sequence[Occurrence]
    ) -> tuple[tuple[Quantity, ...], tuple[Occurrence, ...]]:
        return tuple(filter(self._is_asked, quantities)), tuple(filter(self._is_asked, events))

    def _is_asked(self, endpoint: Quantity | Occurrence) -> bool:
        """Whether it was asked for; of the windows that all courses have, the days are told and nothing else."""
        if endpoint.place >= len(ENDPOINTS):
            own = any(endpoint.key in one.keys for one in self.asked.own)
            return own or endpoint.key.endswith("_days")
        return not self.asked.keys or endpoint.key in self.asked.keys
