"""The words that arguments and options take, apart from what they are given to: importing them costs nothing."""

from enum import StrEnum
from typing import Literal, TypeVar

from blinplan.exit_status import FailOn
from blinplan.quantities import Basis
from blinplan.refusal import ArgumentRefusal
from blinplan.regimen.preference import Preference
from blinplan.regimen.vocabulary import Indication, LabelName, Patients, Status
from blinplan.reports.check.formats import CheckFormat
from blinplan.simulation.models.source import SetsOf

__all__ = [
    "Attenuation",
    "AttenuationName",
    "Basis",
    "CheckFormat",
    "FailOn",
    "Indication",
    "IndicationName",
    "LabelName",
    "LabelText",
    "Patients",
    "PatientsName",
    "PlanFormat",
    "PlanFormatName",
    "PopulationName",
    "Preference",
    "PreferenceName",
    "SchemaFormat",
    "SetsOf",
    "SetsOfName",
    "SignalName",
    "SimulateFormat",
    "SimulateFormatName",
    "Status",
    "StatusName",
    "TableFormat",
    "TableOrJson",
    "ValuesFormat",
    "ValuesFormatName",
    "View",
    "ViewName",
    "VirtualPopulation",
]

Word = TypeVar("Word", bound=StrEnum)


def word_of(kind: type[Word], argument: str, written: str) -> Word:
    """One of the words that an argument takes.

    Raises
    ------
    ArgumentRefusal
        When it is another; it says which there are.
    """
    try:
        return kind(written)
    except ValueError:
        message, words = f"{{{argument}}} is {{value}}, and there is no such word", ", ".join(kind)
        raise ArgumentRefusal(message, "the words are {words}", value=repr(str(written)[:40]), words=words) from None


def word_or_none(kind: type[Word], argument: str, written: str | None) -> Word | None:
    """The same where an argument may be left out."""
    return None if written is None else word_of(kind, argument, written)


class PlanFormat(StrEnum):
    """How to show the plan."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    ICS = "ics"
    FHIR = "fhir"
    HTML = "html"
    NONMEM = "nonmem"


class View(StrEnum):
    """What of a dated plan to show."""

    OVERVIEW = "overview"
    AGENDA = "agenda"
    DAYS = "days"
    MONTH = "month"
    BAGS = "bags"
    STARTS = "starts"
    EXPECTED = "expected"
    DELIVERED = "delivered"
    LABELS = "labels"
    HOME = "home"


class SimulateFormat(StrEnum):
    """How to show the endpoints; or, as nonmem, event records of the patients instead."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    NONMEM = "nonmem"


class TableFormat(StrEnum):
    """How to show what is a table for people and a document for programs: rules, regimens, the model, the evidence."""

    TABLE = "table"
    JSON = "json"


class ValuesFormat(StrEnum):
    """How to show values: for people, as a document, or as data."""

    FULL = "full"
    JSON = "json"
    CSV = "csv"


class SchemaFormat(StrEnum):
    """How to show the schema. There is one way; the option is there as in every command that shows a result."""

    JSON = "json"


class VirtualPopulation(StrEnum):
    """The virtual populations."""

    ADULT_RR = "adult-rr"
    ADULT_MRD = "adult-mrd"
    CHILD = "child"


class Attenuation(StrEnum):
    """Why cytokine release wanes."""

    DESENSITISATION = "desensitisation"
    TARGET_LOSS = "target-loss"


PlanFormatName = PlanFormat | Literal["table", "json", "csv", "ics", "fhir", "html", "nonmem"]
ViewName = View | Literal["overview", "agenda", "days", "month", "bags", "starts", "expected", "delivered"]
SimulateFormatName = SimulateFormat | Literal["table", "json", "csv"]
ValuesFormatName = ValuesFormat | Literal["full", "json", "csv"]
TableOrJson = TableFormat | Literal["table", "json"]
PopulationName = VirtualPopulation | Literal["adult-rr", "adult-mrd", "child"]
IndicationName = Indication | Literal["relapsed-refractory", "mrd-positive", "consolidation", "investigational"]
PatientsName = Patients | Literal["adult", "child", "infant", "adult-rr", "adult-mrd"]
PreferenceName = Preference | Literal["fewest-changes", "fewest-vials"]
StatusName = Status | Literal["seen", "transcribed", "derived", "unverified"]
LabelText = LabelName | Literal["us-2025", "hk-2026"]
AttenuationName = Attenuation | Literal["desensitisation", "target-loss"]
SignalName = Literal["drug", "b-cells", "t-cells", "il-6", "il-10", "ifn"]
"""What can be drawn of virtual patients over time."""

SetsOfName = Literal["published", "plausible"]
"""Names of `SetsOf`."""
PLAUSIBLE_SETS = 20
"""How many plausible parameter sets are run where nobody says it."""
OF_SCAFFOLDS = {"site": "The profile of a site", "record": "The record of a course"}
"""The words after ``blinplan new`` that make another file than a regimen, and that no regimen is called by there."""
