"""What is said at a terminal with codes of rules and names of keys, in words for paper."""

import re

_UNANSWERED = re.compile(r"^[A-Z]{1,2}\d{3} is not evaluated: ")
_FOUND = re.compile(r"^[A-Z]{1,2}\d{3}: ")
_KEY = re.compile(r"`\[*([a-z][a-z0-9_]*)\]*`")
_UNITS = {
    "_ml_per_hour": " in mL/h",
    "_mcg_per_ml": " in mcg/mL",
    "_hours_before": " in hours before",
    "_hours": " in hours",
    "_ml": " in mL",
    "_kg": " in kg",
}


def plain_words(text: str) -> str:
    """Write a remark without the code of its rule, and with keys of files as words."""
    said = _FOUND.sub("", _UNANSWERED.sub("Not evaluated: ", text))
    return _KEY.sub(lambda found: _words_of(found[1]), f"{said[0].upper()}{said[1:]}" if said else said)


def _words_of(key: str) -> str:
    """Write a key as whoever fills in a file says it: ``fill_ml`` is the fill in mL."""
    ending = next((ending for ending in _UNITS if key.endswith(ending)), "")
    return f"“{key.removesuffix(ending).replace('_', ' ')}{_UNITS.get(ending, '')}”"
