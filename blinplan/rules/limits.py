"""The limits that decide the rules, as they come with the program: those of the families and of a label."""

from functools import cache
from pathlib import Path

from blinplan.label.read import DEFAULT, label_named
from blinplan.limits import Limit, Limits, StatedLimits, limits_in
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import Indication

__all__ = ["Limit", "Limits", "limits_by", "limits_for", "number_text", "shipped_limits"]

_FAMILIES = Path(__file__).with_name("families")


def shipped_limits() -> Limits:
    """All limits, with the numbers of the default label."""
    return limits_by(DEFAULT)


def number_text(name: str) -> str:
    """A limit with its unit, for the sentence of a rule: a sentence says the number that decides."""
    return shipped_limits()[name].number


@cache
def limits_by(label: str) -> StatedLimits:
    """All limits: those that stand beside the families of rules, and the numbers of a label.

    Raises
    ------
    KeyError
        When there is no such label.
    """
    return label_named(label).numbers.with_limits(_limits_of_families())


def limits_for(regimen: Regimen, label: str) -> StatedLimits:
    """All limits as they hold for a regimen: what the label says of it may be less certain than the number itself.

    Regimens with one schedule of a label share them.
    """
    text = label_named(label)
    schedule = text.schedule_for(regimen)
    # A label is kept for good once it is read, so that none comes to have the number of another.
    key = id(text), regimen.indication, id(schedule)
    if key not in _BY_SCHEDULE:
        _BY_SCHEDULE[key] = text.numbers_for(regimen).with_limits(_limits_of_families())
    return _BY_SCHEDULE[key]


_BY_SCHEDULE: dict[tuple[int, Indication, int], StatedLimits] = {}


@cache
def _limits_of_families() -> dict[str, Limit]:
    files = [folder / "limits.toml" for folder in sorted(_FAMILIES.iterdir())]
    return {name: limit for file in files if file.is_file() for name, limit in limits_in(file).items()}
