"""Evidence that was measured before is told again as it was, and never in the place of other evidence."""

from pathlib import Path

import pytest

from blinplan.evidence import kept
from blinplan.evidence.evaluate import evaluate, load_claims
from blinplan.evidence.kept import known_evidence
from blinplan.files.kept_values import keep_values, kept_values
from blinplan.physiology import Options

FEW = 50


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How often it is measured, and on whom; in a cache of its own."""
    asked: list[tuple[int, int]] = []

    def counted(patients: int, seed: int, **others: object) -> object:
        asked.append((patients, seed))
        return evaluate(patients, seed, only=["DEP-2", "MRD-5", "PK-1"], **others)  # type: ignore[arg-type]

    claims = tuple(claim for claim in load_claims() if claim.id in {"DEP-2", "MRD-5", "PK-1"})
    monkeypatch.setattr(kept, "load_claims", lambda: claims)
    monkeypatch.setattr(kept, "evaluate", counted)
    monkeypatch.setattr(kept, "load_not_evaluated", lambda: ())
    monkeypatch.setattr(kept, "cache_folder", lambda name: tmp_path / name)
    return asked


def test_it_is_measured_once_for_the_same_patients(measured: list[tuple[int, int]]) -> None:
    first = known_evidence(FEW, 3, Options())
    assert [one.claim.id for one in first.findings] == ["DEP-2", "PK-1", "MRD-5"]
    assert any(one.interval for finding in first.findings for one in finding.measurements)
    assert known_evidence(FEW, 3, Options()) == first
    assert measured == [(FEW, 3)]
    known_evidence(FEW, 4, Options())
    known_evidence(FEW + 1, 3, Options())
    known_evidence(FEW, 3, Options(attenuation="target-loss"))
    assert measured == [(FEW, 3), (FEW, 4), (FEW + 1, 3), (FEW, 3)]


@pytest.mark.parametrize("damage", ["another number", "cut", "other measures", "not there"])
def test_what_is_damaged_is_measured_again(measured: list[tuple[int, int]], tmp_path: Path, damage: str) -> None:
    first = known_evidence(FEW, 3, Options())
    (path,) = (tmp_path / "evidence").iterdir()
    text = path.read_text(encoding="ascii")
    if damage == "another number":
        path.write_text(text.replace(f"{FEW},", f"{FEW + 1},", 1), encoding="ascii")
    elif damage == "cut":
        path.write_text(text[:-20], encoding="ascii")
    elif damage == "other measures":
        keep_values(path, [kept_values(path)[0][1:]])
    else:
        path.unlink()
    assert known_evidence(FEW, 3, Options()) == first
    assert measured == [(FEW, 3), (FEW, 3)]
    assert path.read_text(encoding="ascii") == text
