"""Event records of virtual patients, for programs that simulate or estimate pharmacokinetics."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.kinds import with_kinds
from blinplan.api.simulating.data_file import refuse_record_file, write_table
from blinplan.api.simulating.recorded import RecordedCourse
from blinplan.api.simulating.simulated import error_lines, record_of, unverified_parts_of
from blinplan.api.table_result import TableResult
from blinplan.data_table import DataTable
from blinplan.quantities import plural

if TYPE_CHECKING:
    from blinplan.simulation.measured.errors import Errors
    from blinplan.simulation.trajectories import Portion, RequestedCurves


@dataclass(frozen=True, slots=True, repr=False)
class EventRecords(TableResult):
    """Event records of every virtual patient for NONMEM, mrgsolve and rxode2.

    Attributes
    ----------
    curves
        Of whom, under what, and when samples are taken.
    fingerprint
        Of the regimen's text.
    portions
        Gives their curves, of which samples are measured, under each model.
    errors, recorded
        As of a `CurvesResult`.
    """

    curves: "RequestedCurves"
    fingerprint: str
    portions: "Callable[[], Iterator[Iterator[Portion]]]"
    errors: "Errors | None" = None
    recorded: RecordedCourse | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be known of a course as it came to be."""
        return () if self.recorded is None else self.recorded.remarks

    @property
    def unverified_parts(self) -> tuple[str, ...]:
        """What of them nobody has verified, and where the errors of what is measured come from."""
        return (*unverified_parts_of(self.curves), *tuple(error_lines(self.errors))[:1])

    def table(self) -> DataTable:
        """One record a row: an infusion or a sample, by patient and then by time."""
        from blinplan.reports.simulation.events import event_table

        errors, record = self.errors, record_of(self.recorded)
        computed = None if errors is None else self.portions()
        return event_table(self.curves, self.fingerprint, computed=computed, errors=errors, record=record)

    def text(self) -> str:
        """Write all of them as CSV."""
        return "".join(self.csv_texts())

    @with_kinds
    def write(self, path: str | Path) -> None:
        """Write them, as they are made, to a file whose ending says how: .csv or .parquet.

        Raises
        ------
        Refusal
            When it cannot be written.
        """
        target = Path(path)
        refuse_record_file(target)
        write_table(self.table(), target)

    def __repr__(self) -> str:
        size = self.curves.cohort.size
        return f"<EventRecords of {self.curves.regimen.name}: {size:,} {plural('patient', size)}>"
