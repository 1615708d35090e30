"""What the rule about dates asks of a regimen that is to begin on a day."""

from blinplan.regimen.site.site import Site
from blinplan.rules.checks.closed_days import nothing_depends_on_dates, on_closed_days
from blinplan.rules.families.administration.bags import course_of_case
from blinplan.rules.rule import Answer, Case, NotEvaluated, Rule

_NO_DATES = NotEvaluated(
    "not requested",
    "no start was given (--start), and without dates it is not known which bags fall on closed days and holidays, or on"
    " days on which some cannot be had",
)
_FOR_SOMEBODY_ELSE = NotEvaluated("not applicable", "the regimen is not for this patient")


def closed_days(rule: Rule, case: Case, site: Site) -> Answer:
    """Find in a course that begins then what a plan of it tells of closed days and of bags that cannot be had."""
    if case.begins is None:
        return () if nothing_depends_on_dates(site) else _NO_DATES
    course = course_of_case(case)
    return _FOR_SOMEBODY_ELSE if course is None else on_closed_days(rule, case, site, course, case.begins)
