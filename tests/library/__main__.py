"""The whole library: python -m tests.library [KIND...] makes every mistake in every regimen in every way of writing."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.library.files import everything, made, what_is_wrong
from tests.library.folders import FOLDER_MISTAKES, PAIRS, what_is_wrong_in_folder
from tests.library.mistakes import MISTAKES
from tests.library.records import RECORD_MISTAKES, what_is_wrong_in_record
from tests.library.styles import STYLES


def main(asked: list[str]) -> int:
    """Judge all files and folders, and say what was not judged as a pharmacist expects, a line each."""
    number, faults = 0, Counter[str]()
    for kind, what, wrong in (*_of_files(asked), *_of_folders(asked), *_of_records(asked)):
        number += 1
        if wrong:
            faults[kind] += 1
            sys.stdout.write(f"{kind} | {what} | {wrong}\n")
    kinds = len(asked) or len(MISTAKES) + len(FOLDER_MISTAKES) + len(RECORD_MISTAKES)
    sys.stdout.write(f"{number} files and folders of {kinds} kinds, {faults.total()} not as expected\n")
    sys.stdout.writelines(f"{count:6d} {kind}\n" for kind, count in faults.most_common())
    return int(bool(faults))


def _of_files(asked: list[str]) -> Iterator[tuple[str, str, str]]:
    for kind, base, style in everything():
        if (kind in asked or not asked) and (file := made(kind, base, style)):
            yield kind, f"{base} | {style}", what_is_wrong(kind, base, style, *file)


def _of_folders(asked: list[str]) -> Iterator[tuple[str, str, str]]:
    with TemporaryDirectory() as folder:
        for kind in FOLDER_MISTAKES:
            for pair in PAIRS if kind in asked or not asked else ():
                for style in STYLES:
                    wrong = what_is_wrong_in_folder(kind, pair, style, Path(folder))
                    yield kind, f"{' and '.join(pair)} | {style}", wrong


def _of_records(asked: list[str]) -> Iterator[tuple[str, str, str]]:
    for kind, mistake in RECORD_MISTAKES.items():
        for style in STYLES if kind in asked or not asked else ():
            yield kind, f"{mistake.record} | {style}", what_is_wrong_in_record(kind, style)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
