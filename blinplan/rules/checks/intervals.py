"""What rules of virtual patients say where an interval does not lie on one side of a limit."""

from blinplan.rules.rule import NotEvaluated


def too_few_patients(total: int, measured: str, limit: str) -> NotEvaluated:
    """Say that so many virtual patients do not decide it, with what was measured and by which limit."""
    return NotEvaluated(
        "undecided",
        f"undecided at {total:,} patients: {measured}, and the limit is {limit}; more --patients narrow the interval",
    )


def percent(fraction: float) -> str:
    """Write a limit that is a fraction of patients."""
    return f"{100 * fraction:g} %"
