"""What a label says, as values: its numbers, schedules, premedication, bags and vial."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from blinplan.label.label import (
    Drug,
    Label,
    LabelledBag,
    LabelledCycle,
    LabelledDose,
    LabelledPremedication,
    LabelledSchedule,
    LabelledVial,
    Stated,
)
from blinplan.limits import Limits
from blinplan.quantities import MINUTES_PER_HOUR, Basis, decimal_text, duration_text
from blinplan.regimen.vocabulary import Occasion
from blinplan.rules.values.value import Value, ValueKind, ValueStatus, value_of_limit

IN_PLANS = frozenset(
    {
        "adult_from",
        "consider_stop_grade",
        "cytokine_release_dexamethasone",
        "cytokine_release_dexamethasone_by_area",
        "cytokine_release_dexamethasone_every",
        "cytokine_release_dexamethasone_longest",
        "cytokine_release_dexamethasone_taper",
        "cytokine_release_hold",
        "death",
        "diluent",
        "escalation_after_restart",
        "flat_from_weight",
        "in_use",
        "liver_bilirubin",
        "liver_transaminases",
        "neurological_hold",
        "neurological_low_dose",
        "neurological_low_dose_by_area",
        "neurological_resolution",
        "other_hold",
        "other_resolution",
        "overdose_hold",
        "premedication_again",
        "preservative_from_weight",
        "refrigerated",
        "restart_by_area",
        "restart_flat",
        "same_cycle",
        "seizures",
        "stop_grade",
        "stop_grade_neurological",
        "supervision_again",
        "vial_at_room_temperature",
        "vial_refrigerated",
        "youngest",
    }
)
"""The numbers of labels that a plan asks for itself; those of its regimen come with that."""

PLAN, BAGS, NEW = "plan", "bags of a plan", "questions of `blinplan new`"
REGIMENS = "regimens made from the label"


def values_of_label(label: Label, limits: Limits, rules: Mapping[str, tuple[str, ...]]) -> Iterator[Value]:
    """The values of a label.

    Parameters
    ----------
    limits
        All limits by name, those that a project changed included.
    rules
        By the name of a limit, the codes of the rules that it decides.
    """
    ordered = _in_regimens(label)
    for name in label.numbers:
        decides = (
            *rules.get(name, ()),
            *((PLAN,) if name in IN_PLANS else ()),
            *((REGIMENS,) if name in ordered else ()),
        )
        yield value_of_limit(limits[name], ValueKind.NUMBER, label.name, decides)
    for schedule in label.schedules:
        yield _schedule(label, schedule, rules)
    for number, given in enumerate(label.premedications):
        alike = [it for it in label.premedications[:number] if it[:2] == given[:2]]  # the same indication and age
        yield _premedication(label, given, len(alike) + 1)
    for bag in label.bags:
        yield _bag(label, bag)
    if label.vial is not None:
        yield _vial(label, label.vial)
    for statement in label.statements:
        stated = statement.stated
        yield _value(label, statement.name, ValueKind.STATEMENT, stated.says, stated, (PLAN,))


def _in_regimens(label: Label) -> frozenset[str]:
    """The names of the numbers of which regimen files are made."""
    doses = (limit.name for dose in label.doses for limit in (dose.flat, dose.by_area, dose.cap))
    free = (cycle.treatment_free.name for schedule in label.schedules for cycle in schedule.cycles)
    days = (limit.name for schedule in label.schedules for limit in schedule.hospital_days)
    cycles = (schedule.most_cycles.name for schedule in label.schedules)
    ahead = (name for name in label.numbers if name.startswith("premedication") and name != "premedication_again")
    return frozenset((*doses, *free, *days, *cycles, *ahead, "flat_from_weight"))


def _value(
    label: Label, name: str, kind: ValueKind, text: str, stated: Stated, decides: tuple[str, ...], unit: str = ""
) -> Value:
    status = ValueStatus(stated.status.value)
    return Value(name, kind, label.name, text, None, unit, stated.says, stated.source, status, decides)


def _schedule(label: Label, schedule: LabelledSchedule, rules: Mapping[str, tuple[str, ...]]) -> Value:
    basis = "" if schedule.basis is None else f"_{schedule.basis.value}"
    name = f"schedule_{schedule.indication.replace('-', '_')}{basis}"
    made = tuple(one.name for one in label.regimens if label.schedule(one.indication, one.basis) is schedule)
    limits = (schedule.most_cycles, *schedule.hospital_days)
    codes = {code for limit in limits for code in rules.get(limit.name, ())}
    text = "; ".join(_cycle(cycle, schedule.basis) for cycle in schedule.cycles)
    days = ", ".join(f"{limit.number} of cycle {number}" for number, limit in enumerate(schedule.hospital_days, 1))
    whole = f"{text}; in hospital {days}" if days else text
    return _value(label, name, ValueKind.SCHEDULE, whole, schedule.stated, (*sorted(codes), *made, NEW))


def _cycle(cycle: LabelledCycle, basis: Basis | None) -> str:
    steps = ", ".join(f"{_dose(step.dose, basis)} for {step.days} days" for step in cycle.steps)
    often = f"{cycle.repeat} × " if cycle.repeat > 1 else ""
    return f"{often}{cycle.name}: {steps}, then {cycle.treatment_free.number} free"


def _dose(dose: LabelledDose, basis: Basis | None) -> str:
    by_area = f"{dose.by_area.number}, at most {dose.cap.number}"
    if basis is None:
        return f"{dose.flat.number} ({by_area})"
    return dose.flat.number if basis is Basis.FLAT else by_area


def _premedication(label: Label, given: LabelledPremedication, number: int) -> Value:
    name = f"premedication_{given.indication.replace('-', '_')}_{given.patients.value}_{number}"
    first, last = given.minutes_before, given.latest_minutes_before
    ahead = duration_text(first) if first == last else f"{duration_text(last)} to {duration_text(first)}"
    ahead = ahead if last else f"within {duration_text(first)}"
    before = ", ".join(occasion.value for occasion in Occasion if occasion in given.occasions)
    drugs = " or ".join(_drug(drug) for drug in (given.drug, *given.equivalents))
    text = f"{drugs}, {ahead} before {before}"
    return _value(label, name, ValueKind.PREMEDICATION, text, given.stated, ("C603", PLAN, REGIMENS, NEW))


def _drug(drug: Drug) -> str:
    return f"{drug.name} {drug.dose}" + (f", at most {drug.cap}" if drug.cap is not None else "")


def hours_text(minutes: int) -> str:
    """Write minutes in hours, as labels and sites write the time in which a bag is used."""
    return f"{decimal_text(Fraction(minutes, MINUTES_PER_HOUR))} h"


def _bag(label: Label, bag: LabelledBag) -> Value:
    kept = "" if bag.in_use is None else f", used within {hours_text(bag.in_use)}"
    preserved = "with" if bag.preservative else "without"
    text = f"{decimal_text(bag.millilitres_per_hour)} mL/h, {preserved} preservative{kept}"
    name = f"bag_{decimal_text(Fraction(bag.minutes, MINUTES_PER_HOUR))}_hours"
    return _value(label, name, ValueKind.BAG, text, bag.stated, ("A701", "A704", BAGS))


def _vial(label: Label, vial: LabelledVial) -> Value:
    text = f"{decimal_text(vial.micrograms)} mcg, {decimal_text(vial.per_millilitre)} mcg/mL when reconstituted"
    return _value(label, "vial", ValueKind.VIAL, text, vial.stated, (BAGS,))
