"""Between the keys of a regimen file and the regimen they say: both ways, so that a key is written as it is read."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from blinplan.quantities import (
    MINUTES_PER_DAY,
    MINUTES_PER_HOUR,
    Basis,
    DoseRate,
    Mass,
    QuantityError,
    decimal_text,
    read_dose,
    read_mass,
)
from blinplan.regimen import schema
from blinplan.regimen.regimen import (
    Cycle,
    Departure,
    DoseByAge,
    Eligibility,
    Premedication,
    Regimen,
    Source,
    Step,
    ThingDue,
    Waiver,
)
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import AgeGroup, Disease, DueKind, Indication, Occasion, Phase, Status

_PLACES = 30
"""Decimal places that a number of a file can have: more than fit into the longest text of a quantity."""

# --- from the file to values ---------------------------------------------------------------------------------------


def regimen_of(document: Document, file: schema.RegimenTable) -> Regimen:
    """The regimen that the keys of a file say, each part with its place in the file."""
    weights = file.eligibility or schema.EligibilityTable()
    return Regimen(
        name=file.name,
        title=file.title,
        indication=Indication(file.indication),
        family=file.family,
        sources=tuple(Source(source.citation, Status(source.status), source.note) for source in file.sources),
        eligibility=Eligibility(
            _fraction(weights.min_weight_kg),
            _fraction(weights.below_weight_kg),
            weights.otherwise,
            weights.population,
            _fraction(weights.min_age_years),
            _fraction(weights.below_age_years),
        ),
        basis=Basis(file.dosing.basis),
        premedication=tuple(
            _premedication(given, path)
            for given, path in zip(file.premedication, premedication_paths(document), strict=True)
        ),
        hospital_days=file.monitoring.hospital_days if file.monitoring else (),
        cycles=tuple(_cycle(document, cycle, ("cycle", index)) for index, cycle in enumerate(file.cycle)),
        waivers=tuple(
            Waiver(
                waiver.rule, waiver.reason, waiver.expires, waiver.at, waiver.value, waiver.severity, ("waiver", index)
            )
            for index, waiver in enumerate(file.waiver)
        ),
        label=file.label,
        route=file.dosing.route,
        due=tuple(_thing_due(due, ("due", index)) for index, due in enumerate(file.due)),
        departs_from=file.departs_from,
        disease=Disease(file.disease),
    )


def premedication_paths(document: Document) -> tuple[KeyPath, ...]:
    """Where the premedications of a file stand: in one table, or in an array of them."""
    written = document.values.get("premedication", [])
    if isinstance(written, list):
        return tuple(("premedication", index) for index in range(len(written)))
    return (("premedication",),)


def _fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


@lru_cache(maxsize=1024)
def _premedication(given: schema.PremedicationTable, path: KeyPath) -> Premedication:
    latest = given.latest_minutes_before
    return Premedication(
        drug=given.drug,
        dose=read_mass(given.dose),
        cap=None if given.max is None else read_mass(given.max),
        minutes_before=given.minutes_before,
        latest_minutes_before=given.minutes_before if latest is None else latest,
        occasions=frozenset(Occasion(occasion) for occasion in given.before),
        patients=None if given.patients is None else AgeGroup(given.patients),
        departure=_departure(given.departure, path),
        path=path,
    )


def _cycle(document: Document, cycle: schema.CycleTable, path: KeyPath) -> Cycle:
    return Cycle(
        name=cycle.name,
        phase=None if cycle.phase is None else Phase(cycle.phase),
        steps=tuple(_step(document, step, (*path, "steps", index)) for index, step in enumerate(cycle.steps)),
        treatment_free=cycle.treatment_free_days * MINUTES_PER_DAY,
        repeat=cycle.repeat,
        interval_reason=cycle.interval_reason,
        block=cycle.block,
        optional=cycle.optional,
        departure=_departure(cycle.departure, path),
        path=path,
        document=document,
    )


def _step(document: Document, step: schema.StepTable, path: KeyPath) -> Step:
    return Step(
        dose=read_dose(step.dose).rate,
        cap=None if step.max is None else read_dose(step.max).rate,
        minutes=(step.days or 0) * MINUTES_PER_DAY + (step.hours or 0) * MINUTES_PER_HOUR,
        departure=_departure(step.departure, path),
        path=path,
        document=document,
    )


def _departure(given: schema.DepartureTable | None, path: KeyPath) -> Departure | None:
    return None if given is None else Departure(given.reason, given.source, (*path, "departure"))


def _thing_due(due: schema.DueTable, path: KeyPath) -> ThingDue:
    kind = DueKind(due.kind)
    return ThingDue(
        kind=kind,
        what=due.what,
        days=due.days,
        for_days=due.for_days,
        cycles=due.cycles or kind.own_cycles,
        dose=due.dose,
        doses=tuple(
            DoseByAge(dose.dose, _fraction(dose.min_age_years), _fraction(dose.below_age_years))
            for dose in due.dose_by_age
        ),
        path=path,
    )


# --- from values to the file ---------------------------------------------------------------------------------------


def table_of(regimen: Regimen) -> schema.RegimenTable:
    """The keys of the file that says a regimen.

    Raises
    ------
    QuantityError
        When a number of the regimen cannot be written in decimals.
    """
    return schema.RegimenTable(
        format=schema.FORMAT,
        name=regimen.name,
        title=regimen.title,
        indication=regimen.indication.value,
        disease=regimen.disease.value,
        departs_from=regimen.departs_from,
        family=regimen.family,
        label=regimen.label,
        sources=tuple(schema.SourceTable(s.citation, s.status.value, s.note) for s in regimen.sources),
        eligibility=_eligibility_table(regimen.eligibility),
        dosing=schema.DosingTable(regimen.basis.value, regimen.route),
        premedication=tuple(_premedication_table(given) for given in regimen.premedication),
        monitoring=schema.MonitoringTable(regimen.hospital_days) if regimen.hospital_days else None,
        cycle=tuple(_cycle_table(cycle) for cycle in regimen.cycles),
        due=tuple(_due_table(due) for due in regimen.due),
        waiver=tuple(
            schema.WaiverTable(w.rule, w.reason, w.expires, w.at, w.value, w.severity) for w in regimen.waivers
        ),
    )


def _eligibility_table(given: Eligibility) -> schema.EligibilityTable | None:
    table = schema.EligibilityTable(
        _decimal(given.minimum_weight),
        _decimal(given.below_weight),
        given.otherwise,
        given.population,
        _decimal(given.minimum_age),
        _decimal(given.below_age),
    )
    return None if table == schema.EligibilityTable() else table


def _decimal(number: Fraction | None) -> Decimal | None:
    return None if number is None else Decimal(_exact(number))


def _premedication_table(given: Premedication) -> schema.PremedicationTable:
    latest = given.latest_minutes_before
    return schema.PremedicationTable(
        drug=given.drug,
        dose=_mass_text(given.dose),
        before=tuple(occasion.value for occasion in Occasion if occasion in given.occasions),
        patients=None if given.patients is None else given.patients.value,
        max=None if given.cap is None else _mass_text(given.cap),
        minutes_before=given.minutes_before,
        latest_minutes_before=None if latest == given.minutes_before else latest,
        departure=_departure_table(given.departure),
    )


def _cycle_table(cycle: Cycle) -> schema.CycleTable:
    free_days, rest = divmod(cycle.treatment_free, MINUTES_PER_DAY)
    if rest:
        raise QuantityError("a treatment-free interval is a whole number of days")
    return schema.CycleTable(
        cycle.name,
        tuple(_step_table(step) for step in cycle.steps),
        free_days,
        None if cycle.phase is None else cycle.phase.value,
        cycle.repeat,
        cycle.interval_reason,
        cycle.block,
        cycle.optional,
        _departure_table(cycle.departure),
    )


def _departure_table(given: Departure | None) -> schema.DepartureTable | None:
    return None if given is None else schema.DepartureTable(given.reason, given.source)


def _due_table(due: ThingDue) -> schema.DueTable:
    doses = tuple(schema.DoseByAgeTable(d.dose, _decimal(d.minimum_age), _decimal(d.below_age)) for d in due.doses)
    return schema.DueTable(due.kind.value, due.what, due.days, due.for_days, due.cycles, due.dose, doses)


def _step_table(step: Step) -> schema.StepTable:
    days, rest = divmod(step.minutes, MINUTES_PER_DAY)
    hours, odd = divmod(step.minutes, MINUTES_PER_HOUR)
    if odd:
        raise QuantityError("a step lasts a whole number of days or a whole number of hours")
    dose, cap = _dose_text(step.dose), None if step.cap is None else _dose_text(step.cap)
    table = schema.StepTable(dose, cap, departure=_departure_table(step.departure))
    return table._replace(hours=hours) if rest else table._replace(days=days)


def _dose_text(rate: DoseRate) -> str:
    return f"{_exact(rate.amount, ',')} {rate.unit}"


def _mass_text(mass: Mass) -> str:
    return f"{_exact(mass.milligrams, ',')} {'mg' if mass.basis is Basis.FLAT else 'mg/m2'}"


def _exact(value: Fraction, thousands: str = "") -> str:
    text = decimal_text(value, _PLACES)
    if text.startswith("≈"):
        raise QuantityError(f"{value} cannot be written in decimals")
    return text.replace(",", thousands)
