"""A list of holidays as people write it: a date a line, with its name behind it."""

import re
from datetime import date

_LINE = re.compile(r"^\s*\"?(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\"?\s*(?P<name>[\s,;#].*)?$")


def days_in_list(text: str) -> dict[date, str]:
    """The days of a list, with what stands behind each as its name; lines that begin with ``#`` are for people.

    Raises
    ------
    ValueError
        When a line does not begin with a date, or there is none.
    """
    days: dict[date, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None:
            raise ValueError(f"has no date in line {number}: {line.strip()[:40]!r}")
        try:
            day = date.fromisoformat(found["day"])
        except ValueError:
            raise ValueError(f"has a date in line {number} that there is not: {found['day']}") from None
        days[day] = (found["name"] or "").strip(' \t,;#"') or days.get(day, "")
    if not days:
        raise ValueError("has no date")
    return days
