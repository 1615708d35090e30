"""Waivers are written into a file and taken out of it, and all else stays: held to the text, and read as TOML."""

import tomllib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from blinplan.regimen.toml.document import Document, read_bytes
from blinplan.rules.acceptance.waiver_text import removal, with_places, with_waivers_added
from blinplan.rules.fix import apply
from blinplan.rules.place import Place


def document(text: str) -> Document:
    return read_bytes(text.encode(), "x.toml")


def waivers(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(text).get("waiver", [])
    return found


X, Y = 'rule = "S304"\nreason = "x"\n', 'rule = "S303"\nreason = "y"\n'
ONE, OTHER = '{ rule = "S304", reason = "x" }', '{ rule = "S303", reason = "y" }'

REMOVALS = {
    "the last table with the blank line before it": (f"a = 1\n\n[[waiver]]\n{X}", 0, "a = 1\n"),
    "the last line without its end": (f"a = 1\n\n[[waiver]]\n{X}".rstrip("\n"), 0, "a = 1\n"),
    "no blank line before": (f"a = 1\n[[waiver]]\n{X}\n[b]\n", 0, "a = 1\n\n[b]\n"),
    "no blank line behind": (f"a = 1\n\n[[waiver]]\n{X}[b]\n", 0, "a = 1\n\n[b]\n"),
    "a table between others": (f"a = 1\n\n[[waiver]]\n{X}\n[b]\nc = 1\n", 0, "a = 1\n\n[b]\nc = 1\n"),
    "two blank lines before": (f"a = 1\n\n\n[[waiver]]\n{X}\n[b]\n", 0, "a = 1\n\n\n[b]\n"),
    "the first of two": (f"[[waiver]]\n{X}\n[[waiver]]\n{Y}", 0, f"\n[[waiver]]\n{Y}"),
    "the second of two": (f"[[waiver]]\n{X}\n[[waiver]]\n{Y}", 1, f"[[waiver]]\n{X}"),
    "an indented table": ('a = 1\n  [[waiver]]\n    rule = "S304"\n    reason = "x"\n', 0, "a = 1\n"),
    "a value of two lines": ('a = 1\n[[waiver]]\nreason = """x\ny"""\nrule = "S304"\n# end\n', 0, "a = 1\n# end\n"),
    "remarks of their own lines stay": (
        'a = 1\n\n[[waiver]] # one\n# two\nrule = "S304" # three\n\nreason = "x"\n[b]\n',
        0,
        "a = 1\n\n# two\n\n[b]\n",
    ),
    "a remark between and one behind": (
        '# top\n\n[[waiver]]\nrule = "S304"\n# why\nreason = "x"\n# end',
        0,
        "# top\n\n# why\n# end",
    ),
    "the only one of an array with its key": (f"a = 1\nwaiver = [{ONE}] # gone\nb = 2\n", 0, "a = 1\nb = 2\n"),
    "an array that ends the file": (f"a = 1\nwaiver = [{ONE}]", 0, "a = 1\n"),
    "an array over lines with its key": (f"a = 1\nwaiver = [\n  {ONE},\n]\nb = 2\n", 0, "a = 1\nb = 2\n"),
    "the first of an array": (f"waiver = [{ONE}, {OTHER}]\n", 0, f"waiver = [{OTHER}]\n"),
    "the last of an array": (f"waiver = [{ONE}, {OTHER}]\n", 1, f"waiver = [{ONE}]\n"),
    "the one in the middle": (f"waiver = [{ONE}, {OTHER}, {ONE}]\n", 1, f"waiver = [{ONE}, {ONE}]\n"),
    "space before a comma": (f"waiver = [{ONE} \t, {OTHER}]\n", 0, f"waiver = [{OTHER}]\n"),
    "the first of lines, its remark stays": (
        f"waiver = [\n  {ONE}, # one\n  {OTHER},\n]\n",
        0,
        f"waiver = [\n  # one\n  {OTHER},\n]\n",
    ),
    "the last of lines with a comma": (f"waiver = [\n  {ONE},\n  {OTHER},\n]\n", 1, f"waiver = [\n  {ONE},\n  \n]\n"),
    "the last of lines without one": (f"waiver = [\n  {ONE},\n  {OTHER}\n]\n", 1, f"waiver = [\n  {ONE}\n]\n"),
}


@pytest.mark.parametrize("case", REMOVALS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_waiver_is_taken_out_and_every_other_character_stays(case: str, newline: str) -> None:
    before, number, after = (part.replace("\n", newline) if isinstance(part, str) else part for part in REMOVALS[case])
    assert isinstance(before, str)
    assert isinstance(number, int)
    found = apply(before, [removal(document(before), ("waiver", number))])
    assert found == after
    left = waivers(before)
    del left[number]
    assert waivers(found) == left


PLACES = [Place('cycle "Cycle" treatment_free_days', 21), Place('cycle "It\'s" step 1 dose', "28 mcg/day")]
FIRST = "at = 'cycle \"Cycle\" treatment_free_days'\nvalue = 21\n"
SECOND = 'at = "cycle \\"It\'s\\" step 1 dose"\nvalue = "28 mcg/day"\n'
IN_FIRST, IN_SECOND = (text.rstrip("\n").replace("\n", ", ") for text in (FIRST, SECOND))

PLACED = {
    "a table": (f"[[waiver]]\n{X}", 0, '[[waiver]]\nrule = "S304"\n' + FIRST + 'reason = "x"\n', SECOND),
    "a table with remarks, indented, before another": (
        '[[waiver]]\n  rule = "S304" # why\n  reason = "x" # so\n  expires = 2027-01-01 # then\n',
        0,
        '[[waiver]]\n  rule = "S304" # why\n  '
        + FIRST.replace("\nv", "\n  v")
        + '  reason = "x" # so\n  expires = 2027-01-01 # then\n',
        SECOND,
    ),
    "the rule is the last key": (
        '[[waiver]]\nreason = "x"\nrule = "S304"\n',
        0,
        '[[waiver]]\nreason = "x"\nrule = "S304"\n' + FIRST,
        SECOND,
    ),
}


@pytest.mark.parametrize("case", PLACED)
@pytest.mark.parametrize("behind", ["", "\n[b]\nc = 1\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_places_of_a_waiver_are_written_into_it_and_into_copies_below(case: str, behind: str, newline: str) -> None:
    before, number, placed, second = PLACED[case]
    expires = "expires = 2027-01-01\n" if "expires" in before else ""
    copy = f'\n[[waiver]]\nrule = "S304"\n{second}reason = "x"\n{expires}'
    for places, after in ((PLACES[:1], placed), (PLACES, placed + copy)):
        text, whole = ((part + behind).replace("\n", newline) for part in (before, after))
        found = apply(text, [with_places(document(text), ("waiver", number), places)])
        assert found == whole
        assert [(one["at"], one["value"], one["reason"]) for one in waivers(found)] == [
            (*place, "x") for place in places
        ]


def test_the_places_of_a_waiver_in_an_array_are_written_behind_its_rule() -> None:
    dated = OTHER.replace(" }", ", expires = 2027-01-01 }")
    text = f"waiver = [{ONE}, {dated}] # both\n"
    found = apply(text, [with_places(document(text), ("waiver", 1), PLACES)])
    assert found == (
        f'waiver = [{ONE}, {{ rule = "S303", {IN_FIRST}, reason = "y", expires = 2027-01-01 }}, '
        f'{{ rule = "S303", {IN_SECOND}, reason = "y", expires = 2027-01-01 }}] # both\n'
    )
    found = apply(text, [with_places(document(text), ("waiver", 0), PLACES[:1])])
    assert found == f'waiver = [{{ rule = "S304", {IN_FIRST}, reason = "x" }}, {dated}] # both\n'


NEW_TABLES = (
    f'\n[[waiver]]\nrule = "S304"\n{FIRST}reason = "As \\"agreed\\""\nexpires = 2027-01-01\n'
    f'\n[[waiver]]\nrule = "S304"\n{SECOND}reason = "As \\"agreed\\""\nexpires = 2027-01-01\nseverity = "error"\n'
)
LAST = 'reason = "As \\"agreed\\"", expires = 2027-01-01'
NEW_ENTRIES = f'{{ rule = "S304", {IN_FIRST}, {LAST} }}, {{ rule = "S304", {IN_SECOND}, {LAST}, severity = "error" }}'

ADDED = {
    "below the text": ("a = 1\n", f"a = 1\n{NEW_TABLES}"),
    "a text without the end of its last line": ("a = 1", f"a = 1\n{NEW_TABLES}"),
    "a text with a blank line at its end": ("a = 1\n\n", f"a = 1\n{NEW_TABLES}"),
    "an empty text": ("", NEW_TABLES),
    "below other waivers": (f"a = 1\n\n[[waiver]]\n{Y}", f"a = 1\n\n[[waiver]]\n{Y}{NEW_TABLES}"),
    "into an array": (f"waiver = [{OTHER}] # both\n", f"waiver = [{OTHER}, {NEW_ENTRIES}] # both\n"),
    "into an empty array": ("waiver = [] # none\na = 1\n", f"waiver = [{NEW_ENTRIES}] # none\na = 1\n"),
    "into an array of nothing but space": ("waiver = [ ]\n", f"waiver = [{NEW_ENTRIES}]\n"),
    "into an array of a remark": (
        "waiver = [\n  # none yet\n]\na = 1\n",
        f"waiver = [{NEW_ENTRIES}\n  # none yet\n]\na = 1\n",
    ),
    "behind the last of lines": (
        f"waiver = [\n  {OTHER}, # y\n]\n",
        f"waiver = [\n  {OTHER}, {NEW_ENTRIES}, # y\n]\n",
    ),
}


@pytest.mark.parametrize("case", ADDED)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_waivers_are_added_to_those_that_are_there_in_the_way_they_are_written(case: str, newline: str) -> None:
    before, after = (text.replace("\n", newline) for text in ADDED[case])
    if newline not in before:
        after = after.replace(newline, "\n")
    accepted = [(PLACES[0], None), (PLACES[1], "error")]
    found = with_waivers_added(document(before), "S304", accepted, 'As "agreed"', date(2027, 1, 1))
    assert found == after
    common = {"rule": "S304", "reason": 'As "agreed"', "expires": date(2027, 1, 1)}
    new = [{**common, "at": place.at, "value": place.value} for place in PLACES]
    assert waivers(found) == [*waivers(before), new[0], {**new[1], "severity": "error"}]


_NONE = "# There is no [[waiver]]: findings accepted on purpose (rule, at, value, reason, expires, severity)."
_NEW = '# Findings accepted on purpose.\n[[waiver]]\nrule = "S304"\nat = "here"\nvalue = 1\nreason = "x"\n'


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"a = 1\n\n{_NONE}\n", f"a = 1\n\n{_NEW}"),
        (f"a = 1\n\n{_NONE}", f"a = 1\n\n{_NEW}"),
        (f"a = 1\n\n{_NONE}\n[b]\nc = 1\n", f"a = 1\n\n[b]\nc = 1\n\n{_NEW}"),
        (f"a = 1\n\n{_NONE}\n\n# Below.\n[b]\nc = 1\n", f"a = 1\n\n# Below.\n[b]\nc = 1\n\n{_NEW}"),
        (f"a = 1\n{_NONE} Yet.\n", f"a = 1\n{_NONE} Yet.\n\n{_NEW.split(chr(10), 1)[1]}"),
        (f'a = """\n{_NONE}\n"""\n', f'a = """\n{_NONE}\n"""\n\n{_NEW.split(chr(10), 1)[1]}'),
    ],
)
def test_a_file_that_gets_a_waiver_does_not_say_that_it_has_none(before: str, after: str, newline: str) -> None:
    found = with_waivers_added(document(before.replace("\n", newline)), "S304", [(Place("here", 1), None)], "x", None)
    assert found == (after.replace("\n", newline) if newline in before.replace("\n", newline) else after)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (21, "21"),
        (True, "true"),
        (Decimal("1.50"), "1.50"),
        ('a "b"', '"a \\"b\\""'),
        (["a", "b"], '["a", "b"]'),
        (("a",), '["a"]'),
        (date(2027, 1, 2), "2027-01-02"),
    ],
)
def test_what_stood_at_a_place_is_written_as_the_file_has_it(value: object, written: str) -> None:
    found = with_waivers_added(document("a = 1\n"), "L010", [(Place("indication", value), None)], "x", None)
    assert found == f'a = 1\n\n[[waiver]]\nrule = "L010"\nat = "indication"\nvalue = {written}\nreason = "x"\n'


@pytest.mark.parametrize(
    ("at", "written"),
    [
        ('cycle "It"', "'cycle \"It\"'"),
        ("plain", '"plain"'),
        ("both ' and \"", '"both \' and \\""'),
        ('back\\slash "x"', '"back\\\\slash \\"x\\""'),
        ('bell \a "x"', '"bell \\u0007 \\"x\\""'),
    ],
)
def test_quotes_in_a_place_need_no_backslash_where_that_can_be(at: str, written: str) -> None:
    found = with_waivers_added(document(""), "S304", [(Place(at, 1), None)], "x", None)
    assert f"\nat = {written}\n" in found
    assert waivers(found)[0]["at"] == at
