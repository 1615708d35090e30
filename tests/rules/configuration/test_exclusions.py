"""What is left out when folders are walked: as git would, as a configuration says, and never without a word."""

import os
import random
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from blinplan.refusal import Refusal
from blinplan.regimen.find import FileSource, NotFound, find
from blinplan.rules.configuration.configurations import Configurations, nearest
from blinplan.rules.configuration.exclusions import Exclusions
from blinplan.rules.configuration.gitignore import MOST_LINES
from tests.collection.grid import at_night
from tests.files.no_files import put_no_file

NAMES = ("a", "b", "ab", "c d", "#x", "k")
FILES = ("x.toml", "y.toml", "xy.toml", "!z.toml")
PARTS = (
    *("a", "b", "ab", "x.toml", "*.toml", "x*", "?", "[ab]", "[!a]", "[^ck]", "[[:alpha:]]", "[b-a]", "*", "**", "***"),
    *("c d", "c\\ d", "\\#x", "\\!z.toml", "k"),
)
NEAREST = Configurations(None, isolated=False)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nearest.cache_clear()
    monkeypatch.chdir(tmp_path)


def put(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def tree(folder: Path) -> None:
    """Folders in three levels, each with every file."""
    put(folder, dict.fromkeys(FILES, ""))
    for first in NAMES:
        for below in (first, *(f"{first}/{second}" for second in NAMES[:3]), f"{first}/a/b"):
            put(folder / below, dict.fromkeys(FILES, ""))


def asking(
    exclude: Sequence[str] = (), respect_gitignore: bool | None = None, force_exclude: bool | None = None
) -> Configurations:
    return Configurations(
        None, isolated=False, exclude=exclude, respect_gitignore=respect_gitignore, force_exclude=force_exclude
    )


def walked(named: str = ".", asked: Configurations = NEAREST) -> dict[str, str | None]:
    """Every file below a folder, with what leaves it out."""
    found = find(named, "-", asked.exclusions(named))
    return {} if isinstance(found, NotFound) else {source.name: source.left_out for source in found}


def kept(named: str = ".", asked: Configurations = NEAREST) -> set[str]:
    return {name for name, reason in walked(named, asked).items() if reason is None}


def git(*arguments: str) -> str:
    command = ["git", "-c", "core.excludesFile=/dev/null", "-c", "core.quotePath=false", *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8").stdout  # noqa: S603


def seen_by_git() -> set[str]:
    lines = git("ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    return {line for line in lines if line.endswith(".toml")}


def pattern(rng: random.Random) -> str:
    parts = "/".join(rng.choice(PARTS) for _ in range(rng.choice((1, 1, 1, 2, 2, 3))))
    written = rng.choice(("", "", "/")) + parts + rng.choice(("", "", "/"))
    return rng.choice(("", "", "!")) + written + rng.choice(("", "", "", "  ", "\r"))


def ignore_file(rng: random.Random) -> str:
    lines = [pattern(rng) for _ in range(rng.randint(1, 5))]
    return rng.choice(("", "\ufeff", "# x\n\n")) + "\n".join(lines) + rng.choice(("", "\n"))


def ignored_trees(seed: int, folder: Path) -> Iterator[dict[str, str]]:
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    for _ in range(25):
        places = rng.sample([".gitignore", "a/.gitignore", "ab/a/.gitignore", ".git/info/exclude"], rng.randint(1, 4))
        texts = {place: ignore_file(rng) for place in places}
        put(folder, texts)
        yield texts
        for place in places:
            (folder / place).unlink()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *map(at_night, range(1, 4))])
def test_what_git_ignores_is_left_out_and_nothing_else(seed: int, tmp_path: Path) -> None:
    tree(tmp_path)
    git("init", "-q", ".")
    some = 0
    for texts in ignored_trees(seed, tmp_path):
        assert kept() == seen_by_git(), texts
        some += bool(set(walked()) - kept())
    assert some > 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", [4, *map(at_night, range(5, 7))])
def test_what_git_tracks_is_kept_although_a_pattern_means_it(seed: int, tmp_path: Path) -> None:
    tree(tmp_path)
    git("init", "-q", ".")
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.toml"))
    git("add", "--force", *rng.sample(files, 6))
    ignored = 0
    for texts in ignored_trees(seed, tmp_path):
        assert kept() == seen_by_git(), texts
        ignored += bool(git("ls-files", "--cached", "--ignored", "--exclude-standard"))
    assert ignored > 5


def test_without_git_the_patterns_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "-q", ".")
    put(tmp_path, {".gitignore": "x.toml\n", "x.toml": "", "y.toml": ""})
    git("add", "--force", "x.toml")
    assert kept() == {"x.toml", "y.toml"}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kept() == {"y.toml"}


