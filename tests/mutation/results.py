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
    scores = _scores()
    share = score(seen)
    scores[room] = {
        "date": datetime.now(UTC).date().isoformat(),
        "seed": seed,
        "mutants": total,
        "tried": len(seen),
        "equivalent": len(seen) - share.total,
        "killed": share.count,
        "survived": [
            listed(one)
            for one in seen
            if one.fate is not Fate.KILLED and one.mutant.name not in explained(one.mutant.file)
        ],
    }
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
