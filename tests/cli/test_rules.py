"""``blinplan rules`` and ``blinplan rule``."""

import re
from textwrap import dedent

import pytest
import tomli

from blinplan.outside_text import visible_lines
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.limits import shipped_limits
from tests.collection.grid import each_third
from tests.program import Run


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_catalogue_lists_every_rule_at_every_width(inside: Run, width: int) -> None:
    ran = inside("rules", COLUMNS=str(width))
    assert ran.status == 0
    assert max(map(len, ran.out.splitlines())) <= width
    for rule in CATALOGUE.values():
        assert f"{rule.code} " in ran.out
        assert rule.severity.value in ran.out


@pytest.mark.slow
@pytest.mark.parametrize("rule", each_third([*CATALOGUE.values()]), ids=list(CATALOGUE))
def test_the_page_of_a_rule_says_why_by_what_limits_and_who_says_so(inside: Run, rule: object) -> None:
    asked = CATALOGUE[getattr(rule, "code", "")]
    page = words(inside("rule", asked.code).out)
    for text in (asked.name, asked.severity.value, asked.sentence, asked.why, *asked.sources):
        assert words(text) in page
    for name in asked.limits:
        limit = shipped_limits()[name]
        assert words(str(limit)) in page
        assert words(limit.citation) in page
    for width in ("80", "120"):
        shown = inside("rule", asked.code, COLUMNS=width).out
        for title, example in (("\nFound\n", asked.bad), ("\nNot found\n", asked.good)):
            printed = dedent(re.split(r"\n(?=\S)", shown.split(title)[1])[0])
            assert same_toml(printed, example)


def same_toml(printed: str, example: str) -> bool:
    """Whether what is on the screen can be copied: it says the same, though lists may stand on more lines."""
    try:
        wanted = tomli.loads(example)
    except tomli.TOMLDecodeError:  # the example of a rule about syntax
        return words(visible_lines(example)) == words(printed)
    try:
        return tomli.loads(printed) == wanted
    except tomli.TOMLDecodeError:
        return False


def test_a_rule_is_found_by_name_and_in_small_letters(inside: Run) -> None:
    page = inside("rule", "D202").out
    assert inside("rule", "d202").out == inside("rule", "depletion-not-documented").out == page


@pytest.mark.parametrize(
    ("code", "advice"),
    [("D220", "D2"), ("depletion-not-documentd", "depletion-not-documented"), ("Q", "lists the codes")],
)
def test_an_unknown_rule_names_the_nearest(inside: Run, code: str, advice: str) -> None:
    ran = inside("rule", code)
    assert (ran.status, ran.out) == (2, "")
    assert f"there is no rule '{code}'" in ran.err
    assert advice in ran.err


def test_json_says_the_same_as_the_catalogue(inside: Run) -> None:
    found = inside("rules", "-f", "json").json
    assert (found["format"], found["version"]) == ("blinplan-rules", 1)
    assert [rule["code"] for rule in found["rules"]] == list(CATALOGUE)
    for told in found["rules"]:
        rule = CATALOGUE[told["code"]]
        assert (told["name"], told["severity"], told["why"]) == (rule.name, rule.severity, rule.why)
        assert [limit["name"] for limit in told["limits"]] == list(rule.limits)
        assert all(limit["source"] and limit["status"] for limit in told["limits"])
        assert told["limits"] or told["sources"]
        assert told["waivable"] == rule.waivable
    one = inside("rule", "D202", "-f", "json").json
    assert {key: one[key] for key in found["rules"][0]} == next(r for r in found["rules"] if r["code"] == "D202")
