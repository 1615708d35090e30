"""Small regimens and patients for the tests of courses."""

from fractions import Fraction

from blinplan.course.bags.preparation import prepared_by
from blinplan.course.events import Course, expand
from blinplan.course.patient import Patient, patient
from blinplan.label.read import DEFAULT, label_named
from blinplan.regimen import library
from blinplan.regimen.age import completed_age
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.site.site import Site, SiteBag
from tests.read_text import regimen_in

DAY, HOUR = 24 * 60, 60
ADULT = patient(weight=Fraction(70), height=Fraction(170), age=completed_age(40))
CHILD = patient(weight=Fraction(20), height=Fraction(110), age=completed_age(6))


def shipped(name: str) -> Regimen:
    """Return a shipped regimen."""
    return library.regimen(name)


def regimen(cycles: str, basis: str = "flat", more: str = "", name: str = "example") -> Regimen:
    """Return a regimen with these cycles, as a file writes them."""
    head = f'format = 1\nname = "{name}"\ntitle = "Example"\nindication = "investigational"\ndosing.basis = "{basis}"\n'
    source = '[[sources]]\ncitation = "none"\nstatus = "unverified"\n'
    return regimen_in(f"{head}{more}{source}{cycles}")


def cycle(steps: str, free: int = 14, repeat: int = 1) -> str:
    """Return a cycle as a file writes it; its steps as the insides of inline tables, with `;` between."""
    tables = ", ".join(f"{{ {step} }}" for step in steps.split(";"))
    return f'[[cycle]]\nname = "Cycle"\nrepeat = {repeat}\nsteps = [{tables}]\ntreatment_free_days = {free}\n'


def with_area(square_metres: Fraction) -> Patient:
    """Return a patient of whom only the body surface area is known."""
    return patient(area=square_metres)


def infused(course: Course) -> list[tuple[int, int, Fraction]]:
    """Return what a pump would do, periods of the same rate joined: start, stop in minutes, rate in mcg/day."""
    joined: list[tuple[int, int, Fraction]] = []
    for event in course.events:
        if joined and joined[-1][1] == event.period.start and joined[-1][2] == event.rate:
            joined[-1] = (joined[-1][0], event.period.stop, event.rate)
        else:
            joined.append((event.period.start, event.period.stop, event.rate))
    return joined


def course_of(name: str, person: Patient = ADULT) -> Course:
    """Return what a patient gets from a shipped regimen."""
    return expand(shipped(name), person)


def site(*hours: int, at: int | None = 10 * HOUR, closed: frozenset[int] = frozenset(), **more: object) -> Site:
    """Return a site that prepares bags of these hours by the default label."""
    given = {"holidays": frozenset(), "prepared_before": 0, "time_zone": None, **more}
    sizes = tuple(SiteBag(one * HOUR, None, None) for one in sorted(hours))
    own = Site(name="Ward 7", bags=sizes, change_minute=at, closed=closed, **given)  # type: ignore[arg-type]
    return prepared_by(own, label_named(DEFAULT))
