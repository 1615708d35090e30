"""A course as it came to be, from a course record, for those who simulate it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.patient import Figures, Patient
from blinplan.api.regimens.order import OrderedRegimen, RegimenSource, order, reading_of
from blinplan.files.inputs import input_bytes
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.refusal import Refusal

if TYPE_CHECKING:
    from blinplan.api.planning.plan import Plan
    from blinplan.course.dated import Dated
    from blinplan.course.events import Period
    from blinplan.regimen.site.site import Site


@dataclass(frozen=True, slots=True)
class RecordedCourse:
    """What was given by a course record, and what follows it as it is planned now.

    Attributes
    ----------
    order
        The regimen that the patient of the record gets.
    patient
        The patient of the record, as known at the start: the size of the typical patient.
    periods
        What is given when.
    remarks
        What has to be known of it, in words.
    fingerprint
        That of the record's text.
    """

    order: OrderedRegimen
    patient: Patient
    periods: "tuple[Period, ...]"
    remarks: tuple[str, ...]
    fingerprint: str

    @property
    def days(self) -> float:
        """How long the course is."""
        return self.periods[-1].stop / MINUTES_PER_DAY


def recorded_course(
    regimen: RegimenSource,
    record: str | Path,
    figures: Figures | None = None,
    *,
    time_zone: str | None = None,
    site: "str | Path | Site | None" = None,
) -> RecordedCourse:
    """Read a course record as `plan` does, for a simulation of the course as it came to be.

    Raises
    ------
    Refusal
        As `plan`, and when nothing was infused and nothing is planned.
    """
    # Imported here, because most simulations are of no record.
    from blinplan.api.planning.plan import plan

    asked = reading_of(regimen)
    planned = plan(asked, figures, record=record, time_zone=time_zone, site=site)
    course, dated = planned.course, planned.dated
    assert dated is not None  # noqa: S101 - a record gives the start
    if not course.infusion_minutes:
        raise Refusal(f"{record}: nothing was infused, and nothing is planned", "there is nothing to simulate")
    return RecordedCourse(
        order(asked, course.patient),
        course.patient,
        tuple(event.period for event in course.events),
        (*_words(str(record), dated), *_words_of_rules(planned)),
        _fingerprint(Path(record)),
    )


def _words(record: str, dated: "Dated") -> Iterator[str]:
    from blinplan.course.happened.hung import wrong_doses
    from blinplan.outside_text import visible
    from blinplan.reports.shared.words import amount_text
    from blinplan.simulation.delivered import misses_an_overdose

    given, planned = (course.micrograms for course in (dated.course, dated.replanned.planned))
    of_plan = f"{amount_text(given)} of {amount_text(planned)} mcg"
    yield f"As {visible(record)} says, and after it as it is planned now: the patient of the record gets {of_plan}."
    for wrong in wrong_doses(dated.course):
        off, much = amount_text(abs(wrong.micrograms)), "much" if wrong.micrograms > 0 else "little"
        yield f"A wrong bag, or one that lacked, gave {off} mcg too {much}: it is simulated."
    if misses_an_overdose(dated):
        yield "What an overdose gave in excess is not simulated: it is not on record."
    for change in dated.course.changes:
        day = dated.clock.at(change.minute).date().isoformat()
        yield f"The record has other figures from {day} on; the typical patient keeps those of the start."


def _words_of_rules(planned: "Plan") -> Iterator[str]:
    yield from planned.errors
    yield from (remark.text for remark in planned.history.remarks())


def _fingerprint(record: Path) -> str:
    import hashlib

    return hashlib.sha256(input_bytes(record)).hexdigest()[:16]
