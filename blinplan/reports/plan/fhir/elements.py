"""The pieces of FHIR R4 resources: identities, quantities, times and words.

Units are those of UCUM, in which a microgram is ``ug``; what a person reads says mcg.
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from blinplan.course.calendar import Clock
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, decimal_text

Element = dict[str, Any]

_OURS = uuid5(NAMESPACE_URL, "urn:blinplan:plan")
_PLACES = 6

MICROGRAM = ("mcg", "ug")
MICROGRAM_PER_DAY = ("mcg/day", "ug/d")
MICROGRAM_PER_AREA_PER_DAY = ("mcg/m²/day", "ug/m2/d")
MILLIGRAM = ("mg", "mg")
MILLIGRAM_PER_AREA = ("mg/m²", "mg/m2")
MILLILITRE = ("mL", "mL")
MILLILITRE_PER_HOUR = ("mL/h", "mL/h")


def urn(name: str) -> str:
    """The URN of what has a name: the same in every plan."""
    return f"urn:uuid:{uuid5(_OURS, name)}"


def identifier(name: str) -> Element:
    """The identifier of what has a name, for business: a server may change the id of a resource, and not this."""
    return {"system": "urn:ietf:rfc:3986", "value": urn(name)}


def resource(kind: str, name: str, sentences: Sequence[str]) -> Element:
    """Begin a resource: its type, its id, and what a person reads of it, a paragraph each."""
    shown = "".join(f"<p>{escape(visible(sentence))}</p>" for sentence in sentences)
    return {
        "resourceType": kind,
        "id": urn(name).removeprefix("urn:uuid:"),
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{shown}</div>'},
        "identifier": [identifier(name)],
    }


def reference(kind: str, name: str) -> Element:
    """Refer to another resource of the bundle, of a type."""
    return {"reference": urn(name), "type": kind}


def words(text: str) -> Element:
    """A concept in words. No code of a terminology is given that nobody has verified."""
    return {"text": visible(text)}


def number(value: Fraction) -> int | float:
    """A number as a FHIR decimal: exact where six decimals allow it, otherwise rounded; `amount` says which."""
    whole, rest = divmod(round(value * 10**_PLACES), 10**_PLACES)
    return float(whole + Fraction(rest, 10**_PLACES)) if rest else whole


def amount(value: Fraction, unit: tuple[str, str]) -> str:
    """Write an amount as a person reads it, marked ``≈`` where it is rounded."""
    return f"{decimal_text(value, _PLACES).replace('≈ ', '≈')} {unit[0]}"


def quantity(value: Fraction, unit: tuple[str, str]) -> Element:
    """A quantity in a unit of UCUM."""
    return {"value": number(value), "unit": unit[0], "system": "http://unitsofmeasure.org", "code": unit[1]}


def per_day(micrograms: Fraction) -> Element:
    """A ratio of micrograms to a day."""
    return {"numerator": quantity(micrograms, MICROGRAM), "denominator": quantity(Fraction(1), ("day", "d"))}


def date_time(when: datetime) -> str:
    """A moment, local and with its offset."""
    return when.isoformat(timespec="seconds")


def period(clock: Clock, start: int, stop: int) -> Element:
    """A stretch of time, from one minute of a course to another."""
    return {"start": date_time(clock.at(start)), "end": date_time(clock.at(stop))}


def moment_of(clock: Clock, minute: int) -> Element:
    """A timing at one minute of a course."""
    return {"event": [date_time(clock.at(minute))]}


def once_over(clock: Clock, start: int, stop: int) -> Element:
    """A timing of one thing that lasts from one minute of a course to another; a day of it has 24 hours."""
    minutes = stop - start
    size, unit = next(
        (size, unit)
        for size, unit in ((MINUTES_PER_DAY, "d"), (MINUTES_PER_HOUR, "h"), (1, "min"))
        if minutes % size == 0
    )
    return {
        "repeat": {
            "boundsPeriod": period(clock, start, stop),
            "count": 1,
            "duration": minutes // size,
            "durationUnit": unit,
        }
    }


def rate(kind: str, dose: Element | None, per_time: Element | None) -> Element:
    """A dose and the rate it is given at, ``ordered`` as such or ``calculated`` from what was ordered."""
    system = "http://terminology.hl7.org/CodeSystem/dose-rate-type"
    return {
        "type": {"coding": [{"system": system, "code": kind, "display": kind.capitalize()}]},
        **({} if dose is None else {"doseQuantity": dose}),
        **({} if per_time is None else {"rateQuantity": per_time}),
    }
