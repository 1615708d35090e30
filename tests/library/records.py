"""Course records of the library: right ones, mistakes in them, and what a pharmacist expects to hear of each."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from blinplan.rules.judging.judgement import Judgement
from tests.library.files import stands_at
from tests.library.styles import STYLES, Path, Tree, Written
from tests.regimen_text import judgement_of


def at(day: int, hour: int = 10, month: int = 3) -> datetime:
    """A time of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


ADULT: Tree = {
    "record": 1,
    "regimen": "rr-adult",
    "start": at(2),
    "weight_kg": 60,
    "height_cm": 165,
    "born": date(1980, 5, 17),
    "interruption": [
        {"stopped": at(5), "restarted": at(5, 12), "cause": "technical", "cycle": 1, "same_bag": True},
        {
            "stopped": at(16),
            "restarted": at(26),
            "cause": "surgery",
            "cycle": 1,
            "premedicated": True,
            "restart_dose": "9 mcg/day",
            "restart_in": "same-cycle",
            "full_dose_after_days": 7,
        },
    ],
    "cycle_start": [{"cycle": 2, "started": at(23, 12, 4)}],
    "measured": [{"on": date(2026, 4, 20), "weight_kg": 62}],
    "bag": [
        {"number": 1, "hung": at(2), "taken_down": at(4), "dose": "9 mcg/day", "hours": 48},
        {"number": 2, "hung": at(4), "taken_down": at(6), "dose": "9 mcg/day", "hours": 48},
    ],
}
"""An adult with a pump that failed, surgery, new figures and a second cycle; nothing is wrong with it."""
INFANT: Tree = {
    "record": 1,
    "regimen": "rr-below-45-kg",
    "start": at(2),
    "weight_kg": 6,
    "height_cm": 62,
    "bag": [{"number": 1, "hung": at(2), "taken_down": at(6), "dose": "5 mcg/m2/day", "hours": 96}],
}
"""An infant who is heavy enough for bags with preservative."""
RECORDS = {"an adult": ADULT, "an infant": INFANT}

Change = Callable[[Tree], Path]
"""Makes the mistake in a tree, and says where."""


@dataclass(frozen=True, slots=True)
class RecordMistake:
    """A kind of mistake in a record: in which, how it is made, and the code that is told there."""

    record: str
    code: str
    change: Change


def _set(table: str, number: int, told: str = "", **values: Any) -> Change:
    """Let a table of the record say something else; what is None is left out. It is told at a key of it."""

    def change(tree: Tree) -> Path:
        one = tree[table][number]
        one.update(values)
        for key in [key for key, value in one.items() if value is None]:
            del one[key]
        return table, number, told or next(iter(values))

    return change


def _undecided(*keys: str) -> Change:
    """Leave out what was decided after surgery, and the next cycle, which begins no sooner than that is known."""

    def change(tree: Tree) -> Path:
        del tree["cycle_start"]
        return _set("interruption", 1, "restarted", **dict.fromkeys(keys))(tree)

    return change


def _hang(told: str = "dose", **values: Any) -> Change:
    """Hang a bag more."""

    def change(tree: Tree) -> Path:
        tree["bag"].append({"dose": "28 mcg/day", "hours": 48, **values})
        return "bag", len(tree["bag"]) - 1, told

    return change


def _weight(kilograms: Any) -> Change:
    def change(tree: Tree) -> Path:
        tree["weight_kg"] = kilograms
        return "bag", 0, "hours"

    return change


def _adult(code: str, change: Change) -> RecordMistake:
    return RecordMistake("an adult", code, change)


RECORD_MISTAKES = {
    "restart without premedication": _adult("I802", _set("interruption", 1, premedicated=False)),
    "a stop of another cycle": _adult("I804", _set("interruption", 0, cycle=2)),
    "a restart at ten times the dose": _adult("I805", _set("interruption", 0, restart_dose="90 mcg/day")),
    "nobody decided after surgery": _adult("I806", _undecided("restart_dose", "restart_in", "full_dose_after_days")),
    "no dose decided after surgery": _adult("I806", _undecided("restart_dose")),
    "no cycle decided after surgery": _adult("I806", _undecided("restart_in")),
    "no full dose decided after surgery": _adult("I806", _undecided("full_dose_after_days")),
    "a cycle two days early": _adult("I807", _set("cycle_start", 0, started=at(21, 12, 4))),
    "a cycle three weeks late": _adult("I807", _set("cycle_start", 0, started=at(14, 12, 5))),
    "a bag of the next step": _adult("I808", _set("bag", 0, dose="28 mcg/day")),
    "a bag of half the dose": _adult("I808", _set("bag", 0, dose="4.5 mcg/day")),
    "a bag that hung longer than it lasts": _adult("I808", _set("bag", 1, "taken_down", hours=24)),
    "a pump at a fifth more": _adult("I808", _set("bag", 0, "dose", rate_ml_per_hour=6, fill_ml=288)),
    "three hours without a bag": _adult("I808", _set("bag", 1, "hung", hung=at(4, 13), taken_down=at(6))),
    "a bag in the interval": _adult("I808", _hang(hung=at(12, month=4), taken_down=at(12, 16, 4))),
    "a bag while the infusion was stopped": _adult("I808", _hang(hung=at(18), taken_down=at(18, 16))),
    "a bag with preservative below 5.4 kg": RecordMistake("an infant", "I809", _weight(5)),
    "pounds for kilograms": _adult("I810", _set("measured", 0, weight_kg=137)),
    "a decimal point too far left": _adult("I810", _set("measured", 0, weight_kg=6)),
    "a bag after its time": _adult("I812", _set("bag", 1, taken_down=at(6) + timedelta(hours=1))),
}


def judged_record(written: Written) -> Judgement:
    """Judge a record as it is by default."""
    return judgement_of(written.text)


def record_of(name: str, style: str, change: Change | None = None) -> tuple[Written, Path]:
    """A record in a way of writing, with a mistake where there is one, and its place."""
    tree = deepcopy(RECORDS[name])
    path = () if change is None else change(tree)
    shown = STYLES[style]
    return shown.written(shown.of(tree)), path


def what_is_wrong_in_record(kind: str, style: str) -> str:
    """In which way what is said of a record is not what a pharmacist expects; empty where it is."""
    mistake = RECORD_MISTAKES[kind]
    written, path = record_of(mistake.record, style, mistake.change)
    return "; ".join(faults_of_record(mistake, written, path))


def faults_of_record(mistake: RecordMistake, written: Written, path: Path) -> Iterator[str]:
    """What of that which is said of a file is not what is expected."""
    found = judged_record(written).findings
    said = " ".join(f"{one.code} at {'.'.join(map(str, one.path))}" for one in found) or "nothing"
    if {one.code for one in found} != {mistake.code}:
        yield f"said: {said}; expected {mistake.code}"
    elif len(found) > 1:
        yield f"said more than once: {said}"
    elif not stands_at(found[0], written, path):
        yield f"said: {said}; not at {'.'.join(map(str, path))}"
