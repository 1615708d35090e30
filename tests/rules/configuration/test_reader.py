"""A configuration is read key by key: each wrong value at its place with what to write, and each right one whole."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from blinplan.exit_status import FailOn
from blinplan.regimen.toml.table import Key
from blinplan.rules.configuration.configuration import Configuration, ConfigurationError, Fault
from blinplan.rules.configuration.file import load
from blinplan.rules.configuration.keys import CONFIGURATION_FILE
from blinplan.rules.configuration.per_file import FilePattern, PerFile
from blinplan.rules.configuration.settings import ChangedLimit, FailOnSetting, Pattern, Policies, Settings, Severities
from blinplan.rules.rule import Severity

PER_FILE = ("ignore", "extend-select", "severity", "limits", "fail-on", "strict", "policies")
POLICIES = ("reason-length", "expiry", "expiry-days", "seen-doses")
PLACES = {
    **{key: ((key,), "") for key in CONFIGURATION_FILE.keys},
    **{f"per-file.a.{key}": (("per-file", "a", key), "[per-file.a]\n") for key in PER_FILE},
    **{f"policies.{key}": (("policies", key), "[policies]\n") for key in POLICIES},
    **{
        f"per-file.a.policies.{key}": (("per-file", "a", "policies", key), "[per-file.a.policies]\n")
        for key in POLICIES
    },
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the configuration is the current one, from which paths are shown."""
    monkeypatch.chdir(tmp_path)


def read(text: str, name: str = "blinplan.toml") -> Configuration:
    Path(name).write_text(text, encoding="utf-8")
    found = load(Path(name))
    assert found is not None
    return found


def faults(text: str, name: str = "blinplan.toml") -> list[Fault]:
    with pytest.raises(ConfigurationError) as refused:
        read(text, name)
    return list(refused.value.faults)


def key_at(path: tuple[str, ...]) -> Key:
    """The key at a path, found by the names of keys alone."""
    table: Any = CONFIGURATION_FILE
    names = [name for name in path if name != "a"]
    for name in names[:-1]:
        table = table.keys[name].kind.table
    found: Key = table.keys[names[-1]]
    return found


def description(path: tuple[str, ...]) -> str:
    """What the key at a path may hold, as the pages say it."""
    return key_at(path).description


@pytest.mark.parametrize("place", PLACES)
def test_a_value_of_another_kind_is_said_at_its_place_with_what_to_give(place: str) -> None:
    path, header = PLACES[place]
    (fault,) = faults(f"{header}{path[-1]} = 2.5\n")
    line = 2 if header else 1
    assert fault.where == f"blinplan.toml:{line}:{len(path[-1]) + 4}"
    assert fault.message == f"`{place}` is the number 2.5"
    assert fault.help == f"give {description(path)}"


@pytest.mark.parametrize("place", PLACES)
def test_a_misspelt_key_is_said_with_the_one_that_is_written_alike(place: str) -> None:
    path, header = PLACES[place]
    slip = f"{path[-1]}x"
    (fault,) = faults(f"{header}{slip} = 2.5\n")
    inside = f" in {'.'.join(path[:-1])}" if header else ""
    assert fault.where == f"blinplan.toml:{2 if header else 1}:1"
    assert fault.message == f"there is no setting `{slip}`{inside}"
    assert fault.help == f"write `{path[-1]}`"


def test_where_no_key_is_alike_all_of_the_table_are_named() -> None:
    (fault,) = faults("[policies]\nqqq = 1\n")
    assert fault.help == f"the keys are {', '.join(POLICIES)}"
    (fault,) = faults("[per-file.a]\nqqq = 1\n")
    assert fault.help == f"the keys are {', '.join(PER_FILE)}"
    (fault,) = faults("qqq = 1\n")
    assert fault.help == f"the keys are {', '.join(CONFIGURATION_FILE.keys)}"


