"""What stands at a path is looked at before it is read, and what a text is encoded in is told."""

import os
import socket
from pathlib import Path

import pytest

from blinplan.files.inputs import (
    InputError,
    first_bytes,
    input_bytes,
    input_text,
    link_to_nothing,
    reason_of,
    text_of,
)
from blinplan.regimen.find import NotFound, find
from tests.files.no_files import put_no_file

TEXT = "9 µg/day, 28 mcg/day – …"


def test_a_text_is_read_with_and_without_a_byte_order_mark(tmp_path: Path) -> None:
    for number, encoding in enumerate(("utf-8", "utf-8-sig")):
        (tmp_path / str(number)).write_text(TEXT, encoding=encoding)
        assert input_text(tmp_path / str(number)) == TEXT


@pytest.mark.parametrize("name", ["a\0b", "half of a \ud83d", "\0"], ids=ascii)
def test_a_name_that_no_system_is_asked_for_is_refused(name: str) -> None:
    """A configuration can say one, as `"a\\u0000b"`, and Python code."""
    for read in (input_text, input_bytes, lambda path: first_bytes(path, 10)):
        with pytest.raises(InputError) as refused:
            read(Path(name))
        assert reason_of(refused.value) == "a name that no file can have"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_another_encoding_is_named_where_its_mark_tells_it(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    with pytest.raises(InputError) as refused:
        text_of(mark + TEXT.encode(encoding))
    assert reason_of(refused.value) == f"{encoding[:6].upper()} text, and UTF-8 is read: save it as UTF-8"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_another_encoding_is_named_by_where_its_zeros_stand(encoding: str) -> None:
    """Without a mark, as a program writes it that was told which of the two it is."""
    with pytest.raises(InputError) as refused:
        text_of("id,weight_kg\n".encode(encoding))
    assert reason_of(refused.value).startswith(f"{encoding[:6].upper()} text")
    assert text_of(b"a\0\0\0b"[:3]) == "a\0\0", "too little to tell"


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
def test_the_byte_that_is_no_text_is_named_as_an_editor_counts(before: bytes) -> None:
    with pytest.raises(InputError, match=rf"byte {len(before) + 4} \(0xb5\)"):
        text_of(before + b"9 m\xb5g/day")


@pytest.mark.parametrize("size", [9, 10, 11])
def test_no_more_than_the_limit_is_read(tmp_path: Path, size: int) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * size)
    assert first_bytes(path, 10) == b"x" * size
    if size <= 10:
        assert input_bytes(path, 10) == b"x" * size
        return
    with pytest.raises(InputError, match="larger than"):
        input_bytes(path, 10)


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    """A file of a terabyte, most of it a hole, answers at once."""
    path = tmp_path / "x"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(InputError, match="larger than 1 MiB"):
        input_bytes(path, 2**20)


def test_what_would_never_end_is_refused_by_its_name(tmp_path: Path) -> None:
    put_no_file("a pipe", tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for path, word in (
            (Path("/dev/zero"), "a device"),
            (Path("/dev/urandom"), "a device"),
            (tmp_path / "pipe", "a pipe with a name"),
            (tmp_path / "socket", "a socket"),
            (tmp_path, "a folder"),
        ):
            with pytest.raises(InputError) as refused:
                input_bytes(path)
            assert reason_of(refused.value).startswith(word)
    assert input_bytes(Path(os.devnull)) == b""


def test_what_the_shell_hands_over_is_read() -> None:
    """As ``blinplan check <(command)`` has it."""
    here, there = os.pipe()
    os.write(there, b"from a pipe")
    os.close(there)
    assert input_bytes(Path(f"/dev/fd/{here}")) == b"from a pipe"
    os.close(here)


def test_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError) as refused:  # noqa: PT011 - what it says is below
        input_bytes(tmp_path / "x")
    assert reason_of(refused.value) == "no such file or directory"


def test_whoever_forgets_to_catch_it_is_told_which_file_it_is(tmp_path: Path) -> None:
    """What nobody catches is a sentence of the program's, which needs the name."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_bytes(b"\xff\xfex\x00")
    (tmp_path / "large").write_bytes(b"x" * 100)
    for name, read in (("folder", input_bytes), ("text", input_text), ("large", lambda path: input_bytes(path, 10))):
        with pytest.raises(InputError) as refused:
            read(tmp_path / name)
        assert refused.value.path == tmp_path / name


@pytest.mark.parametrize("to", ["nothing.toml", "sub/nothing.toml", "/nothing/at/all", "itself.toml"])
def test_a_link_that_leads_nowhere_is_called_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str) -> None:
    monkeypatch.chdir(tmp_path)
    link = Path("itself.toml")
    link.symlink_to(to)
    told = f"itself.toml: a link to {to}, which is not there"
    found = find(str(link))
    assert isinstance(found, NotFound)
    assert found.message == told
    assert link_to_nothing("itself.toml") == to
    inside = find(".")
    assert not isinstance(inside, NotFound)
    (reading,) = (source.read() for source in inside)
    assert isinstance(reading, NotFound)
    assert reading.message == told or to == "itself.toml"  # of a circle the system says that it is one


@pytest.mark.parametrize("named", ["nothing.toml", "a\0b", "x" * 5000, None, 7])
def test_what_is_no_such_link_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: object) -> None:
    monkeypatch.chdir(tmp_path)
    assert link_to_nothing(named) is None
    (tmp_path / "there").write_text("")
    Path("link").symlink_to("there")
    assert link_to_nothing("link") is None
