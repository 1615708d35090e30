"""What comes with the program, from Python as from the command line."""

import json

import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.api.library import RegimenList, RuleList
from tests.program import Run


@pytest.mark.parametrize("command", ["regimens", "rules"])
def test_the_lists_are_those_of_the_command(inside: Run, command: str) -> None:
    listed: RegimenList | RuleList = getattr(blinplan, command)()
    assert listed.text() == inside(command).out
    assert json.loads(listed.text("json")) == inside(command, "-f", "json").json
    assert len(listed) == len(list(listed)) == len(json.loads(listed.text("json"))[command]) > 20


def test_every_regimen_that_is_listed_can_be_read_by_its_name() -> None:
    assert [blinplan.load(regimen.name).name for regimen in blinplan.regimens()] == blinplan.regimens().columns()[
        "name"
    ]


@pytest.mark.parametrize("asked", ["D201", "d201", "incomplete-depletion"])
def test_a_rule_is_found_by_its_code_and_by_its_name(inside: Run, asked: str) -> None:
    code = blinplan.rule(asked).rule.code
    assert blinplan.rule(asked).text() == inside("rule", code).out
    assert code in blinplan.rules().columns()["code"]


def test_a_rule_that_is_not_there_is_refused_with_what_to_do() -> None:
    with pytest.raises(blinplan.Refusal) as refused:
        blinplan.rule("D999")
    assert "D999" in refused.value.message
    assert refused.value.advice


def test_the_lists_are_columns_for_the_three_libraries() -> None:
    for columns in (blinplan.regimens().columns(), blinplan.rules().columns()):
        assert list(pd.DataFrame(columns)["name"]) == columns["name"]
        assert pl.DataFrame(columns)["name"].to_list() == columns["name"]
        assert pa.table(columns).column("name").to_pylist() == columns["name"]


def test_the_lists_are_short_where_they_are_printed_and_tables_in_notebooks() -> None:
    assert repr(blinplan.rule("D205")).startswith("<RulePage: D205 ")
    assert repr(blinplan.regimens()) == f"<RegimenList: {len(blinplan.regimens())} regimens>"
    assert "<td>rr-adult</td>" in blinplan.regimens()._repr_html_()
    assert "<td>D202</td>" in blinplan.rules()._repr_html_()
    assert "<pre>" in blinplan.rule("N101")._repr_html_()


@pytest.mark.parametrize("of", ["regimen", "record", "site", "report"])
def test_schemas_are_those_of_the_command(inside: Run, of: str) -> None:
    assert blinplan.schema(of) == inside("schema", of).json
