"""Keys of a regimen that contradict each other: limits, bases, steps and premedication."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from blinplan.quantities import HOURS_PER_DAY, Basis, DoseRate, QuantityError, read_dose, read_mass
from blinplan.regimen import schema
from blinplan.regimen.contradictions.of_departures import departure_contradictions
from blinplan.regimen.contradictions.of_due import age_contradictions, array_of, due_contradictions, valid
from blinplan.regimen.tables import premedication_paths
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.problems import Problem, SchemaProblems, contradiction

_DURATIONS = ("days", "hours")
LONGEST_COURSE_DAYS = 7 * 366
"""No plan and no simulation asks for more, and with the shortest bags each day takes some time."""
_STEP_KEYS = frozenset(schema.STEP.keys)


def contradictions(document: Document, file: schema.RegimenTable | None = None) -> Iterator[Problem]:
    """Compare what can be compared, also in a file that has other mistakes, so that one run shows them all.

    ``file`` is what a document says that has none of them.
    """
    values = document.values
    eligibility = valid(schema.ELIGIBILITY, values.get("eligibility")) if file is None else file.eligibility
    if eligibility is not None:
        yield from _weight_contradictions(document, eligibility)
        yield from age_contradictions(document, ("eligibility",), eligibility)
    dosing = valid(schema.DOSING, values.get("dosing")) if file is None else file.dosing
    basis = None if dosing is None else Basis(dosing.basis)
    if file is None or not all(_is_sound(step, file.dosing.basis) for cycle in file.cycle for step in cycle.steps):
        yield from _contradictions_of_steps(document, basis)
    yield from _premedication_contradictions(document, _premedications(values) if file is None else file.premedication)
    yield from due_contradictions(document)
    if file is None or file.departs_from is not None or file.disease != "leukaemia" or _states_departures(file):
        yield from departure_contradictions(document)
    yield from _half_places(document)
    yield from _endless_course(document, file)


def _endless_course(document: Document, file: schema.RegimenTable | None) -> Iterator[Problem]:
    """Tell of a course of more days than are computed, at the cycle that begins beyond them."""
    written = array_of(document.values.get("cycle")) if file is None else ()
    cycles = [valid(schema.CYCLE, cycle) for cycle in written] if file is None else file.cycle
    hours = 0
    for index, cycle in enumerate(cycles):
        hours += 0 if cycle is None else _hours(cycle)
        if hours > LONGEST_COURSE_DAYS * HOURS_PER_DAY:
            yield contradiction(
                document,
                ("cycle", index),
                f"with this cycle the course takes {float(Fraction(hours, 365 * HOURS_PER_DAY)):.1f} years",
                f"a course of at most {LONGEST_COURSE_DAYS // 366} years is computed; labels have up to nine cycles",
                "correct `repeat`, the days of the steps or `treatment_free_days`",
            )
            return


def _hours(cycle: schema.CycleTable) -> int:
    """How many hours a cycle takes, all its repetitions counted."""
    steps = sum((step.days or 0) * HOURS_PER_DAY + (step.hours or 0) for step in cycle.steps)
    return cycle.repeat * (steps + cycle.treatment_free_days * HOURS_PER_DAY)


def _is_sound(step: schema.StepTable, basis: str) -> bool:
    """Whether a step without other mistakes says one length, and a dose as the regimen counts them."""
    return (
        (step.days is None) != (step.hours is None)
        and read_dose(step.dose).rate.basis == basis
        and (step.max is None or basis == Basis.BSA)
    )


def _contradictions_of_steps(document: Document, basis: Basis | None) -> Iterator[Problem]:
    if basis is not None:
        yield from _mixed_bases(document, basis)
    for path, step in _steps(document.values):
        if basis is not Basis.BSA:
            yield from _cap_contradictions(document, step, path)
        yield from _duration_contradictions(document, step, path)


def _steps(values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    for cycle_index, cycle in enumerate(array_of(values.get("cycle"))):
        for step_index, step in enumerate(array_of(cycle.get("steps")) if isinstance(cycle, Mapping) else ()):
            if isinstance(step, Mapping):
                yield ("cycle", cycle_index, "steps", step_index), step


def _weight_contradictions(document: Document, weights: schema.EligibilityTable) -> Iterator[Problem]:
    low, high = weights.min_weight_kg, weights.below_weight_kg
    if low is not None and high is not None and high <= low:
        yield contradiction(
            document,
            ("eligibility", "below_weight_kg"),
            f"`below_weight_kg` is {high}, `min_weight_kg` is {low}",
            "no weight is at least the one and below the other",
            "give a `below_weight_kg` above `min_weight_kg`",
        )
    bounds = (low, high, weights.min_age_years, weights.below_age_years)
    if weights.otherwise is not None and all(bound is None for bound in bounds):
        yield contradiction(
            document,
            ("eligibility", "otherwise"),
            "`otherwise` stands without a limit of weight or age",
            "it names the regimen for patients outside the limits, and there are none",
            "add `min_weight_kg` or `below_weight_kg`, or remove `otherwise`",
        )


def _mixed_bases(document: Document, basis: Basis) -> Iterator[Problem]:
    """Tell doses that are not counted as the file says; once, about the basis, when that is true of all of them."""
    written = [((*path, "dose"), rate) for path, step in _steps(document.values) if (rate := _rate(step.get("dose")))]
    other = [(path, rate) for path, rate in written if rate.basis is not basis]
    if len(other) > 1 and other == written:
        yield _mixture(
            document, ("dosing", "basis"), f"`basis` is '{basis}', and every dose is in {other[0][1].unit}", basis
        )
        return
    for path, rate in other:
        yield _mixture(document, path, f"this dose is in {rate.unit}, and `basis` is '{basis}'", basis)


def _mixture(document: Document, path: KeyPath, message: str, basis: Basis) -> Problem:
    return Problem(
        "D210",
        path,
        document.value_span(path),
        message,
        "flat doses and doses by body surface area are not mixed in one regimen: people confuse them",
        f"give every dose in {'mcg/day' if basis is Basis.FLAT else 'mcg/m2/day'}, or change `basis`",
    )


def _half_places(document: Document) -> Iterator[Problem]:
    """Tell of waivers that name a place without its value, or a value without its place."""
    for index, waiver in enumerate(array_of(document.values.get("waiver"))):
        if not isinstance(waiver, Mapping):
            continue
        given = [key for key in ("at", "value") if key in waiver]
        if len(given) == 1 and all(key in schema.WAIVER.keys for key in waiver):  # an unknown one may be the other
            missing = "value" if given == ["at"] else "at"
            yield Problem(
                "F003",
                ("waiver", index, missing),
                document.value_span(("waiver", index)),
                f"this waiver has `{given[0]}` and no `{missing}`",
                "a waiver covers one place and what stood there, so that another value is judged again",
                f"add `{missing}`; `blinplan check FILE --add-waiver CODE --reason TEXT` writes both",
            )


def _cap_contradictions(document: Document, step: Mapping[str, Any], path: KeyPath) -> Iterator[Problem]:
    rate, cap = _rate(step.get("dose")), _rate(step.get("max"))
    if rate is not None and rate.basis is Basis.FLAT and cap is not None and cap.basis is Basis.FLAT:
        yield contradiction(
            document,
            (*path, "max"),
            "a flat dose has a cap",
            "`max` limits a dose by body surface area; a flat dose is the same for everyone",
            "remove `max`",
        )


def _rate(value: object) -> DoseRate | None:
    try:
        return read_dose(value).rate if isinstance(value, str) else None
    except QuantityError:
        return None


def _duration_contradictions(document: Document, step: Mapping[str, Any], path: KeyPath) -> Iterator[Problem]:
    given = [key for key in _DURATIONS if key in step]
    if len(given) == 1:
        return
    schema_problems = SchemaProblems(document, schema.REGIMEN_FILE)
    unknown = [key for key in step if key not in _STEP_KEYS]
    misspelt = any(schema_problems.nearest_key((*path, key)) in _DURATIONS for key in unknown)
    if misspelt or (not given and any(type(step[key]) is int for key in unknown)):
        return
    yield Problem(
        "F007" if given else "F003",
        (*path, "days"),
        document.key_span((*path, "hours")) if given else document.value_span(path),
        f"this step gives {'both `days` and `hours`' if given else 'neither `days` nor `hours`'}",
        "a step lasts a whole number of days or a whole number of hours",
        "give one of the two",
    )


def _states_departures(file: schema.RegimenTable) -> bool:
    of_cycles = any(cycle.departure or any(step.departure for step in cycle.steps) for cycle in file.cycle)
    return of_cycles or any(given.departure for given in file.premedication)


def _premedications(values: Mapping[str, Any]) -> list[schema.PremedicationTable | None]:
    """The premedications of a file with other mistakes; None in place of one that has mistakes itself."""
    written = values.get("premedication")
    return [valid(schema.PREMEDICATION, table) for table in (written if isinstance(written, list) else [written])]


def _premedication_contradictions(
    document: Document, read: Sequence[schema.PremedicationTable | None]
) -> Iterator[Problem]:
    declared = [(path, given) for path, given in zip(premedication_paths(document), read, strict=False) if given]
    for path, given in declared:
        yield from _contradictions_of_one(document, given, path)
    earlier: dict[schema.PremedicationTable, None] = {}
    for path, second in declared:
        # Of many that are the same each is told once, not once for each of the others.
        for told in dict.fromkeys(filter(None, (_given_twice(first, second) for first in earlier))):
            yield contradiction(document, (*path, "before"), *told)
        earlier[second] = None


def _contradictions_of_one(document: Document, given: schema.PremedicationTable, path: KeyPath) -> Iterator[Problem]:
    latest = given.latest_minutes_before
    if latest is not None and latest > given.minutes_before:
        yield contradiction(
            document,
            (*path, "latest_minutes_before"),
            f"`latest_minutes_before` is {latest}, `minutes_before` is {given.minutes_before}",
            "premedication is given from `minutes_before` the infusion to `latest_minutes_before`, and later is nearer",
            "give a `latest_minutes_before` below `minutes_before`",
        )
    if given.max is not None and read_mass(given.dose).basis is Basis.FLAT:
        yield contradiction(
            document,
            (*path, "max"),
            "a flat premedication dose has a cap",
            "`max` limits a dose by body surface area; a flat dose is the same for everyone",
            "remove `max`",
        )


def _given_twice(first: schema.PremedicationTable, second: schema.PremedicationTable) -> tuple[str, str, str] | None:
    """Say that the same patients would get one drug twice on one occasion, where two times do not show it is meant."""
    common = [occasion for occasion in second.before if occasion in first.before]
    if not common or first.drug.strip().lower() != second.drug.strip().lower():
        return None
    if first.patients == second.patients:
        return (
            (
                f"{second.drug} is given twice before {common[0]}, at the same time",
                "which of the two doses is meant is not to be guessed",
                "keep one of them, give them other times, or say with `patients` whom each is for",
            )
            if _at_one_time(first, second)
            else None
        )
    if first.patients is None or second.patients is None:
        return (
            f"{second.drug} before {common[0]} is given to everybody and to {first.patients or second.patients}",
            "whether these patients get the one or both is not to be guessed",
            "say with `patients` whom each is for: adults or children",
        )
    return None


def _at_one_time(first: schema.PremedicationTable, second: schema.PremedicationTable) -> bool:
    """Whether the times at which two premedications may be given meet."""
    (early, late), (other_early, other_late) = _window(first), _window(second)
    return early >= other_late and other_early >= late


def _window(given: schema.PremedicationTable) -> tuple[int, int]:
    """The most and the least minutes before the infusion."""
    latest = given.latest_minutes_before
    return given.minutes_before, given.minutes_before if latest is None else latest
