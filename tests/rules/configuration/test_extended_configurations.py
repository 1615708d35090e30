"""A configuration that extends another one: what it takes from it, what it puts in its place, and what cannot be."""

from pathlib import Path

import pytest

from blinplan.exit_status import FailOn
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.configuration import DEFAULT, Configuration, ConfigurationError
from blinplan.rules.configuration.configurations import nearest
from blinplan.rules.configuration.extension import extend
from blinplan.rules.configuration.file import load
from blinplan.rules.configuration.keys import CONFIGURATION_FILE
from blinplan.rules.configuration.per_file import FilePattern
from blinplan.rules.configuration.settings import Pattern, Settings
from blinplan.rules.rule import Severity

VALUES = {
    "fail-on": ('"warning"', '"never"'),
    "simulate": ("false", "true"),
    "patients": ("500", "600"),
    "seed": ("7", "8"),
    "baseline": ('"known.json"', '"other.json"'),
    "site": ('"ward.toml"', '"other.toml"'),
    "label": ('"hk-2026"', '"us-2025"'),
    "strict": ("true", "false"),
    "respect-gitignore": ("false", "true"),
    "force-exclude": ("true", "false"),
}
ADDED = {
    "policies",
    "extend",
    "select",
    "extend-select",
    "ignore",
    "per-file-ignores",
    "per-file",
    "severity",
    "limits",
    "exclude",
}


@pytest.fixture(autouse=True)
def forget() -> None:
    nearest.cache_clear()


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def extending(folder: Path, base: str, own: str) -> Configuration:
    write(folder, {"base.toml": base, "team/blinplan.toml": f'extend = "../base.toml"\n{own}'})
    found = load(folder / "team" / "blinplan.toml")
    assert found is not None
    return found


def value(found: Configuration, key: str) -> object:
    field = key.replace("-", "_")
    return getattr(found.settings if key in {"label", "strict"} else found, field)


def faults(folder: Path, name: str) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        load(folder / name)
    return [f"{fault.where.removeprefix(folder.as_posix() + '/')}: {fault.message}" for fault in refused.value.faults]


def test_every_key_is_spoken_of_here() -> None:
    assert set(VALUES) | ADDED == set(CONFIGURATION_FILE.keys)


@pytest.mark.parametrize("key", VALUES)
def test_a_value_is_taken_over_and_the_own_one_goes_in_its_place(tmp_path: Path, key: str) -> None:
    theirs, mine = VALUES[key]
    alone = load_text(tmp_path, f"{key} = {theirs}\n")
    inherited = extending(tmp_path, f"\n{key} = {theirs}\n", "")
    assert value(inherited, key) == value(alone, key)
    assert dict(inherited.origins)[key].endswith("base.toml:2")
    own = extending(tmp_path, f"{key} = {theirs}\n", f"{key} = {mine}\n")
    assert value(own, key) == value(load_text(tmp_path / "team", f"{key} = {mine}\n"), key)
    assert dict(own.origins)[key].endswith("team/blinplan.toml:2")


def load_text(folder: Path, text: str) -> Configuration:
    write(folder, {"alone.toml": text})
    found = load(folder / "alone.toml")
    assert found is not None
    return found


def texts(patterns: tuple[Pattern, ...] | None) -> list[str] | None:
    return None if patterns is None else [pattern.text for pattern in patterns]


def test_a_selection_goes_in_place_of_the_other_and_lists_are_added(tmp_path: Path) -> None:
    base = 'select = ["D"]\nextend-select = ["T502"]\nignore = ["D205"]\n'
    found = extending(tmp_path, base, 'extend-select = ["S301"]\nignore = ["D202"]\n').settings
    assert (texts(found.select), texts(found.extend_select), texts(found.ignore)) == (
        ["D"],
        ["T502", "S301"],
        ["D205", "D202"],
    )
    found = extending(tmp_path, base, 'select = ["S"]\n').settings
    assert (texts(found.select), texts(found.extend_select)) == (["S"], [])


@pytest.mark.parametrize(
    ("left_out", "asked", "still"),
    [
        ("D205", 'extend-select = ["D205"]', []),
        ("D205", 'select = ["D"]', []),
        ("D205", 'extend-select = ["S"]', ["D205"]),
        ("S30", 'extend-select = ["S301"]', [code for code in CATALOGUE if code[:3] == "S30" and code != "S301"]),
        ("D205", 'extend-select = ["D205"]\nignore = ["D20"]', ["D20"]),
        ("D205", 'extend-select = ["S301", "D2"]', []),
    ],
)
def test_what_the_base_leaves_out_can_be_asked_again(
    tmp_path: Path, left_out: str, asked: str, still: list[str]
) -> None:
    found = extending(tmp_path, f'ignore = ["{left_out}"]\n', f"{asked}\n")
    assert texts(found.settings.ignore) == still


def test_the_own_word_on_severities_and_limits_goes_first(tmp_path: Path) -> None:
    base = (
        'severity = { D202 = "error", S301 = "error" }\n[limits]\n'
        'step_length = { value = 5, reason = "Base" }\nmajority = { value = 60, reason = "Base" }\n'
    )
    own = 'severity = { D2 = "note" }\nlimits = { step_length = { value = 6, reason = "Team" } }\n'
    found = extending(tmp_path, base, own).settings
    assert found.severity_of(CATALOGUE["D202"]) is Severity.NOTE
    assert found.severity_of(CATALOGUE["S301"]) is Severity.ERROR
    assert found.limits["step_length"].value == 6
    assert found.limits["majority"].value == 60
    assert "team/blinplan.toml:3 (Team)" in found.limits["step_length"].citation
    assert "base.toml:4 (Base)" in found.limits["majority"].citation


