"""Files of a run that are judged among each other, without a folder that holds them."""

from collections.abc import Collection, Mapping
from pathlib import Path

from blinplan.regimen.reading import Content, read
from blinplan.rules.configuration.settings import DEFAULTS, Pattern
from blinplan.rules.families.across_files.neighbours import AmongOthers, Neighbours, neighbours_of
from blinplan.rules.judge import judge
from tests.regimen_text import TODAY, cycle, regimen_text, verdict_of
from tests.rules.families.examples import words_of

RR = 'indication = "relapsed-refractory"\n'


def file(name: str, limits: str = "min_weight_kg = 45", other: str = "", head: str = RR) -> str:
    """A regimen of a name, for whom its limits say, which may name another for the others."""
    doses = cycle("15 mcg/m2/day for 28 days") if "below_weight" in limits else cycle()
    leads = f'\notherwise = "{other}"' if other else ""
    return regimen_text(f'name = "{name}"\n{head}\n[eligibility]\n{limits}{leads}\n\n{doses}')


def neighbours(
    files: Mapping[str, str],
    libraries: Mapping[str, Path] | None = None,
    unjudged: Collection[str] = (),
    crowded: Collection[Path] = (),
) -> Neighbours:
    """What files are to each other, by the names of their files."""
    among = (
        AmongOthers(Content.of(read(text.encode(), name)), "us-2025", (libraries or {}).get(name), name not in unjudged)
        for name, text in files.items()
    )
    return neighbours_of(among, crowded)


def told(code: str, files: Mapping[str, str], at: str = "a.toml", among: Neighbours | None = None) -> list[str]:
    """All that a rule says of one of some files."""
    settings = DEFAULTS._replace(select=(Pattern(code),))
    together = neighbours(files) if among is None else among
    judgement = judge(read(files[at].encode(), at), TODAY, None, settings, None, None, together)
    return list(words_of(verdict_of(judgement, code)))
