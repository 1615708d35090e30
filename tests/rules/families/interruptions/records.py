"""Course records of a few lines: when it began, what was hung, and what was stopped."""

from collections.abc import Sequence
from typing import Any

from tests.rules.families.examples import verdict_on, words_of

CRS, NEURO, OTHER = "cytokine-release-syndrome", "neurological", "other-adverse-event"
ADULT, CHILD, HONG_KONG = "rr-adult", "rr-below-45-kg", "hk-rr-adult"


def record(*parts: str, regimen: str = ADULT, patient: str = "") -> str:
    """A record that began on 2 March 2026 at ten, with a line of the patient's figures and its tables."""
    head = f'record = 1\nregimen = "{regimen}"\nstart = 2026-03-02T10:00:00Z\n{patient}\n'
    return "\n".join([head, *parts])


def stop(cause: str, *lines: str, at: str = "03-05T10:00", again: str = "03-07T10:00", cycle: int = 1) -> str:
    """An interruption on 5 March, two days long where nothing else is said."""
    restarted = f"restarted = 2026-{again}:00Z\n" if again else ""
    body = "".join(f"{line}\n" for line in lines)
    return f'[[interruption]]\nstopped = 2026-{at}:00Z\ncause = "{cause}"\ncycle = {cycle}\n{restarted}{body}'


def bag(
    hung: str, down: str = "", *, dose: str = "9 mcg/day", hours: int = 24, number: int | None = None, more: str = ""
) -> str:
    """A bag that hung from a time to another, or hangs."""
    which = "" if number is None else f"number = {number}\n"
    taken = f"taken_down = 2026-{down}:00Z\n" if down else ""
    return f'[[bag]]\n{which}hung = 2026-{hung}:00Z\n{taken}dose = "{dose}"\nhours = {hours}\n{more}'


def measured(day: str, *figures: str) -> str:
    """Figures of the patient that were taken on a day."""
    return "\n".join([f"[[measured]]\non = 2026-{day}", *figures, ""])


def told(code: str, text: str, **asked: Any) -> list[str]:
    """All that a rule says of a record."""
    return list(words_of(verdict_on(code, text, **asked)))


def limits(code: str, text: str, **asked: Any) -> Sequence[tuple[str, ...]]:
    """The limits that each finding of a rule rests on."""
    return [finding.limits for finding in verdict_on(code, text, **asked).findings]
