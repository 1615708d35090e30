"""Amounts of a plan as a table of data has them: exact decimals, and which of them are rounded."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from blinplan.data_table import Column, ColumnKind
from blinplan.quantities import decimal_text

PLACES = 6
ROUNDED = Column("rounded", "", f"columns of which the number is rounded, to {PLACES} decimals", ColumnKind.TEXT)


def with_decimals(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its fractions as decimals, and with the names of those that no so many decimals are."""
    amounts = {name: value for name, value in row.items() if isinstance(value, Fraction)}
    decimals = {name: _decimal(value) for name, value in amounts.items()}
    rounded = " ".join(name for name, value in amounts.items() if Fraction(decimals[name]) != value)
    return {**row, **decimals, ROUNDED.name: rounded or None}


def _decimal(value: Fraction) -> Decimal:
    return Decimal(decimal_text(value, PLACES).removeprefix("≈ ").replace(",", ""))
