"""What whoever asks for a check says about the rules; it goes before what a configuration says."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from blinplan.refusal import Refusal
from blinplan.rules.configuration.patterns import in_order, pattern_fault, severity_fault
from blinplan.rules.configuration.settings import Pattern, Settings, Severities
from blinplan.rules.rule import Severity


class RuleChoice(NamedTuple):
    """Which rules are asked, and how they weigh.

    A selection replaces the configuration's choice of rules; without one, both are heard.
    """

    select: tuple[Pattern, ...] | None
    extend_select: tuple[Pattern, ...]
    ignore: tuple[Pattern, ...]
    severities: tuple[Severities, ...]

    def over(self, settings: Settings) -> Settings:
        """The settings with what is asked for put before them."""
        if self == _NOTHING:  # as mostly, and of every file of a run
            return settings
        severities = (*settings.severities, *self.severities)
        if self.select is not None:
            return settings._replace(
                select=self.select,
                extend_select=self.extend_select,
                ignore=self.ignore,
                severities=severities,
            )
        return settings._replace(
            extend_select=(*settings.extend_select, *self.extend_select),
            ignore=(*settings.ignore, *self.ignore),
            severities=severities,
        )


_NOTHING = RuleChoice(None, (), (), ())


def rule_choice(
    select: Sequence[str] | None,
    extend_select: Sequence[str] | None,
    ignore: Sequence[str] | None,
    severity: Sequence[str] | None,
    *,
    dashes: str = "",
) -> RuleChoice:
    """Read the texts that choose and weigh rules: codes, beginnings of codes, names or ALL, with commas or apart.

    Parameters
    ----------
    dashes
        What stands before the names of these arguments where the user wrote them.

    Raises
    ------
    Refusal
        When one names no rule, or takes away what cannot be taken away.
    """
    if select is not None and not split(select):
        raise Refusal(f"{dashes}select names no rule", "give codes, beginnings of codes, names or ALL")
    return RuleChoice(
        None if select is None else _patterns(f"{dashes}select", select),
        _patterns(f"{dashes}extend-select" if dashes else "extend_select", extend_select or ()),
        _patterns(f"{dashes}ignore", ignore or (), leaves_out=True),
        in_order(_severity(text, f"{dashes}severity") for text in split(severity or ())),
    )


def split(texts: Iterable[str]) -> list[str]:
    """Take texts apart at commas."""
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _patterns(option: str, texts: Sequence[str], *, leaves_out: bool = False) -> tuple[Pattern, ...]:
    patterns = tuple(_pattern(text, option) for text in split(texts))
    if texts and not patterns:
        raise Refusal(f"{option} names no rule", "give codes, beginnings of codes, names or ALL")
    for pattern in patterns:
        if (fault := pattern_fault(pattern, leaves_out=leaves_out)) is not None:
            raise Refusal(f"{option}: {fault[0]}", fault[1])
    return patterns


def _pattern(text: str, option: str) -> Pattern:
    code = text.upper() if re.fullmatch(r"[A-Za-z]([0-9]{0,3})|all", text) else text
    return Pattern(code, f"by {option}")


def _severity(text: str, option: str) -> Severities:
    code, _, level = text.partition("=")
    if level.lower() not in set(Severity):
        raise Refusal(f"{option} is {text[:40]!r}", "give a code and error, warning or note, as D205=note")
    chosen = Severities(_pattern(code.strip(), option), Severity(level.lower()))
    if (fault := severity_fault(chosen)) is not None:
        raise Refusal(f"{option}: {fault[0]}", fault[1])
    return chosen
