"""Evidence that was measured before by the same program on the same patients, kept in the cache.

It is of the model and of no regimen: a page on one regimen after the other would measure the same again.
"""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from blinplan.evidence.evaluate import ClaimResult, Evidence, Measurement, evaluate, load_claims, load_not_evaluated
from blinplan.executors.executor import Executor
from blinplan.files.caches import cache_folder
from blinplan.files.kept_values import keep_values, kept_as
from blinplan.fingerprint import EVIDENCE, fingerprint
from blinplan.physiology.model.dosing import Options


class KeptMeasure(NamedTuple):
    """A value, how many patients it is of, and its interval where it is a share of them."""

    value: float
    patients: int
    interval: tuple[float, float] | None


class KeptEvidence(NamedTuple):
    """What was measured, in the order of the claims and of what each expects."""

    measured: tuple[KeptMeasure, ...]


def known_evidence(patients: int, seed: int, options: Options, executor: Executor | None = None) -> Evidence:
    """What `evaluate` finds on so many patients: as it was found before, or measured and kept."""
    path = _path(patients, seed, options)
    known = kept_as(path, KeptEvidence)
    if known is not None and len(known.measured) == sum(len(claim.expectations) for claim in load_claims()):
        return _as_found(patients, seed, options, known)
    found = evaluate(patients, seed, options=options, executor=executor)
    measured = (measurement for finding in found.findings for measurement in finding.measurements)
    keep_values(path, KeptEvidence(tuple(KeptMeasure(one.value, one.patients, one.interval) for one in measured)))
    return found


def _as_found(patients: int, seed: int, options: Options, kept: KeptEvidence) -> Evidence:
    """The same evidence, of which the cache keeps what was measured."""
    rest = iter(kept.measured)
    findings = (
        ClaimResult(claim, tuple(Measurement(expectation, *next(rest)) for expectation in claim.expectations))
        for claim in load_claims()
    )
    return Evidence(patients, seed, options, tuple(findings), load_not_evaluated())


def _path(patients: int, seed: int, options: Options) -> Path:
    text = json.dumps([_program(), patients, seed, asdict(options)])
    name = hashlib.sha256(text.encode()).hexdigest()[:32]
    return cache_folder("evidence") / f"{name}.json"


@cache
def _program() -> str:
    """A fingerprint of whatever decides a measurement: the program's rooms up to the evidence, the engine."""
    versions = f"{metadata.version('numpy')} {metadata.version('scipy')} {find_spec('numba') is not None}"
    return hashlib.sha256(f"{versions} {fingerprint(*EVIDENCE)}".encode()).hexdigest()
