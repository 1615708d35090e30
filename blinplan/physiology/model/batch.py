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
    columns: dict[str, Any] = {
        name: np.concatenate(
            [np.full(size, getattr(one.constants, name)) for one, size in zip(populations, sizes, strict=True)]
        )
        for name in Constants._fields
    }
    return Constants(**columns).select(slice(None))
