"""What a misspelt word was meant to be: the word most like it, unless that would say something else.

Words that are merely alike may mean opposite things, as max_age_years and min_age_years, or count in another unit.
"""

import difflib
import re
from collections.abc import Collection, Iterable

from blinplan.words.spelling import one_slip

_LIKE = 0.6
"""How much a word is written like another (`difflib`, 0 to 1) to be suggested."""

_UNITS = {
    "years": "years year yrs yr y",
    "months": "months month mths mos mo",
    "weeks": "weeks week wks wk w",
    "days": "days day d",
    "hours": "hours hour hrs hr h",
    "minutes": "minutes minute mins",
    "seconds": "seconds second secs sec s",
    "kg": "kg kgs kilos kilogram kilograms",
    "g": "g gram grams",
    "lb": "lb lbs pound pounds",
    "m": "m metre metres meter meters",
    "cm": "cm",
    "m2": "m2",
    "in": "inch inches",
    "ml": "ml",
    "l": "l litre litres liter liters",
    "mcg": "mcg micrograms microgram ug",
    "mg": "mg milligrams milligram",
}
_LIMITS = {
    "lowest": "min minimum minimal least lowest lower from since",
    "highest": "max maximum maximal most highest upper to until upto",
    "below": "below under less younger lighter",
    "above": "above over exceeding older heavier",
}
_NOT = {"not": "no not non un without off de", "free": "free"}
_RHYTHM = {"every": "every each per", "for": "for"}
_NEAREST = {"earliest": "earliest", "latest": "latest"}
_SIDE = {"before": "before pre ahead", "after": "after post"}
_SIGN = {"positive": "positive pos", "negative": "negative neg"}
_SAME = {"same": "same this", "new": "new next other another"}
_ORDER = {"first": "first", "last": "last final", "later": "later subsequent"}
_BEGIN = {"start": "start started starts begin began", "stop": "stop stopped stops end ended"}
_GOES_ON = {"restart": "restart restarted resume resumed", "resolve": "resolve resolved recovered"}
_CHECKED = {"seen": "seen verified confirmed", "derived": "derived", "unverified": "unverified"}
_DISEASE = {"rr": "rr", "mrd": "mrd"}

_UNSAID = (_LIMITS, _NOT, _SIGN, _SAME, _DISEASE, _ORDER)
"""What a suggestion may not put into a word that has nothing of the kind."""

_MEANINGS = (*_UNSAID, _UNITS, _RHYTHM, _NEAREST, _SIDE, _BEGIN, _GOES_ON, _CHECKED)
_WORDS = {words: frozenset(words.split()) for meanings in _MEANINGS for words in meanings.values()}
"""The words of a meaning, each by itself."""
_PREFIXES = ("un", "non", "in", "de", "anti", "re")


