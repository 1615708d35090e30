"""Sound files of every kind of input, with all that such files may say: what is hostile is made from them."""

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from blinplan.regimen import library
from tests.hostile.oracle import answer_to
from tests.hostile.readers import own_files
from tests.plan_text import DATED, RECORD, WARD
from tests.regimen.layouts import FULL, with_headers, with_inline_tables
from tests.regimen_text import cycle, regimen_text, waiver

OWN = own_files.OWN
LONG_RECORD = RECORD + (
    'resolved = 2026-03-28T08:00:00\nrestart_dose = "9 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"\n'
    "same_bag = false\n\n[[cycle_start]]\ncycle = 2\nstarted = 2026-05-01T10:00:00\nweight_kg = 71.5\n\n"
    "[[measured]]\non = 2026-05-10\nweight_kg = 72\nheight_cm = 171\n\n"
    '[[planned_start]]\ncycle = 3\nstarts = 2026-06-16T10:00:00\nwhy = "leave"\n\n'
    '[[closure]]\nfirst_day = 2026-07-24\nlast_day = 2026-07-26\nwhy = "works"\n\n'
    '[[place]]\nsince = 2026-03-20T10:00:00\nsite = "ward.toml"\n\n'
    '[[bag]]\nhung = 2026-03-16T10:00:00\ntaken_down = 2026-03-17T10:00:00\ndose = "9 mcg/day"\nhours = 24\n'
    "number = 1\n"
)
SITE = (
    'site = 1\nname = "Ward 5"\ntime_zone = "Europe/Berlin"\nchange_time = "10:00"\nclosed = ["sunday"]\n'
    'holidays = [2026-12-25]\nprepared_hours_before = 20\nkept = "refrigerated"\ncycle_start = "next-open-day"\n'
    'long_day = "split"\nnew_figures = "next-step"\nprefer = "fewest-vials"\n'
    "syringe = [{ ml = 3, graduation_ml = 0.1 }, { ml = 10, graduation_ml = 0.2 }]\n"
    "vial = { micrograms = 38.5, mcg_per_ml = 12.5 }\n"
    '[[cannot_be_had]]\nbag_hours = [48]\nwhy = "none"\nfirst_day = 2026-10-20\nlast_day = 2026-10-25\n'
    "[[bag]]\nhours = 24\nfill_ml = 276\nstabiliser_ml = 5.5\n[[bag]]\nhours = 48\nfill_ml = 276\n"
)
HOLIDAYS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:a@b\r\nDTSTAMP:20260101T000000Z\r\n"
    "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
    "UID:c@b\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;COUNT=5\r\nSUMMARY:New"
    " Year\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "# of the state\n2026-12-25 Christmas\n2027-01-01\n",
)
PEOPLE = (
    "id,weight_kg,height_cm,age_years,sex,b_cells_per_ul,off_drug_day\nA1,70,175,40,female,,\nA2,82.5,181,55,male,120,9\n",
    "id;weight_kg;height_cm;regimen;hold_from_day;hold_days\nA1;70,5;175;;3;2\nA2;82,5;181;nhl-5;;\n",
)
CONFIGURATION = (
    'select = ["ALL"]\nignore = ["N105"]\nfail-on = "warning"\nexclude = ["old/*.toml"]\npatients = 100\nseed = 3\n'
    'site = "ward.toml"\nlabel = "us-2025"\n[severity]\nS304 = "note"\n[policies]\nreason-length = 12\n'
    "expiry-days = 200\n"
    '[limits]\nstep_length = { value = 6, reason = "agreed by the ward" }\n["per-file"."*.toml"]\nignore = ["S301"]\n'
)
BASELINE = json.dumps(
    {
        "format": "blinplan-baseline",
        "version": 2,
        "manifest": {"blinplan": "0.1.0"},
        "findings": [
            {
                "path": "r.toml",
                "rule": "N105",
                "at": f'cycle "Cycle" step {number} dose',
                "value": dose,
                "message": f'"{dose}" has d for day',
                "severity": "note",
            }
            for number, dose in enumerate(("9 mcg/d", "28 mcg/d"), 1)
        ],
    }
)


@cache
def regimens() -> tuple[str, ...]:
    """Regimens: all that are shipped, and some with what those do not have."""
    shipped = (path.read_text(encoding="utf-8") for path in library.paths().values())
    own = regimen_text(cycle("9 mcg/d for 7 days", "28 mcg/d for 21 days", repeat=2, reason="chemotherapy"))
    area = regimen_text(cycle("5 mcg/m2/day for 7 days"))
    return (*shipped, OWN, own + waiver("S304", "2027-01-01"), area, with_headers(FULL), with_inline_tables(FULL))


@cache
def texts(kind: str) -> tuple[str, ...]:
    """The sound texts of a kind of input; plans and calendars are those that the program writes."""
    if kind == "ledger":
        return (_written(*DATED, "-f", "json"), _written("plan", "rr-adult", "--record", "r.toml", "-f", "json"))
    if kind == "calendar":
        return (_written("plan", "r.toml", *DATED[2:], "-f", "ics", "--plan-id", "a"),)
    return _OF_OUR_OWN[kind]() if kind in _OF_OUR_OWN else _WRITTEN.get(kind) or regimens()


_WRITTEN = {
    "record": (RECORD, LONG_RECORD),
    "site": (WARD, SITE),
    "people": PEOPLE,
    "configuration": (CONFIGURATION,),
    "baseline": (BASELINE,),
    "holidays": HOLIDAYS,
}


_OF_OUR_OWN: dict[str, Callable[[], tuple[str, ...]]] = {
    "journal": lambda: (own_files.journal(),),
    "stretch": lambda: tuple(map(own_files.document_of, (own_files.stretch(), own_files.stretch("--every", "7d")))),
    "table": lambda: (own_files.table(),),
    "description": lambda: (own_files.table(".json"),),
    "cache": lambda: (own_files.cached(),),
}


def _written(*arguments: str) -> str:
    """What the program writes, in a folder with a record, its site and a regimen."""
    with tempfile.TemporaryDirectory() as folder:
        r = LONG_RECORD if "--record" in arguments else OWN
        Path(folder, "r.toml").write_text(r, encoding="utf-8")
        Path(folder, "ward.toml").write_text(WARD, encoding="utf-8")
        return answer_to(arguments, Path(folder)).out
