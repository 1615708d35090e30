"""Files and programs of others that tests hold this program to: the gate fetches them, and names them in variables."""

import os
from pathlib import Path

import pytest


def public(variable: str) -> Path:
    """Return what a variable names; only where nobody set it up, outside the gate, may a test go without."""
    named = os.environ.get(variable)
    if named is None and not os.environ.get("CI"):
        pytest.skip(f"{variable} is not set: .ci/run fetches what it names")
    assert named is not None, f"{variable} has to be set"
    assert Path(named).exists(), f"{variable} names {named}, which is not there"
    return Path(named)
