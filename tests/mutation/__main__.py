"""Which small faults the tests of an area do not see.

python -m tests.mutation ROOM [--sample N] [--seed S] [--file PART] [--write]
"""

import argparse
import os
import sys
from tempfile import TemporaryDirectory

import pytest

from tests.mutation.mutants import drawn
from tests.mutation.results import is_new, kept_survivors, told, write_again, write_result
from tests.mutation.rooms import ROOMS
from tests.mutation.running import Runner


def main(arguments: list[str]) -> int:
    """Try mutants; the status is 1 where one survives that is neither explained nor listed."""
    asked = _read(arguments)
    room = ROOMS[asked.room]
    mutants = [mutant for mutant in room.mutants if asked.file in f"{mutant.file}: {mutant.name}"]
    if asked.again:
        mutants = [mutant for mutant in mutants if f"{mutant.file}: {mutant.name}" in kept_survivors(asked.room)]
    total = len(mutants)
    if asked.sample:
        mutants = drawn(mutants, asked.sample, asked.seed)
    runner = Runner(room.files, mutants)
    with TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        chosen = asked.tests or list(room.tests)
        options = [
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-m",
            room.marked if asked.marked is None else asked.marked,
            "--hypothesis-profile=mutants",
        ]
        pytest.main([*options, *chosen], plugins=[runner])
    sys.stdout.write(told(asked.room, runner.seen, total) + "\n")
    if asked.write and asked.again:
        write_again(asked.room, runner.seen)
    elif asked.write:
        write_result(asked.room, runner.seen, total, asked.seed)
    new = [seen.mutant for seen in runner.seen if is_new(asked.room, seen)]
    sys.stdout.writelines(f"new: {mutant.file}:{mutant.line} {mutant.name}\n" for mutant in new)
    return int(bool(new))


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--sample", type=int, default=0, help="so many mutants instead of all")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--file", default="", help="only mutants whose file or name has this in it")
    parser.add_argument("--again", action="store_true", help="only those that are listed as survivors")
    parser.add_argument("--tests", nargs="*", help="these tests instead of those of the area")
    parser.add_argument("-m", dest="marked", help="other marks of the tests than the room has")
    parser.add_argument("--write", action="store_true", help="keep the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
