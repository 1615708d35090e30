"""What a plan says of the label that it follows: which text it is, what that leaves to the site, what is unverified."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from blinplan.course.events import Course
from blinplan.label.label import FollowedLabel
from blinplan.label.read import label_of
from blinplan.quantities import duration_text
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import Indication, Occasion
from blinplan.reports.shared.words import unverified_lines

if TYPE_CHECKING:
    from blinplan.course.dated import Dated
    from blinplan.regimen.site.site import Site

_RESTARTS = frozenset({Occasion.RESTART, Occasion.FIRST_CYCLE_RESTART})


def label_line(course: Course, followed: FollowedLabel) -> str:
    """Name the label, and who says that it is followed where that is not the regimen itself."""
    return f"Label: {label_text(course.regimen, followed)}"


def label_text(regimen: Regimen, followed: FollowedLabel) -> str:
    """The same without a heading."""
    unheeded = ", ".join(followed.unheeded)
    changed = (
        f"; the project changes {unheeded} for checks, and a plan goes by the label and the site" if unheeded else ""
    )
    return f"{label_of(regimen)}{f', {followed.origin}' if followed.is_told else ''}{changed}"


def label_json(course: Course, followed: FollowedLabel) -> dict[str, Any]:
    """The same for other programs."""
    label = label_of(course.regimen)
    return {
        "name": label.name,
        "title": label.title,
        "country": label.country,
        "date": label.date,
        "text": label.text,
        "origin": followed.origin,
        "unheeded": list(followed.unheeded),
    }


def said_besides(course: Course) -> Iterator[str]:
    """Say what the label says besides what the plan has in its own places."""
    label, indication = label_of(course.regimen), course.regimen.indication
    for statement in label.statements:
        if indication is not Indication.INVESTIGATIONAL and statement.name != "flush" and statement.is_for(indication):
            yield f"The label also says: {statement.stated.says}"


def asked_of_the_site(course: Course, site: "Site | None") -> Iterator[str]:
    """Say in one line what neither the label, as far as it was seen, nor the regimen or the site states."""
    asked = [*_of_the_course(course, site), *(() if site is None else _of_the_bags(site))]
    if asked:
        yield f"Not stated by the label as far as it was seen, so asked of the site: {'; '.join(asked)}."


def _of_the_course(course: Course, site: "Site | None") -> Iterator[str]:
    regimen, label = course.regimen, label_of(course.regimen)
    if regimen.indication is Indication.INVESTIGATIONAL:
        return
    given = frozenset[Occasion]().union(*(one.occasions for one in regimen.premedication))
    if "premedication_again" not in label.numbers and not given & _RESTARTS:
        yield "premedication on a restart"
    if label.statement("flush") is None:
        yield "whether the line may be flushed"
    if "supervision_again" not in label.numbers:
        yield "supervision of a restart"
    schedule = label.schedule(regimen.indication, regimen.basis)
    stated = schedule is not None and schedule.hospital_days
    if not stated and not regimen.hospital_days and not (site is not None and site.hospital_days):
        yield "days in hospital"


def _of_the_bags(site: "Site") -> Iterator[str]:
    """What has to be known of bags, with the key of the site profile that says it."""
    if rates := [size.minutes for size in site.bags if size.millilitres_per_hour is None]:
        yield f"pump rates of bags for {_durations(rates)} (`rate_ml_per_hour`)"
    if unknown := [size.minutes for size in site.bags if size.preservative is None]:
        yield f"whether bags for {_durations(unknown)} hold a preservative (`preservative`)"
    if unlimited := [size.minutes for size in site.bags if size.in_use is None]:
        yield f"how long bags for {_durations(unlimited)} may be used (`in_use_hours`)"
    if site.preservative_from is None:
        yield "the weight from which bags with preservative are given (`preservative_from_kg`)"
    if site.vial is None:
        yield "what a vial holds (`vial`)"


def _durations(sizes: list[int]) -> str:
    return ", ".join(duration_text(size) for size in sorted(sizes))


def unverified_in(course: Course, dated: "Dated | None") -> Iterator[str]:
    """Say what a plan rests on and nobody has seen in its source, a line each; the age of adults is told with it."""
    yield from dict.fromkeys(line for regimen in course.regimens for line in unverified_lines(regimen))
    numbers = label_of(course.regimen).numbers
    decided = [] if dated is None else [one for entry in dated.ledger.interruptions for one in entry.decisions]
    for name in dict.fromkeys(name for decision in decided for name in decision.limits):
        limit = numbers.get(name)
        if limit is not None and limit.unverified:
            yield f"An unverified value decides here: {limit.says}"
