"""What the rules found of a course record, or could not answer, in words; keys and the code of the rule stand last."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blinplan.rules.verdict import Verdict

_ASKED = {
    "restart-not-as-labelled": "Whether the infusion was restarted as the label asks",
    "restart-without-premedication": "Whether the restart was premedicated as the label asks",
    "wrong-cycle-after-interruption": "Whether the infusion went on in the cycle that the label asks for",
}
_WORDS = {
    "restart_dose": "the dose of the restart",
    "restart_in": "in which cycle it was restarted",
    "premedicated": "whether premedication was given",
    "resolved": "when the event was resolved",
    "grade": "the grade of the event",
    "seizures": "how many seizures there were",
    "born": "the date of birth",
    "weight_kg": "the weight",
}
# Compiled when a record is told of.
_MISSING = r"`([a-z_]+)`(?= is not on record)"
_WHICH = r" \((interruption [\d, ]+)\)"


def finding_text(code: str, message: str) -> str:
    """Write what a rule found as a sentence."""
    return f"{message[:1].upper()}{message[1:]} ({code})."


def unanswered_text(verdict: "Verdict") -> str:
    """Say what is not evaluated, and what the record lacks for it."""
    rule, reason = verdict.rule, "" if verdict.not_evaluated is None else verdict.not_evaluated.reason
    asked = _ASKED.get(rule.name, f"Whether there is a fault of this kind ({rule.name.replace('-', ' ')})")
    keys = dict.fromkeys(re.findall(_MISSING, reason))
    said = re.sub(
        _WHICH, r", \1", re.sub(_MISSING, lambda found: _WORDS.get(found[1], found[1].replace("_", " ")), reason)
    )
    return f"{asked} is not evaluated: {said} ({', '.join([*(f'`{key}`' for key in keys), rule.code])})."
