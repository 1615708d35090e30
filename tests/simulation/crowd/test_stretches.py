"""Stretches of a seed's patients, joined: the bytes of one run, or a sentence that says why not."""

import csv
import json
import shutil
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import blinplan
from blinplan.files.writing import replace_file
from blinplan.physiology.engine import choose
from blinplan.refusal import Refusal
from tests.collection.grid import at_night
from tests.program import Run

pytestmark = pytest.mark.slow

REGIMEN = "rr-below-45-kg"
CUTS = (1, 2, 302, 570, 701)
"""Uneven: one patient, 300, 268 and 131."""
LIMITED = ["--follow-up", "10", "--seed", "7"]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four stretches of people of whom some are not admitted."""
    folder = tmp_path_factory.mktemp("parts")
    regimen = folder / "ours.toml"
    text = blinplan.toml(blinplan.load(REGIMEN)).replace("below_weight_kg = 45", "below_weight_kg = 30")
    assert "below_weight_kg = 30" in text
    replace_file(regimen, text)
    made = []
    for number, (first, after) in enumerate(pairwise(CUTS)):
        made.append(folder / f"part-{number}.npz")
        blinplan.simulate(regimen, after - first, first=first, seed=7, follow_up=10).write(made[-1])
    return made


@pytest.mark.parametrize(
    "options",
    [
        ["-f", "table"],
        ["-f", "json"],
        ["-f", "csv"],
        at_night(["-o", "out.csv"]),
        ["-o", "out.parquet"],
        ["-o", "out.npz"],
    ],
    ids=" ".join,
)
def test_four_uneven_stretches_are_the_bytes_of_one_run(
    parts: list[Path], options: list[str], inside: Run, tmp_path: Path
) -> None:
    for path in (parts[0].parent / "ours.toml", *parts):
        shutil.copy(path, tmp_path)
    regimen = str(parts[0].parent / "ours.toml")
    whole = inside("simulate", regimen, "--patients", "700", *LIMITED, "--no-curves", *options)
    written = (tmp_path / options[1]).read_bytes() if options[0] == "-o" else b""
    names = [parts[number].name for number in (2, 0, 3, 1)]
    joined = inside("merge", *names, *options)
    assert (joined.out, joined.err, joined.status) == (whole.out, whole.err, 0)
    assert len(whole.out) + len(written) > 500
    if options[0] == "-o":
        assert (tmp_path / options[1]).read_bytes() == written


def test_what_was_joined_can_be_joined_again(parts: list[Path], tmp_path: Path) -> None:
    blinplan.merge(*parts[:2]).write(tmp_path / "first.npz")
    again = blinplan.merge(parts[3], tmp_path / "first.npz", parts[2])
    assert again.text("json") == blinplan.merge(*parts).text("json")
    assert again.size == 700
    later = blinplan.merge(*parts[1:])
    assert json.loads(later.text("json"))["manifest"]["first"] == 2
    whole = again.columns()
    for name, values in later.columns().items():
        assert list(map(repr, values)) == list(map(repr, whole[name][1:]))


def test_endpoints_that_are_asked_for_are_joined_too(inside: Run, tmp_path: Path) -> None:
    wanted = ["--endpoint", "IL-6 above 20 pg/mL in cycle 1", "--endpoints", "b_nadir", "--by-day", "2,7"]
    wanted += ["--endpoint", "drug above 100 pg/mL from day 5 to day 9"]
    asked = ["simulate", "nhl-5", "--seed", "3", *wanted]
    inside(*asked, "--patients", "300", "-o", "1.npz")
    inside(*asked, "--first", "301", "--patients", "4", "-o", "2.npz")
    whole = inside(*asked, "--patients", "304", "--no-curves").out
    assert inside("merge", "1.npz", "2.npz").out == whole
    assert "IL-6" in whole
    assert "day 2" in whole.partition("day 5 to day 9\n")[2].partition("not yet")[0], "it is looked at from day 5 on"
    rows = inside("merge", "1.npz", "2.npz", "-f", "csv").out
    assert rows == inside(*asked, "--patients", "304", "-f", "csv").out
    found = list(csv.DictReader(rows.splitlines()))
    drug = "drug_above_100_pg_per_ml_from_day_5_to_day_9_by_day_"
    assert [{row[f"{drug}{day}"] for row in found} for day in (2, 7)] == [{""}, {"true", "false"}]
    inside("simulate", "nhl-5", "--seed", "3", "--first", "301", "--patients", "4", "-o", "2.npz")
    assert "1.npz is of endpoints b_nadir, and 2.npz of endpoints not named" in inside("merge", "1.npz", "2.npz").err


def test_what_a_ward_would_measure_is_joined_too(inside: Run, tmp_path: Path) -> None:
    measured = ["simulate", "nhl-5", "--measured", "--seed", "3"]
    inside(*measured, "--patients", "7", "-o", "1.npz")
    inside(*measured, "--first", "8", "--patients", "4", "-o", "2.npz")
    assert inside("merge", "1.npz", "2.npz", "-f", "csv").out == inside(*measured, "--patients", "11", "-f", "csv").out
    assert "_measured_" in inside("merge", "1.npz", "2.npz", "-f", "csv").out


def test_a_stretch_is_read_by_numpy_alone(parts: list[Path]) -> None:
    found, result = np.load(parts[1]), blinplan.merge(parts[1])
    document = json.loads(found["stretch.json"])
    assert (document["first_patient"], document["manifest"]["patients"]) == (2, 300)
    assert found["b_nadir.values"].tobytes() == result.endpoints["b_nadir"].values.tobytes()
    assert [f"{column['name']}" for column in document["columns"]] == found.files[1:]
    assert {column["type"]: found[column["name"]].dtype.str for column in document["columns"]} == {
        "<f8": "<f8",
        "|b1": "|b1",
    }


def changed(path: Path, target: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A stretch that says something else."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "stretch.json":
                document = json.loads(content)
                change(document)
                content = json.dumps(document).encode()
            new.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("model", "0" * 16, "model {mine}, and {other} of model 0000000000000000"),
        ("seed", 8, "seed 7, and {other} of seed 8"),
        ("regimen", "theirs", "regimen {mine}, and {other} of regimen theirs"),
        ("input", "1" * 16, "fingerprint {mine}, and {other} of a regimen whose text has the fingerprint 1111"),
        ("engine", "slide rule", "the {mine} engine, and {other} of the slide rule engine"),
        ("blinplan", "0.1", "blinplan {mine}, and {other} of blinplan 0.1"),
        ("python", "3.1", "Python {mine}, and {other} of Python 3.1"),
        ("population", "adult-rr", "population child, and {other} of population adult-rr"),
        ("attenuation", "target-loss", "attenuation desensitisation, and {other} of attenuation target-loss"),
        ("premedication", True, "premedication off, and {other} of premedication on"),
        ("follow_up_days", 3, "a follow-up of 10 d, and {other} of a follow-up of 3 d"),
        ("typical_bsa_m2", 1.5, "a typical patient of {mine} m², and {other} of a typical patient of 1.5 m²"),
        ("by_day", [2.0, 7.5], "shares by day not named, and {other} of shares by day 2, 7.5"),
        ("endpoints", ["auc", "dose"], "endpoints not named, and {other} of endpoints auc, dose"),
        ("something new", 1, "something new none, and {other} of something new 1"),
    ],
)
def test_what_is_of_another_run_is_refused_with_both_files_and_values(
    parts: list[Path], tmp_path: Path, name: str, value: Any, said: str
) -> None:
    other = changed(parts[1], tmp_path / "other.npz", lambda document: document["manifest"].update({name: value}))
    mine = json.loads(np.load(parts[0])["stretch.json"])["manifest"].get(name)
    before = (parts[0].read_bytes(), other.read_bytes())
    with pytest.raises(Refusal) as refused:
        blinplan.merge(other, parts[0])
    assert f"{parts[0]} is of" in str(refused.value)
    assert said.format(mine=mine, other=other) in str(refused.value)
    assert before == (parts[0].read_bytes(), other.read_bytes())


@pytest.mark.parametrize("name", ["course", "typical", "regimen"])
def test_another_course_patient_or_text_is_refused(parts: list[Path], tmp_path: Path, name: str) -> None:
    def change(document: dict[str, Any]) -> None:
        was = document[name]
        other: object = 71.5 if name == "typical" else "other"
        document[name] = "2" * 16 if isinstance(was, str) else {**was, next(iter(was)): other}

    other = changed(parts[1], tmp_path / "other.npz", change)
    with pytest.raises(Refusal, match="is of another") as refused:
        blinplan.merge(parts[0], other)
    assert str(other) in str(refused.value)


@pytest.mark.parametrize(("name", "said"), [("model", "model 0"), ("blinplan", "blinplan 0"), ("python", "Python 0")])
def test_what_another_program_made_is_refused(parts: list[Path], tmp_path: Path, name: str, said: str) -> None:
    other = changed(parts[0], tmp_path / "old.npz", lambda document: document["manifest"].update({name: "0"}))
    with pytest.raises(Refusal, match=f"old.npz is of {said}, and this is"):
        blinplan.merge(other)


def test_gaps_and_overlaps_are_refused_with_the_patients(parts: list[Path], tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"patients 1, and .*part-2.npz 302 to 569: missing between them 2 to 301"):
        blinplan.merge(parts[0], parts[2])
    with pytest.raises(Refusal, match=r"part-1.npz has patients 2 to 301, and .*part-1.npz 2 to 301: in both 2 to 301"):
        blinplan.merge(parts[0], parts[1], parts[1])
    both = changed(parts[2], tmp_path / "both.npz", lambda document: document.update({"first_patient": 301}))
    with pytest.raises(Refusal, match=r"in both 301$"):
        blinplan.merge(parts[1], both)
    with pytest.raises(Refusal, match="no stretch"):
        blinplan.merge()


def test_what_is_no_stretch_or_damaged_is_refused(parts: list[Path], tmp_path: Path) -> None:
    text = tmp_path / "text.npz"
    text.write_text("patient,b_nadir\n")
    np.savez(tmp_path / "arrays.npz", a=np.zeros(3))
    for path in (text, tmp_path / "arrays.npz"):
        with pytest.raises(Refusal, match="is not a stretch"):
            blinplan.merge(path)
    with pytest.raises(Refusal, match="no such file"):
        blinplan.merge(tmp_path / "nowhere.npz")
    newer = changed(parts[0], tmp_path / "newer.npz", lambda document: document.update({"version": 2}))
    with pytest.raises(Refusal, match="is blinplan-stretch, version 2, and not blinplan-stretch, version 1"):
        blinplan.merge(newer)
    content = bytearray(parts[1].read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "flipped.npz").write_bytes(content)
    (tmp_path / "cut.npz").write_bytes(content[: len(content) // 2])
    for name in ("flipped.npz", "cut.npz"):
        with pytest.raises(Refusal, match="damaged"):
            blinplan.merge(tmp_path / name)
    fewer = changed(parts[1], tmp_path / "few.npz", lambda document: document["manifest"].update({"patients": 299}))
    with pytest.raises(Refusal, match="is damaged: it is of 299 patients"):
        blinplan.merge(fewer)


def test_no_input_is_written_over_and_nothing_is_left_of_a_failure(
    parts: list[Path], inside: Run, tmp_path: Path
) -> None:
    for part in parts:
        shutil.copy(part, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.npz")}
    assert "is what is read" in inside("merge", "part-0.npz", "part-1.npz", "-o", "part-1.npz").err
    (tmp_path / "link.npz").symlink_to("part-0.npz")
    assert "is what is read" in inside("merge", "part-0.npz", "part-1.npz", "-o", "link.npz").err
    (tmp_path / "link.npz").unlink()
    failed = inside("merge", "part-0.npz", "part-3.npz", "-o", "out.npz")
    assert failed.status == 2
    assert "missing between them" in failed.err
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.npz")} == before


def test_only_patients_of_a_seed_have_a_first(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("weight_kg,height_cm\n70,170\n80,180\n")
    assert "contradict" in inside("simulate", "rr-adult", "--people", "mine.csv", "--first", "2").err
    assert "contradict" in inside("simulate", "rr-adult", "--typical", "--first", "2").err
    assert "only patients who are drawn" in inside("simulate", "rr-adult", "--people", "mine.csv", "-o", "x.npz").err
    assert (
        "only patients who are drawn" in inside("simulate", "rr-adult", "--typical", "--every", "1d", "-o", "x.npz").err
    )
    assert "contradict each other" in inside("simulate", "rr-adult", "-f", "nonmem", "-o", "x.npz").err
    with pytest.raises(Refusal, match="not for event records"):
        blinplan.curves("nhl-5", "14d", 2).records().write(tmp_path / "x.npz")
    assert not (tmp_path / "x.npz").exists()
    with pytest.raises(Refusal, match="first is 0"):
        blinplan.simulate("rr-adult", 3, first=0)
    with pytest.raises(Refusal, match="not drawn"):
        blinplan.simulate("rr-adult", tmp_path / "mine.csv", first=2)


def test_curves_of_a_stretch_are_those_rows_of_the_whole() -> None:
    whole = blinplan.curves("nhl-5", "7d", 300, seed=3).columns()
    later = blinplan.curves("nhl-5", "7d", 5, seed=3, first=281).columns()
    times = whole["patient"].tolist().count(1)
    for name, values in later.items():
        assert values.tobytes() == whole[name][280 * times : 285 * times].tobytes()


# --- curves ---------------------------------------------------------------------------------------------------------

DAILY = ["simulate", REGIMEN, "--seed", "7", "--every", "3d", "--follow-up", "10"]
OF_CURVES = (1, 2, 120, 240)
"""Uneven: one patient, 118 and 120, of whom a portion of the whole has 250."""


@pytest.fixture(scope="module")
def curve_parts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three stretches of curves."""
    folder = tmp_path_factory.mktemp("curves")
    made = []
    for number, (first, after) in enumerate(pairwise(OF_CURVES)):
        made.append(folder / f"curves-{number}.npz")
        blinplan.curves(REGIMEN, "3d", after - first, first=first, seed=7, follow_up=10).write(made[-1])
    return made


