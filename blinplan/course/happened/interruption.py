"""What the label asks after an interruption: whether to restart, how, and what the restart counts as."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from blinplan.course.adulthood import EITHER
from blinplan.course.wall_clock import NO_DATES, WallClock
from blinplan.label.read import label_of
from blinplan.limits import Limit, Limits, NotStatedError
from blinplan.quantities import MINUTES_PER_DAY, Basis, DoseRate, decimal_text, duration_text
from blinplan.regimen.record.moments import minutes_between
from blinplan.regimen.record.record import ADVERSE_EVENTS, DEATH, NEUROLOGICAL_EVENTS, OTHER_EVENTS, Cause, Interruption
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import AgeGroup, Indication, Occasion
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
    unstated
        Whether that is because the label, as far as it was seen, does not say.
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
    unstated: bool = False
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
    back at the lower dose of a restart, before the full dose was due. ``groups`` are the age groups that the patient
    may belong to when the infusion is restarted. Days of the label are counted by ``clock`` from ``stopped`` on, the
    minute of the course at which it was stopped.
    """

    dose: DoseRate | None = None
    weight: Fraction | None = None
    infusion: int | None = None
    seizures: int = 0
    recurs: bool = False
    groups: frozenset[AgeGroup] = EITHER
    restarts_full: bool = False
    clock: WallClock = NO_DATES
    stopped: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """An interruption of which the label is asked, with its regimen, what is known of it, and the label's numbers."""

    interruption: Interruption
    regimen: Regimen
    known: Circumstances
    numbers: Limits

    @property
    def cause(self) -> Cause:
        return self.interruption.cause

    @property
    def grade(self) -> int:
        return self.interruption.grade or 0

    @property
    def resolution(self) -> int:
        """Minutes from the stop until the event was at grade 1 or gone; 0 where that is not known."""
        resolved = self.interruption.resolved
        return 0 if resolved is None else minutes_between(self.interruption.stopped, resolved)

    def minutes_to(self, limit: Limit) -> int:
        """Minutes from the stop to a limit: its days are those of the ward's clock, as days of the steps are."""
        if limit.unit != "days":
            return limit.minutes
        clock, stopped = self.known.clock.staying(self.known.stopped), self.known.stopped
        return clock.after(clock.at(stopped), limit.minutes).minute - stopped

    @property
    def is_light(self) -> bool | None:
        """Whether the label doses the patient by area: by the weight, or else the weights that the regimen is for."""
        limit, eligible = self.numbers["flat_from_weight"].value, self.regimen.eligibility
        if self.known.weight is not None:
            return self.known.weight < limit
        if eligible.minimum_weight is not None and eligible.minimum_weight >= limit:
            return False
        return True if eligible.below_weight is not None and eligible.below_weight <= limit else None


def decisions(
    interruption: Interruption, regimen: Regimen, known: Circumstances, numbers: Limits | None = None
) -> tuple[Decision, ...]:
    """What the label that a regimen follows asks, from what is known of an interruption.

    Where the label says nothing, as of the dose after an event of grade 1 or 2, there is no decision. Where a record
    lacks what an answer depends on, or the label does not state it as far as it was seen, the decision says that it was
    not evaluated.

    Parameters
    ----------
    numbers
        The label's numbers, where a project or a site has stricter ones.
    """
    asked = _Asked(interruption, regimen, known, label_of(regimen).numbers if numbers is None else numbers)
    try:
        stop = _stop(asked)
    except NotStatedError:
        return (_open_question(Topic.CONTINUE), *_on_the_way(asked))
    if stop is not None:
        treated = asked.cause is Cause.CYTOKINE_RELEASE and asked.grade != DEATH
        return (stop, *(_answers(Topic.TREATMENT, _treatment, asked) if treated else ()))
    return (*_answers(Topic.CONTINUE, _doubts, asked), *_on_the_way(asked))


def _on_the_way(asked: _Asked) -> Iterator[Decision]:
    """How a restart goes, question by question."""
    yield from _restart(asked)
    yield from _answers(Topic.DOSE, _recurrence, asked)
    yield from _answers(Topic.PREMEDICATION, _premedication, asked)
    yield from _answers(Topic.SUPERVISION, _supervision, asked)
    yield from _answers(Topic.CYCLE, _cycle, asked)


