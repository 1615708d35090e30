"""What a plan on paper says of its patient."""

from datetime import date

from blinplan.refusal import ArgumentRefusal
from blinplan.reports.plan.paper.wanted import Paper

__all__ = ["Paper", "read_planned_on"]
PUBLIC = ("Paper",)


def read_planned_on(written: str | None) -> date | None:
    """Read the day on which a plan was made; None where nobody says.

    Raises
    ------
    ArgumentRefusal
        When it is no date.
    """
    try:
        return None if written is None else date.fromisoformat(written)
    except ValueError as error:
        message = "{planned_on} is {value}, which is no date"
        raise ArgumentRefusal(message, "write it as 2026-11-02", value=written) from error
