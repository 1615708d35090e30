"""The difference of two regimens: what patients get otherwise, and what only the files say otherwise."""

from dataclasses import dataclass
from fractions import Fraction

from blinplan.design.difference.around import changes_around, changes_of_unneeded_premedication
from blinplan.design.difference.change import RegimenChange
from blinplan.design.difference.cycles import changes_of_cycles
from blinplan.design.difference.file_only import changes_of_file
from blinplan.design.difference.totals import Total, changes_of_totals, total_of, usual_area
from blinplan.regimen.regimen import Regimen


@dataclass(frozen=True, slots=True)
class RegimenDifference:
    """How a second regimen differs from a first.

    Attributes
    ----------
    first, second
        The two.
    for_patients
        What patients get otherwise, or who gets it; nothing where they get the same, however it is written.
    in_file
        What only the files say otherwise.
    square_metres
        The body surface area at which the totals are.
    totals
        What the whole course of each comes to.
    consequences
        What is otherwise in these totals.
    """

    first: Regimen
    second: Regimen
    for_patients: tuple[RegimenChange, ...]
    in_file: tuple[RegimenChange, ...]
    square_metres: Fraction
    totals: tuple[Total, Total]
    consequences: tuple[RegimenChange, ...]

    @property
    def is_none(self) -> bool:
        """Whether patients get the same."""
        return not self.for_patients

    @property
    def is_none_at_all(self) -> bool:
        """Whether the files say the same too."""
        return not (self.for_patients or self.in_file)


def difference(first: Regimen, second: Regimen, square_metres: Fraction | None = None) -> RegimenDifference:
    """Lay two regimens side by side.

    Parameters
    ----------
    square_metres
        The body surface area for the totals; that of the typical patient of the first when not given.
    """
    area = usual_area(first) if square_metres is None else square_metres
    totals = total_of(first, area), total_of(second, area)
    told_area = area if first.doses_by_area or second.doses_by_area else None
    optional = any(cycle.optional for regimen in (first, second) for cycle in regimen.cycles)
    return RegimenDifference(
        first,
        second,
        (*changes_of_cycles(first, second), *changes_around(first, second)),
        (*changes_of_unneeded_premedication(first, second), *changes_of_file(first, second)),
        area,
        totals,
        tuple(changes_of_totals(*totals, told_area, optional=optional)),
    )
