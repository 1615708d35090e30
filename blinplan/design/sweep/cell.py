"""What is kept of a cell: of every endpoint what it comes to over the patients, and of shares who they are."""

import base64
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from blinplan.physiology.engine.locate import BoolArray
from blinplan.proportion import Proportion
from blinplan.simulation.outcome import Occurrence, Quantity, over_patients


class CellMeasure(StrEnum):
    """What is taken of an endpoint over the patients."""

    SHARE = "share"
    VALUE = "value"
    TIME = "time"


class Members(NamedTuple):
    """In whom something happens, and to whom it can come: bits of all patients, in text; None where to everybody."""

    happens: str
    at_risk: str | None

    @classmethod
    def of(cls, occurrence: Occurrence) -> "Members":
        """Those of an endpoint that happens or not."""
        at_risk = None if occurrence.at_risk.all() else _text_of(occurrence.at_risk)
        return cls(_text_of(occurrence.happens & occurrence.at_risk), at_risk)

    def arrays(self, patients: int) -> tuple[BoolArray, BoolArray]:
        """(N) in whom it happens, and to whom it can come."""
        everybody = np.ones(patients, dtype=np.bool_)
        return _bits_of(self.happens, patients), everybody if self.at_risk is None else _bits_of(self.at_risk, patients)


def _text_of(bits: BoolArray) -> str:
    return base64.b64encode(np.packbits(bits).tobytes()).decode()


def _bits_of(text: str, patients: int) -> BoolArray:
    packed = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
    return np.unpackbits(packed, count=patients).astype(np.bool_)


class EndpointName(NamedTuple):
    """Which endpoint it is: its key, and of a share of those who are somewhere by a day that day."""

    key: str
    by_day: float | None = None


class CellEndpoint(NamedTuple):
    """An endpoint of a cell.

    Attributes
    ----------
    name, group, label, unit, measure
        What it is; a share has no unit.
    value
        The share, or the median; of a time the median of all at risk, infinite where fewer ever get there.
    low, high
        95 % interval of a share (Wilson), else 5th and 95th percentile of the patients.
    patients
        In how many patients it happens or occurs.
    of
        To how many it can come.
    models
        The least and the greatest value over plausible models, the shipped one included, or the 5th and 95th percentile
        over published sets; None where that was not asked for.
    members
        In whom it happens, of shares.
    """

    name: EndpointName
    group: str
    label: str
    unit: str
    measure: CellMeasure
    value: float
    low: float
    high: float
    patients: int
    of: int
    models: tuple[float, float] | None = None
    members: Members | None = None


class Cell(NamedTuple):
    """What came of the patients at one point: its number in the grid, and every endpoint."""

    number: int
    endpoints: tuple[CellEndpoint, ...]

    def get(self, name: EndpointName) -> CellEndpoint | None:
        """One endpoint; None where the cell does not have it."""
        return next((one for one in self.endpoints if one.name == name), None)


def number_endpoint(quantity: Quantity) -> CellEndpoint:
    """A number or a time over the patients."""
    over = over_patients(quantity)
    total = quantity.values.size if quantity.at_risk is None else int(quantity.at_risk.sum())
    return CellEndpoint(
        EndpointName(quantity.key),
        quantity.group,
        quantity.label,
        quantity.unit,
        CellMeasure.TIME if quantity.is_time else CellMeasure.VALUE,
        over.median,
        over.low,
        over.high,
        over.count,
        total,
    )


def share_endpoint(occurrence: Occurrence, by_day: float | None = None) -> CellEndpoint:
    """A share of the patients."""
    share: Proportion = occurrence.proportion
    return CellEndpoint(
        EndpointName(occurrence.key, by_day),
        occurrence.group,
        occurrence.label,
        "",
        CellMeasure.SHARE,
        share.value,
        *share.interval,
        share.count,
        share.total,
        members=Members.of(occurrence),
    )


# --- as a line of text, and back --------------------------------------------------------------------------------------


def cell_data(cell: Cell) -> dict[str, Any]:
    """A cell as data; every number is read back as it is."""
    return {"cell": cell.number, "endpoints": list(map(_endpoint_data, cell.endpoints))}


def _endpoint_data(endpoint: CellEndpoint) -> list[Any]:
    return [*endpoint[:-2], endpoint.models, endpoint.members]


def cell_of(data: Any) -> Cell:
    """The cell that data says."""
    return Cell(data["cell"], tuple(_endpoints_of(data["endpoints"])))


def _endpoints_of(rows: Sequence[Any]) -> Iterator[CellEndpoint]:
    for name, group, label, unit, measure, value, low, high, patients, of, models, members in rows:
        yield CellEndpoint(
            EndpointName(*name),
            group,
            label,
            unit,
            CellMeasure(measure),
            value,
            low,
            high,
            patients,
            of,
            None if models is None else (models[0], models[1]),
            None if members is None else Members(*members),
        )