@pytest.mark.parametrize(
    ("text", "where", "said", "advice"),
    [
        ("[limits.step_length]\nvalue = 5\n", "1:1", "`limits.step_length.reason` is missing", "give why the limit is"),
        (
            '[limits]\nstep_length = { value = "5", reason = "x" }',
            "2:25",
            "`limits.step_length.value` is",
            "give a num",
        ),
        ("[per-file-ignores]\na = 1\n", "2:5", "`per-file-ignores.a` is the number 1", "give a table of file patterns"),
        ('[per-file-ignores]\na = ["D2", 1]\n', "2:12", "`per-file-ignores.a.1` is the number 1", "give a table of"),
        ("[severity]\nD2 = 1\n", "2:6", "`severity.D2` is the number 1", "give a table of codes"),
        ('[tool.blinplan]\nignore = ["D2"]', "1:2", "there is no setting `tool`", "leave `tool.blinplan` out"),
        ("[tool.blinplan.severity]\nD2 = 'note'", "1:2", "there is no setting `tool`", "leave `tool.blinplan` out"),
        ("[blinplan]\npatients = 9", "1:2", "there is no setting `blinplan`", "leave `tool.blinplan` out"),
        (f"{'x' * 70} = 1", "1:1", f"there is no setting `{'x' * 60}`", "the keys are"),
        (
            f'["per-file"."{"y" * 90}"]\nqq = 1',
            "2:1",
            f"there is no setting `qq` in per-file.{'y' * 71}",
            "the keys are",
        ),
        (f"[severity]\n{'D' * 90} = 1", "2:94", f"`severity.{'D' * 71}` is the number 1", "give a table of codes"),
        (
            "[limits]\nqq = { value = 1, reason = 'x' }",
            "2:1",
            "there is no limit `qq`",
            "`blinplan rules -f json` names",
        ),
        (
            f"[limits]\n{'q' * 70} = {{ value = 1, reason = 'x' }}",
            "2:1",
            f"there is no limit `{'q' * 60}`",
            "`blinplan rules -f json` names",
        ),
        ("[limits]\nstep_lengt = { value = 1, reason = 'x' }", "2:1", "there is no limit", "write `step_length`"),
        (
            "[limits]\nescalation_after = { value = 48.001, reason = 'x' }",
            "2:30",
            "the limit `escalation_after` would be no whole number of minutes",
            "give it in hours, as 48 hours",
        ),
        (
            "[limits]\nstep_length = { value = 0.0001, reason = 'x' }",
            "2:25",
            "the limit `step_length` would be no whole number of minutes",
            "give it in days, as 7 days",
        ),
        (
            "[limits]\nmajority = { value = 100.5, reason = 'x' }",
            "2:22",
            "the limit `majority` would be more than 100 %",
            "give a share of patients, as 50 %",
        ),
        (
            "[limits]\nunit_slip = { value = 101, reason = 'x' }",
            "2:1",
            "the limit `unit_slip` cannot be laxer than 100 times the labelled maximum",
            "give a stricter value, below 100 times the labelled maximum, or remove it; a rule can be waived",
        ),
        (
            "[limits]\nsame_cycle = { value = 5, reason = 'x' }",
            "2:1",
            "the limit `same_cycle` cannot be changed: it is the label's own number",
            "remove it; a rule can be waived",
        ),
        ('exclude = ["["]', "1:12", "'[' means no path", "give a pattern as in a .gitignore, such as drafts/"),
        (f'exclude = ["a", "../{"x" * 70}"]', "1:17", f"'../{'x' * 57}' means no path", "give a pattern as in"),
        (
            f'[per-file."../{"x" * 70}"]\nstrict = true',
            "1:11",
            f"'../{'x' * 57}' means no file",
            "give a pattern that counts from the folder of blinplan.toml, such as trials/**",
        ),
        ("select = []", "1:10", "`select` names no rule", "give codes, beginnings of codes, names or ALL"),
        ('ignore = ["F001"]', "1:11", "F001 cannot be left out", "put right what it finds"),
        ('severity = { F001 = "note" }', "1:14", "F001 cannot be lowered", "put right what it finds"),
        ('[per-file-ignores]\na = ["F007"]', "2:6", "F007 cannot be left out", "put right what it finds"),
        ('[per-file.a]\nextend-select = ["Q9"]', "2:18", "there is no rule 'Q9'", "`blinplan rules` lists the codes"),
        (
            'extend = "nowhere.toml"',
            "1:10",
            "`extend` leads to no file: nowhere.toml",
            "give a file by its path from the",
        ),
        (
            f'extend = "{"x" * 90}"',
            "1:10",
            f"`extend` leads to no file: {'x' * 80}",
            "give a file by its path from the",
        ),
        (
            'extend = "blinplan.toml"',
            "1:10",
            "`extend` goes in a circle: blinplan.toml extends blinplan.toml",
            "take one of them out",
        ),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(text: str, where: str, said: str, advice: str) -> None:
    (fault,) = faults(text)
    assert fault.where == f"blinplan.toml:{where}"
    assert fault.message.startswith(said)
    assert fault.help.startswith(advice)


MANY = {
    "exclude": ('"*.{}"', "[]"),
    "ignore": ('"N101"', "[]"),
    "per-file-ignores": ('"*.{}" = ["N101"]', "{}"),
    "per-file": ('"*.{}".strict = true', "{}"),
}


def many(key: str, number: int) -> str:
    """A configuration with so many entries of a key."""
    entry, around = MANY[key]
    return f"{key} = {', '.join(map(entry.format, range(number))).join(around)}"


@pytest.mark.slow
@pytest.mark.parametrize("key", MANY)
def test_so_many_entries_of_a_key_are_read_as_a_check_has_time_for(key: str) -> None:
    read(many(key, 5_000))
    (fault,) = faults(many(key, 5_001))
    assert (fault.where, fault.message) == (
        f"blinplan.toml:1:{len(key) + 4}",
        f"`{key}` has 5,001 entries, and at most 5,000 are read",
    )


def test_a_long_path_is_told_by_its_beginning() -> None:
    (fault,) = faults(f'extend = "{"x" * 90}"')
    assert fault.message == f"`extend` leads to no file: {'x' * 80}"
    (fault,) = faults(f"[severity]\n{'D' * 90} = 1")
    assert fault.message == f"`severity.{'D' * 71}` is the number 1"


def test_a_circle_is_told_from_the_file_at_which_it_closes() -> None:
    Path("a.toml").write_text('extend = "b.toml"\n', encoding="utf-8")
    Path("b.toml").write_text('extend = "a.toml"\n', encoding="utf-8")
    (fault,) = faults('extend = "a.toml"')
    assert fault.message == "`extend` goes in a circle: a.toml extends b.toml extends a.toml"
    assert fault.where == "b.toml:1:10"


def test_in_a_pyproject_faults_are_said_at_its_own_lines() -> None:
    (fault,) = faults('[project]\nname = "x"\n[tool.blinplan]\nseed = -1\n', "pyproject.toml")
    assert (fault.where, fault.message) == ("pyproject.toml:4:8", "`seed` is the number -1")
    (fault,) = faults('[project]\nname = "x"\n[tool]\nblinplan = 3\n', "pyproject.toml")
    assert (fault.where, fault.message) == ("pyproject.toml:4:12", "`tool.blinplan` is the number 3")
    assert fault.help == "give a table"
    (fault,) = faults("[tool.blinplan]\nqqq = 1\n", "pyproject.toml")
    assert (fault.where, fault.message) == ("pyproject.toml:2:1", "there is no setting `qqq`")
    assert faults("tool = 3\n", "pyproject.toml")[0].message == "has no table [tool.blinplan]"


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("majority = { value = 100, reason = 'x' }", "majority", 100),
        ("excess_of_cytokine = { value = 200, reason = 'x' }", "excess_of_cytokine", 200),
        ("escalation_after = { value = 47.5, reason = 'x' }", "escalation_after", Fraction(95, 2)),
        ("step_length = { value = 0.25, reason = 'x' }", "step_length", Fraction(1, 4)),
        ("unit_slip = { value = 99.9, reason = 'x' }", "unit_slip", Fraction("99.9")),
    ],
)
def test_a_value_at_the_edge_of_what_a_limit_can_be_is_taken(text: str, name: str, value: Fraction) -> None:
    assert read(f"[limits]\n{text}\n").settings.limits[name].value == value


