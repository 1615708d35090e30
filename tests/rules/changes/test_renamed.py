"""Which files were renamed is found as by laying each beside each, and in no more steps than there are files."""

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import blinplan
from blinplan.repository.renamed import names_before
from tests.benchmarks.calls import counted
from tests.regimen_text import cycle, regimen_text

LINES = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=5)
TEXTS = st.dictionaries(
    st.sampled_from(["1", "2", "3", "4"]),
    st.builds(lambda name, lines: "\n".join([f'name = "{name}"', *lines]), st.sampled_from("xyz"), LINES),
    max_size=4,
)


def by_each_beside_each(new: dict[str, str], vanished: dict[str, str]) -> dict[str, str]:
    """By the definition: those of one name before all, and then the likest first."""
    pairs = []
    for name, text in new.items():
        for before, old in vanished.items():
            one, other = set(text.split("\n")), set(old.split("\n"))
            likeness = len(one & other) / max(len(one), len(other))
            if likeness >= 1 / 2:
                pairs.append((text.split("\n")[0] == old.split("\n")[0], likeness, name, before))
    found: dict[str, str] = {}
    for _, _, name, before in sorted(pairs, reverse=True):
        if name not in found and before not in found.values():
            found[name] = before
    return found


@given(TEXTS, TEXTS)
def test_it_is_found_as_by_laying_each_beside_each(new: dict[str, str], vanished: dict[str, str]) -> None:
    assert names_before(new, vanished) == by_each_beside_each(new, vanished)


def test_what_a_cycle_is_called_is_no_name_of_a_regimen() -> None:
    """Steps of all files are called alike."""
    old = {"a": 'name = "a"\n[[cycle]]\nname = "Induction"', "b": 'name = "b"\n[[cycle]]\nname = "Induction"'}
    asked = list[str]()
    names_before({"c": old["b"] + "\nx"}, old, asked_in(asked))
    assert asked[0] == "b"


def test_which_was_renamed_is_asked_once_for_each_that_names_its_regimen_still() -> None:
    texts = {str(number): f'name = "r{number}"\na\nb' for number in range(200)}
    asked = list[str]()
    found = names_before({f"new-{name}": f"{text}\nc" for name, text in texts.items()}, texts, asked_in(asked))
    assert found == {f"new-{name}": name for name in texts}
    assert len(asked) == 200


def asked_in(asked: list[str]) -> Callable[[str, str], bool]:
    """Say of all that it may be, and note what was asked."""

    def may_be(before: str, _: str) -> bool:
        asked.append(before)
        return True

    return may_be


@pytest.mark.slow
def test_files_that_were_all_renamed_are_told_in_steps_as_many_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four hundred of them took a minute: each was laid beside each, and asked by what it had been judged."""
    monkeypatch.chdir(tmp_path)
    calls = {}
    for number in (4, 8, 24, 40):  # the first time, what is found out once is
        folder = tmp_path / str(number)
        rename(folder, number)
        calls[number], _ = counted(partial(blinplan.check, folder, simulate=False, since="HEAD"))
    assert calls[40] - calls[24] < 1.2 * (calls[24] - calls[8])


def rename(folder: Path, number: int) -> None:
    """Commit regimens to a repository, and give each another file and another length."""

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)  # noqa: S603, S607

    def write(name: str, days: int) -> None:
        for one in range(number):
            text = regimen_text(cycle(f"28 mcg/day for {days} days"), called=f"r{one}")
            (folder / f"{name}{one}.toml").write_text(text, encoding="utf-8")

    folder.mkdir()
    git("init", "-q")
    write("old", 28)
    git("add", "--all")
    git("commit", "-qm", "First")
    for path in folder.glob("*.toml"):
        path.unlink()
    write("new", 27)
