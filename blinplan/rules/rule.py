"""What a rule is, and what it can find."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, cast

from blinplan.course.events import Period, given_rate, periods
from blinplan.limits import Consulted, NotStatedError
from blinplan.quantities import Basis, decimal_text
from blinplan.regimen.regimen import Regimen, Step
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.place import value_at, value_text
from blinplan.regimen.toml.positions import Edit, KeyPath, Span
from blinplan.rules.limits import Limits
from blinplan.rules.reference import Comparison

if TYPE_CHECKING:
    from datetime import tzinfo

    from blinplan.course.patient import Patient
    from blinplan.regimen.record.record import CourseRecord
    from blinplan.regimen.site.site import Site
    from blinplan.rules.families.across_files.neighbours import Neighbours
    from blinplan.rules.simulated.outcome import SimulatedOutcome


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for a note, 1 for a warning, 2 for an error."""
        return ("note", "warning", "error").index(self)


class Finding(NamedTuple):
    """One fault: what was found, where (a key path and a span of the text), why it matters, what to do.

    ``limits`` names the limits that decided it, and with them its sources. ``fix`` changes how the file is written and
    not what it says. ``patient`` is what the dose comes to in the patient, where one was given. A ``gross`` one is so
    far off that it counts although nobody has seen the limit in its source.
    """

    code: str
    severity: Severity
    path: KeyPath
    span: Span
    message: str
    why: str
    help: str
    limits: tuple[str, ...] = ()
    fix: Edit | None = None
    patient: str | None = None
    gross: bool = False
    value: str | None = None


T = TypeVar("T")

Kind = Literal["not applicable", "not requested", "off", "blocked", "not said", "unverified", "undecided"]
"""Why a rule gave no answer, in a word."""


class NotEvaluated(NamedTuple):
    """Why a rule gave no answer.

    ``kind`` is ``not applicable`` when the regimen has nothing the rule speaks of, ``not requested`` when the user left
    it out, ``off`` when it answers only where it is selected, ``blocked`` when an error in the file came first,
    ``not said`` when the file does not speak of what the rule asks (not said is not *not given*), ``unverified`` when
    it rests on a value that nobody has seen in its source, and ``undecided`` when the rule was asked and could not
    answer. Only the last means that something which should have been checked was not.
    """

    kind: Kind
    reason: str


class _WorkedOut(NamedTuple):
    """What follows from a case, and the names of the limits that it rests on."""

    value: Any
    limits: tuple[str, ...]


