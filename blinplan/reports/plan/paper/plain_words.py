"""What is said at a terminal with codes of rules and names of keys, in words for paper."""

import re

_CODES = re.compile(r" \((?:`[a-z_]+`, )*[A-Z]{1,2}\d{3}\)(?=\.$)")
_UNANSWERED = re.compile(r"^[A-Z]{1,2}\d{3} is not evaluated: ")
_KEY = re.compile(r"`\[*([a-z][a-z0-9_]*)\]*(?: = ([^`]*))?`")
_MARK = '"'
_QUOTED = re.compile(r"`([^`]*)`")
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
    said = _UNANSWERED.sub("Not evaluated: ", _CODES.sub("", text))
    said = _KEY.sub(_words_of, f"{said[:1].upper()}{said[1:]}")
    return _QUOTED.sub(r"“\1”", said)


def _words_of(found: re.Match[str]) -> str:
    """Write a key as whoever fills in a file says it, with its value: ``fill_ml`` is the fill in mL."""
    key, value = found[1], found[2]
    ending = next((ending for ending in _UNITS if key.endswith(ending)), "")
    name = f"{key.removesuffix(ending).replace('_', ' ')}{_UNITS.get(ending, '')}"
    said = "" if value is None else f": {value.strip(_MARK).replace('-', ' ')}"
    return f"“{name}{said}”"
