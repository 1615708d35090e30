"""The orders of a plan as FHIR R4 MedicationRequests: one a stretch of one dose, one a premedication.

All are plans, which authorise nothing: what is to come is a draft, for somebody to check and sign. What is past has
the status that the course record gives it, and ``unknown`` where the record does not tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.course.events import Course
from blinplan.course.happened.ledger import LedgerEntry
from blinplan.course.premedication import DuePremedication
from blinplan.outside_text import visible
from blinplan.reports.plan.bags.hung import cause_text
from blinplan.reports.plan.dated_plan import entry_text
from blinplan.reports.plan.fhir.dosages import infusion, premedication
from blinplan.reports.plan.fhir.elements import MICROGRAM, Element, amount, identifier, reference, resource, words
from blinplan.reports.plan.identity import dropped_entries, last_known, name_entries
from blinplan.reports.plan.things_due import cycle_text
from blinplan.reports.shared.words import moment_text

INFUSIONS = frozenset({Due.START, Due.STEP, Due.RESTART})
_ROUNDED = "Amounts marked ≈ are rounded to 6 decimals."
_WITHDRAWN = "As it was planned before the interruptions of the record; it is not part of the plan any more."
_BY_AGE = (
    "What adults get and what children get are both written: which is given, the patient's age decides. Ask for it."
)
_WAITING = "As it was planned before the infusion was stopped; its times are planned anew when it is restarted."


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a request: its status, the reason of the status, and what else is to be said."""

    status: str
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A MedicationRequest, its name, the minute of the course at which it begins, and in words what it is."""

    name: str
    start: int
    what: str
    resource: Element


def requests(dated: Dated, before: Sequence[Dated], plan_id: str) -> Iterator[Request]:
    """The requests of a plan, and those that only earlier plans had."""
    now = dict(name_entries(dated, plan_id))
    earlier: str | None = None
    for name, entry in now.items():
        if entry.due is Due.PREMEDICATION:
            yield _request(dated, entry, name, plan_id, premedication_standing(dated, entry))
        elif entry.due in INFUSIONS:
            replaced = earlier if entry.due is Due.RESTART else None
            yield _request(dated, entry, name, plan_id, infusion_standing(dated, entry), replaced)
            earlier = name
    for name, (earlier_plan, entry) in dropped_entries(now, before, plan_id).items():
        if entry.due is Due.PREMEDICATION or entry.due in INFUSIONS:
            yield _request(earlier_plan, entry, name, plan_id, _standing_of_dropped(dated))


def infusion_standing(dated: Dated, entry: Entry) -> Standing:
    """How it stands with an infusion, as of the last thing that is known; every interruption is on the record."""
    if not dated.recorded:
        return Standing("draft")
    interrupted = next((stop for stop in dated.ledger.interruptions if stop.stopped == entry.stop), None)
    if interrupted is not None and not _given_in_full(entry, dated.replanned.planned):
        stopped = moment_text(dated.clock.at(entry.stop))
        note = f"Stopped at {stopped}; what is written here is what was given until then."
        return Standing(_status_after_stop(interrupted), cause_text(interrupted), note)
    closing = dated.ledger.end
    if closing is not None and closing.minute == entry.stop and not _given_in_full(entry, dated.replanned.planned):
        stopped = moment_text(dated.clock.at(entry.stop))
        note = f"Stopped at {stopped}; what is written here is what was given until then."
        return Standing("stopped", visible(closing.words), note)
    known = last_known(dated)
    return Standing("completed" if entry.stop <= known else "active" if entry.start <= known else "draft")


def _given_in_full(entry: Entry, planned: Course) -> bool:
    """Whether an infusion lasted as long as it was planned: it may be interrupted when it ends anyway."""
    return entry.event is not None and any(
        (event.period.cycle, event.period.step, event.period.dose, event.period.minutes)
        == (entry.cycle, entry.event.period.step, entry.event.period.dose, entry.event.period.minutes)
        for event in planned.events
    )


def _status_after_stop(interrupted: LedgerEntry) -> str:
    """``on-hold`` while it is open whether the infusion goes on; after that another request goes on, or none."""
    return "on-hold" if interrupted.restarted is None and not for_good(interrupted) else "stopped"


def for_good(interrupted: LedgerEntry) -> bool:
    """Whether the drug is not to be given again."""
    return any(decision.stop for decision in interrupted.decisions)


def premedication_standing(dated: Dated, entry: Entry) -> Standing:
    """How it stands with a premedication. A record tells of it only before a restart, and not always."""
    due = entry.premedication
    if due is None or not dated.recorded or entry.start > last_known(dated):
        return Standing("draft", note=None if due is None or due.only is None else _BY_AGE)
    given = next((e.interruption.premedicated for e in dated.ledger.interruptions if e.restarted == due.infusion), None)
    if given is None:
        return Standing("unknown", note="The record does not tell whether it was given.")
    return Standing("completed") if given else Standing("cancelled", "the record says that it was not given")


def _standing_of_dropped(dated: Dated) -> Standing:
    """How it stands with what only earlier plans had."""
    if not dated.replanned.ended:
        return Standing("cancelled", note=_WITHDRAWN)
    if dated.ledger.end is not None:
        return Standing("cancelled", visible(dated.ledger.end.words), _WITHDRAWN)
    last = dated.ledger.interruptions[-1] if dated.ledger.interruptions else None
    if last is None:
        return Standing("cancelled", note=_WITHDRAWN)
    if _status_after_stop(last) == "on-hold":
        return Standing("on-hold", cause_text(last), _WAITING)
    return Standing("cancelled", cause_text(last), _WITHDRAWN)


def _request(
    dated: Dated, entry: Entry, name: str, plan_id: str, standing: Standing, replaced: str | None = None
) -> Request:
    drug = "blinatumomab" if entry.premedication is None else _premedication_key(dated, entry.premedication)
    dosages = _dosages(dated, entry)
    texts = [dosage["text"] for dosage in dosages]
    notes = [
        *([standing.note] if standing.note else []),
        *([_ROUNDED] if any("≈" in text for text in texts) else []),
    ]
    whole = "" if entry.event is None else f", {amount(entry.event.micrograms, MICROGRAM)} in all"
    headline = (
        f"Cycle {cycle_text(dated.course, entry.cycle)}, {entry_text(dated, entry)}{whole}. Status: {standing.status}."
    )
    made: Element = {
        **resource("MedicationRequest", name, [headline, *texts, *notes]),
        "status": standing.status,
        **({"statusReason": words(standing.reason)} if standing.reason else {}),
        "intent": "plan",
        "medicationReference": reference("Medication", medication_name(plan_id, drug)),
        "subject": reference("Patient", patient_name(plan_id)),
        "groupIdentifier": identifier(care_plan_name(plan_id)),
        **({"note": [{"text": note} for note in notes]} if notes else {}),
        "dosageInstruction": dosages,
        **({"priorPrescription": reference("MedicationRequest", replaced)} if replaced else {}),
    }
    return Request(name, entry.start, entry_text(dated, entry), made)


def _dosages(dated: Dated, entry: Entry) -> list[Element]:
    if entry.event is not None:
        return infusion(dated, entry.event)
    return [] if entry.premedication is None else [premedication(dated, entry.premedication)]


def patient_name(plan_id: str) -> str:
    """The name by which the patient is referred to."""
    return f"{plan_id}-patient@blinplan"


def care_plan_name(plan_id: str) -> str:
    """The name by which the plan is referred to."""
    return f"{plan_id}-plan@blinplan"


def medication_name(plan_id: str, drug: str) -> str:
    """The name by which blinatumomab, or a premedication, is referred to."""
    return f"{plan_id}-medication-{drug}@blinplan"


def _premedication_key(dated: Dated, due: DuePremedication) -> str:
    """What a drug of premedication is called among the drugs: the first has no number."""
    number = _premedication_drugs(dated).index(due.premedication.drug)
    return "premedication" if not number else f"premedication-{number + 1}"


def _premedication_drugs(dated: Dated) -> list[str]:
    plan = dated.premedication
    regimens = plan.course.regimens if plan else ()
    return list(dict.fromkeys(given.drug for regimen in regimens for given in regimen.premedication))


def medications(dated: Dated, plan_id: str) -> Iterator[Element]:
    """The drugs of a plan, named in words."""
    drugs = {"blinatumomab": "blinatumomab"}
    for entry in dated.entries:
        if entry.premedication is not None:
            drugs[_premedication_key(dated, entry.premedication)] = visible(entry.premedication.premedication.drug)
    for key, drug in drugs.items():
        sentences = [f"Drug: {drug}. It is named in words; no code of a terminology is given."]
        yield {**resource("Medication", medication_name(plan_id, key), sentences), "code": words(drug)}
