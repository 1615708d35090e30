"""Files and programs of others that tests hold this program to: the gate fetches them, and names them in variables."""

import os
import shutil
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


def program(*names: str) -> str:
    """Return the path of the first of these programs that is installed; in the gate one has to be."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"{names[0]} is not installed")
    assert found is not None, f"{names[0]} has to be installed"
    return found
