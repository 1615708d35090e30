"""The texts of options and answers of ``blinplan new`` as values."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from blinplan.cli.app.patient_options import plain_number
from blinplan.quantities import QuantityError
from blinplan.refusal import Refusal

Value = TypeVar("Value")
NONE = "none"


def parse_text(option: str, text: str, parse: Callable[[str], Value]) -> Value:
    """Read the text of an option."""
    try:
        return parse(text)
    except QuantityError as error:
        raise Refusal(f'{option} is "{text[:80]}"', str(error)) from error


def parse_each(option: str, texts: list[str] | None, parse: Callable[[str], Value]) -> tuple[Value, ...] | None:
    """Read the texts of an option that is repeated; None where it is not given."""
    return tuple(parse_text(option, text, parse) for text in texts) if texts else None


def parse_or_none(option: str, text: str | None, parse: Callable[[str], tuple[Value, ...]]) -> tuple[Value, ...] | None:
    """Read the text of an option; empty for none, None where it is not given."""
    if text is None:
        return None
    return () if text.strip().lower() == NONE else parse_text(option, text, parse)


def weight_limit(option: str, text: str) -> tuple[Decimal, ...]:
    """Read a limit of body weight in kg; empty for none."""
    if text.strip().lower() == NONE:
        return ()
    plain_number(option, text.strip())
    return (Decimal(text.strip()),)


def days(option: str, text: str) -> tuple[int, ...]:
    """Read days of one cycle after the other; empty for none."""
    if text.strip().lower() == NONE:
        return ()
    parts = [part for part in re.split(r"[,\s]+", text.strip()) if part]
    if not parts or not all(re.fullmatch(r"[0-9]{1,3}", part) for part in parts):
        raise Refusal(f'{option} is "{text[:80]}"', "give whole days for cycle 1, cycle 2 and so on, as 9,2; or none")
    return tuple(int(part) for part in parts)
