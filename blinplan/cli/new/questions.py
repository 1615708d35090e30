"""The questions of ``blinplan new``: one at a time, with what each allows and its default, until it is answered.

The defaults are those of the labelled regimen for the answers so far, where there is one.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from blinplan.api.regimens.new import (
    PREMEDICATION_FORM,
    Order,
    StepTable,
    any_week,
    base_named,
    base_of_copy,
    is_investigational_copy,
    labelled_regimen,
    premedication_text,
    read_premedication,
    read_step,
    refuse_impossible,
    step_text,
    target_step,
    title_of_copy,
)
from blinplan.api.vocabulary import Indication, Status
from blinplan.cli.new.answers import Answer, Question, begin_asking
from blinplan.cli.new.destination import Destination
from blinplan.cli.new.texts import NONE, days, weight_limit
from blinplan.quantities import Basis, read_dose
from blinplan.refusal import Refusal
from blinplan.terminal import Terminal

if TYPE_CHECKING:
    from blinplan.api.regimens.new import Reading


def ask(order: Order, start: "Reading | None", destination: Destination, terminal: Terminal) -> Order:
    """Ask for everything that the order does not say yet.

    Raises
    ------
    Refusal
        When the answers end before the questions.
    """
    answer = begin_asking(terminal)
    order = _ask_name(order, destination, answer)
    if start is not None:
        return _ask_base_of_copy(_ask_title_of_copy(order, start, answer), start, answer)
    for field, question in _QUESTIONS.items():
        if getattr(order, field) is None and (field != "later_steps" or order.cycles != 1):
            order = question(order, answer)
    terminal.say("")
    return order


def _possible(order: Order) -> Order:
    """The order, if a regimen can be drafted from it once the rest is answered; raises `Refusal` if not."""
    refuse_impossible(order)
    return order


def _one_of(words: type[Indication] | type[Basis] | type[Status], text: str) -> Any:
    try:
        return words(text.lower())
    except ValueError:
        raise Refusal(f'"{text[:40]}" is none of these', f"write one of: {', '.join(words)}") from None


# --- the questions, in their order -----------------------------------------------------------------------------------


def _ask_name(order: Order, destination: Destination, answer: Answer) -> Order:
    def take(text: str) -> Order:
        named = _possible(replace(Order(), name=text))
        destination.path(text)
        return replace(order, name=named.name)

    if order.name is not None:
        return order
    return answer(Question("What is it called?", "small letters, digits, hyphens and dots: trial-1", None, take))


def _ask_title_of_copy(order: Order, start: "Reading", answer: Answer) -> Order:
    if order.title is not None:
        return order
    title = title_of_copy(order, start)
    return answer(Question("Its title, in one line?", "", title, lambda text: replace(order, title=text)))


def _ask_base_of_copy(order: Order, start: "Reading", answer: Answer) -> Order:
    if order.departs_from is not None or not is_investigational_copy(order, start):
        return order
    return _ask_base(order, base_of_copy(start), answer)


def _departs_from(order: Order, answer: Answer) -> Order:
    return _ask_base(order, None, answer) if order.indication is Indication.INVESTIGATIONAL else order


def _ask_base(order: Order, likely: str | None, answer: Answer) -> Order:
    """Ask what an investigational regimen is laid beside; a copy of one that has a base always has one."""

    def take(text: str) -> Order:
        if likely is None and text.lower() == NONE:
            return order
        return replace(order, departs_from=base_named(text))

    allows = "a name of `blinplan regimens`" + (f", or {NONE}" if likely is None else "")
    return answer(Question("From which regimen does it depart?", allows, likely or NONE, take))


def _title(order: Order, answer: Answer) -> Order:
    return answer(Question("Its title, in one line?", "", None, lambda text: _possible(replace(order, title=text))))


def _indication(order: Order, answer: Answer) -> Order:
    def take(text: str) -> Order:
        return replace(order, indication=_one_of(Indication, text))

    return answer(Question("What does it treat?", ", ".join(Indication), "investigational", take))


def _min_weight(order: Order, answer: Answer) -> Order:
    def take(text: str) -> Order:
        return _possible(replace(order, min_weight=weight_limit("the weight", text)))

    return answer(Question("From what body weight, in kg?", f"a number, or {NONE}", NONE, take))


def _below_weight(order: Order, answer: Answer) -> Order:
    def take(text: str) -> Order:
        return _possible(replace(order, below_weight=weight_limit("the weight", text)))

    return answer(Question("Only below what body weight, in kg?", f"a number, or {NONE}", NONE, take))


def _basis(order: Order, answer: Answer) -> Order:
    def take(text: str) -> Order:
        return _possible(replace(order, basis=_one_of(Basis, text)))

    if order.steps:
        return replace(order, basis=read_dose(order.steps[0].dose).rate.basis)
    default = "bsa" if order.below_weight else "flat"
    return answer(Question("How are doses counted?", "flat: mcg/day; bsa: mcg/m2/day", default, take))


def _steps(order: Order, answer: Answer) -> Order:
    label = labelled_regimen(order)
    likely = () if label is None else label.cycle[0].steps
    return _ask_steps(order, "cycle 1", lambda order, steps: replace(order, steps=steps), likely, answer)


def _later_steps(order: Order, answer: Answer) -> Order:
    label = labelled_regimen(order)
    likely = (target_step(order),) if label is None else label.cycle[-1].steps
    return _ask_steps(order, "each later cycle", lambda order, steps: replace(order, later_steps=steps), likely, answer)


_FORMS = {
    Basis.FLAT: "dose x days: 9 mcg/day x 7; or hours: x 36 h",
    Basis.BSA: "dose x days, and the cap: 5 mcg/m2/day x 7 max 9 mcg/day; or hours: x 36 h",
}


Put = Callable[[Order, tuple[StepTable, ...]], Order]
"""Puts steps into an order."""


def _ask_steps(
    order: Order,
    where: str,
    put: Put,
    likely: Sequence[StepTable],
    answer: Answer,
) -> Order:
    """Ask for one step after the other; a likely one is the default as long as those before it were taken."""
    steps: tuple[StepTable, ...] = ()
    while (following := _ask_step(order, where, put, steps, likely, answer)) != steps:
        steps = following
    return put(order, steps)


def _ask_step(
    order: Order,
    where: str,
    put: Put,
    steps: tuple[StepTable, ...],
    likely: Sequence[StepTable],
    answer: Answer,
) -> tuple[StepTable, ...]:
    """Ask for the step after some; the same steps where there is none."""

    def take(text: str) -> tuple[StepTable, ...]:
        if steps and text.lower() == NONE:
            _possible(put(order, steps))
            return steps
        longer = (*steps, read_step(text))
        # A cycle is as long as its steps together: a first one of a few days is judged as one that others follow.
        _possible(put(order, (*longer, any_week(order))))
        return longer

    expected = steps == tuple(likely[: len(steps)]) and len(steps) < len(likely)
    default = step_text(likely[len(steps)]) if expected else NONE if steps else None
    form = _FORMS[order.basis or Basis.FLAT]
    allows = f"{form}{f'; or {NONE}' if steps else ''}"
    return answer(Question(f"Step {len(steps) + 1} of {where}?", allows, default, take))


def _cycles(order: Order, answer: Answer) -> Order:
    def take(text: str) -> Order:
        if not text.isdecimal() or not 1 <= int(text[:3]) <= 20:
            raise Refusal(f'"{text[:40]}" is no number of cycles', "write a whole number from 1 to 20")
        return _possible(replace(order, cycles=int(text)))

    label = labelled_regimen(order)
    number = None if label is None else str(sum(cycle.repeat for cycle in label.cycle))
    return answer(Question("How many cycles in all?", "1 to 20", number, take))


def _free_days(order: Order, answer: Answer) -> Order:
    def take(text: str) -> Order:
        if not text.isdecimal() or not 0 <= int(text[:4]) <= 366:
            raise Refusal(f'"{text[:40]}" is no number of days', "write a whole number from 0 to 366")
        return replace(order, free_days=int(text))

    label = labelled_regimen(order)
    default = None if label is None else str(label.cycle[0].treatment_free_days)
    return answer(Question("How many treatment-free days after each cycle?", "0 to 366", default, take))


def _premedication(order: Order, answer: Answer) -> Order:
    def take(text: str) -> Order:
        given = () if text.lower() == NONE else read_premedication(text)
        return _possible(replace(order, premedication=given))

    label = labelled_regimen(order)
    known = () if label is None else label.premedication
    default = premedication_text(known) if known else NONE
    return answer(Question("Premedication?", f"{PREMEDICATION_FORM}; or {NONE}", default, take))


def _hospital_days(order: Order, answer: Answer) -> Order:
    def take(text: str) -> Order:
        return _possible(replace(order, hospital_days=days("this", text)))

    label = labelled_regimen(order)
    known = label.monitoring.hospital_days if label is not None and label.monitoring else ()
    default = ", ".join(map(str, known)) or NONE
    allows = f"for cycle 1, cycle 2 and so on: 9, 2; or {NONE}"
    return answer(Question("Days in hospital at the start of each cycle?", allows, default, take))


def _citation(order: Order, answer: Answer) -> Order:
    def take(text: str) -> Order:
        return replace(order, citation="") if text.lower() == NONE else _possible(replace(order, citation=text))

    allows = f"protocol, publication or label section; or {NONE}"
    return answer(Question("Where do the doses come from?", allows, NONE, take))


def _status(order: Order, answer: Answer) -> Order:
    if not order.citation:
        return order

    def take(text: str) -> Order:
        return replace(order, status=_one_of(Status, text))

    allows = "seen there by you, transcribed by others, derived by arithmetic, or unverified"
    return answer(Question("How far were the doses compared with it?", allows, "unverified", take))


_QUESTIONS: dict[str, Callable[[Order, Answer], Order]] = {
    "title": _title,
    "indication": _indication,
    "departs_from": _departs_from,
    "min_weight": _min_weight,
    "below_weight": _below_weight,
    "basis": _basis,
    "steps": _steps,
    "cycles": _cycles,
    "later_steps": _later_steps,
    "free_days": _free_days,
    "premedication": _premedication,
    "hospital_days": _hospital_days,
    "citation": _citation,
    "status": _status,
}
"""By the field of the order that each fills."""
