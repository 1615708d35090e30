"""Where things are written in a document, and what is said of one that cannot be read."""

import gc
import time
from decimal import Decimal

import pytest

from blinplan.regimen.toml.document import LIMIT_BYTES, Document, parse, read_bytes
from blinplan.regimen.toml.parser import DocumentError
from blinplan.regimen.toml.places import Places
from blinplan.regimen.toml.positions import LIMIT_DEPTH, KeyPath, KeyPlace, Position, Span

REGIMEN = """\
# A regimen.
format = 1
title = "45 kg and over"   # in words

[eligibility]
min_weight_kg = 45

[[cycle]]
name = "Induction 1"
steps = [
  { dose = "9 mcg/day", days = 7 },  # low at first
  { dose = "28 mcg/day", days = 21 },
]

[[cycle]]
steps = [{ dose = "28 mcg/day", days = 28 }]

[[waiver]]
expires = 2027-06-30
"""


def seen(document: Document, span: Span | None) -> str | None:
    """Return a span as `line:column text`."""
    if span is None:
        return None
    position = document.position(span.start)
    return f"{position.line}:{position.column} {document.text[span.start : span.end]}"


def error_of(text: str | bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_bytes(text, "x.toml") if isinstance(text, bytes) else parse(text, "x.toml")
    return caught.value


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("format",), "2:1 format", "2:10 1"),
        (("title",), "3:1 title", '3:9 "45 kg and over"'),
        (("eligibility",), "5:2 eligibility", "5:1 [eligibility]"),
        (("eligibility", "min_weight_kg"), "6:1 min_weight_kg", "6:17 45"),
        (("cycle",), "8:3 cycle", "8:1 [[cycle]]"),
        (("cycle", 0), None, "8:1 [[cycle]]"),
        (("cycle", 0, "name"), "9:1 name", '9:8 "Induction 1"'),
        (("cycle", 0, "steps", 0), None, '11:3 { dose = "9 mcg/day", days = 7 }'),
        (("cycle", 0, "steps", 0, "dose"), "11:5 dose", '11:12 "9 mcg/day"'),
        (("cycle", 0, "steps", 1, "days"), "12:26 days", "12:33 21"),
        (("cycle", 1), None, "15:1 [[cycle]]"),
        (("cycle", 1, "steps"), "16:1 steps", '16:9 [{ dose = "28 mcg/day", days = 28 }]'),
        (("waiver", 0, "expires"), "19:1 expires", "19:11 2027-06-30"),
    ],
)
def test_a_regimen_has_its_places(path: KeyPath, key: str | None, value: str, newline: str) -> None:
    document = parse(REGIMEN.replace("\n", newline), "x.toml")
    place = Places(document.text, document.name).get(path)  # asked for alone, before others
    assert place == document.places[path]
    assert (seen(document, place.key), seen(document, place.value)) == (key, value)


