"""All generated text by its path: outputs in pages, pictures, JSON Schemas, manual pages, public names."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from blinplan.label.read import label_named, label_names
from blinplan.label.regimens import labelled_text
from blinplan.regimen.schema import json_schema
from blinplan.reports.shared.document import document_schemas
from man.make import manual
from man.make.endpoints import simulation_schema
from man.make.face import functions_table, names_and_signatures
from man.make.public import PACKAGE, ROOT, package_text

_CONSOLE = re.compile(r"```console\n(?P<session>\$ .*?)```", re.DOTALL)
_COMMAND = re.compile(r"^\$ (?P<command>.*(?:\n>(?: .*)?(?=\n))*)\n", re.MULTILINE)
_CONTINUED = re.compile(r"^> ?", re.MULTILINE)
_FUNCTIONS = re.compile(r"(?<=<!-- python -m man.make writes this table -->\n)(?:\|[^\n]*\n)*")
_PICTURES = {"man/pictures/check.svg": "blinplan check nhl-1.5 rr-adult"}


def pages() -> Iterator[Path]:
    """Return every Markdown page of the tree."""
    yield from sorted(ROOT.glob("*.md"))
    for folder in ("blinplan", "man", "regimens", "tests"):
        yield from sorted((ROOT / folder).rglob("*.md"))


def generated() -> Mapping[Path, str]:
    """Return every generated file with the text it should have."""
    with TemporaryDirectory() as folder:
        return {
            **{path: _page(path, Path(folder) / f"page-{number}") for number, path in enumerate(pages())},
            ROOT / "regimens/regimen.schema.json": json.dumps(json_schema(), indent=2) + "\n",
            **{
                ROOT / f"regimens/{of}.schema.json": output(f"blinplan schema {of}", Path(folder))
                for of in ("site", "record")
            },
            document_schemas()["simulation"]: simulation_schema(),
            PACKAGE: package_text(),
            ROOT / "tests/api/public_names.txt": names_and_signatures(),
            **labelled_regimens(),
            **{ROOT / path: _picture(command, Path(folder)) for path, command in _PICTURES.items()},
            **{ROOT / path: text for path, text in manual.pages().items()},
        }


def labelled_regimens() -> dict[Path, str]:
    """The regimen files that are made from the labels."""
    return {
        ROOT / f"regimens/labelled/{made.name}.toml": labelled_text(label, made)
        for label in map(label_named, label_names())
        for made in label.regimens
    }


def left_over(made: Mapping[Path, str]) -> list[Path]:
    """Manual pages that nothing makes any more, such as one of a command that is gone."""
    return sorted(path for path in ROOT.glob("man/man*/*") if path not in made)


def _page(path: Path, folder: Path) -> str:
    """Write a table of functions, and run the sessions one after the other: what a command writes, the next finds."""
    folder.mkdir()
    text = _FUNCTIONS.sub(lambda _: functions_table(), path.read_text(encoding="utf-8"))
    return _CONSOLE.sub(lambda found: f"```console\n{session(found['session'], folder)}```", text)


def session(written: str, folder: Path) -> str:
    """Run the commands after ``$``; lines after ``>`` continue one, as in a shell."""
    return "".join(
        f"{found[0]}{output(_CONTINUED.sub('', found['command']), folder, COLUMNS='90')}"
        for found in _COMMAND.finditer(written)
    )


def output(command: str, folder: Path, **environment: str) -> str:
    """Run a command of the shell in a folder and return what a terminal would show; ``blinplan`` is this checkout's."""
    plain = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")}
    ours = {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT), "PYTHON": sys.executable}
    done = subprocess.run(  # noqa: S603 - our own commands
        ["/bin/bash", "-c", f'blinplan() {{ "$PYTHON" -m blinplan "$@"; }}; {command}'],
        cwd=folder,
        env={**plain, **ours, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def _picture(command: str, folder: Path) -> str:
    drawn = Text.from_ansi(output(command, folder, COLUMNS="96", FORCE_COLOR="1"))
    console = Console(record=True, width=96, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.assemble(("$ ", "bold"), command, "\n", drawn))
    svg = console.export_svg(title="blinplan", theme=MONOKAI, unique_id="blinplan")
    # The picture needs nothing from the network: the fonts named for download are left out.
    return re.sub(r"@font-face \{.*?\}\n?", "", svg, flags=re.DOTALL).replace("Fira Code, ", "")
