"""``blinplan check``: the contract that scripts rely on."""

import re
from pathlib import Path

import pytest

from blinplan.regimen import library
from blinplan.version import __version__
from tests.program import Run
from tests.regimen_text import cycle, regimen_text, waiver

QUICK = "--no-simulate"


@pytest.mark.parametrize(
    ("name", "fail_on", "status"),
    [
        ("sound", "error", 0),
        ("note", "error", 0),
        ("note", "warning", 0),
        ("warning", "error", 0),
        ("warning", "warning", 1),
        ("warning", "never", 0),
        ("error", "error", 1),
        ("error", "warning", 1),
        ("error", "never", 0),
        ("faulty", "error", 1),
        ("faulty", "never", 0),
    ],
)
@pytest.mark.parametrize("form", ["full", "concise", "json"])
def test_the_status_is_that_of_the_worst_finding_in_every_format(
    inside: Run, files: dict[str, str], name: str, fail_on: str, status: int, form: str
) -> None:
    ran = inside("check", f"{name}.toml", QUICK, "--fail-on", fail_on, "-f", form)
    assert ran.status == status
    summary = " ".join(ran.err.split())
    assert summary.count("exit ") == 1
    assert summary.partition("exit ")[2].startswith(f"{status}: ")
    assert summary.endswith(f"(--fail-on {fail_on})")


def test_concise_is_one_line_a_finding_and_nothing_else(inside: Run, files: dict[str, str]) -> None:
    ran = inside("check", ".", QUICK, "-f", "concise")
    lines = ran.out.splitlines()
    assert len(lines) == 4
    for line in lines:
        assert re.fullmatch(r"\w+\.toml:\d+:\d+: [A-Z]\d{3} (error|warning|note) \S.*", line)
    assert [line.split(":")[0] for line in lines] == ["error.toml", "faulty.toml", "note.toml", "warning.toml"]
    assert inside("check", "sound.toml", QUICK, "-f", "concise").out == ""


def test_a_place_is_the_line_and_the_column_of_the_value(inside: Run, files: dict[str, str]) -> None:
    (line,) = inside("check", "faulty.toml", QUICK, "-f", "concise").out.splitlines()
    _, row, column, rest = line.split(":", 3)
    found = files["faulty.toml"].split("\n")[int(row) - 1][int(column) - 1 :]
    assert found.startswith('"28"')
    assert rest.startswith(" F004 error ")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["sound.toml"], 0),
        (["error.toml"], 1),
        (["nowhere.toml"], 2),
        (["nowhere.toml", "error.toml"], 2),
        (["empty"], 2),
        (["sound.toml", "-qq"], 0),
    ],
)
def test_json_is_always_a_document(
    inside: Run, files: dict[str, str], tmp_path: Path, arguments: list[str], status: int
) -> None:
    (tmp_path / "empty").mkdir()
    ran = inside("check", QUICK, "-f", "json", "--today", "2026-03-01", *arguments)
    assert ran.status == status
    if "-qq" in arguments:
        assert ran.out == ran.err == ""
        return
    found = ran.json
    assert (found["format"], found["version"]) == ("blinplan-check", 1)
    assert found["manifest"]["blinplan"] == __version__
    assert found["manifest"]["today"] == "2026-03-01"
    read = [name for name in arguments if name in files]
    assert [file["path"] for file in found["files"]] == read
    assert ran.out.isascii()


