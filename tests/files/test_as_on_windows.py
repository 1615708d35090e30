"""What Windows has otherwise, tried here: no owners of files."""

import os
from pathlib import Path

import pytest

from blinplan.files.caches import make_own


def test_where_there_are_no_owners_the_folder_of_a_user_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows keeps the profile of a user to that user."""
    monkeypatch.delattr(os, "getuid")
    assert make_own(tmp_path / "cache")
    assert (tmp_path / "cache").is_dir()
