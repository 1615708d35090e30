"""No promise is without a test that holds it, and no test holds what is not promised."""

import pytest

from blinplan.rules.limits import shipped_limits
from tests.promises.held import held, is_there
from tests.promises.sentences import ROBUST, limits_by_tests, listed, of_the_readme, sentences
from tests.promises.table import PAGE, SIDES, empty, names, table


def test_every_sentence_of_the_readme_is_listed() -> None:
    """Whoever writes a sentence says in readme.toml which tests hold it, or why it promises nothing."""
    said, known = of_the_readme(), [one.text for one in listed()]
    assert len(said) > 150
    assert [text for text in said if text not in known] == [], "add them to tests/promises/readme.toml"
    assert [text for text in known if text not in said] == [], "the README does not say that any more"


def test_a_sentence_is_held_or_says_why_it_promises_nothing() -> None:
    assert [one.text for one in listed() if bool(one.tests) == bool(one.no_promise)] == []


def test_what_holds_a_sentence_or_a_limit_is_there() -> None:
    named = [test for one in (*listed(), *listed(ROBUST)) for test in one.tests]
    named += [test for tests in limits_by_tests().values() for test in tests]
    assert [test for test in named if not is_there(test)] == []
    assert not is_there("promises/test_promises.py::test_nothing")


def test_a_sentence_ends_where_another_begins() -> None:
    page = "# A heading\n\nOne is so. Two\nis too; `three` as well.\n\n```sh\nno sentence.\n```\n\n- four\n- five\n"
    assert list(sentences(page)) == ["One is so.", "Two is too;", "`three` as well.", "- four", "- five"]


def test_a_limit_of_which_one_side_is_held_is_told() -> None:
    """Who tries a limit at its value only does not know on which side it lies, and who tries beyond it not where."""
    both = {f"limit {name}: {side}": ("test",) for name in shipped_limits() for side in SIDES}
    assert [one for one in empty(both) if one.startswith("limit")] == []
    for side in SIDES:
        without = [name for name in both if name.endswith(f": {side}")]
        found = empty({name: tests for name, tests in both.items() if name not in without})
        assert [one for one in found if one.startswith("limit")] == without


@pytest.mark.slow
def test_no_row_is_empty_and_no_name_is_gone(request: pytest.FixtureRequest) -> None:
    found = held(request.session)
    assert empty(found) == []
    assert set(found) - names(found) == set(), "a test holds what is not promised any more"


@pytest.mark.slow
def test_the_table_shows_what_is_so(request: pytest.FixtureRequest) -> None:
    assert PAGE.read_text(encoding="utf-8") == table(held(request.session)), "python -m tests.promises"
