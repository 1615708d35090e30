"""blinplan-solver(7): how the model is computed, and how far that can be trusted; its figures are the engine's own."""

import re
from collections.abc import Iterator
from pathlib import Path

from blinplan.course.events import periods
from blinplan.physiology.engine.choose import WORTH_COMPILING, WORTH_LOADING
from blinplan.physiology.engine.grid import (
    FREE,
    INFUSING,
    REACH,
    SEEN,
    WHERE_TARGETS_ARE_LOST,
    Growth,
    ends_of_steps,
    refinement,
)
from blinplan.physiology.model.mechanism import CELLS_OF_A_FULL_MARROW
from blinplan.physiology.model.parameters import preset_called
from blinplan.physiology.model.states import TABLE
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen.library import regimen
from man.make import roff

PAGE = "blinplan-solver.7"
_EXAMPLE = "rr-adult"
_METHOD = (
    f"Each patient is {len(TABLE)} states, which `blinplan model --equations` writes out. This page says how they are"
    " computed, how far that can be trusted, and what never changes a result.",
    "The drug is computed in closed form: under a constant infusion its concentration nears a plateau exponentially,"
    " and its integral is exact. Every other state is y' = production - loss × y. On a step the loss is integrated"
    " exactly, and what is produced is taken as the parabola through its values at the start, the middle and the end of"
    " the step (exponential collocation: Hochbruck and Ostermann, Acta Numerica 19, 2010); two slow memories go by"
    " Lobatto IIIA. The method is of order 4: half the step, a sixteenth of the error. It keeps every steady state"
    " exactly, and damps what is fast at any step.",
    "Nothing is iterated: a step is always the same operations in the same order, whoever the patient is.",
)
_GRID = (
    "The steps of a patient follow from the time since the infusion last changed and from whether it runs, and from"
    " nothing else: not from errors estimated on the way, not from what comes later, and not from other patients."
    " They are short after a change, when cytokines and T cells move, and grow:",
    "Whole days since a change are ends or middles of steps, so that daily output is read off without"
    " interpolation. Other times are read off the polynomial of fifth degree through the values and rates of change"
    " at the start, the middle and the end of the step they lie in; crossings of a level, peaks and nadirs are"
    " found on the same polynomial. Where cytolytic proteins act faster than usual in a population, all steps of it"
    " are shorter: as short as the next faster of a ladder of rates asks for, so that among many parameter sets some"
    " take the same steps. Patients of many sets go through a course together all the same, and each on the steps"
    " that he has alone.",
)
_RARE = (
    f"Some patients take finer steps than these. Those whose T cells adhere at more than {REACH.adhesion:g}/day, as in"
    " most patients with few B cells, have shorter ones in the first half day of an infusion. A few have shorter"
    " ones all the time: those in whom the drug rises, at first, by more than"
    f" {REACH.rise:g} times the concentration of half lysis in a day; whose marrow is lysed at more than"
    f" {REACH.marrow_lysis:g}/day, or whose blood at more than {REACH.blood_lysis:,.0f} cells/µL/day; whose T cells"
    f" adhere at more than {REACH.fast_adhesion:g}/day, multiply at more than {REACH.proliferation:g}/day, or are fewer"
    f" than {REACH.t_cells[0]:,.0f} or more than {REACH.t_cells[1]:,.0f} per µL before treatment; who release in a day"
    f" more than {REACH.release:,.0f} times the baseline of a cytokine and {SEEN:g} pg/mL; in whom an infusion ended at"
    f" more than {REACH.concentration:g} times the concentration of half lysis; and who eliminate the drug at less than"
    f" {REACH.elimination:g}/day. Where all steps of a population are smaller, the limits of adhesion, rise, lysis and"
    " multiplication are as much higher. Which patients they are follows from the patient and the dose, too."
    " Where release wanes by the loss of targets alone (`--attenuation target-loss`), which may come late, all steps of"
    f" everybody are {WHERE_TARGETS_ARE_LOST:g} as long."
)
_BOUND = (
    "The promise is an error of at most {bound} in every series at every time, for patients who are drawn and for those"
    " of a table: the difference from the exact solution,"
    " over its size plus a scale below which nothing is told apart ({scales}).",
    "It is measured in two ways. SciPy, at a relative tolerance of 1e-10 and from equations that are written out a"
    " second time, is the witness of a few patients, some with extreme parameters, under every shipped regimen"
    " (`python -m tests.benchmarks accuracy`). For many patients the engine is held to itself at a quarter of its"
    " steps, where its error is some two hundred times smaller, at each noon and midnight, and {times} times from a"
    " minute to {hours:g} hours after each change of the infusion (`python -m tests.benchmarks bound`):",
    "The promise is for the parameters that are shipped. Of others nothing is promised; the greatest errors {others}.",
)
_PAIRS = (
    "Two regimens that agree up to some minute agree until then to the last bit, in states and in endpoints,"
    " whatever follows: a paired difference is none where there is none. An event that changes nothing changes"
    " nothing: an infusion that goes on at the same rate in another step or cycle is one infusion.",
    "What a patient's steps are follows from the patient's own dose. One who is at a cap before and after a step of"
    " the dose has no step there; one who goes off the drug has the end of infusion on that day. What is an"
    " escalation of the course, and so which columns a table has, follows from the order.",
)
_BYTES = (
    "Additions, multiplications and divisions give the same bits on every machine (IEEE 754); libraries of"
    " mathematics do not. So the exponential function is the engine's own, made of these alone. A patient has the"
    " same bytes alone, in a crowd, in a stretch of a run (`--first`), in a batch of several parameter sets, with"
    " one thread or many, in threads or processes, compiled by numba (the extra `fast`) or computed by NumPy.",
    "Which of the two computes is therefore no part of a result; a stretch records it, and `merge` joins those of one."
    " Few patients go through NumPy and never wait for a"
    f" compiler; from {WORTH_COMPILING:,} patients in a process on, or {WORTH_LOADING} where there is machine code"
    " already, they are compiled. Patients of many parameter sets, few of each, have machine code of their own, by the"
    " same rule: there sets go side by side, and one more costs little beyond its patients.",
)
_CELL = (
    "Blasts are kept as a share of what the marrow has room for, on a scale of logarithms. A full marrow is taken"
    f" as {CELLS_OF_A_FULL_MARROW:.0e} cells (a convention: about a kilogram of them, unverified), so that one cell"
    f" is {1.0 / CELLS_OF_A_FULL_MARROW:.0e} of it. Fewer than one cell is none that could be fewer: at one cell"
    " lysis takes no more, and when lysis stops the last cell grows. So the least logarithmic change depends on"
    " where a patient began, and a count at one cell says that the model has no smaller one, and not that one is"
    " left or that somebody is cured.",
)


