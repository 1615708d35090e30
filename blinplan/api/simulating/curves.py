"""Curves of every virtual patient at regular times, as data."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, Patient, figures_of
from blinplan.api.plausible import require_sets_of
from blinplan.api.regimens.order import OrderedRegimen, RegimenSource
from blinplan.api.simulating.data_file import STRETCH, minutes_of, refuse_data_file, require_drawn, write_table_of_part
from blinplan.api.simulating.drawing import ALL, AT_THE_TERMINAL, signals_of
from blinplan.api.simulating.event_records import EventRecords
from blinplan.api.simulating.numbers import population_named, require_numbers
from blinplan.api.simulating.patients import PatientSource, people_of
from blinplan.api.simulating.recorded import RecordedCourse
from blinplan.api.simulating.simulate import (
    before_of,
    course_asked,
    errors_of,
    options_of,
    record_given,
    told_as_refusals,
)
from blinplan.api.simulating.simulated import error_lines, record_of, texts_of, unverified_parts_of
from blinplan.api.table_result import TableResult
from blinplan.api.vocabulary import AttenuationName, PopulationName, SignalName
from blinplan.data_table import DataTable, table_html
from blinplan.executors.executor import Executor
from blinplan.files.writing import replacing
from blinplan.quantities import duration_text, plural
from blinplan.refusal import ArgumentRefusal
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from blinplan.regimen.site.site import Site
    from blinplan.simulation.measured.errors import Errors
    from blinplan.simulation.percentiles import Bands
    from blinplan.simulation.trajectories import Portion, RequestedCurves

PUBLIC = ("CurvesResult", "curves")


@dataclass(frozen=True, slots=True, repr=False)
class CurvesResult(TableResult):
    """Every virtual patient's curves at regular times; they are computed anew each time they are asked for.

    Attributes
    ----------
    curves
        Of whom, under what, and when.
    order
        The regimen that was asked for, and the one that is simulated.
    executor, progress
        What computes them, and who is told how many patients are done.
    errors
        Of measuring; None where only what is, and not what a ward would measure, was asked for.
    recorded
        The course as it came to be; None where it is the regimen's own.
    reader
        Reads them where they were computed before, by the number of the model; None where they are not.
    """

    curves: "RequestedCurves"
    order: OrderedRegimen
    executor: Executor | None = None
    progress: Callable[[int], None] | None = None
    errors: "Errors | None" = None
    recorded: RecordedCourse | None = None
    reader: "Callable[[int], Iterator[Portion]] | None" = None

    @property
    def unverified_parts(self) -> tuple[str, ...]:
        """What of the curves nobody has verified: doses, and the assumed effect of premedication."""
        return (*unverified_parts_of(self.curves), *error_lines(self.errors))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be known of a course as it came to be."""
        return () if self.recorded is None else self.recorded.remarks

    @property
    def missed_changes(self) -> tuple[str, ...]:
        """Changes of the infusion that fall between two times, in words."""
        missed = len(self.curves.changes_between_times)
        if not missed:
            return ()
        has_all = duration_text(self.curves.greatest_every)
        return (
            f"{missed} {plural('change', missed)} of the infusion, or the end of the course, fall{'s' * (missed == 1)}"
            f" between these times; times that divide {has_all} have them all",
        )

    def table(self) -> DataTable:
        """One time of one patient a row, by patient and then by time, computed as it is gone through."""
        from blinplan.reports.simulation.data import curve_table

        return curve_table(self.curves, self._each(), self.order.fingerprint, self.errors, record_of(self.recorded))

    def _each(self) -> "Iterator[Iterator[Portion]]":
        """The curves under the shipped parameters, and then under each plausible model."""
        from blinplan.simulation.trajectories import portions
        from blinplan.simulation.trials.progress import count_on

        for model, under in enumerate(self.curves.each):
            told = count_on(self.progress, model * under.cohort.size)
            yield portions(under, executor=self.executor, progress=told) if self.reader is None else self.reader(model)

    @with_kinds
    def bands(self, signals: Sequence[SignalName | str] | None = None) -> "Bands":
        """Percentiles of each signal at each of the times, exactly: the 5th, 50th and 95th of all patients.

        Under plausible models they say between what the medians lie.

        Raises
        ------
        Refusal
            When there is no such signal.
        """
        from blinplan.simulation.percentiles import bands_of_curves

        chosen = signals_of(signals) or ALL
        found, *others = (
            bands_of_curves(under, portions, chosen)
            for under, portions in zip(self.curves.each, self._each(), strict=True)
        )
        return found.over_models(others) if others else found

    def records(self) -> EventRecords:
        """Make event records of the same patients, with a sample at each of the times: NONMEM, mrgsolve, rxode2."""
        fingerprint = self.order.fingerprint
        return EventRecords(self.curves, fingerprint, self._each, self.errors, self.recorded)

    def text(self) -> str:
        """Write all of it as CSV."""
        return "".join(self.csv_texts())

    @with_kinds
    def write(self, path: str | Path, *, part: bool = False) -> None:
        """Write it, as it is computed, to a file whose ending says how: .csv, .parquet, or .npz to be joined.

        Of CSV that is a ``part`` for `merge_tables`, PATH.json says what it was made with; others say it themselves.

        Raises
        ------
        Refusal
            When it cannot be written.
        """
        target = Path(path)
        refuse_data_file(target)
        if target.suffix == STRETCH:
            self._write_stretch(target)
        else:
            write_table_of_part(self.table, target, self.curves.cohort if part else None)

    def _write_stretch(self, target: Path) -> None:
        from blinplan.reports.simulation.curve_stretch import curve_document, write_curves

        require_drawn(self.curves.cohort, target)
        asked, chosen = texts_of(self.order)
        document = curve_document(self.curves, asked, chosen, self.order.fingerprint, self.errors)
        with replacing(target) as beside:
            write_curves(document, self.curves, self._each(), beside)

    def drawing(self, *, screen: Screen = PLAIN) -> str:
        """Draw the percentiles at all times: drug, B cells, T cells and IL-6."""
        from blinplan.reports.simulation.curves import curves_report

        return screen.render(*curves_report(self.curves, self.bands(AT_THE_TERMINAL), screen))

    def __repr__(self) -> str:
        people, name = self.curves.cohort.size, self.curves.regimen.name
        return f"<CurvesResult of {name}: {people:,} {plural('patient', people)} {self.times_text}>"

    @property
    def times_text(self) -> str:
        """At how many times each patient is looked at, in words: whose own course ends sooner, at fewer."""
        return f"at {'up to ' if self.curves.own_courses else ''}{self.curves.minutes.shape[0]:,} times each"

    def _repr_html_(self) -> str:
        table = self.table()
        first = next(iter(table.portions))
        names = [column.name for column in table.columns]
        return table_html(dict(zip(names, first, strict=True)), repr(self)[1:-1])


