"""What stands in a regimen file that may tell by which route its drug is given, and what the keys tell of it."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from blinplan.quantities import Basis, is_dose
from blinplan.regimen import schema
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.words.spelling import one_slip

_ABOUT_OTHERS = frozenset({"sources", "eligibility", "premedication", "monitoring", "due", "waiver"})
"""Tables of the file that do not speak of how blinatumomab is given."""

_OF_OTHER_DRUGS = frozenset(
    (
        *("chemotherapy", "chemo", "prophylaxis", "premedication", "premed", "supportive", "hydration", "concomitant"),
        *("comedication", "methotrexate", "dexamethasone", "steroid", "steroids", "flush", "fluids", "others"),
    )
)
_PROSE = frozenset(
    ("note", "notes", "comment", "comments", "remark", "remarks", "title", "name", "reason", "source", "description")
)
TIMES = frozenset(
    ("frequency", "freq", "schedule", "interval", "timing", "times", "often", "unit", "units", "per", "every")
)
_PLACES = frozenset({"site", "place", "ward", "where", "by", "person", "date", "day", "days"})
"""Parts of keys that tell of other drugs, that are remarks, that tell how often something is given, and where."""

KNOWN = frozenset(
    key for table in (schema.REGIMEN_FILE, schema.DOSING, schema.CYCLE, schema.STEP) for key in table.keys
)
_SILENT = KNOWN - {"route", "basis", "dose", "max", "steps"}
"""Keys whose values, but for tables inside them, tell nothing of a route."""

_BASES = frozenset(Basis)
_FALSE = frozenset({"", "-", "0", "no", "n", "none", "never", "false", "off"})


class RoutePart(NamedTuple):
    """A value somewhere in the file, and the key that it stands under, with those around it that tell of a route."""

    path: KeyPath
    key: str
    value: Any


def telling_parts(document: Document) -> list[RoutePart]:
    """Everything in a file that may tell of a route; nothing in most files."""
    found: list[RoutePart] = []
    for key, value in document.values.items():
        if key not in _ABOUT_OTHERS and not _is_silent(key, value):
            _add_telling(found, (key,), key, value)
    return found


def _is_silent(key: str, value: Any) -> bool:
    """Whether a value tells nothing of a route under its key, and has nothing inside that could."""
    return key in _SILENT and type(value) is not dict and type(value) is not list


def _add_telling(found: list[RoutePart], path: KeyPath, key: str, value: Any) -> None:
    """Add what may tell of a route of a value and everything inside it."""
    if _is_of_others(key):
        return
    if _may_tell(key, value):
        found.append(RoutePart(path, key, value))
    if isinstance(value, dict):
        about_route = tells_route(key)
        for inner, part in value.items():
            if not about_route and _is_silent(inner, part):
                continue
            # What stands in a table that tells of the route tells of it too, whatever its own key is.
            _add_telling(found, (*path, inner), f"{key}_{inner}" if about_route else inner, part)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            _add_telling(found, (*path, index), key, part)


@lru_cache(maxsize=1024)
def _is_of_others(key: str) -> bool:
    """Whether a key tells of other drugs than blinatumomab. Files have the same keys, so each is looked at once."""
    return bool(words(key) & _OF_OTHER_DRUGS) or any(one_slip(key, known) for known in _ABOUT_OTHERS)


def _may_tell(key: str, value: Any) -> bool:
    if key not in KNOWN:
        return True
    if not isinstance(value, str):
        return False
    if key == "route":
        return value not in schema.ROUTES
    if key == "basis":
        return value not in _BASES
    return key in {"dose", "max", "steps"} and not is_dose(value)


# --- what keys tell ---------------------------------------------------------------------------------------------------


@cache
def tells_route(key: str) -> bool:
    """Whether a key is there to tell how a drug is given."""
    if key in KNOWN - {"route"} or is_prose(key) or words(key) & _PLACES:
        return False
    manner = r"administ\w*|admin|appli[ck]\w*|deliver\w*|given|verabreich\w*|somministr\w*|toedien\w*"
    return names_route(key) or re.fullmatch(rf"(?:.*_)?(?:{manner})(?:_.*)?", _plain(key)) is not None


@cache
def names_route(key: str) -> bool:
    """Whether a key can tell nothing but the route."""
    names = r"(?:.*_)?(?:routes?|via|vía|voie|roa|\w*weg|droga|путь\w*|给药途径|投与経路|투여경로)(?:_.*)?"
    return re.fullmatch(names, _plain(key)) is not None


def tells_dose(key: str) -> bool:
    """Whether a key is there to tell a dose."""
    return re.fullmatch(r"(?:.*_)?doses?(?:_.*)?", _plain(key)) is not None


def is_prose(key: str) -> bool:
    """Whether a key is there for remarks, which may speak of other regimens."""
    return bool(_PROSE & words(key))


def is_false(value: object) -> bool:
    """Whether a value says no."""
    return not isinstance(value, Mapping | list) and str(value).strip().lower() in _FALSE


def words(key: str) -> set[str]:
    """The parts of a key."""
    return set(_plain(key).split("_"))


def _plain(key: str) -> str:
    return re.sub(r"[- .]", "_", key.strip().lower())
