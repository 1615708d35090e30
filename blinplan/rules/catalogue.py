"""All rules, by code."""

from types import MappingProxyType

from blinplan.rules import depletion, dosing, file_format, notation, schedule, waiver

CATALOGUE = MappingProxyType(
    {
        rule.code: rule
        for rule in (
            *file_format.RULES,
            *notation.RULES,
            *dosing.RULES,
            *schedule.RULES,
            *depletion.RULES,
            *waiver.RULES,
        )
    }
)
