"""Regimen files of every kind."""

from pathlib import Path

import pytest

from tests.regimen_text import cycle, regimen_text


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Regimen files in the folder of the test: sound, with a note, a warning, an error, and with a wrong type."""
    texts = {
        "sound.toml": regimen_text(cycle(repeat=2)),
        "note.toml": regimen_text(cycle("28 mcg/d for 28 days")),
        "warning.toml": regimen_text(cycle("28 mcg/day for 27 days")),
        "error.toml": regimen_text(cycle("9 mcg/day for 24 hours", "28 mcg/day for 648 hours")),
        "faulty.toml": regimen_text(cycle()).replace("days = 28", 'days = "28"'),
    }
    texts = {name: text.replace('"probe"', f'"{name.removesuffix(".toml")}"') for name, text in texts.items()}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return texts
