"""Site profiles and course records to fill in: files that are right at once, and say what can be written in them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, Patient, exact_number, figures_of
from blinplan.api.regimens.label import label_called
from blinplan.api.regimens.load import read_regimen
from blinplan.api.regimens.order import OrderedRegimen, order
from blinplan.files.writing import refuse_unwritable, replace_file
from blinplan.label.read import DEFAULT
from blinplan.outside_text import text_html
from blinplan.quantities import MINUTES_PER_HOUR, decimal_text
from blinplan.refusal import ArgumentRefusal, Refusal, several
from blinplan.regimen import library
from blinplan.regimen.age import AgeUnit
from blinplan.regimen.reading import FaultyFile, Reading, SiteFile, read
from blinplan.regimen.scaffolds.record import RecordOrder, record_scaffold
from blinplan.regimen.scaffolds.site import OrderedBag, SiteOrder, site_scaffold

if TYPE_CHECKING:
    from blinplan.label.label import Label
    from blinplan.regimen.age import Age

PUBLIC = ("NewFile", "new_record", "new_site")


@dataclass(frozen=True, slots=True, repr=False)
class NewFile:
    """A file to fill in, which was read back and is right as it is."""

    reading: Reading

    @property
    def text(self) -> str:
        """The file, as TOML."""
        return self.reading.document.text

    def __repr__(self) -> str:
        return f"<NewFile: {'site profile' if isinstance(self.reading, SiteFile) else 'course record'}>"

    def _repr_html_(self) -> str:
        return text_html(self.text)

    @with_kinds
    def write(self, path: str | Path) -> None:
        """Write it to a place where nothing is.

        Raises
        ------
        Refusal
            When something is there, or nothing can be written there.
        """
        refuse_taken(path)
        replace_file(Path(path), self.text)


def refuse_taken(path: str | Path) -> None:
    """Refuse a place where something is, or where no file can be written."""
    if os.path.lexists(path) and not Path(path).is_dir():
        raise Refusal(f"{path} is there already", "name another file: what a ward wrote is never replaced")
    refuse_unwritable(Path(path))


@with_kinds
def new_site(
    name: str,
    bags: Sequence[str | int],
    *,
    time_zone: str | None = None,
    change_time: str | None = None,
    closed: Sequence[str] = (),
    prepared_hours_before: int | None = None,
    label: str | None = None,
) -> NewFile:
    """Draft a site profile; what nobody has said is in it as a comment, and nothing is written before ``.write(path)``.

    >>> from blinplan import new_site
    >>> draft = new_site("Ward 7", [24, "96=203"], time_zone="Europe/Berlin", closed=["sunday"])
    >>> draft
    <NewFile: site profile>
    >>> draft.text.count('closed = ["sunday"]')
    1

    Parameters
    ----------
    name
        What the site or ward is called.
    bags
        Its bags, each as its hours, 24, or with what it is filled with in mL, "24=250".
    time_zone, change_time, closed, prepared_hours_before
        What the site has decided, as in its profile.
    label
        The label whose words on bags and vials stand there as comments.

    Raises
    ------
    Refusal
        When it is no site profile.
    """
    followed = label_called(label or DEFAULT)
    ordered = tuple(_ordered_bag(str(bag), followed) for bag in several("bags", bags))
    if not ordered:
        raise ArgumentRefusal("no bag is given", "give the hours of each that the site prepares with {bag}, as 24")
    order = SiteOrder(
        name,
        ordered,
        time_zone,
        change_time,
        several("closed", closed),
        prepared_hours_before,
        _labelled_vial(followed),
    )
    made = _read_back(site_scaffold(order), "site profile")
    _refuse_underfilled(made.reading, followed)
    return made


def _refuse_underfilled(reading: Reading, label: "Label") -> None:
    """Refuse a bag that would be empty before its time, of which a check of the file tells."""
    from blinplan.course.bags.preparation import fault_of_filling, prepared_by
    from blinplan.course.bags.sequence import underfilled_bags

    assert isinstance(reading, SiteFile)  # noqa: S101 - it was written as one
    size = next(iter(underfilled_bags(prepared_by(reading.site, label))), None)
    if size is not None and size.millilitres_per_hour is not None:
        millilitres = decimal_text(size.millilitres_per_hour * size.minutes / MINUTES_PER_HOUR)
        raise ArgumentRefusal(
            f"{fault_of_filling(size).message}: {millilitres} mL",
            "give more in {bag}, priming included, or name another label with {label}",
        )


def _ordered_bag(written: str, label: "Label") -> OrderedBag:
    hours, _, fill = (part.strip() for part in written.partition("="))
    number = hours.removesuffix("h").strip()
    if not (number.isascii() and number.isdigit() and len(number) <= len("240")):
        raise ArgumentRefusal(
            "{bag} is {text}", "give whole hours, as 24, or with the volume in mL, as 24=250", text=repr(written[:40])
        )
    if fill:
        exact_volume = _plain(fill)
        return OrderedBag(int(number), exact_volume, _labelled_bag(int(number), label))
    return OrderedBag(int(number), None, _labelled_bag(int(number), label))


def _plain(fill: str) -> str:
    """The text of a volume in mL, if it is a plain number."""
    text = fill.removesuffix("mL").removesuffix("ml").strip()
    if not (text.isascii() and text.replace(".", "", 1).isdigit() and len(text) <= len("1000.000")):
        raise ArgumentRefusal("{bag} has the volume {text}", "give mL as a plain number, as 250", text=repr(fill[:40]))
    return text if text[0] != "." and text[-1] != "." else f"0{text}0"


def _labelled_bag(hours: int, label: "Label") -> Mapping[str, tuple[str, str]]:
    """What a label says of a bag, by the keys of a profile, with its source."""
    bag = label.bag(hours * MINUTES_PER_HOUR)
    if bag is None:
        return {}
    source = bag.stated.citation
    found = {
        "in_use_hours": None if bag.in_use is None else str(bag.in_use // MINUTES_PER_HOUR),
        "rate_ml_per_hour": decimal_text(bag.millilitres_per_hour),
        "preservative": "true" if bag.preservative else "false",
        "cold_hours": None if bag.cold is None else str(bag.cold // MINUTES_PER_HOUR),
    }
    said = {key: (value, source) for key, value in found.items() if value is not None}
    if bag.diluent is not None:
        said["diluent_ml"] = decimal_text(bag.diluent.value), bag.diluent.citation
    return said


def _labelled_vial(label: "Label") -> Mapping[str, str]:
    vial = label.vial
    if vial is None:
        return {}
    return {"micrograms": decimal_text(vial.micrograms), "mcg_per_ml": decimal_text(vial.per_millilitre)}


@with_kinds
def new_record(
    regimen: str | Path,
    start: datetime | str,
    *,
    time_zone: str | None = None,
    patient: Patient | Figures | None = None,
    beside: str | Path = ".",
) -> NewFile:
    """Draft a course record; what may happen to a course is in it as comments, with an example each.

    >>> from blinplan import new_record, patient
    >>> draft = new_record("rr-adult", "2026-11-02T10:00", time_zone="Europe/Berlin", patient=patient(weight=70))
    >>> draft.text.count("weight_kg = 70")
    1

    Parameters
    ----------
    regimen
        The regimen that was begun: a shipped name, or a file that lies where the record will.
    start, time_zone
        When the first infusion began, and where.
    patient
        Who gets it, as far as it is known.
    beside
        The folder that the record is for.

    Raises
    ------
    Refusal
        When there is no such regimen there, it is not for such a patient, or it is no course record.
    """
    who = figures_of(patient)
    _refuse_unfit(order(regimen, who.patient()))
    weight, height, area = (None if size is None else decimal_text(exact_number(size)) for size in who.sizes)
    age = who.known_age()
    if age is not None and age.born is None and age.unit is not AgeUnit.YEARS:
        raise ArgumentRefusal(
            "{age} is {value}, and a record has no place for it", "give the date of birth", value=age.words
        )
    ordered = RecordOrder(
        _name_beside(regimen, Path(beside)),
        _moment(start),
        time_zone,
        weight,
        height,
        area,
        None if age is None else age.born,
        _years(age),
    )
    return _read_back(record_scaffold(ordered), "course record")


def _refuse_unfit(begun: OrderedRegimen) -> None:
    """Refuse a regimen that is for others, so that no record says what cannot have been."""
    if begun.choice.switched:
        raise Refusal(
            begun.choice.reason.partition(": switched to ")[0],
            f"name the regimen that was given, as {begun.choice.regimen.name}, or correct the figures",
        )


def _years(age: "Age | None") -> int | None:
    return None if age is None or age.born is not None else age.completed


def _name_beside(regimen: str | Path, folder: Path) -> str:
    """The name by which a record in a folder finds a regimen."""
    name = read_regimen(str(regimen))[0].name
    if name not in library.paths() and not (folder / f"{name}.toml").is_file():
        raise Refusal(
            f"a record in {folder} does not find {regimen}",
            f"write the record into the folder of the regimen, whose file is to be called {name}.toml",
        )
    return name


def _moment(start: datetime | str) -> datetime:
    if isinstance(start, datetime):
        return start
    advice = "give a date and time as 2026-11-02T10:00"
    try:
        found = datetime.fromisoformat(start)
    except ValueError:
        raise ArgumentRefusal("{start} is {text}", advice, text=repr(start[:40])) from None
    if len(start) <= len("2026-11-02"):  # a date alone would be midnight
        raise ArgumentRefusal("{start} is {text}, without a time of day", advice, text=repr(start))
    return found


def _read_back(text: str, kind: str) -> NewFile:
    reading = read(text.encode("utf-8"), kind)
    if isinstance(reading, FaultyFile):
        problem = reading.problems[0]
        raise Refusal(f"this would be no {kind}: {problem.message}: {problem.why}", problem.help)
    return NewFile(reading)