def test_the_bounds_of_numbers_are_themselves_allowed() -> None:
    found = read("patients = 100000\nseed = 0\n[policies]\nreason-length = 500\nexpiry-days = 1\n")
    assert (found.patients, found.seed, found.settings.policies) == (100_000, 0, Policies(500, 1))
    assert read("patients = 1\n[policies]\nreason-length = 1\n").settings.policies == Policies(1)
    for text in ("patients = 100001", "[policies]\nreason-length = 501", "[policies]\nexpiry-days = 0"):
        assert len(faults(text)) == 1


WHOLE = """
select = ["D"]
extend-select = ["T5"]
ignore = ["D205"]
fail-on = "warning"
strict = true
exclude = ["drafts/"]
baseline = "b/known.json"
site = "ward.toml"
severity = { D202 = "note", D = "error" }
limits = { step_length = { value = 5, reason = "Ward 7" } }
policies = { expiry = true, seen-doses = false, reason-length = 30 }
per-file-ignores = { "old/*" = ["S3", "F001"] }
[per-file."trials/**"]
ignore = ["F002"]
extend-select = ["T502"]
severity = { F001 = "note" }
limits = { majority = { value = 60, reason = "Trial" } }
fail-on = "never"
strict = false
policies = { expiry = false, expiry-days = 90 }
"""


