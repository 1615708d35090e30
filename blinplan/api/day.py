"""A day that is given, as a date or as a text."""

from datetime import date, datetime

from blinplan.refusal import ArgumentRefusal


def day_given(today: date | str | None) -> date | None:
    """The day that is given for today; None where none is.

    Raises
    ------
    ArgumentRefusal
        When it is none, or of a year that no course is of.
    """
    if today is None:
        return None
    if isinstance(today, date):
        return today.date() if isinstance(today, datetime) else today
    from blinplan.regimen.record.record import YEARS

    try:
        found = date.fromisoformat(today)
    except (TypeError, ValueError):
        raise ArgumentRefusal("{today} is {text}", "give a date as 2026-11-02", text=repr(today)[:40]) from None
    if found.year not in YEARS:
        raise ArgumentRefusal("{today} is {text}", f"give a year from {YEARS[0]} to {YEARS[-1]}", text=repr(today))
    return found
