"""What leaves the program leaves it by one way each: files by the writer, everything shown by the terminal; and what
somebody gives comes in by the reader.

So what a later option writes or shows cannot forget what these two see to.
"""

import ast
from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.structure.sources import SOURCES, tree_of, with_words

WRITER, TERMINAL = "files/writing.py", "terminal.py"

WRITING_CALLS = {"write_text", "write_bytes", "touch", "copyfile", "copy2", "mkstemp", "NamedTemporaryFile", "savetxt"}
STREAMS = {"stdout", "stderr", "stdin", "__stdout__", "__stderr__", "__stdin__"}
SHOWING_CALLS = {"print", "input"}

OTHERS_THAT_WRITE = {
    "reports/simulation/stretch.py": "an archive, beside the place that the writer gives",
    TERMINAL: "opens the null device in the place of a stream that is closed",
    "files/kept_values.py": "the cache, which nobody is told of, writes whole files of its own",
}
READER = "files/inputs.py"
READING_CALLS = {"read_text", "read_bytes", "open", "ZipFile"}
OTHERS_THAT_READ = {
    "design/journal.py": "what it has written",
    "evidence/": "its own data, for those who develop it",
    "fingerprint.py": "the program's own files",
    "label/read.py": "the program's own data",
    "limits.py": "the program's own data",
    "physiology/model/parameters.py": "the program's own data",
    "regimen/library.py": "what comes with the program",
    "reports/shared/document.py": "the program's own schemas",
    "files/caches.py": "the cache",
    "rules/simulated/store.py": "what comes with the program",
    "reports/simulation/curve_stretch.py": "archives, which the reader has looked at",
    "reports/simulation/parts.py": "tables that are larger than memory, which the reader has looked at",
    "reports/simulation/stretch.py": "archives, which the reader has looked at",
    "simulation/models/plausible.py": "the program's own data",
    "thresholds/threshold.py": "the program's own data",
    "cli/app/completion.py": "the program's own data",
    TERMINAL: "the null device",
    WRITER: "what it has written itself",
}
DOCUMENTS = "files/json_document.py"
OTHERS_THAT_READ_DOCUMENTS = {
    "design/journal.py": "what it is about to write, as it will be read",
    "evidence/": "its own data, for those who develop it",
    "physiology/engine/machine_code.py": "the seal of the cache, of which anything else is a miss",
    "regimen/toml/place.py": "a text in quotes",
    "reports/shared/document.py": "the program's own schemas",
}
LETTERS = "outside_text.py"
OTHERS_THAT_WRITE_LETTERS = {
    "regimen/toml/place.py": "a text in quotes",
    "regimen/toml/strange.py": "a text in quotes",
}
OTHERS_THAT_USE_STREAMS = {
    "regimen/find.py": "reads a regimen from standard input",
}


def writes(tree: ast.AST) -> Iterator[int]:
    """The lines that write to a file, or open one to be written to."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = called(node)
        modes = [argument.value for argument in arguments(node) if isinstance(argument, ast.Constant)]
        if name in WRITING_CALLS or (name == "open" and any(is_for_writing(mode) for mode in modes)):
            yield node.lineno


def arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in (None, "mode"))]


def is_for_writing(mode: object) -> bool:
    return (
        isinstance(mode, str) and 0 < len(mode) <= 3 and set(mode) <= set("rwxabt+") and bool(set(mode) & set("wxa+"))
    )


def reads(tree: ast.AST) -> Iterator[int]:
    """The lines that open a file to be read."""
    writing = set(writes(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in READING_CALLS and node.lineno not in writing:
            is_ours = isinstance(node.func, ast.Name) and node.func.id != "open"
            if not is_ours:
                yield node.lineno


def uses_streams(tree: ast.AST) -> Iterator[int]:
    """The lines that take a stream of the process, or print, or ask."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name("sys"), attr=name) if name in STREAMS:
                yield node.lineno
            case ast.Call(func=ast.Name(name)) if name in SHOWING_CALLS:
                yield node.lineno
            case ast.ImportFrom(module="sys") if {alias.name for alias in node.names} & STREAMS:
                yield node.lineno


