"""The notebook: every cell runs, in order, in a folder of its own, and what it ends with shows itself."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "man" / "designing.ipynb"


def cells() -> list[str]:
    content = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does: what its last line comes to is what is shown."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - ours
    return None if last is None else eval(ast.unparse(last), names)  # noqa: S307 - ours


@pytest.mark.slow
def test_every_cell_of_the_notebook_runs_and_shows_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    shown = [run_cell(source, names) for source in cells()]
    tables = [one._repr_html_() for one in shown if hasattr(one, "_repr_html_")]
    assert len(tables) >= 4
    assert all("<table>" in table for table in tables)
    figures = {path.name for path in tmp_path.glob("*.svg")}
    assert figures == {"compare.svg", "sweep.svg", "morris.svg", "ranks.svg"}
    assert figures == set(re.findall(r"!\[[^\]]+\]\((.+?)\)", NOTEBOOK.read_text(encoding="utf-8")))  # each is seen
    assert list((tmp_path / "found").glob("*.toml"))
    halves = next(one for one in shown if isinstance(one, list))
    assert [day for day, *_ in halves] == [2.0, 28.0]
    assert {"b_depleted_day", "il6_peak"} == set(next(one for one in shown if isinstance(one, dict)))


def test_no_output_is_stored_with_the_notebook() -> None:
    content = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert content["nbformat"] == 4
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in content["cells"])
    assert NOTEBOOK.stat().st_size < 20_000
