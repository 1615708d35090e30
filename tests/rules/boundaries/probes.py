"""What is asked at limits at which no example of a rule lies: of plans, of doses by drug and disease, of simulations.

A probe says what is answered with its limit a step lower, as it is, and a step higher; or, where the program measures
by the number and no limit is asked, of a case a step below the number, at it and above.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from blinplan.course.calendar import Due
from blinplan.course.dated import date_course
from blinplan.course.events import expand
from blinplan.course.patient import Patient
from blinplan.proportion import Proportion
from blinplan.regimen import library
from blinplan.rules.checks.comparison import compare_with_label
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.rules.limits import limits_by, shipped_limits
from blinplan.rules.simulated.outcome import Escalation, SimulatedOutcome
from blinplan.rules.simulated.virtual import PatientSimulator
from blinplan.simulation.endpoints import table
from blinplan.simulation.endpoints.curve import Curve
from blinplan.simulation.expected import TypicalPatient, expected_after
from blinplan.simulation.typical_course import TypicalCourse
from tests.read_text import regimen_in
from tests.regimen_text import cycle, judgement_of, regimen_text, script, verdict_of
from tests.rules.families.heads_and_outcomes import CONSOLIDATION, RELAPSED, STEPPED, surely, with_outcome

Told = tuple[str, str, str]


class Probe(NamedTuple):
    """What is asked, what is answered around the limit, and how far the steps are; by itself as `step_of` has it."""

    ask: Callable[[], str]
    told: Told
    step: Fraction | None = None


class Measured(NamedTuple):
    """What is asked of a case below, at and above a number, what is answered, and how far the steps are."""

    ask: Callable[[Fraction], str]
    told: Told
    step: Fraction


def told(code: str, text: str, simulator: PatientSimulator | None = None) -> str:
    """What a rule says of a file: its ruling with how bad the findings are, or why it is not evaluated."""
    verdict = verdict_of(judgement_of(text, simulator, settings=_settings(code)), code)
    if verdict.not_evaluated:
        return verdict.not_evaluated.kind
    return " ".join([verdict.ruling.value, *sorted({str(finding.severity) for finding in verdict.findings})])


def words(code: str, text: str) -> str:
    """The messages of what a rule finds in a file."""
    findings = verdict_of(judgement_of(text, settings=_settings(code)), code).findings
    return "; ".join(finding.message for finding in findings)


def _settings(code: str) -> Settings:
    return Settings(extend_select=(Pattern(code),))


# --- doses: the highest that were run, in each disease; equal doses; intrathecal ones ---------------------------------

_POPULATIONS = {
    "leukaemia_adults": ("", "min_age_years = 18\n"),
    "leukaemia_children": ("", 'population = "child"\nbelow_age_years = 18\n'),
    "lymphoma": ('disease = "lymphoma"\n', ""),
    "autoimmune": ('disease = "autoimmune"\n', ""),
}
_HIGHEST = {
    "leukaemia_adults_flat": ("28", "28"),
    "leukaemia_adults_by_area": ("15", "30"),
    "leukaemia_children_flat": ("28", "28"),
    "leukaemia_children_by_area": ("15", "15"),
    "lymphoma_flat": ("9", "112"),
    "lymphoma_by_area": ("90", "90"),
    "autoimmune_flat": ("9", "9"),
    "autoimmune_by_area": ("5", "5"),
}
"""The highest first step and the highest dose that were run, as the studies have them."""


def _highest(of: str, dose: str, *, is_first: bool) -> Probe:
    """A course that begins at a dose, or comes to it: an error where it is above what was run, and at it none."""
    population, _, _ = of.partition("_by_area" if of.endswith("_by_area") else "_flat")
    disease, who = _POPULATIONS[population]
    unit = "mcg/m2/day" if of.endswith("_by_area") else "mcg/day"
    low = "" if is_first else _HIGHEST[of][0]
    steps = (*((f"{low} {unit} for 7 days",) if low else ()), f"{dose} {unit} for 21 days")
    head = f'indication = "investigational"\n{disease}\n[eligibility]\n{who}\n'
    text = regimen_text(head + cycle(*steps))
    return Probe(lambda: told("L012", text), ("finding error", "pass", "pass"))


_EQUAL_DOSES = {
    "betamethasone": "199.99",
    "methylprednisolone": "1066.66",
    "prednisone": "1333.33",
    "prednisolone": "1333.33",
    "triamcinolone": "1066.66",
    "deflazacort": "1599.99",
    "hydrocortisone": "5333.33",
    "cortisone": "6666.66",
}
"""Just less than is as strong as 200 mg of dexamethasone, of which 0.75 mg are as strong as 5 mg of prednisone."""
_THOUSANDTH = Fraction(1, 1000)


def _due(what: str, dose: str, kind: str = "pre-phase") -> str:
    day = -3 if kind == "pre-phase" else 1
    return regimen_text(f'[[due]]\nkind = "{kind}"\nwhat = "{what}"\ndose = "{dose} mg"\ndays = [{day}]\n\n{cycle()}')


def _equal(drug: str, told_of_it: Told) -> Probe:
    return Probe(lambda: told("C607", _due(drug, _EQUAL_DOSES[drug])), told_of_it, _THOUSANDTH)


_OF_DOSES: dict[str, Probe] = {
    **{f"highest_first_step_in_{of}": _highest(of, first, is_first=True) for of, (first, _) in _HIGHEST.items()},
    **{f"highest_dose_in_{of}": _highest(of, most, is_first=first == most) for of, (first, most) in _HIGHEST.items()},
    **{f"equal_dose_{drug}": _equal(drug, ("finding error", "pass", "pass")) for drug in _EQUAL_DOSES},
    "equal_dose_dexamethasone": _equal("prednisone", ("pass", "pass", "finding error")),
    "highest_intrathecal": Probe(
        lambda: told("C607", _due("cytarabine", "150", "intrathecal")), ("finding error", "pass", "pass")
    ),
    "highest_intrathecal_methotrexate": Probe(  # three times as much as is given
        lambda: told("C607", _due("methotrexate", "45", "intrathecal")), ("finding error", "pass", "pass")
    ),
}

# --- schedules and caps -----------------------------------------------------------------------------------------------


def _with_cap(who: str, cap: int) -> str:
    steps = f'steps = [{{ dose = "15 mcg/m2/day", max = "{cap} mcg/day", days = 28 }}]'
    return regimen_text(f'[eligibility]\n{who}\n\n[[cycle]]\nname = "Cycle"\n{steps}\ntreatment_free_days = 14\n')


def _short_step(days: int) -> str:
    return words("S306", regimen_text(cycle(f"9 mcg/day for {days} days", f"28 mcg/day for {28 - days} days")))


def _runs_of_short_steps(days: int) -> str:
    found = _short_step(days)
    return next(name for name in ("NCT04994717", "e70515", "no step under") if name in found)


def _interval_of_consolidation() -> str:
    found: Any = compare_with_label(regimen_in(regimen_text(CONSOLIDATION + cycle(repeat=4))), limits_by("us-2025"))
    return str(found.reference.cycle_before_interval(1).treatment_free)


_OF_SCHEDULES = {
    "labelled_interval": Probe(
        lambda: told("S304", regimen_text(RELAPSED + STEPPED + cycle(repeat=2))), ("finding warning", "pass", "pass")
    ),
    "consolidation_interval": Probe(_interval_of_consolidation, ("20159", "20160", "20161")),
    "cycles_consolidation": Probe(
        lambda: told("S307", regimen_text(CONSOLIDATION + cycle(repeat=4))), ("finding warning", "pass", "pass")
    ),
    "shorter_step_run": Probe(lambda: _runs_of_short_steps(4), ("NCT04994717", "NCT04994717", "e70515")),
    "shortest_step_run": Probe(lambda: _runs_of_short_steps(3), ("e70515", "e70515", "no step under")),
    "largest_area": Probe(lambda: told("D205", _with_cap("min_age_years = 18", 45)), ("finding error", "pass", "pass")),
    "smallest_area": Probe(
        lambda: told("D205", _with_cap("below_weight_kg = 45", 3)), ("pass", "pass", "finding error")
    ),
    "redistribution": Probe(
        lambda: words("T502", regimen_text(STEPPED)).partition("blood on ")[2].partition(";")[0],
        ("days 1 to 2, and again on days 8 to 9", *("days 1 to 3, and again on days 8 to 10",) * 2),
    ),
}

# --- shares of virtual patients: their interval ends at the limit -----------------------------------------------------

_SHARE, _OTHER = Proportion(7, 10), Proportion(8, 10)
_TWO = cycle(repeat=2)


Ends = tuple[tuple[Proportion, tuple[float, float]], ...]


def _at_both_ends(code: str, lines: str, found: SimulatedOutcome, low: Ends, high: Ends, told_of_it: Told) -> Probe:
    """What is said where the interval of a share begins at a limit, and where it ends there."""
    text = regimen_text(lines)
    return Probe(lambda: " / ".join(told(code, text, script(surely(found, *ends))) for ends in (low, high)), told_of_it)


_OF_SHARES = {
    "majority": _at_both_ends(
        "B401",
        cycle(),
        with_outcome(depletion=_SHARE),
        ((_SHARE, (0.5, 0.9)),),
        ((_SHARE, (0.1, 0.5)),),
        ("pass / undecided", *("undecided / finding error",) * 2),
    ),
    "insufficiently_depleted_patients": _at_both_ends(
        "B402",
        cycle(),
        with_outcome(depletion=_SHARE),
        ((_SHARE.others, (0.2, 0.3)), (_SHARE, (0.6, 0.9))),
        ((_SHARE.others, (0.1, 0.2)), (_SHARE, (0.6, 0.9))),
        ("finding warning / undecided", *("undecided / pass",) * 2),
    ),
    "recovering_patients": _at_both_ends(
        "B403",
        _TWO,
        with_outcome(depletion=_SHARE, recoveries=(_OTHER,)),
        ((_OTHER, (0.05, 0.4)),),
        ((_OTHER, (0.01, 0.05)),),
        ("finding warning / undecided", *("undecided / pass",) * 2),
    ),
    "later_cytokines": _at_both_ends(
        "C602",
        _TWO,
        with_outcome(later_elevation=(_SHARE,)),
        ((_SHARE, (0.5, 0.6)),),
        ((_SHARE, (0.3, 0.5)),),
        ("finding warning / undecided", *("undecided / pass",) * 2),
    ),
    "fewer_returned_t_cells": _at_both_ends(
        "T501",
        STEPPED,
        with_outcome(escalation=Escalation(7.0, _SHARE, 12.3), compared_returns=("rr-adult", _OTHER)),
        ((_SHARE, (0.335, 0.4)), (_OTHER, (0.5, 0.5))),
        ((_SHARE, (0.1, 0.335)), (_OTHER, (0.5, 0.5))),
        ("pass / undecided", "pass / finding note", "undecided / finding note"),
    ),
}


# --- what simulations measure by --------------------------------------------------------------------------------------


def _first_day(endpoint: str, signal: list[float]) -> str:
    """Whether an endpoint has a day on a curve of one patient over a cycle."""
    values = np.array(signal)[:, None]
    curve = Curve(np.linspace(0.0, 42.0, len(signal)), values, values[0], {1: (0.0, 28.0, 42.0)}, 0.0)
    found: Any = getattr(table, endpoint)
    return "never" if np.isnan(found.on_curve(curve, 1)[0]) else "on a day"


OF_MEASURES = {
    "depleted_count": Measured(
        lambda count: _first_day("B_DEPLETED_DAY", [200.0, float(count), 200.0]),
        ("on a day", "on a day", "never"),
        Fraction(1, 1000),
    ),
    "returned_t_cells": Measured(
        lambda percent: _first_day("T_RETURN_DAY", [100.0, *[50.0] * 10, float(percent), 50.0]),
        ("never", "on a day", "on a day"),
        Fraction(1, 1000),
    ),
}


class _NoCurve(TypicalCourse):
    """A typical patient of whom nothing is known: what is expected when does not wait for a simulation."""

    def __init__(self) -> None:
        pass

    def fewest_t_cells(self, *_: int) -> None:
        return None

    def highest_il6(self, *_: int) -> None:
        return None


def _window() -> str:
    """When T cells are expected back, in minutes from the start."""
    course = expand(library.regimen("rr-adult"), Patient(weight=Fraction(70)))
    dated = date_course(course, datetime(2026, 11, 2, 10, tzinfo=UTC), None, None)
    start = next(entry for entry in dated.entries if entry.due is Due.START)
    first = expected_after(dated, start, TypicalPatient(_NoCurve(), {}), shipped_limits())
    return str(next(window.start for window in first.windows if window.what == "T cells come back"))


OF_RULES = {
    **_OF_DOSES,
    **_OF_SCHEDULES,
    **_OF_SHARES,
    "first_return_of_t_cells": Probe(_window, ("10079", "10080", "10081")),
}
"""Those that decide for rules, by the limit."""
