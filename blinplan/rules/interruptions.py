"""I: was a restart after an interruption the one that the label asks for. These rules look at course records."""

from collections.abc import Callable

from blinplan.rules.rule import Answer, Case, Rule, Severity


def _record(lines: str) -> str:
    return (
        'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n\n[[interruption]]\n'
        f"stopped = 2026-03-05T10:00:00Z\n{lines}\ncycle = 1"
    )


def _severe(restart: str, days: int = 9) -> str:
    return _record(
        f'cause = "cytokine-release-syndrome"\ngrade = 3\nrestarted = 2026-03-{days:02}T10:00:00Z\n{restart}'
    )


def _restart(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.restart_checks import restart

    return restart(rule, case)


def _premedication(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.restart_checks import premedication

    return premedication(rule, case)


def _cycle(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.restart_checks import cycle

    return cycle(rule, case)


def _rule(
    code: str,
    name: str,
    sentence: str,
    why: str,
    limits: tuple[str, ...],
    bad: str,
    good: str,
    check: Callable[[Rule, Case], Answer],
) -> Rule:
    return Rule(code, name, sentence, Severity.ERROR, why, limits, bad, good, check, waivable=False, of="record")


RULES = (
    _rule(
        "I801",
        "restart-not-as-labelled",
        "A restart came too early, at another dose than the label's, or where the drug is stopped for good.",
        "After a severe event the label restarts low and late, or not at all.",
        (
            "restart_flat",
            "restart_by_area",
            "stop_grade",
            "stop_grade_neurological",
            "neurological_hold",
            "neurological_resolution",
            "other_resolution",
            "seizures",
            "overdose_hold",
        ),
        _severe('restart_dose = "28 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"'),
        _severe('restart_dose = "9 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"'),
        _restart,
    ),
    _rule(
        "I802",
        "restart-without-premedication",
        "A restart after 4 hours or more was given without premedication.",
        "After a pause the first hours release cytokines again.",
        ("premedication_again",),
        _severe('restart_dose = "9 mcg/day"\npremedicated = false\nrestart_in = "same-cycle"'),
        _severe('restart_dose = "9 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"'),
        _premedication,
    ),
    _rule(
        "I803",
        "wrong-cycle-after-interruption",
        "After an adverse event the infusion went on in the same cycle after more than 7 days, or in a new one before.",
        "What counts as a cycle decides how many days of infusion a patient gets.",
        ("same_cycle",),
        _severe('restart_dose = "9 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"', days=13),
        _severe('restart_dose = "9 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"', days=12),
        _cycle,
    ),
)
