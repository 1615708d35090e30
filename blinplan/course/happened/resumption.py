"""What is decided when an infusion stops: asked of the label and a record, or read from a ledger."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from blinplan.course.adulthood import Adulthood
from blinplan.course.happened.decided import RecordError, Stop
from blinplan.course.happened.figures import FiguresOverTime, Juncture, NewFigures
from blinplan.course.happened.hung import HungBag, bag_at, hung_bags
from blinplan.course.happened.interruption import Circumstances, Decision, Topic, decisions
from blinplan.course.happened.ledger import CourseEnd, Ledger, LedgerEntry, Resumption, StartOfCycle
from blinplan.course.happened.starts import Opens, StartsOfCycles
from blinplan.course.wall_clock import WallClock
from blinplan.quantities import DoseRate, duration_text
from blinplan.regimen.record.moments import minutes_between
from blinplan.regimen.record.record import ADVERSE_EVENTS, Cause, Closure, CourseRecord, Interruption, PlaceOnRecord
from blinplan.regimen.toml.positions import KeyPath


class FromRecord:
    """Asks the label, and takes what was done where the record says so."""

    def __init__(
        self,
        record: CourseRecord,
        opens: Opens,
        adulthood: Adulthood,
        measured: FiguresOverTime,
        clock: WallClock,
    ) -> None:
        self._clock = clock
        self._adulthood = adulthood
        self._measured = measured
        self._starts = StartsOfCycles(record, opens)
        self._record = record
        self._waiting = list(record.interruptions)
        self._seizures = 0
        self._low: tuple[Cause, DoseRate, int] | None = None
        self._open: Interruption | None = None
        self._unknown: str | None = None

    def next_stop(self) -> tuple[int, int, KeyPath] | None:
        """The next interruption of the record."""
        if not self._waiting:
            return None
        interruption = self._waiting[0]
        return self._minute(interruption.stopped), interruption.cycle, interruption.path

    def entry(self, at: Stop) -> LedgerEntry:
        """Ask the label about the next interruption."""
        interruption = self._waiting.pop(0)
        is_event = interruption.cause in ADVERSE_EVENTS
        recurs = is_event and self._low == (interruption.cause, at.dose, interruption.cycle)
        resumes = interruption.stopped if interruption.restarted is None else interruption.restarted
        groups = self._adulthood.groups_at(self._minute(resumes))
        given = interruption.restart_dose
        full = given is not None and at.against_full(given) >= 0
        stopped = self._minute(interruption.stopped)
        found = Circumstances(
            at.dose, at.weight, at.infusion, self._seizures, recurs, groups, full, self._clock, stopped
        )
        asked = decisions(interruption, at.regimen, found)
        resumption, words = _resumption(interruption, asked, at, by_bag=self._hung_at_restart(interruption))
        if interruption.restarted is None and (closing := self.closing()) is not None:
            words = f"nothing more is planned: {closing.words}"
        self._unknown = _what_is_not_known(interruption, asked)
        self._remember(interruption, resumption, at)
        restarted = None if interruption.restarted is None else self._minute(interruption.restarted)
        return LedgerEntry(interruption, stopped, restarted, asked, resumption, words)

    def _hung_at_restart(self, interruption: Interruption) -> bool:
        """Whether the bag is on record that hung at a restart, which says what was given."""
        restarted = interruption.restarted
        return restarted is not None and bag_at(self.bags(), self._minute(restarted)) is not None

    def _remember(self, interruption: Interruption, resumption: Resumption | None, at: Stop) -> None:
        """Keep what the answers to a later interruption depend on."""
        self._seizures += interruption.seizures or 0
        self._open = interruption if interruption.restarted is None else None
        if self._low is not None and self._low[1] != at.dose:
            self._low = None  # the full dose was given again
        if resumption is not None and resumption.minutes is not None:
            assert resumption.dose is not None  # noqa: S101 - so many minutes at that dose
            self._low = interruption.cause, resumption.dose, interruption.cycle + resumption.new_cycle

    def note_start(self, cycle: int, minute: int) -> None:
        """See that a start on record is that of the restart."""
        begun = self._starts.take(cycle)
        if begun is not None and self._minute(begun.started) != minute:
            raise RecordError(
                f"the restart after an interruption began cycle {cycle}, at another time", (*begun.path, "started")
            )

    def began(self, cycle: int) -> tuple[int, KeyPath] | None:
        """When a cycle began, by the record."""
        return self._starts.on_record(cycle)

    def closing(self) -> CourseEnd | None:
        """When and why the course ended, by the record."""
        end = self._record.end
        return None if end is None else CourseEnd(self._minute(end.at), end)

    def closures(self) -> tuple[Closure, ...]:
        """The closures of the record."""
        return self._record.closures

    def bags(self) -> tuple[HungBag, ...]:
        """The bags of the record."""
        return hung_bags(self._record)

    def places(self) -> tuple[PlaceOnRecord, ...]:
        """The places of the record."""
        return self._record.places

    def figures(self, juncture: Juncture) -> NewFigures | None:
        """Take what was measured last."""
        return self._measured.at(juncture)

    @property
    def not_counted(self) -> tuple[date, ...]:
        """The days of what was measured and counts nowhere."""
        return self._measured.not_counted

    def start(self, cycle: int, earliest: int, least: int) -> StartOfCycle | None:
        """Take the start that is on record, or the one that is planned, or else the first at which the site opens."""
        return self._starts.of(cycle, earliest, least)

    def end(self, *, ended: bool) -> None:
        """Complain of what happened where nothing was planned."""
        begun = next(self._starts.others(), None)
        if self._open is not None and begun is not None:
            raise RecordError(
                f"cycle {begun.cycle} began, and the infusion that was stopped before it was not restarted: say so with"
                ' the start of the cycle as `restarted`, and `restart_in = "new-cycle"`',
                (*begun.path, "started"),
            )
        if self._unknown is not None and begun is not None:
            raise RecordError(
                f"cycle {begun.cycle} began, and how the infusion went on before it is not on record: a plan can go on"
                f" when {self._unknown}",
                (*begun.path, "started"),
            )
        if ended:
            return  # whatever was done after that, there is no plan for it
        for interruption in self._waiting:
            raise RecordError("nothing was infused when this interruption began", (*interruption.path, "stopped"))
        if begun is not None:
            raise RecordError(f"the course has no start of a cycle {begun.cycle}", (*begun.path, "cycle"))

    def _minute(self, moment: datetime) -> int:
        return minutes_between(self._record.start, moment)


class FromLedger:
    """Reads what was decided."""

    def __init__(self, ledger: Ledger) -> None:
        self._waiting = list(ledger.interruptions)
        self._starts = {start.cycle: start for start in ledger.starts}
        self._figures = {figures.minute: figures for figures in ledger.figures}
        self.not_counted = ledger.not_counted
        self._closing, self._closures = ledger.end, ledger.closures
        self._bags, self._places = ledger.bags, ledger.places

    def next_stop(self) -> tuple[int, int, KeyPath] | None:
        """The next interruption of the ledger."""
        if not self._waiting:
            return None
        entry = self._waiting[0]
        return entry.stopped, entry.interruption.cycle, entry.interruption.path

    def entry(self, at: Stop) -> LedgerEntry:
        """Take the next interruption."""
        return self._waiting.pop(0)

    def note_start(self, cycle: int, minute: int) -> None:
        """Nothing is to be noted: the restart is in the ledger."""

    def began(self, cycle: int) -> tuple[int, KeyPath] | None:
        """When a cycle began, by the ledger."""
        start = self._starts.get(cycle)
        return (start.start, ("starts",)) if start is not None and start.recorded else None

    def closing(self) -> CourseEnd | None:
        """When and why the course ended, by the ledger."""
        return self._closing

    def closures(self) -> tuple[Closure, ...]:
        """The closures of the ledger."""
        return self._closures

    def bags(self) -> tuple[HungBag, ...]:
        """The bags of the ledger."""
        return self._bags

    def places(self) -> tuple[PlaceOnRecord, ...]:
        """The places of the ledger."""
        return self._places

    def figures(self, juncture: Juncture) -> NewFigures | None:
        """Take the figures that are in the ledger, of a patient of the same age."""
        found = self._figures.pop(juncture.minute, None)
        return None if found is None else found._replace(patient=replace(found.patient, age=juncture.patient.age))

    def start(self, cycle: int, earliest: int, least: int) -> StartOfCycle | None:
        """Take the start that is in the ledger."""
        found = self._starts.pop(cycle, None)
        if found is not None and found.earliest != earliest:
            raise RecordError(f"the ledger's start of cycle {cycle} does not fit the course", ("starts",))
        return found

    def end(self, *, ended: bool) -> None:
        """Complain of entries that the course has no place for."""
        if not ended and (self._waiting or self._starts or self._figures):
            raise RecordError("the ledger has entries that do not fit the course", ("interruptions",))


def _resumption(
    interruption: Interruption, asked: Sequence[Decision], at: Stop, *, by_bag: bool
) -> tuple[Resumption | None, str]:
    """How the infusion goes on, and in words: as it was done, else as the label asks."""
    why = _why_no_more(interruption, asked, at)
    if why is not None:
        return None, f"nothing more is planned{why}"
    new_cycle, again, where = _cycle_of(interruption, asked, at)
    if new_cycle and at.last_cycle:
        return None, "nothing more is planned: a new cycle would begin, and the regimen has none left"
    label_dose = next((decision.dose for decision in asked if decision.dose is not None), None)
    dose = interruption.restart_dose or label_dose
    escalation = next((decision for decision in asked if decision.question is Topic.ESCALATION), None)
    told_when = escalation is not None or interruption.full_dose_after is not None
    if dose is None or (not told_when and dose == at.dose and not new_cycle):
        return Resumption(new_cycle, again), where
    which = "what was given, the bag on record says" if by_bag else "which dose was given is not on record"
    told = "" if interruption.restart_dose else f" (the label's; {which})"
    minutes, words = _at_dose(dose, escalation, at, f"{where}, at {dose}", told, interruption.full_dose_after)
    return Resumption(new_cycle, again, dose, minutes), words


def _at_dose(
    dose: DoseRate, escalation: Decision | None, at: Stop, where: str, told: str, decided: int | None
) -> tuple[int | None, str]:
    """For how many minutes a restart stays at its dose, None where that is as the cycle's steps are; and in words."""
    if decided is not None and at.against_full(dose) < 0:
        return decided, f"{where}; the full dose comes back after {duration_text(decided)}, as the record says"
    if escalation is not None and escalation.unstated:
        # The full dose is never given again unasked: the lower one holds to the end of the cycle.
        silent = "when the full dose is given again, the label, as far as it was seen, does not say; ask the site"
        return at.infusion, f"{where} to its end: {silent}"
    after = None if escalation is None else escalation.after
    if after is None:
        return None, f"{where} in place of the step that was stopped (when it is to change, nobody says)"
    if at.against_full(dose) == 0:
        return None, f"{where}, the full dose"
    back = f"the full dose comes back after {duration_text(after)}, by the steps of the cycle"
    return after, f"{where}{told}; {back}"