@pytest.mark.parametrize(
    ("text", "path", "key", "value"),
    [
        # Dotted keys name the tables they pass through.
        ("a . b.c = 1", ("a",), "1:1 a", None),
        ("a . b.c = 1", ("a", "b"), "1:5 b", None),
        ("a . b.c = 1", ("a", "b", "c"), "1:7 c", "1:11 1"),
        ("a.b = 1\na.c = 2", ("a",), "1:1 a", None),
        ("a.b = 1\na.c = 2", ("a", "c"), "2:3 c", "2:7 2"),
        ("t = {a.b = 1, a.c = 2}", ("t", "a"), "1:6 a", None),
        ("t = {a.b = 1, a.c = 2}", ("t", "a", "c"), "1:17 c", "1:21 2"),
        # Headers.
        ("  [ a . 'b' ] # c", ("a", "b"), "1:9 'b'", "1:3 [ a . 'b' ]"),
        ("[a.b]", ("a",), "1:2 a", None),
        ("[a.b]\n[a]", ("a",), "2:2 a", "2:1 [a]"),
        ("[a]\n[a.b]", ("a",), "1:2 a", "1:1 [a]"),
        ("[a.b]\n[a.c]", ("a",), "1:2 a", None),
        ("[a]\nb.c = 1\n[a.b.d]", ("a", "b"), "2:1 b", None),
        ("[a]\nb.c = 1\n[a.b.d]", ("a", "b", "d"), "3:6 d", "3:1 [a.b.d]"),
        ("[a]\nb.c = 1", ("a", "b", "c"), "2:3 c", "2:7 1"),
        # Arrays of tables: what follows belongs to the latest element.
        ("[[a]]\n[[ a ]]", ("a",), "1:3 a", "1:1 [[a]]"),
        ("[[a]]\n[[ a ]]", ("a", 1), None, "2:1 [[ a ]]"),
        ("[[a]]\n[[a]]\n[a.b]\nc = 1", ("a", 1, "b"), "3:4 b", "3:1 [a.b]"),
        ("[[a]]\n[[a]]\n[a.b]\nc = 1", ("a", 1, "b", "c"), "4:1 c", "4:5 1"),
        ("[[a]]\n[[a.c]]\n[[a.c]]\n[[a]]\n[[a.c]]\nx = 1", ("a", 0, "c", 1), None, "3:1 [[a.c]]"),
        ("[[a]]\n[[a.c]]\n[[a.c]]\n[[a]]\n[[a.c]]\nx = 1", ("a", 1, "c", 0, "x"), "6:1 x", "6:5 1"),
        ("[[a.b]]\n[a.b.c.d]\n", ("a", "b", 0, "c"), "2:6 c", None),
        ("[[a.b]]\n[a]", ("a",), "2:2 a", "2:1 [a]"),
        # Keys.
        ('"a.\\u0062" = 1', ("a.b",), '1:1 "a.\\u0062"', "1:14 1"),
        ("'a\\.b'.\"\" = 1", ("a\\.b", ""), '1:8 ""', "1:13 1"),
        ('"é💊" = {"💊" = 1}', ("é💊", "💊"), '1:9 "💊"', "1:15 1"),
        ("127.-_ = 1", ("127", "-_"), "1:5 -_", "1:10 1"),
        ('"\\"]" = 1', ('"]',), '1:1 "\\"]"', "1:9 1"),
        ('[ "a]" . "#" ]', ("a]", "#"), '1:10 "#"', '1:1 [ "a]" . "#" ]'),
        # Strings.
        ('a = "x # \\" \\\\" # "', ("a",), "1:1 a", '1:5 "x # \\" \\\\"'),
        ("a = 'C:\\' # '", ("a",), "1:1 a", "1:5 'C:\\'"),
        ('a = """x"""""\nb = 1', ("a",), "1:1 a", '1:5 """x"""""'),
        ('a = """"""\nb = 1', ("b",), "2:1 b", "2:5 1"),
        ('a = """""x"""\nb = 1', ("a",), "1:1 a", '1:5 """""x"""'),
        ('a = """\n""x\\"" \\\n\n y"""\nb = 1', ("b",), "5:1 b", "5:5 1"),
        ("a = '''\n''x\\'''''\nb = 1", ("a",), "1:1 a", "1:5 '''\n''x\\'''''"),
        ("a = [\"\"\"]\"\"\", '''#''', \"\", '']", ("a", 2), None, '1:24 ""'),
        ('a = "\\e\\x41"', ("a",), "1:1 a", '1:5 "\\e\\x41"'),
        ('a = "💊"\r\nb = 1', ("b",), "2:1 b", "2:5 1"),
        # Dates, times and numbers.
        ("a = 2027-06-30 10:00:00 # x", ("a",), "1:1 a", "1:5 2027-06-30 10:00:00"),
        ("a = 2027-06-30 # 10:00", ("a",), "1:1 a", "1:5 2027-06-30"),
        ("a = [2027-06-30 10:00Z,10:00]", ("a", 0), None, "1:6 2027-06-30 10:00Z"),
        ("a = [2027-06-30 10:00Z,10:00]", ("a", 1), None, "1:24 10:00"),
        ("a = 1979-05-27T00:32:00.5-07:00", ("a",), "1:1 a", "1:5 1979-05-27T00:32:00.5-07:00"),
        ("a = {b=-1_0.5e-3}", ("a", "b"), "1:6 b", "1:8 -1_0.5e-3"),
        ("a = [+inf,nan]#", ("a", 1), None, "1:11 nan"),
        # Arrays and inline tables.
        ("a = [ # ]\n 1, # ,\n\n 2 # x\n , ]", ("a", 1), None, "4:2 2"),
        ("a = [[], [[1]], {}]", ("a", 1, 0), None, "1:11 [1]"),
        ("a = [[], [[1]], {}]", ("a", 2), None, "1:17 {}"),
        ("a = { # }\n b = 1, # c\n\n c = 2,\n}", ("a", "c"), "4:2 c", "4:6 2"),
        ("a = {b={c={}},d=[{e=1}]}", ("a", "d", 0, "e"), "1:19 e", "1:21 1"),
        ("a\t=\t1\t", ("a",), "1:1 a", "1:5 1"),
        # Lines that begin like headers and are none, beside some that are.
        ("[a]\nb = [\n[1]\n]\n[c]\nd = 1", ("c", "d"), "6:1 d", "6:5 1"),
        ("[a]\nb = [\n[true]\n]\n[c]\nd = 1", ("a", "b", 0, 0), None, "3:2 true"),
        ("[a]\nb = [\n[nan],\n [1] ]\n[c]\nd = 1", ("a", "b", 1, 0), None, "4:3 1"),
        ('[a]\nb = """\n[c]\nd = 2\n"""\n[c]\nd = 1', ("c", "d"), "7:1 d", "7:5 1"),
        ("[a]\nb = '''\n[c]\nd = 2\n'''\n[c]\nd = 1", ("c", "d"), "7:1 d", "7:5 1"),
        ("[a]\nb = 1 # \n#[c]\n\t[c] # d\nd = 1", ("c", "d"), "5:1 d", "5:5 1"),
        ("[a]\n[true]\nb = 1", ("true", "b"), "3:1 b", "3:5 1"),
    ],
)
def test_a_layout_has_its_places(text: str, path: KeyPath, key: str | None, value: str | None) -> None:
    document = parse(text, "x.toml")
    place = Places(document.text, document.name).get(path)  # asked for alone, before others
    assert place == document.places[path]
    assert (seen(document, place.key), seen(document, place.value)) == (key, value)


