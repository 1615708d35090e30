"""Throw inputs at the program, and keep those that it answers as it must not."""

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.hostile.inputs import Input, input_of
from tests.hostile.oracle import answer_to
from tests.plan_text import DATED

CORPUS = Path(__file__).with_name("corpus")
"""Inputs that were answered wrongly once, each a document with its files and arguments; all of them are tried again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An input that was answered wrongly."""

    number: int
    given: Input
    what: tuple[str, ...]


@cache
def ledger() -> str:
    """A sound plan, to be changed."""
    with tempfile.TemporaryDirectory() as folder:
        return answer_to((*DATED, "-f", "json"), Path(folder)).out


def faults_of(given: Input) -> tuple[str, ...]:
    """What is wrong with the answer to an input."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, data in given.files.items():
            (folder / file).write_bytes(data)
        before = {path: path.read_bytes() for path in folder.iterdir()}
        found = list(answer_to(given.arguments, folder).faults())
        if {path: path.read_bytes() for path in before if path.exists()} != before:
            found.append("an input was changed")
        left = sorted(path.name for path in folder.rglob(".blinplan-*"))
        return (*found, *(f"{name} is left" for name in left))


def fuzz(numbers: range) -> Iterator[Fault]:
    """Try the inputs of some numbers; yield those that were answered wrongly."""
    for number in numbers:
        given = input_of(number, ledger())
        what = faults_of(given)
        if what:
            yield Fault(number, given, what)


def keep(fault: Fault) -> None:
    """Keep an input, so that it is tried from now on."""
    CORPUS.mkdir(exist_ok=True)
    document = {
        "what": list(fault.what),
        "arguments": list(fault.given.arguments),
        "files": {name: data.decode("latin-1") for name, data in fault.given.files.items()},
    }
    (CORPUS / f"{fault.number}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="ascii")


def kept() -> dict[str, Input]:
    """The inputs that were kept."""
    found = {}
    for path in sorted(CORPUS.glob("*.json")):
        document = json.loads(path.read_text(encoding="ascii"))
        files = {name: text.encode("latin-1") for name, text in document["files"].items()}
        found[path.stem] = Input(files, tuple(document["arguments"]))
    return found


def main(arguments: list[str]) -> int:
    """Try so many inputs, from a number on; print and keep what was answered wrongly."""
    count, first = (int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0)
    wrong = 0
    for fault in fuzz(range(first, first + count)):
        wrong += 1
        print(fault.number, *fault.what, fault.given.arguments, sep=" | ", flush=True)  # noqa: T201
        keep(fault)
    print(f"{count:,} inputs from {first:,} on: {wrong} answered wrongly")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
