"""What the model and the figures of patients rest on, as values."""

from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction

from blinplan.course.eligibility import PLAINLY_ADULT_FROM, PLAINLY_CHILD_BELOW
from blinplan.course.happened.interruption import SEVERE
from blinplan.course.patient import (
    AREAS_BESIDE_A_WEIGHT,
    AREAS_DIFFER,
    AREAS_M2,
    HEAVIEST,
    HEIGHTS_CM,
    HIGHEST_MASS_INDEX,
    LIGHTEST,
    MASS_INDICES,
    SHORTEST,
    SOURCES_OF_FORMULAS,
    TALLEST,
    WEIGHTS_KG,
    age_text,
    formula_text,
)
from blinplan.label.selection import HEAVIER_THAN_INFANTS, INFANT_BELOW
from blinplan.physiology.model.parameters import Parameter, Preset, load_parameters
from blinplan.quantities import decimal_text
from blinplan.rules.checks.comparison import GROSS
from blinplan.rules.values.value import Value, ValueKind, ValueStatus
from blinplan.thresholds.threshold import thresholds

SIMULATION, PATIENT = "simulation", "who is taken as a patient"


def values_of_thresholds() -> Iterator[Value]:
    """The numbers from which on something counts in a simulation."""
    for one in thresholds().values():
        yield Value(
            one.name,
            ValueKind.THRESHOLD,
            None,
            f"{one.value} {one.unit}",
            Fraction(one.value),
            one.unit,
            one.says,
            one.source,
            ValueStatus(one.status),
            (SIMULATION, "evidence"),
        )


def values_of_model() -> Iterator[Value]:
    """The parameters that all populations share, and those that a population has of its own."""
    parameters = load_parameters()
    for parameter in parameters.parameters.values():
        yield from _values_of(parameter, parameter.key)
    for preset in parameters.presets.values():
        yield _population(preset)
        for key, own in preset.parameters.items():
            if own != parameters.parameters[key]:
                yield from _values_of(own, f"{key}@{preset.key}")
    for pair in parameters.correlations:
        yield Value(
            f"correlation_of_{pair.first}_and_{pair.second}",
            ValueKind.PARAMETER,
            None,
            f"{pair.value:g}",
            Fraction(repr(pair.value)),
            "1",
            f"Correlation between the logarithms of {pair.first} and {pair.second} across patients.",
            pair.source,
            ValueStatus(pair.status),
            (SIMULATION,),
        )


def _values_of(parameter: Parameter, name: str) -> Iterator[Value]:
    """A parameter, and how exactly its source knew it where that is printed."""
    yield _parameter(parameter, name)
    known = parameter.precision
    if known is not None:
        says = f"How exactly the source knew the {parameter.name}."
        error = Fraction(repr(known.relative_standard_error)) * 100
        yield Value(
            f"{name}_precision",
            ValueKind.PARAMETER,
            None,
            f"relative standard error {decimal_text(error)} %",
            error,
            "%",
            says,
            known.source,
            ValueStatus(known.verification),
            ("simulation with uncertainty",),
        )


def _parameter(parameter: Parameter, name: str) -> Value:
    unit = "" if parameter.unit == "1" else parameter.unit
    spread = f"; sd of ln {parameter.sd:g}" if parameter.sd else ""
    return Value(
        name,
        ValueKind.PARAMETER,
        None,
        f"{parameter.value:g} {unit}".strip() + spread,
        Fraction(repr(parameter.value)),
        parameter.unit,
        f"{parameter.name[:1].upper()}{parameter.name[1:]}.",
        parameter.source,
        ValueStatus(parameter.verification or parameter.status),
        (SIMULATION if parameter.simulated else "what is exported",),
    )


def _population(preset: Preset) -> Value:
    drawn = ", ".join(f"{key.replace('_', ' ')} {_plain(given)}" for key, given in asdict(preset.covariates).items())
    says = f"Virtual patients: {preset.name}."
    status = ValueStatus(preset.status)
    return Value(preset.key, ValueKind.POPULATION, None, drawn, None, "", says, preset.source, status, (SIMULATION,))


def _plain(given: object) -> str:
    return "/".join(f"{one:g}" for one in given) if isinstance(given, tuple) else f"{given:g}"


