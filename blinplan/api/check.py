"""Judge regimens."""

from datetime import date
from pathlib import Path

from blinplan.api.load import read_one
from blinplan.rules.judge import Judgement, judge
from blinplan.rules.simulated.virtual import Simulated


def check(source: str | Path, *, patients: int | None = 1000, seed: int = 1, today: date | None = None) -> Judgement:
    """Judge a regimen file, or a shipped regimen, by every rule.

    >>> from blinplan import check
    >>> [finding.code for finding in check("nhl-5", patients=None).findings]
    ['C603', 'C604', 'D202', 'D205']

    Parameters
    ----------
    source
        A file, or the name of a shipped regimen.
    patients
        Virtual patients for the simulated rules; None leaves these rules not evaluated.
    seed
        What the virtual patients are drawn from.
    today
        The date that decides whether a waiver has expired; the present day when not given.
    """
    day = today or date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    return judge(read_one(source), day, None if patients is None else Simulated(patients, seed))
