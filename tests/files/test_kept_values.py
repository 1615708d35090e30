"""What the cache keeps is what was put into it, or nothing: of any damage there is none left but a miss."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from blinplan.files.kept_values import keep_values, kept_as


class Share(NamedTuple):
    patients: int
    of: "tuple[str, float] | None" = None


@dataclass(frozen=True)
class Shares:
    shares: tuple[Share, ...]
    how: Literal["seen", "told"] = "seen"


SEVEN = Shares((Share(7),))


@pytest.mark.parametrize("kept", [SEVEN, Shares(()), Shares((Share(1, ("a", 2)), Share(-3, ("", 0.5))), "told")])
def test_what_was_kept_is_what_it_was(tmp_path: Path, kept: Shares) -> None:
    keep_values(tmp_path / "x.json", kept)
    assert kept_as(tmp_path / "x.json", Shares) == kept
    assert kept_as(tmp_path / "x.json", Share) is None


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
        lambda _: _sealed("[]"),
        lambda _: _sealed('{"shares": []}'),
        lambda _: _sealed('{"how": "seen"}'),
        lambda _: _sealed('{"shares": [], "how": "guessed"}'),
        lambda _: _sealed('{"shares": [], "how": ["seen"]}'),
        lambda _: _sealed('{"shares": {}, "how": "seen"}'),
        lambda _: _sealed('{"shares": [[7]], "how": "seen"}'),
        lambda _: _sealed('{"shares": [[7, null, 1]], "how": "seen"}'),
        lambda _: _sealed('{"shares": [["7", null]], "how": "seen"}'),
        lambda _: _sealed('{"shares": [[7.0, null]], "how": "seen"}'),
        lambda _: _sealed('{"shares": [[true, null]], "how": "seen"}'),
        lambda _: _sealed('{"shares": [[7, ["a"]]], "how": "seen"}'),
        lambda _: _sealed('{"shares": [[7, ["a", "2"]]], "how": "seen"}'),
        lambda _: _sealed('{"shares": [[7, [1, 2]]], "how": "seen"}'),
        lambda _: _sealed('{"shares": [{"count": 7, "of": null}], "how": "seen"}'),
        lambda _: _sealed('{"shares": [[7, null]], "how": "seen", "more": 1}'),
    ],
)
def test_anything_else_is_a_miss(tmp_path: Path, change: Callable[[str], str]) -> None:
    path = tmp_path / "x.json"
    keep_values(path, SEVEN)
    path.write_text(change(path.read_text(encoding="ascii")), encoding="ascii")
    assert kept_as(path, Shares) is None


def test_what_is_not_there_is_a_miss(tmp_path: Path) -> None:
    assert kept_as(tmp_path / "x.json", Shares) is None


def _sealed(text: str) -> str:
    """A text with its checksum: whoever wrote it, it is whole."""
    return f"{sha256(text.encode()).hexdigest()}\n{text}"
