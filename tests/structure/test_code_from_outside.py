"""No text from outside is run: what could run one is called with text of the program's own, or of a copy of it."""

import ast
from collections.abc import Iterator

import pytest

from tests.structure.sources import tree_of, with_words

RUNS = {"eval", "exec", "compile", "__import__"}
UNPACKS = {"loads", "load", "Unpickler"}
UNPACKERS = {"pickle", "marshal", "shelve", "yaml", "dill", "cloudpickle", "joblib"}
STARTS = {"system", "popen", "Popen", "call", "check_call", "check_output", "getoutput", "startfile", "spawnv"}
ASKS = {"socket", "urllib.request", "http.client", "ftplib", "smtplib", "requests", "httpx", "telnetlib", "xmlrpc"}

WORDS = RUNS | UNPACKERS | {module.partition(".")[0] for module in ASKS} | {"subprocess", "os", "allow_pickle", "shell"}
"""Of which one stands wherever one of these is."""

OWN = {
    "physiology/engine/written_out.py": "the engine's own lines, written out by the program",
    "physiology/engine/tape/tape.py": "the engine's own lines, written out by the program",
    "executors/executor.py": "results of copies of this process, from a pipe that nobody else has",
    "rules/judging/side_by_side.py": "results of copies of this process, from a pipe that nobody else has",
    "cluster/executor.py": "calls for workers, who run whatever a client of their scheduler sends",
    "cluster/program.py": "a call of a client of the scheduler, who may run anything there",
    "repository/git.py": "git, without a shell",
}


def runs_text(tree: ast.AST) -> Iterator[int]:
    """The lines that run a text, unpack objects, start a program or could ask a network."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(name)) if name in RUNS:
                yield node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Name(module), attr=name)) if (
                (module in UNPACKERS and name in UNPACKS)
                or (module == "subprocess")
                or (module == "os" and name in STARTS)
            ):
                yield node.lineno
            case ast.Attribute(value=ast.Name("pickle"), attr="loads" | "load"):
                yield node.lineno
            case ast.ImportFrom(module=str(module)) if module in UNPACKERS | ASKS | {"subprocess"}:
                yield node.lineno
            case ast.Import() if {alias.name for alias in node.names} & ASKS:
                yield node.lineno
            case ast.keyword(arg="allow_pickle" | "shell", value=ast.Constant(True)):
                yield node.value.lineno


@pytest.mark.slow
def test_only_text_of_our_own_is_run() -> None:
    found = {source: lines for source in with_words(WORDS) if (lines := list(runs_text(tree_of(source))))}
    assert set(OWN) - set(found) == set(), "an exception that is none any more"
    assert {path: lines for path, lines in found.items() if path not in OWN} == {}


@pytest.mark.parametrize(
    "line",
    [
        "eval(text)",
        "exec(text, scope)",
        "pickle.loads(data)",
        "from pickle import loads",
        "yaml.load(text)",
        "np.load(path, allow_pickle=True)",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
        "import urllib.request",
        "from http.client import HTTPConnection",
        "submit(pickle.loads, call)",
    ],
)
def test_what_runs_text_is_seen(line: str) -> None:
    assert list(runs_text(ast.parse(line)))
    assert not list(runs_text(ast.parse("np.load(path, allow_pickle=False); json.loads(text); re.compile(text)")))
