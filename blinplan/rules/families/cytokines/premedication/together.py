"""Several premedications of one age group that stand beside one of the label's: what they come to together."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from blinplan.regimen.vocabulary import Occasion
from blinplan.rules.families.cytokines.premedication.comparison import PremedicationPair, distance_of, weight_of
from blinplan.rules.rule import Finding, Severity


def differences_together(compared: Sequence[PremedicationPair]) -> Iterator[Finding]:
    """What differs: of those that no other is given with, each alone; of the others, the sum on the worst occasion.

    What is to be left out, or to be one with another, is not compared alone: to make it the label's dose would be to
    give that twice.
    """
    on = {occasion: _given_on(occasion, compared) for occasion in Occasion}
    together = [one for one in compared if any(len(given) > 1 and one in given for given in on.values())]
    for one in compared:
        if one not in together:
            yield from one.differences()
    if together:
        yield from _of_sum(together, on)


def _given_on(occasion: Occasion, compared: Sequence[PremedicationPair]) -> list[PremedicationPair]:
    """Those of one drug each that are given on an occasion."""
    return [one for one in compared if one.is_given_on(occasion) and not one.drug.unread]


def _sum_of(given: Sequence[PremedicationPair]) -> Fraction:
    """How many times the label's dose several are together."""
    return sum((one.times_label for one in given), Fraction(0))


def _of_sum(together: Sequence[PremedicationPair], on: dict[Occasion, list[PremedicationPair]]) -> Iterator[Finding]:
    nearest = min(together, key=lambda one: weight_of(list(one.differences())))
    several = {occasion: given for occasion, given in on.items() if len(given) > 1}
    occasion, given = max(several.items(), key=lambda item: (distance_of(_sum_of(item[1])), len(item[1])))
    alone = [one for one in together if [one] in on.values()]
    short = next((one for one in alone if distance_of(one.times_label) > distance_of(_sum_of(given))), None)
    if nearest.times_label == 1:
        yield from nearest.differences()
    elif short is not None:  # on another occasion it is all that is given
        yield from short.differences()
        return
    else:
        of_time = (finding for one in together for finding in one.of_time())
        yield from (finding for finding in of_time if finding.severity is Severity.ERROR)
    yield next(one for one in given if one is not nearest).sum_told(occasion, given, _sum_of(given))
