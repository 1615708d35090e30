"""Tables of a TOML file: which keys each has, what each may hold, and why.

One definition serves three readers: the program, which validates with it; editors, through the JSON Schema made from
it; and people, through the descriptions, which error messages quote. The validator is pydantic's core alone: the rest
of pydantic would take a check without simulation twice its time to import.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic_core import SchemaValidator, core_schema
from pydantic_core.core_schema import CoreConfig, CoreSchema

Values = TypeVar("Values")

_STRICT = CoreConfig(strict=True, extra_fields_behavior="forbid", allow_inf_nan=False)


class Kind(NamedTuple):
    """What a value may be: to the validator, and to an editor as JSON Schema; ``table`` where it is made of tables."""

    core: CoreSchema
    json: Mapping[str, Any]
    table: "Table[Any] | None" = None

    @property
    def longest(self) -> int | None:
        """How many characters a text may have; None where it may be no text, or says nothing of it."""
        return max(
            (one["maxLength"] for one in (self.json, *self.json.get("anyOf", ())) if "maxLength" in one), default=None
        )


class Key(NamedTuple):
    """A key of a table: what it may hold, in words that end a sentence, and whether it can be left out."""

    name: str
    kind: Kind
    description: str
    required: bool = False
    default: int | None = None


def required_key(name: str, kind: Kind, description: str) -> Key:
    """A key that a table must have."""
    return Key(name, kind, description, required=True)


def optional_key(name: str, kind: Kind, description: str, default: int | None = None) -> Key:
    """A key that a table may have."""
    return Key(name, kind, description, default=default)


class Table(Generic[Values]):
    """A table in which unknown keys and changed types are errors, and the named tuple that holds its values.

    A key is a field of that name, with ``_`` for ``-``; what can be left out has its default there. ``advice`` says
    what to write for keys that people take for its own.
    """

    def __init__(
        self,
        values: type[Values],
        *keys: Key,
        json: Mapping[str, Any] | None = None,
        advice: Mapping[str, str] | None = None,
    ) -> None:
        self.values = values
        self.advice = advice or {}
        self.keys = {key.name: key for key in keys}
        self._are_fields = all(key.name == field_name(key.name) for key in keys)
        self._json = json or {}
        made: Any = values
        if {name: name in made._field_defaults for name in made._fields} != {
            field_name(k.name): not k.required for k in keys
        }:
            raise TypeError(f"the keys of {values.__name__} are not its fields")

    @property
    def name(self) -> str:
        """What the table is called."""
        return self.values.__name__.removesuffix("Table")

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The keys of which it has to have one, and only one."""
        return tuple(name for one in self._json.get("oneOf", ()) for name in one["required"])

    def read(self, written: object) -> Values:
        """Read the values of a table as TOML gives them.

        Raises
        ------
        pydantic_core.ValidationError
            When it holds anything else than its keys say, with everything that is wrong.
        """
        values: Values = self._validator.validate_python(written)
        return values

    def may_hold(self, name: str, value: object) -> bool:
        """Whether a key of the table may hold a value as TOML gives it."""
        return SchemaValidator(self.keys[name].kind.core, _STRICT).isinstance_python(value)

    @cached_property
    def _validator(self) -> SchemaValidator:
        return SchemaValidator(self.core, _STRICT)

    @cached_property
    def core(self) -> CoreSchema:
        """The table as a part of a larger validator."""
        made = core_schema.typed_dict_schema(
            {
                key.name: core_schema.typed_dict_field(key.kind.core, required=key.required)
                for key in self.keys.values()
            },
            extra_behavior="forbid",
            config=_STRICT,
        )
        return core_schema.no_info_after_validator_function(self._make, made)

    def _make(self, values: Mapping[str, Any]) -> Values:
        if self._are_fields:  # as in all tables of a regimen, of which a file has many
            return self.values(**values)
        return self.values(**{field_name(name): value for name, value in values.items()})

    def json_schema(self) -> dict[str, Any]:
        """The table as JSON Schema, with references for the tables inside."""
        required = [key.name for key in self.keys.values() if key.required]
        return {
            "additionalProperties": False,
            "description": (self.values.__doc__ or "").strip(),
            **self._json,
            "properties": {name: _json_of(key) for name, key in self.keys.items()},
            **({"required": required} if required else {}),
            "title": self.name,
            "type": "object",
        }

    def inner(self) -> dict[str, "Table[Any]"]:
        """All tables inside, those inside of them included, by name and in their order."""
        tables: dict[str, Table[Any]] = {}
        for key in self.keys.values():
            if key.kind.table is not None:
                tables |= {key.kind.table.name: key.kind.table} | key.kind.table.inner()
        return dict(sorted(tables.items()))


