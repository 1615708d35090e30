"""Endpoints of one's own as people write them: "IL-6 above 100 pg/mL in cycle 1"."""

import re
from decimal import Decimal

from blinplan.physiology.model.cytokines import CYTOKINES
from blinplan.physiology.model.states import SHOWN
from blinplan.regimen.toml.spelling import nearest_word
from blinplan.simulation.endpoints.own import COMPARISONS, OwnEndpoint

EXAMPLE = "IL-6 above 100 pg/mL in cycle 1"
QUANTITIES = {shown.quantity: shown for shown in SHOWN if shown.quantity is not None}
"""What endpoints can be of, by what people call it."""
WINDOWS = "in cycle N, by day N, from day A to day B, or nothing for the whole course"
GRAMMAR = "QUANTITY above|below|at least|at most NUMBER UNIT [in cycle N | by day N | from day A to day B]"

_SIGNS = {">": "above", "<": "below", ">=": "at least", "≥": "at least", "<=": "at most", "≤": "at most"}
_LIKE = {
    "at or above": "at least",
    "at or over": "at least",
    "equal to or above": "at least",
    "greater than or equal to": "at least",
    "more than or equal to": "at least",
    "above or equal to": "at least",
    "above or at": "at least",
    "at or below": "at most",
    "at or under": "at most",
    "equal to or below": "at most",
    "less than or equal to": "at most",
    "fewer than or equal to": "at most",
    "below or equal to": "at most",
    "below or at": "at most",
    "over": "above",
    "more than": "above",
    "greater than": "above",
    "higher than": "above",
    "exceeds": "above",
    "exceeding": "above",
    "under": "below",
    "less than": "below",
    "fewer than": "below",
    "lower than": "below",
    "up to": "at most",
    "no more than": "at most",
    "not more than": "at most",
    "not over": "at most",
    "does not exceed": "at most",
    "not exceeding": "at most",
    "not above": "at most",
    "no less than": "at least",
    "not less than": "at least",
    "not fewer than": "at least",
    "not under": "at least",
    "no fewer than": "at least",
    "not below": "at least",
    "reaches": "at least",
}
"""How people compare in other words, which are told and not taken: what is at the level is to be said."""
_HIGHEST, _DECIMALS = 1_000_000_000, 9
_LETTERS = {ord("µ"): "u", ord("\N{GREEK SMALL LETTER MU}"): "u", ord("\N{GREEK SMALL LETTER GAMMA}"): "gamma"}
_COMPARISON = re.compile(rf"\b(?:{'|'.join(COMPARISONS)})\b|>=|<=|[<>≥≤]", re.IGNORECASE)
_OTHER = re.compile(rf"\b(?:{'|'.join(sorted(_LIKE, key=len, reverse=True))})\b", re.IGNORECASE)
_LEVEL = re.compile(r"(?P<number>[-+]?[0-9.][0-9.,]*(?:e[-+]?[0-9]+)?)\s*(?P<rest>.*)", re.IGNORECASE)
_WINDOW = re.compile(
    r"(?:^|(?<=\s))(?P<window>(?:in|by|from|at|on|after|before|within|during|until|to|between|over)\s.*)$"
)
_CYCLE = re.compile(r"in cycle (?P<cycle>[0-9]{1,3})")
_BY = re.compile(r"by day (?P<last>[0-9]{1,5}(?:\.[0-9]{1,6})?)")
_FROM = re.compile(r"from day (?P<first>[0-9]{1,5}(?:\.[0-9]{1,6})?) to (?:day )?(?P<last>[0-9]{1,5}(?:\.[0-9]{1,6})?)")


