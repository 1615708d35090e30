"""Reports name files from the root of the repository, from whichever folder a check is run."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree

from blinplan.api.checking.check import check
from tests.program import Ran, Run
from tests.regimen_text import cycle, regimen_text

SHORT = regimen_text(cycle("28 mcg/day for 27 days"))
"""A regimen with one finding."""
NAME = "trials/two steps #1 é.toml"


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


def git(folder: Path, *arguments: str) -> None:
    named = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *named, *arguments], cwd=folder, capture_output=True, check=True)  # noqa: S603, S607


def repository(folder: Path) -> Path:
    """A repository with a regimen in a folder of it."""
    (folder / NAME).parent.mkdir(parents=True)
    (folder / NAME).write_text(SHORT, encoding="utf-8")
    git(folder, "init", "--quiet")
    return folder


def reports(path: str | Path) -> dict[str, Any]:
    found = check(path, simulate=False, isolated=True, select=["S301"])
    (run,) = json.loads(found.text("sarif"))["runs"]
    (result,) = run["results"]
    (command,) = found.text("github").splitlines()
    return {
        "sarif": result["locations"][0]["physicalLocation"]["artifactLocation"],
        "bases": {name: base["uri"] for name, base in run["originalUriBaseIds"].items()},
        "github": re.findall("file=([^,]*),", command)[0],
        "gitlab": json.loads(found.text("gitlab"))[0]["location"]["path"],
        "junit": etree.fromstring(found.text("junit").encode())[0].get("name"),
        "fingerprint": result["partialFingerprints"]["blinplan/v1"],
    }


def names(path: str | Path, root: Path) -> str:
    """The path that all reports name, from a root that they name too."""
    found = reports(path)
    assert found["bases"] == {"SRCROOT": f"{root.resolve().as_uri()}/"}
    assert found["sarif"]["uriBaseId"] == "SRCROOT"
    (name,) = {found["github"], found["gitlab"], found["junit"], unquote(found["sarif"]["uri"])}
    return str(name)


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        (".", NAME),
        (".", f"./trials/../{NAME}"),
        (".", "trials"),
        ("trials", Path(NAME).name),
        ("trials", "."),
        ("trials/deeper", f"../{Path(NAME).name}"),
        ("..", f"repo/{NAME}"),
        ("/", None),
    ],
)
def test_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, path: str | None) -> None:
    root = repository(tmp_path / "repo")
    (root / "trials/deeper").mkdir()
    monkeypatch.chdir(root / folder)
    assert names(root / NAME if path is None else path, root) == NAME
    marks = reports(root / NAME)["fingerprint"]
    monkeypatch.chdir(root)
    assert reports(NAME)["fingerprint"] == marks, "a finding is the same from any folder"


def test_what_a_uri_cannot_hold_is_encoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository(tmp_path / "my repo"))
    found = reports(NAME)
    assert found["sarif"]["uri"] == "trials/two%20steps%20%231%20%C3%A9.toml"
    assert found["bases"]["SRCROOT"].endswith("/my%20repo/")


def test_a_repository_in_another_is_its_own_where_one_works_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = tmp_path / "outer"
    inner = repository(outer / "inner")
    git(outer, "init", "--quiet")
    monkeypatch.chdir(outer)
    assert names(f"inner/{NAME}", outer) == f"inner/{NAME}"
    monkeypatch.chdir(inner / "trials")
    assert names(".", inner) == NAME
    monkeypatch.chdir(tmp_path)
    assert names(f"outer/inner/{NAME}", inner) == NAME


def test_a_linked_working_tree_has_a_root_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "repo")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "First")
    git(root, "worktree", "add", "--quiet", "../linked")
    monkeypatch.chdir(tmp_path / "linked" / "trials")
    assert names(".", tmp_path / "linked") == NAME


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_without_git_it_is_what_ci_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    (tmp_path / "job/trials").mkdir(parents=True)
    (tmp_path / "job" / NAME).write_text(SHORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "job/trials")
    monkeypatch.setenv(variable, str(tmp_path / "job"))
    assert names(".", tmp_path / "job") == NAME
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))  # of the host, where this is a container
    assert names(".", tmp_path / "job/trials") == Path(NAME).name
    monkeypatch.delenv(variable)
    assert names(".", tmp_path / "job/trials") == Path(NAME).name


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_in_a_submodule_it_is_the_repository_of_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    outer = repository(tmp_path / "outer")
    inner = repository(outer / "nested")
    monkeypatch.setenv(variable, str(outer))
    monkeypatch.chdir(inner)
    assert names(".", outer) == f"nested/{NAME}"


def test_a_file_elsewhere_has_its_whole_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "repo")
    (tmp_path / "other one.toml").write_text(SHORT, encoding="utf-8")
    monkeypatch.chdir(root)
    found = check("trials", "../other one.toml", simulate=False, isolated=True, select=["S301"])
    (run,) = json.loads(found.text("sarif"))["runs"]
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]]
    elsewhere = tmp_path.resolve() / "other one.toml"
    assert {"uri": elsewhere.as_uri()} in places
    assert sum(place.get("uriBaseId") == "SRCROOT" for place in places) == 1
    paths = {entry["location"]["path"] for entry in json.loads(found.text("gitlab"))}
    assert paths == {NAME, elsewhere.as_posix()}


def test_a_shipped_regimen_is_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository(tmp_path / "repo"))
    found = check("nhl-5", simulate=False, isolated=True)
    for result in json.loads(found.text("sarif"))["runs"][0]["results"]:
        address = urlsplit(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        assert address.scheme == "file"
        assert Path(unquote(address.path)).is_file()


def test_standard_input_is_the_file_that_it_is_named_as(
    inside: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository(tmp_path / "repo") / "trials")
    give(SHORT, monkeypatch)
    arguments = ["check", "-", "--no-simulate", "--isolated", "--select", "S301", "-f", "gitlab"]
    named = inside(*arguments, "--stdin-filename", "new.toml")
    assert json.loads(named.out)[0]["location"]["path"] == "trials/new.toml"


def give(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a text on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_standard_input_without_a_name_has_no_address_that_leads_nowhere(
    inside: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def checked(form: str) -> Ran:
        give(SHORT.replace("28 mcg", "28.0 mcg"), monkeypatch)
        return inside("check", "-", "--no-simulate", "--isolated", "--select", "S301,N", "-f", form)

    results = json.loads(checked("sarif").out)["runs"][0]["results"]
    assert len(results) > 1
    for result in results:
        assert not result.keys() & {"locations", "fixes"}
        assert re.match(r"<stdin>:[0-9]+:[0-9]+: ", result["message"]["text"])
    github = checked("github")
    assert "file=" not in github.out
    assert re.search(r"^::warning title=S301 [a-z-]+::<stdin>:[0-9]+:[0-9]+: ", github.out, re.MULTILINE)
    gitlab = checked("gitlab")
    assert (gitlab.status, gitlab.out) == (2, "")
    assert "--stdin-filename" in gitlab.err


def test_a_link_out_of_the_repository_is_known_by_its_own_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path / "repo")
    (tmp_path / "real.toml").write_text(SHORT, encoding="utf-8")
    (root / "linked.toml").symlink_to(tmp_path / "real.toml")
    monkeypatch.chdir(root)
    assert names("linked.toml", root) == "linked.toml"


def test_a_name_that_is_no_text_can_be_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "repo")
    if os.name == "nt":  # names of files are text there
        return
    path = root / os.fsdecode(b"caf\xe9.toml")
    path.write_text(SHORT, encoding="utf-8")
    monkeypatch.chdir(root)
    assert reports(path)["sarif"]["uri"] == "caf%E9.toml"


def test_no_address_in_a_report_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one address that is not of a file is that of the schema of SARIF, in the form of its standard."""
    monkeypatch.chdir(repository(tmp_path / "repo"))
    found = check("trials", "nhl-5", simulate=False, isolated=True)
    addresses = {
        address
        for output_format in ("sarif", "github", "gitlab", "junit", "json", "jsonl", "markdown")
        for address in re.findall(r"https?://[^\s\"'<>)]+", found.text(output_format))
    }
    assert addresses == {"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"}