def values_of_patients() -> Iterator[Value]:
    """How body surface area is computed, and between which figures somebody is taken as a patient."""
    for formula, source in SOURCES_OF_FORMULAS.items():
        says = f"Body surface area in m² from weight in kg and height in cm, by {formula.value}."
        name, decides = f"area_{formula.value.replace('-', '_')}", ("doses by body surface area",)
        yield Value(
            name,
            ValueKind.FIGURE,
            None,
            formula_text(formula),
            None,
            "m²",
            says,
            source,
            ValueStatus.UNVERIFIED,
            decides,
        )
    for name, (low, high), unit, says in (
        ("weights", WEIGHTS_KG, "kg", "Body weights outside are refused."),
        ("heights", HEIGHTS_CM, "cm", "Heights outside are refused."),
        ("areas", AREAS_M2, "m²", "Body surface areas outside are refused where no weight says that they are right."),
        (
            "areas_beside_a_weight",
            AREAS_BESIDE_A_WEIGHT,
            "m²",
            "Areas outside are refused beside a weight.",
        ),
    ):
        yield _convention(name, f"{decimal_text(low)} to {decimal_text(high)} {unit}", says)
    least, highest = MASS_INDICES
    bounds = ", ".join(
        f"{decimal_text(index)}" + (f" below {decimal_text(height)} cm" if height is not None else " above")
        for height, index in highest
    )
    yield _convention(
        "body_mass_indices",
        f"{decimal_text(least)} kg/m², and at most {bounds}",
        "Somebody lighter or heavier for the height is refused where no body surface area confirms it.",
    )
    yield _convention(
        "highest_body_mass_index",
        f"{HIGHEST_MASS_INDEX} kg/m²",
        "Somebody heavier for the height is refused, whatever the body surface area.",
    )
    yield _convention(
        "areas_differ",
        f"{decimal_text(100 * AREAS_DIFFER)} %",
        "A given body surface area may differ by so much from the computed one.",
    )

    yield from _sizes_by_age()


def _sizes_by_age() -> Iterator[Value]:
    """Beyond which weight or height nobody of an age is taken as a patient, and who is plainly of an age group."""
    for name, bounds, unit, what, since in (
        ("heaviest_by_age", HEAVIEST, "kg", "Nobody below an age is taken to weigh more.", "below"),
        ("lightest_by_age", LIGHTEST, "kg", "Nobody of an age or older is taken to weigh less.", "from"),
        ("tallest_by_age", TALLEST, "cm", "Nobody below an age is taken to measure more.", "below"),
        ("shortest_by_age", SHORTEST, "cm", "Nobody of an age or older is taken to measure less.", "from"),
    ):
        yield _convention(name, ", ".join(f"{size} {unit} {since} {age_text(age)}" for age, size in bounds), what)
    says = "Below the first age a patient is plainly a child, and from the second on plainly an adult (D211)."
    ages = f"{decimal_text(PLAINLY_CHILD_BELOW)} and {decimal_text(PLAINLY_ADULT_FROM)} years"
    yield _convention("plainly_child_or_adult", ages, says, ("D211",))


def values_of_decisions() -> Iterator[Value]:
    """Numbers chosen here that decide what is an error, what is severe, and whom a list calls an infant."""
    yield _convention(
        "gross_error",
        f"{GROSS} times the labelled dose",
        "Above it a dose or a cap is an error, also where nobody has seen the labelled one in its source.",
        ("D203", "D205"),
    )
    says = "From this grade on an adverse event is severe, and the label's answers to severe ones hold."
    yield _convention("severe", f"grade {SEVERE}", says, ("plans of what happened",))
    says = "Infants are below this age, and a regimen for patients of this weight or more is for none."
    infants = f"below {INFANT_BELOW} year, and below {HEAVIER_THAN_INFANTS} kg"
    yield _convention("infants", infants, says, ("the list of regimens",))


def _convention(name: str, text: str, says: str, decides: tuple[str, ...] = (PATIENT,)) -> Value:
    status = ValueStatus.CONVENTION
    return Value(name, ValueKind.FIGURE, None, text, None, "", says, "chosen here", status, decides)
