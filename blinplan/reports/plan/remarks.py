"""All that has to be known of a plan, in one list, from which every view and every format takes what concerns it.

Who has something new to say of a plan adds its function to `remarks_of_course`, or to one of `dated_remarks` where it
needs dates, and nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.course.eligibility import Choice
from blinplan.course.events import Course
from blinplan.course.premedication import PremedicationPlan
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.outside_text import visible
from blinplan.reports.plan.followed import asked_of_the_site, said_besides, unverified_in
from blinplan.reports.plan.premedication import coverage_remarks, premedication_remarks
from blinplan.reports.plan.things_due import course_remarks
from blinplan.reports.shared.departures import departure_lines
from blinplan.reports.shared.words import moment_text

if TYPE_CHECKING:
    from blinplan.course.calendar import Clock, Entry
    from blinplan.course.dated import Dated


def remarks_of_course(
    course: Course, choice: Choice, premedication: PremedicationPlan | None, dated: "Dated | None" = None
) -> Iterator[Remark]:
    """What has to be known of a course as a whole: how its doses were decided, and what nobody has seen or said."""
    site = None if dated is None else dated.site
    if choice.switched:
        yield Remark(f"{choice.limit}: {choice.reason}")
    yield from _all(departure_lines(course.regimen), RemarkKind.TOLD)
    yield from _all(unverified_in(course, dated), RemarkKind.UNVERIFIED)
    yield from _all(said_besides(course), RemarkKind.TOLD)
    yield from _all(asked_of_the_site(course, site), RemarkKind.NOT_EVALUATED)
    yield from _all(coverage_remarks(course))
    yield from premedication_remarks(premedication, None if dated is None else _moments(dated))
    yield from course_remarks(course, dated)


def _moments(dated: "Dated") -> Callable[[int], str]:
    """What writes a minute of a course as a local time."""
    return lambda minute: moment_text(dated.clock.at(minute))


def _all(lines: Iterable[str], kind: RemarkKind = RemarkKind.WARNING) -> Iterator[Remark]:
    return (Remark(line, kind) for line in lines)


# --- how they are shown -----------------------------------------------------------------------------------------------

_STYLES = {RemarkKind.TOLD: ""}


def remark_lines(remarks: Iterable[Remark]) -> list[Text]:
    """Draw remarks, a line each, in the style of their kind."""
    return [Text(visible(remark.text), _STYLES.get(remark.kind, remark.kind.value)) for remark in remarks]


def stands_above(remark: Remark) -> bool:
    """Whether a remark stands above what is to be done: below it is what nobody could say, and what is of its days."""
    return remark.is_of_course and remark.kind is not RemarkKind.NOT_EVALUATED


def remarks_of_entry(remarks: Iterable[Remark], entry: "Entry", numbers: Mapping[int, int]) -> Iterator[Remark]:
    """The remarks that are about an entry of the calendar; ``numbers`` are those of the bags, by their starts."""
    bag = None if entry.bag is None else numbers[entry.bag.start]
    return (remark for remark in remarks if remark.concerns(entry.cycle, entry.start, entry.stop, bag))


def joined_texts(remarks: Iterable[Remark]) -> str | None:
    """Write remarks into one cell of a table of data; None where there are none."""
    return " ".join(visible(remark.text) for remark in remarks) or None


def once_told(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Rows of a table of data with what is of the whole plan in the first of them only."""
    for number, row in enumerate(rows):
        yield {**row, "remarks_of_course": None} if number else row


def remarks_json(remarks: Sequence[Remark], clock: "Clock | None") -> list[dict[str, Any]]:
    """List remarks with what each concerns, and with local times where there are any."""
    return [
        {
            "kind": remark.kind.value,
            "text": remark.text,
            "cycle": remark.cycle,
            "bags": list(remark.bags),
            "start": _time(remark.start, clock),
            "stop": _time(remark.stop, clock),
        }
        for remark in remarks
    ]


def _time(minute: int | None, clock: "Clock | None") -> str | None:
    return None if minute is None or clock is None else clock.at(minute).isoformat()
