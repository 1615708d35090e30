"""What the cache keeps is what was put into it, or nothing: of any damage there is none left but a miss."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from blinplan.files.kept_values import keep_values, kept_as


def _made(kept: Any) -> float:
    return float(kept["shares"][0]["count"].real)


def test_what_was_kept_is_made_into_what_it_was(tmp_path: Path) -> None:
    keep_values(tmp_path / "x.json", {"shares": [{"count": 7}]})
    assert kept_as(tmp_path / "x.json", _made) == 7


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1],
        lambda text: text.replace("7", "8"),
        lambda text: "",
        lambda text: "\x00" * 100,
        lambda _: _sealed("["),
        lambda _: _sealed("[" * 100_000),
        lambda _: _sealed("7"),
        lambda _: _sealed("{}"),
        lambda _: _sealed('{"shares": []}'),
        lambda _: _sealed('{"shares": {"0": 7}}'),
        lambda _: _sealed('{"shares": [{"count": "7"}]}'),
        lambda _: _sealed('{"shares": [{"count": [7]}]}'),
    ],
)
def test_anything_else_is_a_miss(tmp_path: Path, change: Callable[[str], str]) -> None:
    path = tmp_path / "x.json"
    keep_values(path, {"shares": [{"count": 7}]})
    path.write_text(change(path.read_text(encoding="ascii")), encoding="ascii")
    assert kept_as(path, _made) is None


def test_what_is_not_there_is_a_miss(tmp_path: Path) -> None:
    assert kept_as(tmp_path / "x.json", _made) is None


def _sealed(text: str) -> str:
    """A text with its checksum: whoever wrote it, it is whole."""
    return f"{sha256(text.encode()).hexdigest()}\n{text}"
