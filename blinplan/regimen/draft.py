"""Draft a regimen file: its values from what a designer orders, or from another file with what is to be changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal, TypeVar

from blinplan.quantities import Basis, QuantityError, read_dose, read_mass
from blinplan.regimen import library
from blinplan.regimen.contradictions.of_due import stray_days
from blinplan.regimen.schema import (
    LONGEST_SENTENCE,
    MINUTES_BEFORE,
    CycleTable,
    DosingTable,
    DueTable,
    EligibilityTable,
    MonitoringTable,
    PremedicationTable,
    RegimenTable,
    SourceTable,
    StepTable,
)
from blinplan.regimen.vocabulary import Indication, Occasion, Status

Value = TypeVar("Value")

STEP_FORM = '"9 mcg/day x 7", or "5 mcg/m2/day x 7 max 9 mcg/day": dose, days (or "36 h"), cap of a dose by m2'
PREMEDICATION_FORM = (
    '"dexamethasone 20 mg before cycle-start, escalation": drug, dose, perhaps "max 20 mg" and "30 min", and before'
    f' what: {", ".join(Occasion)}; perhaps "for adults" or "for children", and several parted by semicolons'
)
NO_SOURCE = "No source given"


class DraftError(ValueError):
    """An order from which no regimen can be drafted; the message says why."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for, key by key: None where nothing is said, an empty tuple where it is said that there is none.

    ``steps`` are those of cycle 1 and ``later_steps`` those of every cycle after it; ``free_days`` follow each cycle.
    """

    name: str | None = None
    title: str | None = None
    indication: Indication | None = None
    basis: Basis | None = None
    steps: tuple[StepTable, ...] | None = None
    later_steps: tuple[StepTable, ...] | None = None
    cycles: int | None = None
    free_days: int | None = None
    min_weight: tuple[Decimal, ...] | None = None
    below_weight: tuple[Decimal, ...] | None = None
    premedication: tuple[PremedicationTable, ...] | None = None
    hospital_days: tuple[int, ...] | None = None
    citation: str | None = None
    status: Status | None = None
    label: str | None = None
    departs_from: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The values of a file, and what of the file it was started from is not in it, in words."""

    file: RegimenTable
    omissions: tuple[str, ...] = ()


# --- how steps and premedication are written in one line ------------------------------------------------------------

# Compiled when a step or a premedication is given so: most drafts are made from a regimen.
_STEP = (
    r"(?i)(?P<dose>.+?)\s+(?:x|×|for)\s*(?P<count>[0-9]{1,4})\s*(?P<unit>d|days?|h|hours?)?(?:,?\s+max\s+(?P<max>.+))?"
)
_PREMEDICATION = (
    r"(?i)(?P<drug>.+?)\s+(?P<dose>[0-9.,]+ ?mg(?:/m2|/m²)?)(?:,?\s+max\s+(?P<max>.+?))?"
    r"(?:,?\s+(?P<minutes>[0-9]{1,4})(?:\s+to\s+(?P<latest>[0-9]{1,4}))?\s*min(?:utes)?)?"
    r"\s+before\s+(?P<before>.+?)(?:\s+for\s+(?P<patients>adults|children))?"
)


def read_step(text: str) -> StepTable:
    """Read a step such as ``9 mcg/day x 7`` or ``5 mcg/m2/day x 36 h max 9 mcg/day``.

    Raises
    ------
    QuantityError
        When it is none; nothing is guessed.
    """
    match = re.fullmatch(_STEP, text.strip())
    if match is None:
        raise QuantityError(f"a step is written as {STEP_FORM}")
    cap = None if match["max"] is None else _standard_dose(match["max"])
    count, hours = int(match["count"]), (match["unit"] or "d").lower().startswith("h")
    return StepTable(_standard_dose(match["dose"]), cap, None if hours else count, count if hours else None)


def step_text(step: StepTable) -> str:
    """Write a step as `read_step` reads it."""
    held = f"{step.days}" if step.hours is None else f"{step.hours} h"
    return f"{step.dose} x {held}" + ("" if step.max is None else f" max {step.max}")


