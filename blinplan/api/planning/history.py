"""What is known of a course so far: from a course record, or from the ledger of an earlier plan."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from blinplan.api.patient import Figures, exact_number
from blinplan.api.planning.rule_words import finding_text, unanswered_text
from blinplan.api.regimens.load import read_record
from blinplan.course.patient import AreaFormula, Patient, PatientError, formula_called
from blinplan.course.patient import patient as patient_of
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.files.inputs import input_text, reason_of
from blinplan.outside_text import visible
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.age import Age, AgeError, read_age
from blinplan.regimen.toml.document import Document

if TYPE_CHECKING:
    from blinplan.course.happened.ledger import Ledger
    from blinplan.regimen.record.record import CourseRecord
    from blinplan.rules.configuration.settings import Settings
    from blinplan.rules.judging.judgement import Judgement
    from blinplan.rules.rule import Finding


class CourseHistory(NamedTuple):
    """What is known of a course, and of its patient, from the file at ``path``; nothing where none was named.

    ``so_far`` is what to plan on from; ``judgement`` is that of the rules on the course record, where there is one.
    ``findings`` and ``not_evaluated`` are what they say: now, or when the plan of a ledger was made.
    """

    path: str = ""
    start: datetime | None = None
    time_zone: str | None = None
    weight: Fraction | None = None
    height: Fraction | None = None
    area: Fraction | None = None
    formula: AreaFormula | None = None
    age: Age | None = None
    so_far: "CourseRecord | Ledger | None" = None
    judgement: "Judgement | None" = None
    findings: tuple[Mapping[str, str], ...] = ()
    not_evaluated: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the patient's figures are known to have changed on the way."""
        if self.so_far is None:
            return False
        from blinplan.course.happened.ledger import Ledger

        return bool(self.so_far.figures if isinstance(self.so_far, Ledger) else self.so_far.measurements)

    @property
    def named_regimen(self) -> str | None:
        """The regimen that a record names; None without one."""
        from blinplan.regimen.record.record import CourseRecord

        return self.so_far.regimen if isinstance(self.so_far, CourseRecord) else None

    def with_figures(self, figures: Figures, day: date, settings: "Settings") -> "CourseHistory":
        """The same with figures of the patient that were taken on a day, beside those of the record.

        What rules find in these figures is told as of those on record.

        Raises
        ------
        Refusal
            When there is no record, the day is not one after its start, or nothing was taken.
        """
        from blinplan.regimen.record.record import BodyMeasurement, CourseRecord

        if not isinstance(self.so_far, CourseRecord):
            raise ArgumentRefusal(
                "{measured} needs {record}", "without a record there are no figures of before: leave {measured} out"
            )
        weight, height, area = (None if size is None else exact_number(size) for size in figures.sizes)
        if (weight, height, area) == (None, None, None):
            raise ArgumentRefusal("{measured} stands alone", "add {weight}, {height} or {area}")
        begun = self.so_far.begins.date()
        known = self.so_far.measurements
        if day <= begun:
            message, advice = "{measured} is {day}, and the course began on {begun}", "correct the day, or the record"
            raise ArgumentRefusal(message, advice, day=day.isoformat(), begun=begun.isoformat())
        if known and day <= known[-1].day:
            message = "{measured} is {day}, and {path} has figures of {last}"
            advice = "give a later day, or correct the record, which has one measurement a day, in their order"
            raise ArgumentRefusal(message, advice, day=day.isoformat(), path=self.path, last=known[-1].day.isoformat())
        taken = BodyMeasurement(day, weight, height, area, _ON_COMMAND_LINE)
        record = replace(self.so_far, measurements=(*known, taken))
        return self._replace(so_far=record, findings=(*self.findings, *self._found_in(record, settings)))

    def _found_in(self, record: "CourseRecord", settings: "Settings") -> "tuple[Mapping[str, str], ...]":
        """What rules find in the figures that the file does not have."""
        from blinplan.regimen.reading import RecordFile
        from blinplan.rules.judge import judge

        assert self.judgement is not None  # noqa: S101 - as each record has
        judgement = judge(RecordFile(self.judgement.reading.document, record), date.min, None, settings)
        return tuple(_words_of(finding) for finding in judgement.findings if finding.path[:1] == _ON_COMMAND_LINE)

    @property
    def findings_elsewhere(self) -> Iterator[Remark]:
        """What was found in figures that no line of the record has."""
        judged = [] if self.judgement is None else [_words_of(finding) for finding in self.judgement.findings]
        return _remarks_on(finding for finding in self.findings if finding not in judged)

    def remarks(self) -> Iterator[Remark]:
        """What the rules found of the record, and what they could not answer."""
        yield from _remarks_on(self.findings)
        for line in self.not_evaluated:
            yield Remark(line, RemarkKind.NOT_EVALUATED)

    def beside(self, told: int) -> "CourseHistory":
        """The same without what rules found of wrong bags, where a plan itself tells of as many stretches."""
        if sum(finding["code"] == _WRONG_BAGS for finding in self.findings) != told:
            return self
        findings = tuple(finding for finding in self.findings if finding["code"] != _WRONG_BAGS)
        return self._replace(findings=findings, judgement=_without(_WRONG_BAGS, self.judgement))

    def patient(self, figures: Figures) -> Patient:
        """Make a patient from figures that are given, and from the file what they do not say.

        Raises
        ------
        Refusal
            When a given figure contradicts the file, or the figures cannot be a patient's.
        """
        known = {"weight": self.weight, "height": self.height, "area": self.area}
        given = {name: getattr(figures, name) for name in known}
        for name, value in given.items():
            if value is not None and known[name] is not None and exact_number(value) != known[name]:
                message = f"{{{name}}} is {{value}}, and {{path}} says otherwise"
                advice = "correct one of the two, or give the day of new figures with {measured}"
                raise ArgumentRefusal(message, advice, value=str(value)[:20], path=self.path)
        told = figures.known_age()
        if told is not None and self.age is not None and told.words != self.age.words:
            message = "{age} is {value}, and {path} says otherwise"
            raise ArgumentRefusal(message, "correct one of the two", value=told.words, path=self.path)
        if not self.path:
            return figures.patient()
        weight, height, area = (known[name] if value is None else exact_number(value) for name, value in given.items())
        try:
            return patient_of(weight, height, area, self.formula or figures.formula, self.age or told)
        except PatientError as error:
            raise Refusal(f"{self.path}: {error}", "correct the figures of the patient") from error


