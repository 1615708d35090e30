"""Patterns of paths mean what they mean in a .gitignore: the cases of git's own wildmatch test, and more."""

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.rules.configuration.path_pattern import leads_nowhere, path_pattern
from blinplan.rules.configuration.patterns import unknown_rule
from tests.hostile.oracle import limited


@pytest.mark.parametrize(
    ("pattern", "means", "means_not"),
    [
        ("foo", ["foo"], ["fo", "fooo", "bar/foo"]),
        ("???", ["foo"], ["fo", "fooo", "a/b"]),
        ("*", ["foo", ""], ["foo/bar"]),
        ("f*", ["foo", "f"], ["of", "f/x"]),
        ("*f", ["f", "of"], ["foo"]),
        ("*foo*", ["foo", "a foo b"], ["f/oo"]),
        ("**/foo", ["foo", "a/foo", "a/b/foo"], ["afoo", "foo/a"]),
        ("foo/**", ["foo/a", "foo/a/b"], ["foo", "foobar"]),
        ("foo/**/bar", ["foo/bar", "foo/a/bar", "foo/a/b/bar"], ["foobar", "foo/abar"]),
        ("**", ["foo", "foo/bar"], []),
        ("a**b", ["ab", "axb"], ["a/b"]),
        ("**b", ["b", "ab"], ["a/b"]),
        ("foo/**bar", ["foo/bar", "foo/xbar"], ["foo/x/bar"]),
        ("foo**/bar", ["foo/bar", "foox/bar"], ["foo/x/bar"]),
        ("foo/***/bar", ["foo/bar", "foo/a/b/bar"], []),
        (r"\*", ["*"], ["a"]),
        (r"\a", ["a"], [r"\a"]),
        (r"\[ab]", ["[ab]"], ["a"]),
        ("[ab]", ["a", "b"], ["c", "ab"]),
        ("[a-c]x", ["ax", "bx", "cx"], ["dx", "x"]),
        ("[!a-c]", ["d"], ["a", "/", ""]),
        ("[^a-c]", ["d"], ["b"]),
        ("[]]", ["]"], ["a"]),
        ("[!]]", ["a"], ["]"]),
        ("[]-]", ["]", "-"], ["a"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[-a]", ["-", "a"], ["b"]),
        (r"[\]]", ["]"], ["\\"]),
        (r"[\--a]", ["-", "A", "a"], ["b"]),
        ("[c-a]", ["c"], ["b"]),
        ("a[/]b", [], ["a/b", "ab"]),
        ("[[:digit:]]", ["0", "9"], ["a", "٩"]),
        ("[[:alpha:][:digit:]]", ["a", "Z", "5"], ["-"]),
        ("[[:upper:]]", ["A"], ["a"]),
        ("[[:lower:]]", ["a"], ["A"]),
        ("[[:xdigit:]]", ["f", "F", "0"], ["g"]),
        ("[[:space:]]", [" ", "\t"], ["a"]),
        ("[[:blank:]]", [" ", "\t"], ["\n"]),
        ("[[:punct:]]", ["!", "~", "_"], ["a", " "]),
        ("[[:graph:]]", ["!", "a", "~"], [" "]),
        ("[[:print:]]", [" ", "a"], ["\t"]),
        ("[[:cntrl:]]", ["\t", "\x7f"], ["a"]),
        ("[[:alnum:]]", ["a", "1"], ["_"]),
        ("[[:nothing:]]", [], ["a", ":"]),
        ("[[:digit:]x]", ["7", "x"], ["y"]),
        ("a.b", ["a.b"], ["axb"]),
        ("a/*/b", ["a/x/b"], ["a/b", "a/x/y/b"]),
        ("*/b", ["a/b"], ["b", "a/x/b"]),
        ("a/*", ["a/x", "a/"], ["a", "a/x/y"]),
        ("[Xa]", ["X", "a"], ["b", "!", "^"]),
        ("[a!^]", ["a", "!", "^"], ["b"]),
        ("[[ab]", ["[", "a", "b"], ["c", "ab]"]),
        ("[a:b]", ["a", ":", "b"], ["c", "[a:b]"]),
        ("[[::]]", [], [":", "[", "a", "]"]),
    ],
)
def test_a_pattern_means_what_it_means_to_git(pattern: str, means: list[str], means_not: list[str]) -> None:
    found = path_pattern(pattern)
    assert found is not None
    assert [path for path in means if not found.expression.fullmatch(path)] == []
    assert [path for path in means_not if found.expression.fullmatch(path)] == []


@pytest.mark.parametrize("pattern", ["[", "[a", "[]", "[!", "[a-", "a\\", "[[:digit", "[\\"])
def test_a_bracket_that_is_not_closed_is_no_pattern(pattern: str) -> None:
    assert path_pattern(pattern) is None


@pytest.mark.parametrize(
    ("line", "path", "is_folder", "means"),
    [
        ("a.toml", "x/y/a.toml", False, True),  # by its name, wherever it lies
        ("/a.toml", "a.toml", False, True),
        ("/a.toml", "x/a.toml", False, False),
        ("x/a.toml", "x/a.toml", False, True),
        ("x/a.toml", "y/x/a.toml", False, False),
        ("old/", "old", True, True),
        ("old/", "old", False, False),
        ("old/", "x/old", True, True),
        ("x/old/", "x/old", True, True),
        ("a.toml  ", "a.toml", False, True),
        ("a.toml\\ ", "a.toml ", False, True),
        ("a.toml\\  ", "a.toml ", False, True),
        ("a\\\\ ", "a\\", False, True),  # two backslashes are one, and keep no space
        ("a\\\\ ", "a\\ ", False, False),
        ("a\\\\\\ ", "a\\ ", False, True),
        ("!a.toml", "a.toml", False, True),
        (r"\!a.toml", "!a.toml", False, True),
        (r"\#a.toml", "#a.toml", False, True),
    ],
)
def test_what_a_line_means(line: str, path: str, is_folder: bool, means: bool) -> None:
    found = path_pattern(line, "here:1")
    assert found is not None
    assert found.means(path, is_folder=is_folder) is means
    assert (found.negated, found.origin) == (line.startswith("!"), "here:1")


@pytest.mark.parametrize("line", ["", "  ", "# a.toml", "!", "/", "!/"])
def test_a_line_that_means_nothing_is_no_pattern(line: str) -> None:
    assert path_pattern(line) is None


@pytest.mark.parametrize(
    ("text", "nowhere"),
    [
        ("", True),
        (" ", True),
        ("/", True),
        ("!", True),
        ("../a", True),
        ("a/../b", True),
        ("a", False),
        ("a..b", False),
        ("!a/b", False),
    ],
)
def test_a_pattern_that_leads_out_leads_nowhere(text: str, nowhere: bool) -> None:
    assert leads_nowhere(text) is nowhere


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("s301", "the nearest is S301"),
        ("above-labeled-maximum", "the nearest is above-labelled-maximum"),
        ("nothing like it", "`blinplan rules` lists the codes"),
        ("n106x", "the nearest is N106"),
        ("t5", "the nearest is T502"),
    ],
)
def test_the_rule_that_is_written_most_alike_is_named(written: str, advice: str) -> None:
    assert unknown_rule(written) == (f"there is no rule '{written}'", advice)


