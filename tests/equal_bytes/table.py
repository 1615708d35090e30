"""The table of equal bytes: outputs down, what varies across, and in each cell how it is known."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.equal_bytes.columns import COLUMNS
from tests.equal_bytes.outputs import LONG, ROWS, THREADED
from tests.equal_bytes.ran import recorded, rows_of

PAGE = Path(__file__).with_name("table.md")
BY_WORKFLOW = {
    "Windows": "windows-latest, in .github/workflows/ci.yml",
    "macOS": "macos-latest, in .github/workflows/ci.yml",
}
_HEAD = """\
# Equal bytes

Made by `python -m tests.equal_bytes table`; a test holds it to what is tried, and has no cell empty.

Each output is written again while one thing varies, and has the same bytes: but for the version of Python and of SALib,
the engine and the folder, which some documents say. Tables that people read follow the width and the letters of their
terminal, figures the version of Matplotlib: they are not here. In a cell:

- **gate**: every run of the tests varies this together with all else; the nightly run varies it alone;
- **night**: the nightly run only, since it takes long;
- **one**: what does not depend on it, since one thread makes it;
- **equal**: run where the column says, on its day; nobody runs it again but by
  `python -m tests.equal_bytes beside NAME PYTHON`;
- a number: run so, and not equal: the greatest relative difference of two numbers in it;
- **workflow**: no machine of ours has it; the project's workflow writes the outputs there and compares them.

"""


def cells() -> Mapping[str, Mapping[str, str]]:
    """What each cell says, by column and row."""
    return {
        **{column.name: {row: _varied(column.name, row) for row in ROWS} for column in COLUMNS},
        **{str(entry["name"]): rows_of(entry) for entry in recorded()},
        **{name: dict.fromkeys(ROWS, "workflow") for name in BY_WORKFLOW},
    }


def _varied(column: str, row: str) -> str:
    if column == "threads" and row not in THREADED:
        return "one"
    return "night" if row in LONG else "gate"


def table() -> str:
    """The page."""
    found = cells()
    head = ["output", *found]
    rows = ([row, *(column.get(row, "") for column in found.values())] for row in ROWS)
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, rows)]
    return _HEAD + "\n".join([*lines, "", "| column | what varies |", "|---|---|", *_explained()]) + "\n"


def _explained() -> Iterator[str]:
    yield from (_line([column.name, column.says]) for column in COLUMNS)
    for entry in recorded():
        there, here = entry["there"], entry["here"]
        variables = [f"`{name}={value}`" for name, value in entry["variables"].items()]
        others = [f"{of} {version}, beside {here[of]}" for of, version in there.items() if version != here[of]]
        same = [f"{of} {version}" for of, version in there.items() if version == here[of]]
        told = f"{'; '.join([*variables, *others])}; the same: {', '.join(same)}; {entry['system']}, {entry['day']}"
        yield _line([str(entry["name"]), told])
    yield from (_line([name, says]) for name, says in BY_WORKFLOW.items())


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
