"""The dosages of a plan as FHIR R4 has them: of infusions, bag by bag where a site prepares bags, and premedication."""

from collections.abc import Iterable, Iterator

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import Contents, contents
from blinplan.course.dated import Dated
from blinplan.course.events import Event
from blinplan.course.premedication import DuePremedication
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, Basis, duration_text
from blinplan.regimen.site.site import Site
from blinplan.reports.plan.bags.preparation import measured_text
from blinplan.reports.plan.bags.words import duration_of_bag
from blinplan.reports.plan.fhir.elements import (
    MICROGRAM,
    MICROGRAM_PER_AREA_PER_DAY,
    MICROGRAM_PER_DAY,
    MILLIGRAM,
    MILLIGRAM_PER_AREA,
    MILLILITRE,
    MILLILITRE_PER_HOUR,
    Element,
    amount,
    moment_of,
    once_over,
    per_day,
    period,
    quantity,
    rate,
    words,
)
from blinplan.reports.plan.premedication import ONE_OF, time_before


def infusion(dated: Dated, event: Event) -> list[Element]:
    """The dosages of a stretch of one dose: one a bag, one after another, or one in all where no site prepares bags."""
    start, stop = event.period.start, event.period.stop
    numbers = dated.bag_numbers
    bags = [(numbers[bag.start], bag) for bag in dated.bags if start <= bag.start < stop]
    if not bags:
        whole = f"{_dose(event)} for {duration_text(stop - start)}: {amount(event.micrograms, MICROGRAM)}"
        return [_dosage(dated, event, 1, (start, stop), whole, _rates(event, stop - start))]
    return [
        _dosage(
            dated,
            event,
            place,
            (bag.start, bag.stop),
            f"Bag {number}: {_dose(event)} {_bag(bag, dated.site)}",
            [*_rates(event, bag.minutes), *_volumes(bag)],
        )
        for place, (number, bag) in enumerate(bags, start=1)
    ]


def _dosage(
    dated: Dated, event: Event, place: int, between: tuple[int, int], text: str, rates: Iterable[Element]
) -> Element:
    cap = event.period.cap
    return {
        "sequence": place,
        "text": text,
        "timing": once_over(dated.clock, *between),
        "route": words("intravenous"),
        "method": words("continuous infusion"),
        "doseAndRate": list(rates),
        **({} if cap is None else {"maxDosePerPeriod": per_day(cap.amount)}),
    }


def _dose(event: Event) -> str:
    """Write a dose as it was ordered, and what it comes to where that is another number."""
    ordered, given = event.period.dose, amount(event.rate, MICROGRAM_PER_DAY)
    if ordered is None or ordered.basis is Basis.FLAT:
        return given
    cap = f", no more than {event.period.cap}" if event.period.cap else ""
    return f"{ordered}{cap}, which is {given}{' (the cap)' if event.capped else ''}"


def _rates(event: Event, minutes: int) -> Iterator[Element]:
    """The dose as it was ordered, and what it comes to in the patient where it was ordered by body surface area."""
    ordered = event.period.dose
    by_area = ordered is not None and ordered.basis is Basis.BSA
    if ordered is not None and by_area:
        yield rate("ordered", None, quantity(ordered.amount, MICROGRAM_PER_AREA_PER_DAY))
    given = quantity(event.rate * minutes / MINUTES_PER_DAY, MICROGRAM)
    yield rate("calculated" if by_area else "ordered", given, quantity(event.rate, MICROGRAM_PER_DAY))


def _volumes(bag: Bag) -> Iterator[Element]:
    """What the pump gives of a bag; nothing where the label has no pump rate for its size."""
    if bag.size.millilitres_per_hour is not None and bag.millilitres is not None:
        per_hour = quantity(bag.size.millilitres_per_hour, MILLILITRE_PER_HOUR)
        yield rate("calculated", quantity(bag.millilitres, MILLILITRE), per_hour)


def _bag(bag: Bag, site: Site | None) -> str:
    """Write how long a bag runs and at which pump rate, what of it is given, and what is in it."""
    given = amount(bag.micrograms, MICROGRAM)
    if bag.size.millilitres_per_hour is None or bag.millilitres is None:
        size = duration_text(bag.size.minutes)
        pump = f"(pump rate not evaluated: neither the label nor the site has one for {size}): {given}"
    else:
        per_hour = amount(bag.size.millilitres_per_hour, MILLILITRE_PER_HOUR)
        pump = f"at {per_hour}: {given} in {amount(bag.millilitres, MILLILITRE)}"
    holds = None if site is None else contents(bag, site)
    return f"for {duration_of_bag(bag)} {pump}; {_inside(holds)}"


def _inside(holds: Contents | None) -> str:
    if holds is None or holds.drug is None:
        return "what is drawn up and filled is not evaluated"
    inside = f"{amount(holds.micrograms, MICROGRAM)} in {amount(holds.millilitres, MILLILITRE)}"
    drawn = f"{amount(holds.drug, MILLILITRE)} are drawn up{measured_text(holds)}"
    return f"filled with {inside}, of which {drawn}; vials to open: {holds.vials}"


def premedication(dated: Dated, due: DuePremedication) -> Element:
    """The dosage of a premedication, at one moment or within a window."""
    most = due.premedication.cap
    only = "" if due.only is None else f"Only if the patient is {ONE_OF[due.only]}: "
    window = {"repeat": {"boundsPeriod": period(dated.clock, due.start, due.stop), "count": 1}}
    return {
        "sequence": 1,
        "text": f"{only}{_premedication_dose(due)}, {time_before(due.premedication)} before the infusion",
        "timing": moment_of(dated.clock, due.start) if due.start == due.stop else window,
        "doseAndRate": list(_premedication_rates(due)),
        **({} if most is None else {"maxDosePerAdministration": quantity(most.milligrams, MILLIGRAM)}),
    }


def _premedication_dose(due: DuePremedication) -> str:
    given = due.premedication
    ordered = f"{visible(given.drug)} {given.dose}" + (f", no more than {given.cap}" if given.cap else "")
    if due.dose is None:
        return f"{ordered} (not evaluated in mg: the body surface area is not given)"
    if given.dose.basis is Basis.FLAT:
        return ordered
    return f"{ordered}, which is {amount(due.dose.milligrams, MILLIGRAM)}{' (the cap)' if due.capped else ''}"


def _premedication_rates(due: DuePremedication) -> Iterator[Element]:
    ordered = due.premedication.dose
    by_area = ordered.basis is Basis.BSA
    yield rate("ordered", quantity(ordered.milligrams, MILLIGRAM_PER_AREA if by_area else MILLIGRAM), None)
    if by_area and due.dose is not None:
        yield rate("calculated", quantity(due.dose.milligrams, MILLIGRAM), None)
