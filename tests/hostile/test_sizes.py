"""A file of the largest size that is read is read, and one byte more is a sentence."""

import os
import re
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import NamedTuple

import pytest

from blinplan.files.caches import cached_bytes
from blinplan.files.inputs import InputError, input_bytes
from tests.hostile.sound import HOLIDAYS, OWN, SITE
from tests.plan_text import RECORD, WARD
from tests.program import ROOT, Run

KIB = 1024
LIMITS = {
    "regimen/toml/document.py": 64 * KIB,
    "rules/configuration/file.py": KIB * KIB,
    "regimen/holidays/holidays.py": KIB * KIB,
    "files/inputs.py": 64 * KIB * KIB,
    "files/caches.py": 256 * KIB * KIB,
}
"""The most that a file may hold, by where it is said; the last holds for every reader that says nothing else."""


class Sized(NamedTuple):
    """A kind of file: what it is called, what it says, how a line begins that says nothing, and who reads it."""

    name: str
    text: str
    size: int
    command: tuple[str, ...]


KINDS = {
    "regimen": Sized("probe.toml", OWN, 64 * KIB, ("check", "probe.toml", "--no-simulate", "--select", "F")),
    "site": Sized("ward.toml", SITE, 64 * KIB, ("check", "ward.toml", "--no-simulate", "--select", "F")),
    "record": Sized("record.toml", RECORD, 64 * KIB, ("plan", "rr-adult", "--record", "record.toml", "--weight", "70")),
    "configuration": Sized(
        "blinplan.toml", 'ignore = ["N105"]\n', KIB * KIB, ("check", "beside.toml", "--no-simulate")
    ),
    "holidays": Sized(
        "days.txt",
        HOLIDAYS[1],
        KIB * KIB,
        ("plan", "rr-adult", "--weight", "70", "--start", "2026-11-02T10:00", "--site", "beside-ward.toml"),
    ),
}


def test_every_size_that_is_said_somewhere_is_tried_here() -> None:
    """A reader with a limit of its own is listed, and one of its files is tried at it and beyond."""
    package = ROOT / "blinplan"
    texts = {path.relative_to(package).as_posix(): path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    said = {name: found[1] for name, text in texts.items() if (found := _SIZE.search(text))}
    assert {name: prod(map(int, words.split(" * "))) for name, words in said.items()} == LIMITS
    assert {kind.size for kind in KINDS.values()} == set(LIMITS.values()) - {
        LIMITS["files/inputs.py"],
        LIMITS["files/caches.py"],
    }


_SIZE = re.compile(r"^_?[A-Z_]*BYTES = ([0-9 *]+)$", re.MULTILINE)


@pytest.mark.parametrize(
    ("where", "read", "fault", "told"),
    [
        ("files/inputs.py", input_bytes, InputError, "larger than 64 MiB"),
        ("files/caches.py", cached_bytes, OSError, "no file of a cache"),
    ],
)
def test_a_file_of_which_a_reader_says_nothing_is_read_up_to_the_largest_of_all(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    read: Callable[[Path], bytes],
    fault: type[OSError],
    told: str,
) -> None:
    """The first is of all inputs, the second of caches, whose 256 MiB are a hundredth of that here."""
    path, size = tmp_path / "x", LIMITS[where]
    if read is cached_bytes:
        size //= 100
        monkeypatch.setattr("blinplan.files.caches._LIMIT_BYTES", size)
    path.touch()
    os.truncate(path, size)
    assert len(read(path)) == size
    os.truncate(path, size + 1)
    with pytest.raises(fault, match=told):
        read(path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not(inside: Run, tmp_path: Path, kind: str) -> None:
    name, text, size, command = KINDS[kind]
    (tmp_path / "beside.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "beside-ward.toml").write_text(WARD + 'holidays_from = "days.txt"\n', encoding="utf-8")
    written = text.encode()
    answers = {}
    for more in (-size + len(written) + 2, 0, 1):
        comment = b"#" * (size + more - len(written) - 1) + b"\n"
        (tmp_path / name).write_bytes(comment + written)
        assert (tmp_path / name).stat().st_size == size + more
        answers[more] = inside(*command)
    small, largest, beyond = answers.values()
    assert (largest.status, largest.err) == (small.status, small.err)
    assert small.status in {0, 1}, small.err
    assert "larger than" not in small.out + small.err
    assert beyond.status in {1, 2}
    unit = f"{size // KIB} KiB" if size < KIB * KIB else f"{size // KIB // KIB} MiB"
    assert f"larger than {unit}" in " ".join((beyond.out + beyond.err).split())
