"""Differences of two regimens as lines of words, and as data."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from blinplan.design.difference.change import RegimenChange
from blinplan.design.difference.difference import RegimenDifference
from blinplan.outside_text import visible
from blinplan.terminal import indent

SAME = "Patients get the same."
COVERS = "of these virtual patients: how far chance in who was drawn moves them, and not whether the model is true"
NO_SHARE_BY_DAY = "No share by a day is shown: none of the endpoints that are named is a time, as b_depleted_day is."
ONLY_IN_FILE = "Only the file says otherwise"


def difference_parts(found: RegimenDifference) -> Iterator[RenderableType]:
    """Draw how two regimens differ."""
    if found.is_none:
        yield indent(SAME, "pass")
    for change in (*found.for_patients, *found.consequences):
        yield indent(visible(change.words))
    if found.in_file:
        yield indent(f"{ONLY_IN_FILE}:", "quiet")
        yield from (indent(indent(visible(change.words), "quiet")) for change in found.in_file)


def change_json(change: RegimenChange) -> dict[str, Any]:
    """Write one difference as data."""
    return {
        "subject": change.subject.value,
        "place": change.place,
        "before": change.before,
        "after": change.after,
        "unit": change.unit,
        "note": change.note,
        "cycles": list(change.cycles),
        "words": change.words,
    }
