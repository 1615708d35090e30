"""What the label asks after an interruption: whether to restart, how, and what the restart counts as."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from blinplan.course.label import label
from blinplan.quantities import Basis, DoseRate, duration_text
from blinplan.regimen.record import ADVERSE_EVENTS, Cause, Interruption, minutes_between
from blinplan.regimen.regimen import Indication, Occasion, Regimen


class Question(StrEnum):
    """What an interruption asks."""

    CONTINUE = "may it be restarted"
    WAIT = "how long is it held"
    DOSE = "at which dose"
    ESCALATION = "when is the full dose given again"
    PREMEDICATION = "is premedication given again"
    SUPERVISION = "is the restart supervised"
    CYCLE = "same cycle or new one"


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of the label, with the numbers it rests on. ``answer`` is in words.

    Attributes
    ----------
    stop
        Whether the drug is stopped for good.
    open
        Whether the label, as far as it was seen, leaves the question to the treating physician.
    wait
        Minutes from the stop before which the infusion is not restarted, as far as they are known.
    dose
        The dose of the restart.
    after
        Minutes at that dose before the full dose is given again.
    yes
        The answer of a question that is answered by yes or no: premedication, supervision, or a new cycle.
    """

    question: Question
    answer: str
    limits: tuple[str, ...]
    stop: bool = False
    open: bool = False
    wait: int | None = None
    dose: DoseRate | None = None
    after: int | None = None
    yes: bool | None = None


def decisions(interruption: Interruption, regimen: Regimen, dose: DoseRate | None) -> tuple[Decision, ...]:
    """What the label asks, from what is known of an interruption.

    Where the label says nothing, as of the dose after an event of grade 1 or 2, there is no decision.

    Parameters
    ----------
    dose
        The dose, as ordered, that ran when the infusion was stopped; None where it is not known.
    """
    stop = _stop(interruption, dose)
    if stop is not None:
        return (stop,)
    return (
        *_doubts(interruption, dose),
        *_restart(interruption, regimen),
        *_premedication(interruption, regimen),
        *_supervision(interruption),
        *_cycle(interruption),
    )


SEVERE = 3
"""The grade from which the label asks for another dose on restart."""


def _stop(one: Interruption, dose: DoseRate | None) -> Decision | None:
    numbers = label()
    grade, resolution = one.grade or 0, _resolution(one)
    neurological = one.cause is Cause.NEUROLOGICAL
    reasons = {
        "stop_grade": one.cause is Cause.CYTOKINE_RELEASE and grade >= numbers["stop_grade"].value,
        "stop_grade_neurological": neurological and grade >= numbers["stop_grade_neurological"].value,
        "seizures": (one.seizures or 0) > numbers["seizures"].value,
        "neurological_resolution": neurological
        and grade >= SEVERE
        and resolution > numbers["neurological_resolution"].minutes,
        "neurological_low_dose": neurological
        and grade >= SEVERE
        and dose is not None
        and dose.basis is Basis.FLAT
        and dose.amount <= numbers["neurological_low_dose"].value,
        "other_resolution": one.cause is Cause.OTHER_EVENT
        and grade >= SEVERE
        and resolution > numbers["other_resolution"].minutes,
    }
    name = next((name for name, holds in reasons.items() if holds), None)
    if name is None:
        return None
    return Decision(Question.CONTINUE, "the drug is stopped for good", (name,), stop=True)


def _doubts(one: Interruption, dose: DoseRate | None) -> Iterator[Decision]:
    """Whether to go on, where the label leaves it open or nobody has seen what it says."""
    numbers, grade = label(), one.grade or 0
    low = numbers["neurological_low_dose_by_area"]
    by_area = dose is not None and dose.basis is Basis.BSA and dose.amount <= low.value
    if one.cause is Cause.NEUROLOGICAL and grade >= SEVERE and by_area:
        answer = f"not evaluated: an event at {low} may stop the drug for good"
        yield Decision(Question.CONTINUE, answer, (low.name,), open=True)
    consider = numbers["consider_stop_grade"]
    if one.cause is Cause.OTHER_EVENT and grade >= consider.value:
        yield Decision(Question.CONTINUE, "stopping for good is to be considered", (consider.name,), open=True)


def _resolution(one: Interruption) -> int:
    """Minutes from the stop until the event was at grade 1 or gone; 0 where that is not known."""
    return 0 if one.resolved is None else minutes_between(one.stopped, one.resolved)


def _restart(one: Interruption, regimen: Regimen) -> Iterator[Decision]:
    numbers = label()
    if one.cause is Cause.OVERDOSE:
        hold = numbers["overdose_hold"]
        yield Decision(Question.WAIT, f"at least {hold}, then the right dose", (hold.name,), wait=hold.minutes)
        return
    if one.cause not in ADVERSE_EVENTS or (one.grade or 0) < SEVERE:
        return
    yield _hold(one)
    basis = regimen.basis
    low = numbers["restart_by_area" if basis is Basis.BSA else "restart_flat"]
    yield Decision(Question.DOSE, str(low), (low.name,), dose=DoseRate(low.value, basis))
    days = numbers["escalation_after_restart"]
    yield Decision(Question.ESCALATION, f"after {days} without recurrence", (days.name,), after=days.minutes)


def _hold(one: Interruption) -> Decision:
    """How long a severe event holds the infusion."""
    if one.cause is Cause.NEUROLOGICAL:
        hold = label()["neurological_hold"]
        least = max(hold.minutes, _resolution(one))
        return Decision(Question.WAIT, f"at least {hold}, and until grade 1", (hold.name,), wait=least)
    if one.cause is Cause.CYTOKINE_RELEASE:
        return Decision(Question.WAIT, "until it is resolved", ("cytokine_release_hold",), wait=_resolution(one))
    return Decision(Question.WAIT, "until grade 1", ("other_hold",), wait=_resolution(one))


def _supervision(one: Interruption) -> Iterator[Decision]:
    limit = label()["supervision_again"]
    if one.minutes is not None and one.minutes >= limit.minutes:
        yield Decision(Question.SUPERVISION, "yes: in hospital, or by a health professional", (limit.name,), yes=True)


def _premedication(one: Interruption, regimen: Regimen) -> Iterator[Decision]:
    limit = label()["premedication_again"]
    if one.minutes is None or not _premedicated_on_restart(one, regimen):
        return
    due = one.minutes >= limit.minutes or one.new_cycle is True
    yield Decision(
        Question.PREMEDICATION,
        f"{'yes' if due else 'no'}: it lasted {duration_text(one.minutes)}, and {limit} or more ask for it",
        (limit.name,),
        yes=due,
    )


def _premedicated_on_restart(one: Interruption, regimen: Regimen) -> bool:
    """Whether premedication belongs to a restart: as the regimen says, else as the label does for its indication."""
    if regimen.premedication is None:
        return regimen.indication is Indication.RELAPSED_REFRACTORY
    occasions = regimen.premedication.occasions
    if Occasion.RESTART in occasions or (Occasion.FIRST_CYCLE_RESTART in occasions and one.cycle == 1):
        return True
    return Occasion.CYCLE_START in occasions and one.new_cycle is True


def _cycle(one: Interruption) -> Iterator[Decision]:
    limit = label()["same_cycle"]
    if one.minutes is None or one.cause not in ADVERSE_EVENTS:
        return  # the label speaks of interruptions for adverse events
    new = one.minutes > limit.minutes
    yield Decision(
        Question.CYCLE,
        f"{'a new cycle' if new else 'the same cycle, to 28 infusion days'}: it lasted {duration_text(one.minutes)}",
        (limit.name,),
        yes=new,
    )
