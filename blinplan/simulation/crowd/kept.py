"""What came of many patients: their endpoints in columns, as portions of patients are done.

Quantiles, shares and tables are of whole columns, each read when it is asked for: exactly those of all patients, as
NumPy takes them of one array, whatever the portions were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar, overload

import numpy as np

from blinplan.physiology.engine.integrate import EngineName
from blinplan.physiology.model.population import FloatArray, Population
from blinplan.simulation.crowd.columns import Columns, Values
from blinplan.simulation.outcome import Occurrence, Quantity

BODY = ("age_years", "female", "weight_kg", "height_cm", "bsa_m2", "clearance")
"""What is kept of each patient's body: fields of `Population`."""


Endpoint = TypeVar("Endpoint", Quantity, Occurrence)


def body_of(people: Population) -> tuple[FloatArray, ...]:
    """What is kept of each patient's body."""
    return tuple(getattr(people, name) for name in BODY)


def arrays_of(endpoint: Quantity | Occurrence) -> dict[str, Values]:
    """What an endpoint has of each patient, by the names of its fields."""
    found = {name: getattr(endpoint, name) for name in _OF_EACH_PATIENT[type(endpoint)]}
    return {name: value for name, value in found.items() if value is not None}


_OF_EACH_PATIENT = {Quantity: ("values", "at_risk"), Occurrence: ("happens", "at_risk")}
"""The fields that are arrays of patients, as far as an endpoint has them."""


def of_nobody(endpoint: Endpoint) -> Endpoint:
    """What an endpoint is called, and in which unit."""
    # Copies, since a view of none of the patients would keep the values of all of them in memory.
    nobody: dict[str, Any] = {name: values[:0].copy() for name, values in arrays_of(endpoint).items()}
    return replace(endpoint, **nobody)


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """What the endpoints of a run are called, and in which units: all of nobody."""

    quantities: tuple[Quantity, ...]
    events: tuple[Occurrence, ...]


@lru_cache(maxsize=64)
def _places(heads: Heads) -> tuple[tuple[_InColumns, ...], tuple[_InColumns, ...]]:
    """Which columns, from 0, numbers and events have."""
    found, before = list[_InColumns](), 0
    every: tuple[Quantity | Occurrence, ...] = (*heads.quantities, *heads.events)
    for head in every:
        found.append(_InColumns(before, tuple(arrays_of(head))))
        before += len(found[-1].names)
    return tuple(found[: len(heads.quantities)]), tuple(found[len(heads.quantities) :])


class _InColumns(NamedTuple):
    """The columns of an endpoint: the number of the first, and the fields that they are."""

    first: int
    names: tuple[str, ...]

    def arrays(self, columns: Sequence[Values]) -> dict[str, Any]:
        """What an endpoint has of each patient."""
        return dict(zip(self.names, columns[self.first : self.first + len(self.names)], strict=True))


class DonePortion(NamedTuple):
    """What came of some patients: their numbers in the seed from 0, their bodies, and their endpoints in columns."""

    engine: EngineName
    numbers: FloatArray
    body: tuple[FloatArray, ...]
    heads: Heads
    columns: tuple[Values, ...]

    @classmethod
    def of(
        cls,
        engine: EngineName,
        numbers: FloatArray,
        body: tuple[FloatArray, ...],
        quantities: Sequence[Quantity],
        events: Sequence[Occurrence],
    ) -> DonePortion:
        """Take the columns out of endpoints."""
        heads = Heads(tuple(map(of_nobody, quantities)), tuple(map(of_nobody, events)))
        every: tuple[Quantity | Occurrence, ...] = (*quantities, *events)
        columns = (values for endpoint in every for values in arrays_of(endpoint).values())
        return cls(engine, numbers, body, heads, tuple(columns))

    def some(self, patients: slice) -> DonePortion:
        """What came of some of them."""
        body, columns = (tuple(values[patients] for values in of) for of in (self.body, self.columns))
        return self._replace(numbers=self.numbers[patients], body=body, columns=columns)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The endpoints that are numbers."""
        return self._endpoints(self.heads.quantities, _places(self.heads)[0])

    @property
    def events(self) -> tuple[Occurrence, ...]:
        """The endpoints that happen or not."""
        return self._endpoints(self.heads.events, _places(self.heads)[1])

    def _endpoints(self, heads: tuple[Endpoint, ...], places: tuple[_InColumns, ...]) -> tuple[Endpoint, ...]:
        pairs = zip(heads, places, strict=True)
        return tuple(replace(head, **place.arrays(self.columns)) for head, place in pairs)


@dataclass(frozen=True, slots=True)
class Kept(Sequence[Endpoint], Generic[Endpoint]):
    """Endpoints of all patients, each read when it is asked for, and held by nobody else."""

    heads: tuple[Endpoint, ...]
    places: tuple[_InColumns, ...]
    columns: Columns

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

    def arrays(self) -> Iterator[dict[str, Values]]:
        """What each endpoint has of the patients, all read at once."""
        columns = self.columns.all()[_BEFORE:]
        return (place.arrays(columns) for place in self.places)

    def _read(self, number: int) -> Endpoint:
        first, names = self.places[number]
        values: dict[str, Any] = {name: self.columns.column(_BEFORE + first + k) for k, name in enumerate(names)}
        return replace(self.heads[number], **values)


_BEFORE = 1 + len(BODY)
"""Columns before those of endpoints."""


def arrays_in(endpoints: Sequence[Endpoint]) -> Iterator[dict[str, Values]]:
    """What each of some endpoints has of the patients."""
    return endpoints.arrays() if isinstance(endpoints, Kept) else map(arrays_of, endpoints)


def heads_of(endpoints: Sequence[Endpoint]) -> Sequence[Endpoint]:
    """What endpoints are called, and in which unit; of those who are kept, nothing of a patient is read for it."""
    return endpoints.heads if isinstance(endpoints, Kept) else endpoints


class KeptOutcome:
    """What came of all patients, portion by portion; it pickles."""

    def __init__(self) -> None:
        self._engine: EngineName | None = None
        self._columns: Columns | None = None
        self._heads = Heads((), ())

    def add(self, portion: DonePortion) -> None:
        """Take in what came of the next patients.

        Raises
        ------
        NoRoomError
            When the folder for temporary files is full.
        """
        columns = [portion.numbers, *portion.body, *portion.columns]
        if self._columns is None:
            self._engine, self._heads = portion.engine, portion.heads
            self._columns = Columns([values.dtype for values in columns])
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
        return Kept(self._heads.quantities, _places(self._heads)[0], self.columns)

    @property
    def events(self) -> Kept[Occurrence]:
        """The endpoints that happen or not."""
        return Kept(self._heads.events, _places(self._heads)[1], self.columns)

    def portions(self, size: int) -> Iterator[DonePortion]:
        """The same again, so many patients at a time."""
        for first in range(0, self.size, size):
            parts = [self.columns.part(number, first, first + size) for number in range(len(self.columns))]
            yield DonePortion(self.engine, parts[0], tuple(parts[1:_BEFORE]), self._heads, tuple(parts[_BEFORE:]))
