"""What is wanted of a schedule, as people write it: keys, words of their own, and what has to hold."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import permutations

from blinplan.design.comparison.contrast import Measure, measure_of
from blinplan.design.comparison.courses import end_of
from blinplan.design.search.wanted import LoweredEndpoint, Measurement, Relation, Requirement, WantedEndpoint, Wish
from blinplan.quantities import digits_text
from blinplan.simulation.endpoints.asked import UnknownEndpointError
from blinplan.simulation.endpoints.own import COMPARISONS, OwnEndpoint
from blinplan.simulation.endpoints.table import B_DEPLETED_DAY
from blinplan.simulation.endpoints.wording import EndpointError, read_endpoint
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trials.trial import Outcome

OF_LABEL = "label"
"""The bound of a requirement that is the value of the regimen that the search starts from."""


class WantedError(ValueError):
    """A requirement that says nothing; the message says why, and what to write."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


def own_endpoints(minimise: Sequence[str], require: Sequence[str], shown: Sequence[str]) -> tuple[OwnEndpoint, ...]:
    """The endpoints that texts ask for in somebody's own words, each once.

    Raises
    ------
    WantedError
        When a text says no endpoint.
    """
    named = (*minimise, *(_parts(text)[0] for text in require), *shown)
    return tuple(dict.fromkeys(own for own in map(_own, named) if own is not None))


def read_wish(
    minimise: Sequence[str],
    require: Sequence[str],
    known: Outcome,
    shown: Sequence[str] = (),
    by_day: Sequence[float] = (),
) -> Wish:
    """Read what is wanted; the endpoints are those of an outcome, for which one's own were asked too.

    ``shown`` are endpoints that are shown only; ``by_day`` are days by which shares of depletion, and of times that are
    shown, are.

    Raises
    ------
    WantedError
        When a requirement says nothing, or two things are to be low that are one.
    UnknownEndpointError
        When there is no endpoint of a key.
    """
    reader = _Reader(known)
    objectives = tuple(LoweredEndpoint(reader.place(key.strip())) for key in minimise)
    if len(set(objectives)) < len(objectives):
        raise WantedError("one endpoint is to be lowered twice", "name two, or one once")
    requirements = tuple(reader.requirement(text) for text in require)
    _refuse_contradictions(requirements)
    decided = len(reader.places)
    places = [reader.place(text) for text in (*shown, *reader.by_days(shown, by_day))]
    added = dict.fromkeys(place for place in places if place >= decided)
    return Wish(tuple(reader.places), objectives, requirements, tuple(added), known.trial.asked.own)


def _refuse_contradictions(requirements: Sequence[Requirement]) -> None:
    """Refuse two bounds of one endpoint between which there is nothing."""
    for least, most in permutations(requirements, 2):
        if least.endpoint != most.endpoint or least.bound is None or most.bound is None:
            continue
        is_strict = least.relation.is_strict or most.relation.is_strict
        if least.relation.sign > most.relation.sign and (least.bound, is_strict) > (most.bound, False):
            raise WantedError(f"nothing is both {least.text} and {most.text}", "leave one of the two out")


_REQUIREMENT = re.compile(r"\s*(\S.*?)\s*(>=|<=|≥|≤|>|<)\s*([^\s<>≤≥=][^<>≤≥]*?)\s*")
_FORM = 'write it as "b_depleted_by_14 >= 90%", "il6_peak <= 20" or "b_depleted_by_14 >= label - 2%"'


def _parts(text: str) -> tuple[str, str, str]:
    """An endpoint, how it is to stand, and to what: parted at the last sign, as words of one's own may have another."""
    match = _REQUIREMENT.fullmatch(text)
    if match is None:
        raise WantedError(f"{text[:80]!r} is no requirement", _FORM)
    return match[1], match[2], match[3]


_WORD = re.compile(rf"[<>≤≥]|\b(?:{'|'.join(COMPARISONS)})\b", re.IGNORECASE)


def _own(text: str) -> OwnEndpoint | None:
    """What a text asks for in somebody's own words; None where it is a key, as it compares nothing."""
    if not _WORD.search(text):
        return None
    try:
        return read_endpoint(text)
    except EndpointError as error:
        raise WantedError(f"endpoint {text[:80]!r}: {error.message}", error.advice) from error


_BY_DAY = re.compile(r"([a-z0-9_]+?)(?:_by_|@)([0-9]{1,4}(?:\.[0-9]{1,3})?)")
_BESIDE = re.compile(
    rf"{OF_LABEL}(?:\s*(?P<sign>[-+])\s*(?P<points>[0-9]{{1,2}}(?:\.[0-9]+)?)\s*%|\s*[x×]\s*(?P<factor>[0-9]+(?:\.[0-9]+)?))?"
)
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")


