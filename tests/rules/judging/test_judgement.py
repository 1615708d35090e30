"""What follows from the verdicts on a file: what was found, in its order, what is open, and what was read at all."""

from itertools import product

import pytest

from blinplan.regimen.reading import RegimenFile
from blinplan.regimen.regimen import Waiver
from blinplan.regimen.toml.positions import Span
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Finding, NotEvaluated, Severity
from blinplan.rules.verdict import Ruling, Verdict, WaivedFinding
from tests.regimen_text import cycle, judgement_of, judgement_of_lines

RULES = [CATALOGUE[code] for code in ("S303", "S304", "D201")]
SITE = 'site = 1\nname = "W"\nbag = [{ hours = 48 }]\n'


def finding_at(code: str, start: int, end: int, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(code, severity, ("title",), Span(start, end), "so", "why", "do")


def judgement_with(*verdicts: Verdict) -> Judgement:
    return Judgement(judgement_of_lines(cycle()).reading, verdicts, None, DEFAULTS.limits)


@pytest.mark.parametrize("kinds", list(product((0, 1), repeat=3)))
def test_a_verdict_tells_something_where_anything_was_found_whether_it_counts_or_not(kinds: tuple[int, ...]) -> None:
    one, waived = finding_at("S304", 1, 2), Waiver("S304", "Amendment 3")
    counts, accepted, old = ((one,) * number for number in kinds)
    verdict = Verdict(
        CATALOGUE["S304"],
        Ruling.FINDING if counts else Ruling.WAIVED,
        counts,
        tuple(WaivedFinding(each, waived) for each in accepted),
        None,
        old,
    )
    judgement = judgement_with(Verdict(CATALOGUE["S303"], Ruling.PASS), verdict)
    assert judgement.telling == ((verdict,) if any(kinds) else ())
    assert judgement.findings == counts


def test_findings_come_in_the_order_of_the_file_then_of_their_codes_and_the_worst_decides() -> None:
    order = [(1, 2, "S304"), (1, 5, "D201"), (1, 5, "S303"), (3, 4, "D201"), (3, 4, "S304")]
    severities = [Severity.NOTE, Severity.WARNING, Severity.NOTE, Severity.ERROR, Severity.WARNING]
    found = [finding_at(code, start, end, bad) for (start, end, code), bad in zip(order, severities, strict=True)]
    verdicts = [
        Verdict(rule, Ruling.FINDING, tuple(one for one in reversed(found) if one.code == rule.code)) for rule in RULES
    ]
    judgement = judgement_with(*verdicts)
    assert list(judgement.findings) == found
    assert judgement.worst is Severity.ERROR
    without = judgement._replace(verdicts=tuple(verdicts[:1]))
    assert Judgement(*without).worst is Severity.NOTE
    assert judgement_with().worst is None


@pytest.mark.parametrize("kinds", list(product(("pass", "undecided", "blocked", "not applicable"), repeat=2)))
def test_a_judgement_is_complete_unless_a_rule_could_not_tell_and_unread_where_none_answered(
    kinds: tuple[str, ...],
) -> None:
    verdicts = [
        Verdict(rule, Ruling.PASS)
        if kind == "pass"
        else Verdict(rule, Ruling.NOT_EVALUATED, not_evaluated=NotEvaluated(kind, "so"))  # type: ignore[arg-type]
        for rule, kind in zip(RULES, kinds, strict=False)
    ]
    judgement = judgement_with(*verdicts)
    assert judgement.complete is ("undecided" not in kinds)
    assert judgement.unread is ("pass" not in kinds)


def test_a_file_with_a_regimen_has_one_and_no_other_has() -> None:
    judgement = judgement_of_lines(cycle())
    assert isinstance(judgement.reading, RegimenFile)
    assert judgement.regimen is judgement.reading.regimen
    assert [judgement_of(text).regimen for text in (SITE, "= 1", "format = 1")] == [None, None, None]


def test_what_is_put_in_the_place_of_verdicts_is_what_follows() -> None:
    judgement = judgement_of_lines(cycle(free=21, repeat=2))
    assert [one.code for one in judgement.findings] == ["S304"]
    note = judgement.findings[0]._replace(severity=Severity.NOTE)
    other = judgement_with(Verdict(CATALOGUE["S304"], Ruling.FINDING, (note,)))
    assert (other.worst, other.findings) == (Severity.NOTE, (note,))
