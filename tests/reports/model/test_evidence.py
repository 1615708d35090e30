"""A reader of the evidence sees whose number is whose, and what was held against nothing."""

import pytest

from blinplan.evidence.evaluate import Bounds, Evidence, Expectation, UnheldNumber
from blinplan.evidence.study import Arm
from blinplan.physiology import Options
from blinplan.reports.model.evidence import evidence_json, evidence_report, expected_text
from blinplan.terminal import PLAIN


def expectation(band: Bounds, printed: str | None = None, chosen: str | None = None) -> Expectation:
    return Expectation("it", "depleted", Arm("adult-rr", ("label",)), "1", band, printed=printed, chosen=chosen)


@pytest.mark.parametrize(
    ("band", "printed", "chosen", "text"),
    [
        (Bounds(low=0.5, low_strict=True), None, None, "> 0.5"),
        (Bounds(low=0.5, low_strict=True), None, "most", "ours: > 0.5"),
        (Bounds(1.34, 19.33), "5.7", None, "5.7 (1.34-19.33)"),
        (Bounds(182.4, 273.6), "228", "within 20 %", "228 (ours: 182.4-273.6)"),
        (Bounds(10.0, 100.0), "10-100", None, "10-100"),
        (Bounds(low=1.66), "2.61", "as far below", "2.61 (ours: ≥ 1.66)"),
    ],
)
def test_bounds_that_were_chosen_here_are_not_the_source_s(
    band: Bounds, printed: str | None, chosen: str | None, text: str
) -> None:
    assert expected_text(expectation(band, printed, chosen)) == text


def test_what_is_not_evaluated_is_told_with_its_number_and_reason_and_counted_apart() -> None:
    other = UnheldNumber("CRS-1", "a syndrome", "15 %", "a label", "unverified", "no event is modelled")
    found = Evidence(10, 1, Options(), (), (other,))
    text = " ".join(PLAIN.render(*evidence_report(found, PLAIN)).split())
    assert "CRS-1 a syndrome unverified published: 15 % not evaluated because: no event is modelled a label" in text
    assert "Not evaluated 0 1" in text
    assert "Predicted, and held against 0 0" in text
    assert [one["id"] for one in evidence_json(found)["not_evaluated"]] == ["CRS-1"]
