"""The regimen file format: which keys there are, what each may hold, and why.

One definition serves three readers: the program, which validates files with it; editors, through the JSON Schema made
from it; and people, through the descriptions, which error messages quote.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from blinplan.quantities import (
    DOSE_PATTERN,
    FLAT_DOSE_PATTERN,
    FLAT_MASS_PATTERN,
    LONGEST,
    MASS_PATTERN,
    Basis,
    QuantityError,
    read_dose,
    read_mass,
)

FORMAT = 1
NAME_PATTERN = r"^[a-z0-9]+([.-][a-z0-9]+)*$"


def _dose(text: str) -> str:
    read_dose(text)
    return text


def _flat_dose(text: str) -> str:
    if read_dose(text).rate.basis is not Basis.FLAT:
        raise QuantityError('a cap is a flat dose rate, such as "9 mcg/day"')
    return text


def _mass(text: str) -> str:
    read_mass(text)
    return text


def _flat_mass(text: str) -> str:
    if read_mass(text).basis is not Basis.FLAT:
        raise QuantityError('a cap is a flat mass, such as "20 mg"')
    return text


def _whole(value: object) -> object:
    if type(value) is not int:  # Python holds true and 1.0 for equal to 1
        raise ValueError("not a whole number")
    return value


def _whole_to_decimal(value: object) -> object:
    return Decimal(value) if type(value) is int else value


def _written(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "maxLength": LONGEST, "examples": [example]})


Dose = Annotated[str, AfterValidator(_dose), _written(DOSE_PATTERN, "9 mcg/day")]
FlatDose = Annotated[str, AfterValidator(_flat_dose), _written(FLAT_DOSE_PATTERN, "9 mcg/day")]
MassText = Annotated[str, AfterValidator(_mass), _written(MASS_PATTERN, "20 mg")]
FlatMass = Annotated[str, AfterValidator(_flat_mass), _written(FLAT_MASS_PATTERN, "20 mg")]
Sentence = Annotated[str, Field(pattern=r"\S", max_length=500)]
Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=60)]
Weight = Annotated[
    Decimal,
    BeforeValidator(_whole_to_decimal),
    Field(gt=0, le=300),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 300}),
]

Indication = Literal["relapsed-refractory", "mrd-positive", "consolidation", "investigational"]


class Table(BaseModel):
    """A TOML table in which unknown keys and changed types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Source(Table):
    """Where the regimen's numbers come from, and whether somebody has seen them there."""

    citation: Sentence = Field(description="the publication or label section that gives these doses")
    status: Literal["seen", "transcribed", "derived", "unverified"] = Field(
        description="seen in the cited text, transcribed by somebody else, derived by arithmetic, or unverified"
    )
    note: Sentence | None = Field(default=None, description="what in the source needs explaining")


class Eligibility(Table):
    """Which patients the regimen is for, by body weight."""

    min_weight_kg: Weight | None = Field(default=None, description="lowest body weight in kg, itself included")
    below_weight_kg: Weight | None = Field(default=None, description="body weight in kg that patients must be below")
    otherwise: Name | None = Field(
        default=None, description="name of the regimen for patients outside these weights, which the plan then follows"
    )
    population: Literal["adult-rr", "adult-mrd", "child"] | None = Field(
        default=None,
        description="the virtual patients that stand for these patients: adult-rr, adult-mrd or child; if not given,"
        " child below a weight limit, adult-mrd for mrd-positive and consolidation, adult-rr for the rest",
    )


class Dosing(Table):
    """How doses are counted."""

    basis: Literal["flat", "bsa"] = Field(
        description='"flat" for mcg/day, or "bsa" for mcg/m2/day (by body surface area)'
    )


