"""All rules, by code."""

from types import MappingProxyType

from blinplan.rules.families import (
    administration,
    cytokines,
    depletion,
    dosing,
    file_format,
    interruptions,
    notation,
    schedule,
    t_cells,
    waiver,
)

CATALOGUE = MappingProxyType(
    {
        rule.code: rule
        for rule in (
            *file_format.RULES,
            *notation.RULES,
            *dosing.RULES,
            *schedule.RULES,
            *depletion.RULES,
            *t_cells.RULES,
            *cytokines.RULES,
            *administration.RULES,
            *interruptions.RULES,
            *waiver.RULES,
        )
    }
)