def test_values_are_those_of_toml_with_exact_decimals() -> None:
    assert parse("a = 0.1\nb = [1, '2']", "x.toml").values == {"a": Decimal("0.1"), "b": [1, "2"]}


def test_an_empty_document_has_no_places() -> None:
    document = parse("", "x.toml")
    assert (document.values, document.places, document.position(0)) == ({}, {}, Position(1, 1))


def test_what_is_not_written_is_at_the_nearest_thing_around_it() -> None:
    document = parse(REGIMEN, "x.toml")
    assert document.place(("cycle", 1, "name")) == document.places["cycle", 1]
    assert document.place(("cycle", 0, "steps", 7, "dose")) == document.places["cycle", 0, "steps"]
    assert document.place(("name",)) == document.place(()) == KeyPlace(None, Span(0, 0))


def test_spans_fall_back_on_what_there_is() -> None:
    document = parse(REGIMEN + "[a.b]\n", "x.toml")
    assert seen(document, document.key_span(("cycle", 0, "name"))) == "9:1 name"
    assert seen(document, document.key_span(("cycle", 1, "name"))) == "15:1 [[cycle]]"
    assert seen(document, document.value_span(("cycle", 0, "name"))) == '9:8 "Induction 1"'
    assert seen(document, document.value_span(("a", "x"))) == "20:2 a"
    assert document.key_span(()) == document.value_span(()) == Span(0, 0)


def test_lines_and_positions_count_characters() -> None:
    document = parse("a = '💊é' # x\r\n\n b = 1", "x.toml")
    assert [document.line_text(line) for line in range(5)] == ["", "a = '💊é' # x", "", " b = 1", ""]
    assert document.position(document.text.index("x")) == Position(1, 12)
    assert document.position(document.text.index("b")) == Position(3, 2)
    assert document.position(10**9) == Position(3, 7)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("text", "position", "message", "line_text"),
    [
        ("a = 1\n\nb = ]", (3, 5), "Invalid value", "b = ]"),
        ("a = 1\na = 2\n", (2, 1), "`a` stands here again, and in line 1 already", "a = 2"),
        ('a = "💊" b\n', (1, 9), "Expected newline or end of document after a statement", 'a = "💊" b'),
        ("a = [1,\n", (2, 1), "Invalid value", ""),
        ("\ufeffa = 1", (1, 1), "byte order mark", "\ufeffa = 1"),
        ("a = 1\nb = [2, -" + "9" * 5000 + "]", (2, 9), "number is out of range", "b = [2, -" + "9" * 5000 + "]"),
        ("a = 0x" + "f" * 5000, (1, 5), "number is out of range", "a = 0x" + "f" * 5000),
        ("a = 1e3\nb = {c = 2, d = 1e309}", (2, 17), "number is out of range", "b = {c = 2, d = 1e309}"),
        ("a = 1\nb = -1e-99999999999999999999", (2, 5), "number is out of range", "b = -1e-99999999999999999999"),
        (f"a = 1\nb = {'[' * 33}{']' * 33}", (2, 37), "nested too deeply", f"b = {'[' * 33}{']' * 33}"),
        ("a." * 32 + "a = 1", (1, 65), "nested too deeply", "a." * 32 + "a = 1"),
        (f"[{'a.' * 32}a]", (1, 66), "nested too deeply", f"[{'a.' * 32}a]"),
    ],
)
def test_what_is_not_toml_is_an_error_at_its_place(
    text: str, position: tuple[int, int], message: str, line_text: str, newline: str
) -> None:
    error = error_of(text.replace("\n", newline))
    assert (error.kind, error.name) == ("syntax", "x.toml")
    assert (error.position.line, error.position.column) == position
    assert message in error.message
    assert error.line_text == line_text
    assert str(error) == f"x.toml:{position[0]}:{position[1]}: {error.message}"


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 9999, "a = " + "{a=" * 9999, "a." * 1200 + "a = 1", f"[{'a.' * 1200}a]", "a." * 40 + "a = 1"],
)
def test_nesting_beyond_the_parser_is_too_deep(text: str) -> None:
    error = error_of("b = 1\n" + text)
    assert (error.kind, error.message) == ("syntax", "nested too deeply")
    assert error.position.line == 2
    assert error.position.column > LIMIT_DEPTH