def read_premedication(text: str) -> tuple[PremedicationTable, ...]:
    """Read premedication such as ``dexamethasone 5 mg/m2 max 20 mg before cycle-start, escalation for children``.

    Several, as those of adults and of children, are parted by semicolons.

    Raises
    ------
    QuantityError
        When it is none.
    """
    return tuple(_one_premedication(part) for part in text.split(";"))


def _one_premedication(text: str) -> PremedicationTable:
    match = re.fullmatch(_PREMEDICATION, text.strip())
    if match is None:
        raise QuantityError(f"premedication is written as {PREMEDICATION_FORM}")
    occasions = tuple(word for word in re.split(r"[,\s]+", match["before"].strip()) if word and word != "and")
    unknown = [word for word in occasions if word not in set(Occasion)]
    if unknown:
        raise QuantityError(f'"{unknown[0]}" is no occasion for premedication; these are: {", ".join(Occasion)}')
    cap = None if match["max"] is None else _standard_mass(match["max"])
    minutes = MINUTES_BEFORE if match["minutes"] is None else int(match["minutes"])
    return PremedicationTable(
        drug=match["drug"],
        dose=_standard_mass(match["dose"]),
        before=occasions,
        max=cap,
        minutes_before=minutes,
        latest_minutes_before=None if match["latest"] is None else int(match["latest"]),
        patients=_PATIENTS[(match["patients"] or "").lower()],
    )


_PATIENTS: Mapping[str, Literal["adults", "children"] | None] = {"": None, "adults": "adults", "children": "children"}


def premedication_text(given: Sequence[PremedicationTable]) -> str:
    """Write premedication as `read_premedication` reads it."""
    return "; ".join(map(_text_of_one, given))


def _text_of_one(given: PremedicationTable) -> str:
    cap = "" if given.max is None else f" max {given.max}"
    latest = "" if given.latest_minutes_before is None else f" to {given.latest_minutes_before}"
    minutes = "" if given.minutes_before == MINUTES_BEFORE and not latest else f" {given.minutes_before}{latest} min"
    whom = "" if given.patients is None else f" for {given.patients}"
    return f"{given.drug} {given.dose}{cap}{minutes} before {', '.join(given.before)}{whom}"


def _standard_dose(text: str) -> str:
    """The same dose in the notation that nobody misreads."""
    text = text.strip()
    for slip in reversed(read_dose(text).slips):
        text = text[: slip.start] + slip.replacement + text[slip.end :]
    return text.replace("m²", "m2")


def _standard_mass(text: str) -> str:
    text = re.sub(r"(?<=[0-9])mg", " mg", text.strip())
    read_mass(text)
    return text.replace("m²", "m2")


# --- a regimen from nothing -----------------------------------------------------------------------------------------


def missing_fields(order: Order) -> tuple[str, ...]:
    """What an order for a new regimen does not say and must: names of its fields."""
    always = ("name", "title", "indication", "steps", "cycles", "free_days")
    missing = [field for field in always if getattr(order, field) is None]
    if order.cycles != 1 and order.steps is not None and len(order.steps) > 1 and order.later_steps is None:
        missing.append("later_steps")  # whether later cycles step up again must not be guessed
    return tuple(missing)


def draft_new(order: Order) -> Draft:
    """Draft a regimen from an order that says all that is needed (`missing_fields`).

    Raises
    ------
    DraftError
        When the order contradicts itself.
    """
    if order.steps is None or order.cycles is None or order.free_days is None or order.indication is None:
        raise DraftError("indication, steps, number of cycles and treatment-free days are needed")
    later = order.steps if order.later_steps is None else order.later_steps
    if order.cycles == 1 and order.later_steps is not None:
        raise DraftError("there is one cycle, and steps are given for later ones")
    alike = order.cycles == 1 or later == order.steps
    first = CycleTable(cycle_name(1, order.cycles if alike else 1), order.steps, order.free_days)
    cycles = [first._replace(repeat=order.cycles if alike else 1)]
    if not alike:
        name = cycle_name(2, order.cycles)
        cycles.append(CycleTable(name, later, order.free_days, repeat=order.cycles - 1))
    weights = EligibilityTable(_first(order.min_weight), _first(order.below_weight))
    _refuse_unknown_base(order)
    return Draft(
        RegimenTable(
            format=1,
            name=order.name or "",
            title=order.title or "",
            indication=order.indication.value,
            sources=(SourceTable(order.citation or NO_SOURCE, (order.status or Status.UNVERIFIED).value),),
            dosing=DosingTable((order.basis or _basis(order.steps)).value),
            cycle=tuple(cycles),
            eligibility=None if weights == EligibilityTable() else weights,
            label=order.label,
            departs_from=order.departs_from,
            premedication=order.premedication or (),
            monitoring=MonitoringTable(order.hospital_days) if order.hospital_days else None,
        )
    )


