"""Walk to plausible sets with several processes, go on where a call before ended, and write them into the package."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from blinplan.evidence.plausible.ranges import declaration, declared_walk, ranges
from blinplan.evidence.plausible.screen import FIRST_SEED, screen
from blinplan.evidence.plausible.walk import Made, next_set, values_of
from blinplan.executors.executor import Executor, InTurn
from blinplan.executors.processes import processes
from blinplan.files.writing import replace_file
from blinplan.simulation.models.plausible import parameters_fingerprint, shipped_sets
from blinplan.version import __version__

Say = Callable[[str], None]
_OTHER_SEEDS = (2, 3)


def state_file() -> Path:
    """Where what was found is kept, where nobody says it."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("blinplan")) / "plausible.jsonl"


def made_sets(count: int, workers: int, state: Path | None, say: Say = lambda _: None) -> list[Made]:
    """Walk to so many sets, from what is kept of a call before: the first of every walk, then the second ones."""
    law = declared_walk()
    known = _Known(state, [] if state is None else _read(state))
    with _running(workers) as pool:
        waiting: set[Future[Made]] = set()
        for walk in range(min(law.walks, count)):
            waiting |= _request(pool, known, walk, count)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                made = future.result()
                known.add(made)
                say(f"{len(known.sets)} sets; walk {made.walk}, set {made.number}: {made.tried} tried")
                waiting |= _request(pool, known, made.walk, count)
    order = sorted(known.sets, key=lambda made: (made.number, made.walk))
    return order[:count]


def _request(pool: Executor, known: _Known, walk: int, count: int) -> set[Future[Made]]:
    """Ask for the next set of a walk, where it is wanted."""
    last = known.last(walk)
    number = 0 if last is None else last.number + 1
    wanted = number * declared_walk().walks + walk < count
    return {pool.submit(next_set, walk, last)} if wanted else set()


@contextmanager
def _running(workers: int) -> Iterator[Executor]:
    if workers == 1:
        yield InTurn()
        return
    with processes(workers) as pool:
        yield pool


class _Known:
    """What was found, here and on disk."""

    def __init__(self, state: Path | None, sets: list[Made]) -> None:
        self.state, self.sets = state, sets

    def last(self, walk: int) -> Made | None:
        """The last set of a walk."""
        return max((made for made in self.sets if made.walk == walk), key=lambda made: made.number, default=None)

    def add(self, made: Made) -> None:
        """Keep a set."""
        self.sets.append(made)
        if self.state is not None:
            self.state.parent.mkdir(parents=True, exist_ok=True)
            lines = (_made_for(), *(one._asdict() for one in self.sets))
            replace_file(self.state, "".join(json.dumps(line) + "\n" for line in lines))


def _made_for() -> dict[str, object]:
    """What sets follow from, so that those of other parameters are not taken up."""
    return {"made_for": parameters_fingerprint(), "declared": declaration()}


class OtherStateError(ValueError):
    """What was found before was found for other parameters or with other settings."""


def _read(state: Path) -> list[Made]:
    """What a call before found; a line that it did not finish is left out.

    Raises
    ------
    OtherStateError
        When it was found for other parameters, or with other settings.
    """
    if not state.exists():
        return []
    head, *lines = state.read_text(encoding="utf-8").splitlines()
    if json.loads(head) != json.loads(json.dumps(_made_for())):
        raise OtherStateError(f"{state} is of other parameters or settings: remove it, or give another --state")
    return list(_whole(lines))


def _whole(lines: Sequence[str]) -> Iterator[Made]:
    for line in lines:
        try:
            made: dict[str, Any] = json.loads(line)
        except ValueError:
            return
        yield Made(**{**made, "values": tuple(made["values"])})


def summary(found: Sequence[Made]) -> str:
    """How many tries were accepted, and how long it took."""
    return "".join(f"{name} = {value!r}\n" for name, value in _counts(found).items())


def _counts(found: Sequence[Made]) -> dict[str, float]:
    tried, screened, asked = (sum(getattr(made, name) for made in found) for name in ("tried", "screened", "asked"))
    return {
        "sets": len(found),
        "tried": tried,
        "kept_on_few_patients": screened,
        "asked_on_all_patients": asked,
        "acceptance_on_few_patients": round(screened / tried, 4),
        "acceptance_on_all_patients": round(len(found) / asked, 4),
        "processor_seconds": round(sum(made.seconds for made in found), 1),
    }


def others(found: Sequence[Made], workers: int, say: Say = lambda _: None) -> dict[str, int]:
    """How many sets keep, on the patients of other seeds, all that the shipped parameters keep on them."""
    held = {"asked_at_other_seeds": len(found)}
    with _running(workers) as pool:
        for seed in _OTHER_SEEDS:
            kept = [pool.submit(keeps, made.values, declared_walk().patients, seed) for made in found]
            held[f"hold_at_seed_{seed}"] = sum(one.result() for one in kept)
            say(f"seed {seed}: {held[f'hold_at_seed_{seed}']} of {len(found)} hold")
    return held


def verify(workers: int) -> list[bool]:
    """Whether each of the sets that are shipped keeps all."""
    with _running(workers) as pool:
        sets = ([values[line.of] for line in ranges()] for values in shipped_sets().sets)
        kept = [pool.submit(keeps, values, declared_walk().patients, FIRST_SEED) for values in sets]
        return [one.result() for one in kept]


def keeps(values: Sequence[float], patients: int, seed: int) -> bool:
    """Whether a set keeps all that the shipped parameters keep on so many patients of a seed."""
    return screen(patients, seed).keeps(values_of(values))


def write(found: Sequence[Made], held: dict[str, int]) -> None:
    """Put sets into the package, with how they were made."""
    folder = Path(str(resources.files("blinplan.simulation.models")))
    text = sets_text(made.values for made in found)
    replace_file(folder / "sets.csv", text)
    law = declared_walk()
    made = {
        "made_for": parameters_fingerprint(),
        "sets_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "blinplan": __version__,
        **law._asdict(),
        **_counts(found),
        **held,
    }
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in made.items())
    head = "# How sets.csv was made, by `python -m blinplan.evidence.plausible --write`: do not write this file.\n"
    replace_file(folder / "made.toml", head + "".join(lines))


def sets_text(sets: Iterable[Sequence[float]]) -> str:
    """Sets as CSV: a column a parameter, a row a set."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([str(line.of) for line in ranges()])
    rows.writerows([repr(value) for value in values] for values in sets)
    return text.getvalue()


def again(count: int, workers: int) -> str:
    """Make the first sets anew, and say where they are not those that are shipped; empty where they are."""
    shipped = shipped_sets().sets[:count]
    found = [dict(values_of(made.values)) for made in made_sets(count, workers, None)]
    pairs = enumerate(zip(found, shipped, strict=True))
    return "".join(f"set {number} is not the one that is shipped\n" for number, (a, b) in pairs if a != dict(b))
