"""A regimen file of one's own: from nothing, or from another regimen with what is to be different."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.kinds import with_kinds
from blinplan.api.ranges import NEW_CYCLES, NEW_FREE_DAYS
from blinplan.api.regimens.label import label_called
from blinplan.api.regimens.load import read_regimen, refuse_what_cannot_be_given
from blinplan.api.vocabulary import word_or_none
from blinplan.files.writing import replace_file
from blinplan.label.read import DEFAULT, label_named
from blinplan.label.regimens import labelled_regimen as regimen_of_label
from blinplan.outside_text import text_html
from blinplan.quantities import Basis, QuantityError, read_dose
from blinplan.refusal import ArgumentRefusal, Refusal, several
from blinplan.regimen import library
from blinplan.regimen.draft import (
    PREMEDICATION_FORM,
    Draft,
    DraftError,
    Order,
    draft_copy,
    draft_new,
    missing_fields,
    premedication_text,
    read_premedication,
    read_step,
    step_text,
)
from blinplan.regimen.reading import Reading, RegimenFile
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.schema import REGIMEN_FILE, PremedicationTable, RegimenTable, StepTable
from blinplan.regimen.tables import table_of
from blinplan.regimen.vocabulary import Indication, Status
from blinplan.regimen.write import NotARegimenError, toml_in_ascii, write_regimen
from blinplan.rules.configuration.configurations import Configurations
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = [
    "PREMEDICATION_FORM",
    "Indication",
    "NewRegimen",
    "Order",
    "Reading",
    "RegimenTable",
    "Status",
    "StepTable",
    "draft",
    "missing_fields",
    "new",
    "premedication_text",
    "read_premedication",
    "read_step",
    "refuse_status_of_no_source",
    "require_printable",
    "step_text",
]
PUBLIC = ("NewRegimen", "new")


@with_kinds
def new(
    name: str,
    original: str | Path | None = None,
    *,
    title: str | None = None,
    indication: Indication | str | None = None,
    basis: Basis | str | None = None,
    steps: Sequence[str] | None = None,
    later_steps: Sequence[str] | None = None,
    cycles: int | None = None,
    free_days: int | None = None,
    min_weight: Decimal | int | str | None = None,
    below_weight: Decimal | int | str | None = None,
    premedication: str | None = None,
    hospital_days: Sequence[int] | None = None,
    source: str | None = None,
    source_status: Status | str | None = None,
    label: str | None = None,
    departs_from: str | None = None,
) -> "NewRegimen":
    """Draft a regimen file, from nothing or from another regimen; nothing is written before ``.write(path)``.

    >>> from blinplan import new
    >>> draft = new("ward-rr", "rr-adult", hospital_days=[14, 3])
    >>> draft
    <NewRegimen: ward-rr>
    >>> draft.regimen.hospital_days
    (14, 3)

    Parameters
    ----------
    name, title, indication
        What the regimen is called and treats; an original gives the last two where they are not given.
    original
        A regimen to start from: a file, or the name of a shipped one.
    basis
        "flat" or "bsa": doses in mcg/day or by body surface area; else the steps say.
    steps, later_steps
        The steps of cycle 1 and of every later cycle, each as "9 mcg/day x 7" or "5 mcg/m2/day x 7 max 9 mcg/day".
    cycles, free_days
        How many cycles there are, and the treatment-free days after each.
    min_weight, below_weight
        The lowest body weight in kg, itself included, and the one that patients are below; "none" takes one away.
    premedication
        Such as "dexamethasone 20 mg before cycle-start, escalation for adults", or "none"; several are parted by
        semicolons.
    hospital_days
        Days in hospital at the start of cycle 1, cycle 2 and so on; empty for none.
    source, source_status
        What gives the doses, and how far they were compared with it.
    label
        The label that the file names as the one that it follows; the project's, or the default one, when not given.
    departs_from
        The shipped regimen that an investigational one is laid beside; the original where that is a shipped one.

    Raises
    ------
    Refusal
        When something that is needed is not said, or what is said makes no regimen, or none that can be given.
    """
    refuse_status_of_no_source(source_status, source)
    require_printable(name=name, title=title, source=source, premedication=premedication)
    for argument, value, within in (("cycles", cycles, NEW_CYCLES), ("free_days", free_days, NEW_FREE_DAYS)):
        if value is not None:
            within.require(argument, value)
    order = Order(
        name=name,
        title=title,
        indication=word_or_none(Indication, "indication", indication),
        basis=word_or_none(Basis, "basis", basis),
        steps=_steps("steps", steps),
        later_steps=_steps("later_steps", later_steps),
        cycles=cycles,
        free_days=free_days,
        min_weight=_weight("min_weight", min_weight),
        below_weight=_weight("below_weight", below_weight),
        premedication=None if premedication is None else _premedication(premedication),
        hospital_days=None if hospital_days is None else several("hospital_days", hospital_days),
        citation=source,
        status=word_or_none(Status, "source_status", source_status),
        label=None if label is None else label_called(label).name,
        departs_from=departs_from,
    )
    start = None if original is None else read_regimen(str(original))[1]
    missing = missing_fields(order) if start is None else ()
    if missing:
        raise Refusal(f"missing: {', '.join(missing)}", "give these arguments, or an original to start from")
    return draft(order, start)


def refuse_status_of_no_source(source_status: object, source: str | None) -> None:
    """Refuse to say how far a source was checked that is not named."""
    if source_status is not None and source is None:
        raise ArgumentRefusal("{source_status} is given without {source}", "give {source}, which it is the status of")


def require_printable(**texts: str | None) -> None:
    """Refuse a text of several lines, and one that moves what stands beside it."""
    for argument, text in texts.items():
        if text is not None and not text.isprintable():
            message = f"{{{argument}}} has characters that cannot be printed"
            raise ArgumentRefusal(message, "write it in one line of plain text")


def _steps(argument: str, texts: Sequence[str] | None) -> tuple[StepTable, ...] | None:
    try:
        return tuple(map(read_step, several(argument, texts))) if texts else None
    except QuantityError as error:
        raise Refusal(f"{argument}: {', '.join(texts or ())}", str(error)) from error


def _weight(argument: str, kg: Decimal | int | str | None) -> tuple[Decimal, ...] | None:
    try:
        return None if kg is None else () if kg == "none" else (Decimal(kg),)
    except ArithmeticError:
        advice = 'give it in kg, as 45 or "45.5", or "none"'
        raise ArgumentRefusal(f"{{{argument}}} is {{value}}", advice, value=repr(kg)[:40]) from None


def _premedication(text: str) -> "tuple[PremedicationTable, ...]":
    try:
        return () if text == "none" else read_premedication(text)
    except QuantityError as error:
        raise Refusal(f"premedication: {text}", str(error)) from error


@dataclass(frozen=True, slots=True, repr=False)
class NewRegimen:
    """A regimen that was drafted and read back.

    Attributes
    ----------
    reading
        The file as it was read back.
    left_out
        What of the original is not in it, in words.
    """

    reading: RegimenFile
    left_out: tuple[str, ...] = ()

    @property
    def regimen(self) -> Regimen:
        """The regimen."""
        return self.reading.regimen

    @property
    def text(self) -> str:
        """The file, as TOML."""
        return self.reading.document.text

    @property
    def text_in_ascii(self) -> str:
        """The same file in ASCII, its other characters as escapes."""
        return toml_in_ascii(self.text)

    @with_kinds
    def write(self, path: str | Path, *, replacing: bool = False) -> None:
        """Write the file.

        Raises
        ------
        Refusal
            When something is there and is not to be replaced, or the file cannot be written.
        """
        if Path(path).exists() and not replacing:
            raise Refusal(f"{path} is there already", "choose another name, or replace it with replacing=True")
        replace_file(Path(path), self.text)

    def report(self, path: Path | None, screen: Screen) -> "list[RenderableType]":
        """Draw what was written to a path (None for standard output): what in it is not standard, what to try next."""
        from blinplan.reports.library.new import new_report
        from blinplan.rules.judge import judge

        judgement = judge(self.reading, date.today(), None)  # noqa: DTZ011 - the user's own day
        name = None if path is None else shlex.quote(str(path))
        schema = None if path is None else path.parent / "regimen.schema.json"
        absent = None if schema is None or schema.exists() else shlex.quote(str(schema))
        return new_report(judgement, name, self.left_out, absent, screen)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.regimen.name}>"

    def _repr_html_(self) -> str:
        return text_html(self.text)


def draft(order: Order, start: Reading | None) -> NewRegimen:
    """Draft what an order asks for, from nothing or from another regimen, and read it back.

    Raises
    ------
    Refusal
        When it is no regimen, or none that can be given.
    """
    try:
        found = draft_new(order) if start is None else draft_copy(_table(start), order)
    except DraftError as error:
        raise Refusal(str(error), "give --later-step for later cycles, or --cycles 1") from error
    reading = _read_back(found)
    lost = start is not None and _comments(start) - _comments(reading)
    return NewRegimen(reading, (*found.omissions, *(["its comments"] if lost else [])))


def _read_back(found: Draft) -> RegimenFile:
    try:
        reading = write_regimen(found.file)
    except NotARegimenError as error:
        problem = error.problem
        raise Refusal(f"{problem.message}: {problem.why}", problem.help) from error
    refuse_what_cannot_be_given(reading)
    return reading


def _table(reading: Reading) -> RegimenTable:
    return REGIMEN_FILE.read(reading.document.values)


def _comments(reading: Reading) -> set[str]:
    return set(re.findall(r"^[ \t]*#(?!:schema).*", reading.document.text, re.MULTILINE))


# --- for whoever asks step by step ------------------------------------------------------------------------------------


def refuse_impossible(order: Order) -> None:
    """Refuse an order from which no regimen can be drafted, whatever the answers to what it does not say yet."""
    cycles_so_far = 2 if order.later_steps else 1
    rest = Order("new", "new", Indication.INVESTIGATIONAL, None, (any_week(order),), None, cycles_so_far, 14)
    known = {name: value for name in Order.__slots__ if (value := getattr(order, name)) is not None}
    cycles = {"cycles": 1} if order.later_steps is None else {}
    draft(replace(rest, **{**known, **cycles}), None)


def any_week(order: Order) -> StepTable:
    """A step that stands for those that are not known yet."""
    return StepTable("5 mcg/m2/day" if order.basis is Basis.BSA else "9 mcg/day", days=7)


def target_step(order: Order) -> StepTable:
    """The highest dose of cycle 1, for as many days as cycle 1 has."""
    steps = order.steps or ()
    highest = max(steps, key=lambda step: read_dose(step.dose).rate.amount)
    hours = sum((step.days or 0) * 24 + (step.hours or 0) for step in steps)
    if hours % 24:
        return highest._replace(days=None, hours=hours)
    return highest._replace(days=hours // 24, hours=None)


def base_named(name: str) -> str:
    """The name of a shipped regimen that another one departs from; any other is refused."""
    if name not in library.paths():
        nearest = library.nearest(name)
        known = "write a name that `blinplan regimens` lists" + (f", such as {nearest}" if nearest else "")
        raise Refusal(f"{name[:40]} is no regimen that comes with blinplan, and nothing departs from it", known)
    return name


def is_investigational_copy(order: Order, original: Reading) -> bool:
    """Whether a copy is investigational: by the order, or else as the original is."""
    if order.indication is not None:
        return order.indication is Indication.INVESTIGATIONAL
    return isinstance(original, RegimenFile) and original.regimen.indication is Indication.INVESTIGATIONAL


def base_of_copy(original: Reading) -> str | None:
    """What a copy departs from where nothing else is said: a shipped original, or what the original departs from."""
    if not isinstance(original, RegimenFile):
        return None
    regimen = original.regimen
    return regimen.name if regimen.name in library.paths() else regimen.departs_from


def title_of_copy(order: Order, start: Reading) -> str:
    """The title that a copy has where none is given."""
    return draft_copy(_table(start), order).file.title


def labelled_regimen(order: Order) -> RegimenTable | None:
    """What the label of an order has for its indication and basis: its first regimen; None where it has none.

    It gives the defaults. Without a label it is the one that everything follows which names none.
    """
    if order.indication is None or order.basis is None:
        return None
    label, wanted = label_named(order.label or DEFAULT), (order.indication, order.basis)
    made = next((one for one in label.regimens if (one.indication, one.basis) == wanted), None)
    return None if made is None else table_of(regimen_of_label(label, made))


def label_of_project() -> str | None:
    """The label that the configuration of the current folder names; None where it names none."""
    configuration = Configurations(None, isolated=False).of_run([])
    return configuration.settings.label if "label" in dict(configuration.origins) else None