def test_the_top_of_a_repository_rules_below_and_the_nearest_file_goes_first(tmp_path: Path) -> None:
    git("init", "-q", ".")
    put(tmp_path, {".gitignore": "old*\n", "r/.gitignore": "!old2.toml\n"})
    put(tmp_path, {f"r/{name}.toml": "" for name in ("new", "old1", "old2")})
    assert kept("r") == {"r/new.toml", "r/old2.toml"}
    assert walked("r")["r/old1.toml"] == ".gitignore:1"


def test_without_a_repository_the_files_below_are_heard_and_those_from_the_configuration_down(tmp_path: Path) -> None:
    put(tmp_path, {".gitignore": "x.toml\n", "p/.gitignore": "y.toml\n", "p/r/.gitignore": "z.toml\n"})
    put(tmp_path, {f"p/r/{name}.toml": "" for name in "xyz"})
    assert kept("p/r") == {"p/r/x.toml", "p/r/y.toml"}
    put(tmp_path, {"p/blinplan.toml": ""})
    nearest.cache_clear()
    assert kept("p/r") == {"p/r/x.toml"}


def test_a_repository_inside_another_does_not_hear_the_outer_one(tmp_path: Path) -> None:
    git("init", "-q", ".")
    git("init", "-q", "inner")
    put(tmp_path, {".gitignore": "x.toml\n", "inner/x.toml": "", "inner/.gitignore": "y.toml\n", "inner/y.toml": ""})
    assert kept() == kept("inner") == {"inner/x.toml"}


def test_a_worktree_hears_what_its_repository_excludes(tmp_path: Path) -> None:
    put(tmp_path, {"main/.git/info/exclude": "x.toml\n", "main/.git/worktrees/w/commondir": "../..\n"})
    put(tmp_path, {"w/.git": f"gitdir: {tmp_path}/main/.git/worktrees/w\n", "w/x.toml": "", "w/y.toml": ""})
    assert kept("w") == {"w/y.toml"}


@pytest.mark.parametrize("text", [b"\xff\xfe\n", b"[\n", b"/\n!\n\\\n", b"a" * 3000, b"[[:x:]]\n"])
def test_a_strange_ignore_file_leaves_nothing_out(tmp_path: Path, text: bytes) -> None:
    put(tmp_path, {"x.toml": ""})
    (tmp_path / ".gitignore").write_bytes(text)
    assert kept() == {"x.toml"}


@pytest.mark.slow
@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("line", ["*.{}", "# {}"])
def test_an_ignore_file_of_more_lines_than_are_read_is_refused(tmp_path: Path, line: str, more: int) -> None:
    """Each is laid beside each name of a folder: a check of them would take as long as both together."""
    put(tmp_path, {"x.toml": ""})
    (tmp_path / ".gitignore").write_text("\n".join(line.format(n) for n in range(MOST_LINES + more)) + "\n", "utf-8")
    if not more:
        assert kept() == {"x.toml"}
        return
    with pytest.raises(Refusal) as refused:
        walked()
    assert refused.value.message == f".gitignore has {MOST_LINES + 1:,} lines, and of one file at most 10,000 are read"
    assert kept(asked=asking(respect_gitignore=False)) == {"x.toml"}