def file_schema(table: Table[Any], title: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a whole file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {name: inside.json_schema() for name, inside in table.inner().items()},
        **table.json_schema(),
        "title": title,
    }


def field_name(name: str) -> str:
    """The field of a named tuple that holds a key."""
    return name.replace("-", "_")


def _json_of(key: Key) -> dict[str, Any]:
    default = {} if key.default is None else {"default": key.default}
    return dict(sorted({**key.kind.json, **default, "description": key.description}.items()))


# --- what a value may be --------------------------------------------------------------------------------------------


_NOT_BLANK = r"\S"


def _seen_by_readers(written: str) -> str:
    if written.isascii():
        return written
    # Imported here, because most texts have no other characters.
    from blinplan.words.characters import plain

    if not plain(written).strip():
        raise ValueError("a text of which nobody sees anything")
    return written


def text(pattern: str = _NOT_BLANK, longest: int = 500) -> Kind:
    """A text; one that is not blank unless a pattern says otherwise."""
    core: core_schema.CoreSchema = core_schema.str_schema(pattern=pattern, max_length=longest)
    if pattern == _NOT_BLANK:
        core = core_schema.no_info_after_validator_function(_seen_by_readers, core)
    return Kind(
        core,
        {"type": "string", "pattern": pattern, "maxLength": longest},
    )


def quantity(check: Callable[[str], object], pattern: str, longest: int, example: str) -> Kind:
    """A text that is a quantity; ``check`` raises `ValueError` where it is none."""

    def check_text(written: str) -> str:
        check(written)
        if len(written) > longest:
            raise ValueError(f"a text of more than {longest} characters")
        return written

    return Kind(
        core_schema.no_info_after_validator_function(check_text, core_schema.str_schema()),
        {"type": "string", "pattern": pattern, "maxLength": longest, "examples": [example]},
    )


def one_of(*words: str) -> Kind:
    """One of some words."""
    plain = [str(word) for word in words]  # members of an enumeration too
    return Kind(core_schema.literal_schema(list(plain)), {"type": "string", "enum": plain})


def version(number: int) -> Kind:
    """The one version of a format that there is."""
    return Kind(
        core_schema.no_info_before_validator_function(_whole, core_schema.literal_schema([number])),
        {"type": "integer", "const": number},
    )


def _whole(value: object) -> object:
    if type(value) is not int:  # Python holds true and 1.0 for equal to 1
        raise ValueError("not a whole number")
    return value


def whole(lowest: int, highest: int) -> Kind:
    """A whole number, both bounds included."""
    return Kind(
        core_schema.int_schema(ge=lowest, le=highest), {"type": "integer", "minimum": lowest, "maximum": highest}
    )


def day_number() -> Kind:
    """A day counted from another, which is day 1; the one before it is day -1, and there is no day 0."""

    def refuse_day_0(day: int) -> int:
        if day == 0:
            raise ValueError("there is no day 0")
        return day

    days = whole(-366, 366)
    return Kind(
        core_schema.no_info_after_validator_function(refuse_day_0, days.core), {**days.json, "not": {"const": 0}}
    )


def number(above: int, highest: int | None = None) -> Kind:
    """A number above one bound and at or below another."""
    core = core_schema.decimal_schema(gt=Decimal(above), le=None if highest is None else Decimal(highest))
    return Kind(
        core_schema.no_info_before_validator_function(_whole_to_decimal, core),
        {"type": "number", "exclusiveMinimum": above, **({} if highest is None else {"maximum": highest})},
    )


