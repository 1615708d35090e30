"""Files, programs and packages of others that tests hold this program to, beside what the test extra brings.

The gate fetches them, and names files in variables. A test that needs one is marked ``outside``. Where it is missing,
the test is skipped; in the gate, which sets ``CI``, it fails.
"""

import importlib
import locale
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

_HOW = ".ci/tools says where it comes from"
_marked = False


def expect(marked: bool) -> None:
    """Say before each test whether it is marked ``outside``."""
    global _marked  # noqa: PLW0603 - one test runs at a time in a process
    _marked = marked


def public(variable: str) -> Path:
    """Return what a variable names."""
    _ask()
    named = os.environ.get(variable)
    if not named:
        _missing(f"{variable} is not set")
    path = Path(named or "")
    assert path.exists(), f"{variable} names {named}, which is not there"
    return path


def installed(program: str) -> str:
    """Return the path of a program."""
    _ask()
    found = shutil.which(program)
    if found is None:
        _missing(f"{program} is not installed")
    return str(found)


def package(name: str) -> Any:
    """Return a package. The locale stays: that of COPASI is C, and later tests would write ASCII and no more."""
    _ask()
    before = locale.setlocale(locale.LC_ALL)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return _missing(f"the package {name} is not installed")
    finally:
        locale.setlocale(locale.LC_ALL, before)


def _ask() -> None:
    assert _marked, "mark the test that needs this: @pytest.mark.outside"


def _missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(f"{what}: {_HOW}")
