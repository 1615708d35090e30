"""Simulated outcomes kept on disk, so that a regimen that has not changed is not simulated again.

An outcome is kept under a fingerprint of all it follows from: what the regimen orders, the virtual patients, and the
program with its model. Nothing that is looked up can therefore be out of date, and the folder can be deleted any time.
"""

import hashlib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from blinplan.course.events import periods
from blinplan.files.caches import cache_folder
from blinplan.files.kept_values import keep_values, kept_as
from blinplan.fingerprint import OUTCOME, fingerprint
from blinplan.quantities import DoseRate
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.rules.rule import NotEvaluated
from blinplan.rules.simulated.outcome import FirstCycle, SimulatedOutcome

StoredOutcome = SimulatedOutcome | NotEvaluated


def folder() -> Path:
    """The folder for outcomes, where the platform keeps what can be made again."""
    return cache_folder("outcomes")


def key(regimen: Regimen, patients: int, seed: int, errors: float, model: int | None = None) -> str:
    """A fingerprint of all that an outcome follows from: SHA-256, 32 digits."""
    under = [] if model is None else [f"plausible set {model}"]
    text = json.dumps([_program(), patients, seed, errors, _orders(regimen), *under])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def look_up(name: str) -> StoredOutcome | None:
    """The outcome kept under a fingerprint; None where there is none, or none that can be read."""
    return kept_as(_path(name), SimulatedOutcome) or kept_as(_path(name), NotEvaluated)


def keep(name: str, outcome: StoredOutcome) -> None:
    """Keep an outcome, where the folder can be written to; what is there is whole at every moment."""
    keep_values(_path(name), outcome)


def look_up_first_cycle(name: str) -> FirstCycle | None:
    """The first cycle kept under a fingerprint; None where there is none, or none that can be read."""
    return kept_as(_path(f"{name}-1"), FirstCycle)


def keep_first_cycle(name: str, first: FirstCycle) -> None:
    """Keep a first cycle that several regimens are compared with, as an outcome is kept."""
    keep_values(_path(f"{name}-1"), first)


def _path(name: str) -> Path:
    return folder() / name[:2] / f"{name}.json"


@cache
def _program() -> str:
    """A fingerprint of whatever decides an outcome: the program's rooms up to the rules, the labels, the engine."""
    digest = hashlib.sha256(f"{find_spec('numba') is not None}".encode())
    digest.update(_version_of_numpy())
    digest.update(fingerprint(*OUTCOME).encode())
    for path in library.paths().values():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _version_of_numpy() -> bytes:
    """The file in which NumPy says its version: importing NumPy, or what reads versions, takes longer than a check."""
    found = find_spec("numpy")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("numpy is not installed")
    return Path(found.origin).with_name("version.py").read_bytes()


def _orders(regimen: Regimen) -> Any:
    """What a regimen orders and for whom, without names, comments and layout."""
    who, before = regimen.eligibility, regimen.premedication
    return [
        [regimen.indication.value, regimen.label, regimen.departs_from],
        [str(bound) for bound in (who.minimum_weight, who.below_weight, who.minimum_age, who.below_age)],
        who.population,
        [[given.minutes_before, sorted(given.occasions), given.patients] for given in before],
        [[p.start, p.stop, _dose(p.dose), _dose(p.cap), p.cycle, p.step] for p in periods(regimen)],
    ]


def _dose(rate: DoseRate | None) -> str | None:
    return None if rate is None else f"{rate.amount} {rate.unit}"