def _answers(question: Topic, ask: Callable[[_Asked], Iterator[Decision]], asked: _Asked) -> Iterator[Decision]:
    """The answers to a question; where the label does not state what they depend on, that one more."""
    try:
        yield from ask(asked)
    except NotStatedError:
        yield _open_question(question)


def _open_question(question: Topic) -> Decision:
    answer = "not evaluated: the label, as far as it was seen, does not say; ask the site"
    return Decision(question, answer, (), evaluated=False, unstated=True)


SEVERE = 3
"""The grade from which the label asks for another dose on restart."""


def _stop(asked: _Asked) -> Decision | None:
    if asked.grade == DEATH:
        return Decision(Topic.CONTINUE, "nothing is given any more: grade 5 is death", ("death",), stop=True)
    name = next(_reasons_to_stop(asked), None)
    return None if name is None else Decision(Topic.CONTINUE, "the drug is stopped for good", (name,), stop=True)


def _reasons_to_stop(asked: _Asked) -> Iterator[str]:
    """The numbers for which the drug is stopped for good."""
    numbers, cause, severe = asked.numbers, asked.cause, asked.grade >= SEVERE
    neurological = cause in NEUROLOGICAL_EVENTS
    if cause is Cause.CYTOKINE_RELEASE and asked.grade >= numbers["stop_grade"].value:
        yield "stop_grade"
    if neurological and asked.grade >= numbers["stop_grade_neurological"].value:
        yield "stop_grade_neurological"
    if (seizures := asked.interruption.seizures) and asked.known.seizures + seizures > numbers["seizures"].value:
        yield "seizures"
    if neurological and severe and asked.resolution > asked.minutes_to(numbers["neurological_resolution"]):
        yield "neurological_resolution"
    if neurological and severe and _is_at_low_dose(asked, Basis.FLAT, "neurological_low_dose"):
        yield "neurological_low_dose"
    if cause in OTHER_EVENTS and severe and asked.resolution > asked.minutes_to(numbers["other_resolution"]):
        yield "other_resolution"


def _is_at_low_dose(asked: _Asked, basis: Basis, name: str) -> bool:
    """Whether the dose that was stopped is counted so, and no higher than a number of the label."""
    dose = asked.known.dose
    return dose is not None and dose.basis is basis and dose.amount <= asked.numbers[name].value


def _doubts(asked: _Asked) -> Iterator[Decision]:
    """Whether to go on, where the record does not say enough, or nobody has seen what the label says."""
    if asked.cause not in ADVERSE_EVENTS:
        return
    if asked.cause is Cause.LIVER:
        yield _liver(asked)
    if asked.interruption.grade is None:
        limits = ("restart_flat", "restart_by_area", "stop_grade")
        yield _unknown("whether it may be restarted, and at which dose, depends on the grade", "grade", limits)
        return
    yield from _slow_resolution(asked)
    if asked.cause in NEUROLOGICAL_EVENTS:
        yield from _neurological_doubts(asked)
    consider = asked.numbers["consider_stop_grade"] if asked.cause in OTHER_EVENTS else None
    if consider is not None and asked.grade >= consider.value:
        yield Decision(Topic.CONTINUE, "stopping for good is to be considered", (consider.name,))


def _liver(asked: _Asked) -> Decision:
    transaminases, bilirubin = asked.numbers["liver_transaminases"], asked.numbers["liver_bilirubin"]
    answer = (
        f"not while transaminases are above {transaminases}, or bilirubin above {decimal_text(bilirubin.value)} times"
    )
    return Decision(Topic.CONTINUE, answer, (transaminases.name, bilirubin.name))


def _slow_resolution(asked: _Asked) -> Iterator[Decision]:
    """An event that takes too long stops the drug; how long this one took may not be on record."""
    slow = {Cause.NEUROLOGICAL: "neurological_resolution", Cause.ICANS: "neurological_resolution"}
    slow |= {Cause.OTHER_EVENT: "other_resolution", Cause.LIVER: "other_resolution"}
    name, interruption = slow.get(asked.cause), asked.interruption
    if name is None or asked.grade < SEVERE or interruption.resolved is not None:
        return
    limit = asked.numbers[name]
    if interruption.minutes is None:
        yield Decision(Topic.CONTINUE, f"only if the event is at grade 1 within {limit}", (name,))
    elif interruption.minutes > asked.minutes_to(limit):
        why = f"an event that takes more than {limit} to resolve stops the drug for good"
        yield _unknown(why, "resolved", (name,))


