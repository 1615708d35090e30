"""Small folders of regimens with one mistake each, which only shows where files are looked at together."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

from blinplan.api.checking.check import check
from blinplan.regimen import library
from tests.library.files import LABELLED, stands_at, tree_of
from tests.library.styles import STYLES, Tree, Written
from tests.library.styles import Path as Place

Folder = dict[str, Tree]
"""The regimen of each file, by the name of the file."""
Change = Callable[[Folder, str, str], tuple[str, Place] | None]
"""Makes the mistake in a folder with a flat regimen and one by area, and says in which file and where; None where any
of them may tell it."""


def _pairs() -> Iterator[tuple[str, str]]:
    for name in LABELLED:
        limits = library.regimen(name).eligibility
        if limits.otherwise is not None and limits.minimum_weight is not None:
            yield name, limits.otherwise


PAIRS = tuple(_pairs())
"""A flat regimen, and the one by body surface area to which it leads and that leads back."""


OURS = "-ours"
"""What stands behind a shipped name in that of a regimen of the folder."""


class FolderMistake(NamedTuple):
    """A kind of mistake: how it is made, the code that is told, and whether it has to fail the gate."""

    change: Change
    code: str
    error: bool


FOLDER_MISTAKES: dict[str, FolderMistake] = {}


def folder_mistake(kind: str, code: str, *, error: bool) -> Callable[[Change], Change]:
    """Add a kind."""

    def add(change: Change) -> Change:
        assert kind not in FOLDER_MISTAKES
        FOLDER_MISTAKES[kind] = FolderMistake(change, code, error)
        return change

    return add


# --- what is made ---------------------------------------------------------------------------------------------------

OTHERWISE: Place = ("eligibility", "otherwise")


def leading(to: Callable[[str, str], str]) -> Change:
    """Let the flat regimen lead to another one than that by area."""

    def change(folder: Folder, flat: str, by_area: str) -> tuple[str, Place]:
        folder[flat]["eligibility"]["otherwise"] = to(flat, by_area)
        return flat, OTHERWISE

    return change


folder_mistake("an otherwise with a slip of the pen", "X002", error=True)(leading(lambda _, by_area: f"{by_area}g"))
folder_mistake("an otherwise that leads to itself", "X002", error=True)(leading(lambda flat, _: flat))

folder_mistake("an otherwise that leads to another indication", "X002", error=True)(
    leading(lambda flat, _: "mrd-below-45-kg" if flat.startswith(("rr", "hk-rr")) else "rr-below-45-kg")
)
folder_mistake("an otherwise that leads to a study", "X002", error=True)(
    leading(lambda flat, _: {"mrd": "mt103-203", "con": "aall1331-low-risk"}.get(flat[:3], "mt103-205"))
)


@folder_mistake("a copy whose name was left", "X001", error=True)
def _copied(folder: Folder, flat: str, by_area: str) -> tuple[str, Place]:
    folder["ours"] = deepcopy(folder[flat])
    return "ours", ("name",)


@folder_mistake("a file whose name was left", "X004", error=False)
def _renamed(folder: Folder, flat: str, by_area: str) -> tuple[str, Place]:
    folder["ours"] = folder.pop(flat)
    return "ours", ("name",)


@folder_mistake("a shipped name for a regimen with a day more in hospital", "X005", error=False)
def _named_as_shipped(folder: Folder, flat: str, by_area: str) -> tuple[str, Place]:
    shipped, tree = flat.removesuffix(OURS), folder.pop(flat)
    known = tree.get("monitoring", {}).get("hospital_days", [9])
    folder[shipped] = {**tree, "name": shipped, "monitoring": {"hospital_days": [known[0] + 1, *known[1:]]}}
    leading(lambda *_: shipped)(folder, by_area, flat)
    return shipped, ("name",)


@folder_mistake("an otherwise that leads to the same patients", "X002", error=True)
def _same_patients(folder: Folder, flat: str, by_area: str) -> tuple[str, Place]:
    folder["ours"] = {**deepcopy(folder[flat]), "name": "ours"}
    del folder["ours"]["eligibility"]["otherwise"]
    return leading(lambda *_: "ours")(folder, flat, by_area)  # type: ignore[return-value]


@folder_mistake("an otherwise that leads round", "X002", error=True)
def _round(folder: Folder, flat: str, by_area: str) -> None:
    folder["ours"] = {**deepcopy(folder[flat]), "name": "ours"}
    folder[flat]["eligibility"]["otherwise"] = "ours"


def limited(key: str, value: int, *, lower: bool) -> Change:
    """Another limit of weight in one of both."""

    def change(folder: Folder, flat: str, by_area: str) -> tuple[str, Place]:
        file = by_area if lower else flat
        folder[file]["eligibility"][key] = value
        return file, ("eligibility", key)

    return change


folder_mistake("nobody from 45 to 50 kg", "X003", error=False)(limited("min_weight_kg", 50, lower=False))
folder_mistake("nobody from 40 to 45 kg", "X003", error=False)(limited("below_weight_kg", 40, lower=True))


# --- what is said ---------------------------------------------------------------------------------------------------


def folder_of(pair: tuple[str, str]) -> Folder:
    """Both regimens under names of their own, in files of these names."""
    trees = {f"{name}{OURS}": deepcopy(tree_of(name)) for name in pair}
    for (name, tree), other in zip(trees.items(), reversed(trees), strict=True):
        tree["name"] = name
        tree["eligibility"]["otherwise"] = other
    return trees


def what_is_wrong_in_folder(kind: str, pair: tuple[str, str], style: str, into: Path) -> str:
    """In which way what is said of a folder with a mistake is not what a pharmacist expects; empty where it is."""
    mistake, folder = FOLDER_MISTAKES[kind], folder_of(pair)
    place = mistake.change(folder, *folder)
    said = findings_in(folder, style, into, place)
    fault = mistake.code, "error" if mistake.error else "warning", True
    return "" if said == [fault] else f"said: {said}; expected {fault}"


def codes_of_each_alone(kind: str, pair: tuple[str, str], style: str, into: Path, *, faulty: bool) -> set[str]:
    """What is found of files together where each is named alone; if ``faulty``, with a key that nobody knows."""
    folder = folder_of(pair)
    FOLDER_MISTAKES[kind].change(folder, *folder)
    _write({name: {**tree, **({"ward": 5} if faulty else {})} for name, tree in folder.items()}, style, into)
    checked = [check(into / f"{name}.toml", simulate=False, isolated=True) for name in folder]
    assert all(len(one.judgements) == 1 for one in checked)
    return {finding.code for one in checked for finding in one.findings if finding.code[0] == "X"}


def findings_in(
    folder: Folder, style: str, into: Path, place: tuple[str, Place] | None = None
) -> list[tuple[str, str, bool]]:
    """The code and the severity of what is found, and whether it is in the file and at the place that are meant."""
    written = _write(folder, style, into)
    checked = check(into, simulate=False, isolated=True)
    judgements = {Path(one.reading.document.name).stem: one for one in checked.judgements}
    assert set(judgements) == set(folder)
    return [
        (one.code, str(one.severity), place is None or (file == place[0] and stands_at(one, written[file], place[1])))
        for file, judgement in judgements.items()
        for one in judgement.findings
    ]


def _write(folder: Folder, style: str, into: Path) -> dict[str, Written]:
    """Write the files of a folder, in place of those that are there."""
    for old in into.glob("*.toml"):
        old.unlink()
    shown = STYLES[style]
    written = {name: shown.written(shown.of(tree)) for name, tree in folder.items()}
    for name, file in written.items():
        (into / f"{name}.toml").write_bytes(file.text.encode())
    return written
