"""Where data of patients goes: to a file or to standard output, with what has to be known of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.terminal import Terminal

if TYPE_CHECKING:
    from blinplan.api.simulating.curves import CurvesResult
    from blinplan.api.simulating.event_records import EventRecords
    from blinplan.api.simulating.joined_tables import JoinedTable
    from blinplan.api.simulating.simulated import EndpointsResult, SimulationResult


def write_data(
    found: "SimulationResult | EndpointsResult | CurvesResult | EventRecords | JoinedTable",
    target: Path | None,
    terminal: Terminal,
) -> None:
    """Write data as it comes, and say what of it is to be known."""
    if target is None:
        for text in found.csv_texts():
            terminal.write(text, "csv")
    else:
        found.write(target)
    for line in found.remarks:
        terminal.say(line, "warning")
    for line in found.unverified_parts:
        terminal.say(line, "unverified")


def write_curves(found: "CurvesResult", target: Path | None, terminal: Terminal) -> None:
    """Write every patient's curves, and say which changes of the infusion they miss."""
    write_data(found, target, terminal)
    if target is not None:
        terminal.say(f"{visible(str(target))}: {patients_text(found.curves.cohort.size)} {found.times_text}", "quiet")
    for line in found.missed_changes:
        terminal.say(line, "warning")


def write_records(found: "EventRecords", target: Path | None, terminal: Terminal) -> None:
    """Write event records of every patient."""
    write_data(found, target, terminal)
    if target is not None:
        size = found.curves.cohort.size
        terminal.say(f"{visible(str(target))}: event records of {patients_text(size)}", "quiet")


def patients_text(count: int) -> str:
    """So many patients, in words."""
    return f"{count:,} {plural('patient', count)}"
