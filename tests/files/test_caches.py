"""What is kept is taken from a folder of the user's alone, and only as it was put there."""

import os
import stat
import time
from hashlib import sha256
from pathlib import Path

import pytest

from blinplan.files.caches import cache_folder, make_own
from blinplan.files.kept_values import keep_values, kept_values
from blinplan.physiology.engine import machine_code
from tests.files.no_files import NO_FILES, put_no_file


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with machine code that was sealed: an index and what it leads to, in a folder of numba's."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(machine_code, "cache_folder", lambda: folder)
    assert machine_code.folder_to_use() == folder
    (folder / "engine").mkdir()
    (folder / "engine" / "_advance_alike-1.nbi").write_bytes(b"index")
    (folder / "engine" / "_advance_alike-1.1.nbc").write_bytes(b"code")
    machine_code.seal()
    return folder


def held(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*.nb?")}


def test_what_was_sealed_is_used(kept: Path) -> None:
    assert machine_code.is_kept()
    assert machine_code.folder_to_use() == kept
    assert held(kept) == {"_advance_alike-1.nbi", "_advance_alike-1.1.nbc"}


@pytest.mark.parametrize("name", ["engine/_advance_alike-1.nbi", "engine/_advance_alike-1.1.nbc", "seal.json"])
@pytest.mark.parametrize("content", [b"", b"Xndex", b"[" * 100_000, b"{}", b"[]", b'"\xff"'])
def test_what_is_damaged_is_thrown_away_and_never_read(kept: Path, name: str, content: bytes) -> None:
    (kept / name).write_bytes(content)
    assert not machine_code.is_kept()
    assert machine_code.folder_to_use() == kept
    assert held(kept) == set()


KINDS = [*NO_FILES, "larger than any"]


def put(kind: str, path: Path) -> None:
    """Put something into a cache that nobody has kept there."""
    if kind in NO_FILES:
        put_no_file(kind, path)
        return
    with path.open("wb") as file:
        file.truncate(10**12)  # of which nothing is on the disk


@pytest.mark.parametrize("name", ["engine/_advance_alike-1.nbi", "engine/_advance_alike-1.1.nbc", "seal.json"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_never_read(kept: Path, name: str, kind: str) -> None:
    put(kind, kept / name)
    assert not machine_code.is_kept()
    folder = machine_code.folder_to_use()
    assert folder is None or held(kept) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_is_no_file_is_made_again(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "kept" / "x.json"
    keep_values(path, [1, 2])
    assert kept_values(path) == [1, 2]
    put(kind, path)
    with pytest.raises((OSError, ValueError)):
        kept_values(path)
    keep_values(path, [3])
    assert kind == "a folder" or kept_values(path) == [3]
    assert [one.name for one in path.parent.iterdir()] == ["x.json"]


def test_a_value_too_deep_to_be_read_is_damaged(tmp_path: Path) -> None:
    deep = "[" * 100_000
    (tmp_path / "x.json").write_text(f"{sha256(deep.encode()).hexdigest()}\n{deep}", encoding="ascii")
    with pytest.raises(ValueError, match="nested too deep"):
        kept_values(tmp_path / "x.json")


def test_a_value_that_somebody_else_could_have_put_there_is_none(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    keep_values(shared / "kept" / "x.json", [1])
    shared.chmod(0o777)
    with pytest.raises(ValueError, match="damaged"):
        kept_values(shared / "kept" / "x.json")
    keep_values(shared / "kept" / "y.json", [1])
    assert not (shared / "kept" / "y.json").exists()


def test_code_that_was_put_beside_it_is_thrown_away(kept: Path) -> None:
    (kept / "engine" / "y.1.nbc").write_bytes(b"of somebody else")
    assert not machine_code.is_kept()
    machine_code.folder_to_use()
    assert held(kept) == set()


@pytest.mark.parametrize("name", ["engine/_advance_alike-1.nbi", "engine/_advance_alike-1.1.nbc"])
def test_what_is_gone_is_made_again(kept: Path, name: str) -> None:
    (kept / name).unlink()
    assert not machine_code.is_kept()


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o757])
def test_a_folder_of_ours_that_others_may_write_to_is_closed(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(mode)
    assert make_own(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_others_can_put_another_in_the_place_of_is_not_used(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert not make_own(shared / "blinplan" / "compiled")
    shared.chmod(0o1777)  # as /tmp is: nobody renames what is of somebody else
    assert make_own(shared / "blinplan" / "compiled")


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert not make_own(tmp_path)


def test_a_place_where_no_folder_can_be_made_costs_speed_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    assert not make_own(tmp_path / "file" / "cache")
    monkeypatch.setattr(machine_code, "cache_folder", lambda: tmp_path / "file" / "cache")
    assert not machine_code.is_kept()
    assert machine_code.folder_to_use() is None
    machine_code.seal()


@pytest.mark.parametrize("mask", [0o777, 0o277, 0o022, 0])
def test_a_folder_that_is_made_can_be_used_later_whatever_mask_it_was_made_under(tmp_path: Path, mask: int) -> None:
    """Who once ran with a mask that leaves nothing had no cache ever after; what was there stays as it is."""
    tmp_path.chmod(0o750)
    before = os.umask(mask)
    try:
        assert make_own(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o722 == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_a_file_where_the_folder_is_to_be_costs_speed_only(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"of the user")
    assert not make_own(tmp_path / "a")
    assert not make_own(tmp_path / "a" / "b")
    assert (tmp_path / "a").read_bytes() == b"of the user"


@pytest.mark.parametrize("place", ["~/.cache/blinplan", "cache", None])
def test_a_user_without_a_home_has_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str | None) -> None:
    """As in a container whose user nobody knows: some versions of platformdirs say so, others give a name as it is."""

    def user_cache_dir(_name: str) -> str:
        if place is None:
            raise RuntimeError("could not determine the home directory")
        return place

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_cache_dir", user_cache_dir)
    folder = cache_folder("outcomes")
    assert not make_own(folder)
    keep_values(folder / "a.json", [1])
    with pytest.raises(OSError, match="directory"):
        kept_values(folder / "a.json")
    assert machine_code.folder_to_use() is None
    assert not machine_code.is_kept()
    machine_code.seal()
    assert list(tmp_path.iterdir()) == []


DAY = 24.0 * 60.0 * 60.0


def used(folder: Path, days_ago: float) -> Path:
    """Machine code of other sources beside it, used so long ago."""
    (folder / "engine").mkdir(parents=True, exist_ok=True)
    for path in (
        folder / "engine" / "_advance_alike-1.nbi",
        folder / "engine" / "_advance_alike-1.1.nbc",
        folder / "seal.json",
    ):
        path.write_bytes(b"{}")
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (time.time() - days_ago * DAY,) * 2)
    return folder


def test_machine_code_of_other_versions_goes_when_nobody_has_used_it_for_a_month(kept: Path) -> None:
    beside = kept.parent
    old, recent = used(beside / "0123456789abcdef", 31.0), used(beside / "fedcba9876543210", 29.0)
    with_a_letter = used(beside / "00000000000000ff", 400.0)
    (with_a_letter / "letter.txt").write_text("of the user")
    os.utime(with_a_letter / "letter.txt", (0.0, 0.0))
    os.utime(with_a_letter, (0.0, 0.0))
    of_others = used(beside / "numbers", 400.0)
    elsewhere = used(beside / "elsewhere" / "x", 400.0)
    (beside / "ffffffffffffffff").symlink_to(elsewhere, target_is_directory=True)
    (kept / "engine" / "y.1.nbc").write_bytes(b"compiled now")
    machine_code.seal()
    assert not old.exists()
    assert held(recent) == {"_advance_alike-1.nbi", "_advance_alike-1.1.nbc"}
    assert [path.name for path in with_a_letter.rglob("*")] == ["letter.txt"]
    assert held(of_others) == held(elsewhere) == {"_advance_alike-1.nbi", "_advance_alike-1.1.nbc"}
    assert held(kept) == {"_advance_alike-1.nbi", "_advance_alike-1.1.nbc", "y.1.nbc"}


def test_a_use_is_noted(kept: Path) -> None:
    os.utime(kept / "seal.json", (0.0, 0.0))
    (kept / "before").touch()
    assert machine_code.is_kept()
    assert (kept / "seal.json").stat().st_mtime >= (kept / "before").stat().st_mtime
