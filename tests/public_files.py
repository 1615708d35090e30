"""Files and programs of others that tests hold this program to: the gate fetches them, and names files in variables."""

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


def installed(program: str) -> str:
    """Return the path of a program; only outside the gate may a test go without."""
    found = shutil.which(program)
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"{program} is not installed: .ci/run says where it comes from")
    assert found is not None, f"{program} has to be installed"
    return found