def _neurological_doubts(asked: _Asked) -> Iterator[Decision]:
    if asked.interruption.seizures is None:
        limit = asked.numbers["seizures"]
        answer = "not evaluated: more than one seizure stops the drug for good, and their number is not on record"
        yield Decision(Topic.CONTINUE, answer, (limit.name,), evaluated=False)
    if asked.grade >= SEVERE and _is_at_low_dose(asked, Basis.BSA, "neurological_low_dose_by_area"):
        low = asked.numbers["neurological_low_dose_by_area"]
        answer = f"not evaluated: an event at {low} may stop the drug for good ({low.status})"
        yield Decision(Topic.CONTINUE, answer, (low.name,), evaluated=False)


def _unknown(why: str, key: str, limits: tuple[str, ...]) -> Decision:
    answer = f"not evaluated: {why}, and the record does not say `{key}`"
    return Decision(Topic.CONTINUE, answer, limits, evaluated=False, missing=key)


def _restart(asked: _Asked) -> Iterator[Decision]:
    if asked.cause is Cause.OVERDOSE:
        yield from _answers(Topic.WAIT, _after_overdose, asked)
        return
    if asked.cause not in ADVERSE_EVENTS or asked.grade < SEVERE:
        return
    if asked.cause is Cause.CYTOKINE_RELEASE:
        yield from _answers(Topic.TREATMENT, _treatment, asked)
    yield from _answers(Topic.WAIT, _hold, asked)
    yield from _answers(Topic.DOSE, _restart_dose, asked)
    yield from _answers(Topic.ESCALATION, _escalation, asked)


def _after_overdose(asked: _Asked) -> Iterator[Decision]:
    hold = asked.numbers["overdose_hold"]
    resolved = " and until it is resolved" if asked.interruption.resolved else ""
    answer = f"at least {hold}{resolved}, then the right dose"
    yield Decision(Topic.WAIT, answer, (hold.name,), wait=max(asked.minutes_to(hold), asked.resolution))


def _escalation(asked: _Asked) -> Iterator[Decision]:
    days = asked.numbers["escalation_after_restart"]
    yield Decision(Topic.ESCALATION, f"after {days} without recurrence", (days.name,), after=days.minutes)


def _recurrence(asked: _Asked) -> Iterator[Decision]:
    """The dose after an event that came back before the full dose was due, where its grade asks for no other one."""
    known = asked.known
    if not known.recurs or known.dose is None or asked.grade >= SEVERE:
        return
    days = asked.numbers["escalation_after_restart"]
    yield Decision(Topic.DOSE, f"{known.dose}, as before: the event came back", (days.name,), dose=known.dose)
    answer = (
        f"after {days} without recurrence, counted again from this restart (how they count, the label does not say)"
    )
    yield Decision(Topic.ESCALATION, answer, (days.name,), after=days.minutes)


def _treatment(asked: _Asked) -> Iterator[Decision]:
    """What is given for a severe cytokine release syndrome."""
    numbers = asked.numbers
    given, limit = numbers["cytokine_release_dexamethasone"], numbers["flat_from_weight"]
    area, every, longest, taper = (numbers[f"{given.name}_{part}"] for part in ("by_area", "every", "longest", "taper"))
    by_area = f"{area}, max {given},"
    dose = {True: by_area, False: str(given), None: f"{given}, or below {limit} {by_area}"}[asked.is_light]
    answer = f"dexamethasone {dose} every {every} for up to {longest}, then taper over {decimal_text(taper.value)}"
    yield Decision(Topic.TREATMENT, answer, (given.name,))