def _refuse_unknown_base(order: Order) -> None:
    if order.departs_from is not None and order.departs_from not in library.paths():
        raise DraftError(f"{order.departs_from} is no regimen that comes with blinplan, and nothing departs from it")


def cycle_name(first: int, last: int) -> str:
    """What people call the cycles of these numbers."""
    return f"Cycle {first}" if first == last else f"Cycles {first} {'and' if last == first + 1 else 'to'} {last}"


def _basis(steps: Sequence[StepTable]) -> Basis:
    return read_dose(steps[0].dose).rate.basis


def _first(given: tuple[Value, ...] | None) -> Value | None:
    return given[0] if given else None


# --- a regimen from another ------------------------------------------------------------------------------------------

_DECIDE = {
    "indication": "the indication",
    "eligibility": "whom it is for",
    "dosing": "the basis of its doses",
    "cycle": "its cycles",
    "premedication": "premedication",
    "monitoring": "the days in hospital",
}
"""What a source vouches for, key by key: a copy with another value here is another regimen."""


def draft_copy(original: RegimenTable, order: Order) -> Draft:
    """Draft a regimen from another one: its values, but for what the order says, and honest about its source.

    A copy in which nothing but its name is new keeps the original's citations, as transcribed where they were seen. A
    changed one has a source of its own, unverified unless the order says otherwise; the note names the original.
    Waivers are never copied: what was accepted for one regimen is not accepted for another. An investigational copy of
    a shipped regimen departs from that one, and so from nothing yet.
    """
    cycles = tuple(_cycles(original, order))
    _refuse_unknown_base(order)
    file = original._replace(
        name=order.name or "",
        indication=original.indication if order.indication is None else order.indication.value,
        eligibility=_weights(original.eligibility, order),
        cycle=cycles,
        premedication=original.premedication if order.premedication is None else order.premedication,
        monitoring=original.monitoring if order.hospital_days is None else _monitoring(order.hospital_days),
        due=tuple(_due(original, cycles)),
        family=None,
        waiver=(),
    )
    basis = order.basis or (_basis(order.steps) if order.steps else None)
    file = file if basis is None else file._replace(dosing=file.dosing._replace(basis=basis.value))
    changes = [words for key, words in _DECIDE.items() if getattr(file, key) != getattr(original, key)]
    if changes and file.eligibility is not None:
        file = file._replace(eligibility=file.eligibility._replace(otherwise=None))
    title = f"{original.title}, changed" if changes else original.title
    file = file._replace(title=order.title or title, sources=_sources(original, order, changes))
    file = _with_departures(original, file, order.departs_from)
    return Draft(file, tuple(_left_out(original, file)))


def _with_departures(original: RegimenTable, file: RegimenTable, ordered: str | None) -> RegimenTable:
    """The copy with what it departs from, and with the departures that it shares where their sources are still its."""
    base = ordered or (original.name if original.name in library.paths() else original.departs_from)
    if file.indication != Indication.INVESTIGATIONAL.value:
        base, file = ordered, file._replace(disease="leukaemia")
    file = file._replace(departs_from=base)
    citations = [source.citation for source in file.sources]
    if base is not None and base == original.departs_from and citations == [s.citation for s in original.sources]:
        return file
    return _without_departures(file)


def _without_departures(file: RegimenTable) -> RegimenTable:
    return file._replace(
        premedication=tuple(given._replace(departure=None) for given in file.premedication),
        cycle=tuple(map(_cycle_without_departures, file.cycle)),
    )


def _cycle_without_departures(cycle: CycleTable) -> CycleTable:
    return cycle._replace(steps=tuple(step._replace(departure=None) for step in cycle.steps), departure=None)