def history(
    record: str | None, ledger: str | None, asked: Document, settings: "Settings", *, starts: bool
) -> CourseHistory:
    """Read what is known of a course.

    Parameters
    ----------
    record, ledger
        Paths of a course record and of an earlier plan, of which one may be given.
    asked
        The text of the regimen: a ledger is only of use with the regimen that it was made from.
    settings
        By which a record is judged; they name the label that a regimen follows which names none.
    starts
        Whether somebody says besides when the first infusion begins.

    Raises
    ------
    Refusal
        When two of them contradict each other, or the file is not what it should be.
    """
    if record is not None and ledger is not None:
        raise ArgumentRefusal("{record} and {ledger} contradict each other", "give one of the two")
    if starts and (record is not None or ledger is not None):
        named = "{record}" if record is not None else "{ledger}"
        raise ArgumentRefusal(
            f"{{start}} and {named} contradict each other", "the file says when the first infusion began"
        )
    if record is not None:
        return _from_record(record, settings)
    return CourseHistory() if ledger is None else _from_plan(ledger, asked, settings.label)


def _from_record(path: str, settings: "Settings") -> CourseHistory:
    from blinplan.rules.judge import judge

    found, reading = read_record(Path(path))
    judgement = judge(reading, date.min, None, settings)
    return CourseHistory(
        path,
        found.start,
        found.time_zone,
        found.weight,
        found.height,
        found.area,
        age=found.age,
        so_far=found,
        judgement=judgement,
        findings=tuple(map(_words_of, judgement.findings)),
        not_evaluated=tuple(
            unanswered_text(verdict)
            for verdict in judgement.verdicts
            if verdict.undecided and verdict.not_evaluated is not None
        ),
    )


