"""What the rules about waivers say: they need the answers of all others."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from blinplan.quantities import plural
from blinplan.regimen.regimen import Waiver
from blinplan.regimen.toml.place import cycle_of, value_text
from blinplan.regimen.toml.positions import Edit
from blinplan.rules.acceptance.waivers import IdleWaiver, accepted_severity, expired, idle_waivers, place_of_waiver
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import Policies
from blinplan.rules.families.waiver import rules
from blinplan.rules.place import Place, place_of
from blinplan.rules.rule import Case, Finding, Rule
from blinplan.rules.verdict import Ruling, Verdict, pass_of

Answers = Mapping[str, Verdict]


def judge_waivers(
    case: Case, answers: Answers, policies: Policies, today: date, left_out: Collection[Rule] = ()
) -> tuple[Verdict, ...]:
    """Judge the waivers of a file, by what the other rules answered and what the project asks.

    Of a rule that is left out it is not worked out what it would find.
    """
    waivers = case.regimen.waivers
    if not waivers:
        return NO_WAIVERS
    over = [waiver for waiver in waivers if expired(waiver, today)]
    unknown = [waiver for waiver in waivers if waiver.rule not in CATALOGUE]
    known = [waiver for waiver in waivers if waiver.rule in CATALOGUE]
    forbidden = [waiver for waiver in known if not CATALOGUE[waiver.rule].waivable]
    live = [waiver for waiver in known if CATALOGUE[waiver.rule].waivable and not expired(waiver, today)]
    idle = list(_idle(case, answers, live))
    of_no_use = {id(one.waiver) for one in idle}
    useful = [waiver for waiver in live if id(waiver) not in of_no_use]
    changed = [_change(case, one, answers) for one in idle]
    findings = (
        (rules.EXPIRED, _overdue(case, over)),
        (rules.UNUSED, (_useless(case, one, answers) for one, why in zip(idle, changed, strict=True) if why is None)),
        (rules.NO_REASON, ()),  # reading the file decided it
        (rules.UNKNOWN, _unknown(case, unknown)),
        (rules.FORBIDDEN, _forbidden(case, forbidden)),
        (
            rules.WITHOUT_PLACE,
            _without_place(case, useful, answers),
        ),
        (rules.CHANGED, (why for why in changed if why is not None)),
        (rules.SHORT_REASON, _short_reasons(case, waivers, policies)),
        (rules.NO_EXPIRY, _without_expiry(case, waivers)),
        (rules.LATE_EXPIRY, _late_expiry(case, waivers, policies, today)),
    )
    return tuple(_verdict(rule, () if rule in left_out else tuple(found)) for rule, found in findings)


def _verdict(rule: Rule, findings: tuple[Finding, ...]) -> Verdict:
    return Verdict(rule, Ruling.FINDING, findings) if findings else pass_of(rule)


NO_WAIVERS = tuple(
    pass_of(rule)
    for rule in (
        *(rules.EXPIRED, rules.UNUSED, rules.NO_REASON, rules.UNKNOWN, rules.FORBIDDEN),
        *(rules.WITHOUT_PLACE, rules.CHANGED, rules.SHORT_REASON, rules.NO_EXPIRY, rules.LATE_EXPIRY),
    )
)
"""What is said of a file without waivers, as most files are."""


def _overdue(case: Case, waivers: Sequence[Waiver]) -> Iterator[Finding]:
    for waiver in waivers:
        yield case.finding(
            rules.EXPIRED,
            (*waiver.path, "expires"),
            f"the waiver of {waiver.rule} expired on {waiver.expires}",
            "look at the finding again; then remove the waiver or set a new date",
        )


def _unknown(case: Case, waivers: Sequence[Waiver]) -> Iterator[Finding]:
    for waiver in waivers:
        yield case.finding(
            rules.UNKNOWN,
            (*waiver.path, "rule"),
            f"there is no rule {waiver.rule}",
            "`blinplan rules` lists the codes; correct or remove the waiver",
        )


def _forbidden(case: Case, waivers: Sequence[Waiver]) -> Iterator[Finding]:
    for waiver in waivers:
        yield case.finding(
            rules.FORBIDDEN,
            (*waiver.path, "rule"),
            f"{waiver.rule} cannot be waived: {CATALOGUE[waiver.rule].sentence}",
            "remove the waiver, and put right what it was for",
        )


# --- what covers nothing ----------------------------------------------------------------------------------------------


def _idle(case: Case, answers: Answers, live: Sequence[Waiver]) -> Iterator[IdleWaiver]:
    """The waivers that cover nothing, of rules that have answered, in the order of the file."""
    codes = {waiver.rule for waiver in live if answers[waiver.rule].ruling is not Ruling.NOT_EVALUATED}
    idle = [
        one for code in codes for one in idle_waivers(answers[code], [w for w in live if w.rule == code], case.document)
    ]
    order = {id(waiver): number for number, waiver in enumerate(live)}
    return iter(sorted(idle, key=lambda one: order[id(one.waiver)]))


def _useless(case: Case, idle: IdleWaiver, answers: Answers) -> Finding:
    # Imported here, because most files have no waiver to put right.
    from blinplan.rules.acceptance.waiver_text import removal

    waiver = idle.waiver
    return case.finding(
        rules.UNUSED,
        (*waiver.path, "rule"),
        f"the waiver of {waiver.rule} covers nothing: {_why_unused(case, waiver, answers[waiver.rule])}",
        "remove the waiver",
        fix=removal(case.document, waiver.path),
    )


def _why_unused(case: Case, waiver: Waiver, verdict: Verdict) -> str:
    place = place_of_waiver(waiver)
    others = [pair.waiver for pair in verdict.waived_findings]
    if any(place is None or place_of_waiver(other) in {place, None} for other in others):
        return "an earlier waiver covers the rule" if place is None else "an earlier waiver covers the same"
    if place is not None and (verdict.findings or others):
        return f"the rule found nothing at {place.at}"
    return "the rule found nothing"


def _change(case: Case, idle: IdleWaiver, answers: Answers) -> Finding | None:
    """Say that something else stands there now than what a waiver is for; None where nothing is found there."""
    waiver, place = idle.waiver, place_of_waiver(idle.waiver)
    if place is None:
        left = answers[waiver.rule].findings
        worse = f"the waiver of {waiver.rule} names no place, and covers nothing worse than what the rule found before"
        return _finding_of_change(case, waiver, "rule", worse, "look at the finding") if left else None
    if idle.here is not None and idle.here.meaning == place.meaning:
        accepted = accepted_severity(waiver, CATALOGUE[waiver.rule])
        return _finding_of_change(
            case,
            waiver,
            "rule" if waiver.severity is None else "severity",
            f"the waiver of {waiver.rule} accepts what is no worse than a {accepted}, and what is found at {place.at}"
            " is worse now",
            "look at the finding again; then remove the waiver, or say in it with `severity` what is accepted and why",
        )
    if idle.here is not None:
        return _finding_of_change(
            case,
            waiver,
            "value",
            f"the waiver of {waiver.rule} is for {value_text(waiver.value)} at {place.at}, and"
            f" {value_text(idle.here.value)} stands there now",
            "look at the finding again; then remove the waiver, or say in it what stands there now and why",
        )
    if idle.elsewhere is not None and not _has_cycle_of(case, place):
        return _finding_of_change(
            case,
            waiver,
            "at",
            f"the waiver of {waiver.rule} is for {place.at}, and no cycle has this name; the same stands at"
            f" {idle.elsewhere.at}",
            f"if that is the cycle it was meant for, write at = '{idle.elsewhere.at}'; if not, remove the waiver",
        )
    return None


def _finding_of_change(case: Case, waiver: Waiver, key: str, message: str, advice: str) -> Finding:
    return case.finding(rules.CHANGED, (*waiver.path, key), message, advice)


def _has_cycle_of(case: Case, place: Place) -> bool:
    name = cycle_of(place.at)
    return name is None or any(" ".join(cycle.name.split()) == name for cycle in case.regimen.cycles)


# --- what says no place -----------------------------------------------------------------------------------------------


def _without_place(case: Case, waivers: Sequence[Waiver], answers: Answers) -> Iterator[Finding]:
    for waiver in waivers:
        if waiver.at is not None:
            continue
        covered = [pair.finding for pair in answers[waiver.rule].waived_findings if pair.waiver is waiver]
        places = list(dict.fromkeys(place_of(finding, case.document).at for finding in covered))
        yield case.finding(
            rules.WITHOUT_PLACE,
            (*waiver.path, "rule"),
            f"the waiver of {waiver.rule} says neither where nor what it is for; it covers {_several(places)}",
            "say in it where it holds and what stands there"
            if places
            else f"have {waiver.rule} answer, so that its places are known, or remove the waiver",
            fix=_fix(case, waiver, covered),
        )


def _several(places: Sequence[str]) -> str:
    if not places:
        return "nothing that is known, since its rule was not evaluated"
    more = len(places) - 3
    return ", ".join(places[:3]) + (f" and {more} more {plural('place', more)}" if more > 0 else "")


def _fix(case: Case, waiver: Waiver, covered: Sequence[Finding]) -> Edit | None:
    from blinplan.rules.acceptance.waiver_text import with_places

    places = [place_of(finding, case.document) for finding in covered]
    return with_places(case.document, waiver.path, places) if places else None


# --- what a project asks ----------------------------------------------------------------------------------------------


def _short_reasons(case: Case, waivers: Sequence[Waiver], policies: Policies) -> Iterator[Finding]:
    from blinplan.words.characters import plain

    for waiver in waivers:
        length = len(" ".join(plain(waiver.reason).split()))
        if length < policies.fewest_characters:
            yield case.finding(
                rules.SHORT_REASON,
                (*waiver.path, "reason"),
                f"the reason of the waiver of {waiver.rule} has {length} {plural('character', length)}, and"
                f" {policies.fewest_characters} are asked for",
                "say why the finding is accepted, so that a reviewer can judge it",
            )


def _without_expiry(case: Case, waivers: Sequence[Waiver]) -> Iterator[Finding]:
    for waiver in waivers:
        if waiver.expires is None:
            yield case.finding(
                rules.NO_EXPIRY,
                (*waiver.path, "rule"),
                f"the waiver of {waiver.rule} has no last day",
                "add `expires`, the day on which somebody looks at it again",
            )


def _late_expiry(case: Case, waivers: Sequence[Waiver], policies: Policies, today: date) -> Iterator[Finding]:
    for waiver in waivers:
        if waiver.expires is not None and (days := (waiver.expires - today).days) > policies.most_days:
            yield case.finding(
                rules.LATE_EXPIRY,
                (*waiver.path, "expires"),
                f"the waiver of {waiver.rule} holds until {waiver.expires}, for {days} days; at most"
                f" {policies.most_days} are allowed",
                "set an earlier day, on which somebody looks at it again",
            )
