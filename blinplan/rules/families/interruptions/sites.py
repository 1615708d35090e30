"""What the rule about the sites of a course asks: is one laxer than the label, so that no plan is made with it."""

from blinplan.course.bags.preparation import faults_of_site
from blinplan.label.read import label_of
from blinplan.regimen.find import profile_beside
from blinplan.regimen.reading import SiteFile
from blinplan.rules.checks import labelled
from blinplan.rules.families.interruptions.restarts import record_in
from blinplan.rules.rule import Answer, Case, NotEvaluated, Rule


def _is_read(case: Case, named: str) -> bool:
    return isinstance(profile_beside(case.document.name, named), SiteFile)


def sites(rule: Rule, case: Case) -> Answer:
    """Find in what the site, or one that takes over, is laxer than the label that the regimen on record follows."""
    record, site = record_in(case), case.site
    named = [place.site for place in record.places if not _is_read(case, place.site)]
    if named:
        return NotEvaluated("undecided", f"a site profile that [[place]] names cannot be read: {named[0]}")
    if site is None:
        return NotEvaluated("not applicable", "no site profile was given (--site)")
    return [
        case.finding(
            rule, ("regimen",), f"{each.name}: {fault.message}", fault.advice, limits=labelled.limits_stated(rule, case)
        )
        for each in (site, *(place.site for place in site.later))
        for fault in faults_of_site(each, label_of(case.regimen))
    ]