def _why_no_more(interruption: Interruption, asked: Sequence[Decision], at: Stop) -> str | None:
    """Why nothing more can be planned, whatever cycle it would be; None where it can."""
    if any(decision.stop for decision in asked):
        return ": the label stops the drug for good"
    if interruption.restarted is None:
        return " until the infusion is restarted"
    unknown = _what_is_not_known(interruption, asked)
    if unknown is not None:
        return f" until {unknown}"
    if interruption.restart_dose is not None and at.against_full(interruption.restart_dose) > 0:
        return f": {interruption.restart_dose}, the dose of the restart on record, is above every dose that was planned"
    return None


def _what_is_not_known(interruption: Interruption, asked: Sequence[Decision]) -> str | None:
    """What has to be known before anything more can be planned, in words that follow "until"."""
    # What was done says at which dose; it does not say whether the drug was to be stopped for good.
    known = {"grade", "weight_kg"} if interruption.restart_dose is not None else set()
    asked = [decision for decision in asked if decision.question is not Topic.PREMEDICATION]
    missing = [decision.missing for decision in asked if decision.missing and decision.missing not in known]
    if missing:
        return f"it is known: `{missing[0]}` is not on record"
    keys = _keys_of_what_was_done(interruption, [decision.question for decision in asked if decision.unstated])
    if keys and interruption.cause not in ADVERSE_EVENTS:
        return (
            "it is decided how the infusion goes on after so long a stop, of which the label says nothing: add"
            f" {' and '.join(f'`{key}`' for key in keys)} to the record"
        )
    if keys:
        return (
            "it is known what was done, because the label, as far as it was seen, does not say what is to be done: add"
            f" {' and '.join(f'`{key}`' for key in keys)} to the record"
        )
    if any("neurological_low_dose_by_area" in decision.limits for decision in asked):
        return "it is known whether the label stops the drug for good"
    return None


