"""The holidays that a file has, and why one has none that can be relied on."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from blinplan.files.inputs import input_text, reason_of
from blinplan.regimen.holidays.day_list import days_in_list

_LIMIT_BYTES = 1024 * 1024
_FIRST_WORDS = "BEGIN:VCALENDAR"


_LONGEST_NAME = 60


class Holidays(NamedTuple):
    """Days with their names, and the last one that the file speaks of; None where some come again without end.

    A day that has no name has an empty one; each is one line, and no longer than a line has room for.
    """

    names: Mapping[date, str]
    until: date | None


class HolidaysError(ValueError):
    """A file whose holidays cannot be relied on; ``advice`` says what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


def holidays_in(path: Path) -> Holidays:
    """The holidays of a file: of a calendar as programs export it, or of a list with a date a line.

    Raises
    ------
    HolidaysError
        When the file cannot be read, or says anything that is not understood: a holiday is never left out.
    """
    text = _text_of(path)
    if text.lstrip()[: len(_FIRST_WORDS)].upper() == _FIRST_WORDS or path.suffix.lower() in {".ics", ".ical"}:
        # Imported here, because most sites name their holidays, and the package is an extra.
        from blinplan.regimen.holidays.calendar_file import days_in_calendar

        try:
            days, until = days_in_calendar(text)
            return Holidays(_short(days), until)
        except ImportError as error:
            advice = "pip install 'blinplan[calendar]', or give a list of dates, one a line"
            raise HolidaysError("needs the package icalendar to be read", advice) from error
        except ValueError as error:
            raise HolidaysError(str(error), "correct it, or give a list of dates, one a line") from error
    try:
        days = days_in_list(text)
    except ValueError as error:
        raise HolidaysError(str(error), "write a date a line, as 2026-12-25, with its name behind it") from error
    return Holidays(_short(days), max(days))


def _short(names: Mapping[date, str]) -> Mapping[date, str]:
    lines = {day: " ".join(name.split()) for day, name in names.items()}
    return {
        day: name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME].rstrip()} …" for day, name in lines.items()
    }


def _text_of(path: Path) -> str:
    try:
        return input_text(path, _LIMIT_BYTES)
    except OSError as error:
        advice = "name a calendar or a list of holidays beside the site profile, in UTF-8"
        raise HolidaysError(f"cannot be read: {reason_of(error)}", advice) from error