def test_one_bad_name_hides_nothing_else(inside: Run, files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
    (tmp_path / "empty").mkdir()
    ran = inside("check", "nowhere", "binary.toml", "empty", "faulty.toml", "error.toml", QUICK, "-f", "concise")
    assert ran.status == 2
    assert {line.split(":")[0] for line in ran.out.splitlines()} == {"binary.toml", "faulty.toml", "error.toml"}
    assert "nowhere: no such file" in ran.err
    assert "empty: no .toml file" in ran.err
    assert "2 of the names given could not be read" in " ".join(ran.err.split())


def test_a_folder_is_read_to_the_bottom_but_for_hidden_folders_and_settings(
    inside: Run, files: dict[str, str], tmp_path: Path
) -> None:
    for folder in ("deep/er", ".git", "odd.toml"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x.toml").write_text(files["sound.toml"], encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    paths = [file["path"] for file in inside("check", QUICK, "-f", "json").json["files"]]
    assert paths == sorted([*files, "deep/er/x.toml", "odd.toml/x.toml"])


def test_a_file_is_checked_once_however_often_it_is_named(inside: Run, files: dict[str, str]) -> None:
    found = inside("check", "sound.toml", "sound.toml", "rr-adult", "rr-adult", QUICK, "-f", "json").json
    assert [file["path"] for file in found["files"]] == ["sound.toml", "rr-adult"]


def test_shipped_names_and_families_work_from_anywhere(inside: Run) -> None:
    found = inside("check", "rr-adult", "nhl", QUICK, "-f", "json").json
    paths = [file["path"] for file in found["files"]]
    assert paths[0] == "rr-adult"
    assert {"nhl-0.5", "nhl-1.5", "nhl-5", "nhl-90"} <= set(paths)
    assert all(file["regimen"] == file["path"] for file in found["files"])


def test_a_file_wins_over_a_shipped_name(inside: Run, files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "rr-adult").write_text(files["error.toml"], encoding="utf-8")
    (file,) = inside("check", "rr-adult", QUICK, "-f", "json").json["files"]
    assert file["regimen"] == "error"


def test_all_labelled_regimens_pass(inside: Run) -> None:
    folder = str(library.folder() / "labelled")
    assert inside("check", folder, QUICK, "--fail-on", "warning").status == 0
    ran = inside("check", "mrd-adult", "consolidation-adult", "--patients", "80", "--fail-on", "warning")
    assert ran.status == 0
    assert "warning[" not in ran.out
    assert "error[" not in ran.out


@pytest.mark.parametrize(
    ("name", "status", "present", "absent"),
    [
        ("nhl-0.5", 1, {"D201", "B401"}, {"D202"}),
        ("nhl-1.5", 1, {"D201", "B401"}, {"D202"}),
        ("nhl-5", 0, {"D202"}, {"D201"}),
        ("nhl-15", 0, set(), {"D201", "D202", "B401"}),
    ],
)
def test_the_dose_finding_levels(inside: Run, name: str, status: int, present: set[str], absent: set[str]) -> None:
    ran = inside("check", name, "--patients", "250", "-f", "concise")
    codes = [line.split()[1] for line in ran.out.splitlines()]
    assert present <= set(codes)
    assert not absent & set(codes)
    assert len(codes) == len(set(codes))
    assert ran.status == status


def test_at_the_threshold_both_readings_are_printed(inside: Run) -> None:
    for name, unit in (("nhl-5", "mcg/m²/day"), ("nine.toml", "mcg/day")):
        Path("nine.toml").write_text(regimen_text(cycle("9 mcg/day for 28 days")), encoding="utf-8")
        text = " ".join(inside("check", name, QUICK, "--fail-on", "warning").out.split())
        assert "exactly on the threshold" in text
        assert f"> {'5' if 'nhl' in name else '9'} {unit}" in text
        assert f"≥ {'5' if 'nhl' in name else '9'} {unit}" in text


def test_an_undecided_rule_is_not_a_pass(inside: Run, files: dict[str, str]) -> None:
    ran = inside("check", "sound.toml", "--patients", "1", "-f", "json")
    (file,) = ran.json["files"]
    undecided = [v for v in file["verdicts"] if (v["not_evaluated"] or {}).get("kind") == "undecided"]
    assert [verdict["rule"] for verdict in undecided] == ["B403"]
    assert "16 patients" in undecided[0]["not_evaluated"]["reason"]
    assert ran.status == 2
    assert "undecided" in ran.err


def test_undecided_outranks_findings_and_fail_on(inside: Run, files: dict[str, str]) -> None:
    assert inside("check", "sound.toml", "error.toml", "--patients", "1", "--fail-on", "never").status == 2


def test_a_regimen_no_virtual_patient_may_get_hides_nothing(inside: Run, files: dict[str, str]) -> None:
    heavy = files["sound.toml"].replace("min_weight_kg = 45", "min_weight_kg = 250")
    Path("heavy.toml").write_text(heavy, encoding="utf-8")
    ran = inside("check", "heavy.toml", "error.toml", "--patients", "5", "-f", "concise")
    assert ran.status == 2
    assert "error.toml" in ran.out
    assert "250 kg" in " ".join(ran.err.split())


def test_quiet_leaves_out_the_summary_and_very_quiet_everything(inside: Run, files: dict[str, str]) -> None:
    full = inside("check", "error.toml", "nowhere", QUICK)
    quiet = inside("check", "error.toml", "nowhere", QUICK, "-q")
    silent = inside("check", "error.toml", "nowhere", QUICK, "-qq")
    assert full.status == quiet.status == silent.status == 2
    assert quiet.out == full.out
    assert "nowhere: no such file" in quiet.err
    assert "exit 2" in full.err
    assert "exit 2" not in quiet.err
    assert silent.out == silent.err == ""


def test_verbose_says_why_rules_were_not_evaluated(inside: Run, files: dict[str, str]) -> None:
    assert "S305" not in inside("check", "sound.toml", QUICK).err
    assert "S305" in inside("check", "sound.toml", QUICK, "-v").err
    assert "B401" in inside("check", "sound.toml", QUICK).err


def test_today_decides_on_waivers(inside: Run) -> None:
    text = regimen_text(cycle(free=21, repeat=2), called="waived") + waiver(
        "S304", "2027-06-30", at="cycle 'Cycle' treatment_free_days", value=21
    )
    Path("waived.toml").write_text(text, encoding="utf-8")
    assert inside("check", "waived.toml", QUICK, "--fail-on", "warning", "--today", "2027-06-30").status == 0
    late = inside("check", "waived.toml", QUICK, "-f", "concise", "--today", "2027-07-01")
    assert late.status == 1
    assert [line.split()[1] for line in late.out.splitlines()] == ["S304", "W901"]


def test_the_same_check_writes_the_same_bytes(inside: Run, files: dict[str, str]) -> None:
    arguments = ("check", "nhl-3", "sound.toml", "--patients", "80", "-f", "json", "--today", "2026-03-01")
    assert inside(*arguments) == inside(*arguments)


@pytest.mark.slow
def test_of_many_files_those_with_something_to_say_are_listed(
    inside: Run, files: dict[str, str], tmp_path: Path
) -> None:
    labelled = library.paths()["rr-adult"].read_text(encoding="utf-8")
    (tmp_path / "sound.toml").write_text(labelled.replace('"rr-adult"', '"sound"', 1), encoding="utf-8")
    few = inside("check", ".", QUICK).out
    assert "sound.toml" in few, "a few files are all listed"
    for number in range(100):
        text = labelled.replace('"rr-adult"', f'"r{number}"', 1)
        (tmp_path / f"r{number}.toml").write_text(text, encoding="utf-8")
    for width in ("80", "120"):
        many = inside("check", ".", QUICK, COLUMNS=width).out
        assert "101 more files without a finding (--verbose lists them)" in many
        assert "sound.toml" not in many
        assert len(many.splitlines()) < 80
        assert all(len(line) <= int(width) for line in many.splitlines())
    everything = inside("check", ".", QUICK, "--verbose").out
    assert "sound.toml" in everything
    assert "r99.toml" in everything


@pytest.mark.parametrize("width", ["80", "100", "120"])
def test_long_names_of_files_are_not_folded_into_columns_of_letters(inside: Run, tmp_path: Path, width: str) -> None:
    folder = tmp_path / "a-hospital" / "paediatric-regimens-of-the-region"
    folder.mkdir(parents=True)
    for number in range(12):
        name = f"relapsed-refractory-{number}.toml"
        (folder / name).write_text(regimen_text(cycle("28 mcg/day for 27 days"), called=f"r{number}"), encoding="utf-8")
    *_, last = inside("check", "a-hospital", QUICK, COLUMNS=width).out.rpartition("\n\n")
    listed = last.splitlines()
    assert len(listed) <= 2 * 12 + 4, "a file takes two lines"
