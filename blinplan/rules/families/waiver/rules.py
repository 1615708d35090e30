"""W: is every waiver still good for something. These rules need the other rules' answers."""

from blinplan.rules.rule import Rule, Severity

TITLE = "Waivers"

_CONVENTION = ("The way waivers work in this program (convention)",)


def _waiver(rule: str, expires: str = "") -> str:
    return (
        '[[cycle]]\nname = "Cycle"\nrepeat = 2\n'
        'steps = [{ dose = "28 mcg/day", days = 28 }]\ntreatment_free_days = 21\n\n'
        f'[[waiver]]\nrule = "{rule}"\nreason = "Amendment 3 allows 21 days after infection"{expires}'
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
    bad=_waiver("S304").replace("= 21", "= 14"),
    good=_waiver("S304"),
    waivable=False,
    sources=_CONVENTION,
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

RULES = (EXPIRED, UNUSED, NO_REASON, UNKNOWN, FORBIDDEN)
