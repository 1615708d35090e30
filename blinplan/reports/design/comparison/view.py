"""What is shown of regimens that were compared."""

from dataclasses import dataclass

from blinplan.design.comparison.compare import PairedComparison
from blinplan.design.comparison.given import Given
from blinplan.design.difference.difference import RegimenDifference


@dataclass(frozen=True, slots=True)
class FindingApart:
    """Something that rules find in some of the regimens and not in all."""

    code: str
    severity: str
    message: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """All that is shown of regimens that were compared.

    Attributes
    ----------
    comparison
        What came of the patients.
    differences
        How each of the others differs from the reference, in words.
    given
        What each gives, at a body surface area.
    findings
        What rules find in some of them; None where they were not asked.
    remarks
        What has to be known besides.
    """

    comparison: PairedComparison
    differences: tuple[RegimenDifference, ...]
    given: tuple[Given, ...]
    findings: tuple[FindingApart, ...] | None = None
    remarks: tuple[str, ...] = ()
