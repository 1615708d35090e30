"""The whole library: python -m tests.library [KIND...] makes every mistake in every regimen in every way of writing."""

import sys
from collections import Counter

from tests.library.files import everything, made, what_is_wrong
from tests.library.mistakes import MISTAKES


def main(asked: list[str]) -> int:
    """Judge all files, and say what was not judged as a pharmacist expects, a line a file."""
    files, faults = 0, Counter[str]()
    for kind, base, style in everything():
        if asked and kind not in asked:
            continue
        file = made(kind, base, style)
        if file is None:
            continue
        files += 1
        if wrong := what_is_wrong(kind, base, style, *file):
            faults[kind] += 1
            sys.stdout.write(f"{kind} | {base} | {style} | {wrong}\n")
    sys.stdout.write(f"{files} files of {len(asked or MISTAKES)} kinds, {faults.total()} not as expected\n")
    sys.stdout.writelines(f"{number:6d} {kind}\n" for kind, number in faults.most_common())
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
