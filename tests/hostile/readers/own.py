"""Readers of what the program has written for itself, and of the words of a command, as a search calls them."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from blinplan.refusal import Refusal
from tests.hostile.inputs import COMMANDS, Input
from tests.hostile.readers import own_files
from tests.hostile.readers.given import WrongError, folder
from tests.hostile.sound import OWN
from tests.hostile.verdict import faults_of


def is_journal(path: Path) -> bool:
    """What sweeps, searches and sensitivities go on from: as it is, and with its lines sealed as they should be."""
    from blinplan.design.journal import OtherRunError, open_journal
    from blinplan.design.search.kept import KeptSamples
    from blinplan.design.sensitivity.kept import KeptRuns
    from blinplan.design.sweep.kept import KeptCells

    taken = 0
    for data in (path.read_bytes(), own_files.sealed_lines(path.read_bytes())):
        for kept in (KeptCells, KeptSamples, KeptRuns):
            path.write_bytes(data)
            try:
                with open_journal(path, _inputs_of_the_journal(), kept):
                    taken += 1
            except OtherRunError:
                pass
    return taken > 0


@cache
def _inputs_of_the_journal() -> Any:
    return json.loads(own_files.journal().split("\n")[0][17:])["inputs"]


def is_stretch(data: bytes) -> bool:
    return _is_joined("part.npz", own_files.packed(data))


def _is_joined(name: str, data: bytes) -> bool:
    from blinplan.api.simulating.merge import joined_run

    path = folder() / name
    path.write_bytes(data)
    try:
        joined_run(path).write(path.with_name("all.csv"))
    except Refusal:
        return False
    return True


def is_table(data: bytes) -> bool:
    (folder() / "part.csv.json").write_text(own_files.table(".json"), encoding="utf-8")
    return _is_joined("part.csv", data)


def is_description(data: bytes) -> bool:
    (folder() / "part.csv.json").write_bytes(data)
    return _is_joined("part.csv", own_files.table().encode())


def is_cached(data: bytes) -> bool:
    """What the cache keeps, as it is and with the checksum that it should have: it is what it was, or nothing."""
    from blinplan.physiology.engine import machine_code
    from blinplan.rules.simulated import store

    with patch.dict(os.environ, {"XDG_CACHE_HOME": str(folder())}):
        path = store.folder() / "aa" / "aab.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.with_name("aab-1.json")).write_bytes(own_files.sealed(data))
        (folder() / machine_code._SEAL).write_bytes(data)
        machine_code._seal_of(folder())
        store.look_up_first_cycle("aab")
        path.write_bytes(data)
        store.look_up("aab")
        path.write_bytes(own_files.sealed(data))
        return store.look_up("aab") is not None


def is_ignored(path: Path) -> bool:
    """What a repository leaves out: any bytes are lines, and none of them ends a check."""
    from blinplan.rules.configuration.gitignore import GitIgnored

    (path.parent / ".git").mkdir(exist_ok=True)
    found = GitIgnored(path.parent, None).by_what(path.parent, "r.toml", is_folder=False)
    if found is not None and not found.endswith(tuple("0123456789")):
        raise WrongError(f"{found} is no line of it")
    return found is not None


def patterns() -> Iterator[bytes]:
    """What a repository may leave out, in all that such lines may say."""
    return iter((b"# old\n*.toml\n!keep.toml\n/build/\nr?[a-z!^].toml \n\\#x\na/**/b\n**/x\n[[:alpha:]]*\n\\ \n",))


def is_command(data: bytes) -> bool:
    """A command line, a word a line: what it is answered, in a folder with a regimen."""
    words = os.fsdecode(data).replace("\x00", "").split("\n")
    if words[0] not in _QUICK:
        return False
    if wrong := faults_of(Input({"r.toml": OWN.encode()}, tuple(words))):
        raise WrongError(f"{words}: {'; '.join(wrong)}")
    return True


def commands() -> Iterator[bytes]:
    return ("\n".join(COMMANDS[name]).encode() for name in _QUICK)


_QUICK = ("plan", "diff", "rule", "rules", "regimens", "values", "schema", "verify", "model", "due", "new")
"""Commands that simulate nobody."""