@pytest.mark.parametrize("name", ["blinplan.toml", "pyproject.toml"])
def test_respect_for_gitignore_can_be_turned_off_and_on(tmp_path: Path, name: str) -> None:
    table = "[tool.blinplan]\n" if name == "pyproject.toml" else ""
    put(tmp_path, {".gitignore": "x.toml\n", "x.toml": "", name: f"{table}respect-gitignore = false\n"})
    assert kept() == {"x.toml"}
    assert kept(asked=asking(respect_gitignore=True)) == set()
    put(tmp_path, {name: table})
    nearest.cache_clear()
    assert kept() == set()
    assert kept(asked=asking(respect_gitignore=False)) == {"x.toml"}


# --- exclude --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *map(at_night, range(1, 4))])
def test_exclude_is_read_as_a_gitignore_beside_the_configuration(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    tree(tmp_path)
    git("init", "-q", ".")
    for _ in range(25):
        patterns = [pattern(rng).strip() for _ in range(rng.randint(1, 4))]
        patterns = [one for one in patterns if one not in {"**/**", "!/"}]
        put(tmp_path, {".gitignore": "\n".join(patterns)})
        seen = seen_by_git()
        (tmp_path / ".gitignore").unlink()
        written = ", ".join("'" + one + "'" for one in patterns)
        put(tmp_path, {"blinplan.toml": f"exclude = [{written}]\n"})
        nearest.cache_clear()
        assert kept() == seen - {"blinplan.toml"}, patterns
        (tmp_path / "blinplan.toml").unlink()


def test_the_folder_that_is_named_is_checked_and_what_is_left_out_below_it_is_not(tmp_path: Path) -> None:
    put(tmp_path, {"blinplan.toml": 'exclude = ["drafts/", "*.old.toml"]\n'})
    put(tmp_path, {f"drafts/{name}": "" for name in ("x.toml", "x.old.toml", "deep/y.toml")})
    assert kept() == set()
    assert kept("drafts") == {"drafts/x.toml", "drafts/deep/y.toml"}
    assert kept("drafts", asking(force_exclude=True)) == set()


def test_a_file_that_is_named_is_checked_unless_it_is_forced_out(tmp_path: Path) -> None:
    put(tmp_path, {"blinplan.toml": 'exclude = ["drafts/"]\n', ".gitignore": "b.toml\n"})
    put(tmp_path, dict.fromkeys(("drafts/a.toml", "b.toml", "c.toml"), ""))
    for name, reason in (("drafts/a.toml", 'exclude "drafts/" (blinplan.toml:1)'), ("b.toml", ".gitignore:1")):
        assert walked(name) == {name: None}
        assert walked(name, asking(force_exclude=True)) == {name: reason}
    assert walked("c.toml", asking(force_exclude=True)) == {"c.toml": None}
    put(tmp_path, {"blinplan.toml": 'exclude = ["drafts/"]\nforce-exclude = true\n'})
    nearest.cache_clear()
    assert walked("drafts/a.toml")["drafts/a.toml"] is not None
    assert walked("drafts/a.toml", asking(force_exclude=False)) == {"drafts/a.toml": None}


def test_each_folder_is_walked_by_its_own_configuration(tmp_path: Path) -> None:
    put(tmp_path, {"blinplan.toml": 'exclude = ["x.toml"]\n', "b/blinplan.toml": 'exclude = ["y.toml"]\n'})
    put(tmp_path, {f"{folder}/{name}.toml": "" for folder in "ab" for name in "xy"})
    assert kept() == {"a/y.toml", "b/x.toml"}


def test_a_configuration_in_a_folder_that_is_left_out_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, {"blinplan.toml": 'exclude = ["b/"]\n', "b/blinplan.toml": "= broken", "b/x.toml": "", "a.toml": ""})
    assert kept() == {"a.toml"}


