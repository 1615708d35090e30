"""Numbers that a physician knows stand once, as data: code asks for them by name."""

import ast
from collections.abc import Iterator

import pytest

from blinplan.label.read import DEFAULT, label_named
from blinplan.thresholds.threshold import threshold
from tests.structure.sources import SOURCES, text_of, tree_of

NO_NUMBERS_OF_PATIENTS = ("reports/", "physiology/engine/")
"""Where numbers are millimetres, letters and lines of a program."""
OWN = {
    18: {"course/patient.py"},
    45: {"course/patient.py"},
    28: {"regimen/recovery/possible.py", "rules/families/label/departures.py", "rules/families/schedule/rules.py"},
}
"""Who has such a number for another reason, and may.

Sizes of bodies that cannot be, a convention; what is tried in a gap of a file; and the examples of rules.
"""


def literals(tree: ast.AST) -> Iterator[float]:
    """The numbers that code has, as numbers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield node.value


@pytest.mark.slow
@pytest.mark.parametrize("number", OWN)
def test_a_number_of_the_label_is_in_no_code_beside_it(number: int) -> None:
    known = label_named(DEFAULT).numbers
    assert number in {known["adult_from"].value, known["flat_from_weight"].value, threshold("infusion_of_a_cycle")}
    places = {place for place in SOURCES if str(number) in text_of(place) and number in literals(tree_of(place))}
    assert {place for place in places if not place.startswith(NO_NUMBERS_OF_PATIENTS)} == OWN[number]
