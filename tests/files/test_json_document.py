"""JSON that somebody gives is read by one way, which says of anything else that it is none."""

import pytest

from blinplan.files.json_document import NoJsonError, json_object_of, json_of
from blinplan.outside_text import json_in_letters, json_text


def test_a_document_is_what_it_says() -> None:
    assert json_of('{"a": [1, 2.5, null, true]}') == {"a": [1, 2.5, None, True]}
    assert json_of(b"[]") == []
    assert json_object_of(b'{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    "text", ["9 µg/m²", "Zoë", "😀", "\\", '"', "\x00\x7f\u2028", "caf\udce9.toml", "\ud800", "\udfff!"]
)
def test_what_is_written_reads_the_same_be_it_text_or_the_name_of_a_file(text: str) -> None:
    """A name that is no UTF-8 has halves of characters, which JSON can write with a backslash only."""
    document = {text: [text, {"of": text}]}
    for written in (json_in_letters(document, indent=1), json_text(document)):
        assert json_of(written.encode("utf-8")) == document
    assert "".join(json_in_letters(document, indent=1).split("\n")).isprintable(), "nothing is left that is obeyed"
    assert not text.isprintable() or text in '\\"' or text in json_in_letters(document, indent=1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is not JSON: Expecting value"),
        ('{"a": }', "it is not JSON: Expecting value: line 1 column 7"),
        (b"\xff\xfe", "it is not JSON: "),
        ("[" * 100_000, "it is not JSON: nested too deep"),
        ("9" * 5000, "it is not JSON: "),
    ],
)
def test_what_is_no_document_says_so(text: str | bytes, told: str) -> None:
    with pytest.raises(NoJsonError) as refused:
        json_of(text)
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize("text", ["[]", "1", "null", '"a"'])
def test_a_document_that_is_no_object_says_so(text: str) -> None:
    with pytest.raises(NoJsonError, match="it is not a JSON object"):
        json_object_of(text)