@pytest.mark.parametrize(
    "options",
    [
        ["-f", "csv"],
        at_night(["-o", "out.csv"]),
        ["-o", "out.parquet"],
        ["-o", "out.npz"],
        ["-f", "nonmem", "-o", "out.csv"],
    ],
    ids=" ".join,
)
def test_stretches_of_curves_are_the_bytes_of_one_run(
    curve_parts: list[Path], options: list[str], inside: Run, tmp_path: Path
) -> None:
    for path in curve_parts:
        shutil.copy(path, tmp_path)
    whole = inside(*DAILY, "--patients", "239", *options)
    (written,) = [path.read_bytes() for path in tmp_path.glob("out.*")] or [b""]
    joined = inside("merge", "curves-2.npz", "curves-0.npz", "curves-1.npz", *options)
    assert (joined.out, joined.err, joined.status) == (whole.out, whole.err, 0)
    assert len(whole.out) + len(written) > 10_000
    assert ([path.read_bytes() for path in tmp_path.glob("out.*")] or [b""]) == [written]


def test_percentiles_of_joined_curves_are_of_all_patients(curve_parts: list[Path], inside: Run) -> None:
    joined, whole = blinplan.merge_curves(*curve_parts), blinplan.curves(REGIMEN, "3d", 239, seed=7, follow_up=10)
    columns, times = whole.columns(), whole.curves.minutes.shape[0]
    for key, column in {"drug": "drug_pg_per_ml", "b-cells": "b_cells_per_ul", "il-6": "il6_pg_per_ml"}.items():
        (band,) = joined.bands([key]).bands
        expected = np.percentile(columns[column].reshape(239, times), [5, 50, 95], axis=0)
        assert band.values.tobytes() == expected.tobytes()
    drawn = inside("merge", *map(str, curve_parts)).out
    assert "5th to 95th percentile of 239 patients" in drawn
    assert "IL-6" in drawn


