"""Throw inputs at the program, and keep those that it answers as it must not."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.inputs import KINDS, Input, input_of
from tests.hostile.oracle import limited
from tests.hostile.readers.targets import READERS
from tests.hostile.verdict import faults_of

CORPUS = Path(__file__).with_name("corpus")
"""Inputs that were answered wrongly once, each a document with its files and arguments; all of them are tried again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An input that was answered wrongly."""

    number: int
    given: Input
    what: tuple[str, ...]


def fuzz(numbers: range) -> Iterator[Fault]:
    """Try the inputs of some numbers; yield those that were answered wrongly."""
    for number in numbers:
        given = input_of(number)
        what = faults_of(given) if _is_for_all(number) else _faults_of_reading(number, given)
        if what:
            yield Fault(number, given, what)


_ALL = 8
"""Of so many inputs one is given to the whole program, the others to the reader of their kind: it takes a tenth."""


def _is_for_all(number: int) -> bool:
    kind = list(KINDS)[number % len(KINDS)]
    return kind not in READERS or (bool(KINDS[kind][1]) and number // len(KINDS) % _ALL == 0)


def _faults_of_reading(number: int, given: Input) -> tuple[str, ...]:
    kind = list(KINDS)[number % len(KINDS)]
    try:
        with limited():
            READERS[kind](given.files[KINDS[kind][0]])
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return (f"{type(error).__name__}: {error}"[:300],)
    return ()


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
