"""A dated plan as FHIR R4: a Bundle with a CarePlan, its MedicationRequests, the drugs, and a patient without a name.

The same thing has the same id in every plan of a name, so that a later plan updates the earlier one. There is no clock:
a status is as of the last thing that the course record tells. What is written is valid in R4 and in R4B: the resources
of these types have the same elements in both.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.course.eligibility import Choice
from blinplan.course.events import INTERRUPTED, Course, Event
from blinplan.course.happened.ledger import LedgerEntry
from blinplan.label.read import label_of
from blinplan.outside_text import visible
from blinplan.quantities import MINUTES_PER_DAY, duration_text
from blinplan.reports.plan.dated_plan import entry_text, when_text
from blinplan.reports.plan.fhir.elements import (
    MICROGRAM,
    Element,
    amount,
    identifier,
    moment_of,
    period,
    reference,
    resource,
    urn,
    words,
)
from blinplan.reports.plan.fhir.requests import (
    Request,
    care_plan_name,
    for_good,
    medications,
    patient_name,
    requests,
)
from blinplan.reports.plan.identity import last_known
from blinplan.reports.plan.ledger import decision_text, interruption_text, source_of_decision
from blinplan.reports.plan.plan import why_free
from blinplan.reports.shared.words import NOT_A_DEVICE, amount_text, known_figures, moment_text


class InvalidError(ValueError):
    """What the models of FHIR do not accept."""


def fhir(dated: Dated, before: Sequence[Dated], choice: Choice, plan_id: str, remarks: Sequence[str] = ()) -> Element:
    """Write a plan as a Bundle, and have it checked by the models of ``fhir.resources``.

    Parameters
    ----------
    dated
        The whole plan.
    before
        The plans as they were before and between the things that happened: what only they have is withdrawn, or waits.
    choice
        How the weight decided the regimen.
    plan_id
        What tells this patient's plan from all others.
    remarks
        What has to be known of the plan besides.

    Raises
    ------
    ImportError
        When ``fhir.resources`` is not installed.
    InvalidError
        When the models do not accept it.
    """
    from fhir.resources.R4B.bundle import Bundle
    from pydantic_core import ValidationError

    made = bundle(dated, before, choice, plan_id, remarks)
    try:
        Bundle.model_validate(made)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error
    return made


def bundle(dated: Dated, before: Sequence[Dated], choice: Choice, plan_id: str, remarks: Sequence[str]) -> Element:
    """Make the Bundle of a plan, unchecked."""
    ordered = sorted(requests(dated, before, plan_id), key=lambda request: request.start)
    resources = [
        _care_plan(dated, choice, plan_id, ordered, remarks),
        _patient(dated, plan_id),
        *medications(dated, plan_id),
        *(request.resource for request in ordered),
    ]
    name = f"{plan_id}-bundle@blinplan"
    return {
        "resourceType": "Bundle",
        "id": urn(name).removeprefix("urn:uuid:"),
        "identifier": identifier(name),
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{it['id']}", "resource": it} for it in resources],
    }


def _patient(dated: Dated, plan_id: str) -> Element:
    age = dated.course.patient.age
    born = None if age is None else age.born
    unknown = "no name, no number and no date of birth" if born is None else "no name and no number"
    made = resource("Patient", patient_name(plan_id), [f"The patient of the plan {plan_id}. The plan knows {unknown}."])
    made["identifier"].append({"type": words("name of the plan"), "value": plan_id})
    return made if born is None else {**made, "birthDate": born.isoformat()}


def _care_plan(dated: Dated, choice: Choice, plan_id: str, ordered: list[Request], remarks: Sequence[str]) -> Element:
    regimen, name = dated.course.regimen, care_plan_name(plan_id)
    title = f"{visible(regimen.name)}: {visible(regimen.title)}"
    entries = [entry for entry in dated.shown_entries() if entry.bag is None]
    due = [f"{when_text(dated, entry)}: {entry_text(dated, entry)}" for entry in entries]
    stop = dated.course.events[-1].period.stop
    activities = sorted([*_orders(ordered), *_activities(dated)], key=lambda activity: activity[0])
    return {
        **resource("CarePlan", name, [title, *due]),
        "status": _status(dated),
        "intent": "plan",
        "title": title,
        "description": _description(dated),
        "subject": reference("Patient", patient_name(plan_id)),
        "period": period(dated.clock, 0, stop),
        "activity": [activity for _, activity in activities],
        "note": [{"text": note} for note in (*_notes(dated, choice), *remarks)],
    }


def _status(dated: Dated) -> str:
    replanned = dated.replanned
    if not dated.recorded:
        return "draft"
    if not replanned.ended:
        return "active"
    last = replanned.ledger.interruptions[-1] if replanned.ledger.interruptions else None
    if replanned.ledger.end is not None:
        return "revoked"
    return "revoked" if last is None or for_good(last) else "on-hold"


def _description(dated: Dated) -> str:
    course = dated.course
    (given, days), (most, longest) = (_dose_and_days(each) for each in (course.for_everybody, course))
    more = f", up to {most} in {longest} with the optional cycles" if (given, days) != (most, longest) else ""
    every = dict.fromkeys(source for regimen in course.regimens for source in regimen.sources)
    sources = "; ".join(f"{visible(source.citation)} ({source.status.value})" for source in every)
    return (
        f"Blinatumomab by continuous infusion: {given} in {days} days of"
        f" infusion{more}. Times are local in {dated.clock.zone}. Source of the doses: {sources}."
    )


def _dose_and_days(course: Course) -> tuple[str, str]:
    days = Fraction(course.infusion_minutes, MINUTES_PER_DAY)
    return str(amount(course.micrograms, MICROGRAM)), amount_text(days)


def _orders(ordered: list[Request]) -> Iterator[tuple[int, Element]]:
    for request in ordered:
        yield request.start, {"reference": {**reference("MedicationRequest", request.name), "display": request.what}}


def _activities(dated: Dated) -> Iterator[tuple[int, Element]]:
    """The activities that are not orders of the drug: what is due besides, hospital, ends of infusion, intervals."""
    for entry in dated.shown_entries():
        if entry.thing is not None:
            yield entry.start, _thing(dated, entry)
        elif entry.due is Due.HOSPITAL:
            status = "not-started" if entry.start > _last_minute_known(dated) else "unknown"
            text = f"in hospital, cycle {entry.cycle}"
            kept = {"kind": "ServiceRequest", "scheduledPeriod": period(dated.clock, entry.start, entry.stop)}
            yield entry.start, _detail(text, status, entry_text(dated, entry), kept)
        elif entry.due is Due.SUPERVISION:
            status = "not-started" if entry.start > _last_minute_known(dated) else "unknown"
            at = {"scheduledTiming": moment_of(dated.clock, entry.start)}
            yield entry.start, _detail(f"supervised start, cycle {entry.cycle}", status, entry_text(dated, entry), at)
        elif entry.due is Due.STOP:
            text = f"end of infusion, cycle {entry.cycle}"
            at = {"scheduledTiming": moment_of(dated.clock, entry.start)}
            yield entry.start, _detail(text, _status_of_entry(dated, entry), entry_text(dated, entry), at)
    for event in dated.course.events:
        if event.period.dose is None and event.period.cycle_name != INTERRUPTED:
            yield event.period.start, _free(dated, event)


def _thing(dated: Dated, entry: Entry) -> Element:
    past = dated.recorded and entry.start <= last_known(dated)
    when = {"kind": "MedicationRequest", "scheduledPeriod": period(dated.clock, entry.start, entry.stop)}
    code = f"{entry.due}, cycle {entry.cycle}"
    return _detail(code, "unknown" if past else "not-started", entry_text(dated, entry), when)


def _free(dated: Dated, event: Event) -> Element:
    start, stop = event.period.start, event.period.stop
    after = next((one.period.cycle for one in dated.course.events if one.period.start == stop), None)
    following = (
        ""
        if after in {None, event.period.cycle}
        else f"; the next cycle begins no earlier than {moment_text(dated.clock.at(stop))}"
    )
    why = why_free(event.period)
    reason = "" if why is None else f" ({why})"
    text = f"{duration_text(stop - start)} without infusion{reason}{following}"
    status = "completed" if stop <= _last_minute_known(dated) else "not-started"
    when = {"scheduledPeriod": period(dated.clock, start, stop)}
    return _detail(f"treatment-free interval, cycle {event.period.cycle}", status, text, when)


def _detail(code: str, status: str, description: str, when: Element) -> Element:
    return {"detail": {"code": words(code), "status": status, "description": description, **when}}


def _status_of_entry(dated: Dated, entry: Entry) -> str:
    return "completed" if entry.stop <= _last_minute_known(dated) else "not-started"


def _last_minute_known(dated: Dated) -> int:
    """The minute of the last thing that the record tells; one before the course where there is no record."""
    return -1 if not dated.recorded else last_known(dated)


def _notes(dated: Dated, choice: Choice) -> Iterator[str]:
    """What somebody has to know who reads the plan, a note each. Nothing here is text from a regimen file."""
    yield NOT_A_DEVICE
    figures = ", ".join(known_figures(dated.course.patient)) or "nothing given"
    yield f"Patient: {figures}. {choice.limit}: {choice.reason}."
    if dated.premedication is None:
        yield "Premedication: none declared in this regimen."
    if not dated.recorded:
        return
    as_of = moment_text(dated.clock.at(last_known(dated)))
    yield (
        f"The status of every part is as of {as_of}, the last thing that the course record tells. It does not tell of"
        " days in hospital."
    )
    for entry in dated.ledger.interruptions:
        yield _ledger_note(dated, entry)
    if dated.ledger.interruptions:
        given, planned = (amount(course.micrograms, MICROGRAM) for course in (dated.course, dated.replanned.planned))
        yield f"With the interruptions {given}; without them {planned}."


def _ledger_note(dated: Dated, entry: LedgerEntry) -> str:
    numbers = label_of(dated.course.regimen).numbers
    answers = [
        f"{decision_text(dated, entry, decision)} ({source_of_decision(decision, numbers)})"
        for decision in entry.decisions
    ]
    answered = "; ".join(answers) or "the label asks nothing of it"
    return f"Infusion stopped {interruption_text(dated, entry)}. {answered}. So {entry.resumed}."