class _Reader:
    """Reads texts, and gives every endpoint that they name a place."""

    def __init__(self, known: Outcome) -> None:
        self._own = {own.key: own for own in known.trial.asked.own}
        self._known: dict[str, Measurement] = {one.key: one for one in known.quantities}
        self._known |= {one.key: one for one in known.events}
        self._end = end_of(known.trial.periods)
        self.places: dict[WantedEndpoint, int] = {}

    def place(self, key: str) -> int:
        """The place of the endpoint of a key."""
        return self.places.setdefault(self._endpoint(key), len(self.places))

    def by_days(self, shown: Sequence[str], days: Sequence[float]) -> Iterator[str]:
        """The names of shares by some days: of depletion, and of times that are shown."""
        keys = (B_DEPLETED_DAY.key, *(self._endpoint(text).key for text in shown))
        for key in dict.fromkeys(key for key in keys if self._is_day(key)) if days else ():
            yield from (WantedEndpoint(key, day).name for day in days)

    def _endpoint(self, text: str) -> WantedEndpoint:
        own = _own(text)
        text = "_".join(text.split()) if own is None else own.key
        if text in self._known:
            return WantedEndpoint(text)
        by_day = _BY_DAY.fullmatch(text)
        for key in (f"{by_day[1]}_day", by_day[1]) if by_day else ():
            if by_day and self._is_day(key):
                if not 0.0 < float(by_day[2]) <= self._end:
                    message = f"{text} asks for day {by_day[2]}, and the course runs to day {self._end:g}"
                    raise WantedError(message, "ask for a day of the course")
                return WantedEndpoint(key, float(by_day[2]))
        meant = [key for key in self._known if _is_short_for(text, key)]
        if len(meant) == 1:
            return WantedEndpoint(meant[0])
        by_days = (f"{key.removesuffix('_day')}_by_14" for key in self._known if self._is_day(key))
        raise UnknownEndpointError(text, (*self._known, *by_days))

    def _is_day(self, key: str) -> bool:
        found = self._known.get(key)
        return isinstance(found, Quantity) and found.is_time and found.unit == "day"

    def requirement(self, text: str) -> Requirement:
        """The requirement of a text."""
        named, sign, written = _parts(text)
        place = self.place(named)
        endpoint = list(self.places)[place]
        self._require_looked_at(endpoint)
        share = endpoint.by_day is not None or isinstance(self._known[endpoint.key], Occurrence)
        relation = Relation(sign.replace("≥", ">=").replace("≤", "<="))
        unit = "" if share else str(getattr(self._known[endpoint.key], "unit", ""))
        plain = written.removesuffix(unit.removeprefix("%")).strip()  # a % is told, and looked at
        beside = _BESIDE.fullmatch(written)
        bound = None if beside else self._limit_of(text, endpoint, plain, unit, share=share)
        more = self._more_than_label(text, endpoint, beside, share=share) if beside else 0.0
        called = self._own[endpoint.key].text if endpoint.key in self._own else endpoint.name
        told = _plainly(beside) if beside else _with_unit(plain.replace(" ", ""), unit)
        return Requirement(place, relation, bound, f"{called} {relation} {told}", more)

    def _require_looked_at(self, endpoint: WantedEndpoint) -> None:
        """Refuse a share by a day before which nobody can be there: it holds of no schedule, or of all."""
        known = self._known[endpoint.key]
        if isinstance(known, Quantity) and endpoint.by_day is not None and endpoint.by_day < known.from_day:
            message = f"{endpoint.name} asks for day {digits_text(endpoint.by_day)}, and it is looked at from day"
            raise WantedError(f"{message} {digits_text(known.from_day)} on", "ask for a later day")

    def _more_than_label(self, text: str, endpoint: WantedEndpoint, match: re.Match[str], *, share: bool) -> float:
        """By how much more: points of a share, or the logarithm of a ratio."""
        if match["points"] is not None:
            if not share:
                raise WantedError(
                    f"{text[:80]!r}: {endpoint.name} is no share of patients",
                    'write "label", or of a ratio "label x0.8"',
                )
            return float(f"{match['sign']}{match['points']}") / 100.0
        if match["factor"] is None:
            return 0.0
        found, factor = self._known[endpoint.key], float(match["factor"])
        if share or not isinstance(found, Quantity) or measure_of([found]) is not Measure.RATIO or factor <= 0.0:
            raise WantedError(
                f"{text[:80]!r}: {endpoint.name} is not compared by a ratio", 'write "label", or "label - 2%"'
            )
        return math.log(factor)

    def _limit_of(self, text: str, endpoint: WantedEndpoint, written: str, unit: str, *, share: bool) -> float:
        number, percent = written.removesuffix("%").strip(), written.endswith("%")
        if not _NUMBER.fullmatch(number):
            raise WantedError(f"{text[:80]!r} compares with {written[:40]!r}, which is no number", _FORM)
        value = float(number)
        if share:
            value = value / 100.0 if percent else value
            if not 0.0 <= value <= 1.0:
                raise WantedError(f"{text[:80]!r}: {endpoint.name} is a share of patients", "write it as 90% or 0.9")
            return value
        if percent and not unit.startswith("%"):
            raise WantedError(f"{text[:80]!r}: {endpoint.name} is in {unit}", "leave the % out")
        return value


def _with_unit(written: str, unit: str) -> str:
    """A bound with the unit of its endpoint, whether or not that was written."""
    return f"{written.removesuffix('%')} {unit}".rstrip() if unit else written


def _plainly(match: re.Match[str]) -> str:
    """What is beside the label, as it is written here."""
    if match["points"] is not None:
        return f"{OF_LABEL} {match['sign']} {match['points']}%"
    return OF_LABEL if match["factor"] is None else f"{OF_LABEL} x{match['factor']}"


def _is_short_for(text: str, key: str) -> bool:
    """Whether the words of a text are words of a key, in their order: blasts_day_28 of blasts_log10_change_day_28."""
    words = iter(key.split("_"))
    return "_" in text and all(word in words for word in text.split("_"))
