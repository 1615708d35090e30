"""``--since REV``: whole files are judged, and only what was not found before counts."""

from pathlib import Path

import pytest

import blinplan
from blinplan.refusal import Refusal
from tests.cli.repository import Git, begin_repository, run_git
from tests.collection.grid import in_turn
from tests.program import Ran, Run
from tests.regimen_text import cycle, regimen_text

QUICK = ("--no-simulate", "-f", "concise")
SHORT = "28 mcg/day for 27 days"


@pytest.fixture(scope="module")
def first_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose main branch has a sound regimen and two with a finding, and a branch that is checked out."""
    folder = tmp_path_factory.mktemp("repository")
    for name, text in {"sound": cycle(), "short": cycle(SHORT), "early": cycle("28 mcg/day for 26 days")}.items():
        write(folder / "regimens" / f"{name}.toml", regimen_text(text, called=name))
    begin_repository(folder)
    run_git(folder, "checkout", "--quiet", "-b", "branch")
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(path: str, old: str, new: str) -> None:
    text = Path(path).read_text(encoding="utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new), encoding="utf-8")


def places(ran: Ran) -> list[str]:
    """The files and codes of the findings."""
    assert ran.status in (0, 1), ran.err
    return [f"{line.split(':')[0]} {line.split(' ')[1]}" for line in ran.out.splitlines()]


def since(inside: Run, *arguments: str) -> list[str]:
    return places(inside("check", "regimens", *QUICK, "--since", "main", *arguments))


def test_nothing_that_was_there_counts(inside: Run, git: Git) -> None:
    assert len(places(inside("check", "regimens", *QUICK))) == 2
    ran = inside("check", "regimens", *QUICK, "--since", "main", "--fail-on", "warning")
    assert (ran.status, ran.out) == (0, "")
    said = " ".join(ran.err.split())
    assert "since main (" in said
    assert "left out: 3 files as before" in said
    assert "the file is as it was at main" in said


def test_python_counts_the_same(inside: Run, git: Git) -> None:
    change("regimens/short.toml", "days = 27", "days = 25")
    found = blinplan.check("regimens", simulate=False, since="main")
    assert [finding.code for finding in found.findings] == ["S301"]
    assert found.judgements[-1].reading.document.name == "regimens/sound.toml"
    text = Path("regimens/short.toml").read_text(encoding="utf-8").replace("mcg", "µg")
    Path("regimens/short.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=r"^since and write_baseline contradict each other$"):
        blinplan.check("regimens", simulate=False, since="main", write_baseline="known.json", fix=True)
    assert Path("regimens/short.toml").read_text(encoding="utf-8") == text


def test_what_was_changed_counts_and_what_was_beside_it_does_not(inside: Run, git: Git) -> None:
    change("regimens/short.toml", "days = 27", "days = 25")
    assert since(inside) == ["regimens/short.toml S301"]
    change("regimens/short.toml", "days = 25", "days = 27")
    change("regimens/short.toml", "treatment_free_days = 14", "treatment_free_days = 14  # as agreed")
    Path("regimens/early.toml").write_text(
        "# above\n\n" + Path("regimens/early.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    assert since(inside) == []
    assert "2 findings of before" in " ".join(inside("check", "regimens", *QUICK, "--since", "main").err.split())


def test_a_new_file_counts_tracked_or_not_and_a_renamed_one_does_not(inside: Run, git: Git) -> None:
    write(Path("regimens/new.toml"), regimen_text(cycle(SHORT, free=15), called="new"))
    assert since(inside) == ["regimens/new.toml S301"]
    git("add", "--all")
    git("commit", "--quiet", "--message", "New")
    assert since(inside) == ["regimens/new.toml S301"]
    Path("regimens/short.toml").rename("regimens/brief.toml")
    change("regimens/brief.toml", '"short"', '"brief"')
    assert since(inside) == ["regimens/new.toml S301"]
    git("add", "--all")
    assert since(inside) == ["regimens/new.toml S301"]
    write(
        Path("regimens/copy.toml"), Path("regimens/early.toml").read_text(encoding="utf-8").replace('"early"', '"copy"')
    )
    assert since(inside) == ["regimens/copy.toml S301", "regimens/new.toml S301"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moved", "edited"),
    in_turn(
        [
            ("drafts", 'exclude = ["drafts/"]\n'),
            ("scratch", ""),
            ("regimens/.old", ""),
            ("regimens/lax", '[per-file."regimens/lax/**"]\nignore = ["S301"]\n'),
            ("regimens/lax", '[per-file."regimens/lax/**"]\nseverity = { S301 = "note" }\n'),
            ("regimens/lax", '[per-file."regimens/lax/**"]\nfail-on = "never"\n'),
        ],
        [False, True],
    ),
)
def test_a_file_moved_in_from_where_it_did_not_count_is_new(
    inside: Run, git: Git, moved: tuple[str, str], edited: bool
) -> None:
    place, configuration = moved
    write(Path("blinplan.toml"), configuration)
    write(Path(place, "moved.toml"), regimen_text(cycle(SHORT), called="moved"))
    git("add", "--all")
    git("commit", "--quiet", "--message", "A draft")
    git("branch", "--force", "main")
    Path(place, "moved.toml").rename("regimens/moved.toml")
    if edited:
        change("regimens/moved.toml", "treatment_free_days = 14", "treatment_free_days = 14  # as agreed")
    assert since(inside) == ["regimens/moved.toml S301"]


def test_a_file_moved_in_from_a_folder_with_a_laxer_configuration_is_new(inside: Run, git: Git) -> None:
    write(Path("regimens/lax/blinplan.toml"), 'ignore = ["S301"]\n')
    write(Path("regimens/lax/moved.toml"), regimen_text(cycle(SHORT), called="moved"))
    git("add", "--all")
    git("commit", "--quiet", "--message", "A draft")
    git("branch", "--force", "main")
    Path("regimens/lax/moved.toml").rename("regimens/moved.toml")
    assert since(inside) == ["regimens/moved.toml S301"]


def test_what_the_other_branch_did_since_is_not_this_ones_doing(inside: Run, git: Git) -> None:
    git("checkout", "--quiet", "main")
    change("regimens/short.toml", "days = 27", "days = 28")
    git("commit", "--quiet", "--all", "--message", "Mended")
    git("checkout", "--quiet", "branch")
    assert since(inside) == []


def test_a_waiver_that_is_gone_brings_its_finding_back(inside: Run, git: Git, tmp_path: Path) -> None:
    assert inside("check", "regimens/short.toml", *QUICK, "--add-waiver", "S301", "--reason", "As agreed").status == 0
    git("commit", "--quiet", "--all", "--message", "Waived")
    git("branch", "--force", "main")
    text = Path("regimens/short.toml").read_text(encoding="utf-8")
    Path("regimens/short.toml").write_text(text.rpartition("[[waiver]]")[0], encoding="utf-8")
    assert since(inside) == ["regimens/short.toml S301"]


@pytest.mark.parametrize(
    ("name", "text", "all_count"),
    [
        ("blinplan.toml", "[limits]\n", True),
        ("regimens/blinplan.toml", "seed = 2\n", True),
        ("pyproject.toml", "[tool.blinplan]\nseed = 2\n", True),
        ("pyproject.toml", '[project]\nname = "x"\n', False),
        ("elsewhere/blinplan.toml", "seed = 2\n", False),
    ],
)
def test_where_what_decides_has_changed_all_findings_count(
    inside: Run, git: Git, name: str, text: str, all_count: bool
) -> None:
    write(Path(name), text)
    assert len(since(inside)) == (2 if all_count else 0)


def test_a_site_profile_and_a_baseline_decide_too(inside: Run, git: Git) -> None:
    site = 'site = 1\nname = "Ward 5"\n[[bag]]\nhours = 24\nfill_ml = 270\n'
    write(Path("ward.toml"), site)
    inside("check", "regimens/short.toml", *QUICK, "--write-baseline", "known.json")
    git("add", "--all")
    git("commit", "--quiet", "--message", "Site")
    git("branch", "--force", "main")
    assert since(inside, "--site", "ward.toml", "--baseline", "known.json") == []
    change("ward.toml", "270", "250")
    assert {one.split(" ")[0] for one in since(inside, "--site", "ward.toml")} == {
        "regimens/early.toml",
        "regimens/short.toml",
    }


def test_a_copy_of_another_file_takes_no_place_of_one_that_was_renamed(inside: Run, git: Git) -> None:
    Path("regimens/short.toml").rename("regimens/zz.toml")
    change("regimens/zz.toml", "days = 27", "days = 25")
    write(Path("regimens/copy.toml"), regimen_text(cycle(SHORT), called="copy"))
    assert since(inside) == ["regimens/copy.toml S301", "regimens/zz.toml S301"]


@pytest.mark.slow
@pytest.mark.parametrize("by", ["above", "extended", "site", "baseline"])
def test_what_decides_from_outside_of_the_repository_cannot_be_told_and_all_counts(
    inside: Run, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """What nobody can tell to be as it was may have been another; the summary says which file."""
    outer = tmp_path / "outer"
    outer.mkdir()
    git("clone", "--quiet", str(tmp_path), str(outer / "clone"))
    deciding = {
        "above": ("blinplan.toml", "[limits]\n"),
        "extended": ("house.toml", "[limits]\n"),
        "site": ("ward.toml", 'site = 1\nname = "Ward 5"\n[[bag]]\nhours = 24\nfill_ml = 270\n'),
        "baseline": ("known.json", '{"blinplan-baseline": 2, "findings": []}'),
    }
    name, text = deciding[by]
    options = {"site": ("--site", f"../{name}"), "baseline": ("--baseline", f"../{name}")}.get(by, ())
    monkeypatch.chdir(outer / "clone")
    if by == "baseline":
        inside("check", "regimens/sound.toml", *QUICK, "--write-baseline", f"../{name}")
    else:
        write(outer / name, text)
    if by == "extended":
        write(Path("blinplan.toml"), 'extend = "../house.toml"\n')
        run_git(Path.cwd(), "add", "--all")
        run_git(Path.cwd(), "commit", "--quiet", "--message", "Shared")
    ran = inside("check", "regimens", *QUICK, "--since", "HEAD", *options)
    assert len(places(ran)) >= 2
    assert f"all counts that {outer / name} decides about" in " ".join(ran.err.split())


def test_a_configuration_decides_about_its_own_folder_and_no_other(inside: Run, git: Git) -> None:
    write(Path("more/short.toml"), regimen_text(cycle(SHORT, free=15), called="short"))
    write(Path("more/blinplan.toml"), "seed = 2\n")
    git("add", "--all")
    git("commit", "--quiet", "--message", "More")
    write(Path("more/blinplan.toml"), "seed = 3\n")
    ran = inside("check", "more", "regimens", *QUICK, "--since", "HEAD")
    assert places(ran) == ["more/short.toml S301"]


def test_a_named_file_is_held_to_what_lay_beside_it(inside: Run, git: Git) -> None:
    light = regimen_text(cycle("15 mcg/m2/day for 28 days"), called="light")
    limited = regimen_text(f'[eligibility]\nmin_weight_kg = 45\notherwise = "light"\n{cycle()}', called="sound")
    write(Path("regimens/sound.toml"), limited)
    write(Path("regimens/light.toml"), light.replace("[dosing]", "[eligibility]\nbelow_weight_kg = 45\n\n[dosing]"))
    git("add", "--all")
    git("commit", "--quiet", "--message", "Both")
    named = ("check", "regimens/sound.toml", *QUICK, "--select", "X", "--since", "HEAD")
    assert places(inside(*named)) == []
    write(Path("regimens/copy.toml"), limited)
    assert places(inside(*named)) == ["regimens/sound.toml X001"]
    Path("regimens/copy.toml").unlink()
    Path("regimens/light.toml").unlink()
    assert places(inside(*named)) == ["regimens/sound.toml X002"]


def test_a_finding_that_a_new_file_makes_in_an_old_one_is_new(inside: Run, git: Git) -> None:
    write(Path("regimens/a.toml"), regimen_text(cycle(), called="sound"))
    assert since(inside) == ["regimens/a.toml X001"]
    Path("regimens/a.toml").unlink()
    light = regimen_text(cycle("15 mcg/m2/day for 28 days"), called="light")
    write(Path("regimens/light.toml"), light.replace("= 45\n", '= 45\notherwise = "sound"\n', 1))
    git("add", "--all")
    git("commit", "--quiet", "--message", "Light")
    git("branch", "--force", "main")
    assert since(inside) == []
    Path("regimens/sound.toml").unlink()
    assert since(inside) == ["regimens/light.toml X002"]


def test_it_is_the_same_from_a_folder_below_and_in_a_linked_working_tree(
    inside: Run, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change("regimens/short.toml", "days = 27", "days = 25")
    monkeypatch.chdir(tmp_path / "regimens")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))  # as in a hook of another repository
    assert places(inside("check", ".", *QUICK, "--since", "main")) == ["short.toml S301"]
    monkeypatch.delenv("GIT_DIR")
    git("worktree", "add", "--quiet", "../linked", "main")
    monkeypatch.chdir(tmp_path.parent / "linked")
    assert since(inside) == []


@pytest.mark.parametrize("revision", ["mian", "--all", "", "main:regimens", "HEAD~99"])
def test_a_revision_that_is_none_is_refused(inside: Run, git: Git, revision: str) -> None:
    ran = inside("check", "regimens", *QUICK, f"--since={revision}")
    assert (ran.status, ran.out) == (2, "")
    assert "--since: there is no revision" in " ".join(ran.err.split())


def test_outside_of_a_repository_it_cannot_be_told(inside: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.toml", regimen_text(cycle(), called="a"))
    ran = inside("check", "a.toml", *QUICK, "--since", "main")
    assert (ran.status, ran.out) == (2, "")
    assert "in no git repository" in " ".join(ran.err.split())


def test_a_shallow_clone_is_told_how_to_get_the_history(
    inside: Run, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clone"
    change("regimens/short.toml", "days = 27", "days = 25")
    git("commit", "--quiet", "--all", "--message", "Second")
    git("clone", "--quiet", "--depth", "1", "--branch", "branch", f"file://{tmp_path}", str(clone))
    monkeypatch.chdir(clone)
    ran = inside("check", "regimens", *QUICK, "--since", "origin/main")
    assert ran.status == 2
    said = " ".join(ran.err.split())
    assert "a shallow clone" in said
    assert "fetch-depth: 0" in said


def test_nothing_is_fetched_and_nothing_run_that_a_repository_names(inside: Run, git: Git, tmp_path: Path) -> None:
    """Git would ask for what a clone in part lacks, by a program that the settings of the repository name."""
    name = git("rev-parse", "HEAD:regimens/short.toml")
    (tmp_path / ".git" / "objects" / name[:2] / name[2:]).unlink()
    for key, value in {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": "ext::sh -c touch% was-run",
        "protocol.ext.allow": "always",
    }.items():
        git("config", key, value)
    change("regimens/short.toml", "days = 27", "days = 25")
    for arguments in (("check", "regimens", *QUICK, "--since", "main"), ("diff", "main")):
        ran = inside(*arguments)
        assert (ran.status, ran.out) == (2, "")
        assert "git fetch --refetch --no-filter" in " ".join(ran.err.split())
    assert not list(tmp_path.rglob("was-run"))


def test_a_baseline_of_a_part_is_refused(inside: Run, git: Git) -> None:
    ran = inside("check", "regimens", *QUICK, "--since", "main", "--write-baseline", "known.json")
    assert ran.status == 2
    assert not Path("known.json").exists()


@pytest.mark.slow
def test_only_what_changed_is_simulated(inside: Run, git: Git) -> None:
    change("regimens/short.toml", "days = 27", "days = 25")
    ran = inside("check", "regimens", "--patients", "20", "--no-cache", "--since", "main", "-f", "json")
    assert ran.status in (0, 1, 2), ran.err
    files = ran.json
    simulated = {file["path"] for file in files["files"] if file["simulated"] is not None}
    assert simulated == {"regimens/short.toml"}
    assert files["since"]["unchanged"] == 2
    assert files["since"]["revision"] == "main"


def test_what_a_pyproject_says_for_other_programs_decides_nothing(inside: Run, git: Git) -> None:
    write(Path("pyproject.toml"), '[project]\nname = "x"\nversion = "1"\n\n[tool.blinplan]\nseed = 2\n')
    git("add", "--all")
    git("commit", "--quiet", "--message", "Settings")
    git("branch", "--force", "main")
    change("pyproject.toml", 'version = "1"', 'version = "2"')
    assert since(inside) == []
    change("pyproject.toml", "seed = 2", "seed = 3")
    assert len(since(inside)) == 2
