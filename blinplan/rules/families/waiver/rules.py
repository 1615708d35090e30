"""W: is every waiver still good for something. These rules need the other rules' answers."""

from blinplan.rules.rule import Rule, Severity

TITLE = "Waivers"

_CONVENTION = ("The way waivers work in this program (convention)",)


_PLACE = """\nat = 'cycle "Cycle" treatment_free_days'\nvalue = 21"""


def _waiver(rule: str, expires: str = "", place: str = _PLACE) -> str:
    return (
        '[[cycle]]\nname = "Cycle"\nrepeat = 2\n'
        'steps = [{ dose = "28 mcg/day", days = 28 }]\ntreatment_free_days = 21\n\n'
        f'[[waiver]]\nrule = "{rule}"{place}\nreason = "Amendment 3 allows 21 days after infection"{expires}'
    )


EXPIRED = Rule(
    "W901",
    "expired-waiver",
    "A waiver has expired; what it covered counts again.",
    Severity.ERROR,
    "A waiver with a date was meant to be looked at again.",
    limits=(),
    about_waivers=True,
    bad=_waiver("S304", "\nexpires = 2020-01-01"),
    good=_waiver("S304"),
    waivable=False,
    sources=_CONVENTION,
)
UNUSED = Rule(
    "W902",
    "unused-waiver",
    "A waiver covers nothing.",
    Severity.WARNING,
    "A waiver that is not needed hides the next finding of its rule.",
    limits=(),
    about_waivers=True,
    bad=_waiver("S304").replace("free_days = 21", "free_days = 14"),
    good=_waiver("S304"),
    waivable=False,
    sources=_CONVENTION,
    fixable=True,
)
NO_REASON = Rule(
    "W903",
    "waiver-without-reason",
    "A waiver has no reason.",
    Severity.ERROR,
    "Whoever reviews the regimen must be able to judge why a finding is accepted.",
    limits=(),
    about_waivers=True,
    bad=_waiver("S304").replace('reason = "Amendment 3 allows 21 days after infection"', 'reason = ""'),
    good=_waiver("S304"),
    waivable=False,
    sources=_CONVENTION,
)
UNKNOWN = Rule(
    "W904",
    "waiver-for-unknown-rule",
    "A waiver names a rule that does not exist.",
    Severity.ERROR,
    "It waives nothing, and somebody believes that it does.",
    limits=(),
    about_waivers=True,
    bad=_waiver("S999"),
    good=_waiver("S304"),
    waivable=False,
    sources=_CONVENTION,
)

FORBIDDEN = Rule(
    "W905",
    "waiver-of-what-cannot-be-waived",
    "A waiver names a rule that cannot be waived.",
    Severity.ERROR,
    "Some rules say that a thing cannot be read, or cannot be given; no reason makes it so.",
    limits=(),
    about_waivers=True,
    bad=_waiver("N106"),
    good=_waiver("S304"),
    waivable=False,
    sources=_CONVENTION,
)

WITHOUT_PLACE = Rule(
    "W906",
    "waiver-without-place",
    "A waiver does not say where it holds and what stands there.",
    Severity.WARNING,
    "It would cover the next fault of its rule as well, in another cycle or ten times as large. This version still"
    " reads it so; the next one asks for `at` and `value`.",
    limits=(),
    about_waivers=True,
    bad=_waiver("S304", place=""),
    good=_waiver("S304"),
    waivable=False,
    sources=_CONVENTION,
    fixable=True,
)
CHANGED = Rule(
    "W907",
    "waiver-for-another-value",
    "A waiver is for something else than what stands there now.",
    Severity.WARNING,
    "What was accepted is not what would be given, so it was not accepted; the finding counts again.",
    limits=(),
    about_waivers=True,
    bad=_waiver("S304").replace("value = 21", "value = 20"),
    good=_waiver("S304"),
    waivable=False,
    sources=_CONVENTION,
)
SHORT_REASON = Rule(
    "W908",
    "short-reason",
    "The reason of a waiver is shorter than the project asks; 20 characters where it says no number.",
    Severity.WARNING,
    "A word is no reason that a reviewer can judge.",
    limits=(),
    about_waivers=True,
    bad=_waiver("S304").replace("Amendment 3 allows 21 days after infection", "agreed"),
    good=_waiver("S304"),
    waivable=False,
    by_default=False,
    sources=_CONVENTION,
)
_LABELLED = 'indication = "mrd-positive"\n\n'
NO_EXPIRY = Rule(
    "W909",
    "waiver-without-expiry",
    "A waiver has no last day, and the project asks for one.",
    Severity.WARNING,
    "What was accepted once is otherwise never looked at again.",
    limits=(),
    about_waivers=True,
    bad=_LABELLED + _waiver("S304"),
    good=_LABELLED + _waiver("S304", "\nexpires = 2100-01-01"),
    waivable=False,
    by_default=False,
    sources=_CONVENTION,
)
LATE_EXPIRY = Rule(
    "W910",
    "late-expiry",
    "A waiver holds for longer than the project allows; 365 days where it says no number.",
    Severity.WARNING,
    "A last day that nobody will see is none.",
    limits=(),
    about_waivers=True,
    bad=_waiver("S304", "\nexpires = 2100-01-01"),
    good=_waiver("S304"),
    waivable=False,
    by_default=False,
    sources=_CONVENTION,
)

RULES = (
    EXPIRED,
    UNUSED,
    NO_REASON,
    UNKNOWN,
    FORBIDDEN,
    WITHOUT_PLACE,
    CHANGED,
    SHORT_REASON,
    NO_EXPIRY,
    LATE_EXPIRY,
)
