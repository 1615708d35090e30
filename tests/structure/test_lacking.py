"""Tests on a system that has not all that they ask for."""

import ast
import os
from pathlib import Path

import pytest

from blinplan.files.caches import make_own
from tests.collection.lacking import TESTS, what_a_test_lacks

NOT_ON_WINDOWS = {"fcntl", "grp", "pty", "pwd", "resource", "termios"}


def test_every_file_of_tests_can_be_imported_without_what_windows_has_not() -> None:
    for path in TESTS.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not NOT_ON_WINDOWS & set(imported), f"{path}: import it where it is used"


def test_what_a_test_asks_for_is_lacking_and_what_the_program_asks_for_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "mkfifo")
    with pytest.raises(AttributeError) as asked:
        os.mkfifo(tmp_path / "pipe")
    assert "mkfifo" in what_a_test_lacks(asked.value)
    with pytest.raises(AttributeError) as fault:
        make_own(str(tmp_path / "cache"))  # type: ignore[arg-type]
    assert what_a_test_lacks(fault.value) == ""
