"""Make the plausible parameter sets that are shipped.

`--sets N` walks to N sets, with as many processes as `--workers` says; they are the same however many. What was found
is kept in `--state` after each set, from where the next call goes on. `--write` puts them into the package, with how
they were made, and how many of the first `--others` hold on the patients of other seeds. `--again K` makes the first K
anew and compares; `--verify` asks of each that is shipped whether it holds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from blinplan.evidence.plausible.making import again, made_sets, others, state_file, summary, verify, write
from blinplan.executors.executor import workers
from blinplan.terminal import terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Walk, and say or write what came of it."""
    parser = argparse.ArgumentParser(prog="python -m blinplan.evidence.plausible", description=__doc__)
    parser.add_argument("--sets", type=int, default=200)
    parser.add_argument("--workers", type=int, default=workers())
    parser.add_argument("--state", type=Path, metavar="FILE", default=None, help="what was found so far")
    parser.add_argument("--write", action="store_true", help="put the sets into the package")
    parser.add_argument("--others", type=int, default=40, metavar="N", help="how many are asked at other seeds")
    parser.add_argument("--again", type=int, metavar="K", help="make the first K anew and compare them")
    parser.add_argument("--verify", action="store_true", help="ask of each set that is shipped whether it holds")
    given = parser.parse_args(arguments)
    if given.again is not None:
        different = again(given.again, given.workers)
        terminal().write(different or f"the first {given.again} sets are made again as they are shipped\n")
        return 1 if different else 0
    if given.verify:
        kept = verify(given.workers)
        terminal().write(f"{sum(kept)} of {len(kept)} shipped sets hold\n")
        return 0 if all(kept) else 1
    found = made_sets(given.sets, given.workers, given.state or state_file(), _say)
    terminal().write(summary(found))
    if given.write:
        write(found, others(found[: given.others], given.workers, _say))
    return 0


def _say(text: str) -> None:
    terminal().say(text)


if __name__ == "__main__":
    sys.exit(main())
