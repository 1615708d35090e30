"""Which age groups a regimen is for: by its ages, by the virtual patients that it names, or by the one patient."""

from blinplan.regimen.vocabulary import AgeGroup
from blinplan.rules.rule import Case


def admitted_groups(case: Case) -> tuple[AgeGroup, ...]:
    """The age groups that a regimen admits: those that the patient may belong to, where one was given."""
    groups = _of_patient(case) if case.patient is not None else _of_regimen(case)
    return tuple(group for group in AgeGroup if group in groups)


def _of_regimen(case: Case) -> frozenset[AgeGroup]:
    who = case.regimen.eligibility
    if not who.limited_by_age:
        return _BY_POPULATION.get(who.population, frozenset(AgeGroup))
    # Imported here, because few files say ages.
    from blinplan.course.adulthood import adult_from

    adult = adult_from(case.regimen, case.site, case.limits_unasked)
    if adult is None:
        return frozenset(AgeGroup)
    if who.below_age is not None and who.below_age <= adult.value:
        return frozenset({AgeGroup.CHILDREN})
    if who.minimum_age is not None and who.minimum_age >= adult.value:
        return frozenset({AgeGroup.ADULTS})
    return frozenset(AgeGroup)


_BY_POPULATION: dict[str | None, frozenset[AgeGroup]] = {
    "adult-rr": frozenset({AgeGroup.ADULTS}),
    "adult-mrd": frozenset({AgeGroup.ADULTS}),
    "child": frozenset({AgeGroup.CHILDREN}),
}


def _of_patient(case: Case) -> frozenset[AgeGroup]:
    from blinplan.course.adulthood import Adulthood, adult_from

    assert case.patient is not None  # noqa: S101 - asked where one was given
    adult = adult_from(case.regimen, case.site, case.limits_unasked)
    return Adulthood(adult, case.patient.age, weight=case.patient.weight).groups_at(0)
