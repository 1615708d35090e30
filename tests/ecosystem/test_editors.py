"""taplo, which completes and checks TOML in editors, finds the schema that a file names and says what blinplan says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.ecosystem.runner import ROOT
from tests.plan_text import RECORD, WARD
from tests.program import NEVER
from tests.public_files import public

pytestmark = pytest.mark.outside

NAMED = {"regimen": "", "site": WARD, "record": RECORD}
"""A file for each schema; the shipped regimens are those of theirs."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "regimens", tmp_path / "regimens")
    for of, text in NAMED.items():
        if text:
            (tmp_path / f"regimens/{of}.toml").write_text(f"#:schema ./{of}.schema.json\n{text}", encoding="utf-8")
    return tmp_path / "regimens"


def taplo(folder: Path, *names: str) -> tuple[int, str]:
    """Check files by the schemas they name."""
    program = [str(public("BLINPLAN_TAPLO")), "check", "--colors", "never", *names]
    ended = subprocess.run(program, cwd=folder, capture_output=True, check=False, timeout=NEVER)  # noqa: S603
    return ended.returncode, ended.stderr.decode()


def test_every_file_is_right_by_the_schema_it_names(folder: Path) -> None:
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.toml")]
    status, text = taplo(folder, *names)
    assert status == 0, text[:2000]
    assert len(names) >= 30


WRONG = (
    ("labelled/rr-adult.toml", 'basis = "flat"', 'basis = "bag"', '"bag" is not one of'),
    ("labelled/rr-adult.toml", '"28 mcg/day"', '"28 mg/day"', "does not match"),
    ("labelled/rr-adult.toml", "min_weight_kg", "min_weigth_kg", "'min_weigth_kg' was unexpected"),
    ("site.toml", "change_time", "changetime", "'changetime' was unexpected"),
    ("record.toml", "2026-03-16T10:00:00", "2026-03-16", "does not match"),
    ("record.toml", "grade = 3", 'grade = "3"', "is not of type"),
)
_END = re.compile(r'invalid file error=schema validation failed path="[^"]*/wrong-(\d)\.toml"')


def test_what_is_wrong_is_found(folder: Path) -> None:
    names = []
    for number, (name, right, wrong, _) in enumerate(WRONG):
        text = (folder / name).read_text(encoding="utf-8")
        assert right in text
        names.append((Path(name).parent / f"wrong-{number}.toml").as_posix())
        (folder / names[-1]).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    status, told = taplo(folder, *names)
    assert status == 1
    parts = _END.split(told)  # what is found in a file, and then its number
    found = dict(zip(map(int, parts[1::2]), parts[::2], strict=False))
    assert sorted(found) == list(range(len(WRONG)))
    for number, (*_, said) in enumerate(WRONG):
        assert said in found[number], found[number][:1000]
