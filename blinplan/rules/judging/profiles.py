"""What is said of a site profile that is checked by itself: no regimen is there, and rules of regimens are not asked.

One thing is wrong beside any regimen: a bag that is filled with less than the pump infuses.
"""

from collections.abc import Iterator

from blinplan.course.bags.preparation import fault_of_filling, prepared_by
from blinplan.course.bags.sequence import underfilled_bags
from blinplan.label.read import label_named
from blinplan.quantities import MINUTES_PER_HOUR
from blinplan.regimen.reading import SiteFile
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.judging.answers import unless_left_out
from blinplan.rules.rule import Finding, NotEvaluated, Rule
from blinplan.rules.verdict import Ruling, Verdict, no_answer_of, pass_of

_ELSEWHERE = NotEvaluated("not applicable", "the file is a site profile, and the rule looks at regimens")
_LAXER_THAN_LABEL = "A704"
"""The rule that looks at a profile beside a regimen."""
_RUN_DRY = "A bag that is empty before its time interrupts the infusion."


def verdicts_on_site(reading: SiteFile, settings: Settings) -> Iterator[Verdict]:
    """Judge a site profile, of which reading it is asked, and whether its bags hold what the pump infuses."""
    for rule in CATALOGUE.values():
        if rule.code[0] == "F":
            yield pass_of(rule)
            continue
        found = tuple(_too_little_filled(rule, reading, settings)) if rule.code == _LAXER_THAN_LABEL else ()
        verdict = Verdict(rule, Ruling.FINDING, found) if found else no_answer_of(rule, _ELSEWHERE)
        yield unless_left_out(verdict, settings)


def _too_little_filled(rule: Rule, reading: SiteFile, settings: Settings) -> Iterator[Finding]:
    """Find bags filled with less than is infused at their rate: the profile's, or that of the project's label."""
    bags = reading.document.values["bag"]
    for size in underfilled_bags(prepared_by(reading.site, label_named(settings.label))):
        index = next(at for at, bag in enumerate(bags) if bag["hours"] * MINUTES_PER_HOUR == size.minutes)
        path, fault = ("bag", index, "fill_ml"), fault_of_filling(size)
        span = reading.document.value_span(path)
        message = f"{reading.site.name}: {fault.message}"
        yield Finding(rule.code, rule.severity, path, span, message, _RUN_DRY, fault.advice)
