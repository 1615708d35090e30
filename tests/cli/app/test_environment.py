"""What libraries would fail over is taken from the environment, and nothing else."""

import os

import pytest

from blinplan.cli.app.environment import leave_out_what_misleads


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": "/bin", "MINE": "1"})


def left() -> dict[str, str]:
    leave_out_what_misleads()
    return dict(os.environ)


def test_nothing_is_told_to_the_compiler_and_one_thread_is_enough_for_algebra() -> None:
    """A variable of numba's that it cannot read is a traceback, some are files or lines in the output."""
    os.environ |= {"NUMBA_CPU_FEATURES": "nope", "NUMBA_ANY": "1", "OPENBLAS_NUM_THREADS": "64"}
    found = left()
    assert not [name for name in found if name.startswith("NUMBA_")]
    assert (found["MINE"], found["OPENBLAS_NUM_THREADS"]) == ("1", "1")


@pytest.mark.parametrize(
    ("places", "stays"),
    [
        ("/usr/share/zoneinfo", True),
        (os.pathsep.join(("/a", "", "/b")), True),
        ("", True),
        ("a", False),
        ("/a:b", False),
    ],
)
def test_places_of_time_zones_are_whole_paths(places: str, stays: bool) -> None:
    """Python warns of others at length, and looks into none of them."""
    os.environ["PYTHONTZPATH"] = places
    assert ("PYTHONTZPATH" in left()) is stays


@pytest.mark.parametrize("name", ["COLUMNS", "TERMINAL_WIDTH"])
@pytest.mark.parametrize(("width", "stays"), [("0", False), ("19", False), ("20", True), ("99999", True), ("x", False)])
def test_a_width_in_which_a_help_text_would_be_cut_is_none(name: str, width: str, stays: bool) -> None:
    """Of none it was empty, and of one column it had no letters."""
    os.environ[name] = width
    assert (name in left()) is stays
