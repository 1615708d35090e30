"""What to write for a value as people write it: a date of their country, a number with its unit, a short name.

Only where there is no doubt what was meant; a date that may be of two days is told with both.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_MEANINGS = {
    "cytokine-release-syndrome": "crs cytokine-release cytokine-storm cytokines",
    "neurological": "neurotoxicity neurotox neuro neurologic neurological-event seizure seizures convulsion"
    " encephalopathy confusion tremor aphasia",
    "icans": "immune-effector-cell-associated-neurotoxicity-syndrome",
    "liver-values": "liver hepatotoxicity hepatic transaminases alt ast bilirubin elevated-liver-enzymes",
    "other-adverse-event": "adverse-event ae infection fever sepsis neutropenia rash pancreatitis other",
    "overdose": "overdosing too-much medication-error wrong-dose",
    "technical": "pump pump-failure pump-stop line catheter line-occlusion occlusion air-in-line battery alarm"
    " bag-empty leak leakage disconnected disconnection",
    "surgery": "operation op procedure intervention anaesthesia anesthesia biopsy",
    "patient-wish": "patient wish patients-wish patient-request refused refusal private holiday vacation",
    "logistics": "logistic supply delivery transport no-bag shortage snow weather travel",
    "transplant": "transplantation hsct sct stem-cell-transplant allo allo-hsct bone-marrow-transplant",
    "relapse": "progression progressive-disease pd no-response refractory",
    "toxicity": "side-effects adverse-event ae intolerance",
    "death": "died deceased",
    "monday": "mon mo montag lundi lunes",
    "tuesday": "tue tues tu di dienstag mardi martes",
    "wednesday": "wed we mi mittwoch mercredi miercoles",
    "thursday": "thu thur thurs th do donnerstag jeudi jueves",
    "friday": "fri fr freitag vendredi viernes",
    "saturday": "sat sa sam samstag sonnabend samedi sabado",
    "sunday": "sun su so sonntag dimanche domingo",
    "same-cycle": "same continue continued",
    "new-cycle": "new next next-cycle",
    "refrigerated": "fridge refrigerator cold cool cooled 2-8-c 2-to-8-c",
    "room-temperature": "room ambient ambient-temperature warm rt",
    "fewest-vials": "vials vial less-vials min-vials",
    "fewest-changes": "changes change less-changes min-changes",
    "longer-bag": "longer long",
    "move-clock": "move clock moved",
    "goes-on": "continue continued continues reconnect reconnected same same-bag",
    "new-bag": "new discard discarded",
}
"""Short names and neighbours of the words of the files; general knowledge, and only ever a suggestion."""

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_TRUTHS = {"true": "yes y ja oui si 1 given", "false": "no n nein non 0 not-given"}


def advice_for_value(key: str, expected: Mapping[str, Any], written: object) -> str | None:
    """How to write what was meant; None where there is a doubt, or nothing is known of it.

    Parameters
    ----------
    key
        The name of the key, whose unit may be in it: hours, weight_kg.
    expected
        What it may hold, as JSON Schema.
    written
        The value as TOML gives it.
    """
    if expected.get("type") == "array" and not isinstance(written, list | Mapping):
        return _several(key, expected.get("items", {}), written)
    if "enum" in expected and isinstance(written, str):
        return _word(written, expected["enum"])
    ways: dict[str, Callable[[str, object, Mapping[str, Any]], str | None]] = {
        "date": _day,
        "moment": _moment,
        "integer": _whole_number,
        "number": _number,
        "boolean": _truth,
        "clock": _time_of_day,
    }
    kind = _kind_of(key, expected)
    return ways[kind](key, written, expected) if kind in ways else None


def _several(key: str, item: Mapping[str, Any], written: object) -> str | None:
    """How to write a single value where there can be several."""
    if written in item.get("enum", ()):
        return f'write ["{written}"]'
    if item.get("format") == "date" and isinstance(written, date) and not isinstance(written, datetime):
        return f"write [{written.isoformat()}]"
    meant = (advice_for_value(key, item, written) or "").partition(", without ")[0]
    ways = " or ".join(f"[{way}]" for way in meant.removeprefix("write ").split(" or "))
    return f"write {ways}" if meant.startswith("write ") else None


def _kind_of(key: str, expected: Mapping[str, Any]) -> str:
    if expected.get("format") == "date":
        return "date"
    pattern = str(expected.get("pattern", ""))
    if pattern.startswith("^[0-9]{4}-"):
        return "moment"
    if key.endswith("_time"):
        return "clock"
    return str(expected.get("type", ""))


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")


def _word(written: str, allowed: Collection[str]) -> str | None:
    plain = _plain(written)
    if plain in {"weekend", "weekends", "wochenende"} and {"saturday", "sunday"} <= set(allowed):
        return 'write "saturday", "sunday"'
    found = [word for word, others in _MEANINGS.items() if word in allowed and plain in others.split()]
    return f'write "{found[0]}"' if len(found) == 1 else None


_DAY_FIRST = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
_SLASHES = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")


def days_meant(written: str) -> list[date]:
    """The days that a text may mean: one where dots or its numbers leave no doubt, two where day and month do not."""
    if match := _YEAR_FIRST.fullmatch(written):
        return _days((match[1], match[2], match[3]))
    if match := _DAY_FIRST.fullmatch(written):
        return _days((match[3], match[2], match[1]))
    if match := _SLASHES.fullmatch(written):
        return _days((match[3], match[2], match[1]), (match[3], match[1], match[2]))
    return []


def _days(*parts: tuple[str, str, str]) -> list[date]:
    found = []
    for year, month, day in parts:
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return sorted(set(found))


def _either(days: list[date]) -> str:
    return " or ".join(day.isoformat() for day in days)


def _day(_: str, written: object, __: Mapping[str, Any]) -> str | None:
    if isinstance(written, datetime):
        return f"write the day alone: {written.date().isoformat()}"
    days = days_meant(written.strip()) if isinstance(written, str) else []
    return f"write {_either(days)}, without quotation marks" if days else None


_WITH_TIME = re.compile(
    r"(\S+?),?(?:T|\s+(?:at\s+)?)([0-9]{1,2})[:.h]([0-9]{2})?(?::[0-9]{2})?\s*(?:h|uhr)?", re.IGNORECASE
)


def _moment(_: str, written: object, __: Mapping[str, Any]) -> str | None:
    if isinstance(written, date) and not isinstance(written, datetime):
        return f"add the time of day, as {written.isoformat()}T10:00:00"
    if not isinstance(written, str):
        return None
    text = written.strip()
    if days := days_meant(text):
        return f"add the time of day, and write {_either(days)}T10:00:00, without quotation marks"
    match = _WITH_TIME.fullmatch(text)
    days = [] if match is None else days_meant(match[1])
    if match is None or not days or not _is_time(match[2], match[3]):
        return None
    times = " or ".join(f"{day.isoformat()}T{int(match[2]):02}:{match[3] or '00'}:00" for day in days)
    return f"write {times}, without quotation marks"


def _is_time(hours: str, minutes: str | None) -> bool:
    return int(hours) < 24 and int(minutes or 0) < 60


_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?\s*(am|pm|h|uhr|o'clock)?", re.IGNORECASE)


def _time_of_day(_: str, written: object, __: Mapping[str, Any]) -> str | None:
    text = written.isoformat() if hasattr(written, "isoformat") else str(written)
    match = _TIME.fullmatch(text.removesuffix(":00") if text.count(":") > 1 else text.strip())
    if match is None:
        return None
    hours, half = int(match[1]), (match[3] or "").lower()
    if half in {"am", "pm"}:
        hours = hours % 12 + 12 * (half == "pm")
    return f'write "{hours:02}:{match[2] or "00"}"' if _is_time(str(hours), match[2]) else None


_FIGURE = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,9})?)\s*([a-zA-Z²]*)")
_UNITS = {
    "hours": ("h hr hrs hour hours", {"d day days": 24, "w week weeks": 168}),
    "days": ("d day days", {"w week weeks": 7}),
    "years": ("y yr yrs year years", {}),
    "kg": ("kg kgs", {}),
    "cm": ("cm", {"m": 100}),
    "ml": ("ml", {"l": 1000}),
    "m2": ("m2 m²", {}),
    "hour": ("ml/h mlh", {}),
}
"""By the last such word of a key, how its unit is written, and which units are so many of it."""


_MOST = 10**9
"""A number that no file has: beyond it nothing is suggested."""


def _figure(key: str, written: object) -> Iterator[Decimal]:
    """The number that a text with or without its unit gives, in the unit of the key."""
    if isinstance(written, Decimal | int) and not isinstance(written, bool):
        value = Decimal(written)
        if value.is_finite() and abs(value) < _MOST:
            yield value
        return
    match = _FIGURE.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        return
    value, unit = Decimal(match[1].replace(",", ".")), match[2].lower()
    own, others = next((_UNITS[word] for word in reversed(key.split("_")) if word in _UNITS), ("", {}))
    if not unit or unit in own.split():
        yield value
    yield from (value * factor for names, factor in others.items() if unit in names.split())


def _whole_number(key: str, written: object, expected: Mapping[str, Any]) -> str | None:
    if (
        isinstance(written, str)
        and key == "grade"
        and (roman := written.lower().removeprefix("grade").strip()) in _ROMAN
    ):
        return f"write {_ROMAN[roman]}"
    text = written.lower().removeprefix(key).strip() if isinstance(written, str) else written
    found = [int(value) for value in _figure(key, text) if value == int(value)]
    return _advice_within(found, expected)


def _number(key: str, written: object, expected: Mapping[str, Any]) -> str | None:
    return _advice_within([value.normalize() for value in _figure(key, written)], expected)


def _advice_within(found: "list[int] | list[Decimal]", expected: Mapping[str, Any]) -> str | None:
    if len(found) != 1:
        return None
    least, above, most = (expected.get(bound) for bound in ("minimum", "exclusiveMinimum", "maximum"))
    if (least is not None and found[0] < least) or (most is not None and found[0] > most):
        return None
    if (above is not None and found[0] <= above) or expected.get("not") == {"const": found[0]}:
        return None
    return (
        f"write {found[0]:f}, without quotation marks or unit" if isinstance(found[0], Decimal) else f"write {found[0]}"
    )


def _truth(_: str, written: object, __: Mapping[str, Any]) -> str | None:
    plain = _plain(str(written))
    found = [truth for truth, others in _TRUTHS.items() if plain in {truth, *others.split()}]
    return f"write {found[0]}, without quotation marks" if found else None