class Premedication(Table):
    """What is given before the infusion starts, steps up or restarts."""

    drug: Sentence = Field(description="the drug, by its name")
    dose: MassText = Field(description='text with a unit, such as "20 mg" or "5 mg/m2"')
    max: FlatMass | None = Field(default=None, description='the cap of a dose by body surface area, such as "20 mg"')
    minutes_before: int = Field(
        default=60, ge=0, le=1440, description="whole minutes between premedication and infusion (60 if not given)"
    )
    before: tuple[Literal["first-start", "cycle-start", "escalation", "restart", "first-cycle-restart"], ...] = Field(
        min_length=1,
        strict=False,
        description="the occasions: first-start, cycle-start, escalation, restart, first-cycle-restart",
    )


class Monitoring(Table):
    """Where the patient is while the risk is highest."""

    hospital_days: tuple[Annotated[int, Field(ge=0, le=366)], ...] = Field(
        min_length=1, strict=False, description="days in hospital from the start of cycle 1, cycle 2 and so on"
    )


class Step(Table):
    """One dose rate, held for a time."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["days"]}, {"required": ["hours"]}]})

    dose: Dose = Field(
        description='text with a unit, "9 mcg/day" or "5 mcg/m2/day", because a bare number is how thousandfold'
        " errors happen"
    )
    max: FlatDose | None = Field(default=None, description='the cap of a BSA dose, as text in mcg/day: "9 mcg/day"')
    days: int | None = Field(default=None, ge=1, le=366, description="a whole number of days, 1 to 366")
    hours: int | None = Field(default=None, ge=1, le=8784, description="a whole number of hours, 1 to 8784")


class Cycle(Table):
    """Steps of infusion without a gap, then a treatment-free interval; the whole repeated."""

    name: Sentence = Field(description="the name people use for the cycle")
    phase: Literal["induction", "consolidation", "continued-therapy"] | None = Field(
        default=None, description="induction, consolidation or continued-therapy; decides which label limits apply"
    )
    repeat: int = Field(
        default=1, ge=1, le=20, description="how many times the cycle is given in all, 1 to 20 (1 if not given)"
    )
    steps: tuple[Step, ...] = Field(min_length=1, strict=False, description="the dose steps, in order, at least one")
    treatment_free_days: int = Field(
        ge=0, le=366, description="whole days without infusion after each such cycle, 0 to 366"
    )


class Waiver(Table):
    """A finding accepted on purpose, in the open."""

    rule: Annotated[str, Field(pattern=r"^[A-Z][0-9]{3}$")] = Field(description="the code of the rule, such as S304")
    reason: Sentence = Field(description="why the finding is accepted, in words a reviewer can judge")
    expires: date | None = Field(default=None, description="the last day the waiver holds, as a date: 2027-06-30")


class RegimenFile(Table):
    """A blinatumomab regimen."""

    format: Annotated[Literal[1], BeforeValidator(_whole)] = Field(
        description="the version of this format; 1 is the only one there is"
    )
    name: Name = Field(description="a short name in small letters, digits, hyphens and dots, such as rr-adult")
    title: Sentence = Field(description="one line that says what the regimen is")
    indication: Indication = Field(description="relapsed-refractory, mrd-positive, consolidation or investigational")
    family: Name | None = Field(default=None, description="the name that a family of dose levels shares")
    sources: tuple[Source, ...] = Field(
        min_length=1, strict=False, description="where the doses come from, each with citation and status"
    )
    eligibility: Eligibility | None = Field(default=None, description="which patients the regimen is for")
    dosing: Dosing = Field(description="how doses are counted")
    premedication: Premedication | None = Field(default=None, description="what is given before the infusion")
    monitoring: Monitoring | None = Field(default=None, description="the days in hospital")
    cycle: tuple[Cycle, ...] = Field(
        min_length=1, max_length=20, strict=False, description="the cycles, in order, at least one [[cycle]]"
    )
    waiver: tuple[Waiver, ...] = Field(default=(), strict=False, description="findings accepted on purpose")


class _TomlSchema(GenerateJsonSchema):
    """TOML has no null: a key that may be left out is simply not required."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default") in (None, ()):
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the regimen file, for editors and other programs."""
    schema = RegimenFile.model_json_schema(schema_generator=_TomlSchema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "blinplan regimen file, format 1",
    }
