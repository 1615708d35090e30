"""Which configuration decides about a file: the one that is named, none, or the nearest to where the file really is."""

from pathlib import Path

import pytest

from blinplan.exit_status import FailOn
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen.find import FileSource, NotFound, find
from blinplan.rules.configuration.configuration import DEFAULT, OWN_FILE, PROJECT_FILE, ConfigurationError
from blinplan.rules.configuration.configurations import Configurations, nearest, settings_in
from blinplan.rules.configuration.per_file import FilePattern, PerFile
from blinplan.rules.configuration.settings import FailOnSetting, Pattern, Policies, Settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nearest.cache_clear()
    monkeypatch.chdir(tmp_path)


def put(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def source(name: str) -> FileSource:
    found = find(name)
    assert not isinstance(found, NotFound)
    (one,) = found
    return one


def configurations(named: str | None = None, *, isolated: bool = False) -> Configurations:
    return Configurations(named, isolated=isolated)


def seed_of(name: str, asked: Configurations | None = None) -> int | None:
    return (asked or configurations()).of(source(name)).seed


def test_a_file_is_judged_by_the_folder_that_it_really_lies_in(tmp_path: Path) -> None:
    put({"a/blinplan.toml": "seed = 1\n", "b/blinplan.toml": "seed = 2\n", "a/x.toml": "", "b/z.toml": ""})
    Path("b/y.toml").symlink_to(tmp_path / "a" / "x.toml")
    Path("c").symlink_to(tmp_path / "b")
    assert [seed_of(name) for name in ("a/x.toml", "b/z.toml", "b/y.toml", "c/z.toml")] == [1, 2, 1, 2]


def test_a_shipped_regimen_is_judged_by_the_current_folder() -> None:
    put({"blinplan.toml": "seed = 3\n[per-file.rr-adult]\nstrict = true\n"})
    assert seed_of("rr-adult") == 3
    assert not configurations().settings_of(source("rr-adult")).limits["step_length"].change
    assert configurations().settings_of(source("rr-adult")).strict


def test_a_link_that_is_called_as_a_shipped_regimen_is_another_file(tmp_path: Path) -> None:
    put({"blinplan.toml": "seed = 3\n", "a/blinplan.toml": "seed = 2\n", "a/x.toml": ""})
    shipped = source("rr-adult")
    Path("rr-adult").symlink_to(tmp_path / "a" / "x.toml")
    assert configurations().of(shipped).seed == 3
    assert seed_of("rr-adult") == 2


def test_a_file_is_meant_by_its_path_and_not_by_what_it_is_shown_as(tmp_path: Path) -> None:
    put({"blinplan.toml": '[per-file."a/x.toml"]\nstrict = true\n', "a/x.toml": ""})
    for shown in ("x", "b/y.toml"):
        assert configurations().settings_of(FileSource(tmp_path / "a" / "x.toml", shown)).strict


def test_standard_input_is_judged_by_the_folder_that_its_name_leads_to() -> None:
    put({"blinplan.toml": "seed = 1\n", "a/blinplan.toml": 'seed = 2\n[per-file."x.toml"]\nstrict = true\n'})
    for name, seed, strict in (("a/x.toml", 2, True), ("a/y.toml", 2, False), ("b/x.toml", 1, False), ("-", 1, False)):
        given = FileSource(None, name)
        assert configurations().of(given).seed == seed, name
        assert configurations().settings_of(given).strict is strict, name
    assert configurations().of(FileSource(None, "/nowhere/at/all/x.toml")).seed == 1  # of no folder that there is


def test_of_settings_for_some_files_those_count_that_the_path_of_the_file_means() -> None:
    put({"a/blinplan.toml": '[per-file."b/*"]\nstrict = true\n', "a/b/x.toml": "", "a/x.toml": ""})
    for name, strict in (("a/b/x.toml", True), ("a/x.toml", False)):
        one = source(name)
        assert settings_in(configurations().of(one), one).strict is strict


def test_named_or_isolated_and_never_both() -> None:
    put({"blinplan.toml": "seed = 1\n", "ci/strict.toml": "seed = 2\n", "x.toml": ""})
    assert seed_of("x.toml", configurations("ci/strict.toml")) == 2
    assert seed_of("x.toml", configurations(isolated=True)) is None
    assert configurations(isolated=True).of_folder(Path.cwd()) is DEFAULT
    with pytest.raises(ArgumentRefusal) as refused:
        configurations("ci/strict.toml", isolated=True)
    assert "contradict each other" in str(refused.value)


def test_a_run_goes_by_the_current_folder_or_by_the_one_configuration_of_all_files() -> None:
    put({"a/blinplan.toml": "seed = 1\n", "b/blinplan.toml": "seed = 2\n", "a/x.toml": "", "b/x.toml": ""})
    asked = configurations()
    first, second = (asked.of(source(f"{folder}/x.toml")) for folder in "ab")
    assert asked.of_run([first, first]) is first
    assert asked.of_run([first, second]) is DEFAULT
    assert asked.of_run([]) is DEFAULT
    put({"blinplan.toml": "seed = 3\n"})
    nearest.cache_clear()
    assert asked.of_run([first]).seed == 3


def test_all_that_is_wrong_with_a_configuration_is_told_the_last_of_it_as_the_error() -> None:
    put({"blinplan.toml": "sed = 1\npatients = 0\nseed = -1\n"})
    with pytest.raises(ConfigurationError) as error:
        nearest(Path.cwd())
    told = [(f"{fault.where}: {fault.message}", fault.help) for fault in error.value.faults]
    assert len(told) == 3
    for ask in (lambda: configurations().of_folder(Path.cwd()), lambda: configurations("blinplan.toml")):
        with pytest.raises(Refusal) as refused:
            ask()
        assert [(one.message, one.advice) for one in (*refused.value.others, refused.value)] == told


def test_a_configuration_of_ours_that_cannot_be_read_is_refused_and_another_program_s_is_passed_over() -> None:
    Path("a").mkdir()
    Path("a", PROJECT_FILE).mkdir()
    assert nearest(Path("a").resolve()) is DEFAULT
    Path("b").mkdir()
    Path("b", PROJECT_FILE).symlink_to("nowhere")
    assert nearest(Path("b").resolve()) is DEFAULT
    for folder, make in (("c", Path.mkdir), ("d", lambda path: path.symlink_to("nowhere"))):
        Path(folder).mkdir()
        make(Path(folder, OWN_FILE))
        with pytest.raises(ConfigurationError):
            nearest(Path(folder).resolve())


def test_a_name_that_no_path_can_have_is_no_folder() -> None:
    assert configurations().exclusions("a\0b") is None
    assert configurations().exclusions("x" * 5000) is None
    put({"blinplan.toml": "force-exclude = true\n"})
    nearest.cache_clear()
    assert configurations().exclusions("x.toml") is not None
    assert configurations(isolated=True).exclusions(".") is not None


@pytest.mark.parametrize(
    ("text", "path", "means"),
    [
        ("x.toml", "x.toml", True),
        ("x.toml", "a/b/x.toml", True),  # by its name
        ("a", "a/b/x.toml", True),  # by a folder that it lies in
        ("a/", "a/b/x.toml", True),
        ("b", "a/b/x.toml", False),  # which counts from the folder of the configuration
        ("**/b", "a/b/x.toml", True),
        ("**/b/", "b/x.toml", True),
        ("**/*.toml", "x.toml", True),
        ("a/*.toml", "a/b/x.toml", True),  # a star goes over folders here
        ("./a/*", "a/x.toml", True),
        ("/a/*", "a/x.toml", True),
        ("/x.toml", "x.toml", True),
        ("A/*", "a/x.toml", False),
        ("x", "x.toml", False),
        ("a", "ab/x.toml", False),
    ],
)
def test_a_pattern_of_files_means_a_name_a_path_or_a_folder(text: str, path: str, means: bool) -> None:
    pattern = FilePattern(text, Path("/project"), "blinplan.toml:1")
    assert pattern.matches(Path("/project", path)) is means
    assert not pattern.matches(Path("/other", path))


def test_a_pattern_counts_from_the_folder_that_takes_it_over_where_that_lies_elsewhere() -> None:
    pattern = FilePattern("a/*", Path("/project"), "blinplan.toml:1")
    assert pattern.seen_from(Path("/project/below")) is pattern
    assert pattern.seen_from(Path("/project")) is pattern
    assert pattern.seen_from(Path("/team")) == FilePattern("a/*", Path("/team"), "blinplan.toml:1")


def test_what_is_set_for_some_files_goes_before_what_holds_for_all_and_silence_changes_nothing() -> None:
    pattern = FilePattern("a/*", Path("/project"), "blinplan.toml:1")
    never, error = (FailOnSetting(level, "here") for level in (FailOn.NEVER, FailOn.ERROR))
    for strict in (True, False):
        settings = Settings(strict=strict, fail_on=never, policies=Policies(30, 90), ignore=(Pattern("D"),))
        assert PerFile(pattern).over(settings) == settings
        over = PerFile(pattern, strict=not strict, fail_on=error, policies=Policies(12), ignore=(Pattern("S"),))
        found = over.over(settings)
        assert (found.strict, found.fail_on, found.policies) == (not strict, error, Policies(12, 90))
        assert [one.text for one in found.ignore] == ["D", "S"]
