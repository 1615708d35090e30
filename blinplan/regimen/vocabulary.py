"""The words that a regimen file has for what it orders and for whom, apart: importing them costs nothing."""

from enum import StrEnum
from typing import Literal

VirtualPopulation = Literal["adult-rr", "adult-mrd", "child"]
"""The virtual populations that can stand for a regimen's patients."""


class Indication(StrEnum):
    """What the regimen treats, or that it is investigational."""

    RELAPSED_REFRACTORY = "relapsed-refractory"
    MRD_POSITIVE = "mrd-positive"
    CONSOLIDATION = "consolidation"
    INVESTIGATIONAL = "investigational"


class Disease(StrEnum):
    """What an investigational regimen is tried in; the labels' indications are all of leukaemia."""

    LEUKAEMIA = "leukaemia"
    LYMPHOMA = "lymphoma"
    AUTOIMMUNE = "autoimmune"


class LabelName(StrEnum):
    """The labels that a regimen can follow, by the texts that were seen; what each says is in its own file.

    The first is the one that is followed where neither a regimen nor a project says which.
    """

    US_2025 = "us-2025"
    HK_2026 = "hk-2026"


class Phase(StrEnum):
    """The part of the treatment a cycle belongs to."""

    INDUCTION = "induction"
    CONSOLIDATION = "consolidation"
    CONTINUED_THERAPY = "continued-therapy"


class Status(StrEnum):
    """How far a number or a citation has been checked."""

    SEEN = "seen"
    TRANSCRIBED = "transcribed"
    DERIVED = "derived"
    UNVERIFIED = "unverified"


class Occasion(StrEnum):
    """When premedication is given."""

    FIRST_START = "first-start"
    CYCLE_START = "cycle-start"
    ESCALATION = "escalation"
    RESTART = "restart"
    FIRST_CYCLE_RESTART = "first-cycle-restart"


class AgeGroup(StrEnum):
    """Patients by their age, where something is for some of them only."""

    ADULTS = "adults"
    CHILDREN = "children"


class DueKind(StrEnum):
    """What a thing is that is due with blinatumomab."""

    PRE_PHASE = "pre-phase"
    INTRATHECAL = "intrathecal"
    OTHER = "other"

    @property
    def own_cycles(self) -> tuple[int, ...]:
        """The cycles to which it applies where none are named; all where there are none."""
        return (1,) if self is DueKind.PRE_PHASE else ()


class Patients(StrEnum):
    """Words for the patients of a regimen: by their age, or the virtual population that stands for them."""

    ADULT = "adult"
    CHILD = "child"
    INFANT = "infant"
    ADULT_RR = "adult-rr"
    ADULT_MRD = "adult-mrd"
