"""What a name on the command line leads to."""

import errno
import io
import os
import sys
from pathlib import Path

import pytest

from blinplan.regimen import library
from blinplan.regimen.find import FileSource, NotFound, find, find_one
from blinplan.regimen.reading import FaultyFile, RegimenFile
from blinplan.regimen.toml.document import LIMIT_BYTES

TEXT = library.paths()["rr-adult"].read_bytes()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that relative names start from."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: Path, data: bytes = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(found: tuple[FileSource, ...] | NotFound) -> list[str]:
    assert not isinstance(found, NotFound), found.message
    return [source.name for source in found]


def not_found(found: object) -> NotFound:
    assert isinstance(found, NotFound)
    assert found.message.strip()
    assert found.help.strip()
    return found


def test_a_file_is_found_and_read(here: Path) -> None:
    put(here / "mine.toml")
    (source,) = names(find("mine.toml"))
    assert source == "mine.toml"
    found = find_one("mine.toml")
    assert isinstance(found, FileSource)
    reading = found.read()
    assert isinstance(reading, RegimenFile)
    assert reading.document.name == "mine.toml"


@pytest.mark.usefixtures("here")
def test_names_and_families_are_found_from_anywhere() -> None:
    assert names(find("rr-adult")) == ["rr-adult"]
    assert names(find("nhl")) == list(library.names_of("nhl"))
    for source in (*_sources("rr-adult"), *_sources("nhl")):
        reading = source.read()
        assert isinstance(reading, RegimenFile)
        assert reading.regimen.name == source.name


def _sources(named: str) -> tuple[FileSource, ...]:
    found = find(named)
    assert not isinstance(found, NotFound)
    return found


def test_a_path_wins_over_a_name(here: Path) -> None:
    put(here / "rr-adult", b"# mine")
    put(here / "nhl" / "one.toml")
    assert [source.path for source in _sources("rr-adult")] == [Path("rr-adult")]
    assert names(find("nhl")) == ["nhl/one.toml"]


def test_a_folder_is_all_regimens_below_it_in_order(here: Path) -> None:
    regimens = ("z.toml", "b.toml", "a.toml", "sub/deep/c.toml", "sub/a.toml")
    others = ("pyproject.toml", "blinplan.toml", "sub/pyproject.toml", "notes.md", "a.toml.bak")
    for name in (*regimens, *others, ".hidden.toml", ".git/x.toml", "sub/.venv/lib/y.toml"):
        put(here / "all" / name)
    (here / "all" / "folder.toml").mkdir()
    assert names(find("all")) == ["all/a.toml", "all/b.toml", "all/sub/a.toml", "all/sub/deep/c.toml", "all/z.toml"]
    assert names(find(str(here / "all")))[0] == (here / "all" / "a.toml").as_posix()


def test_a_hidden_folder_that_is_named_is_searched(here: Path) -> None:
    put(here / ".mine" / "a.toml")
    assert names(find(".mine")) == [".mine/a.toml"]


def test_a_configuration_file_that_is_named_is_read(here: Path) -> None:
    put(here / "pyproject.toml")
    assert names(find("pyproject.toml")) == ["pyproject.toml"]


def test_a_folder_without_regimens_is_said_to_be_so(here: Path) -> None:
    (here / "empty").mkdir()
    put(here / "other" / "readme.md")
    for name in ("empty", "other"):
        assert name in not_found(find(name)).message
        assert ".toml" in not_found(find_one(name)).message


def test_links_in_circles_end(here: Path) -> None:
    put(here / "all" / "a.toml")
    (here / "all" / "again").symlink_to(here / "all", target_is_directory=True)
    (here / "all" / "self.toml").symlink_to(here / "all" / "self.toml")
    (here / "all" / "gone.toml").symlink_to(here / "nowhere")
    # A link that leads nowhere is not passed over: it is something that could not be checked.
    assert names(find("all")) == ["all/a.toml", "all/gone.toml", "all/self.toml"]
    assert "all/self.toml" in not_found(find("all/self.toml")).message
    not_found(find("all/gone.toml"))


def test_a_link_to_a_regimen_is_that_regimen(here: Path) -> None:
    put(here / "a.toml")
    (here / "all").mkdir()
    (here / "all" / "b.toml").symlink_to(here / "a.toml")
    assert names(find("all")) == ["all/b.toml"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("named", "nearest"),
    [
        ("rr-adlt", "rr-adult"),
        ("rr-adult.toml", "rr-adult"),
        ("regimens/tower.tml", "tower"),
        ("no/such/file.toml", None),
        ("zzzz", None),
        ("a\0b", None),
        ("rr-adult\0", "rr-adult"),
        ("/", None),
        ("x" * 10_000, None),
        ("x/" * 5_000, None),
        ("\udcff.toml", None),
        ("💊" * 50, None),
        ("~nobody/x", None),
        ("--", None),
    ],
)
def test_a_name_that_leads_nowhere_says_so(named: str, nearest: str | None) -> None:
    if named == "/":
        named = "/no-such-folder/"
    found = not_found(find(named))
    assert len(found.message) < 300
    assert ("nearest" in found.help) == (nearest is not None)
    assert (nearest or "blinplan regimens") in found.help
    assert find_one(named) == found