@pytest.mark.parametrize(
    ("base", "own", "counts"),
    [
        ("warning", None, (FailOn.WARNING, "base.toml:1")),
        (None, "never", (FailOn.NEVER, "team/blinplan.toml:2")),
        ("warning", "never", (FailOn.NEVER, "team/blinplan.toml:2")),
        (None, None, None),
    ],
)
def test_what_counts_is_the_own_word_or_the_other_s(
    tmp_path: Path, base: str | None, own: str | None, counts: tuple[FailOn, str] | None
) -> None:
    theirs, mine = (f'fail-on = "{level}"\n' if level else "" for level in (base, own))
    found = extending(tmp_path, theirs, mine).settings.fail_on
    assert (None if found is None else (found.level, found.origin.removeprefix(f"{tmp_path.as_posix()}/"))) == counts


def test_what_was_built_and_read_from_no_file_is_extended_too() -> None:
    own = Configuration(path=Path("x.toml"), settings=Settings(strict=True), origins=(("strict", "x.toml:1"),))
    assert extend(DEFAULT, own).extends == ()
    assert extend(DEFAULT, own).settings.strict
    base = Configuration(path=Path("base.toml"), exclude=(FilePattern("drafts/", Path("/b"), "base.toml:1"),))
    assert extend(base, DEFAULT).exclude == base.exclude
    assert extend(base, own).extends == (Path("base.toml"),)


def test_limits_are_those_of_the_label_that_is_taken_over(tmp_path: Path) -> None:
    own = 'limits = { labelled_maximum_flat = { value = 27, reason = "Team" } }\n'
    assert extending(tmp_path, 'label = "hk-2026"\n', own).settings.limits["labelled_maximum_flat"].value == 27


def test_what_is_set_for_some_files_is_added_and_the_own_goes_first(tmp_path: Path) -> None:
    base = '[per-file."**/x.toml"]\nfail-on = "error"\nignore = ["D2"]\n[per-file-ignores]\n"team/old/*" = ["S3"]\n'
    found = extending(tmp_path, base, '[per-file."x.toml"]\nfail-on = "warning"\n')
    settings = found.settings_for(tmp_path / "team" / "old" / "x.toml")
    assert sorted(texts(settings.ignore) or []) == ["D2", "S3"]
    assert settings.fail_on is not None
    assert settings.fail_on.level is FailOn.WARNING


def test_patterns_of_a_base_beside_the_team_count_from_the_team(tmp_path: Path) -> None:
    write(tmp_path, {"common/base.toml": 'exclude = ["/drafts/"]\n[per-file."trials/*"]\nfail-on = "never"\n'})
    write(tmp_path, {"team/blinplan.toml": 'extend = "../common/base.toml"\n'})
    found = load(tmp_path / "team" / "blinplan.toml")
    assert found is not None
    assert found.exclude[0].folder == tmp_path / "team"
    assert found.settings_for(tmp_path / "team" / "trials" / "x.toml").fail_on is not None


def test_paths_count_from_the_file_that_has_them(tmp_path: Path) -> None:
    assert extending(tmp_path, 'baseline = "known.json"\n', "").baseline == tmp_path / "known.json"


def test_a_chain_is_followed_and_a_pyproject_is_read_by_its_table(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"pyproject.toml": '[project]\nname = "x"\n[tool.blinplan]\nseed = 1\npatients = 10\nsite = "s.toml"\n'},
    )
    write(tmp_path, {"a/b.toml": 'extend = "../pyproject.toml"\nseed = 2\npatients = 20\n'})
    write(tmp_path, {"a/blinplan.toml": 'extend = "b.toml"\nseed = 3\n'})
    found = load(tmp_path / "a" / "blinplan.toml")
    assert found is not None
    assert (found.seed, found.patients) == (3, 20)
    assert found.site is not None
    assert [path.name for path in found.extends] == ["b.toml", "pyproject.toml"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"blinplan.toml": 'extend = "blinplan.toml"'}, "blinplan.toml:1:10: `extend` goes in a circle: "),
        (
            {"blinplan.toml": 'extend = "a.toml"', "a.toml": 'seed = 1\nextend = "./blinplan.toml"'},
            "a.toml:2:10: `extend` goes in a circle: ",
        ),
        ({"blinplan.toml": 'extend = "nowhere.toml"'}, "blinplan.toml:1:10: `extend` leads to no file: nowhere.toml"),
        ({"blinplan.toml": 'extend = "."'}, "blinplan.toml:1:10: `extend` leads to no file: ."),
        ({"blinplan.toml": f'extend = "{"x" * 400}"'}, "blinplan.toml:1:10: `extend` leads to no file: xxx"),
        ({"blinplan.toml": 'extend = "a\\u0000b"'}, "blinplan.toml:1:10: `extend` leads to no file: "),
        ({"blinplan.toml": 'extend = "~nobody-here/x.toml"'}, "blinplan.toml:1:10: `extend` leads to no file: "),
        ({"blinplan.toml": 'extend = ["a.toml"]'}, "blinplan.toml:1:10: `extend` is "),
        ({"blinplan.toml": 'extend = "a.toml"', "a.toml": "= 1"}, "a.toml:1:1: "),
        ({"blinplan.toml": 'extend = "a.toml"', "a.toml": "sed = 1"}, "a.toml:1:1: there is no setting `sed`"),
        (
            {"blinplan.toml": 'extend = "pyproject.toml"', "pyproject.toml": "[project]\n"},
            "pyproject.toml: has no table [tool.blinplan]",
        ),
    ],
)
def test_what_cannot_be_extended_is_said_at_its_place(tmp_path: Path, files: dict[str, str], said: str) -> None:
    write(tmp_path, files)
    (fault,) = faults(tmp_path, "blinplan.toml")
    assert fault.startswith(said)
