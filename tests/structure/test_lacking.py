"""Tests on a system that has not all that they ask for."""

import os
import re
from pathlib import Path

import pytest

from blinplan.files.caches import make_own
from tests.collection.lacking import TESTS, what_a_test_lacks


def test_every_file_of_tests_can_be_imported_without_what_windows_has_not() -> None:
    at_import = re.compile(r"^(import|from) (fcntl|grp|pty|pwd|resource|termios)\b", re.MULTILINE)
    found = [str(path) for path in TESTS.rglob("*.py") if at_import.search(path.read_text(encoding="utf-8"))]
    assert found == [], "import it where it is used"
    assert at_import.search("import os\nimport resource\n")


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
