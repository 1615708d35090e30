"""Whether the model is true to the article and the published numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blinplan.api.kinds import with_kinds
from blinplan.api.ranges import PATIENTS_OF_BANDS
from blinplan.api.simulating.numbers import require_numbers
from blinplan.api.vocabulary import TableFormat, TableOrJson, word_of
from blinplan.data_table import table_html
from blinplan.executors.executor import Executor
from blinplan.quantities import plural
from blinplan.refusal import ArgumentRefusal, Refusal, several
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from blinplan.evidence.evaluate import Evidence

PUBLIC = ("EvidenceResult", "evidence")


@dataclass(frozen=True, slots=True, repr=False)
class EvidenceResult:
    """Claims of the article and published numbers, each with what virtual patients show of it."""

    evidence: "Evidence"

    @property
    def holds(self) -> bool:
        """Whether nothing fails: what the model is known to miss is not reproduced, and no failure."""
        return self.evidence.holds

    @property
    def failures(self) -> tuple[str, ...]:
        """The claims of which something fails."""
        return tuple(finding.claim.id for finding in self.evidence.findings if not finding.holds)

    @property
    def summary(self) -> str:
        """How many fail, and which; how many published numbers are not reproduced."""
        from blinplan.evidence.kinds import EvidenceKind

        failed, all_of_them = self.failures, len(self.evidence.findings)
        if failed:
            by_chance = ", which may be chance in so few patients" if self.evidence.is_of_few else ""
            return f"{len(failed)} of {all_of_them} fail: {', '.join(failed)}{by_chance}"
        kinds = [measured.kind for finding in self.evidence.findings for measured in finding.measurements]
        missed, unmeasured = map(kinds.count, (EvidenceKind.NOT_REPRODUCED, EvidenceKind.NOT_MEASURED))
        others = len(self.evidence.not_evaluated)
        said = f"; not measured: {unmeasured}" if unmeasured else ""
        said += f"; not evaluated: {others}" if others else ""
        if not all_of_them:
            return f"nothing was measured{said}"
        if not missed:
            return f"everything that was measured holds{said}" if said else "everything holds"
        return f"nothing fails; published numbers that are not reproduced: {missed}{said}"

    def text(self, output_format: TableOrJson = "table", *, screen: Screen = PLAIN) -> str:
        """Write the evidence: as a table for people, or as JSON."""
        from blinplan.reports.model.evidence import evidence_json, evidence_report

        if word_of(TableFormat, "output_format", output_format) is TableFormat.JSON:
            from blinplan.outside_text import json_text

            return json_text(evidence_json(self.evidence))
        return screen.render(*evidence_report(self.evidence, screen))

    def columns(self) -> dict[str, list[Any]]:
        """Every measure of every claim, a row each: where it must land, what was found, and whether that holds."""
        found = [(finding.claim, measured) for finding in self.evidence.findings for measured in finding.measurements]
        return {
            "claim": [claim.id for claim, _ in found],
            "kind": [claim.kind for claim, _ in found],
            "measure": [measured.expectation.text for _, measured in found],
            "evidence": [str(measured.kind) for _, measured in found],
            "unit": [measured.expectation.unit for _, measured in found],
            "expected": [str(measured.expectation.band) for _, measured in found],
            "low": [measured.expectation.band.low for _, measured in found],
            "high": [measured.expectation.band.high for _, measured in found],
            "published": [measured.expectation.printed for _, measured in found],
            "value": [measured.value for _, measured in found],
            "patients": [measured.patients for _, measured in found],
            "holds": [measured.holds for _, measured in found],
        }

    def __repr__(self) -> str:
        count = len(self.evidence.findings)
        return f"<EvidenceResult of {count} {plural('claim', count)}: {self.summary}>"

    def _repr_html_(self) -> str:
        return table_html(self.columns(), repr(self)[1:-1])


@with_kinds
def evidence(
    claims: Sequence[str] | None = None, *, patients: int = 2000, seed: int = 1, executor: Executor | None = None
) -> EvidenceResult:
    """Measure every claim of the article and every published number on virtual patients.

    >>> from blinplan import evidence
    >>> evidence(["DEP-1"], patients=200)
    <EvidenceResult of 1 claim: everything holds>

    Parameters
    ----------
    claims
        Which claims, such as DEP-1; all when not given.
    patients, seed
        How many virtual patients in each scenario, and what they are drawn from.
    executor
        What runs the patients; threads, as many as there are processors, when not given.

    Raises
    ------
    Refusal
        When there is no such claim.
    """
    from blinplan.evidence import evaluate

    require_numbers(patients, PATIENTS_OF_BANDS, seed=seed)
    asked = None if claims is None else several("claims", claims)
    if asked == ():
        raise ArgumentRefusal("{claims} names none", "name claims, such as DEP-1, or leave it out for all")
    refuse_unknown(asked or ())
    return EvidenceResult(evaluate.evaluate(patients, seed, only=asked, executor=executor))


def refuse_unknown(claims: Sequence[str]) -> None:
    """Refuse a name that is no claim's."""
    from blinplan.evidence.evaluate import load_claims, load_not_evaluated

    known = [*(claim.id for claim in load_claims()), *(each.id for each in load_not_evaluated())]
    for claim in claims:
        if claim not in known:
            raise Refusal(f"there is no claim {claim[:40]!r}", f"the claims are {', '.join(known)}")