def test_patterns_of_the_command_line_count_from_the_current_folder(tmp_path: Path) -> None:
    put(tmp_path, {f"{folder}/{name}.toml": "" for folder in "ab" for name in "xy"})
    assert kept(asked=asking(exclude=("/a/x.toml", "y.toml", "!b/y.toml"))) == {"b/x.toml", "b/y.toml"}


def test_hidden_files_are_told(tmp_path: Path) -> None:
    put(tmp_path, {".x.toml": "", ".h/y.toml": "", "z.toml": "", ".git/config.toml": ""})
    assert walked() == {".x.toml": "a hidden name", ".h/y.toml": "a hidden name", "z.toml": None}
    found = find(".")
    assert [source.name for source in found if isinstance(source, FileSource)] == ["z.toml"]


def test_a_folder_that_cannot_be_read_is_told_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"locked/x.toml": "", "y.toml": ""})
    scan = os.scandir

    def refuse(folder: Path) -> Iterator[os.DirEntry[str]]:
        if folder.name == "locked":
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find(".")
    assert not isinstance(found, NotFound)
    assert [source.name for source in found] == ["locked", "y.toml"]
    assert isinstance(found[0].read(), NotFound)


@pytest.mark.parametrize("kind", ["a pipe", "a device"])
def test_what_is_called_as_a_regimen_and_is_no_file_is_told_and_not_passed_over(tmp_path: Path, kind: str) -> None:
    put(tmp_path, {"a/x.toml": ""})
    put_no_file(kind, tmp_path / "a" / "y.toml")
    found = find("a")
    assert not isinstance(found, NotFound)
    assert [source.name for source in found] == ["a/x.toml", "a/y.toml"]
    other = found[1].read()
    assert isinstance(other, NotFound)
    assert f"a/y.toml: {kind}" in other.message


def test_links_are_followed_to_files_and_not_into_folders(tmp_path: Path) -> None:
    put(tmp_path, {"a/x.toml": ""})
    (tmp_path / "a" / "round").symlink_to(tmp_path / "a")
    (tmp_path / "y.toml").symlink_to(tmp_path / "a" / "x.toml")
    assert kept() == {"a/x.toml", "y.toml"}


@pytest.mark.parametrize("place", ["blinplan.toml", ".gitignore"])
@pytest.mark.parametrize("written", ["drafts", "drafts/", "/drafts/"])
def test_what_leaves_out_the_folder_that_is_named_is_not_heard_below_it(
    tmp_path: Path, place: str, written: str
) -> None:
    git("init", "-q", ".")
    put(tmp_path, {place: f'exclude = ["{written}"]\n' if place == "blinplan.toml" else f"{written}\n"})
    put(tmp_path, {"drafts/x.toml": "", "drafts/drafts/y.toml": "", "y.toml": ""})
    assert kept("drafts") == {"drafts/x.toml", "drafts/drafts/y.toml"}
    assert kept() == {"y.toml"}


def test_what_takes_in_again_is_heard_though_it_means_the_folder_that_is_named(tmp_path: Path) -> None:
    put(tmp_path, {"blinplan.toml": 'exclude = ["ay/", "az/", "!ay/", "!a*x/"]\n'})
    put(tmp_path, {"ax/ay/x.toml": "", "ax/az/x.toml": "", "ax/x.toml": "", "ax/azx/x.toml": ""})
    assert kept("ax") == {"ax/ay/x.toml", "ax/x.toml", "ax/azx/x.toml"}
    put(tmp_path, {"blinplan.toml": 'exclude = ["ay/", "!a*/"]\n'})
    nearest.cache_clear()
    assert "ax/ay/x.toml" in kept("ax")


