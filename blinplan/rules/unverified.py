"""What a rule says that rests on a value nobody has seen in its source: nothing, but for a gross error."""

from blinplan.limits import Consulted
from blinplan.rules.rule import Answer, Finding, NotEvaluated, Rule


def on_unseen_values(rule: Rule, answer: Answer, consulted: Consulted, strict: bool) -> Answer:
    """What is left of an answer: findings that rest on no unverified value, and gross ones, which say so.

    Where none is left, and the rule asked for an unverified value, it is not evaluated, whether it found something or
    not. ``strict`` counts that as something that should have been checked and was not.
    """
    if isinstance(answer, NotEvaluated):
        return answer._replace(kind="undecided") if strict and answer.kind in {"unverified", "not said"} else answer
    findings = tuple(answer)
    kept = tuple(
        _saying_so(f, consulted)
        for f in findings
        if f.gross or rule.gross_only or not consulted.unverified_limits(f.limits)
    )
    unseen = consulted.unverified_limits(consulted.names)
    if kept or rule.gross_only or not unseen:
        return kept
    dropped = "".join(f"{finding.message}; but " for finding in findings[:1])
    values = ", ".join(dict.fromkeys(limit.number for limit in unseen))
    sources = "; ".join(dict.fromkeys(limit.source for limit in unseen))
    reason = f"{dropped}it rests on {values}, which nobody has seen in the source ({sources})"
    return NotEvaluated("undecided" if strict else "unverified", reason)


def _saying_so(finding: Finding, consulted: Consulted) -> Finding:
    unseen = consulted.unverified_limits(finding.limits)
    if not unseen:
        return finding
    values = " and ".join(limit.number for limit in unseen)
    return finding._replace(message=f"{finding.message} (that value, {values}, is unverified; this is far beyond it)")
