"""What the article says of doses such as are varied, as lines to draw into a figure and in words."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from blinplan.design.sweep.article import ArticleDoses, article_doses
from blinplan.design.sweep.cell import EndpointName
from blinplan.design.sweep.sweep import DEPLETED, Sweep
from blinplan.design.variation.axis import VariedAxis
from blinplan.quantities import decimal_text
from blinplan.simulation.endpoints.table import B_DEPLETED_DAY


class ArticleMark(NamedTuple):
    """What the article says of doses such as an axis has.

    Attributes
    ----------
    axis
        The axis.
    said
        What is said.
    is_of_whole_dose
        Whether these are all that the first cycle gives, as in the article, and not one step of several.
    """

    axis: VariedAxis
    said: ArticleDoses
    is_of_whole_dose: bool

    @property
    def words(self) -> str:
        """What is said, in a word or two beside a line."""
        return "majority" if self.said.is_threshold else "incomplete"


def article_marks(swept: Sweep) -> tuple[ArticleMark, ...]:
    """What is said of doses of the first cycle, where depletion is shown."""
    if not any(map(is_of_depletion, swept.shown_names)):
        return ()
    return tuple(
        ArticleMark(axis, said, swept.is_of_whole_dose(axis))
        for axis in swept.axes
        if swept.is_of_first_cycle(axis)
        for said in article_doses()
        if said.unit == axis.unit
    )


def is_of_depletion(name: EndpointName) -> bool:
    """Whether an endpoint is what the article says of doses: that B cells are depleted."""
    return name.key in {B_DEPLETED_DAY.key, DEPLETED}


def article_lines(swept: Sweep) -> Iterator[str]:
    """The same in words."""
    found = sorted(article_marks(swept), key=lambda mark: mark.is_of_whole_dose)
    for is_whole, marks in groupby(found, lambda mark: mark.is_of_whole_dose):
        whom = "Article" if is_whole else "Article, of one dose throughout and not of steps"
        yield f"{whom}: {_words_of_all(list(marks))}."


def _words_of_all(marks: Sequence[ArticleMark]) -> str:
    return "; ".join(dict.fromkeys(_words(mark.said) for mark in marks))


def _words(of: ArticleDoses) -> str:
    doses = " and ".join(map(decimal_text, of.doses))
    if of.is_threshold:
        return f"B cells fell to depletion in the majority above {doses} {of.unit} ({of.claim})"
    return f"incompletely at {doses} {of.unit} ({of.claim})"
