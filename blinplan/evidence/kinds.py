"""What a row of evidence is worth, in words that a reader of any page can hold apart."""

from enum import StrEnum


class EvidenceKind(StrEnum):
    """What a measure is: how it could have gone, and, where it missed, that it did."""

    FAILS = "fails"
    NOT_REPRODUCED = "not reproduced"
    PREDICTED = "predicted"
    FITTED = "used in the fit"
    CONSTRUCTION = "by construction"
    NOT_MEASURED = "not measured"

    @property
    def heading(self) -> str:
        """What stands above the rows of a kind."""
        return _TITLES[self][0]

    @property
    def meaning(self) -> str:
        """What that says to a reader, in a sentence or two."""
        return _TITLES[self][1]


NOT_EVALUATED = "Not evaluated"
"""What stands above published numbers that nothing is held against."""

NOT_EVALUATED_MEANING = (
    "Published numbers that nothing of the model can be held against, each with the reason. None is met."
)
"""What that says to a reader."""


_TITLES = {
    EvidenceKind.FAILS: (
        "Fails",
        "A claim of the article that the model misses, or a published number that it was not known to miss.",
    ),
    EvidenceKind.NOT_REPRODUCED: (
        "Not reproduced",
        "Published numbers that the model is known to miss, each with the reason that is thought of.",
    ),
    EvidenceKind.PREDICTED: (
        "Predicted, and held against",
        "Nothing was fitted to these. The claims of the article were known when the model was built, so that theirs say"
        " less than those of published numbers.",
    ),
    EvidenceKind.FITTED: (
        "Used in the fit",
        "The model was fitted to these, so that they say nothing of whether it is true.",
    ),
    EvidenceKind.CONSTRUCTION: (
        "By construction",
        "These follow from what was put in: they can fail by a mistake only.",
    ),
    EvidenceKind.NOT_MEASURED: (
        "Not measured",
        "Nobody of so few patients has what is measured: these rows say nothing. None is met.",
    ),
}