def test_an_empty_name_is_not_the_current_folder(here: Path) -> None:
    put(here / "a.toml")
    assert "empty" in not_found(find("")).message
    assert names(find(".")) == ["a.toml"]


@pytest.mark.usefixtures("here")
def test_a_name_of_199_characters_is_compared_and_shown_whole() -> None:
    assert "x" * 199 in not_found(find("x" * 199)).message
    assert "x" * 61 not in not_found(find("x" * 200)).message


@pytest.mark.parametrize(("named", "kind"), [("nhl", "a family"), ("all", "a folder"), ("one", "a folder")])
def test_where_one_regimen_is_needed_several_are_too_many(here: Path, named: str, kind: str) -> None:
    for name in ("all/a.toml", "all/b.toml", "one/a.toml"):
        put(here / name)
    found = not_found(find_one(named))
    assert kind in found.message
    assert {"nhl": "nhl-0.5", "all": "all/a.toml", "one": "one/a.toml"}[named] in found.help
    assert ("..." in found.help) == (named == "nhl")


def test_three_members_are_named_and_no_more_are_hinted_at() -> None:
    assert not_found(find_one("mt103-206")).help.endswith("mt103-206-5-15, mt103-206-5-15-30, mt103-206-15")


@pytest.mark.usefixtures("here")
def test_one_regimen_by_its_name() -> None:
    found = find_one("tower")
    assert isinstance(found, FileSource)
    assert (found.name, found.path) == ("tower", library.paths()["tower"])


class Input:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input_is_a_regimen(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here / "-")
    monkeypatch.setattr(sys, "stdin", Input(TEXT))
    (source,) = _sources("-")
    assert (source.path, source.name) == (None, "<stdin>")
    reading = source.read()
    assert isinstance(reading, RegimenFile)
    assert find("-", "given.toml") == (FileSource(None, "given.toml"),)
    assert find_one("-") == FileSource(None, "<stdin>")


@pytest.mark.parametrize("standard_input", [True, False])
def test_no_more_is_read_than_the_limit(here: Path, monkeypatch: pytest.MonkeyPatch, standard_input: bool) -> None:
    data = b"#" * (LIMIT_BYTES * 3)
    stdin = Input(data)
    monkeypatch.setattr(sys, "stdin", stdin)
    (source,) = _sources("-" if standard_input else str(put(here / "large.toml", data)))
    reading = source.read()
    assert isinstance(reading, FaultyFile)
    assert [problem.code for problem in reading.problems] == ["F006"]
    assert stdin.buffer.tell() == (LIMIT_BYTES + 1 if standard_input else 0)


def test_a_file_of_exactly_the_limit_is_read(here: Path) -> None:
    (source,) = _sources(str(put(here / "large.toml", TEXT + b"#" * (LIMIT_BYTES - len(TEXT)))))
    reading = source.read()
    assert isinstance(reading, RegimenFile)


def test_what_cannot_be_opened_is_named(here: Path) -> None:
    gone = not_found(FileSource(here / "gone.toml", "gone.toml").read())
    assert "gone.toml" in gone.message
    assert "no such file" in gone.message
    assert "a folder" in not_found(FileSource(here, "here").read()).message


def test_what_must_not_be_read_is_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    (source,) = _sources(str(put(here / "secret.toml")))
    monkeypatch.setattr(Path, "open", refuse)
    message = not_found(source.read()).message
    assert "secret.toml" in message
    assert "permission denied" in message


def test_an_error_without_words_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "stat", fail)
    assert "cannot be read" in not_found(FileSource(Path("x"), "x").read()).message


def test_a_folder_is_read_however_deep_it_is(here: Path) -> None:
    """Deeper than functions of Python call each other."""
    depth = sys.getrecursionlimit() + 100
    for _ in range(depth):
        os.mkdir("d")  # noqa: PTH102 - all at once would be a function that calls itself
        os.chdir("d")
    Path("r.toml").write_bytes(TEXT)
    try:
        (file,) = names(find(str(here)))
        assert file.endswith("/d/r.toml")
    finally:
        Path("r.toml").unlink()
        for _ in range(depth):
            os.chdir("..")
            os.rmdir("d")  # noqa: PTH106 - as above


def test_a_name_of_a_file_without_its_ending_is_told_which_file_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for name in ("ward-rr", "rr-adult-2", "sub/mine"):
        (tmp_path / f"{name}.toml").touch()
        found = find(name)
        assert isinstance(found, NotFound)
        assert found.help == f"write {name}.toml, if that is meant"
    for name in ("ward-r", "sub", "x" * 300, "a\0b"):
        found = find(name)
        assert not isinstance(found, NotFound) or ".toml, if" not in found.help
