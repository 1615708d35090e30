"""From how little to how much the numbers go that arguments and options take, said once for both."""

from typing import NamedTuple

from blinplan.refusal import ArgumentRefusal


class Ends(NamedTuple):
    """The least and the most of a whole number."""

    least: int
    most: int

    def require_size(self, argument: str, value: float) -> None:
        """Refuse what lies outside, of what need be no whole number.

        Raises
        ------
        ArgumentRefusal
            When it does; it names the argument.
        """
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not self.least <= value <= self.most:
            advice = f"give a number from {self.least:,} to {self.most:,}"
            raise ArgumentRefusal(f"{{{argument}}} is {{value}}", advice, value=repr(value)[:40])

    def require(self, argument: str, value: object) -> None:
        """Refuse what lies outside, and what is no whole number.

        Raises
        ------
        ArgumentRefusal
            When it is either; it names the argument.
        """
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise ArgumentRefusal(f"{{{argument}}} is {{value}}", "give a whole number", value=repr(value)[:40])
        if not self.least <= value.__index__() <= self.most:
            advice = f"give a whole number from {self.least:,} to {self.most:,}"
            raise ArgumentRefusal(f"{{{argument}}} is {{value}}", advice, value=f"{value:,}"[:40])


PATIENTS = Ends(1, 1_000_000)
FEW_PATIENTS = Ends(1, 100_000)
"""Of whom many regimens or schedules ask."""
PATIENTS_OF_BANDS = Ends(50, 100_000)
"""Of whom percentiles are drawn, and of whom claims are measured."""
FIRST = Ends(1, 1_000_000_000)
SEED = Ends(0, 2**63 - 1)
FOLLOW_UP = Ends(0, 3660)
"""Days."""
SETS = Ends(1, 1000)
"""Parameter sets beside the shipped one, where any are asked for."""
SETS_OR_NONE = Ends(0, SETS.most)
CYCLES = Ends(1, 100)
NEW_CYCLES, NEW_FREE_DAYS = Ends(1, 20), Ends(0, 366)
SAMPLE_COUNT = Ends(2, 1_000_000)
SHOWN_SCHEDULES = Ends(1, 50)
REVISION = Ends(0, 9999)
DUE_DAYS = Ends(1, 366)
THREADS = Ends(1, 256)
FIGURE_WIDTH = Ends(60, 400)
"""Millimetres."""