def test_what_a_ward_would_measure_of_curves_is_joined_too(inside: Run) -> None:
    measured = ["simulate", "nhl-5", "--measured", "--seed", "3", "--every", "14d"]
    inside(*measured, "--patients", "7", "-o", "1.npz")
    inside(*measured, "--first", "8", "--patients", "4", "-o", "2.npz")
    for form in ("csv", "nonmem"):
        joined = inside("merge", "1.npz", "2.npz", "-f", form)
        assert joined.out == inside(*measured, "--patients", "11", "-f", form).out
        assert joined.status == 0
    inside("merge", "1.npz", "2.npz", "-o", "both.npz")
    assert inside("merge", "both.npz", "-f", "csv").out == inside("merge", "2.npz", "1.npz", "-f", "csv").out


def test_curves_of_other_times_gaps_and_endpoints_are_not_joined(
    curve_parts: list[Path], parts: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match=r"curves-0.npz has patients 1, and .*missing between them 2 to 119"):
        blinplan.merge_curves(curve_parts[0], curve_parts[2])
    with pytest.raises(Refusal, match=r"is of curves, and .*part-1.npz of endpoints"):
        blinplan.merge_curves(curve_parts[0], parts[1])
    with pytest.raises(Refusal, match=r"part-1.npz is of endpoints"):
        blinplan.merge_curves(parts[1])
    with pytest.raises(Refusal, match=r"is of curves$"):
        blinplan.merge(curve_parts[0])
    blinplan.curves(REGIMEN, "1d", 3, first=2, seed=7, follow_up=10).write(tmp_path / "daily.npz")
    with pytest.raises(Refusal, match=r"is of curves every 4320 min, and .* of curves every 1440 min"):
        blinplan.merge_curves(curve_parts[0], tmp_path / "daily.npz")
    blinplan.curves(REGIMEN, "3d", 3, first=2, seed=8, follow_up=10).write(tmp_path / "seed.npz")
    with pytest.raises(Refusal, match=r"of seed 7, and .* of seed 8"):
        blinplan.merge_curves(curve_parts[0], tmp_path / "seed.npz")


