"""Write anew all generated text: the outputs in README.md, its pictures, and the JSON Schemas beside the regimens.

Run it with ``python -m tests.refresh``. A test fails when what it would write is not what is there.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from blinplan.regimen.schema import json_schema

ROOT = Path(__file__).parents[1]
_CONSOLE = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)
_PICTURES = {"man/pictures/check.svg": "blinplan check nhl-1.5 rr-adult"}


def generated() -> Mapping[Path, str]:
    """Return every generated file with the text it should have."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return {
        ROOT / "README.md": _CONSOLE.sub(lambda found: _console(found["command"]), readme),
        ROOT / "regimens/regimen.schema.json": json.dumps(json_schema(), indent=2) + "\n",
        **{ROOT / f"regimens/{of}.schema.json": output(f"blinplan schema {of}") for of in ("site", "record")},
        **{ROOT / path: _picture(command) for path, command in _PICTURES.items()},
    }


def _console(command: str) -> str:
    return f"```console\n$ {command}\n{output(command, COLUMNS='90')}```"


def output(command: str, **environment: str) -> str:
    """Run a command of the program in the checkout and return what a terminal would show."""
    plain = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")}
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "-m", *command.split()],
        cwd=ROOT,
        env={**plain, "PYTHONIOENCODING": "utf-8", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def _picture(command: str) -> str:
    shown = Text.assemble(("$ ", "bold"), command, "\n", Text.from_ansi(output(command, COLUMNS="96", FORCE_COLOR="1")))
    console = Console(record=True, width=96, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print(shown)
    svg = console.export_svg(title="blinplan", theme=MONOKAI, unique_id="blinplan")
    # The picture needs nothing from the network: the fonts named for download are left out.
    return re.sub(r"@font-face \{.*?\}\n?", "", svg, flags=re.DOTALL).replace("Fira Code, ", "")


if __name__ == "__main__":
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
