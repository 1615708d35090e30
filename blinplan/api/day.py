"""A day that is given, as a date or as a text."""

from datetime import date, datetime

from blinplan.refusal import ArgumentRefusal


def day_given(argument: str, given: date | str | None) -> date | None:
    """The day that an argument gives; None where it gives none.

    Raises
    ------
    ArgumentRefusal
        When it is no day, or one of a year that no course is of.
    """
    if given is None:
        return None
    if isinstance(given, date):
        return given.date() if isinstance(given, datetime) else given
    # Imported here, because what has no dates does not wait for it.
    from blinplan.regimen.record.moments import YEARS

    message = f"{{{argument}}} is {{text}}"
    try:
        found = date.fromisoformat(given)
    except (TypeError, ValueError):
        raise ArgumentRefusal(message, "give a date as 2026-11-02", text=repr(given)[:40]) from None
    if found.year not in YEARS:
        raise ArgumentRefusal(message, f"give a year from {YEARS[0]} to {YEARS[-1]}", text=repr(given))
    return found