def test_damaged_curves_are_refused_and_no_file_is_left(curve_parts: list[Path], inside: Run, tmp_path: Path) -> None:
    whole = curve_parts[1].read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    (tmp_path / "flipped.npz").write_bytes(flipped)
    swapped = changed(curve_parts[1], tmp_path / "first.npz", lambda document: document.update({"first_patient": 3}))
    for name in ("flipped.npz", swapped.name):
        ran = inside("merge", name, "-o", "out.csv")
        assert ran.status == 2
        assert f"{name} is damaged" in ran.err
        assert not (tmp_path / "out.csv").exists()
    assert inside("merge", str(curve_parts[1]), "-f", "json").status == 2


def test_a_stretch_whose_curves_cannot_be_found_is_refused(
    curve_parts: list[Path], inside: Run, tmp_path: Path
) -> None:
    """Where the head of an array is damaged nothing of it was opened yet."""
    whole = curve_parts[0].read_bytes()
    for of in (b"states.npy", b"number.npy"):
        damaged = bytearray(whole)
        damaged[whole.index(b"NUMPY", whole.index(of))] ^= 1
        (tmp_path / "damaged.npz").write_bytes(damaged)
        for output in ("out.csv", "out.npz"):
            ran = inside("merge", "damaged.npz", "-o", output)
            assert ran.status == 2, ran.err
            assert "damaged.npz is damaged" in ran.err


def test_who_joins_stretches_does_not_wait_for_a_compiler(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The typical patient is still to be simulated: one, for whom machine code was made."""
    for name, first in (("a.npz", "1"), ("b.npz", "8")):
        assert inside("simulate", "nhl-15", "--patients", "7", "--first", first, "-o", name).status == 0
    monkeypatch.setattr(choose, "_without_code", choose._WithoutCode())
    monkeypatch.setattr(choose, "is_kept", lambda _: False)
    monkeypatch.setattr(choose, "_kernel", lambda: pytest.fail("waits for a compiler"))
    ran = inside("merge", "a.npz", "b.npz")
    assert (ran.status, ran.err) == (0, "")
    assert "14 virtual patients" in " ".join(ran.out.split())
