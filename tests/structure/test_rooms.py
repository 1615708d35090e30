"""How the package is laid out: no circles, no halls, no name for two things."""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import grimp
import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from tests.program import ROOT
from tests.structure.sources import SOURCES, text_of

FILES_IN_A_FOLDER = 15


def circles(imports: Mapping[str, set[str]]) -> list[set[str]]:
    """The sets of modules that reach each other by imports, one after the other."""
    names = sorted(imports)
    arrows = np.array([[name in imports[start] for name in names] for start in names])
    _, labels = connected_components(arrows, directed=True, connection="strong")
    members = [{name for name, its in zip(names, labels, strict=True) if its == label} for label in set(labels)]
    return [circle for circle in members if len(circle) > 1]


def imports_of(package: str) -> dict[str, set[str]]:
    """What each module imports: at its top, inside its functions, and for types only."""
    graph = grimp.build_graph(package, cache_dir=None)
    return {name: set(graph.find_modules_directly_imported_by(name)) for name in graph.modules}


@pytest.mark.slow
def test_no_file_reaches_itself_by_imports() -> None:
    imports = imports_of("blinplan")
    assert len(imports) > 150
    assert [sorted(circle) for circle in circles(imports)] == []


def test_a_circle_is_seen_wherever_the_import_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "__init__": "",
        "top": "from circling import inside",
        "inside": "def f() -> None:\n    from circling.typed import g",
        "typed": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from circling.top import h",
        "apart": "from circling import top",
    }
    (tmp_path / "circling").mkdir()
    for name, text in files.items():
        (tmp_path / "circling" / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert circles(imports_of("circling")) == [{"circling.top", "circling.inside", "circling.typed"}]


def subjects_in(folder: Path) -> set[str]:
    """The files of a folder; a file of data counts with the code of its name, beside which it stands."""
    files = {path.name for path in folder.iterdir() if path.is_file() and path.name != "__init__.py"}
    return {name for name in files if not (name.endswith(".toml") and f"{name.removesuffix('.toml')}.py" in files)}


@pytest.mark.parametrize("top", ["blinplan", "man/make", "regimens", "tests"])
def test_no_folder_is_a_hall(top: str) -> None:
    folders = [path for path in (ROOT / top, *(ROOT / top).rglob("*")) if path.is_dir() and path.name != "__pycache__"]
    sizes = {path: len(subjects_in(path)) for path in folders}
    assert sum(sizes.values()) > 4
    assert {path.relative_to(ROOT).as_posix(): size for path, size in sizes.items() if size > FILES_IN_A_FOLDER} == {}


CLASS = re.compile(r"^ *class (\w+)[\[(:]", re.MULTILINE)


def test_no_class_name_stands_for_two_things() -> None:
    places = defaultdict(set)
    for source in SOURCES:
        for name in CLASS.findall(text_of(source)):
            places[name].add(source)
    assert len(places) > 150
    assert {name: sorted(found) for name, found in places.items() if len(found) > 1} == {}
