"""Who says what a finding rests on."""

from blinplan.limits import Limits
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.rule import Finding


def citations(finding: Finding, limits: Limits) -> list[str]:
    """The sources of a finding, each once: of the limits that decided it, then of its rule."""
    cited = [limits[name].citation for name in finding.limits]
    return list(dict.fromkeys([*cited, *CATALOGUE[finding.code].sources]))