def _words_of(finding: "Finding") -> dict[str, str]:
    """A finding as a plan keeps it."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "help": finding.help,
    }


def _remarks_on(findings: Iterable[Mapping[str, str]]) -> Iterator[Remark]:
    for finding in findings:
        yield Remark(finding_text(finding["code"], finding["message"]), _KINDS[finding["severity"]])


_ON_COMMAND_LINE = ("--measured",)
_WRONG_BAGS = "I808"


def _without(code: str, judgement: "Judgement | None") -> "Judgement | None":
    """A judgement without what a rule found."""
    if judgement is None:
        return None
    others = (verdict._replace(findings=()) if verdict.rule.code == code else verdict for verdict in judgement.verdicts)
    return judgement._replace(verdicts=tuple(others))


_NO_PLAN = "give the JSON document of a dated plan: blinplan plan … --start … -f json > plan.json"


def _from_plan(path: str, asked: Document, label: str) -> CourseHistory:
    from blinplan.course.happened.ledger_document import LedgerError, ledger_of
    from blinplan.reports.shared.manifest import input_hash

    document = _document(path)
    if document["manifest"].get("input") != input_hash(asked):
        raise Refusal(
            f"{path}: the plan was made from another text of the regimen{_of_which(document['manifest'], asked)}",
            "plan the regimen as it was then, or plan it anew with --record",
        )
    made_by = document["manifest"].get("label", label)  # a plan of an earlier version does not say
    if made_by != label:
        raise Refusal(
            f"{path}: what was decided there follows the label {visible(str(made_by)[:40])}, and the regimen {label}",
            "plan it by the same label, or plan it anew with --record",
        )
    dated, known = document["dated"], document["patient"]
    try:
        start = _aware(dated["start"])
        given = known["bsa_origin"] == "given"
        return CourseHistory(
            path,
            start,
            _zone_called(dated["time_zone"]),
            _exactly(known["weight_kg"]),
            _exactly(known["height_cm"]),
            _exactly(known["bsa_m2"]) if given else None,
            None if given or known["bsa_origin"] is None else formula_called(known["bsa_origin"]),
            _age_of(known.get("age"), start.date()),
            ledger_of(dated["ledger"]),
            findings=tuple(
                {
                    "code": str(finding["code"]),
                    # A plan of before says nothing of how much a finding weighs.
                    "severity": _severity(finding.get("severity", "error")),
                    "message": str(finding["message"]),
                    "help": str(finding["help"]),
                }
                for finding in dated["findings"]
            ),
            not_evaluated=tuple(str(line) for line in dated["not_evaluated"]),
        )
    except LedgerError as error:
        raise Refusal(f"{path}: {error}", _NO_PLAN) from error
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(f"{path} is not a plan that can be made again", _NO_PLAN) from error


def _of_which(manifest: Mapping[str, Any], asked: Document) -> str:
    """The regimen that a plan is of, where it has another name than the one that is asked for."""
    made = manifest.get("regimen")
    return "" if made == asked.values.get("name") else f": it is of {visible(str(made)[:60])}"


_KINDS = {"error": RemarkKind.ERROR, "warning": RemarkKind.WARNING, "note": RemarkKind.TOLD}


def _severity(written: object) -> str:
    if written not in _KINDS:
        raise ValueError(f"a finding has the severity {written!r}")
    return str(written)


def _document(path: str) -> Mapping[str, Any]:
    from blinplan.files.json_document import NoJsonError, json_of

    try:
        found = json_of(input_text(Path(path)))
    except OSError as error:
        raise Refusal(f"{path}: {reason_of(error)}", "check the path") from error
    except NoJsonError as error:
        raise Refusal(f"{path} is not a JSON document", _NO_PLAN) from error
    plan = isinstance(found, dict) and found.get("format") == "blinplan-plan" and found.get("version") == 1
    if not plan or not all(isinstance(found.get(key), dict) for key in ("manifest", "patient", "dated")):
        raise Refusal(f"{path} is not a dated plan", _NO_PLAN)
    return dict(found)


def _aware(written: str) -> datetime:
    found = datetime.fromisoformat(written)
    if found.tzinfo is None:
        raise ValueError("a start has its offset")
    return found


def _zone_called(name: object) -> str | None:
    """A zone that has a name; None for an offset, which the start has too."""
    if not isinstance(name, str):
        raise TypeError("a time zone has a name")
    return None if name.startswith("UTC") and name != "UTC" else name


def _age_of(words: object, start: date) -> Age | None:
    """The age that a document has, which is that of its start."""
    if words is None:
        return None
    if not isinstance(words, str):
        raise TypeError("an age is a text")
    try:
        return read_age(words.removeprefix("born ")).told_on(start)
    except AgeError as error:
        raise ValueError(str(error)) from error


def _exactly(number: object) -> Fraction | None:
    """The decimal fraction that a number of the document was written as."""
    if number is None:
        return None
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise TypeError("a figure of a patient is a number")
    return Fraction(repr(number))
