"""Other bodies of the same patients: who responds as before, and is heavier, taller or older."""

from dataclasses import replace

import numpy as np

from blinplan.design.variation.axis import AxisValue, BodyKey, BodyPlace, Point, VariedAxis
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.population import FloatArray, Population

_FIELDS: dict[BodyKey, str] = {"weight": "weight_kg", "height": "height_cm", "bsa": "bsa_m2", "age": "age_years"}


def has_other_bodies(point: Point) -> bool:
    """Whether bodies are varied."""
    return any(isinstance(axis.place, BodyPlace) for axis, _ in point)


def with_bodies(people: Population, preset: Preset, point: Point) -> Population:
    """The same patients with the bodies of a point; themselves where none is varied.

    A body surface area that is not varied itself goes with weight and height, by Mosteller's formula; clearance goes
    with the area. All else of a patient stays. Nobody can draw them again, so that they have no seed.
    """
    changed = {
        axis.place.key: _values(people, axis, value) for axis, value in point if isinstance(axis.place, BodyPlace)
    }
    if not changed:
        return people
    weight, height = changed.get("weight", people.weight_kg), changed.get("height", people.height_cm)
    of_size = people.bsa_m2 * np.sqrt((weight * height) / (people.weight_kg * people.height_cm))
    area = changed.get("bsa", of_size)
    return replace(
        people,
        seed=None,
        weight_kg=weight,
        height_cm=height,
        age_years=changed.get("age", people.age_years),
        bsa_m2=area,
        clearance=people.clearance * (area / people.bsa_m2) ** preset.value("clearance_exponent"),
    )


def _values(people: Population, axis: VariedAxis, value: AxisValue) -> FloatArray:
    """(N) what a value comes to in each patient."""
    assert isinstance(axis.place, BodyPlace)  # noqa: S101 - chosen by the caller
    now: FloatArray = getattr(people, _FIELDS[axis.place.key])
    number = float(value.number or 0)
    return now * number if value.is_factor else np.full(now.shape, number)