def reads_documents(tree: ast.AST) -> Iterator[int]:
    """The lines that read JSON."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("json"), attr="loads" | "load")):
                yield node.lineno


def writes_letters(tree: ast.AST) -> Iterator[int]:
    """The lines that write JSON with other letters than those of ASCII, in which not every name of a file can be."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in {"dump", "dumps"}:
            yield from (node.lineno for keyword in node.keywords if keyword.arg == "ensure_ascii")


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


FOUND_BY: dict[str, tuple[Callable[[ast.AST], Iterator[int]], Iterable[str]]] = {
    "file": (writes, WRITING_CALLS | {"open"}),
    "input": (reads, READING_CALLS),
    "document": (reads_documents, {"json"}),
    "letters": (writes_letters, {"ensure_ascii"}),
    "stream": (uses_streams, SHOWING_CALLS | {"sys"}),
}
"""What finds the lines of a kind, and the words of which one stands where there is such a line."""


def lines_by_source(kind: str) -> dict[str, list[int]]:
    find, words = FOUND_BY[kind]
    return {source: lines for source in with_words(words) if (lines := list(find(tree_of(source))))}


def way_of(other: str) -> Callable[[str], bool]:
    """Whether a source is an exception: a file, or one below a room."""
    return lambda source: source == other or (other.endswith("/") and source.startswith(other))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "way", "others"),
    [
        ("file", WRITER, OTHERS_THAT_WRITE),
        ("input", READER, OTHERS_THAT_READ),
        ("document", DOCUMENTS, OTHERS_THAT_READ_DOCUMENTS),
        ("letters", LETTERS, OTHERS_THAT_WRITE_LETTERS),
        ("stream", TERMINAL, OTHERS_THAT_USE_STREAMS),
    ],
)
def test_there_is_one_way_out(kind: str, way: str, others: dict[str, str]) -> None:
    assert len(SOURCES) > 150
    found = lines_by_source(kind)
    assert way in found, "the test sees nothing"
    assert all(any(map(way_of(other), found)) for other in others), "an exception that is none any more"
    allowed = [source for source in found if source == way or any(way_of(other)(source) for other in others)]
    assert {source: lines for source, lines in found.items() if source not in allowed} == {}


@pytest.mark.parametrize(
    "line",
    [
        'Path("x").write_text("")',
        'Path("x").open("a")',
        'open("x", "wb")',
        'open("x", mode="r+")',
        "p.open(mode='x')",
    ],
)
def test_what_writes_is_seen(line: str) -> None:
    assert list(writes(ast.parse(line)))
    assert not list(writes(ast.parse('Path("x").open("rb"); Path("x").open(encoding="utf-8"); p.read_text()')))


@pytest.mark.parametrize(
    "line", ['Path("x").open("rb")', "p.read_bytes()", "open('name')", "p.read_text(encoding='u')"]
)
def test_what_reads_is_seen(line: str) -> None:
    assert list(reads(ast.parse(line)))
    assert not list(reads(ast.parse('p.write_text("x"); p.open("w"); read_bytes(data)')))


def test_what_reads_documents_is_seen() -> None:
    assert list(reads_documents(ast.parse("x = json.loads(text)")))
    assert not list(reads_documents(ast.parse("x = json_of(text); json.dumps(x)")))


def test_what_writes_letters_is_seen() -> None:
    assert list(writes_letters(ast.parse("json.dumps(x, ensure_ascii=False)")))
    assert not list(writes_letters(ast.parse("json.dumps(x, indent=1); json_in_letters(x, 1)")))


@pytest.mark.parametrize("line", ["sys.stdout.write(x)", "print(1)", "from sys import stderr", "f(file=sys.stderr)"])
def test_what_shows_is_seen(line: str) -> None:
    assert list(uses_streams(ast.parse(line)))
    assert not list(uses_streams(ast.parse("terminal.report(x); console.print(x)")))


@pytest.mark.slow
def test_pictures_and_parquet_are_written_beside_their_place_or_in_memory() -> None:
    """Libraries write to what they are handed: a buffer, or the path that the writer gives."""
    callers = {"ParquetWriter": "data_table.py", "savefig": "reports/simulation/figures.py"}
    for source in with_words(callers):
        names = {called(node) for node in ast.walk(tree_of(source)) if isinstance(node, ast.Call)} & set(callers)
        assert all(callers[name] == source for name in names), source
