"""What the rule about closed days asks of a record: the dates of the rest of its course, with the bags of a site."""

from dataclasses import replace

from blinplan.course.events import expand
from blinplan.course.happened.decided import RecordError
from blinplan.course.patient import PatientError, patient
from blinplan.rules.checks.closed_days import on_closed_days
from blinplan.rules.families.interruptions.restarts import DOES_NOT_FIT, record_in
from blinplan.rules.rule import Answer, Case, NotEvaluated, Rule

_NO_SITE = NotEvaluated("not applicable", "no site profile was given (--site)")


def closed_days(rule: Rule, case: Case) -> Answer:
    """Find in the course on record what a plan of it tells of closed days and of bags that cannot be had."""
    record, site = record_in(case), case.site
    if site is None:
        return _NO_SITE
    if len(site.later) < len(record.places):
        return NotEvaluated("undecided", "a site profile that [[place]] names cannot be read")
    zone = str(record.zone)
    if site.time_zone is not None and site.time_zone != zone:
        reason = f"the time zone of the record is {zone}, and that of the site {site.time_zone}"
        return NotEvaluated("undecided", f"{reason}: on which days bags are changed is not known")
    try:
        whom = patient(record.weight, record.height, record.area, age=record.age)
        course = replace(expand(case.regimen, whom), others=case.others)
        return list(on_closed_days(rule, case, site, course, record.begins, record))
    except RecordError:
        return DOES_NOT_FIT
    except PatientError as error:
        return NotEvaluated("undecided", str(error))
