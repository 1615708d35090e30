"""What the program writes, a row each: run one after the other in one process, each into a file of a folder."""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from blinplan.cli.app.program import run
from man.make import manual

SITE = """\
site = 1
name = "Ward 7"
time_zone = "Europe/Berlin"
change_time = "10:00"
closed = ["saturday", "sunday"]
bag = [{ hours = 24, fill_ml = 276, stabiliser_ml = 5.5 }, { hours = 96, fill_ml = 203, in_use_hours = 168 }]
syringe = [{ ml = 3, graduation_ml = 0.1 }, { ml = 10, graduation_ml = 0.2 }]
"""
PEOPLE = "id,weight_kg,height_cm\nZoë,70,175\nB,58,150\n"

_DATED = (
    "rr-adult",
    "--weight",
    "70",
    "--height",
    "175",
    "--start",
    "2026-11-02T10:00",
    "--time-zone",
    "Europe/Berlin",
)
_PLAN = ("plan", *_DATED, "--site", "ward.toml", "--cycle", "1")
_CHECK = ("check", "nhl-1.5", "nhl-5", "--patients", "40", "--today", "2026-11-29")
_FEW = ("--patients", "24", "--seed", "3")
_SOME = ("--endpoints", "b_depleted_day,il6_peak")
_THREE = ("--parameters", "clearance,lysis_ec50,kill_rate")

OUTPUTS: Mapping[str, Sequence[str]] = {
    "simulate, CSV": ("simulate", "nhl-5", *_FEW, "-f", "csv"),
    "simulate, JSON": ("simulate", "nhl-5", *_FEW, "-f", "json"),
    "curves, CSV": ("simulate", "nhl-5", "--patients", "6", "--every", "12h", "-f", "csv"),
    "own patients, CSV": ("simulate", "nhl-5", "--people", "people.csv", "-f", "csv"),
    "records for NONMEM": ("simulate", "nhl-5", "--patients", "6", "--measured", "-f", "nonmem"),
    "check, JSON": (*_CHECK, "-f", "json"),
    "check, SARIF": (*_CHECK, "-f", "sarif"),
    "plan, JSON": (*_PLAN, "-f", "json"),
    "plan, iCalendar": (*_PLAN, "-f", "ics", "--plan-id", "one"),
    "plan, CSV": (*_PLAN, "-f", "csv"),
    "plan, page": (*_PLAN, "-f", "html", "--planned-on", "2026-10-30"),
    "compare, JSON": ("compare", "nhl-5", "nhl-15", *_FEW, "-f", "json"),
    "sweep, JSON": ("sweep", "nhl-5", "--vary", "dose=1.5,15", *_FEW, "-f", "json"),
    "plan, FHIR": ("plan", *_DATED, "--site", "ward.toml", "-f", "fhir", "--plan-id", "one"),
    "parameter sets, JSON": ("simulate", "nhl-5", "--patients", "4", "--uncertainty", "2", "-f", "json"),
    "correlation, JSON": ("sensitivity", "nhl-5", "-m", "correlation", "--patients", "100", *_SOME, "-f", "json"),
    "model, SBML": ("model", "--sbml", "-"),
}
MANUAL = "manual pages"
LONG: Mapping[str, Sequence[str]] = {
    "Morris, JSON": ("sensitivity", "nhl-5", "--samples", "2", *_SOME, *_THREE, "-f", "json"),
    "Sobol, JSON": ("sensitivity", "nhl-5", "-m", "sobol", "--samples", "2", *_SOME, *_THREE, "-f", "json"),
    "report, page": (
        *("report", "rr-adult", "--weight", "70", "--height", "175", "--patients", "50", "--today", "2026-11-29"),
    ),
    "search, JSON": (
        *("search", "rr-adult", "--cycle", "1", "--doses", "9,28", "--lengths", "5-6", "--minimise", "il6_peak"),
        *("--search-patients", "10", "--patients", "10", "-f", "json"),
    ),
    "compare of many, JSON": ("compare", "nhl-5", "nhl-15", "--patients", "8500", *_SOME, "-f", "json"),
}
"""What takes long, or is like what every run tries, and is tried at night and by the command only."""

ROWS = (*OUTPUTS, *LONG, MANUAL)
_THREADED = {"simulate", "compare", "sweep", "search", "sensitivity"}
THREADED = frozenset(row for row, said in {**OUTPUTS, **LONG}.items() if said[0] in _THREADED)
"""What several threads make where somebody asks for them; all else is made by one."""

_SAYS_WHERE = re.compile(rb'("(?:python|engine|salib)": "|"SRCROOT": \{\s*"uri": ")[^"]*')


def write_all(folder: Path, *, long: bool, threads: int | None = None) -> None:
    """Write every output to a file of a folder; what a run tells on standard error is left out."""
    (folder / "ward.toml").write_text(SITE, encoding="utf-8")
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    os.chdir(folder)
    for row, arguments in {**OUTPUTS, **(LONG if long else {})}.items():
        asked = () if threads is None or row not in THREADED else ("--threads", str(threads))
        _write(Path(f"{row}.out"), [*arguments, *asked])
    pages = "".join(text for _, text in sorted(manual.pages().items()))
    Path(f"{MANUAL}.out").write_bytes(pages.encode())


def _write(target: Path, arguments: Sequence[str]) -> None:
    """Run the program with standard output on a file, of the encoding that Python has chosen for it."""
    before = sys.argv, sys.stdout
    with target.open("w", encoding=sys.stdout.encoding, errors=sys.stdout.errors, newline="") as file:
        sys.argv, sys.stdout = ["blinplan", *arguments], file
        try:
            status = _status(run)
        finally:
            sys.argv, sys.stdout = before
    if status not in {0, 1}:
        raise SystemError(f"{arguments} ended with {status}")


def _status(program: Callable[[], None]) -> object:
    try:
        program()
    except SystemExit as ended:
        return ended.code
    return None


def read_all(folder: Path) -> Mapping[str, bytes]:
    """What was written, by row, but for what a document says of its making: Python, engine, SALib, folder."""
    found = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.out"))}
    return {row: _SAYS_WHERE.sub(rb"\1", data) for row, data in found.items()}
