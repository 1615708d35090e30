"""What has to be known of a plan besides what it says: one list, from which every view and every format takes its own.

Who finds something that a ward has to know puts it into that list, with what it concerns; where it is shown is no
question of his.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blinplan.course.dated import Dated


class RemarkKind(StrEnum):
    """How much a remark weighs: what is wrong, what to look at, what nobody has seen or said, what is good to know."""

    ERROR = "error"
    UNVERIFIED = "unverified"
    WARNING = "warning"
    NOT_EVALUATED = "not evaluated"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that has to be known of a plan.

    It concerns the whole course, unless it says which cycle, which bags (by their numbers in the course), or which
    stretch: from ``start`` to ``stop``, in minutes of the course, which are the same for what is at one moment.
    """

    text: str
    kind: RemarkKind = RemarkKind.WARNING
    cycle: int | None = None
    bags: tuple[int, ...] = field(default=(), hash=False)
    start: int | None = None
    stop: int | None = None
    _numbers: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A plan asks each remark about each bag, and a remark can be of all bags.
        object.__setattr__(self, "_numbers", frozenset(self.bags))

    @property
    def is_of_course(self) -> bool:
        """Whether it concerns the whole course."""
        return self.cycle is None and not self.bags and self.start is None

    def concerns(self, cycle: int, start: int, stop: int, bag: int | None = None) -> bool:
        """Whether it is about something of a cycle that lasts from one minute of the course to another, or a bag."""
        if self.cycle not in {None, cycle} or self.is_of_course:
            return False
        if self.bags:
            return bag in self._numbers
        if self.start is None or self.stop is None:
            return True
        if self.start == self.stop:
            return self.start == start
        return self.start <= start < self.stop or start < self.start < stop


def shown_remarks(remarks: Iterable[Remark], dated: "Dated") -> tuple[Remark, ...]:
    """The remarks that concern what is shown of a plan: its course, and the cycle and the days that are asked for."""
    return tuple(remark for remark in remarks if dated.shows_stretch(remark.cycle, remark.start, remark.stop))
