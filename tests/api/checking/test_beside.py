"""Which files beside those that are named are looked at: not judged, but there for rules about several files."""

from collections.abc import Callable, Mapping
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from blinplan.api.checking.beside import FileReader
from blinplan.api.checking.check import Configurations, FilesToCheck, read_files, rule_choice
from blinplan.api.checking.files import FileToCheck
from blinplan.regimen.find import FileSource, NotFound
from tests.regimen_text import cycle, regimen_text

MOST = 100
"""Of other files in a folder, as the page of rules says: more are not looked at unasked."""


def leading(name: str, other: str | None = None) -> str:
    """A regimen that leads other patients to another one."""
    otherwise = "" if other is None else f'otherwise = "{other}"\n'
    return regimen_text(f"[eligibility]\nmin_weight_kg = 45\n{otherwise}\n{cycle()}", called=name)


def write(folder: Path, names: Mapping[str, str | None]) -> None:
    """Write regimens, each with the one that it leads to."""
    for name, other in names.items():
        path = folder / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(leading(path.stem, other), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(*names: str, exclude: tuple[str, ...] = (), stdin_filename: str = "<stdin>") -> FilesToCheck:
    configurations = Configurations(None, isolated=True, exclude=exclude)
    return read_files(names, rule_choice(None, (), (), ()), configurations, stdin_filename=stdin_filename)


def beside(*names: str, **options: tuple[str, ...]) -> list[str]:
    """The names of the files that are looked at beside."""
    return [file.source.name for file in read(*names, **options).beside.files]  # type: ignore[arg-type]


def test_beside_a_file_are_the_others_of_its_folder_and_none_of_what_is_asked(folder: Path) -> None:
    write(folder, {"a": None, "b": None, "c": None, "deep/d": None, "deep/e": None, "other/f": None})
    assert beside("a.toml") == ["b.toml", "c.toml"]
    assert beside("a.toml", "b.toml") == ["c.toml"]
    assert beside("./a.toml", "deep/d.toml") == ["b.toml", "c.toml", "deep/e.toml"]
    assert beside("a.toml", "deep") == ["b.toml", "c.toml"]
    assert beside(".") == []
    assert beside("deep/d.toml", ".") == [], "all of the folder above are asked"
    assert beside("rr-adult") == []
    assert beside("rr-adult", "a.toml") == ["b.toml", "c.toml"]


def test_a_link_to_what_is_asked_is_no_other_file(folder: Path) -> None:
    write(folder, {"a": None, "deep/d": None})
    (folder / "deep/a.toml").symlink_to(folder / "a.toml")
    assert beside("a.toml", "deep/d.toml") == []


def test_what_is_left_out_of_folders_is_not_looked_at(folder: Path) -> None:
    write(folder, {"a": None, "b": None, "draft-c": None})
    assert beside("a.toml", exclude=("draft-*",)) == ["b.toml"]
    assert beside("a.toml", exclude=("draft-*", "b.toml/")) == ["b.toml"], "a folder is meant, and no file"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def give(text: str) -> None:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode()), encoding="utf-8"))

    return give


def test_standard_input_stands_where_its_name_says(folder: Path, given: Callable[[str], None]) -> None:
    write(folder, {"a": None, "b": None, "deep/c": None})
    for name, others in (("a.toml", ["b.toml"]), ("deep/new.toml", ["deep/c.toml"]), ("<stdin>", []), ("a", [])):
        given(leading("a"))
        assert [file.source.name for file in read("-", stdin_filename=name).beside.files] == others


@pytest.mark.parametrize("names", [("-", "a.toml"), ("a.toml", "-"), (".", "-"), ("-", ".", "-")])
def test_standard_input_goes_before_the_file_whose_name_it_has(
    folder: Path, given: Callable[[str], None], names: tuple[str, ...]
) -> None:
    """An editor has there what it has not saved yet: the file as it was is not judged in its place."""
    write(folder, {"a": None})
    given(leading("a").replace("28 mcg/day", "27 mcg/day"))
    files = read(*names, stdin_filename="a.toml")
    (file,) = files.files
    assert "27 mcg/day" in file.reading.document.text
    assert (files.beside.files, files.missing) == ((), ())


def test_a_folder_with_too_many_others_is_followed_by_what_leads_on_and_said_to_be_crowded(folder: Path) -> None:
    others: dict[str, str | None] = {f"{number}": None for number in range(MOST - 3)}
    led: dict[str, str | None] = {"a": "b", "b": "c", "c": "a", "end": "nowhere"}
    write(folder, others | led)
    files = read("a.toml")
    assert len(files.beside.files) == MOST
    assert files.beside.crowded == frozenset()
    write(folder, {"one-more": "b"})
    crowded = read("a.toml")
    assert [file.source.name for file in crowded.beside.files] == ["b.toml", "c.toml"]
    assert crowded.beside.crowded == {Path()}
    assert beside("end.toml") == beside("0.toml") == []
    (folder / "None.toml").write_text(leading("none"), encoding="utf-8")
    assert beside("0.toml") == [], "which leads to nothing, whatever it would be called"
    (folder / "None.toml").unlink()
    assert len(beside("end.toml", "one-more.toml")) == MOST, "of those that are not named"
    write(folder, {"two-more": None})
    assert beside("end.toml", "one-more.toml", "rr-adult") == ["b.toml", "c.toml", "a.toml"]
    assert read("a.toml", ".").beside.crowded == frozenset()


def test_a_file_that_is_no_regimen_leads_nowhere_from_a_crowded_folder(folder: Path) -> None:
    write(folder, {f"{number}": None for number in range(MOST)} | {"b": None})
    (folder / "a.toml").write_text(leading("a", "b").replace("days = 28", 'days = "28"'), encoding="utf-8")
    assert beside("a.toml") == []


@pytest.mark.parametrize("others", [1, MOST + 1])
def test_what_cannot_be_read_beside_is_not_there(folder: Path, others: int) -> None:
    """A dead link is not looked at, and what is gone when it is read leads to nothing."""
    write(folder, {f"{number}": None for number in range(others)} | {"a": "b", "b": "0"})
    (folder / "c.toml").symlink_to(folder / "gone.toml")
    (file,) = read("a.toml").files

    def read_again(source: FileSource) -> FileToCheck | NotFound:
        gone = source.name in {"b.toml", "c.toml"}
        return NotFound(source.name, "it is gone", "look for it") if gone else file

    found = FileReader(Configurations(None, isolated=True), read_again).beside([file], [])
    assert len(found.files) == (1 if others == 1 else 0)