def _worked_out(work_out: "Callable[[Case], Any]", case: "Case") -> _WorkedOut:
    """Work something out by limits that remember what they are asked for, and no longer do what they were before.

    Of what fails they remember both: the answer of whoever asked comes to rest on it.
    """
    limits = cast("Consulted", case.limits)
    before, limits.names = limits.names, {}
    try:
        return _WorkedOut(work_out(case), tuple(limits.names))
    except NotStatedError:
        before |= limits.names
        raise
    finally:
        limits.names = before


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule may look at: the file, the regimen, its periods, the limits.

    ``site`` is the site's profile where one was given, and ``record`` the course record that is judged.
    ``outcome`` is what a simulation said where one was run; ``patient`` the one for whom the regimen is meant, where
    one was given.
    ``beside_label`` is the regimen laid beside its label, and ``beside_base`` beside the regimen that it departs from,
    or why it is not; None where that was not looked at yet.
    ``neighbours`` are all regimens of the run, this one included; None where it is judged alone.
    ``others`` are the regimens that the one of a course record names for patients of other figures.
    ``moves`` are the minutes of the course from which the patient of a record is in another time zone.
    ``begins`` is when the course begins that is judged, where that was given.
    ``worked_out`` is what `once` keeps.
    """

    document: Document
    regimen: Regimen
    limits: Limits
    outcome: "SimulatedOutcome | None"
    patient: "Patient | None" = None
    site: "Site | None" = None
    record: "CourseRecord | None" = None
    beside_label: Comparison | NotEvaluated | None = None
    beside_base: Comparison | NotEvaluated | None = None
    neighbours: "Neighbours | None" = None
    others: tuple[Regimen, ...] = ()
    moves: "tuple[tuple[int, tzinfo], ...]" = ()
    begins: datetime | None = None
    worked_out: dict[Callable[["Case"], Any], _WorkedOut] = field(default_factory=dict, repr=False, compare=False)

    def with_limits(self, limits: Limits) -> "Case":
        """The same with other limits. Every rule asks for it, and `replace` would take three times as long."""
        return Case(
            self.document,
            self.regimen,
            limits,
            self.outcome,
            self.patient,
            self.site,
            self.record,
            self.beside_label,
            self.beside_base,
            self.neighbours,
            self.others,
            self.moves,
            self.begins,
            self.worked_out,
        )

    def once(self, work_out: Callable[["Case"], T]) -> T:
        """What follows from the file, the regimen and the limits, worked out for all rules that ask for it.

        The answer of each comes to rest on the limits that were looked at for it.
        """
        known = self.worked_out.get(work_out)
        if known is None:
            limits = self.limits
            watched = self if isinstance(limits, Consulted) else self.with_limits(Consulted(limits))
            known = self.worked_out[work_out] = _worked_out(work_out, watched)
        self._rest_on(known.limits)
        return cast("T", known.value)

    def _rest_on(self, names: Collection[str]) -> None:
        if names and isinstance(self.limits, Consulted):
            self.limits.names |= dict.fromkeys(names)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods of the regimen, which rules about virtual patients ask for."""
        return periods(self.regimen)

    @property
    def limits_unasked(self) -> Limits:
        """The limits, to be looked at without the rule's answer coming to rest on them."""
        return self.limits.limits if isinstance(self.limits, Consulted) else self.limits

    def values(self, path: KeyPath) -> Any:
        """What the file says at ``path``, as parsed."""
        value: Any = self.document.values
        for part in path:
            value = value[part]
        return value

    def text_at(self, path: KeyPath) -> str:
        """What the file says at ``path``, in words; of steps, doses and times."""
        return value_text(value_at(path, self.document.values))

    def length_path(self, step: Step) -> KeyPath:
        """Where the file says how long a step lasts."""
        return (*step.path, "hours" if "hours" in self.values(step.path) else "days")

    def finding(  # noqa: PLR0913 - all but four by name, and each of its own
        self,
        rule: "Rule",
        path: KeyPath,
        message: str,
        advice: str,
        *,
        why: str | None = None,
        severity: Severity | None = None,
        span: Span | None = None,
        limits: tuple[str, ...] | None = None,
        fix: Edit | None = None,
        gross: bool = False,
        value: str | None = None,
    ) -> Finding:
        """Make a finding about the value at ``path``; what is not given is the rule's, and the span the value's.

        ``value`` is given where more decides than what stands at ``path``; it must change when any of that does.
        """
        decisive = rule.limits if limits is None else limits
        return Finding(
            rule.code,
            severity or rule.severity,
            path,
            span or self.document.value_span(path),
            self._with_changes(message, decisive),
            why or rule.why,
            advice,
            decisive,
            fix,
            self._for_the_patient(path),
            gross,
            value,
        )

    def _with_changes(self, message: str, limits: tuple[str, ...]) -> str:
        """Say in a message which of the limits that decided it a user has changed."""
        changed = [self.limits[name] for name in limits if self.limits[name].change]
        remarks = [f"{limit.name} is {limit} here" for limit in changed if str(limit) not in message]
        return "; ".join((message, *remarks))

    def _for_the_patient(self, path: KeyPath) -> str | None:
        """What the dose at a path comes to in the patient: by area where it is flat, in all where it is by area."""
        area = None if self.patient is None else self.patient.area
        if area is None:
            return None
        step = next((step for step in self.regimen.steps if (*step.path, "dose") == path), None)
        if step is None:
            return None
        if step.dose.basis is Basis.FLAT:
            figure = f"{decimal_text(step.dose.amount / area.square_metres, 3)} mcg/m²/day"
        else:
            figure = f"{decimal_text(given_rate(step, area.square_metres), 3)} mcg/day"
        return f"{step.dose} is {figure} at {area}"


Answer = Iterable[Finding] | NotEvaluated


class Rule(NamedTuple):
    """A rule: what it is called, what it says, how bad a breach is, why, who says so, and the function that checks.

    ``good`` and ``bad`` are the lines of a regimen file that keep and break it. ``check`` is None for rules that
    reading the file decides, and for those about waivers, which need the other rules' answers. A rule that is not
    ``waivable`` says that a thing cannot be given; one that is not ``by_default`` answers only when it is selected.
    A rule with a ``patient`` looks at the one who was given: these are the figures that its examples are judged with.
    What a ``fixable`` rule finds in its bad example is put right by ``--fix``.
    One that is ``gross_only`` finds what is so far off that a limit nobody has seen in its source is enough to say so.
    ``of`` is the kind of file it looks at. Its examples are those of a file `probe.toml`, judged with the site profile
    ``site`` and with a regimen ``beside`` them, in `beside.toml`, where it needs one. ``start`` is when they begin.
    ``sources`` are cited where no limit with a source of its own decides. A ``deferrable`` one can be left out or
    lowered for files that a project names by a pattern: files that are no regimens, or not yet.
    """

    code: str
    name: str
    sentence: str
    severity: Severity
    why: str
    limits: tuple[str, ...]
    bad: str
    good: str
    check: Callable[["Rule", Case], Answer] | None = None
    simulated: bool = False
    waivable: bool = True
    by_default: bool = True
    about_waivers: bool = False
    patient: str | None = None
    gross_only: bool = False
    fixable: bool = False
    of: Literal["regimen", "record"] = "regimen"
    site: str | None = None
    start: str | None = None
    beside: str | None = None
    sources: tuple[str, ...] = ()
    deferrable: bool = False

    @property
    def for_patient(self) -> bool:
        """Whether it looks at the one patient who was given."""
        return self.patient is not None

    @property
    def binding(self) -> bool:
        """Whether it says that a thing cannot be read or given: no waiver, baseline or setting takes it away."""
        return not self.waivable and not self.about_waivers
