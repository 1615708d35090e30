"""What a stretch and a table of one must say of themselves to be joined; the schema `stretch` tells people the same."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic_core import SchemaValidator, core_schema
from pydantic_core.core_schema import CoreConfig, CoreSchema

from blinplan.physiology.model.dosing import WhyReleaseWanes
from blinplan.regimen.vocabulary import VirtualPopulation

_MOST_PATIENTS = 10**9
_MOST_DAYS = 3660
_LARGEST_SIZE = 1000
"""No kilogram, centimetre, square metre or year of a person is more."""
_STRICT = CoreConfig(strict=True, extra_fields_behavior="ignore", allow_inf_nan=False)


def _object(wanted: Mapping[str, CoreSchema], optional: Mapping[str, CoreSchema] | None = None) -> CoreSchema:
    """An object that has some keys, may have others, and any that are not named."""
    keys = {
        name: core_schema.typed_dict_field(of, required=name in wanted)
        for name, of in {**wanted, **(optional or {})}.items()
    }
    return core_schema.typed_dict_schema(keys, config=_STRICT)


_TEXT = core_schema.str_schema()
_WRITTEN = core_schema.str_schema(min_length=1)
"""A text that stood in a file: one with half of a character never did."""
_COUNT = core_schema.int_schema(ge=1, le=_MOST_PATIENTS)
_SEED = core_schema.int_schema(ge=0, lt=2**63)
_NUMBERS = core_schema.list_schema(core_schema.float_schema(ge=0))
_SIZE = core_schema.float_schema(gt=0, le=_LARGEST_SIZE)
_TEXTS = core_schema.list_schema(_TEXT)
_FILE = _object({"file": _TEXT, "text": _WRITTEN})
_WHOSE = {"first": _COUNT, "drawn": _COUNT, "plausible_models": core_schema.int_schema(ge=0, le=_MOST_PATIENTS)}
_OF_ENDPOINTS = {"endpoints": _TEXTS, "own_endpoints": _TEXTS, "by_day": _NUMBERS}
_OF_CURVES = {"every_minutes": core_schema.int_schema(ge=1)}


def _made_with(of: Mapping[str, CoreSchema]) -> CoreSchema:
    """What a stretch was made with, of endpoints or of curves."""
    wanted = {
        "population": core_schema.literal_schema([*get_args(VirtualPopulation)]),
        "attenuation": core_schema.literal_schema([*get_args(WhyReleaseWanes)]),
        "engine": _TEXT,
        "patients": _COUNT,
        "seed": _SEED,
        "premedication": core_schema.bool_schema(),
        "follow_up_days": core_schema.int_schema(ge=0, le=_MOST_DAYS),
    }
    return _object({**wanted, **of}, {**_WHOSE, "measured_seed": _SEED})


_MADE_WITH = core_schema.union_schema([_made_with(_OF_ENDPOINTS), _made_with(_OF_CURVES)])
_STRETCH = SchemaValidator(
    _object(
        {
            "manifest": _MADE_WITH,
            "first_patient": _COUNT,
            "asked": _FILE,
            "regimen": _FILE,
            "course": _TEXT,
            "typical": _object(dict.fromkeys(("weight_kg", "height_cm", "bsa_m2", "age_years"), _SIZE)),
        }
    )
)
_PART = SchemaValidator(_object({"patients": _COUNT}, _WHOSE))


def require_stretch(document: Mapping[str, Any]) -> None:
    """Refuse a document of a stretch that does not say what joining asks it for.

    Raises
    ------
    pydantic_core.ValidationError
        A ValueError, where something is missing, of another type or out of range.
    """
    _STRETCH.validate_python(document)


def require_part(manifest: Mapping[str, Any]) -> None:
    """Refuse what a table says of itself where that is not of so many patients.

    Raises
    ------
    pydantic_core.ValidationError
        A ValueError, as of `require_stretch`.
    """
    _PART.validate_python(manifest)
