"""A file is written whole or not at all, where links lead, with its owner and mode; a stream stays a stream."""

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

import pytest

from blinplan.files import writing
from blinplan.files.writing import append, refuse_unwritable, replace_file, replacing
from blinplan.refusal import Refusal
from blinplan.termination import ending_in_order

WRITERS = [refuse_unwritable, lambda path: replace_file(path, "x"), lambda path: append(path, "x")]


def fail_half_way(target: Path) -> None:
    with replacing(target) as beside:
        beside.write_text("new")
        raise RuntimeError("half way")


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.write_text("old")
    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way(target)
    assert (target.read_text(), left(tmp_path)) == ("old", ["x"])


def test_no_space_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.write_text("old")
    with pytest.raises(Refusal, match="no space left"), replacing(target):
        raise OSError(28, "No space left on device")
    assert (target.read_text(), left(tmp_path)) == ("old", ["x"])


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o755])
def test_the_mode_stays(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "x"
    target.write_text("old")
    target.chmod(mode)
    replace_file(target, "new")
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_new_file_has_the_mode_of_any_other(tmp_path: Path) -> None:
    replace_file(tmp_path / "x", "new")
    (tmp_path / "y").write_text("any")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "y").stat().st_mode


def test_the_owner_stays(tmp_path: Path) -> None:
    """Root can give a file away, so it is of somebody else here; anybody else has files of their own only."""
    target = tmp_path / "x"
    target.write_text("old")
    owner = (1234, 2345) if os.getuid() == 0 else (os.getuid(), os.getgid())
    os.chown(target, *owner)
    replace_file(target, "new")
    assert (target.stat().st_uid, target.stat().st_gid, target.read_text()) == (*owner, "new")