def test_nesting_up_to_the_limit_is_read() -> None:
    depth = LIMIT_DEPTH - 1
    document = parse(f"a = {'[' * depth}1{']' * depth}", "x.toml")
    assert document.places["a", *[0] * depth] == KeyPlace(None, Span(4 + depth, 5 + depth))


@pytest.mark.parametrize(
    ("data", "position", "message"),
    [
        (b"a = 1\nb = 'a\xffb'", (2, 7), "byte 13 (0xff)"),
        (b"a = '\xc3\xa9\xe9'", (1, 7), "byte 8 (0xe9)"),
        (b"a = '\xf0\x9f", (1, 6), "byte 6 (0xf0)"),
        ("a = 1".encode("utf-16"), (1, 1), "UTF-16"),
        (b"a = 1\r\nb\0 = 2", (2, 2), "zero byte"),
        (b"\x7fELF\0\0", (1, 5), "zero byte"),
        (b"#" * (LIMIT_BYTES + 1), (1, 1), "larger than"),
    ],
)
def test_what_is_no_text_is_unreadable(data: bytes, position: tuple[int, int], message: str) -> None:
    error = error_of(data)
    assert error.kind == "unreadable"
    assert (error.position.line, error.position.column) == position
    assert message in error.message


@pytest.mark.parametrize(
    "around", ["{}", "[{}]", "[\n  {}, {{ c = 1 }},\n]", "{{ x = {} }}", "[[{}], 2]", '[{}, "a = 1"]']
)
@pytest.mark.parametrize("before", ["", "b = 1\n", '[t]\nb = """\n"""\n', "[[t]]\n"])
@pytest.mark.parametrize(
    "twice",
    [
        '{ a.b = "1", a.b.c = 2 }',
        "{ a = 1, a.b = 2 }",
        "{ a = [1, 2], a.b = 3 }",
        "{ a = { b = 1 }, a.b = 2 }",
        "{ a.b = 1, a.b = 2 }",
        "{ a = 1, a = 2 }",
    ],
)
def test_a_key_that_stands_twice_in_braces_is_an_error_wherever_they_stand(
    twice: str, before: str, around: str
) -> None:
    """What is searched for the first of the two ends in the middle of a value there."""
    with pytest.raises(DocumentError) as caught:
        parse(f"{before}k = {around.format(twice)}\n", "mine.toml")
    assert caught.value.position.line >= 1 + before.count("\n")


def test_a_byte_order_mark_is_named() -> None:
    error = error_of(b"\xef\xbb\xbfa = 1")
    assert (error.kind, error.position) == ("syntax", Position(1, 1))
    assert "byte order mark" in error.message


def test_bytes_are_read_as_utf_8() -> None:
    document = read_bytes("a = 'é💊'\r\n".encode(), "<stdin>")
    assert (document.name, document.text, document.values) == ("<stdin>", "a = 'é💊'\r\n", {"a": "é💊"})


@pytest.mark.slow
def test_a_long_text_is_read_in_linear_time() -> None:
    cycle = '[[cycle]]\nname = "Induction"\nsteps = [\n  { dose = "9 mcg/day", days = 7 }, # x\n]\nfree_days = 14\n\n'
    count = 1024 * 1024 // len(cycle)
    part, whole = _processor_time(cycle * (count // 8)), _processor_time(cycle * count)
    assert whole < 24 * part  # 8 times as long; a scan in quadratic time would take 64 times


def _processor_time(text: str) -> float:
    """Seconds of the processor, without those of a collector that looks through what other tests have left."""
    gc.disable()
    try:
        start = time.process_time()
        document = parse(text, "x.toml")
        assert len(document.places) > len(text) // 20
        return time.process_time() - start
    finally:
        gc.enable()
