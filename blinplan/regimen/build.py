"""Build a regimen in Python: the words of a regimen file as functions, and the file that says the same.

    steps = [step("9 mcg/day", days=7), step("28 mcg/day", days=21)]
    regimen("mine", cycles=[cycle(steps=steps, treatment_free_days=14, repeat=2)], min_weight_kg=45)

What is built is written as a file and read back, so that it is held to all that a file is held to, with the same
words, and findings about it have their places in the text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar, cast

from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, MINUTES_PER_HOUR, Basis, QuantityError, of_python, read_dose, read_mass
from blinplan.refusal import several
from blinplan.regimen import schema
from blinplan.regimen.draft import NO_SOURCE, cycle_name
from blinplan.regimen.reading import RegimenFile
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
    WaivedValue,
    Waiver,
)
from blinplan.regimen.schema import MINUTES_BEFORE
from blinplan.regimen.tables import table_of
from blinplan.regimen.toml.problems import describe
from blinplan.regimen.toml.table import Table
from blinplan.regimen.vocabulary import (
    AgeGroup,
    Disease,
    DueKind,
    Indication,
    Occasion,
    Phase,
    Status,
    VirtualPopulation,
)
from blinplan.regimen.write import write_regimen

Number = int | float | str | Decimal | Fraction
"""A number as a person writes it; a float is read as it is printed, so that 10.5 is exactly 10.5."""

Part = TypeVar("Part", Cycle, Departure, DoseByAge, Premedication, Source, Step, ThingDue, Waiver)


def step(
    dose: str,
    *,
    days: int | None = None,
    hours: int | None = None,
    cap: str | None = None,
    departure: Departure | None = None,
) -> Step:
    """One dose rate, held for whole days or whole hours.

    Parameters
    ----------
    dose
        With its unit, as ``9 mcg/day`` or ``5 mcg/m2/day``.
    days, hours
        How long; one of the two.
    cap
        The most that a dose by body surface area comes to, as ``9 mcg/day``.
    departure
        Why dose, cap or length are not those of the regimen departed from.

    Raises
    ------
    QuantityError
        When a dose has no unit or another one, or not one of days and hours is given; it is a `ValueError` too.
    ValueError
        When another argument is none that the file can hold under that name; the message says what may stand there.
    """
    if (days is None) == (hours is None):
        given = "neither `days` nor `hours`" if days is None else "both `days` and `hours`"
        raise QuantityError(f"this step gives {given}")
    _hold(schema.STEP, days=days, hours=hours)
    _require_text("dose", dose)
    if cap is not None:
        _require_text("cap", cap)
    minutes = (days or 0) * MINUTES_PER_DAY + (hours or 0) * MINUTES_PER_HOUR
    return Step(read_dose(dose).rate, None if cap is None else read_dose(cap).rate, minutes, _departure(departure))


def cycle(
    *,
    steps: Step | Sequence[Step],
    treatment_free_days: int,
    repeat: int = 1,
    phase: Phase | str | None = None,
    name: str | None = None,
    interval_reason: str | None = None,
    block: str | None = None,
    optional: bool = False,
    departure: Departure | None = None,
) -> Cycle:
    """Steps without a gap, then days without infusion; given ``repeat`` times in all, and named by its number.

    Parameters
    ----------
    interval_reason
        Why the days without infusion are what they are, such as ``chemotherapy``.
    block
        The treatment block that the cycle belongs to, where the protocol has several.
    optional
        Whether not everybody is given it.
    departure
        Why interval, days of infusion or the cycle itself are not those of the regimen departed from.

    Raises
    ------
    ValueError
        When an argument is none that the file can hold under that name; the message says what may stand there.
    """
    _hold(
        schema.CYCLE,
        treatment_free_days=treatment_free_days,
        repeat=repeat,
        phase=phase,
        **({"name": name} if name else {}),
        interval_reason=interval_reason,
        block=block,
        optional=optional,
    )
    return Cycle(
        name or "",
        None if phase is None else Phase(phase),
        _each("steps", Step, steps),
        treatment_free_days * MINUTES_PER_DAY,
        repeat,
        interval_reason,
        block,
        optional,
        _departure(departure),
    )


def departure(reason: str, source: str) -> Departure:
    """Why something is not that of the regimen departed from; ``source`` is a beginning of a citation.

    Raises
    ------
    ValueError
        When an argument is none that the file can hold under that name; the message says what may stand there.
    """
    _hold(schema.DEPARTURE, reason=reason, source=source)
    return Departure(reason, source)


def _departure(given: Departure | None) -> Departure | None:
    return next(iter(_each("departure", Departure, given)), None)


def premedication(
    drug: str,
    dose: str,
    *,
    before: Iterable[Occasion | str],
    minutes_before: int = MINUTES_BEFORE,
    latest_minutes_before: int | None = None,
    cap: str | None = None,
    patients: AgeGroup | str | None = None,
    departure: Departure | None = None,
) -> Premedication:
    """A drug given before the infusion on each of the occasions, as ``cycle-start`` and ``escalation``.

    Parameters
    ----------
    minutes_before, latest_minutes_before
        When, before the infusion; the second where there is a window in which it may be given.
    patients
        ``adults`` or ``children``; everybody where it is not given.
    departure
        Why it is not what the regimen departed from gives.

    Raises
    ------
    QuantityError
        When a dose has no unit or another one; it is a `ValueError` too.
    ValueError
        When another argument is none that the file can hold under that name; the message says what may stand there.
    """
    occasions = _several(before)
    _hold(
        schema.PREMEDICATION,
        drug=drug,
        before=occasions,
        minutes_before=minutes_before,
        latest_minutes_before=latest_minutes_before,
        patients=patients,
    )
    _require_text("dose", dose)
    if cap is not None:
        _require_text("cap", cap)
    return Premedication(
        drug=drug,
        dose=read_mass(dose),
        cap=None if cap is None else read_mass(cap),
        minutes_before=minutes_before,
        latest_minutes_before=minutes_before if latest_minutes_before is None else latest_minutes_before,
        occasions=frozenset(Occasion(occasion) for occasion in occasions),
        patients=None if patients is None else AgeGroup(patients),
        departure=_departure(departure),
    )


def due(
    what: str,
    *,
    days: Iterable[int],
    kind: DueKind | str = DueKind.OTHER,
    dose: str | None = None,
    doses: DoseByAge | Iterable[DoseByAge] = (),
    for_days: int = 1,
    cycles: Iterable[int] = (),
) -> ThingDue:
    """Something due that is not blinatumomab: a pre-phase, intrathecal prophylaxis, a drug given with it.

    Parameters
    ----------
    days
        Counted from the start of a cycle: 1 is the day of the start, and -1 the one before it.
    kind
        ``pre-phase``, ``intrathecal`` or ``other``.
    dose, doses
        The dose of everybody, in words, or those by age.
    for_days
        On how many days in a row, from each of the days.
    cycles
        The numbers of the cycles; all where none are given.

    Raises
    ------
    ValueError
        When an argument is none that the file can hold under that name; the message says what may stand there.
    """
    on, of = _several(days), _several(cycles)
    named = {} if of == [] else {"cycles": of}
    _hold(schema.DUE, kind=kind, what=what, days=on, for_days=for_days, dose=dose, **named)
    return ThingDue(DueKind(kind), what, tuple(on), for_days, tuple(of), dose, _each("doses", DoseByAge, doses))


def dose_by_age(dose: str, *, min_age_years: Number | None = None, below_age_years: Number | None = None) -> DoseByAge:
    """The dose, in words, of patients of some age in years.

    Raises
    ------
    ValueError
        When an argument is none that the file can hold under that name; the message says what may stand there.
    """
    _hold(schema.DOSE_BY_AGE, dose=dose)
    return DoseByAge(dose, _exact("min_age_years", min_age_years), _exact("below_age_years", below_age_years))


def source(citation: str, status: Status | str = Status.UNVERIFIED, note: str | None = None) -> Source:
    """Where doses come from, and how far they were compared with it.

    Raises
    ------
    ValueError
        When an argument is none that the file can hold under that name; the message says what may stand there.
    """
    _hold(schema.SOURCE, citation=citation, status=status, note=note)
    return Source(citation, Status(status), note)


def waiver(
    rule: str,
    reason: str,
    expires: date | None = None,
    *,
    at: str | None = None,
    value: WaivedValue | None = None,
    severity: str | None = None,
) -> Waiver:
    """A rule's finding accepted on purpose, until a day (that day included) or for good.

    Parameters
    ----------
    at, value
        The place, as ``'cycle "Cycle 1" step 2 dose'``, and what stands there, as ``"30 mcg/day"``.
    severity
        How bad what is accepted is, where that is worse than the rule: nothing worse is covered.

    Raises
    ------
    ValueError
        When an argument is none that the file can hold under that name; the message says what may stand there.
    """
    _hold(schema.WAIVER, rule=rule, reason=reason, expires=expires, at=at, value=value, severity=severity)
    return Waiver(rule, reason, expires, at, value, severity)


def regimen(  # noqa: PLR0913 - a regimen has that many keys
    name: str,
    *,
    cycles: Cycle | Sequence[Cycle],
    title: str | None = None,
    indication: Indication | str = Indication.INVESTIGATIONAL,
    sources: Source | Sequence[Source] = (),
    min_weight_kg: Number | None = None,
    below_weight_kg: Number | None = None,
    min_age_years: Number | None = None,
    below_age_years: Number | None = None,
    otherwise: str | None = None,
    population: VirtualPopulation | None = None,
    premedication: Premedication | Sequence[Premedication] | None = None,
    hospital_days: Sequence[int] = (),
    family: str | None = None,
    waivers: Waiver | Sequence[Waiver] = (),
    label: str | None = None,
    route: str | None = None,
    due: ThingDue | Sequence[ThingDue] = (),
    departs_from: str | None = None,
    disease: Disease | str = Disease.LEUKAEMIA,
) -> Regimen:
    """Build a regimen, with its places in the text of the file that says it.

    Without sources its doses are unverified. The basis, flat or by body surface area, is that of the first dose.

    >>> built = regimen("mine", cycles=[cycle(steps=[step("28 mcg/day", days=28)], treatment_free_days=14, repeat=2)])
    >>> built.cycles[0].name, str(built.target.dose)
    ('Cycles 1 and 2', '28 mcg/day')

    Raises
    ------
    NotARegimenError
        When no file could say this regimen: with the words of `blinplan check`; it is a `ValueError` too.
    ValueError
        When an argument is none that the file can hold under that name; the message says what may stand there.
    """
    _hold(schema.REGIMEN_FILE, indication=indication, label=label, departs_from=departs_from, disease=disease)
    _hold_texts(schema.REGIMEN_FILE, name=name, title=name if title is None else title, family=family)
    _hold_texts(schema.ELIGIBILITY, otherwise=otherwise, population=population)
    _hold_texts(schema.DOSING, route=route)
    days = several("hospital_days", hospital_days)
    for day in days:
        if not isinstance(of_python(day), int):
            raise ValueError(f"`hospital_days` has {_description(day)}: give whole numbers of days")  # noqa: TRY004 - as of all
    eligibility = Eligibility(
        _exact("min_weight_kg", min_weight_kg),
        _exact("below_weight_kg", below_weight_kg),
        otherwise,
        population,
        _exact("min_age_years", min_age_years),
        _exact("below_age_years", below_age_years),
    )
    ordered = _each("cycles", Cycle, cycles)
    given = Regimen(
        name=name,
        title=name if title is None else title,
        indication=Indication(indication),
        family=family,
        sources=_each("sources", Source, sources) or (Source(NO_SOURCE),),
        eligibility=eligibility,
        basis=next((step.dose.basis for cycle in ordered for step in cycle.steps), Basis.FLAT),
        premedication=_each("premedication", Premedication, premedication),
        hospital_days=days,
        cycles=tuple(_with_names(ordered)),
        waivers=_each("waivers", Waiver, waivers),
        label=label,
        route=route,
        due=_each("due", ThingDue, due),
        departs_from=departs_from,
        disease=Disease(disease),
    )
    return file_of(given).regimen


def file_of(given: Regimen) -> RegimenFile:
    """Write a regimen as a file: its text, and the regimen with its places in it.

    Raises
    ------
    NotARegimenError
        When no file could say this regimen.
    """
    return write_regimen(table_of(given))


def _with_names(cycles: Sequence[Cycle]) -> Iterable[Cycle]:
    """The cycles, those without a name named by their numbers."""
    last = 0
    for group in cycles:
        first, last = last + 1, last + group.repeat
        yield group if group.name else replace(group, name=cycle_name(first, last))


def _each(argument: str, kind: type[Part], given: Part | Iterable[Part] | None) -> tuple[Part, ...]:
    """What is given once or as a list.

    Raises
    ------
    ValueError
        When it is something else than the function of that name builds.
    """
    parts = (given,) if isinstance(given, kind) or not isinstance(given, Iterable) else tuple(given)
    wrong = [part for part in parts if not isinstance(part, kind)]
    if given is None or not wrong:
        return () if given is None else cast("tuple[Part, ...]", parts)
    raise ValueError(
        f"`{argument}` has {_description(wrong[0])}: give what `blinplan.{_BUILDERS[kind]}` builds, or a list of it"
    )


_BUILDERS = {
    Cycle: "cycle",
    Departure: "departure",
    DoseByAge: "dose_by_age",
    Premedication: "premedication",
    Source: "source",
    Step: "step",
    ThingDue: "due",
    Waiver: "waiver",
}


def _exact(argument: str, number: Number | None) -> Fraction | None:
    try:
        return None if number is None else Fraction(str(number))
    except ValueError:
        raise ValueError(f"`{argument}` is {_description(number)}: give a number alone, such as 18 or 0.5") from None


def _several(given: Any) -> Any:
    """What is given as a list; anything else as it is, to be told."""
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str) else given


def _hold(table: Table[Any], **given: object) -> None:
    """Hold arguments to what the keys of a file may hold; None is what was not given, where it may be left out.

    Raises
    ------
    ValueError
        In the words of the file's format, with what may be given.
    """
    for name, value in given.items():
        key = table.keys[name]
        is_left_out = value is None and not key.required and table.values._field_defaults[name] is None
        if not is_left_out and not table.may_hold(name, _as_written(value)):
            raise ValueError(f"`{name}` is {_description(value)}; `{name}` is {key.description}")


def _hold_texts(table: Table[Any], **given: object) -> None:
    """Hold arguments to being texts that can be written; of one that is no such name, what reads the file says more.

    Raises
    ------
    ValueError
        As `_hold` does.
    """
    _hold(table, **{name: one for name, one in given.items() if not isinstance(one, str) or not one.isprintable()})


def _require_text(argument: str, given: object) -> None:
    """Refuse what is no text where a quantity is written in one."""
    if not isinstance(given, str):
        raise ValueError(f"`{argument}` is {_description(given)}: write it as a text, with its unit")  # noqa: TRY004 - as of all


def _description(value: object) -> str:
    return "None" if value is None else visible(describe(value))


def _as_written(value: Any) -> Any:
    """A value as TOML gives it: numbers of other libraries as whole numbers, members of enumerations as their words."""
    if isinstance(value, list):
        return [_as_written(one) for one in value]
    if isinstance(value, str):
        return str(value)
    return of_python(value)
