"""A: can the site's bags give what the regimen orders. These rules look at a regimen with a site profile."""

from blinplan.rules.limits import number_text
from blinplan.rules.rule import Answer, Case, NotEvaluated, Rule, Severity

TITLE = "Bags"

_SITE = 'site = 1\nname = "Ward 7"\nchange_time = "10:00"\n'
_NO_SITE = NotEvaluated("not applicable", "no site profile was given (--site)")


def _steps(length: str) -> str:
    return (
        "[eligibility]\nmin_weight_kg = 45\n\n"
        f'[[cycle]]\nname = "Cycle 1"\nsteps = [{{ dose = "28 mcg/day", {length} }}]\ntreatment_free_days = 14'
    )


def _for_children(weight: str) -> str:
    dose = '{ dose = "15 mcg/m2/day", max = "28 mcg/day", days = 28 }'
    return (
        f"[eligibility]\nmin_weight_kg = {weight}\nbelow_weight_kg = 45\n\n"
        f'[[cycle]]\nname = "Cycle 1"\nsteps = [{dose}]\ntreatment_free_days = 14'
    )


def _bags_do_not_fit(rule: Rule, case: Case) -> Answer:
    if case.site is None:
        return _NO_SITE
    from blinplan.rules.families.administration.bags import bags_do_not_fit

    return bags_do_not_fit(rule, case, case.site)


def _follows_label(rule: Rule, case: Case) -> Answer:
    if case.site is None:
        return _NO_SITE
    from blinplan.rules.families.administration.bags import follows_label

    return follows_label(rule, case, case.site)


def _preservative(rule: Rule, case: Case) -> Answer:
    if case.site is None:
        return _NO_SITE
    from blinplan.rules.families.administration.bags import preservative

    return preservative(rule, case, case.site)


def _times(rule: Rule, case: Case) -> Answer:
    if case.site is None:
        return _NO_SITE
    from blinplan.rules.families.administration.bags import times

    return times(rule, case, case.site)


def _closed_days(rule: Rule, case: Case) -> Answer:
    if case.site is None:
        return _NO_SITE
    from blinplan.rules.families.administration.dates import closed_days

    return closed_days(rule, case, case.site)


RULES = (
    Rule(
        "A701",
        "bags-do-not-fit",
        "The site's bags do not fit the length of a step.",
        Severity.WARNING,
        "What is left in a bag at a change of dose is thrown away, and a step that no bag reaches cannot be given.",
        limits=(),
        bad=_steps("days = 29"),
        good=_steps("days = 28"),
        check=_bags_do_not_fit,
        sources=("The site profile, and the label that the regimen follows",),
        site=_SITE + "bag = [{ hours = 48 }, { hours = 96 }]",
    ),
    Rule(
        "A702",
        "preservative-in-a-small-child",
        f"A bag with preservative would be needed for patients below {number_text('preservative_from_weight')}.",
        Severity.ERROR,
        "Bags of 72 hours and longer hold benzyl alcohol, which harms the smallest.",
        limits=("preservative_from_weight",),
        bad=_for_children("5"),
        good=_for_children("5.4"),
        check=_preservative,
        waivable=False,
        site=_SITE + "bag = [{ hours = 168, in_use_hours = 168 }]",
    ),
    Rule(
        "A703",
        "bag-out-of-its-time",
        "A bag would be used beyond its time, or changed when the site does not.",
        Severity.WARNING,
        "Nobody is there to change it, or it is no longer good.",
        limits=("in_use", "refrigerated"),
        bad=_steps("hours = 36").replace(" }]", ' }, { dose = "28 mcg/day", hours = 636 }]'),
        good=_steps("hours = 48").replace(" }]", ' }, { dose = "28 mcg/day", hours = 624 }]'),
        check=_times,
        site=_SITE + "bag = [{ hours = 12, in_use_hours = 48 }, { hours = 24 }, { hours = 48 }]",
    ),
    Rule(
        "A704",
        "site-laxer-than-label",
        "The site's profile is laxer than the label that the regimen follows, or fills a bag with too little.",
        Severity.ERROR,
        "A ward may be stricter than its label, never laxer.",
        limits=("in_use", "refrigerated"),
        bad='format = 1\nlabel = "us-2025"',
        good='format = 1\nlabel = "hk-2026"',
        check=_follows_label,
        waivable=False,
        site=_SITE + "bag = [{ hours = 24, rate_ml_per_hour = 5 }]",
    ),
    Rule(
        "A705",
        "bag-on-a-closed-day",
        "From this start, a bag would be changed on a day on which the site changes none, or cannot be had.",
        Severity.WARNING,
        "Holidays and shortages have dates: what can be planned in most weeks may meet one of them.",
        limits=(),
        bad=_steps("days = 28") + "\nrepeat = 2",
        good=_steps("days = 28"),
        check=_closed_days,
        sources=("The site profile, and the label that the regimen follows",),
        site=_SITE + "holidays = [2026-12-25]\nbag = [{ hours = 24 }]",
        start="2026-11-02T10:00Z",
    ),
)
