"""Everything generated is as the program writes it today, and every example that is printed holds."""

import doctest
import pkgutil
import re
import shlex
import sys
from importlib import import_module
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
import tomli

import blinplan.api
from blinplan.cli.app.program import run
from blinplan.fingerprint import model_name
from blinplan.regimen import library
from blinplan.regimen.reading import read
from blinplan.rules.configuration.configurations import nearest
from blinplan.simulation.models.plausible import parameters_fingerprint, plausible_sets
from man.make.generated import generated, left_over, output, pages, session
from man.make.public import PACKAGE, ROOT, names_in
from man.make.verdicts import VERDICTS
from tests.read_text import problems_of

_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture
def commands_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's commands are run inside this process, but where a shell takes the output."""

    def output_inside(command: str, folder: Path, **environment: str) -> str:
        words = shlex.split(command.replace("\\\n", ""))
        if words[0] != "blinplan" or not {"|", ">"}.isdisjoint(words):
            return output(command, folder, **environment)
        shown = BytesIO()
        with pytest.MonkeyPatch.context() as patch:
            for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS"):
                patch.delenv(name, raising=False)
            for name, value in environment.items():
                patch.setenv(name, value)
            stream = TextIOWrapper(shown, encoding="utf-8", newline="\n", write_through=True)
            patch.setattr(sys, "stdout", stream)
            patch.setattr(sys, "stderr", stream)
            patch.setattr(sys, "argv", words)
            patch.chdir(folder)
            nearest.cache_clear()
            with pytest.raises(SystemExit):
                run()
            return shown.getvalue().decode()

    monkeypatch.setattr("man.make.generated.output", output_inside)


@pytest.mark.slow
@pytest.mark.usefixtures("commands_inside")
def test_generated_files_are_up_to_date() -> None:
    made = generated()
    stale = [
        path.relative_to(ROOT).as_posix()
        for path, text in made.items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]
    assert not stale, "\n".join(["write them anew with: python -m man.make", *stale])
    assert not left_over(made), "nothing makes these any more; python -m man.make removes them"


def test_verdicts_under_plausible_models_are_counted_under_the_sets_that_are_shipped() -> None:
    counted = tomli.loads(VERDICTS.read_text(encoding="utf-8"))
    assert (counted["parameters"], counted["sets"]) == (parameters_fingerprint(), len(plausible_sets().sets))
    assert counted["regimens"] == len(library.paths())
    assert {one["regimen"] for one in counted["verdicts_apart"]} <= set(library.paths())


def test_a_session_goes_on_where_its_last_command_left_off(tmp_path: Path) -> None:
    written = "$ cat > x.txt <<'END'\n> one\n>\n> two\n> END\nstale\n$ grep -c o \\\n> x.txt\n$ blinplan --version\n"
    expected = written.replace("stale\n", "").replace("> x.txt\n", "> x.txt\n2\n")
    assert session(written, tmp_path) == f"{expected}blinplan {blinplan.__version__} (model {model_name()})\n"


@pytest.mark.slow
def test_the_python_examples_hold() -> None:
    names = [module.name for module in pkgutil.walk_packages(blinplan.api.__path__, "blinplan.api.")]
    found = [doctest.testmod(import_module(name)) for name in names]
    assert sum(result.attempted for result in found) > 3
    assert sum(result.failed for result in found) == 0


@pytest.mark.slow
def test_the_examples_of_the_pages_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in pages():
        examples = "\n".join(_PYTHON.findall(path.read_text(encoding="utf-8")))
        test = doctest.DocTestParser().get_doctest(examples, {}, str(path.relative_to(ROOT)), str(path), 0)
        assert test.examples or path.name != "python.md"
        assert doctest.DocTestRunner().run(test).failed == 0, path
        assert list(tmp_path.iterdir()) == [], f"{path} left something where it was run"


def test_a_public_name_is_said_by_one_module_and_listed() -> None:
    texts = (path.read_text(encoding="utf-8") for path in PACKAGE.parent.rglob("*.py"))
    said = [name for text in texts for name in names_in(text)]
    assert sorted((*said, "__version__")) == sorted(blinplan.__all__), "write the list anew with: python -m man.make"


def test_the_page_tells_of_every_function() -> None:
    page = (ROOT / "man/python.md").read_text(encoding="utf-8")
    functions = [name for name in blinplan.__all__ if name[0].islower()]
    assert len(functions) > 5
    assert [name for name in functions if f"`{name}(" not in page] == []


_TOML = re.compile(r"```toml\n((?:#:schema [^\n]*\n)?(?:format|record|site) = .*?)```", re.DOTALL)
_PAGES = [
    (path, number) for path in pages() for number, _ in enumerate(_TOML.findall(path.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize(("path", "number"), _PAGES, ids=str)
def test_every_file_that_is_shown_can_be_read(path: Path, number: int) -> None:
    text = _TOML.findall(path.read_text(encoding="utf-8"))[number]
    assert problems_of(read(text.encode(), f"{path.name} {number}")) == ()


def test_files_are_shown() -> None:
    assert len(_PAGES) >= 3