def _restart_dose(asked: _Asked) -> Iterator[Decision]:
    """The label's dose of a restart: by the patient's weight, or else the weights that the regimen is for."""
    numbers, light = asked.numbers, asked.is_light
    flat, by_area, limit = numbers["restart_flat"], numbers["restart_by_area"], numbers["flat_from_weight"]
    if light is None:
        answer = f"not evaluated: {flat}, or {by_area} below {limit}; the weight is not given"
        yield Decision(Topic.DOSE, answer, (flat.name, by_area.name), evaluated=False, missing="weight_kg")
        return
    low = by_area if light else flat
    yield Decision(Topic.DOSE, str(low), (low.name,), dose=DoseRate(low.value, Basis.BSA if light else Basis.FLAT))


def _hold(asked: _Asked) -> Iterator[Decision]:
    """How long a severe event holds the infusion."""
    if asked.cause is Cause.CYTOKINE_RELEASE:
        hold = asked.numbers["cytokine_release_hold"]
        yield Decision(Topic.WAIT, "until it is resolved", (hold.name,), wait=asked.resolution)
        return
    hold = asked.numbers["neurological_hold" if asked.cause in NEUROLOGICAL_EVENTS else "other_hold"]
    least = max(asked.minutes_to(hold), asked.resolution)
    yield Decision(Topic.WAIT, f"at least {hold}, and until grade 1", (hold.name,), wait=least)


def _supervision(asked: _Asked) -> Iterator[Decision]:
    limit, minutes = asked.numbers["supervision_again"], asked.interruption.minutes
    if minutes is None:
        yield Decision(Topic.SUPERVISION, f"yes, if it lasts {limit} or more", (limit.name,))
    elif minutes >= asked.minutes_to(limit):
        yield Decision(Topic.SUPERVISION, "yes: in hospital, or by a health professional", (limit.name,), yes=True)


def _premedication(asked: _Asked) -> Iterator[Decision]:
    interruption, regimen = asked.interruption, asked.regimen
    given = {_premedicated_on_restart(interruption, regimen, group) for group in asked.known.groups}
    limit = asked.numbers["premedication_again"]  # whatever the regimen says, the label has to say when
    if given == {False}:
        return
    if interruption.minutes is None:
        for_some = "" if given == {True} else f" and the patient is one of {_group_premedicated(interruption, regimen)}"
        yield Decision(Topic.PREMEDICATION, f"yes, if it lasts {limit} or more{for_some}", (limit.name,))
        return
    due = interruption.minutes >= asked.minutes_to(limit) or interruption.new_cycle is True
    if due and given != {True}:
        group = _group_premedicated(interruption, regimen)
        answer = f"not evaluated: the regimen gives it to {group} only, and the patient's age is not known"
        limits = (limit.name, "adult_from")
        yield Decision(Topic.PREMEDICATION, answer, limits, evaluated=False, missing="born")
        return
    yield Decision(
        Topic.PREMEDICATION,
        f"{'yes' if due else 'no'}: it lasted {duration_text(interruption.minutes)}, and {limit} or more ask for it",
        (limit.name,),
        yes=due,
    )


def premedication_goes_by_age(interruption: Interruption, regimen: Regimen) -> bool:
    """Whether a restart is premedicated in adults only, or in children only."""
    return len({_premedicated_on_restart(interruption, regimen, group) for group in AgeGroup}) > 1


def _group_premedicated(interruption: Interruption, regimen: Regimen) -> AgeGroup:
    """The one age group that is premedicated before a restart."""
    return next(group for group in AgeGroup if _premedicated_on_restart(interruption, regimen, group))


def _premedicated_on_restart(interruption: Interruption, regimen: Regimen, group: AgeGroup) -> bool:
    """Whether premedication belongs to a restart: as the regimen says, else as the label does for its indication."""
    if not regimen.premedication:
        return regimen.indication is Indication.RELAPSED_REFRACTORY
    own = (given.occasions for given in regimen.premedication if given.is_for(group))
    occasions = frozenset[Occasion]().union(*own)
    if Occasion.RESTART in occasions or (Occasion.FIRST_CYCLE_RESTART in occasions and interruption.cycle == 1):
        return True
    return Occasion.CYCLE_START in occasions and interruption.new_cycle is True


