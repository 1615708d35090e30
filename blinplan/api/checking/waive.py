"""What somebody wants to waive: read from arguments, and held to what can be waived."""

from datetime import date

from blinplan.refusal import ArgumentRefusal
from blinplan.regimen.schema import LONGEST_SENTENCE, WAIVER
from blinplan.rules.acceptance.add import WantedWaiver
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.patterns import unknown_rule
from blinplan.words.characters import plain

__all__ = ["WantedWaiver", "wanted_waiver"]


def wanted_waiver(code: str, reason: str | None, expires: date | None, today: date) -> WantedWaiver:
    """What somebody wants to waive.

    Raises
    ------
    Refusal
        When the rule cannot be waived, there is no reason, or the last day is over.
    """
    rule = next((rule for rule in CATALOGUE.values() if code.strip() in {rule.code, rule.name}), None)
    if rule is None:
        message, advice = unknown_rule(code.strip())
        raise ArgumentRefusal("{add_waiver}: {fault}", advice, fault=message)
    if not rule.waivable:
        raise ArgumentRefusal(
            "{add_waiver}: {code} cannot be waived: {sentence}",
            "put right what it finds",
            code=rule.code,
            sentence=rule.sentence,
        )
    if reason is None or not plain(reason).strip():
        raise ArgumentRefusal(
            "{add_waiver} needs {reason}", "say why the finding is accepted, in words that a reviewer can judge"
        )
    if len(reason.strip()) > LONGEST_SENTENCE:
        raise ArgumentRefusal(
            "{reason} has {count:,} characters", f"say it in at most {LONGEST_SENTENCE}", count=len(reason.strip())
        )
    if not WAIVER.may_hold("reason", reason.strip()):
        raise ArgumentRefusal("{reason} is not UTF-8 text", "write it in UTF-8")
    if expires is not None and expires < today:
        raise ArgumentRefusal("{expires} is over: {day}", "give a day to come", day=expires)
    return WantedWaiver(rule, reason.strip(), expires)
