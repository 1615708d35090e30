"""Every command that writes a file, by what it writes; each begins with `OLD` where its files go."""

from blinplan.api.vocabulary import CheckFormat
from tests.hostile.sound import LONG_RECORD, OWN
from tests.plan_text import DATED, WARD

OLD = b"what was there before\n"
FILES = {"r.toml": OWN, "record.toml": LONG_RECORD, "ward.toml": WARD}
"""What a run finds, and is not to change."""
_PATIENTS = ("--patients", "60")
_PLAN = ("plan", "r.toml", *DATED[2:], "-o")
_CHECK = ("check", "r.toml", "--no-simulate", "--today", "2026-03-01")
_SIMULATE = ("simulate", "r.toml", *_PATIENTS, "-o")
_SEARCH = ("search", "r.toml", "--doses", "9,28", "--minimise", "il6_peak", "--search-patients", "10", *_PATIENTS)
_SENSITIVITY = ("sensitivity", "r.toml", "--samples", "2", "--endpoints", "il6_peak", "--patients", "3")
_SWEEP = ("sweep", "r.toml", "--vary", "cycle.1.step.1.dose=5,9,15", *_PATIENTS)

IN_PLACE: dict[str, tuple[str, ...]] = {
    "what was put right": (*_CHECK, "--fix"),
    "a waiver": (*_CHECK, "--add-waiver", "N105", "--reason", "The ward has agreed to it", "--expires", "2026-12-31"),
}
"""Those whose purpose is to change the regimen that they read."""

WRITERS: dict[str, tuple[str, ...]] = {
    "a plan": (*_PLAN, "out.html"),
    "a plan as a document": (*_PLAN, "out.json"),
    "a plan as a table": (*_PLAN, "out.csv"),
    "a plan of a record": ("plan", "rr-adult", "--record", "record.toml", "-f", "json", "-o", "out.json"),
    "labels of bags": (*_PLAN, "out.html", "--view", "labels", "--site", "ward.toml"),
    "a calendar": (*_PLAN, "out.ics", "--plan-id", "a"),
    "FHIR": (*_PLAN, "out.json", "-f", "fhir", "--plan-id", "a"),
    "records of a plan": (*_PLAN, "out.csv", "-f", "nonmem", "--bsa", "1.8"),
    "reports of findings": (
        *_CHECK,
        *(word for form in CheckFormat for word in ("--report", f"{form}=out.{form}")),
    ),
    "a baseline": (*_CHECK, "--write-baseline", "out.json"),
    "a table": (*_SIMULATE, "out.csv"),
    "a table in columns": (*_SIMULATE, "out.parquet"),
    "a stretch": (*_SIMULATE, "out.npz"),
    "curves": (*_SIMULATE, "out.csv", "--every", "12h"),
    "curves in columns": (*_SIMULATE, "out.parquet", "--every", "12h"),
    "a stretch of curves": (*_SIMULATE, "out.npz", "--every", "1d"),
    "records": (*_SIMULATE, "out.csv", "-f", "nonmem"),
    "a part of a table": (*_SIMULATE, "out.csv", "--first", "7"),
    "figures": ("simulate", "r.toml", *_PATIENTS, "--figure", "out.svg", "--figure", "out.png", "--figure", "out.pdf"),
    "a table of stretches": ("merge", "one.npz", "two.npz", "-o", "out.csv"),
    "a comparison": ("compare", "r.toml", "nhl-5", "--cycles", "1", *_PATIENTS, "-o", "out.csv", "--figure", "out.svg"),
    "a sweep": (*_SWEEP, "-o", "out.csv", "--figure", "out.svg"),
    "a sweep in lines": (*_SWEEP, "-o", "out.jsonl"),
    "a search": (*_SEARCH, "-o", "out.found"),
    "a sensitivity": (*_SENSITIVITY, "-o", "out.csv", "--figure", "out.svg"),
    "a page": ("report", "r.toml", "--patients", "50", "-o", "out.html"),
    "a model": ("model", "--nonmem", "out.ctl", "--sbml", "out.xml", "--regimen", "r.toml"),
    "a scaffold": ("new", "mine", "--from", "r.toml", "--title", "Mine", "-o", "out.toml", "--force"),
    "a site": ("new", "site", "out.toml", "--name", "Ward 7", "--zone", "Europe/Berlin", "--bag", "24=250"),
    "a record": (
        *("new", "record", "out.toml", "--regimen", "rr-adult", "--start", "2026-10-19T10:00"),
        *("--time-zone", "Europe/Berlin", "--weight", "70"),
    ),
    **IN_PLACE,
}
"""Commands that write, by what they write."""
NEW_ONLY = frozenset({"a baseline", "a site", "a record", "a search"})
"""Those that replace nothing: what is there already is refused, or is no file."""
STRETCHES = {"one.npz": ("--first", "1"), "two.npz": ("--first", "61")}
"""What is joined, and how it is made."""


def targets(writer: str) -> list[str]:
    """The files that a command writes."""
    if writer in IN_PLACE:
        return ["r.toml"]
    paths = [word.rpartition("=")[2] for word in WRITERS[writer]]
    return [path for path in paths if path.startswith("out.") and path != "out.found"]
