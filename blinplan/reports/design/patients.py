"""Who the patients of a run are, for what must tell them from others."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields

from blinplan.simulation.trials.patients import Patients


def patients_named(patients: Patients) -> int | str:
    """Who the patients are: their number, or a fingerprint of all that is said of them."""
    if isinstance(patients, int):
        return patients
    digest = hashlib.sha256()
    for entry in fields(patients):
        value = getattr(patients, entry.name)
        told = {key: of.tolist() for key, of in value.items()} if isinstance(value, Mapping) else value
        told = told.tolist() if hasattr(told, "tolist") else told
        digest.update(f"{entry.name} {told!r}\n".encode())
    return f"{patients.size:,} given, {digest.hexdigest()[:16]}"
