"""Exact doses, masses and durations, and how they are written and read.

Amounts are exact fractions and times whole minutes. A float appears only where the numerical engine begins.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from numbers import Integral
from typing import Any, NamedTuple

MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24
MINUTES_PER_DAY = HOURS_PER_DAY * MINUTES_PER_HOUR

MOSTELLER = 3600
"""Weight in kg times height in cm over the square of the body surface area in m² (N Engl J Med 1987;317:1098)."""


class Basis(StrEnum):
    """What a dose is counted by: nothing (flat), or body surface area."""

    FLAT = "flat"
    BSA = "bsa"


class QuantityError(ValueError):
    """A text that is not a quantity of the kind asked for. The message says what was expected and why.

    ``advice`` says what to write instead, where that is known better than for every quantity of the kind.
    """

    def __init__(self, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.advice = advice


class RouteError(QuantityError):
    """A dose that is given by another route than blinplan knows."""


class Notation(StrEnum):
    """A way of writing a dose that is read correctly here and misread elsewhere (ISMP list of error-prone notation)."""

    MICROGRAM_SYMBOL = "microgram symbol"
    TRAILING_ZERO = "trailing zero"
    NAKED_DECIMAL = "naked decimal point"
    ABBREVIATED_DAY = "abbreviated day"
    MISSING_SPACE = "no space before the unit"


class Slip(NamedTuple):
    """One error-prone notation in a text: which, where (offsets into the text), and what to write instead."""

    notation: Notation
    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class DoseRate:
    """An exact dose rate: ``amount`` in mcg/day (flat) or mcg/m²/day (by body surface area)."""

    amount: Fraction
    basis: Basis

    @property
    def unit(self) -> str:
        """The unit as a regimen file writes it."""
        return "mcg/day" if self.basis is Basis.FLAT else "mcg/m2/day"

    def __str__(self) -> str:
        return f"{decimal_text(self.amount)} {self.unit.replace('m2', 'm²')}"


@dataclass(frozen=True, slots=True)
class Mass:
    """An exact mass in mg (flat) or mg/m² (by body surface area), as premedication is ordered."""

    milligrams: Fraction
    basis: Basis

    def __str__(self) -> str:
        return f"{decimal_text(self.milligrams)} {'mg' if self.basis is Basis.FLAT else 'mg/m²'}"


class WrittenDose(NamedTuple):
    """A dose rate as read from a text, with the error-prone notations found in it."""

    rate: DoseRate
    slips: tuple[Slip, ...]


LONGEST = 40
"""The longest text of a quantity."""

# The patterns hold no Python-only syntax, because the JSON Schema of the format shows them to editors as they are.
_NUMBER = r"((?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)"
_MICROGRAM = "(mcg|µg|μg|ug)"
_AREA = "(/m2|/m²)"
_PER_DAY = "/(day|d)"
FLAT_DOSE_PATTERN = rf"^{_NUMBER}( ?){_MICROGRAM}{_PER_DAY}$"
DOSE_PATTERN = rf"^{_NUMBER}( ?){_MICROGRAM}{_AREA}?{_PER_DAY}$"
MASS_PATTERN = rf"^{_NUMBER} mg{_AREA}?$"
FLAT_MASS_PATTERN = rf"^{_NUMBER} mg$"

_DOSE = re.compile(DOSE_PATTERN)
_MASS = re.compile(MASS_PATTERN)


@lru_cache(maxsize=1024)
def read_dose(text: str) -> WrittenDose:
    """Read a dose rate such as ``9 mcg/day`` or ``5 mcg/m2/day``.

    Raises
    ------
    QuantityError
        When the text is not a dose rate; nothing is guessed.
    """
    match = _DOSE.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise _refusal(text)
    basis = Basis.FLAT if match[4] is None else Basis.BSA
    amount = _exact(match[1])
    if amount <= 0:
        raise QuantityError("a dose is more than 0; a treatment-free interval is given as treatment_free_days")
    return WrittenDose(DoseRate(amount, basis), tuple(_slips(match)))


@lru_cache(maxsize=1024)
def read_mass(text: str) -> Mass:
    """Read a mass such as ``20 mg`` or ``5 mg/m2``; raises `QuantityError` otherwise."""
    match = _MASS.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or _exact(match[1]) <= 0:
        raise QuantityError('a premedication dose is a number above 0, a space and mg or mg/m2, such as "20 mg"')
    return Mass(_exact(match[1]), Basis.FLAT if match[2] is None else Basis.BSA)


@lru_cache(maxsize=4096)
def decimal_text(value: Fraction | int, places: int = 6) -> str:
    """Write a number in decimals: exactly where ``places`` allow it, otherwise rounded and marked ``≈``."""
    exact = Fraction(value)
    scaled = round(exact * 10**places)
    whole, decimals = divmod(abs(scaled), 10**places)
    mark = "" if Fraction(scaled, 10**places) == exact else "≈ "
    sign = "-" if scaled < 0 else ""
    return (
        f"{mark}{sign}{whole:,}.{decimals:0{places}d}".rstrip("0").rstrip(".") if places else f"{mark}{sign}{whole:,}"
    )


def digits_text(value: float) -> str:
    """Write a number with all of its digits, and no more: as it was typed, without an exponent.

    >>> digits_text(14.0), digits_text(100.12341), digits_text(0.000001)
    ('14', '100.12341', '0.000001')
    """
    return f"{Decimal(repr(float(value))).normalize():f}"


def duration_text(minutes: int) -> str:
    """Write a duration in days, hours and minutes: ``28 d``, ``1 d 12 h``, ``30 min``."""
    days, rest = divmod(minutes, MINUTES_PER_DAY)
    hours, left = divmod(rest, MINUTES_PER_HOUR)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (left, "min")) if count]
    return " ".join(parts) or "0 d"


def hours_text(minutes: int) -> str:
    """Write a duration in hours and minutes, however many: ``25 h``, ``24 h 30 min``."""
    hours, left = divmod(minutes, MINUTES_PER_HOUR)
    return " ".join(f"{count} {unit}" for count, unit in ((hours, "h"), (left, "min")) if count) or "0 h"


def time_in_course(minute: int) -> str:
    """Write a time in a course: ``day 8``, or ``day 8 +6:00 h`` off the hour at which the course begins each day."""
    day, rest = divmod(minute, MINUTES_PER_DAY)
    hours, minutes = divmod(rest, MINUTES_PER_HOUR)
    return f"day {day + 1}" + (f" +{hours}:{minutes:02d} h" if rest else "")


def plural(noun: str, count: float) -> str:
    """A noun as it stands after a number: file after 1, files after all others."""
    return noun if count == 1 else f"{noun}s"


def _exact(number: str) -> Fraction:
    return Fraction(number.replace(",", ""))


def _slips(match: re.Match[str]) -> list[Slip]:
    found = []
    number, space, microgram, per_day = match[1], match[2], match[3], match[5]
    if "." in number and number.endswith("0"):
        kept = number.rstrip("0").rstrip(".")
        found.append(Slip(Notation.TRAILING_ZERO, match.start(1) + len(kept), match.end(1), ""))
    if number.startswith("."):
        found.append(Slip(Notation.NAKED_DECIMAL, match.start(1), match.start(1) + 1, "0."))
    if not space:
        found.append(Slip(Notation.MISSING_SPACE, match.end(1), match.start(3), " "))
    if microgram != "mcg":
        found.append(Slip(Notation.MICROGRAM_SYMBOL, match.start(3), match.end(3), "mcg"))
    if per_day != "day":
        found.append(Slip(Notation.ABBREVIATED_DAY, match.start(5), match.end(5), "day"))
    return found


ONE_ROUTE = (
    "the model knows no absorption, and blinplan plans continuous intravenous infusion only; a dose that is given"
    " otherwise is no rate of infusion"
)

_UNITS_OF_RATES = "write a number, a space and mcg/day or mcg/m2/day"
_FORM = f'{_UNITS_OF_RATES}, such as "9 mcg/day"'
QUESTION = (
    "a single dose or another route cannot be planned; a continuous intravenous infusion is written as a number, a"
    ' space and mcg/day or mcg/m2/day, such as "9 mcg/day"'
)
QUESTION_ADVICE = (
    "if this is a continuous intravenous infusion, write its rate, and the rate only; plan anything else without"
    " blinplan"
)

# What people write instead of a dose rate, the first that fits, and why that is none.
_WHY_NOT = (
    (r"[^0-9]*", _FORM),
    (r"-.*", f"a dose is more than 0; {_FORM}"),
    (r"[0-9.,]+", f"this dose has no unit; {_FORM}: a bare number is how thousandfold errors happen"),
    (r"[0-9., ]+[mnk]?g\b.*", f"doses are in micrograms (1 mg = 1,000 mcg); {_FORM}"),
    (r".*\bper\b.*", f"a rate is written with /day; {_FORM}"),
    (r"[^/]*(/m[2²])?", f"this is an amount, not a rate: {QUESTION}"),
    (r".*/\s*(h|min|w|kg).*", f"rates are per day, flat or per m² of body surface area; {_FORM}"),
    (r".*/ ?(day|d)\b.*", _FORM),
    (r".*", QUESTION),
)

# A rate in other words than those of a dose: what stands around it is judged by itself.
_RATE = (
    rf"(?<![\d.,/-]){_NUMBER} ?(?:mcgs?|μg|ug|micrograms?|mikrogramm)"
    r"( ?(?:/|per) ?(?:m2|m²|sqm|square met(?:er|re)))?"
    r" ?(?:(?:/|per|a|over|pro|par|every|each) ?(?:1 )?(?:24 ?h(?:rs?|ours?)?|days?|d|tag|jour|dia|giorno|dag)|daily)\b"
)


def is_dose(text: str) -> bool:
    """Whether a text is a dose rate as it is to be written."""
    return len(text) <= LONGEST and _DOSE.fullmatch(text) is not None


def _refusal(text: str) -> QuantityError:
    # Imported here, because most doses are written well, and the words of routes take long to make.
    from blinplan.words.routes import other_route, strange_words

    if other_route(text, in_dose=True):
        return RouteError(ONE_ROUTE)
    if strange_words(text, in_dose=True):
        return QuantityError(QUESTION, QUESTION_ADVICE)
    spelling = _spelling(text)
    if spelling is not None and is_dose(spelling):
        return QuantityError(
            f"a dose is a rate and nothing else, since continuous intravenous infusion is the only route;"
            f' {_UNITS_OF_RATES}, here "{spelling}"',
            f'write "{spelling}"',
        )
    why = _why_not_a_dose(text)
    return QuantityError(why, QUESTION_ADVICE if QUESTION in why else None)


def _spelling(text: str) -> str | None:
    """The one rate that a text speaks of, as it is to be written."""
    from blinplan.words.routes import mentions_one_route

    plain = unicodedata.normalize("NFKC", text).casefold()
    found = list(re.finditer(_RATE, plain))
    rest = re.sub(_RATE, "", plain)
    if len(found) != 1 or re.search(r"\d", re.sub(r"\b24 ?(?:/ ?7|-?h)", "", rest)):
        return None
    if found[0][0].endswith("daily") and not mentions_one_route(rest):
        return None
    return f"{found[0][1]} mcg{'' if found[0][2] is None else '/m2'}/day"


def _why_not_a_dose(text: str) -> str:
    plain = text.strip().lower()
    return next(why for pattern, why in _WHY_NOT if re.fullmatch(pattern, plain, re.DOTALL))


def of_python(value: Any) -> Any:
    """A whole number of another library as one of Python; anything else as it is, as NumPy's times are."""
    is_whole = isinstance(value, Integral) and hasattr(value, "__index__")
    return int(value) if is_whole and not isinstance(value, bool) else value
