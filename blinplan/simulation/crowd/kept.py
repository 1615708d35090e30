"""What came of many patients: their endpoints in columns, as portions of patients are done.

Quantiles, shares and tables are of whole columns, each read when it is asked for: exactly those of all patients, as
NumPy takes them of one array, whatever the portions were.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar, overload

import numpy as np

from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.simulation.crowd.columns import Columns
from blinplan.simulation.outcome import Occurrence, Quantity

BODY = ("age_years", "female", "weight_kg", "height_cm", "bsa_m2", "clearance")
"""What is kept of each patient's body: fields of `Population`."""


class DonePortion(NamedTuple):
    """What came of some patients: their numbers in the seed from 0, their bodies, and their endpoints."""

    engine: EngineName
    numbers: FloatArray
    body: tuple[FloatArray, ...]
    quantities: tuple[Quantity, ...]
    events: tuple[Occurrence, ...]


Endpoint = TypeVar("Endpoint", Quantity, Occurrence)


def body_of(people: Population) -> tuple[FloatArray, ...]:
    """What is kept of each patient's body."""
    return tuple(getattr(people, name) for name in BODY)


def arrays_of(endpoint: Quantity | Occurrence) -> dict[str, Any]:
    """What an endpoint has of each patient, by the names of its fields."""
    found = {name: getattr(endpoint, name) for name in _OF_EACH_PATIENT[type(endpoint)]}
    return {name: value for name, value in found.items() if value is not None}


_OF_EACH_PATIENT = {Quantity: ("values", "at_risk"), Occurrence: ("happens", "at_risk")}
"""The fields that are arrays of patients, as far as an endpoint has them."""


def _without_patients(endpoint: Endpoint, arrays: dict[str, Any]) -> Endpoint:
    """An endpoint of nobody: what it is called, and in which unit."""
    nobody: dict[str, Any] = {name: values[:0] for name, values in arrays.items()}
    return replace(endpoint, **nobody)


@dataclass(frozen=True, slots=True)
class Kept(Sequence[Endpoint], Generic[Endpoint]):
    """Endpoints of all patients, each read when it is asked for, and held by nobody else."""

    heads: tuple[Endpoint, ...]
    columns: Columns
    first: int

    def __len__(self) -> int:
        return len(self.heads)

    @overload
    def __getitem__(self, index: int) -> Endpoint: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Endpoint, ...]: ...
    def __getitem__(self, index: int | slice) -> Endpoint | tuple[Endpoint, ...]:
        """One endpoint, or several."""
        if isinstance(index, slice):
            return tuple(self._read(number) for number in range(*index.indices(len(self))))
        return self._read(range(len(self))[index])

    def rows(self, first: int, stop: int) -> tuple[Endpoint, ...]:
        """All endpoints, of some patients."""
        return tuple(self._read(number, first, stop) for number in range(len(self)))

    def _read(self, number: int, first: int = 0, stop: int | None = None) -> Endpoint:
        head, last = self.heads[number], self.columns.rows if stop is None else stop
        column = self.first + sum(len(arrays_of(of)) for of in self.heads[:number])
        values: dict[str, Any] = {
            name: self.columns.part(column + k, first, last) for k, name in enumerate(arrays_of(head))
        }
        return replace(head, **values)


def heads_of(endpoints: Sequence[Endpoint]) -> Sequence[Endpoint]:
    """What endpoints are called, and in which unit; of those who are kept, nothing of a patient is read for it."""
    return endpoints.heads if isinstance(endpoints, Kept) else endpoints


class KeptOutcome:
    """What came of all patients, portion by portion; it pickles."""

    def __init__(self) -> None:
        self._engine: EngineName | None = None
        self._columns: Columns | None = None
        self._heads: tuple[tuple[Quantity, ...], tuple[Occurrence, ...]] = ((), ())

    def add(self, portion: DonePortion) -> None:
        """Take in what came of the next patients.

        Raises
        ------
        NoRoomError
            When the folder for temporary files is full.
        """
        quantities, events = ([arrays_of(one) for one in of] for of in (portion.quantities, portion.events))
        of_endpoints = (values for of in (*quantities, *events) for values in of.values())
        columns = [portion.numbers, *portion.body, *of_endpoints]
        if self._columns is None:
            self._engine = portion.engine
            self._columns = Columns([values.dtype for values in columns])
            self._heads = (
                tuple(map(_without_patients, portion.quantities, quantities)),
                tuple(map(_without_patients, portion.events, events)),
            )
        self._columns.append(columns)

    @property
    def engine(self) -> EngineName:
        """What computed it."""
        assert self._engine is not None  # noqa: S101 - there is at least one patient
        return self._engine

    @property
    def columns(self) -> Columns:
        """All that is kept: numbers, bodies, quantities, events."""
        assert self._columns is not None  # noqa: S101
        return self._columns

    @property
    def size(self) -> int:
        """How many patients are done."""
        return self.columns.rows

    @property
    def numbers(self) -> FloatArray:
        """The numbers of the patients in their seed, from 0."""
        return np.asarray(self.columns.column(0))

    @property
    def quantities(self) -> Kept[Quantity]:
        """The endpoints that are numbers."""
        return Kept(self._heads[0], self.columns, 1 + len(BODY))

    @property
    def events(self) -> Kept[Occurrence]:
        """The endpoints that happen or not."""
        before = sum(len(arrays_of(quantity)) for quantity in self._heads[0])
        return Kept(self._heads[1], self.columns, 1 + len(BODY) + before)

    def portions(self, size: int) -> Iterator[DonePortion]:
        """The same again, so many patients at a time."""
        for first in range(0, self.size, size):
            stop = min(first + size, self.size)
            numbers, *body = (self.columns.part(number, first, stop) for number in range(1 + len(BODY)))
            yield DonePortion(
                self.engine, numbers, tuple(body), self.quantities.rows(first, stop), self.events.rows(first, stop)
            )
