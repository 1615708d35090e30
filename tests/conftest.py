"""What holds for all tests, and the program run inside this process."""

import gc
import re
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import settings

from blinplan.cli.app.program import run
from blinplan.physiology.engine import choose
from blinplan.rules.configuration.configurations import nearest
from tests import public_files
from tests.collection.compiled import compile_beside_tests, wait_for_machine_code, with_others_last
from tests.collection.grid import some_of_each
from tests.collection.lacking import skip_what_a_test_lacks
from tests.collection.no_simulation import without_simulation
from tests.collection.reported import phases_are_asked, worth_telling
from tests.collection.shares import import_share, is_of_another
from tests.program import Ran, Run
from tests.promises.held import COLLECTED, held_by

if TYPE_CHECKING:
    from tests.browser import Browser

# How long an example takes says nothing about whether it is right, and a busy machine is slow.
# What changes what such a test asks is tried with more examples: pytest --hypothesis-profile=many.
settings.register_profile("blinplan", deadline=None, max_examples=16)
settings.register_profile("many", deadline=None, max_examples=1000)
settings.load_profile("blinplan")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="try whole grids, of which otherwise each pair is tried")
    parser.addoption("--few", metavar="N", type=int, help="try so many cases of each test and no more")
    parser.addoption("--share", metavar="K/N", help="collect the K-th of N shares of the test files")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the engine where so many tests are run that it is worth it, and look for garbage less often.

    What a test leaves is little beside what Python looks through for it: a fifth of the time of all tests, and still a
    twentieth where it looks at each hundred thousand new objects; at each million a process takes a tenth more memory.
    Nor are the reports garbage, which the process keeps that workers report to.
    """
    compile_beside_tests(config)
    gc.set_threshold(1_000_000)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the files of other shares to other processes."""
    told = config.getoption("--share")
    return True if told and is_of_another(collection_path, told) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note what all tests hold, and leave out what only the nightly run tries."""
    config.stash[COLLECTED] = held_by(items)
    if not config.getoption("--nightly"):
        leave_out(config, items, {item for item in items if item.get_closest_marker("nightly")})
    if most := config.getoption("--few"):
        leave_out(config, items, set(items) - set(some_of_each(items, most)))
    items[:] = with_others_last(config, items)


def leave_out(config: pytest.Config, items: list[pytest.Item], others: set[pytest.Item]) -> None:
    """Try all but some, which are counted."""
    config.hook.pytest_deselected(items=[item for item in items if item in others])
    items[:] = [item for item in items if item not in others]


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Refuse to simulate while tests are collected, and let each worker begin with a share of them.

    Nothing of what is collected is garbage, and looking for some among it takes a third of the time.
    """
    gc.disable()
    try:
        with without_simulation():
            if hasattr(session.config, "workerinput"):
                import_share(session.config.workerinput, session.config.args)
            return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over ten thousand tests, which stay until the end."""
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure() -> None:
    """Look through what tests have left once: pytest does it twice, and Python a third time when it ends."""
    gc.collect()
    gc.freeze()


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Let a worker say no more of a test than somebody reads."""
    if not hasattr(item.config, "workerinput") or phases_are_asked(item.config):
        return None
    for report in worth_telling(runtestprotocol(item, log=False, nextitem=nextitem)):
        item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold tests that need something from outside to their marker, whether it is there or not."""
    wait_for_machine_code(item)
    public_files.expect(item.get_closest_marker("outside") is not None)
    count_patients_anew()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Skip what asks for something that Windows has not."""
    count_patients_anew()
    try:
        return (yield)
    except (AttributeError, ImportError) as fault:
        skip_what_a_test_lacks(fault)
        raise


def count_patients_anew() -> None:
    """Let a test count its patients from none, as a run does: none compiles because of those before it."""
    choose._without_code.patients = choose._without_code.expected = 0


_FOLDERS = count()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the test's own, as pytest's, which reads the names of all others to find one that is free."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    return tmp_path_factory.mktemp(f"{name}{next(_FOLDERS)}", numbered=False)


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program inside this process, in a folder of its own; quicker, and no terminal either."""

    def run_inside(*arguments: str, **environment: str) -> Ran:
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "BLINPLAN_DEBUG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["blinplan", *arguments])
        capsys.readouterr()
        nearest.cache_clear()
        with pytest.raises(SystemExit) as ended:
            run()
        written = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0 if code is None else 1, written.out, written.err)

    monkeypatch.chdir(tmp_path)
    return run_inside


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Browser"]:
    """A browser that starts with the first test that asks for it, and ends with the last of all tests."""
    from tests.browser import running_browser

    with running_browser(tmp_path_factory.getbasetemp()) as running:
        yield running


@pytest.fixture
def words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports without curves: drawing them is most of the work, and tests/cli/test_report.py asks what they show."""
    empty = b'<svg viewBox="0 0 1 1"></svg>'
    monkeypatch.setattr("blinplan.reports.summary_page.curves.figure", lambda *_, **__: empty)
