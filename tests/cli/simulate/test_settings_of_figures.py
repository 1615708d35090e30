"""Figures are drawn alike whatever settings of matplotlib lie about: the command line reads none of them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.collection.grid import at_night
from tests.program import NO_CACHE, process, python

FEW = ("--patients", "2", "--figure", "x.svg")
DRAWING = {
    "simulate": ("simulate", "nhl-5", "--signals", "drug", "--typical", "--figure", "x.svg"),
    "report": ("report", "nhl-5", "--patients", "50", "-o", "x.html"),
    "compare": ("compare", "nhl-15", "nhl-5", "--cycles", "1", *FEW),
    "sweep": ("sweep", "nhl-5", "--vary", "dose=5,9", *FEW),
    "sensitivity": ("sensitivity", "nhl-5", "--samples", "2", "--endpoints", "il6_peak", *FEW),
    "search": (
        *("search", "rr-adult", "--cycle", "1", "--doses", "9,28", "--lengths", "7", "--minimise", "il6_peak"),
        *("--minimise", "b_depleted_day", "--search-patients", "5", "--sets", "0", *FEW),
    ),
}
UNREADABLE = b"lines.linewidth: 9\n\xff"
"""Where matplotlib reads it, the command ends over it; of a pipe it would wait for the end."""
IMPORT = (
    "from blinplan.api.simulating.drawing import require_matplotlib\nfrom blinplan.files.of_a_run import files_of_a_run"
    "\n{}\nimport matplotlib, os\nprint(matplotlib.rcParams['lines.linewidth'], os.path.exists('matplotlibrc'))"
)


def found_in(folder: Path, script: str) -> list[bytes]:
    """How thick lines are, and whether the file of settings is still seen afterwards."""
    ended = subprocess.run(python(script), cwd=folder, capture_output=True, check=True)  # noqa: S603 - our own
    return ended.stdout.split()


@pytest.mark.slow
def test_the_command_line_reads_no_settings_and_a_program_in_python_keeps_its_own(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\n", encoding="utf-8")
    of_a_run = IMPORT.format("with files_of_a_run():\n    require_matplotlib('a figure')")
    assert found_in(tmp_path, of_a_run) == [b"1.5", b"True"]
    assert found_in(tmp_path, IMPORT.format("require_matplotlib('a figure')")) == [b"9.0", b"True"]


def _give_fonts(settings: Path) -> None:
    """What matplotlib has found of fonts here, which it would look for anew."""
    from matplotlib import font_manager, get_cachedir

    assert font_manager.fontManager
    for path in Path(get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(path, settings)


@pytest.mark.slow
@pytest.mark.parametrize("command", [name if at == 0 else at_night(name) for at, name in enumerate(DRAWING)])
def test_no_settings_of_matplotlib_stop_a_command_that_draws(tmp_path: Path, command: str) -> None:
    (tmp_path / "settings").mkdir()
    _give_fonts(tmp_path / "settings")
    for path in (tmp_path / "matplotlibrc", tmp_path / "settings" / "matplotlibrc"):
        path.write_bytes(UNREADABLE)
    ran = process(*DRAWING[command], folder=tmp_path, XDG_CACHE_HOME=NO_CACHE, MPLCONFIGDIR=str(tmp_path / "settings"))
    assert ran.status < 2, ran.err
    assert len(list(tmp_path.glob("x.*"))) == 1