def number_text(json: Mapping[str, Any]) -> str | None:
    """Write which numbers a kind allows: a whole number from 1 to 366; None of what is no number."""
    match json:
        case {"type": "integer", "minimum": lowest, "maximum": highest}:
            without = ", and not 0" if "not" in json else ""
            return f"a whole number from {lowest} to {highest:,}{without}"
        case {"type": "number", "exclusiveMinimum": above}:
            return f"a number above {above}" + (f", at most {json['maximum']:,}" if "maximum" in json else "")
    return None


def _whole_to_decimal(value: object) -> object:
    return Decimal(value) if type(value) is int else value


def truth() -> Kind:
    """True or false."""
    return Kind(core_schema.bool_schema(), {"type": "boolean"})


def day() -> Kind:
    """A date."""
    return Kind(core_schema.date_schema(), {"type": "string", "format": "date"})


_MOMENT_PATTERN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?$"
)


_MOST_OF_ANY = 1_000_000_000


def plain_value(longest: int) -> Kind:
    """A text, a number, a date, true or false, or an array of such: as a tuple."""

    def read(value: object) -> object:
        if isinstance(value, str) and not (value.strip() and len(value) <= longest):
            raise ValueError("a text that is blank or too long")
        inside = value if isinstance(value, list) else (value,)
        if not all(isinstance(part, str) or type(part) is date or _is_plain_number(part) for part in inside):
            raise ValueError("a table, a time, a number beyond all others, or an array of tables or arrays")
        return tuple(value) if isinstance(value, list) else value

    numbers = {"minimum": -_MOST_OF_ANY, "maximum": _MOST_OF_ANY}
    return Kind(
        core_schema.no_info_after_validator_function(read, core_schema.any_schema()),
        {
            "anyOf": [
                {"type": ["number", "boolean"], **numbers},
                {"type": "string", "pattern": r"\S", "maxLength": longest},
                {"type": "array", "items": {"type": ["string", "number", "boolean"], **numbers}},
            ]
        },
    )


def _is_plain_number(value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value) <= _MOST_OF_ANY
    return isinstance(value, int) and abs(value) <= _MOST_OF_ANY


def moment() -> Kind:
    """A date with a time of day, with or without an offset."""
    # JSON Schema's own format "date-time" asks for an offset, and an editor would refuse a time in local time.
    return Kind(core_schema.datetime_schema(), {"type": "string", "pattern": _MOMENT_PATTERN})


def array(kind: Kind, fewest: int = 0, most: int | None = None) -> Kind:
    """An array of values of one kind, as a tuple."""
    return Kind(
        core_schema.tuple_schema(
            [kind.core], variadic_item_index=0, min_length=fewest or None, max_length=most, strict=False
        ),
        {
            "type": "array",
            "items": kind.json,
            **({"minItems": fewest} if fewest else {}),
            **({} if most is None else {"maxItems": most}),
        },
        kind.table,
    )


def table(inside: Table[Any]) -> Kind:
    """A table."""
    return Kind(inside.core, {"$ref": f"#/$defs/{inside.name}"}, inside)


def one_or_more(inside: Table[Any]) -> Kind:
    """A table, or an array of such tables: as a tuple."""

    def in_tuple(written: object) -> tuple[Any, ...]:
        return tuple(several.validate_python(written)) if isinstance(written, list) else (inside.read(written),)

    tables = array(table(inside), 1)
    several = SchemaValidator(tables.core, _STRICT)
    return Kind(
        core_schema.no_info_plain_validator_function(in_tuple),
        {"anyOf": [table(inside).json, tables.json]},
        inside,
    )


def is_several(kind: Kind) -> bool:
    """Whether a value is an array of tables, or may be one."""
    return kind.table is not None and (kind.json.get("type") == "array" or "anyOf" in kind.json)


def table_of(kind: Kind, most: int | None = None) -> Kind:
    """A table with keys of the user's own, and values of one kind."""
    return Kind(
        core_schema.dict_schema(core_schema.str_schema(), kind.core, max_length=most),
        {
            "type": "object",
            "additionalProperties": kind.json,
            **({} if most is None else {"maxProperties": most}),
        },
        kind.table,
    )
