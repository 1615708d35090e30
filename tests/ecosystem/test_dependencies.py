"""Every distribution that blinplan needs has its licence listed; what is imported is needed; nothing is fetched."""

import ast
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.ecosystem.dependencies import brought, listed, needed
from tests.program import ROOT
from tests.structure.sources import SOURCES, text_of, tree_of

OPEN = ("Apache", "BSD", "ISC", "LGPL", "MIT", "MPL", "PSF", "Python Software Foundation", "Zlib", "libsbml")


def test_every_distribution_has_a_row_with_its_versions_and_licence() -> None:
    """`python -m tests.ecosystem.dependencies` writes the page anew."""
    text = (ROOT / "man" / "dependencies.md").read_text(encoding="utf-8")
    assert len(needed()) > 12
    for one in needed():
        assert f"| {one.name} | {one.versions} | {one.extra or 'always'} | " in text, one
        assert listed()[one.name].strip(), one


def test_what_comes_with_them_has_a_row_too() -> None:
    """The page lists what the newest bring; the oldest distributed brings urllib3 too, of the MIT licence."""
    assert set(brought()) <= set(listed()) | {"urllib3"}


def test_every_licence_lets_anybody_use_it() -> None:
    assert [(name, stated) for name, stated in listed().items() if not any(word in stated for word in OPEN)] == []


IMPORT = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
OURS = {*sys.stdlib_module_names, "blinplan"}


def foreign() -> set[str]:
    """What is imported from elsewhere; a file with no line that could import more than is known need not be parsed."""
    names: set[str] = set()
    for source in SOURCES:
        if names.union(OURS).issuperset(IMPORT.findall(text_of(source))):
            continue
        for node in ast.walk(tree_of(source)):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add((node.module or "").partition(".")[0])
    return names - OURS


@pytest.mark.slow
def test_what_is_imported_is_needed() -> None:
    owners = metadata.packages_distributions()
    named = {*(one.name for one in needed()), *brought()}
    imported = foreign()
    assert {"numpy", "scipy", "typer"} <= imported
    missing = {name for name in imported if not named & set(map(canonicalize_name, owners.get(name, ())))}
    assert missing == set()


def test_the_page_is_reached() -> None:
    assert "man/dependencies.md" in Path(ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