class EndpointError(ValueError):
    """A text that says no endpoint: what was found, and what may stand there."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message, self.advice = message, advice


def read_endpoint(text: str) -> OwnEndpoint:
    """Read an endpoint of somebody's own.

    >>> read_endpoint("il6 > 5 x baseline by day 7").text
    'IL-6 above 5 x baseline by day 7'

    Raises
    ------
    EndpointError
        When it cannot be one; the message says which part of it.
    """
    written = " ".join(text.split())
    if not written:
        raise EndpointError("it is empty", f'write it as "{EXAMPLE}": {GRAMMAR}')
    found, other = _COMPARISON.search(written), _OTHER.search(written)
    if found is None or (other is not None and found.start() in range(*other.span())):
        raise _no_comparison(other)
    signal = _signal(written[: found.start()].strip())
    word = found[0].lower()
    level, unit, window = _level(written[found.end() :].strip(), signal)
    cycle, days = _window(window)
    return OwnEndpoint(signal, _SIGNS.get(word, word), level, unit, cycle, days)


def _no_comparison(other: re.Match[str] | None) -> EndpointError:
    allowed = f"the words are {', '.join(COMPARISONS)}"
    if other is not None:
        return EndpointError(f"{other[0]!r} is not one of its words", f"say {_LIKE[other[0].lower()]!r}; {allowed}")
    return EndpointError("it compares nothing", f'write it as "{EXAMPLE}"; {allowed}')


def _squeeze(text: str) -> str:
    """A text as it is known again, however it is spelt."""
    return re.sub(r"[\s_-]", "", text.lower().translate(_LETTERS))


def _names() -> dict[str, str]:
    names = {_squeeze(name): shown.key for shown in QUANTITIES.values() for name in (shown.key, shown.label)}
    names |= {_squeeze(name.removesuffix("s")): names[_squeeze(name)] for name in ("B cells", "T cells")}
    return names | {"concentration": "drug", "blinatumomab": "drug"}


def _signal(written: str) -> str:
    names, allowed = _names(), f"the quantities are {', '.join(QUANTITIES)}"
    name = _squeeze(written)
    if name in names:
        return names[name]
    if not name:
        raise EndpointError("it does not say of what", allowed)
    held = next((cytokine for cytokine in CYTOKINES if _squeeze(cytokine) == name), None)
    if held is not None:
        raise EndpointError(f"{held} does not rise in the model: it stays at its baseline", allowed)
    near = nearest_word(written, tuple(QUANTITIES))
    meant = f"did you mean {near}? " if near else ""
    raise EndpointError(f"{written[:40]!r} is no quantity", f"{meant}{allowed}")


def units_of(signal: str) -> tuple[str, ...]:
    """The units in which a level of something can be said."""
    shown = next(shown for shown in SHOWN if shown.key == signal)
    if signal == "drug":  # there is none before treatment
        return (shown.unit,)
    return ("% of capacity" if signal == "blasts" else shown.unit, "% of baseline", "x baseline")


def _spellings(unit: str) -> set[str]:
    written = {unit, unit.replace("x ", "× "), unit.replace("x ", "times ")}
    if unit.startswith("cells/"):
        written |= {unit.removeprefix("cells"), f"{unit[:4]}{unit[5:]}"}
    if unit == "% of capacity":
        written.add("% of marrow capacity")
    return {_squeeze(one) for one in written}


def _level(written: str, signal: str) -> tuple[Decimal, str, str]:
    """The number, its unit, and what is left: the window."""
    units = units_of(signal)
    allowed = f"the units are {', '.join(units)}"
    found = _LEVEL.fullmatch(written)
    if found is None:
        what = f"{written[:40]!r} is no number" if written else "no number follows"
        raise EndpointError(what, f'write it as "{EXAMPLE}"; {allowed}')
    number = _number(found["number"])
    window = _WINDOW.search(found["rest"].lower())
    said = found["rest"] if window is None else found["rest"][: window.start()]
    unit = next((unit for unit in units if _squeeze(said) in _spellings(unit)), None)
    if unit is None:
        what = f"{said.strip()[:40]!r} is no unit of it" if said.strip() else f"{found['number']} has no unit"
        raise EndpointError(what, allowed)
    return number, unit, "" if window is None else window["window"]


def _number(written: str) -> Decimal:
    if "," in written:
        raise EndpointError(f"{written} has a comma", "write a point before decimals, and nothing between thousands")
    try:
        number = Decimal(written)
    except ArithmeticError:
        raise EndpointError(f"{written} is no number", "write it with digits, and one point at most") from None
    if not 0 <= number <= _HIGHEST or round(number, _DECIMALS) != number:
        raise EndpointError(
            f"{written} is no level", f"give a number from 0 to {_HIGHEST:,}, with {_DECIMALS} decimals at most"
        )
    return number


def _window(written: str) -> tuple[int | None, tuple[float, float] | None]:
    """The cycle, or the days; neither where it is the whole course."""
    if not written:
        return None, None
    if found := _CYCLE.fullmatch(written):
        return int(found["cycle"]), None
    if found := _BY.fullmatch(written):
        return None, _days(0.0, float(found["last"]), written)
    if found := _FROM.fullmatch(written):
        return None, _days(float(found["first"]), float(found["last"]), written)
    raise EndpointError(f"{written[:40]!r} is no window", f"say {WINDOWS}")


def _days(first: float, last: float, written: str) -> tuple[float, float]:
    if first < last:
        return first, last
    raise EndpointError(
        f"{written!r} has no time in it",
        f"the last day comes after the first, and day 0 is the start of the course; say {WINDOWS}",
    )