def pages() -> dict[str, str]:
    """The page of section 7."""
    return {
        PAGE: roff.page(
            PAGE[:-2],
            7,
            "How the model of blinplan is computed, and how exact that is.",
            roff.section(
                "description",
                roff.paragraph(_METHOD[0]),
                roff.subsection("Method", *map(roff.paragraph, _METHOD[1:])),
                roff.subsection(
                    "Steps", roff.paragraph(_GRID[0]), roff.example(_steps()), *map(roff.paragraph, (_GRID[1], _RARE))
                ),
                roff.subsection("Error", *_error()),
                roff.subsection("Pairs and neighbours", *map(roff.paragraph, _PAIRS)),
                roff.subsection("The same bytes", *map(roff.paragraph, _BYTES)),
                roff.subsection("One cell", *map(roff.paragraph, _CELL)),
            ),
            roff.see_also(("blinplan.1", "blinplan-model.1", "blinplan-simulate.1", "blinplan-endpoints.7")),
        )
    }


def _steps() -> str:
    """How long steps are after a change, and how many a course takes."""
    rows = ["days since the change   steps a day, infusing   steps a day, free"]
    both = [_by_day(growth, _size(), 30) for growth in (INFUSING, FREE)]
    rows += [f"{f'{day} to {day + 1}':>22}   {both[0][day]:>21}   {both[1][day]:>17}" for day in (0, 1, 2, 4, 8, 16)]
    days = periods(regimen(_EXAMPLE))[-1].stop / MINUTES_PER_DAY
    return "\n".join([*rows, "", f"{_EXAMPLE}, {days:g} days: {_number_of_steps():,} steps"])


def _size() -> float:
    """How large the steps of the population of the example are."""
    return refinement(preset_called(regimen(_EXAMPLE).virtual_population).value("cytolytic_rate"))


def _by_day(growth: Growth, size: float, days: int) -> list[str]:
    """Steps that end in each day; fewer than one where a step is longer than it."""
    ends = ends_of_steps(growth, size, days)
    counts = [sum(day < end <= day + 1 for end in ends) for day in range(days)]
    return [str(count) if count else "less than 1" for count in counts]


def _number_of_steps() -> int:
    course, total = periods(regimen(_EXAMPLE)), 0
    for period in course:
        days = period.minutes / MINUTES_PER_DAY
        ends = ends_of_steps(FREE if period.dose is None else INFUSING, _size(), int(days) + 1)
        total += next(number for number, end in enumerate(ends, start=1) if end >= days)
    return total


def _error() -> Iterator[list[str]]:
    promise, after, *measured = (_MEASURED / "bound.txt").read_text(encoding="utf-8").splitlines()
    bound, scales = promise.removeprefix("promised ").split("; scales ")
    minutes = [int(minute) for minute in after.removeprefix("minutes after a change ").split(", ")]
    yield roff.paragraph(_BOUND[0].format(bound=bound, scales=scales))
    yield roff.paragraph(_BOUND[1].format(times=len(minutes), hours=minutes[-1] / 60))
    yield _greatest(*measured[:-1])
    yield roff.paragraph(_BOUND[2].format(others=measured[-1]))


_MEASURED = Path(__file__).parent / "measured"
_LINE = re.compile(r"(?P<name>.+?) +seed \d+ +(?P<error>\S+)  (?P<series>\w+), (?P<when>[^,]+), patient \d+")


def _greatest(patients: str, *lines: str) -> list[str]:
    """Of which patients, and the greatest errors: a line for each of the worst regimens, and one for the others."""
    found: dict[str, re.Match[str]] = {}
    for line in sorted(filter(None, map(_LINE.fullmatch, lines)), key=lambda each: -float(each["error"])):
        found.setdefault(line["name"], line)
    worst, others = list(found.values())[:_SHOWN], list(found.values())[_SHOWN:]
    width = max(len(each["name"]) for each in worst)
    shown = [
        f"{each['name']:{width}}  {each['error']}  {each['series'].replace('_', ' ')}, {each['when']}" for each in worst
    ]
    if others:
        shown.append(f"{len(others)} other regimens, at most {others[0]['error']}")
    return [*roff.paragraph(f"Of {patients}:"), *roff.example("\n".join(shown))]


_SHOWN = 8