def _cycle(asked: _Asked) -> Iterator[Decision]:
    interruption, infusion = asked.interruption, asked.known.infusion
    if interruption.cause not in ADVERSE_EVENTS:
        yield from _silence(asked)
        return
    limit = asked.numbers["same_cycle"]
    if interruption.minutes is None:
        yield Decision(Topic.CYCLE, f"the same cycle up to {limit}, a new one after that", (limit.name,))
        return
    new = interruption.minutes > asked.minutes_to(limit)
    whole = "28 infusion days"
    if infusion is not None and infusion != _LABELLED_CYCLE:
        whole = f"its {duration_text(infusion)} of infusion"
    lasted = lasted_text(interruption.minutes, asked.known)
    yield Decision(
        Topic.CYCLE,
        f"{'a new cycle' if new else f'the same cycle, to {whole}'}: it lasted {lasted}",
        (limit.name,),
        yes=new,
    )


def _silence(asked: _Asked) -> Iterator[Decision]:
    """What of a long stop is to be decided: the label speaks of interruptions for adverse events, and of no other."""
    minutes, limit = asked.interruption.minutes, asked.numbers.get("same_cycle")
    limits = () if limit is None else (limit.name,)
    silent = f"the label says nothing of a stop for {_REASON[asked.cause]}"
    if minutes is None:
        up_to = "not evaluated" if limit is None else f"the same cycle up to {limit}; after more it is to be decided"
        answer = f"{up_to}: {silent}{_by_convention(limit)}"
        yield Decision(Topic.CYCLE, answer, limits, evaluated=limit is not None, unstated=limit is None)
    elif limit is None or minutes > asked.minutes_to(limit):
        lasted = lasted_text(minutes, asked.known)
        yield from _to_decide(asked, f"{silent}{_by_convention(limit)}; this one lasted {lasted}", limits)


def lasted_text(minutes: int, known: Circumstances) -> str:
    """How long an interruption lasted, and how long by the ward's clock where that was changed: days go by that."""
    clock = known.clock.staying(known.stopped)
    changed = clock.surplus(known.stopped, known.stopped + minutes)
    by_clock = f", {duration_text(minutes - changed)} by the ward's clock" if changed else ""
    return f"{duration_text(minutes)}{by_clock}"


_REASON = {
    Cause.TECHNICAL: "a technical reason",
    Cause.SURGERY: "surgery",
    Cause.PATIENT_WISH: "the patient's wish",
    Cause.LOGISTICS: "want of drug, bag or staff",
    Cause.OVERDOSE: "an overdose beyond how long it is held",
}


def _by_convention(limit: Limit | None) -> str:
    """How long a stop is that counts as long."""
    if limit is None:
        return ""
    return f" (its {limit} in the same cycle are for adverse events, and are taken here as a convention)"


def _to_decide(asked: _Asked, why: str, limits: tuple[str, ...]) -> Iterator[Decision]:
    """What the record says that was decided of a restart, and what of it is still open."""
    done = asked.interruption
    open_question = "not evaluated: the physician decides, and the record says it with"
    on_record = "as the record says"
    if done.restart_dose is None:
        answer = f"{open_question} `restart_dose`: {why}"
        yield Decision(Topic.DOSE, answer, limits, evaluated=False, unstated=True)
    else:
        yield Decision(Topic.DOSE, f"{done.restart_dose}, {on_record}; {why}", limits, dose=done.restart_dose)
    if done.new_cycle is None:
        yield Decision(Topic.CYCLE, f"{open_question} `restart_in`", limits, evaluated=False, unstated=True)
        return
    where = "a new cycle" if done.new_cycle else "the same cycle"
    yield Decision(Topic.CYCLE, f"{where}, {on_record}", limits, yes=done.new_cycle)
    if done.restart_dose is None or done.new_cycle or asked.known.restarts_full:
        return
    if done.full_dose_after is None:
        answer = f"{open_question} `full_dose_after_days`"
        yield Decision(Topic.ESCALATION, answer, limits, evaluated=False, unstated=True)
    else:
        answer = f"after {duration_text(done.full_dose_after)}, {on_record}"
        yield Decision(Topic.ESCALATION, answer, limits, after=done.full_dose_after)


_LABELLED_CYCLE = threshold("infusion_of_a_cycle") * MINUTES_PER_DAY
