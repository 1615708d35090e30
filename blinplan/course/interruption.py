"""What the label asks after an interruption: whether to restart, how, and what the restart counts as."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from blinplan.course.label import label
from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate, decimal_text, duration_text
from blinplan.regimen.record import ADVERSE_EVENTS, DEATH, Cause, Interruption, minutes_between
from blinplan.regimen.regimen import Indication, Occasion, Regimen
from blinplan.thresholds.threshold import threshold


class Topic(StrEnum):
    """What an interruption asks."""

    CONTINUE = "may it be restarted"
    TREATMENT = "what is given for it"
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
    evaluated
        Whether the question could be answered; if not, ``answer`` says why.
    missing
        The key that a record lacks, where that is why.
    wait
        Minutes from the stop before which the infusion is not restarted, as far as they are known.
    dose
        The dose of the restart.
    after
        Minutes at that dose before the full dose is given again.
    yes
        The answer of a question that is answered by yes or no: premedication, supervision, or a new cycle.
    """

    question: Topic
    answer: str
    limits: tuple[str, ...]
    stop: bool = False
    evaluated: bool = True
    missing: str | None = None
    wait: int | None = None
    dose: DoseRate | None = None
    after: int | None = None
    yes: bool | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a course when its infusion was stopped.

    ``dose`` is the one, as ordered, that ran; ``weight`` the patient's, in kg; ``infusion`` the minutes of infusion
    that are planned for the cycle; ``seizures`` those of earlier interruptions. ``recurs`` says that the event came
    back at the lower dose of a restart, before the full dose was due.
    """

    dose: DoseRate | None = None
    weight: Fraction | None = None
    infusion: int | None = None
    seizures: int = 0
    recurs: bool = False


def decisions(interruption: Interruption, regimen: Regimen, found: Circumstances) -> tuple[Decision, ...]:
    """What the label asks, from what is known of an interruption.

    Where the label says nothing, as of the dose after an event of grade 1 or 2, there is no decision. Where a record
    lacks what an answer depends on, the decision says that it was not evaluated.
    """
    stop = _stop(interruption, found)
    if stop is not None:
        treated = interruption.cause is Cause.CYTOKINE_RELEASE and interruption.grade != DEATH
        return (stop, _treatment(_is_light(regimen, found.weight))) if treated else (stop,)
    return (
        *_doubts(interruption, found.dose),
        *_restart(interruption, regimen, found.weight),
        *_recurrence(interruption, found),
        *_premedication(interruption, regimen),
        *_supervision(interruption),
        *_cycle(interruption, found.infusion),
    )


SEVERE = 3
"""The grade from which the label asks for another dose on restart."""


def _stop(interruption: Interruption, found: Circumstances) -> Decision | None:
    numbers, dose = label(), found.dose
    grade, resolution = interruption.grade or 0, _resolution(interruption)
    if grade == DEATH:
        return Decision(Topic.CONTINUE, "nothing is given any more: grade 5 is death", ("death",), stop=True)
    neurological = interruption.cause is Cause.NEUROLOGICAL
    reasons = {
        "stop_grade": interruption.cause is Cause.CYTOKINE_RELEASE and grade >= numbers["stop_grade"].value,
        "stop_grade_neurological": neurological and grade >= numbers["stop_grade_neurological"].value,
        "seizures": bool(interruption.seizures)
        and found.seizures + (interruption.seizures or 0) > numbers["seizures"].value,
        "neurological_resolution": neurological
        and grade >= SEVERE
        and resolution > numbers["neurological_resolution"].minutes,
        "neurological_low_dose": neurological
        and grade >= SEVERE
        and dose is not None
        and dose.basis is Basis.FLAT
        and dose.amount <= numbers["neurological_low_dose"].value,
        "other_resolution": interruption.cause is Cause.OTHER_EVENT
        and grade >= SEVERE
        and resolution > numbers["other_resolution"].minutes,
    }
    name = next((name for name, holds in reasons.items() if holds), None)
    if name is None:
        return None
    return Decision(Topic.CONTINUE, "the drug is stopped for good", (name,), stop=True)


def _doubts(interruption: Interruption, dose: DoseRate | None) -> Iterator[Decision]:
    """Whether to go on, where the record does not say enough, or nobody has seen what the label says."""
    numbers = label()
    if interruption.cause not in ADVERSE_EVENTS:
        return
    if interruption.grade is None:
        limits = ("restart_flat", "restart_by_area", "stop_grade")
        yield _unknown("whether it may be restarted, and at which dose, depends on the grade", "grade", limits)
        return
    longest = {Cause.NEUROLOGICAL: "neurological_resolution", Cause.OTHER_EVENT: "other_resolution"}.get(
        interruption.cause
    )
    if longest is not None and interruption.grade >= SEVERE and interruption.resolved is None:
        limit = numbers[longest]
        if interruption.minutes is None:
            yield Decision(Topic.CONTINUE, f"only if the event is at grade 1 within {limit}", (longest,))
        elif interruption.minutes > limit.minutes:
            why = f"an event that takes more than {limit} to resolve stops the drug for good"
            yield _unknown(why, "resolved", (longest,))
    if interruption.cause is Cause.NEUROLOGICAL and interruption.seizures is None:
        answer = "not evaluated: more than one seizure stops the drug for good, and their number is not on record"
        yield Decision(Topic.CONTINUE, answer, ("seizures",), evaluated=False)
    low = numbers["neurological_low_dose_by_area"]
    by_area = dose is not None and dose.basis is Basis.BSA and dose.amount <= low.value
    if interruption.cause is Cause.NEUROLOGICAL and interruption.grade >= SEVERE and by_area:
        answer = f"not evaluated: an event at {low} may stop the drug for good (unverified)"
        yield Decision(Topic.CONTINUE, answer, (low.name,), evaluated=False)
    consider = numbers["consider_stop_grade"]
    if interruption.cause is Cause.OTHER_EVENT and interruption.grade >= consider.value:
        yield Decision(Topic.CONTINUE, "stopping for good is to be considered", (consider.name,))


def _unknown(why: str, key: str, limits: tuple[str, ...]) -> Decision:
    answer = f"not evaluated: {why}, and the record does not say `{key}`"
    return Decision(Topic.CONTINUE, answer, limits, evaluated=False, missing=key)


def _resolution(interruption: Interruption) -> int:
    """Minutes from the stop until the event was at grade 1 or gone; 0 where that is not known."""
    return 0 if interruption.resolved is None else minutes_between(interruption.stopped, interruption.resolved)


def _restart(interruption: Interruption, regimen: Regimen, weight: Fraction | None) -> Iterator[Decision]:
    numbers = label()
    if interruption.cause is Cause.OVERDOSE:
        hold = numbers["overdose_hold"]
        least = max(hold.minutes, _resolution(interruption))
        answer = f"at least {hold}{' and until it is resolved' if interruption.resolved else ''}, then the right dose"
        yield Decision(Topic.WAIT, answer, (hold.name,), wait=least)
        return
    if interruption.cause not in ADVERSE_EVENTS or (interruption.grade or 0) < SEVERE:
        return
    if interruption.cause is Cause.CYTOKINE_RELEASE:
        yield _treatment(_is_light(regimen, weight))
    yield _hold(interruption)
    yield _restart_dose(regimen, weight)
    days = numbers["escalation_after_restart"]
    yield Decision(Topic.ESCALATION, f"after {days} without recurrence", (days.name,), after=days.minutes)


def _recurrence(interruption: Interruption, found: Circumstances) -> Iterator[Decision]:
    """The dose after an event that came back before the full dose was due, where its grade asks for no other one."""
    if not found.recurs or found.dose is None or (interruption.grade or 0) >= SEVERE:
        return
    days = label()["escalation_after_restart"]
    yield Decision(Topic.DOSE, f"{found.dose}, as before: the event came back", (days.name,), dose=found.dose)
    answer = (
        f"after {days} without recurrence, counted again from this restart (how they count, the label does not say)"
    )
    yield Decision(Topic.ESCALATION, answer, (days.name,), after=days.minutes)


def _treatment(light: bool | None) -> Decision:
    """What is given for a severe cytokine release syndrome."""
    given, limit = label()["cytokine_release_dexamethasone"], label()["flat_from_weight"]
    area, every, longest, taper = (label()[f"{given.name}_{part}"] for part in ("by_area", "every", "longest", "taper"))
    by_area = f"{area}, max {given},"
    dose = {True: by_area, False: str(given), None: f"{given}, or below {limit} {by_area}"}[light]
    answer = f"dexamethasone {dose} every {every} for up to {longest}, then taper over {decimal_text(taper.value)}"
    return Decision(Topic.TREATMENT, answer, (given.name,))


def _restart_dose(regimen: Regimen, weight: Fraction | None) -> Decision:
    """The label's dose of a restart: by the patient's weight, or else the weights that the regimen is for."""
    numbers = label()
    flat, by_area, limit = numbers["restart_flat"], numbers["restart_by_area"], numbers["flat_from_weight"]
    light = _is_light(regimen, weight)
    if light is None:
        answer = f"not evaluated: {flat}, or {by_area} below {limit}; the weight is not given"
        return Decision(Topic.DOSE, answer, (flat.name, by_area.name), evaluated=False, missing="weight_kg")
    low = by_area if light else flat
    return Decision(Topic.DOSE, str(low), (low.name,), dose=DoseRate(low.value, Basis.BSA if light else Basis.FLAT))


def _is_light(regimen: Regimen, weight: Fraction | None) -> bool | None:
    """Whether the label doses the patient by area: by the weight, or else the weights that the regimen is for."""
    limit, eligible = label()["flat_from_weight"].value, regimen.eligibility
    if weight is not None:
        return weight < limit
    if eligible.minimum_weight is not None and eligible.minimum_weight >= limit:
        return False
    return True if eligible.below_weight is not None and eligible.below_weight <= limit else None


def _hold(interruption: Interruption) -> Decision:
    """How long a severe event holds the infusion."""
    if interruption.cause is Cause.NEUROLOGICAL:
        hold = label()["neurological_hold"]
        least = max(hold.minutes, _resolution(interruption))
        return Decision(Topic.WAIT, f"at least {hold}, and until grade 1", (hold.name,), wait=least)
    if interruption.cause is Cause.CYTOKINE_RELEASE:
        return Decision(Topic.WAIT, "until it is resolved", ("cytokine_release_hold",), wait=_resolution(interruption))
    hold = label()["other_hold"]
    least = max(hold.minutes, _resolution(interruption))
    return Decision(Topic.WAIT, f"at least {hold}, and until grade 1", (hold.name,), wait=least)


def _supervision(interruption: Interruption) -> Iterator[Decision]:
    limit = label()["supervision_again"]
    if interruption.minutes is None:
        yield Decision(Topic.SUPERVISION, f"yes, if it lasts {limit} or more", (limit.name,))
    elif interruption.minutes >= limit.minutes:
        yield Decision(Topic.SUPERVISION, "yes: in hospital, or by a health professional", (limit.name,), yes=True)


def _premedication(interruption: Interruption, regimen: Regimen) -> Iterator[Decision]:
    limit = label()["premedication_again"]
    if not _premedicated_on_restart(interruption, regimen):
        return
    if interruption.minutes is None:
        yield Decision(Topic.PREMEDICATION, f"yes, if it lasts {limit} or more", (limit.name,))
        return
    due = interruption.minutes >= limit.minutes or interruption.new_cycle is True
    yield Decision(
        Topic.PREMEDICATION,
        f"{'yes' if due else 'no'}: it lasted {duration_text(interruption.minutes)}, and {limit} or more ask for it",
        (limit.name,),
        yes=due,
    )


def _premedicated_on_restart(interruption: Interruption, regimen: Regimen) -> bool:
    """Whether premedication belongs to a restart: as the regimen says, else as the label does for its indication."""
    if not regimen.premedication:
        return regimen.indication is Indication.RELAPSED_REFRACTORY
    occasions = frozenset[Occasion]().union(*(given.occasions for given in regimen.premedication))
    if Occasion.RESTART in occasions or (Occasion.FIRST_CYCLE_RESTART in occasions and interruption.cycle == 1):
        return True
    return Occasion.CYCLE_START in occasions and interruption.new_cycle is True


def _cycle(interruption: Interruption, infusion: int | None) -> Iterator[Decision]:
    limit = label()["same_cycle"]
    if interruption.cause not in ADVERSE_EVENTS:
        return  # the label speaks of interruptions for adverse events
    if interruption.minutes is None:
        yield Decision(Topic.CYCLE, f"the same cycle up to {limit}, a new one after that", (limit.name,))
        return
    new = interruption.minutes > limit.minutes
    whole = (
        "28 infusion days" if infusion in {None, _LABELLED_CYCLE} else f"its {duration_text(infusion or 0)} of infusion"
    )
    yield Decision(
        Topic.CYCLE,
        f"{'a new cycle' if new else f'the same cycle, to {whole}'}: it lasted {duration_text(interruption.minutes)}",
        (limit.name,),
        yes=new,
    )


_LABELLED_CYCLE = threshold("infusion_of_a_cycle") * MINUTES_PER_DAY
