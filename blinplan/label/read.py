"""Read the labels that come with the program: one file each, by the name of the label."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from blinplan.label.label import (
    Drug,
    Label,
    LabelledBag,
    LabelledCycle,
    LabelledDose,
    LabelledPremedication,
    LabelledRegimen,
    LabelledSchedule,
    LabelledStep,
    LabelledVial,
    Stated,
    Statement,
)
from blinplan.limits import Limit, StatedLimits, limit_of
from blinplan.quantities import MINUTES_PER_HOUR, Basis, decimal_text, read_mass
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import AgeGroup, Indication, LabelName, Occasion, Phase, Status

_LABELS = Path(__file__).with_name("labels")

DEFAULT = next(iter(LabelName)).value
"""The label that is followed where neither a regimen nor a project says which."""


def label_names() -> tuple[str, ...]:
    """The labels there are, the default one first."""
    return tuple(name.value for name in LabelName)


def label_named(name: str) -> Label:
    """The label of a name.

    Raises
    ------
    KeyError
        When there is none.
    """
    return _label_in(_LABELS, name)


@cache
def _label_in(folder: Path, name: str) -> Label:
    # Once a file, so that the label of another folder is never taken for it.
    if name not in label_names():
        raise KeyError(name)
    return label_from(tomli.loads((folder / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal))


def label_of(regimen: Regimen) -> Label:
    """The label that a regimen follows, or else the default one."""
    return label_named(regimen.label or DEFAULT)


def label_from(file: Mapping[str, Any]) -> Label:
    """The label that the keys of a file say.

    Raises
    ------
    KeyError, ValueError
        When they refer to a number, a dose or a source that the file does not have.
    """
    return _LabelReader(file).label()


class _LabelReader:
    """Turns the tables of a label's file into values; what they refer to is looked up in the same file only."""

    def __init__(self, file: Mapping[str, Any]) -> None:
        self._file = file
        self._title = f"{file['title']} ({file['country']}, {file['date']})"
        self._values = {name: self._value(name) for name in file["number"]}
        self._texts = {name: _text(value) for name, value in self._values.items()}
        numbers = {name: limit_of(name, **self._number(name, table)) for name, table in file["number"].items()}
        self._numbers = StatedLimits(numbers, self._title)
        self._doses = {name: self._dose(name, table) for name, table in file.get("dose", {}).items()}

    def label(self) -> Label:
        file = self._file
        vial = file.get("vial")
        schedules = tuple(self._schedule(table) for table in file.get("schedule", ()))
        cycles = {schedule.most_cycles.name: schedule.most_cycles for schedule in reversed(schedules)}
        return Label(
            name=file["name"],
            title=file["title"],
            country=file["country"],
            date=file["date"],
            text=file["text"],
            numbers=self._numbers.with_limits(cycles),
            doses=tuple(self._doses.values()),
            schedules=schedules,
            premedications=tuple(self._premedication(table) for table in file.get("premedication", ())),
            bags=tuple(self._bag(table) for table in file.get("bag", ())),
            vial=None if vial is None else self._vial(vial),
            statements=tuple(self._sentence(table) for table in file.get("statement", ())),
            regimens=tuple(_regimen(table) for table in file.get("regimen", ())),
        )

    def _value(self, name: str) -> Decimal:
        """The value of a number, which may be that of another one by its name."""
        value = self._file["number"][name]["value"]
        return self._value(value) if isinstance(value, str) else Decimal(value)

    def _number(self, name: str, table: Mapping[str, Any]) -> dict[str, Any]:
        """The keys of a number, with its value, sentence and source written out."""
        written = {"value": self._values[name], "source": self._file["sources"][table["source"]]}
        return {**table, **written, "says": self._with_numbers(table["says"], value=self._texts[name])}

    def _with_numbers(self, written: str, **own: str) -> str:
        """A sentence with the numbers that it names in braces, so that each stands in the file once."""
        return written.format_map(self._texts | own)

    def _statement(self, table: Mapping[str, Any], says: str | None = None, **own: str) -> Stated:
        return Stated(
            self._with_numbers(says or table["says"], **own),
            self._file["sources"][table["source"]],
            Status(table["status"]),
        )

    def _dose(self, name: str, table: Mapping[str, str]) -> LabelledDose:
        return LabelledDose(name, *(self._numbers[table[key]] for key in ("flat", "by_area", "cap")))

    def _schedule(self, table: Mapping[str, Any]) -> LabelledSchedule:
        patients = table.get("patients")
        return LabelledSchedule(
            Indication(table["indication"]),
            None if patients is None else AgeGroup(patients),
            Basis(table["doses"]) if "doses" in table else None,
            tuple(self._cycle(cycle) for cycle in table["cycles"]),
            self._most_cycles(table),
            tuple(self._numbers[name] for name in table.get("hospital_days", ())),
            self._statement(table),
            table.get("note"),
        )

    def _most_cycles(self, table: Mapping[str, Any]) -> Limit:
        """How many cycles there are, as a number that decides: counted from the schedule."""
        name = f"cycles_{table['indication'].replace('-', '_')}"
        stated = self._statement(table)
        return limit_of(
            name,
            value=sum(cycle.get("repeat", 1) for cycle in table["cycles"]),
            unit="cycles",
            says=stated.says,
            source=stated.source,
            status=stated.status.value,
            fixed="it is the label's own number",
            stricter="lower",
        )

    def _cycle(self, table: Mapping[str, Any]) -> LabelledCycle:
        return LabelledCycle(
            table["name"],
            Phase(table["phase"]) if "phase" in table else None,
            tuple(LabelledStep(self._doses[step["dose"]], step["days"]) for step in table["steps"]),
            self._numbers[table["treatment_free"]],
            table.get("repeat", 1),
        )

    def _premedication(self, table: Mapping[str, Any]) -> LabelledPremedication:
        earliest, latest = self._time_before(table)
        return LabelledPremedication(
            Indication(table["indication"]),
            AgeGroup(table["patients"]),
            _drug(table),
            tuple(_drug(drug) for drug in table.get("equivalents", ())),
            earliest,
            latest,
            frozenset(Occasion(occasion) for occasion in table["before"]),
            self._statement(table, **_drug_words(table)),
        )

    def _time_before(self, table: Mapping[str, Any]) -> tuple[int, int]:
        """The most and the least minutes before an infusion: one time, a time within which it is, or a window."""
        if "ahead" in table:
            return (self._numbers[table["ahead"]].minutes,) * 2
        if "within" in table:
            return self._numbers[table["within"]].minutes, 0
        return self._numbers[table["earliest"]].minutes, self._numbers[table["latest"]].minutes

    def _bag(self, table: Mapping[str, Any]) -> LabelledBag:
        preserved = "with" if table["preservative"] else "without"
        return LabelledBag(
            table["hours"] * MINUTES_PER_HOUR,
            Fraction(table["rate_ml_per_hour"]),
            table["preservative"],
            self._numbers[table["in_use"]].minutes if "in_use" in table else None,
            self._statement(
                table,
                f"A bag for {table['hours']} hours runs at {table['rate_ml_per_hour']} mL/h, {preserved} preservative.",
            ),
            self._numbers[table["cold"]].minutes if "cold" in table else None,
            self._numbers[table["diluent"]] if "diluent" in table else None,
        )

    def _sentence(self, table: Mapping[str, Any]) -> Statement:
        indications = frozenset(Indication(indication) for indication in table.get("indications", ()))
        return Statement(table["name"], indications, self._statement(table))

    def _vial(self, table: Mapping[str, Any]) -> LabelledVial:
        own = {key: _text(table[key]) for key in ("micrograms", "mcg_per_ml")}
        return LabelledVial(Fraction(table["micrograms"]), Fraction(table["mcg_per_ml"]), self._statement(table, **own))


def _text(value: int | Decimal) -> str:
    return decimal_text(Fraction(value))


def _drug_words(table: Mapping[str, Any]) -> dict[str, str]:
    """How a sentence about premedication calls its dose, the cap of it and what counts as the same."""
    same = " or ".join(f"{drug['drug']} {read_mass(drug['dose'])}" for drug in table.get("equivalents", ()))
    masses = {key: str(read_mass(table[key])) for key in ("dose", "max") if key in table}
    return {**masses, "equivalents": same}


def _drug(table: Mapping[str, str]) -> Drug:
    return Drug(table["drug"], read_mass(table["dose"]), read_mass(table["max"]) if "max" in table else None)


def _regimen(table: Mapping[str, Any]) -> LabelledRegimen:
    return LabelledRegimen(
        table["name"],
        table["title"],
        Indication(table["indication"]),
        Basis(table["doses"]),
        table.get("otherwise"),
        frozenset(Phase(phase) for phase in table.get("without", ())),
    )