def test_a_folder_far_above_leaves_a_named_file_out_where_that_is_forced(tmp_path: Path) -> None:
    put(tmp_path, {"blinplan.toml": 'exclude = ["a/", "x.toml/"]\nforce-exclude = true\n'})
    put(tmp_path, {"a/b/c/d/x.toml": "", "b/x.toml": ""})
    assert walked("a/b/c/d/x.toml") == {"a/b/c/d/x.toml": 'exclude "a/" (blinplan.toml:1)'}
    assert walked("a/b/c") == {"a/b/c/d/x.toml": 'exclude "a/" (blinplan.toml:1)'}
    assert walked("b/x.toml") == {"b/x.toml": None}  # a pattern of folders means no file


def test_a_named_file_is_looked_at_only_where_that_is_forced(tmp_path: Path) -> None:
    put(tmp_path, {"blinplan.toml": 'exclude = ["a/"]\n', "a/x.toml": "", "b/x.toml": ""})
    assert Exclusions(NEAREST.of_folder).of_named(tmp_path / "a" / "x.toml") is None
    forced = Exclusions(asking(force_exclude=True).of_folder)
    assert forced.of_named(tmp_path / "a" / "x.toml") == 'exclude "a/" (blinplan.toml:1)'
    assert forced.of_named(tmp_path / "b" / "x.toml") is None


def test_of_what_git_tracks_in_an_ignored_folder_only_that_is_kept(tmp_path: Path) -> None:
    git("init", "-q", ".")
    put(tmp_path, {".gitignore": "build/\n", "build/a.toml": "", "build/b.toml": "", "build/c/d.toml": ""})
    git("add", "--force", "build/a.toml")
    assert walked() == {"build/a.toml": None, "build/b.toml": ".gitignore:1", "build/c/d.toml": ".gitignore:1"}


def test_lines_of_windows_mean_the_same(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"x.toml\r\n!y.toml\r\nb/\r\n")
    put(tmp_path, {"x.toml": "", "y.toml": "", "b/z.toml": ""})
    assert kept() == {"y.toml"}


def test_a_submodule_hears_what_its_own_repository_excludes(tmp_path: Path) -> None:
    put(tmp_path, {".git/modules/w/info/exclude": "x.toml\n", "w/.git": "gitdir: ../.git/modules/w\n"})
    put(tmp_path, {"w/x.toml": "", "w/y.toml": ""})
    assert kept("w") == {"w/y.toml"}


def test_a_configuration_from_elsewhere_leaves_the_ignore_files_of_the_folder_heard(tmp_path: Path) -> None:
    put(tmp_path, {"ci/strict.toml": "seed = 2\n", "p/.gitignore": "x.toml\n", "p/x.toml": "", "p/y.toml": ""})
    asked = Configurations("ci/strict.toml", isolated=False)
    assert kept("p", asked) == {"p/y.toml"}
    assert kept("p", Configurations(None, isolated=True)) == {"p/y.toml"}


@pytest.mark.parametrize("written", ["[", "../x", "a/../b", "", "!"])
def test_a_pattern_of_the_command_line_that_means_no_path_is_refused(written: str) -> None:
    with pytest.raises(Refusal, match="means no path"):
        asking(exclude=(written,))


def test_what_is_asked_goes_before_each_configuration_and_what_is_not_asked_stays(tmp_path: Path) -> None:
    put(tmp_path, {".gitignore": "x.toml\n", "x.toml": "", "y.toml": ""})
    put(tmp_path, {"blinplan.toml": 'respect-gitignore = false\nforce-exclude = true\nexclude = ["y.toml"]\n'})
    assert kept(asked=asking(force_exclude=False)) == {"x.toml"}
    assert kept("y.toml", asking(respect_gitignore=True)) == set()
    found = asking(exclude=("z.toml",)).of_folder(tmp_path)
    assert [pattern.text for pattern in found.exclude] == ["y.toml", "z.toml"]
    assert (found.respect_gitignore, found.force_exclude) == (False, True)
