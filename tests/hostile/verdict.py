"""What is wrong with the answer to an input."""

import json
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from tests.hostile.formats.places import astray, misformed, misplaced
from tests.hostile.formats.sarif import sarif_faults
from tests.hostile.inputs import Input
from tests.hostile.oracle import Answer, answer_to

_GOES_ON = ".cells"
"""What a run reads to go on in it."""
_PUT_RIGHT = frozenset({"--fix", "--add-waiver"})
"""The options that ask for a file to be changed: whoever draws words at random comes upon them."""


def faults_of(given: Input) -> tuple[str, ...]:
    """What is wrong with the answer to an input."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, data in given.files.items():
            (folder / file).write_bytes(data)
        before = {path: path.read_bytes() for path in folder.iterdir() if path.suffix != _GOES_ON}
        answer = answer_to(given.arguments, folder)
        found = [*answer.faults(), *_of_places(given, answer)]
        after = {path: path.read_bytes() for path in before if path.exists()}
        if after != before and not (_PUT_RIGHT & set(given.arguments) and _are_put_right(before, after)):
            found.append("an input was changed")
        left = sorted(path.name for path in folder.rglob(".blinplan-*"))
        return (*found, *(f"{name} is left" for name in left))


def _are_put_right(before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> bool:
    """Whether all is there, and what is another file than before can be read as what it was."""
    changed = [path for path, held in after.items() if held != before[path]]
    try:
        return after.keys() == before.keys() and all(tomllib.loads(after[path].decode()) for path in changed)
    except ValueError:
        return False


def _of_places(given: Input, answer: Answer) -> Iterator[str]:
    """What is wrong with a format, and with the places that are told."""
    yield from misplaced(answer.out + answer.err, given.files)
    form = _after("-f", given.arguments) if not {"--help", "-h"} & set(given.arguments) else ""
    wrong = list(misformed(form, answer.out))
    yield from wrong
    if given.arguments[0] != "check" or not answer.out or wrong:
        return
    if form == "json":
        yield from astray(json.loads(answer.out), given.files)
    elif form == "sarif":
        yield from sarif_faults(json.loads(answer.out), given.files)


def _after(option: str, arguments: tuple[str, ...]) -> str:
    """What a command line says last for an option."""
    return next((word for name, word in reversed(list(pairwise(arguments))) if name == option), "")
