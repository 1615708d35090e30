"""A regimen as it was asked for, and the one that a patient of some weight gets."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.api.regimens.label import BY_DEFAULT, followed_label, source_of
from blinplan.api.regimens.load import (
    beside,
    choose_for,
    errors_among,
    findings_in,
    read_regimen,
    refuse_what_cannot_be_given,
)
from blinplan.api.regimens.meant import name_in
from blinplan.course.eligibility import Choice
from blinplan.course.events import periods
from blinplan.course.patient import Patient
from blinplan.label.label import FollowedLabel
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.reading import RegimenFile
from blinplan.regimen.regimen import Regimen
from blinplan.rules.configuration.configurations import Configurations

if TYPE_CHECKING:
    from blinplan.rules.rule import Finding


class OrderedRegimen(NamedTuple):
    """A regimen that was asked for by what it is ``named``, and by ``choice`` the one that a patient gets.

    ``reading`` is the file that was asked for; ``is_checked`` says that no binding rule finds anything in it.
    ``label`` is the one that it follows, and ``found`` what rules found by it when the file was checked.
    """

    named: str
    reading: RegimenFile
    choice: Choice
    is_checked: bool = False
    label: FollowedLabel = BY_DEFAULT
    found: "tuple[Finding, ...] | None" = None

    @property
    def regimen(self) -> Regimen:
        """The regimen that the patient gets."""
        return self.choice.regimen

    @property
    def name(self) -> str:
        """The file or the shipped regimen that was asked for."""
        return self.reading.document.name

    @property
    def fingerprint(self) -> str:
        """That of the text that was asked for."""
        return fingerprint_of(self.reading)

    @property
    def chosen_file(self) -> RegimenFile:
        """The text of the regimen that the patient gets."""
        if not self.choice.switched:
            return self.reading
        other = beside(self.reading, self.regimen.name)
        assert isinstance(other, RegimenFile)  # noqa: S101 - the choice was read from it
        return other

    @property
    def errors(self) -> tuple[str, ...]:
        """The errors that rules find in the regimen without simulating it, a line each; none of one switched from."""
        if self.choice.switched:
            return ()
        return errors_among(findings_in(self.reading, self.label.name) if self.found is None else self.found)

    @property
    def days(self) -> float:
        """How long the course is."""
        return periods(self.regimen)[-1].stop / MINUTES_PER_DAY

    def check(self) -> "OrderedRegimen":
        """Refuse a regimen in which a binding rule finds something: a unit slip, an intermittent infusion."""
        if self.is_checked:
            return self
        return self._replace(is_checked=True, found=refuse_what_cannot_be_given(self.reading, self.label.name))

    def check_choice(self) -> "OrderedRegimen":
        """The same for the regimen that the patient gets."""
        refuse_what_cannot_be_given(self.chosen_file, self.label.name)
        return self._replace(is_checked=True)

    def follow(self, label: str | None, project: Configurations) -> "OrderedRegimen":
        """The same by the label that is asked for, or else by that of the project, where it names none itself.

        Raises
        ------
        Refusal
            When there is no such label, or the regimen follows another one.
        """
        followed = followed_label(self.regimen, source_of(self.named, self.reading), label, project)
        regimen = replace(self.regimen, label=followed.name)
        return self._replace(choice=self.choice._replace(regimen=regimen), label=followed, found=None)


RegimenSource = str | Path | Regimen | OrderedRegimen | RegimenFile
"""What names a regimen: a file or a shipped name, a regimen itself, or one as it was read or ordered before."""


def order(regimen: RegimenSource, patient: Patient | None = None) -> OrderedRegimen:
    """Take the regimen for a patient's weight: the one asked for, or the one that it names for other weights.

    >>> from blinplan import patient
    >>> from blinplan.api.regimens.order import order
    >>> order("rr-adult", patient(weight=38, height=150)).choice.reason
    'rr-adult is for 45 kg and over; the patient weighs 38 kg: switched to rr-below-45-kg'

    Raises
    ------
    Refusal
        When there is no such regimen, when the file has errors, or when it is for no patient of this weight.
    """
    asked = reading_of(regimen)
    return OrderedRegimen(_name_of(regimen), asked, choose_for(regimen_of(asked), asked, patient or Patient()))


def reading_of(regimen: RegimenSource) -> RegimenFile:
    """Read the regimen that was asked for; one that is in the hand is written first, so that it can be judged."""
    if isinstance(regimen, RegimenFile):
        return regimen
    if isinstance(regimen, OrderedRegimen):
        return regimen.reading
    if isinstance(regimen, Regimen):
        from blinplan.regimen.build import file_of

        return file_of(regimen)
    return read_regimen(name_in(regimen))[1]


def _name_of(regimen: RegimenSource) -> str:
    if isinstance(regimen, OrderedRegimen):
        return regimen.named
    if isinstance(regimen, RegimenFile):
        return regimen.document.name
    return regimen.name if isinstance(regimen, Regimen) else name_in(regimen)


def regimen_of(regimen: RegimenSource) -> Regimen:
    """The regimen that was asked for."""
    return reading_of(regimen).regimen


def fingerprint_of(reading: RegimenFile) -> str:
    """That of the text."""
    from blinplan.reports.shared.manifest import input_hash

    return input_hash(reading.document)
