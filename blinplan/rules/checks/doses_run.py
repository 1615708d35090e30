"""Doses beside those that anybody ran, by disease, patients and how doses are counted."""

from collections.abc import Iterator
from typing import NamedTuple

from blinplan.label.read import DEFAULT, label_named
from blinplan.quantities import Basis
from blinplan.regimen.regimen import Cycle, Regimen, Step
from blinplan.regimen.vocabulary import Disease
from blinplan.rules.checks import labelled
from blinplan.rules.limits import Limit
from blinplan.rules.rule import Case


def population_of(regimen: Regimen) -> str:
    """The patients in whom the highest doses were run, as the names of limits call them."""
    if regimen.disease is not Disease.LEUKAEMIA:
        return regimen.disease.value
    return "leukaemia_adults" if _is_for_adults(regimen) else "leukaemia_children"


def _is_for_adults(regimen: Regimen) -> bool:
    who = regimen.eligibility
    if who.population is not None:
        return who.population != "child"
    return who.minimum_age is not None and who.minimum_age >= label_named(DEFAULT).numbers["adult_from"].value


def population_in_words(regimen: Regimen) -> str:
    """The patients, in words that end a sentence."""
    return {
        "leukaemia_adults": "adults with leukaemia",
        "leukaemia_children": "children with leukaemia",
        "lymphoma": "lymphoma",
        "autoimmune": "autoimmune disease",
    }[population_of(regimen)]


def _limit_names(regimen: Regimen) -> tuple[str, str]:
    """The names of the highest first step and of the highest dose in the patients of a regimen."""
    basis = "by_area" if regimen.basis is Basis.BSA else "flat"
    population = population_of(regimen)
    return f"highest_first_step_in_{population}_{basis}", f"highest_dose_in_{population}_{basis}"


class HighDose(NamedTuple):
    """A step above the highest that was run, which that is, and whether as a first step."""

    step: Step
    limit: Limit
    is_first: bool


def doses_above_run(case: Case) -> list[HighDose]:
    """The steps above the highest that anybody ran in the patients of the regimen."""
    return case.once(_doses_above_run)


def _doses_above_run(case: Case) -> list[HighDose]:
    return list(_above_run(case))


def _above_run(case: Case) -> Iterator[HighDose]:
    of_first, of_all = (case.limits[name] for name in _limit_names(case.regimen))
    first = case.regimen.cycles[0].steps[0]
    for step in case.regimen.steps:
        if step.dose.amount > of_all.value:
            yield HighDose(step, of_all, is_first=False)
        elif step is first and step.dose.amount > of_first.value:
            yield HighDose(step, of_first, is_first=True)


def doses_below_run(case: Case) -> Iterator[tuple[Step, Limit]]:
    """The steps that are below two thirds of what every regimen for leukaemia begins with, or leads to."""
    part, limits = 1 / case.limits["far_from_label"].value, case.limits
    first = case.regimen.cycles[0].steps[0]
    low = labelled.first_step(limits, first.dose.basis)
    if first.dose.amount < part * low.value and first is not _target(case.regimen.cycles[0]):
        yield first, low
    full = labelled.maximum(limits, first.dose.basis)
    targets = {step.dose: step for step in map(_target, reversed(case.regimen.cycles))}
    for step in targets.values():
        if step.dose.amount < part * full.value and not _is_told(case, step):
            yield step, full


def _target(cycle: Cycle) -> Step:
    return max(cycle.steps, key=lambda step: step.dose.amount)


def _is_told(case: Case, step: Step) -> bool:
    """Whether full depletion is not documented at a dose, which D201 and D202 tell."""
    name = "depletion_by_area" if step.dose.basis is Basis.BSA else "depletion_flat"
    return step.dose.amount <= case.limits_unasked[name].value
