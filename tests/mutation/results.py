"""What was found, and which survivors change nothing: as data beside the command."""

import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from blinplan.proportion import Proportion
from tests.mutation.running import Fate, Seen

SCORES = Path(__file__).parent / "scores.toml"
EQUIVALENT = Path(__file__).parent / "equivalent.toml"


@cache
def all_explained() -> dict[str, dict[str, str]]:
    """For each file the mutants that change nothing, each with the reason."""
    found: dict[str, dict[str, str]] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return found


def explained(file: str) -> dict[str, str]:
    """The mutants of a file that change nothing, each with the reason."""
    return all_explained().get(file, {})


def kept_survivors(room: str) -> frozenset[str]:
    """The mutants of a room that are known to survive though they change something."""
    return frozenset(_scores().get(room, {}).get("survived", ()))


def is_new(room: str, seen: Seen) -> bool:
    """Whether a mutant has survived that nobody has explained or listed."""
    survived = seen.fate is not Fate.KILLED and seen.mutant.name not in explained(seen.mutant.file)
    return survived and listed(seen) not in kept_survivors(room)


def listed(seen: Seen) -> str:
    """How a survivor is listed."""
    return f"{seen.mutant.file}: {seen.mutant.name}"


def score(seen: Sequence[Seen]) -> Proportion:
    """The share that was killed, of those that change something."""
    counted = [one for one in seen if one.mutant.name not in explained(one.mutant.file)]
    return Proportion(sum(one.fate is Fate.KILLED for one in counted), len(counted))


def told(room: str, seen: Sequence[Seen], total: int) -> str:
    """A sentence of the score."""
    share = score(seen)
    low, high = (100 * end for end in share.interval)
    interval = f" ({low:.1f} to {high:.1f} %)" if len(seen) < total else ""
    return (
        f"{room}: {share.count} of {share.total} killed, {100 * share.value:.1f} %{interval};"
        f" {len(seen)} of {total} tried, {len(seen) - share.total} of them change nothing"
    )


def write_result(room: str, seen: Sequence[Seen], total: int, seed: int) -> None:
    """Keep the score of a room, with the survivors that nothing explains."""
    share = score(seen)
    _write(room, seed, total, len(seen), len(seen) - share.total, share.count, _survivors(seen))


def write_again(room: str, seen: Sequence[Seen]) -> None:
    """Keep what became of the survivors of a room that were tried again."""
    before, share = _scores()[room], score(seen)
    explained_now = before["equivalent"] + len(seen) - share.total
    killed = before["killed"] + share.count
    _write(room, before["seed"], before["mutants"], before["tried"], explained_now, killed, _survivors(seen))


def _survivors(seen: Sequence[Seen]) -> list[str]:
    left = [one for one in seen if one.mutant.name not in explained(one.mutant.file)]
    return sorted(listed(one) for one in left if one.fate is not Fate.KILLED)


def _write(room: str, seed: int, mutants: int, tried: int, equivalent: int, killed: int, survived: list[str]) -> None:
    numbers = {"seed": seed, "mutants": mutants, "tried": tried, "equivalent": equivalent, "killed": killed}
    scores = _scores() | {room: {"date": datetime.now(UTC).date().isoformat(), **numbers, "survived": survived}}
    SCORES.write_text("\n".join(_table(name, scores[name]) for name in sorted(scores)), encoding="utf-8")


def _scores() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = tomllib.loads(SCORES.read_text(encoding="utf-8")) if SCORES.exists() else {}
    return found


def _table(name: str, values: dict[str, Any]) -> str:
    lines = [f"[{name}]"]
    for key, value in values.items():
        if isinstance(value, list):
            lines += [f"{key} = [", *(f"  {_quoted(item)}," for item in value), "]"]
        else:
            lines.append(f"{key} = {_quoted(value)}")
    return "\n".join(lines) + "\n"


def _quoted(value: Any) -> str:
    if not isinstance(value, str):
        return str(value)
    return f"'{value}'" if "'" not in value else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