def at(line: int) -> str:
    return f"by blinplan.toml:{line}"


def test_a_configuration_is_what_its_file_says_with_the_line_of_each_word(tmp_path: Path) -> None:
    old = FilePattern("old/*", tmp_path, "blinplan.toml:13")
    trials = FilePattern("trials/**", tmp_path, "blinplan.toml:14")
    assert read(WHOLE) == Configuration(
        path=Path("blinplan.toml"),
        settings=Settings(
            select=(Pattern("D", at(2)),),
            extend_select=(Pattern("T5", at(3)), Pattern("W908", at(12)), Pattern("W909", at(12))),
            ignore=(Pattern("D205", at(4)), Pattern("D213", at(12))),
            severities=(
                Severities(Pattern("D", at(10)), Severity.ERROR),
                Severities(Pattern("D202", at(10)), Severity.NOTE),
            ),
            changes=(ChangedLimit("step_length", Fraction(5), "blinplan.toml:11", "Ward 7"),),
            strict=True,
            fail_on=FailOnSetting(FailOn.WARNING, "blinplan.toml:5"),
            policies=Policies(30),
        ),
        exclude=(FilePattern("drafts/", tmp_path, "blinplan.toml:7"),),
        per_file=(
            PerFile(old, (Pattern("S3", at(13), True), Pattern("F001", at(13), True))),
            PerFile(
                trials,
                (Pattern("F002", at(15), True), Pattern("W909", at(21), True)),
                (Pattern("T502", at(16), True), Pattern("W910", at(21), True)),
                (Severities(Pattern("F001", at(17), True), Severity.NOTE),),
                (ChangedLimit("majority", Fraction(60), "blinplan.toml:18", "Trial"),),
                False,
                FailOnSetting(FailOn.NEVER, "blinplan.toml:19"),
                Policies(None, 90),
            ),
        ),
        fail_on=FailOn.WARNING,
        baseline=Path("b/known.json"),
        site=Path("ward.toml"),
        origins=tuple(
            (key, f"blinplan.toml:{line}")
            for key, line in (
                *(("select", 2), ("extend-select", 3), ("ignore", 4), ("fail-on", 5), ("strict", 6), ("exclude", 7)),
                *(("baseline", 8), ("site", 9), ("severity", 10), ("limits", 11), ("policies", 12)),
                *(("per-file-ignores", 13), ("per-file", 14)),
            )
        ),
    )


def test_an_empty_configuration_says_nothing() -> None:
    assert read("") == Configuration(path=Path("blinplan.toml"))


def test_paths_count_from_the_folder_of_the_file_and_a_label_is_followed() -> None:
    Path("ward").mkdir()
    found = read('baseline = "known.json"\nsite = "../s.toml"\nlabel = "hk-2026"\n', "ward/blinplan.toml")
    assert (found.baseline, found.site) == (Path("ward/known.json"), Path("ward/../s.toml"))
    assert found.settings.label == "hk-2026"
    assert read("").settings.label == "us-2025"


def test_an_error_is_told_with_every_fault() -> None:
    with pytest.raises(ConfigurationError) as refused:
        read("patients = 0\nseed = -1\n")
    assert str(refused.value) == (
        "blinplan.toml:1:12: `patients` is the number 0; blinplan.toml:2:8: `seed` is the number -1"
    )


@pytest.mark.parametrize(("more", "is_read"), [(0, True), (1, False)])
def test_a_file_of_a_mebibyte_is_read_and_no_larger_one(more: int, is_read: bool) -> None:
    text = "seed = 7\n#"
    text += "x" * (1024 * 1024 - len(text) + more)
    if is_read:
        assert read(text).seed == 7
    else:
        assert len(faults(text)) == 1


HIGHEST = {
    place: key.kind.json["maximum"]
    for place, (path, _) in PLACES.items()
    if "maximum" in (key := key_at(path)).kind.json
}


@pytest.mark.parametrize("place", HIGHEST)
def test_a_number_that_is_too_large_is_told_with_the_largest(place: str) -> None:
    path, header = PLACES[place]
    (found,) = faults(f"{header}{path[-1]} = {HIGHEST[place] + 1}\n")
    assert found.help.endswith(f"; at most {HIGHEST[place]:,}")