def nearest_word(written: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that is most like a written one, of those that would not say something else.

    Of two that are as like there is none: `cells` may be B cells or T cells.
    """
    fitting = [word for word in allowed if _may_be_like(written, word) and not says_otherwise(written, word)]
    likeness = {word: _likeness(written, word) for word in fitting}
    most = max(likeness.values(), default=0.0)
    near = [word for word in fitting if likeness[word] == most >= _LIKE]
    # Of a word of two letters, one that is right is half.
    near = near or [word for word in fitting if len(word) == len(written) == 2 and one_slip(written.lower(), word)]
    return near[0] if len(near) == 1 else None


def _likeness(written: str, word: str) -> float:
    """How alike two words are written, whether in capitals or not: 0 to 1."""
    matcher = difflib.SequenceMatcher(a=word.lower(), b=written.lower())
    return matcher.ratio() if matcher.real_quick_ratio() >= _LIKE and matcher.quick_ratio() >= _LIKE else 0.0


def _may_be_like(written: str, word: str) -> bool:
    """Whether two words are of like lengths, without which they are not alike: somebody may write a million letters."""
    return 2 * min(len(written), len(word)) >= _LIKE * (len(written) + len(word))


def says_otherwise(written: str, word: str) -> bool:
    """Whether a word means another limit, unit, direction or number than the written one, or denies it."""
    if _is_another_name(written, word) or _denies(_letters(written), _letters(word)):
        return True
    parts, others = _parts_of(written), _parts_of(word)
    is_slip_of_it = one_slip(_letters(written), _letters(word))
    return any(_differs(parts, others, meanings, is_slip_of_it) for meanings in _MEANINGS)


def _is_another_name(written: str, word: str) -> bool:
    # Another number is no slip of the pen: us-2024 is not us-2025 misspelt, and eu-2026 is not hk-2026.
    numbers = [re.findall(r"[0-9]", name) for name in (written, word)]
    return numbers[0] != numbers[1] or (bool(numbers[1]) and not one_slip(_letters(written), _letters(word)))


def _denies(one: str, other: str) -> bool:
    return any(f"{prefix}{a}" == b for prefix in _PREFIXES for a, b in ((one, other), (other, one)))


def _differs(parts: set[str], others: set[str], meanings: dict[str, str], is_slip_of_it: bool) -> bool:
    """Whether the parts of the written word and those of another say different things of one kind."""
    said, meant = _said_by(parts, meanings), _said_by(others, meanings)
    if said:
        return said != meant and not (said < meant and is_slip_of_it)
    return bool(meant) and meanings in _UNSAID and not is_slip_of_it and _slips_in(parts, meanings) != meant


def _meanings_of(word: str, meanings: dict[str, str]) -> set[str]:
    return _said_by(_parts_of(word), meanings)


def _said_by(parts: set[str], meanings: dict[str, str]) -> set[str]:
    return {meaning for meaning, words in meanings.items() if not parts.isdisjoint(_WORDS[words])}


def _slips_in(parts: set[str], meanings: dict[str, str]) -> set[str]:
    """What the parts of a word are slips for: where that is one meaning, it is written for nothing opposite."""
    return {
        meaning
        for meaning, words in meanings.items()
        if any(one_slip(part, known) for part in parts for known in _WORDS[words])
    }


def _parts_of(word: str) -> set[str]:
    """The parts of a word that is written with underscores, hyphens, blanks or capitals in it."""
    return set(re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower())) - {""}


def _letters(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def is_slip(written: str, meant: str | None, allowed: Collection[str]) -> bool:
    """Whether a word is so like the one that was meant, and like no other, that it can be put right unasked."""
    alike = [word for word in allowed if one_slip(written.lower(), word) and not says_otherwise(written, word)]
    return alike == [meant]


def advice_for_key(written: str, free: Collection[str]) -> str | None:
    """What to write for a key that names a limit or a unit which the format has in another form."""
    return _other_limit(written, free) or _other_unit(written, free)


_OTHER_LIMIT = {"highest": "below", "above": "lowest"}
"""The limits that people write, and how the format says them."""


def _other_limit(written: str, free: Collection[str]) -> str | None:
    limits, unit = _meanings_of(written, _LIMITS), _meanings_of(written, _UNITS)
    if len(limits) != 1 or not limits <= _OTHER_LIMIT.keys():
        return None
    keys = [key for key in free if _core(key) == _core(written) and (not unit or unit == _meanings_of(key, _UNITS))]
    return f"write `{keys[0]}`{_note(written)}" if len(keys) == 1 else None


def _note(written: str) -> str:
    limits = _meanings_of(written, _LIMITS)
    if limits == {"highest"}:
        return "; what it gives is itself excluded, so give a value above the highest"
    return "; what it gives is itself included" if limits == {"above"} else ""


_OF_ONE = {"months": "a month is one twelfth of a year", "lb": "a pound is 0.4536 kg", "weeks": "a week has 7 days"}


def _other_unit(written: str, free: Collection[str]) -> str | None:
    """Where a key says the same in another unit: that key, and the unit that it counts in."""
    units = _meanings_of(written, _UNITS)
    fitting = [(key, own) for key in free if _core(key) == _core(written) for own in _meanings_of(key, _UNITS) - units]
    if len(units) != 1 or not fitting:
        return None
    ways = " or ".join(f"in {own}, as `{key}`" for key, own in fitting)
    factors = [_OF_ONE[unit] for unit in units if unit in _OF_ONE]
    return f"give it {'; '.join([ways, *factors])}{_note(written)}"


def _core(word: str) -> set[str]:
    """What a key says beside its unit, its limit as the format says it."""
    units = {name for words in _UNITS.values() for name in words.split()}
    return {_limit(part) for part in _parts_of(word) - units}


def _limit(part: str) -> str:
    found = next((limit for limit, words in _LIMITS.items() if part in words.split()), part)
    return _OTHER_LIMIT.get(found, found)
