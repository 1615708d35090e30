"""Which plan is meant: the patient, the dates, the site and what happened, asked by every command that plans one."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, get_type_hints

from blinplan.api.patient import AreaFormula, Figures
from blinplan.cli.app.patient_options import AgeOption, Area, Formula, Height, Weight, figures
from blinplan.cli.app.plan_options import LedgerFile, Measured, RecordFile, SiteFile, Start, TimeZone


class WhichPlan(NamedTuple):
    """The options that say which plan it is, as they were typed; each field is one of them."""

    weight: Weight = None
    height: Height = None
    bsa: Area = None
    bsa_formula: Formula = AreaFormula.MOSTELLER
    age: AgeOption = None
    start: Start = None
    time_zone: TimeZone = None
    measured: Measured = None
    site: SiteFile = None
    record: RecordFile = None
    ledger: LedgerFile = None

    @property
    def patient(self) -> Figures:
        """Who gets it."""
        return figures(self.weight, self.height, self.bsa, self.bsa_formula, self.age)

    @property
    def course(self) -> dict[str, str | None]:
        """When, where, and what happened: arguments of `blinplan.plan`."""
        names = ("start", "time_zone", "measured", "site", "record", "ledger")
        return {name: getattr(self, name) for name in names}


AS_NOBODY_SAID = WhichPlan()
"""The options where none is given."""


def with_plan_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options in the place of its argument ``which``: a command's signature is its help."""
    hints, signature = get_type_hints(WhichPlan, include_extras=True), inspect.signature(command)

    @wraps(command)
    def with_options(**given: Any) -> None:
        command(which=WhichPlan(**{name: given.pop(name) for name in WhichPlan._fields}), **given)

    parameters: list[inspect.Parameter] = []
    for one in signature.parameters.values():
        parameters += _options(hints) if one.name == "which" else [one.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
    with_options.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {**get_type_hints(command, include_extras=True), **hints}
    return with_options


def _options(hints: dict[str, Any]) -> list[inspect.Parameter]:
    kind, defaults = inspect.Parameter.KEYWORD_ONLY, WhichPlan._field_defaults
    return [inspect.Parameter(name, kind, default=defaults[name], annotation=hints[name]) for name in defaults]