def test_a_long_word_is_told_by_its_beginning() -> None:
    said, _ = unknown_rule("x" * 100)
    assert re.fullmatch(r"there is no rule 'x{60}'", said)


@pytest.mark.parametrize(
    ("pattern", "path", "means"),
    [
        ("*a" * 40 + "b", "a" * 60, False),
        ("*a" * 40, "a" * 60, True),
        ("*a?" * 40 + "b", "a" * 200, False),
        ("*[!b]a" * 30 + "b", "a" * 200, False),
        ("**/" * 60 + "x", "a/" * 60 + "y", False),
        ("**/" * 60 + "x", "a/" * 60 + "x", True),
        ("**/a/" * 30 + "x", "a/" * 60 + "y", False),
        ("**/a/" * 30 + "x", "a/" * 30 + "x", True),
        ("**/a/" * 31 + "x", "a/" * 30 + "x", False),
        ("**/*a*/" * 20 + "**/x", "aa/" * 60 + "y", False),
    ],
)
def test_no_pattern_takes_more_than_a_moment(pattern: str, path: str, means: bool) -> None:
    """Those that looked everywhere for each star took as long as there are ways to lay them out."""
    read = path_pattern(pattern)
    assert read is not None
    with limited():
        assert read.means(path, is_folder=False) is means


def fits(parts: list[str], names: list[str]) -> bool:
    """Whether a pattern means a path, both cut at slashes, by trying all ways there are."""
    if not parts:
        return not names
    first, *rest = parts
    if first == "**":
        return bool(names) if not rest else any(fits(rest, names[at:]) for at in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], first) and fits(rest, names[1:])


PARTS = st.one_of(st.just("**"), st.text("ab*?", min_size=1, max_size=5).filter(lambda part: "**" not in part))


@pytest.mark.slow
@given(st.lists(PARTS, min_size=2, max_size=6), st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=6))
def test_stars_mean_what_all_ways_to_lay_them_out_mean(parts: list[str], names: list[str]) -> None:
    pattern = path_pattern("/".join(parts))
    assert pattern is not None
    assert pattern.means("/".join(names), is_folder=False) is fits(parts, names)