def _keys_of_what_was_done(interruption: Interruption, unstated: Sequence[Topic]) -> list[str]:
    """The keys of a record that say what was done, where the label does not say what is to be done."""
    dose = {Topic.CONTINUE, Topic.DOSE} & {*unstated} and interruption.restart_dose is None
    cycle = Topic.CYCLE in unstated and interruption.new_cycle is None
    return [*(["restart_dose"] if dose else []), *(["restart_in"] if cycle else [])]


def _cycle_of(interruption: Interruption, asked: Sequence[Decision], at: Stop) -> tuple[bool, bool, str]:
    """Whether a restart begins a new cycle, whether that has the steps of the broken one again, and both in words."""
    cycle = next((decision for decision in asked if decision.question is Topic.CYCLE), None)
    new = interruption.new_cycle if interruption.new_cycle is not None else cycle is not None and cycle.yes is True
    if new and not at.full_dose_given:
        said = "a new cycle begins, with the steps of the broken one, whose full dose was not reached"
        return True, True, f"{said} (which cycle it is, the label does not say)"
    if new:
        said = "a new cycle begins, the next of the regimen"
        return True, False, f"{said} (whether the broken one counts, the label does not say)"
    if interruption.new_cycle is None and cycle is None:
        return False, False, "the same cycle goes on (of such an interruption the label does not say)"
    return False, False, "the same cycle goes on"
