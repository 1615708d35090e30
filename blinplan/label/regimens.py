"""The regimen files that are made from a label: schedules, premedication and hospital days, as people write them."""

from collections.abc import Iterator

from blinplan.label.label import Label, LabelledPremedication, LabelledRegimen, LabelledSchedule
from blinplan.limits import Limit
from blinplan.quantities import MINUTES_PER_DAY, Basis
from blinplan.regimen.regimen import Cycle, Eligibility, Premedication, Regimen, Source, Step
from blinplan.regimen.tables import table_of
from blinplan.regimen.vocabulary import AgeGroup, Status
from blinplan.regimen.write import SCHEMA_LINE, write_regimen


def labelled_text(label: Label, made: LabelledRegimen) -> str:
    """The text of a regimen file that is made from a label."""
    written = write_regimen(table_of(labelled_regimen(label, made))).document.text
    lines = written.replace(SCHEMA_LINE, "#:schema ../regimen.schema.json\n").split("\n")
    return "\n".join(_without_comments(lines))


def _without_comments(lines: list[str]) -> Iterator[str]:
    """Leave out what a new file says for people who fill it in, and the empty lines around it."""
    before = ""
    for line in lines:
        if line.startswith("# ") or (not line and not before):
            continue
        yield line
        before = line


def labelled_regimen(label: Label, made: LabelledRegimen) -> Regimen:
    """A regimen that is made from a label. It names the label: no project that follows another one changes that.

    Raises
    ------
    ValueError
        When the label has no schedule for it.
    """
    schedule = label.schedule(made.indication, made.basis)
    if schedule is None:
        raise ValueError(f"{label.name} has no schedule for {made.name}")
    return Regimen(
        name=made.name,
        title=made.title,
        indication=made.indication,
        family=None,
        sources=tuple(_sources(schedule)),
        eligibility=_eligibility(label, made, schedule),
        basis=made.basis,
        premedication=tuple(_premedication(label, made, schedule)),
        hospital_days=tuple(int(limit.value) for limit in schedule.hospital_days),
        cycles=tuple(_cycles(schedule, made)),
        waivers=(),
        label=label.name,
    )


def _sources(schedule: LabelledSchedule) -> Iterator[Source]:
    """The sources of the schedule, and those of its numbers that are another's or less certain."""
    yield Source(schedule.stated.source, schedule.stated.status, schedule.note)
    numbers = {cycle.treatment_free.name: cycle.treatment_free for cycle in schedule.cycles}
    for limit in numbers.values():
        if limit.unverified and schedule.stated.status is not Status.UNVERIFIED:
            yield Source(limit.source, Status.UNVERIFIED, f"{limit.says} Nobody has seen that in the cited text.")


def _eligibility(label: Label, made: LabelledRegimen, schedule: LabelledSchedule) -> Eligibility:
    limit: Limit = label.numbers["flat_from_weight"]
    adult_from = label.numbers["adult_from"].value
    flat = made.basis is Basis.FLAT
    return Eligibility(
        minimum_weight=limit.value if flat else None,
        below_weight=None if flat else limit.value,
        otherwise=made.otherwise,
        minimum_age=adult_from if schedule.patients is AgeGroup.ADULTS else None,
        below_age=adult_from if schedule.patients is AgeGroup.CHILDREN else None,
    )


def _premedication(label: Label, made: LabelledRegimen, schedule: LabelledSchedule) -> Iterator[Premedication]:
    groups = AgeGroup if schedule.patients is None else (schedule.patients,)
    for group in groups:
        for given in label.premedication(made.indication, group):
            yield _premedication_of(given)


def _premedication_of(given: LabelledPremedication) -> Premedication:
    return Premedication(
        given.drug.name,
        given.drug.dose,
        given.drug.cap,
        given.minutes_before,
        given.latest_minutes_before,
        given.occasions,
        given.patients,
    )


def _cycles(schedule: LabelledSchedule, made: LabelledRegimen) -> Iterator[Cycle]:
    for cycle in schedule.cycles:
        if cycle.phase in made.without:
            continue
        steps = tuple(
            Step(step.dose.rate(made.basis), step.dose.highest(made.basis), step.days * MINUTES_PER_DAY)
            for step in cycle.steps
        )
        yield Cycle(cycle.name, cycle.phase, steps, cycle.treatment_free.minutes, cycle.repeat)
