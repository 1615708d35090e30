"""A limit put somewhere else for a while, wherever the program takes it from."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import ROUND_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import tomli

from blinplan.label import read
from blinplan.limits import StatedLimits
from blinplan.rules import limits as of_rules

_DIGITS = Decimal("1e-12")
# Imported here, since `blinplan.rules.configuration` has a function of that name.
_SETTINGS = importlib.import_module("blinplan.rules.configuration.settings")


@contextmanager
def limit_at(name: str, value: Fraction) -> Iterator[None]:
    """Put a limit at a value: in the label, which is read anew, in the limits of the rules, and in all settings."""
    by_families = of_rules._limits_of_families()
    with pytest.MonkeyPatch.context() as patch:
        if name in by_families:
            patch.setitem(by_families, name, by_families[name]._replace(value=value))
        else:
            changed, label_in = _label_with(name, value), read._label_in
            patch.setattr(read, "_label_in", lambda at, of: changed if of == read.DEFAULT else label_in(at, of))
        patch.setattr(of_rules, "_BY_SCHEDULE", {})
        for of in ("limits_by", "limits_for"):
            patch.setattr(_SETTINGS, of, _with_value(getattr(_SETTINGS, of), name, value))
        of_rules.limits_by.cache_clear()
        try:
            yield
        finally:
            of_rules.limits_by.cache_clear()


def _label_with(name: str, value: Fraction) -> Any:
    """The default label with one number changed, and all that follows from it; a count of cycles is no such number."""
    path: Path = read._LABELS / f"{read.DEFAULT}.toml"
    file = tomli.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    if name in file["number"]:
        written = Decimal(value.numerator) / Decimal(value.denominator)
        file["number"][name]["value"] = written.quantize(_DIGITS, rounding=ROUND_UP)
    return read.label_from(file)


def _with_value(limits_of: Callable[..., StatedLimits], name: str, value: Fraction) -> Callable[..., StatedLimits]:
    def limits(*of: Any) -> StatedLimits:
        found = limits_of(*of)
        return found.with_limits({name: found[name]._replace(value=value)}) if name in found.by_name else found

    return limits
