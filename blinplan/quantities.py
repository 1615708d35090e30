"""Exact doses, masses and durations, and how they are written and read.

Amounts are exact fractions and times whole minutes. A float appears only where the numerical engine begins.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

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
    """A text that is not a quantity of the kind asked for. The message says what was expected and why."""


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


def read_dose(text: str) -> WrittenDose:
    """Read a dose rate such as ``9 mcg/day`` or ``5 mcg/m2/day``.

    Raises
    ------
    QuantityError
        When the text is not a dose rate; nothing is guessed.
    """
    match = _DOSE.fullmatch(text) if len(text) <= LONGEST else None
    if match is None and other_route(text):
        raise RouteError(ONE_ROUTE)
    if match is None:
        raise QuantityError(_why_not_a_dose(text))
    basis = Basis.FLAT if match[4] is None else Basis.BSA
    amount = _exact(match[1])
    if amount <= 0:
        raise QuantityError("a dose is more than 0; a treatment-free interval is given as treatment_free_days")
    return WrittenDose(DoseRate(amount, basis), tuple(_slips(match)))


def read_mass(text: str) -> Mass:
    """Read a mass such as ``20 mg`` or ``5 mg/m2``; raises `QuantityError` otherwise."""
    match = _MASS.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or _exact(match[1]) <= 0:
        raise QuantityError('a premedication dose is a number above 0, a space and mg or mg/m2, such as "20 mg"')
    return Mass(_exact(match[1]), Basis.FLAT if match[2] is None else Basis.BSA)


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


def duration_text(minutes: int) -> str:
    """Write a duration in days, hours and minutes: ``28 d``, ``1 d 12 h``, ``30 min``."""
    days, rest = divmod(minutes, MINUTES_PER_DAY)
    hours, left = divmod(rest, MINUTES_PER_HOUR)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (left, "min")) if count]
    return " ".join(parts) or "0 d"


def plural(noun: str, count: int) -> str:
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


_FORM = 'write a number, a space and mcg/day or mcg/m2/day, such as "9 mcg/day"'

# What people write instead of a dose rate, the first that fits, and why that is none.
_WHY_NOT = (
    (r"[^0-9]*", _FORM),
    (r"-.*", f"a dose is more than 0; {_FORM}"),
    (r"[0-9.,]+", f"this dose has no unit; {_FORM}: a bare number is how thousandfold errors happen"),
    (r"[0-9., ]+[mnk]?g\b.*", f"doses are in micrograms (1 mg = 1,000 mcg); {_FORM}"),
    (r".*\bper\b.*", f"a rate is written with /day; {_FORM}"),
    (r"[^/]*(/m[2²])?", f"this is an amount, not a rate; {_FORM}"),
    (r".*/\s*(h|min|w|kg).*", f"rates are per day, flat or per m² of body surface area; {_FORM}"),
    (r".*", _FORM),
)


# --- by which route a dose is given -----------------------------------------------------------------------------------

ONE_ROUTE = (
    "the model knows no absorption, and blinplan plans continuous intravenous infusion only; a dose that is given"
    " otherwise is no rate of infusion"
)

# What people write for another way of giving a drug than to let it run into a vein all the time. In small letters what
# no other word of English is; of two letters that are one, in capitals or with points.
_OTHER_ROUTES = r"""(?<![\w.])(?:
    (?i:(?:sub|sous|sotto)[- ]?(?:cut|kut)\w*|hypodermic\w*|s\.\ ?c\.?|s/c|sc|s\.\ ?q\.?|sq|sub[- ]?q|subc)
    |(?i:bolus(?:es)?|push(?:es)?|injections?|inject(?:ed|able)?)|IVP|IVB
    |(?i:intermittent(?:ly)?|short(?=[- ](?:(?:intravenous|iv|i\.v\.)[- ])?infusion))
    |(?i:intra-?(?:thecal|ventricular|cerebroventricular|muscular|peritoneal|dermal|arterial|nasal|vitreal|ocular
        |pleural|lesional|articular|tumou?ral|lymphatic|osseous)\w*|lumbar\ puncture|epidural\w*|ommaya)
    |(?i:oral(?:ly)?|(?:by|via)\ mouth|per\ os|p\.\ ?o\.?|tablets?|capsules?|sublingual\w*|buccal\w*|enteral\w*)
    |(?i:nasal\w*|inhal\w+|nebuli[sz]\w+|rectal\w*|topical\w*|transdermal\w*|i\.\ ?[mtpd]\.?)|IT|IM|IP|ID|PO
    |(?i:over\ (?:[1-9]|1[0-9]|2[0-3])(?:\.[0-9]+)?[- ]?(?:h|hrs?|hours?)|over\ [0-9]{1,3}[- ]?min(?:utes?)?)
    |(?i:(?:[1-9]|1[0-9]|2[0-3])[- ]?(?:h|hr|hour)[- ]infusions?|[0-9]{1,3}[- ]?min(?:ute)?[- ]infusions?)
    |(?i:[tb]\.?i\.?w\.?|every\ (?:other|second)\ day|on\ alternate\ days)
    |(?i:(?:twice|thrice|(?:two|three|2|3)(?:\ times|\ ?[x×]))[- ]?(?:a\ |per\ |each\ |/\ ?)?(?:week(?:ly)?|wk))
    )(?!\w)"""
_WHOLE = r"(?i:it|im|ip|id|po)"
_DENIED = r"(?i:\b(?:not|no|never|without|nor|than|instead of)(?:[ -]+(?!but\b|only\b)\w+){0,2}[ -]*|\bnon-?)$"
_WITHOUT_ROUTE = frozenset(Basis)
"""What most files say where they could say a route."""


def other_route(text: str) -> re.Match[str] | None:
    """Find the word by which a text says that a drug is not infused continuously into a vein.

    >>> other_route("120 mcg SC").group()
    'SC'
    """
    if text in _WITHOUT_ROUTE or _DOSE.fullmatch(text):
        return None  # most files hold no other texts, and the patterns take long to compile
    if match := re.fullmatch(_WHOLE, text.strip()):
        return match
    found = re.finditer(_OTHER_ROUTES, text, re.VERBOSE)
    return next((match for match in found if not re.search(_DENIED, text[: match.start()])), None)


def _why_not_a_dose(text: str) -> str:
    plain = text.strip().lower()
    return next(why for pattern, why in _WHY_NOT if re.fullmatch(pattern, plain, re.DOTALL))
