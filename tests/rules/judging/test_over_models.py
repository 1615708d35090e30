"""Where plausible models disagree, the rule says so, and the verdict stays that of the shipped model."""

import json
from dataclasses import replace

import pytest

from blinplan.exit_status import FailOn
from blinplan.reports.check.check_json import check_json
from blinplan.reports.check.findings import findings_report, models_texts
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.judging.models import OverModels
from blinplan.rules.run_result import Result
from blinplan.rules.verdict import Ruling
from blinplan.terminal import PLAIN
from tests.regimen_text import TODAY, cycle, judgement_of_lines, outcome, script, verdict_of

ONE = cycle("15 mcg/m2/day for 28 days")


def under(shipped: int, *models: int) -> Judgement:
    """A regimen under which so many of 1,000 patients are depleted, by the shipped model and by each plausible one."""
    others = tuple(replace(outcome(count, 1000), errors=0.0) for count in models)
    return judgement_of_lines(ONE, script(replace(outcome(shipped, 1000), models=others)))


def text_of(judgement: Judgement, rule: str) -> str:
    (one,) = [one for one in judgement.over_models if one.rule == rule]
    return one.text


def test_a_rule_that_passes_says_under_how_many_models_it_would_not() -> None:
    judgement = under(900, 900, 490, 200, 510)
    assert verdict_of(judgement, "B401").ruling is Ruling.PASS
    assert text_of(judgement, "B401") == "B401 passes, and finds something in 2 of 4 plausible models"


def test_a_rule_that_finds_something_says_under_how_many_it_would_pass() -> None:
    judgement = under(100, 600, 400, 300)
    assert verdict_of(judgement, "B401").ruling is Ruling.FINDING
    assert text_of(judgement, "B401") == "B401 finds something, and passes in 1 of 3 plausible models"


def test_where_models_agree_the_rules_are_named_together() -> None:
    judgement = under(999, 998, 997)
    assert not any(one.differs for one in judgement.over_models)
    (told,) = models_texts(judgement.over_models)
    assert told.startswith("the same in all of 2 plausible models: B401")


def test_without_models_nothing_is_said() -> None:
    judgement = judgement_of_lines(ONE, script(outcome(900, 1000)))
    assert judgement.over_models == ()
    assert "models" not in PLAIN.render(*findings_report([judgement], PLAIN))


def test_text_and_json_say_it_and_the_status_is_that_of_the_shipped_model() -> None:
    judgement = under(900, 100, 100)
    result = Result((judgement,), (), (), FailOn.WARNING, TODAY, None)
    assert "B401" not in {finding.code for finding in result.findings}
    text = PLAIN.render(*findings_report([judgement], PLAIN))
    assert "the model decides: B401 passes, and finds something in 2 of 2 plausible models" in text
    (file,) = json.loads(json.dumps(check_json(result)))["files"]
    entry = next(one for one in file["over_models"] if one["rule"] == "B401")
    assert entry == {
        "rule": "B401",
        "outcome": "pass",
        "models": 2,
        "finds_in": 2,
        "passes_in": 0,
        "differs_in": 2,
    }


@pytest.mark.parametrize("shipped", [Ruling.FINDING, Ruling.PASS, Ruling.NOT_EVALUATED])
@pytest.mark.parametrize(("finds", "passes", "models"), [(0, 3, 3), (2, 1, 3), (3, 0, 3), (1, 1, 4), (0, 0, 2)])
def test_the_models_that_say_otherwise_are_all_but_those_that_say_the_same(
    shipped: Ruling, finds: int, passes: int, models: int
) -> None:
    unanswered = models - finds - passes
    said = [*[Ruling.FINDING] * finds, *[Ruling.PASS] * passes, *[Ruling.NOT_EVALUATED] * unanswered]
    one = OverModels("B401", shipped, finds, passes, models)
    assert one.differs == sum(ruling is not shipped for ruling in said)
    says = {Ruling.FINDING: "finds something", Ruling.PASS: "passes", Ruling.NOT_EVALUATED: "is undecided"}[shipped]
    if all(ruling is shipped for ruling in said):
        assert one.text == f"B401 {says}, as in all of {models} plausible models"
    elif shipped is Ruling.FINDING:
        assert one.text == f"B401 {says}, and passes in {passes} of {models} plausible models"
    else:
        assert one.text == f"B401 {says}, and finds something in {finds} of {models} plausible models"


def test_a_rule_that_does_not_apply_is_asked_under_no_model_and_one_that_could_not_tell_is() -> None:
    shipped = replace(outcome(500, 1000), models=(replace(outcome(100, 1000), errors=0.0),))
    judgement = judgement_of_lines(ONE, script(shipped))
    told = {one.rule: (one.shipped, one.finds, one.passes, one.models) for one in judgement.over_models}
    assert told == {
        "B401": (Ruling.NOT_EVALUATED, 1, 0, 1),
        "B402": (Ruling.FINDING, 0, 1, 1),
        "C601": (Ruling.PASS, 0, 1, 1),
    }
    simulated = {code for code, rule in CATALOGUE.items() if rule.simulated}
    assert {verdict_of(judgement, code).not_evaluated.kind for code in simulated - told.keys()} == {  # type: ignore[union-attr]
        "not applicable"
    }
