"""The options that name files to write: each is claimed before the command begins."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from blinplan.files.of_a_run import claim, refuse_claimed
from blinplan.refusal import Refusal

WRITTEN = frozenset({"output", "figure", "reports", "write_baseline", "sbml", "nonmem", "file"})
"""The parameters of commands that are files to write."""
_REFRESHED = frozenset({"write_baseline"})
"""Those that may be read too, since the command is to make them again."""
_OVERWRITES = "force"
"""The parameter of commands that write TOML, and ask before they replace it."""


def claim_outputs(given: Mapping[str, Any]) -> None:
    """Claim every file that a command line names to be written.

    Raises
    ------
    Refusal
        When two of them are one, or one is named to be read, whether the command would read it or not;
        or when a file of TOML is there that people write, which no command makes but one that has ``--force``.
    """
    for name in sorted(WRITTEN & given.keys()):
        for text in _texts(given[name]):
            path = _target(name, text)
            if path not in {"", "-"}:  # said to be wrong, or standard output
                claim(Path(path), onto_input=name in _REFRESHED)
    for name in sorted(given.keys() - WRITTEN):
        for text in _texts(given[name]):
            refuse_claimed(Path(text))
    for name in sorted(WRITTEN & given.keys() - _REFRESHED) if _OVERWRITES not in given else ():
        for text in _texts(given[name]):
            _refuse_written_by_people(Path(_target(name, text)))


def _target(name: str, text: str) -> str:
    return text.partition("=")[2] if name == "reports" else text


def _refuse_written_by_people(path: Path) -> None:
    if path.suffix.lower() == ".toml" and path.is_file():
        what = "a regimen, a record, a profile or settings"
        raise Refusal(f"{path} is there already, and TOML is {what}", "write to another file, or remove it first")


def refuse_empty_name(value: Any, option: str) -> None:
    """Refuse a name of a file or folder that is empty, as of a shell's variable that is not set.

    A path would be the current folder, and an option that is empty would be one that is not given.

    Raises
    ------
    Refusal
        When it is.
    """
    if "" in _texts(value):
        raise Refusal(f"{option} is empty", "name a file or folder, or leave it out")


def refuse_name_of_folder(value: Any) -> None:
    """Refuse a file to write whose name ends as that of a folder does: a path would lose that ending.

    Raises
    ------
    Refusal
        When it does.
    """
    for text in _texts(value):
        if text.endswith((os.sep, os.altsep or os.sep)):
            raise Refusal(f"{text.rpartition('=')[2]} is a folder, and one file is written", "name a file in it")


def _texts(value: Any) -> Iterator[str]:
    values = value if isinstance(value, list | tuple) else (value,)
    return (str(one) for one in values if isinstance(one, str | Path))