def test_a_file_of_somebody_else_stays_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may write to a file and not give one away writes into it."""
    target = tmp_path / "x"
    target.write_text("old and long")
    number = target.stat().st_ino
    stat_of = Path.stat
    real = target.stat()
    owned = os.stat_result((real.st_mode, real.st_ino, real.st_dev, 1, 4321, 4321, real.st_size, 0, 0, 0))
    monkeypatch.setattr(Path, "stat", lambda self, **_: owned if self == target else stat_of(self))
    monkeypatch.setattr(os, "chown", lambda *_: (_ for _ in ()).throw(PermissionError(1, "Operation not permitted")))
    replace_file(target, "new")
    monkeypatch.undo()
    assert (target.stat().st_ino, target.read_text(), left(tmp_path)) == (number, "new", ["x"])


def refuse_by(number: int) -> Callable[..., Any]:
    def refusing(*_: object, **__: object) -> Any:
        raise OSError(number, os.strerror(number))

    return refusing


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV])
def test_a_file_that_is_mounted_by_itself_is_written_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """As containers have it: no other file can be put in its place."""
    target = tmp_path / "x"
    target.write_text("old and long")
    before = target.stat().st_ino
    monkeypatch.setattr(Path, "replace", refuse_by(number))
    replace_file(target, "new")
    assert (target.stat().st_ino, target.read_text(), left(tmp_path)) == (before, "new", ["x"])


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_where_there_is_no_room_such_a_file_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    target = tmp_path / "x"
    target.write_text("old")
    monkeypatch.setattr(Path, "replace", refuse_by(errno.EBUSY))
    monkeypatch.setattr(os, "posix_fallocate", refuse_by(number), raising=False)
    with pytest.raises(Refusal, match=os.strerror(number).lower()):
        replace_file(target, "new and longer")
    assert (target.read_text(), left(tmp_path)) == ("old", ["x"])


def test_where_room_cannot_be_asked_for_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "x"
    target.write_text("old")
    monkeypatch.setattr(Path, "replace", refuse_by(errno.EBUSY))
    monkeypatch.setattr(os, "posix_fallocate", refuse_by(errno.EOPNOTSUPP), raising=False)
    replace_file(target, "new and longer")
    assert (target.read_text(), left(tmp_path)) == ("new and longer", ["x"])


def test_another_failure_to_replace_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "x"
    target.write_text("old")
    monkeypatch.setattr(Path, "replace", refuse_by(errno.EIO))
    with pytest.raises(Refusal, match="input/output error"):
        replace_file(target, "new")
    assert (target.read_text(), left(tmp_path)) == ("old", ["x"])


@pytest.mark.parametrize(("mode", "is_another"), [(0o600, False), (0o640, True)])
def test_a_file_system_without_such_modes_has_its_files_replaced_or_written_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, is_another: bool
) -> None:
    """As those of sticks and shares: a mode that a new file has need not be set, and another cannot."""
    before = os.umask(0o177)
    try:
        target = tmp_path / "x"
        target.write_text("old")
        target.chmod(mode)
        number = target.stat().st_ino
        monkeypatch.setattr(Path, "chmod", refuse_by(errno.EPERM))
        replace_file(target, "new")
    finally:
        os.umask(before)
    assert (target.read_text(), left(tmp_path)) == ("new", ["x"])
    assert (target.stat().st_ino == number) is is_another


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real").write_text("old")
    (tmp_path / "link").symlink_to("there/real")
    (tmp_path / "dangling").symlink_to("there/later")
    for name in ("link", "dangling"):
        replace_file(tmp_path / name, "new")
        assert (tmp_path / name).is_symlink()
    assert left(tmp_path / "there") == ["later", "real"]
    assert {(tmp_path / "there" / name).read_text() for name in ("later", "real")} == {"new"}


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, b"not-utf-8-\xff\xfe".decode("utf-8", "surrogateescape")])
def test_any_name_that_a_folder_takes_is_taken(tmp_path: Path, name: str) -> None:
    for text in ("first", "second"):
        replace_file(tmp_path / name, text)
        assert (tmp_path / name).read_text() == text
    assert left(tmp_path) == [name]


def test_a_pipe_is_written_through(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[bytes] = []
    reader = Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    replace_file(pipe, "through" * 50_000)
    reader.join()
    assert found == [b"through" * 50_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert left(tmp_path) == ["pipe"]


def test_a_device_is_written_through() -> None:
    before = Path(os.devnull).stat()
    replace_file(Path(os.devnull), "away")
    after = Path(os.devnull).stat()
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)


def test_standard_output_by_its_name_keeps_its_file(tmp_path: Path) -> None:
    """Where a shell has sent standard output to a file, that file is written, and no other put in its place."""
    write = "from blinplan.files.writing import replace_file\nreplace_file(Path('/dev/stdout'), 'x')"
    script = f"from pathlib import Path\n{write}"
    target = tmp_path / "out"
    with target.open("wb") as out:
        number = os.fstat(out.fileno()).st_ino
        subprocess.run([sys.executable, "-c", script], stdout=out, check=True)  # noqa: S603 - our own program
    assert (target.stat().st_ino, target.read_text()) == (number, "x")


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("kind", ["folder", "nowhere", "empty", "circle"])
def test_what_is_no_place_is_refused_in_a_sentence(tmp_path: Path, write: object, kind: str) -> None:
    (tmp_path / "circle").symlink_to("other")
    (tmp_path / "other").symlink_to("circle")
    (tmp_path / "folder").mkdir()
    path = {"nowhere": tmp_path / "no" / "x", "empty": Path(), "circle": tmp_path / "circle"}.get(kind, tmp_path / kind)
    with pytest.raises(Refusal):
        write(path)  # type: ignore[operator]
    assert left(tmp_path) == ["circle", "folder", "other"]


@contextmanager
def signalled_at(moment: int) -> Iterator[None]:
    """Be ended before some line of the writer that is run."""
    lines, before = count(), sys.gettrace()

    def follow(_frame: FrameType, event: str, _: object) -> Any:
        if event == "line" and next(lines) == moment:
            signal.raise_signal(signal.SIGTERM)
        return follow

    def enter(frame: FrameType, *_: object) -> Any:
        return follow if frame.f_code.co_filename == writing.__file__ else None

    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)


def test_whoever_ends_a_run_at_any_moment_of_writing_leaves_the_old_file_or_the_new_and_nothing_else(
    tmp_path: Path,
) -> None:
    """A file was left behind where the end came after it was begun, and before it was known."""
    place, seen = tmp_path / "out", []
    for moment in count():
        place.write_text("old")
        with ending_in_order() as ending, suppress(KeyboardInterrupt), signalled_at(moment):
            replace_file(place, "new")
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
        seen.append(place.read_text())
        if ending.by is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert set(seen) == {"old", "new"}
