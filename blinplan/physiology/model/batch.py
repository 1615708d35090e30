"""Patients of several parameter sets as one population, so that one more set costs no more than its patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from blinplan.physiology.model.population import Constants, Population


def batch(populations: Sequence[Population]) -> Population:
    """Put patients of several populations one after the other, whatever parameters these share.

    Nobody can draw them again by one seed; their numbers are those in their own population.

    Raises
    ------
    ValueError
        When there are none.
    """
    if not populations:
        raise ValueError("a batch has at least one population")
    head = populations[0]
    if len(populations) == 1:
        return head
    joined: dict[str, Any] = {
        entry.name: np.concatenate([getattr(one, entry.name) for one in populations], axis=-1)
        for entry in fields(Population)
        if isinstance(getattr(head, entry.name), np.ndarray)
    }
    return replace(head, seed=None, ids=(), given=(), constants=_constants(populations), **joined)


def _constants(populations: Sequence[Population]) -> Constants:
    """Parameters that all share, and of those that differ one a patient."""
    sizes = [one.size for one in populations]
    columns = zip(*(one.constants for one in populations), strict=True)
    return Constants(*(_column(values, sizes) for values in columns)).select(slice(None))


def _column(values: tuple[Any, ...], sizes: Sequence[int]) -> Any:
    """What each patient has of one parameter."""
    if not any(isinstance(value, np.ndarray) for value in values):
        return np.repeat(values, sizes)
    return np.concatenate([np.broadcast_to(value, size) for value, size in zip(values, sizes, strict=True)])