def _weights(original: EligibilityTable | None, order: Order) -> EligibilityTable | None:
    if order.min_weight is None and order.below_weight is None:
        return original
    known = original or EligibilityTable()
    weights = EligibilityTable(
        known.min_weight_kg if order.min_weight is None else _first(order.min_weight),
        known.below_weight_kg if order.below_weight is None else _first(order.below_weight),
        min_age_years=known.min_age_years,
        below_age_years=known.below_age_years,
    )
    return None if weights == EligibilityTable() else weights


def _monitoring(days: tuple[int, ...]) -> MonitoringTable | None:
    return MonitoringTable(days) if days else None


def _cycles(original: RegimenTable, order: Order) -> Iterator[CycleTable]:
    """The cycles with what is new: one by one first, then those alike together again."""
    one_by_one = [cycle._replace(repeat=1) for cycle in original.cycle for _ in range(cycle.repeat)]
    number = order.cycles or len(one_by_one)
    if number > len(one_by_one) == 1 and len(order.steps or one_by_one[0].steps) > 1 and order.later_steps is None:
        raise DraftError(f"{original.name} has one cycle, with steps, and does not say what later cycles give")
    if number == 1 and order.later_steps is not None:
        raise DraftError("there is one cycle, and steps are given for later ones")
    longer = one_by_one + one_by_one[-1:] * (number - len(one_by_one))
    for _, alike in groupby(_with_order(cycle, at, order) for at, cycle in enumerate(longer[:number])):
        group = list(alike)
        yield group[0]._replace(repeat=len(group))


def _with_order(cycle: CycleTable, at: int, order: Order) -> CycleTable:
    steps = order.later_steps if at else order.steps
    free = order.free_days
    return cycle._replace(
        steps=cycle.steps if steps is None else steps,
        treatment_free_days=cycle.treatment_free_days if free is None else free,
        interval_reason=cycle.interval_reason if free in {None, cycle.treatment_free_days} else None,
    )


def _due(original: RegimenTable, made: Sequence[CycleTable]) -> Iterator[DueTable]:
    """What is due besides, with the cycles that there are, as far as its days are days of these."""
    given = [cycle for cycle in made for _ in range(cycle.repeat)]
    for due in original.due:
        cycles = tuple(cycle for cycle in due.cycles if cycle <= len(given))
        kept = due._replace(cycles=cycles)
        if (cycles or not due.cycles) and not any(stray_days(kept, given)):
            yield kept


def _sources(original: RegimenTable, order: Order, changes: Sequence[str]) -> tuple[SourceTable, ...]:
    if order.citation is None and not changes:
        return tuple(_transcription(source, original.name) for source in original.sources)
    note = f"Started from {original.name}"
    note += f", whose sources do not give what was changed: {', '.join(changes)}." if changes else ", unchanged."
    return (SourceTable(order.citation or NO_SOURCE, (order.status or Status.UNVERIFIED).value, note),)


def _transcription(source: SourceTable, name: str) -> SourceTable:
    """A source as that of a copy: who copies has not seen it."""
    note = f"{source.note or ''} Copied from {name}.".strip()
    return source._replace(
        status="transcribed" if source.status == "seen" else source.status,
        note=note if len(note) <= LONGEST_SENTENCE else source.note,
    )


def _departs(file: RegimenTable) -> bool:
    return file != _without_departures(file)


def _left_out(original: RegimenTable, file: RegimenTable) -> Iterator[str]:
    for rule in dict.fromkeys(waiver.rule for waiver in original.waiver):
        yield f"the waiver of {rule}: whether its reason holds here too is for you to say"
    if original.family is not None:
        yield f"the family {original.family}: it is the original's"
    reasons = {cycle.interval_reason for cycle in original.cycle} - {cycle.interval_reason for cycle in file.cycle}
    for reason in sorted(reason for reason in reasons if reason is not None):
        yield f"the reason of an interval, {reason}: the days or the cycles are others"
    if _departs(original) and not _departs(file):
        yield "its departures: state again what the copy has otherwise than the regimen it departs from"
    for due in original.due:
        if due not in file.due:
            yield f"{due.what}: not all of its cycles or days are those of this regimen"
    before, now = original.eligibility or EligibilityTable(), file.eligibility or EligibilityTable()
    if before.otherwise is not None and now.otherwise is None:
        yield f"the regimen for other weights, {before.otherwise}: it belongs to the original"
    if before.population is not None and now.population is None:
        yield f"the virtual population {before.population}: the weights are others"
