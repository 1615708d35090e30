"""I: was a restart after an interruption the one that the label asks for. These rules look at course records."""

from collections.abc import Callable

from blinplan.rules.limits import number_text
from blinplan.rules.rule import Answer, Case, Rule, Severity

TITLE = "Interruptions"


def _record(lines: str) -> str:
    return (
        'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n\n[[interruption]]\n'
        f"stopped = 2026-03-05T10:00:00Z\n{lines}\ncycle = 1"
    )


def _severe(restart: str, days: int = 9) -> str:
    return _record(
        'cause = "cytokine-release-syndrome"\ngrade = 3\nresolved = 2026-03-07T10:00:00Z\n'
        f"restarted = 2026-03-{days:02}T10:00:00Z\n{restart}"
    )


def _next_cycle(started: str) -> str:
    return (
        'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n\n[[cycle_start]]\ncycle = 2\n'
        f"started = {started}T10:00:00Z"
    )


def _restart(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.restarts import restart

    return restart(rule, case)


def _premedication(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.restarts import premedication

    return premedication(rule, case)


def _cycle(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.restarts import cycle

    return cycle(rule, case)


def _dose(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.restarts import dose

    return dose(rule, case)


def _fits(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.restarts import fits

    return fits(rule, case)


def _long_stop(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.restarts import long_stop

    return long_stop(rule, case)


def _figures(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.figures import figures

    return figures(rule, case)


def _preservative(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.preservative import preservative

    return preservative(rule, case)


def _closed_days(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.closed_days import closed_days

    return closed_days(rule, case)


def _sites(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.sites import sites

    return sites(rule, case)


def _long_bag(weight: str) -> str:
    return (
        f'record = 1\nregimen = "rr-below-45-kg"\nstart = 2026-03-02T10:00:00Z\nweight_kg = {weight}\n'
        "height_cm = 60\n\n"
        '[[bag]]\nhung = 2026-03-02T10:00:00Z\ndose = "5 mcg/m2/day"\nhours = 96'
    )


def _course_from(day: str) -> str:
    return f'record = 1\nregimen = "rr-adult"\nstart = {day}T10:00:00Z\nweight_kg = 60'


def _new_weight(weight: str) -> str:
    return (
        'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\nweight_kg = 60\n\n[[measured]]\n'
        f"on = 2026-04-10\nweight_kg = {weight}"
    )


def _starts(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.starts import starts

    return starts(rule, case)


def _bags(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.bags import bags

    return bags(rule, case)


def _in_use(rule: Rule, case: Case) -> Answer:
    from blinplan.rules.families.interruptions.in_use import in_use

    return in_use(rule, case)


def _same_bag(restarted: str, taken_down: str) -> str:
    return (
        _record(f'cause = "technical"\nrestarted = {restarted}:00Z\npremedicated = true\nsame_bag = true')
        + f'\n\n[[bag]]\nhung = 2026-03-04T10:00:00Z\ntaken_down = {taken_down}:00Z\ndose = "9 mcg/day"\nhours = 48'
    )


def _bag_of(dose: str) -> str:
    return (
        'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n\n[[bag]]\nhung = 2026-03-04T10:00:00Z\n'
        f'taken_down = 2026-03-04T16:00:00Z\ndose = "{dose}"\nhours = 24'
    )


def _rule(  # noqa: PLR0913 - each of its own
    code: str,
    name: str,
    sentence: str,
    why: str,
    limits: tuple[str, ...],
    bad: str,
    good: str,
    check: Callable[[Rule, Case], Answer],
    sources: tuple[str, ...] = (),
    *,
    severity: Severity = Severity.ERROR,
    site: str | None = None,
) -> Rule:
    return Rule(
        code,
        name,
        sentence,
        severity,
        why,
        limits,
        bad,
        good,
        check,
        waivable=False,
        of="record",
        site=site,
        sources=sources,
    )


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
            "death",
            "cytokine_release_hold",
            "neurological_hold",
            "neurological_resolution",
            "neurological_low_dose",
            "neurological_low_dose_by_area",
            "other_hold",
            "other_resolution",
            "consider_stop_grade",
            "seizures",
            "overdose_hold",
            "escalation_after_restart",
        ),
        _severe('restart_dose = "28 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"'),
        _severe('restart_dose = "9 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"'),
        _restart,
    ),
    _rule(
        "I802",
        "restart-without-premedication",
        f"A restart after {number_text('premedication_again')} or more was given without premedication.",
        "After a pause the first hours release cytokines again.",
        ("premedication_again", "child_in_every_text", "adult_in_every_text"),
        _severe('restart_dose = "9 mcg/day"\npremedicated = false\nrestart_in = "same-cycle"'),
        _severe('restart_dose = "9 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"'),
        _premedication,
    ),
    _rule(
        "I803",
        "wrong-cycle-after-interruption",
        "After an adverse event the infusion went on in the same cycle after more than"
        f" {number_text('same_cycle')}, or in a new one before.",
        "What counts as a cycle decides how many days of infusion a patient gets.",
        ("same_cycle",),
        _severe('restart_dose = "9 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"', days=13),
        _severe('restart_dose = "9 mcg/day"\npremedicated = true\nrestart_in = "same-cycle"', days=12),
        _cycle,
    ),
    _rule(
        "I804",
        "record-does-not-fit",
        "A record and its regimen cannot both be right: an interruption where nothing is infused, a patient for whom"
        " the regimen is not meant.",
        "A plan can only go on from what happened if that is known.",
        (),
        _record('cause = "technical"').replace("2026-03-05", "2026-04-05"),
        _record('cause = "technical"'),
        _fits,
        sources=("The regimen that the record names",),
    ),
    _rule(
        "I805",
        "restart-at-no-planned-dose",
        "A restart of which the label gives no dose was given at another one than was stopped.",
        "Whether it was meant or is a slip, nobody can tell from the record.",
        (),
        _record('cause = "technical"\nrestarted = 2026-03-05T12:00:00Z\nrestart_dose = "280 mcg/day"'),
        _record('cause = "technical"\nrestarted = 2026-03-05T12:00:00Z\nrestart_dose = "9 mcg/day"'),
        _dose,
        sources=("The regimen that the record names",),
    ),
    _rule(
        "I806",
        "long-stop-undecided",
        "After a long stop for another cause than an adverse event it is not on record what was decided: the label says"
        f" nothing of it. Long is more than {number_text('same_cycle')}, the label's number for adverse events, by"
        " convention.",
        "After weeks without drug a full dose can release cytokines as the first one did; somebody has to decide.",
        ("same_cycle",),
        _record('cause = "surgery"\npremedicated = true\nrestarted = 2026-03-17T10:00:00Z'),
        _record(
            'cause = "surgery"\npremedicated = true\nrestarted = 2026-03-17T10:00:00Z\nrestart_dose = "9 mcg/day"\n'
            'restart_in = "same-cycle"\nfull_dose_after_days = 7'
        ),
        _long_stop,
    ),
    _rule(
        "I807",
        "cycle-began-early-or-late",
        "A cycle began before the one before it and its interval without infusion had ended, or a day or more after it"
        " could. It is a fact, and the plan goes on from it.",
        "The interval is part of the labelled course: shorter, less time to recover; longer, less drug in the time.",
        (),
        _next_cycle("2026-04-12"),
        _next_cycle("2026-04-13"),
        _starts,
        sources=("The regimen that the record names",),
        severity=Severity.WARNING,
    ),
    _rule(
        "I808",
        "bags-not-as-ordered",
        "A bag on record gives another dose than is ordered, hung longer than what is in it lasts, or was taken down"
        " and no other hung while the infusion is not said to have stopped.",
        "What was given in excess or is lacking decides what is done now, and after an overdose the label stops the"
        " infusion.",
        ("overdose_hold",),
        _bag_of("28 mcg/day"),
        _bag_of("9 mcg/day"),
        _bags,
    ),
    _rule(
        "I809",
        "preservative-below-its-weight",
        "A bag with preservative hung on a patient who is lighter than such bags are for.",
        "The preservative, benzyl alcohol, can harm small infants.",
        ("preservative_from_weight",),
        _long_bag("5.2"),
        _long_bag("5.4"),
        _preservative,
    ),
    _rule(
        "I810",
        "new-figures-do-not-fit",
        "A weight, height or area on record is far from the one before, or no regimen is for the new figures.",
        "The next cycle is dosed by the new figures, and a slip of the scale or of its unit would change its dose.",
        ("sudden_change_of_weight",),
        _new_weight("132"),
        _new_weight("55"),
        _figures,
        sources=("The regimen that the record names",),
        severity=Severity.WARNING,
    ),
    _rule(
        "I811",
        "bag-on-a-closed-day-of-a-course",
        "In the course on record, a bag would be changed on a day on which the site changes none, or cannot be had.",
        "Holidays and shortages have dates: what can be planned in most weeks may meet one of them.",
        (),
        _course_from("2026-03-02"),
        _course_from("2026-03-16"),
        _closed_days,
        sources=("The site profile, and the label that the regimen follows",),
        severity=Severity.WARNING,
        site='site = 1\nname = "Ward 7"\nholidays = [2026-03-12]\nbag = [{ hours = 24 }]',
    ),
    _rule(
        "I812",
        "bag-after-its-time",
        "A bag on record ran after its in-use time was over, as the same bag may that goes on after a stop.",
        "What grows in a bag without preservative, and what is left of the drug in it, nobody knows after that time.",
        ("in_use",),
        _same_bag("2026-03-06T12:00", "2026-03-06T14:00"),
        _same_bag("2026-03-05T12:00", "2026-03-06T10:00"),
        _in_use,
    ),
    _rule(
        "I813",
        "site-of-a-course-laxer-than-label",
        "A site that prepares the bags of a course on record is laxer than the label, or fills a bag with too little.",
        "A ward may be stricter than its label, never laxer.",
        ("in_use", "refrigerated"),
        _course_from("2026-03-02"),
        _course_from("2026-03-02").replace("rr-adult", "hk-rr-adult"),
        _sites,
        site='site = 1\nname = "Ward 7"\nbag = [{ hours = 24, rate_ml_per_hour = 5 }]',
    ),
)
