"""Which verdicts of `check` over the shipped regimens the model decides, and not the regimen alone.

``python -m man.make.verdicts`` counts it under all plausible sets, in some ten minutes of a processor, and writes
`verdicts.toml`, which the manual shows. A test asks for it again when the sets or the parameters are others.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import blinplan
from blinplan.regimen import library
from blinplan.rules.judging.models import OverModels
from blinplan.rules.verdict import Ruling
from blinplan.simulation.models.plausible import parameters_fingerprint, plausible_sets

VERDICTS = Path(__file__).parent / "verdicts.toml"
PATIENTS = 200


def main() -> None:
    """Count, and write what was found."""
    sets = len(plausible_sets().sets)
    found = blinplan.check(*library.paths(), models=sets, patients=PATIENTS, seed=1, isolated=True)
    named = [(str(one.regimen and one.regimen.name), one.over_models) for one in found.judgements]
    VERDICTS.write_text("\n".join(verdict_lines(named, sets)) + "\n", encoding="utf-8")


def verdict_lines(found: Iterable[tuple[str, tuple[OverModels, ...]]], sets: int) -> Iterator[str]:
    """The file: how many verdicts were asked of how many regimens, and those that some set turns."""
    named = list(found)
    yield "# Written by `python -m man.make.verdicts`: do not write this file."
    yield f'parameters = "{parameters_fingerprint()}"'
    yield f"sets = {sets}"
    yield f"patients = {PATIENTS}"
    yield f"regimens = {len(named)}"
    yield f"verdicts = {sum(len(rules) for _, rules in named)}"
    for name, rules in named:
        for one in filter(_is_apart, rules):
            against, undecided = _against(one), one.models - one.finds - one.passes
            yield from ("", "[[verdicts_apart]]", f'regimen = "{name}"', f'rule = "{one.rule}"')
            yield from (f'shipped = "{one.shipped.value}"', f"against = {against}", f"undecided = {undecided}")


def _is_apart(one: OverModels) -> bool:
    """Whether some set says otherwise than the shipped parameters, which say something."""
    return one.differs > 0 and one.shipped in {Ruling.FINDING, Ruling.PASS}


def _against(one: OverModels) -> int:
    """In how many sets the opposite is said; the others may leave it open on so few patients."""
    return one.passes if one.shipped is Ruling.FINDING else one.finds


if __name__ == "__main__":
    main()