@with_kinds
def curves(
    regimen: RegimenSource,
    every: int | str | timedelta,
    patients: "PatientSource" = 1000,
    *,
    first: int = 1,
    seed: int = 1,
    population: PopulationName | None = None,
    patient: Patient | Figures | None = None,
    record: str | Path | RecordedCourse | None = None,
    time_zone: str | None = None,
    site: "str | Path | Site | None" = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    measured: bool = False,
    models: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> CurvesResult:
    """Ask for every virtual patient's curves: drug, cells and cytokines at regular times.

    >>> from blinplan import curves
    >>> columns = curves("rr-adult", "1d", patients=None).columns()
    >>> [round(float(value)) for value in columns["drug_pg_per_ml"][:2]]
    [0, 169]

    Parameters
    ----------
    regimen, patients, first, seed, population, patient, record, time_zone, site
        As for `simulate`.
    follow_up, attenuation, premedication, measured
        As for `simulate`.
    models
        Under how many plausible parameter sets they are computed again. What lies between them is a range, and no
        confidence; a column says under which model a row is.
    executor, progress
        As for `simulate`.
    every
        What lies between two times: whole minutes, a text such as 30min, 6h or 1d, or a `timedelta`.

    Raises
    ------
    Refusal
        As `simulate`, and when there are more than a million times of one patient.
    """
    from blinplan.simulation.trajectories import TooManyTimesError
    from blinplan.simulation.trajectories import curves as curves_of

    given = record_given(regimen, patient, record, time_zone, site)
    asked, size, recorded = course_asked(regimen, patient, given, premedication=premedication)
    people = people_of(patients, figures_of(patient).formula, asked.regimen)
    require_numbers(people, seed=seed, follow_up=follow_up, models=models)
    require_sets_of(models, people)
    own = patients is not None and not isinstance(patients, int)
    try:
        with told_as_refusals(own=own):
            found = curves_of(
                asked.regimen,
                every=minutes_of(every),
                preset=population_named(population),
                patients=people,
                seed=seed,
                before=before_of(first, people),
                patient=size,
                course=None if recorded is None else recorded.periods,
                follow_up_days=follow_up,
                options=options_of(attenuation, premedication=premedication),
                models=models,
            )
    except TooManyTimesError as error:
        raise ArgumentRefusal("{why}", "give a longer {every}", why=error) from error
    return CurvesResult(found, asked, executor, progress, errors_of(seed, patients, measured=measured), recorded)
