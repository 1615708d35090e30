"""Run the tests of an area once to see which lines each reaches, then those of a line against each of its mutants.

All in one process of pytest: the tests are imported once, and each mutant lives in a copy of the process, in which the
functions of its file get other code. So a mutant costs what its tests cost, and nothing waits for an import.
"""

import ast
import functools
import gc
import os
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.mutants import FUNCTIONS, Mutant, mutated_tree, tree_of
from tests.program import ROOT

SECONDS = 20.0
"""Of processor time for all tests of a mutant, quickest first: what they have not seen by then has survived."""
LONGER = 10
"""So many times as long as usual, and three seconds, may a test take before it counts as one that does not end."""
MEMORY = 3 << 30
NOT_MADE = 70

Key = tuple[str, int, int]


class Fate(IntEnum):
    """What became of a mutant, as the status of its process."""

    KILLED = 0
    SURVIVED = 1
    UNREACHED = 2
    """No test of the area comes by."""
    UNFINISHED = 3
    """It survived the tests that there was time for."""


class Seen(NamedTuple):
    """A mutant with its fate, and the test that saw it or how many did not."""

    mutant: Mutant
    fate: Fate
    tests: int


class Runner:
    """A plugin of pytest that runs tests against mutants in the place of running them once."""

    def __init__(self, files: Sequence[str], mutants: Sequence[Mutant]) -> None:
        import coverage

        self.mutants = mutants
        self.seen: list[Seen] = []
        self._paths = {str(ROOT / file): file for file in files}
        self._coverage = coverage.Coverage(data_file=None, include=list(self._paths), config_file=False)
        self._seconds: dict[str, float] = {}
        self._red: set[str] = set()
        self._lines: dict[str, dict[int, list[str]]] = {}
        self._functions: dict[str, list[FunctionType]] = defaultdict(list)
        self._killers = Counter[str]()
        self._users: dict[str, list[str]] = {}
        self._context = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        """Few examples, always the same, and none made smaller: that one fails is enough."""
        from hypothesis import HealthCheck, Phase, settings

        settings.register_profile(
            "mutants",
            deadline=None,
            max_examples=20,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all once, then the mutants."""
        gc.unfreeze()
        self._run_once(session.items)
        self._find_functions()
        items = {item.nodeid: item for item in session.items if item.nodeid not in self._red}
        kept = _kept_files()
        for number, mutant in enumerate(self.mutants, 1):
            found = self._fate(mutant, items)
            self.seen.append(found)
            _show(number, len(self.mutants), found)
            _remove_new(kept)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, Any, Any]:
        """What several tests share is reached by all of them, and not only by the first, which has it made."""
        if fixturedef.scope == "function" or self._lines:
            return (yield)
        before, context = self._context, f"{len(self._users)} {fixturedef.argname}"
        self._users[context] = [item.nodeid for item in request.session.items if _uses(item, fixturedef, request)]
        self._switch(context)
        try:
            return (yield)
        finally:
            self._switch(before)

    def _switch(self, context: str) -> None:
        self._context = context
        self._coverage.switch_context(context)

    def _run_once(self, items: Sequence[pytest.Item]) -> None:
        ours = _caches(self._paths)
        self._coverage.start()
        for number, item in enumerate(items, 1):
            for cached in ours:
                cached.cache_clear()
            self._switch(item.nodeid)
            begun = _used()
            following = items[number] if number < len(items) else None
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                self._red.add(item.nodeid)
                sys.stderr.write(f"red without any mutant: {item.nodeid}\n")
            self._seconds[item.nodeid] = _used() - begun
        self._coverage.stop()
        data = self._coverage.get_data()
        self._lines = {file: data.contexts_by_lineno(path) for path, file in self._paths.items()}
        sys.stderr.write(f"{len(items)} tests in {sum(self._seconds.values()):.0f} s\n")

    def _find_functions(self) -> None:
        for found in gc.get_objects():
            if isinstance(found, FunctionType) and (file := self._paths.get(found.__code__.co_filename)):
                self._functions[file].append(found)

    def _fate(self, mutant: Mutant, items: dict[str, pytest.Item]) -> Seen:
        chosen = [items[name] for name in self._tests_of(mutant, items) if name in items]
        if not chosen:
            return Seen(mutant, Fate.UNREACHED, 0)
        reader, writer = os.pipe()
        process = os.fork()
        if not process:
            os.close(reader)
            try:
                self._live(mutant, chosen, writer)
            finally:  # whatever happens, nothing of a copy goes on as if it were the run itself
                os._exit(NOT_MADE)
        os.close(writer)
        with os.fdopen(reader, "rb") as told:
            numbers = told.read().split()
        _, ended = os.waitpid(process, 0)
        if not numbers:
            raise SystemError(f"{mutant.file}:{mutant.line} {mutant.name} could not be made")
        number = int(numbers[-1])
        fate = Fate(os.WEXITSTATUS(ended)) if os.WIFEXITED(ended) else Fate.KILLED
        if os.WIFSIGNALED(ended) and os.WTERMSIG(ended) == signal.SIGALRM:
            fate = Fate.UNFINISHED  # by the clock nothing is seen: the machine may have been busy
        if fate is Fate.KILLED:
            self._killers[chosen[number].nodeid] += 1
        return Seen(mutant, fate, number + 1)

    def _tests_of(self, mutant: Mutant, items: dict[str, pytest.Item]) -> list[str]:
        """The tests that come by a mutant's line, first those that have killed others, then by how long they take.

        Of a value those that come by any line of its file, and those whose file takes a value from there.
        """
        lines = self._lines[mutant.file]
        reached = set(lines.get(mutant.line, []))
        if mutant.is_value:
            reached = {name for names in lines.values() for name in names}
            values = _values(mutant.file)
            reached |= {
                one.nodeid
                for one in items.values()
                if isinstance(one, pytest.Function)
                and any(vars(one.module).get(name) is value for name, value in values.items())
            }
        reached = {user for name in reached - {""} for user in self._users.get(name, [name])}
        return sorted(reached, key=lambda name: (-self._killers[name], self._seconds[name], name))

    def _live(self, mutant: Mutant, items: Sequence[pytest.Item], writer: int) -> None:
        """Be the mutant: end with its fate, having told the number of the test that is tried."""
        import resource

        signal.alarm(300)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        self._become(mutant)
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device
            os.dup2(nowhere.fileno(), 2)
        fate = Fate.SURVIVED
        for number, item in enumerate(items):
            os.write(writer, b"%d " % number)
            if _used() > SECONDS:
                fate = Fate.UNFINISHED
                break
            usual = self._seconds[item.nodeid]
            resource.setrlimit(resource.RLIMIT_CPU, (int(_used() + LONGER * usual + 4), resource.RLIM_INFINITY))
            following = items[number + 1] if number + 1 < len(items) else None
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                fate = Fate.KILLED
                break
        os._exit(fate)

    def _become(self, mutant: Mutant) -> None:
        path = str(ROOT / mutant.file)
        mutated_tree(mutant)
        tree = tree_of(mutant.file)
        _name_all(tree, {_key(of.__code__)[:2]: of.__code__.co_freevars for of in self._functions[mutant.file]})
        ast.fix_missing_locations(tree)
        codes = dict(_codes(compile(tree, path, "exec")))
        for function in self._functions[mutant.file]:
            new = codes.get(_key(function.__code__))
            if new is not None and new.co_freevars == function.__code__.co_freevars:
                function.__code__ = new
        if mutant.is_value:
            _set_values(tree, mutant.file)
        for cached in _caches(None):
            cached.cache_clear()


def _uses(item: pytest.Item, fixture: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> bool:
    """Whether a test is given what a fixture makes now, of whatever parameter it is made."""
    if not isinstance(item, pytest.Function):
        return False
    given = item.callspec.params if hasattr(item, "callspec") else {}
    of_its_name = item._fixtureinfo.name2fixturedefs.get(fixture.argname, ())
    return fixture in of_its_name and given.get(fixture.argname) is getattr(request, "param", None)


def _name_all(tree: ast.Module, names: Mapping[tuple[str, int], tuple[str, ...]]) -> None:
    """Let each function name all that it took from around it: code that takes less cannot stand in its place."""
    inner = {(name.rpartition(".")[2], line): taken for (name, line), taken in names.items()}
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            taken = [ast.Expr(ast.Name(name, ast.Load())) for name in inner.get((node.name, first), ())]
            node.body += [ast.If(ast.Constant(False), list[ast.stmt](taken), [])] if taken else []


def _codes(code: CodeType) -> Iterator[tuple[Key, CodeType]]:
    for found in code.co_consts:
        if isinstance(found, CodeType):
            yield _key(found), found
            yield from _codes(found)


def _key(code: CodeType) -> Key:
    """Which function a code is of: lambdas of one line are told apart by where they begin."""
    column = min((place[2] or 0 for place in code.co_positions() if place[0] is not None), default=0)
    return code.co_qualname, code.co_firstlineno, column if code.co_name == "<lambda>" else 0


def _module(file: str) -> ModuleType:
    return sys.modules[file.removesuffix(".py").replace("/", ".")]


def _values(file: str) -> dict[str, Any]:
    """What a module has that is no function, class or module, by its name."""
    return {
        name: value
        for name, value in vars(_module(file)).items()
        if not name.startswith("__") and not callable(value) and not isinstance(value, ModuleType)
    }


def _set_values(tree: ast.Module, file: str) -> None:
    """Give each plain value of a module anew, wherever its name has been imported to; functions go by them at once."""
    space = vars(_module(file))
    before = dict(space)
    body = [node for node in tree.body if not isinstance(node, (*FUNCTIONS, ast.ClassDef))]
    exec(compile(ast.Module(body, []), str(ROOT / file), "exec"), space)  # noqa: S102 - our own code
    space |= {name: value for name, value in before.items() if callable(value)}
    for name, new in list(space.items()):
        if not name.startswith("__") and not callable(new) and new != before.get(name):
            for other in list(sys.modules.values()):
                if getattr(other, "__name__", "").startswith(("blinplan", "tests")) and vars(other).get(
                    name
                ) is before.get(name):
                    setattr(other, name, new)


def _caches(paths: dict[str, str] | None) -> list[Any]:
    """What keeps results of functions of some files, or of the whole package."""
    kind = type(functools.cache(len))
    return [
        found
        for found in gc.get_objects()
        if isinstance(found, kind)
        and (code := getattr(getattr(found, "__wrapped__", None), "__code__", None)) is not None
        and (code.co_filename in paths if paths is not None else "/blinplan/" in code.co_filename)
    ]


def _used() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _kept_files() -> set[Path]:
    return set(Path(os.environ["XDG_CACHE_HOME"]).rglob("*"))


def _remove_new(kept: set[Path]) -> None:
    """No mutant leaves outcomes of its own to those after it."""
    for path in _kept_files() - kept:
        if path.is_file():
            path.unlink()


def _show(number: int, total: int, seen: Seen) -> None:
    if seen.fate is not Fate.KILLED:
        where = f"{seen.mutant.file}:{seen.mutant.line}"
        sys.stderr.write(f"{seen.fate.name.lower()} {where} {seen.mutant.name} [{seen.tests} tests]\n")
    if number % 50 == 0:
        sys.stderr.write(f"{number} of {total}\n")
    sys.stderr.flush()
