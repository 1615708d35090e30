"""C605: what of the premedication is not what it is held to: drug, dose, cap, time, and a dose that is left out."""

from collections.abc import Iterable, Iterator, Sequence

from blinplan.label.label import LabelledPremedication
from blinplan.label.read import label_of
from blinplan.regimen.regimen import Premedication
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Occasion, Status
from blinplan.rules.checks import labelled
from blinplan.rules.families.cytokines.premedication.alike import once_for_all_alike
from blinplan.rules.families.cytokines.premedication.comparison import (
    PremedicationPair,
    drugs_text,
    time_text,
    weight_of,
)
from blinplan.rules.families.cytokines.premedication.groups import NOTHING_SAID, OfGroup, by_group
from blinplan.rules.families.cytokines.premedication.missing import missing_occasions
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity


@once_for_all_alike
def premedication_differs(rule: Rule, case: Case) -> Answer:
    """Find what of the premedication is not the label's, or not that of the regimen departed from."""
    if not case.regimen.premedication:
        return NOTHING_SAID
    groups = by_group(case)
    if not any(own.held_to.given for own in groups):
        return _nothing_to_hold_to(case)
    found = [finding for own in groups for finding in _differences(rule, case, own)]
    if any(given.departure is not None for given in case.regimen.premedication):
        # Imported here, because few files state one.
        from blinplan.rules.families.cytokines.premedication.departures import with_departures

        found = with_departures(rule, case, groups, found)
    unseen = [one for own in groups for one in own.held_to.given if one.stated.status is Status.UNVERIFIED]
    if unseen and not found and not labelled.is_investigational(case):
        reason = f"it rests on premedication that nobody has seen in the source ({unseen[0].stated.source})"
        return NotEvaluated("unverified", reason)
    return _worst_at_each_place(found)


def _nothing_to_hold_to(case: Case) -> NotEvaluated:
    if labelled.is_investigational(case):
        return labelled.NOT_LABELLED
    label = label_of(case.regimen)
    return NotEvaluated("unverified", f"{label}, as far as it was seen, states no premedication for these patients")


def _worst_at_each_place(found: Iterable[Finding]) -> list[Finding]:
    """One finding at a value, also where both age groups have one there."""
    worst: dict[KeyPath, Finding] = {}
    for finding in found:
        known = worst.get(finding.path)
        if known is None or finding.severity.rank > known.severity.rank:
            worst[finding.path] = finding
    return list(worst.values())


def _differences(rule: Rule, case: Case, own: OfGroup) -> Iterator[Finding]:
    labels = own.held_to.given
    if not own.declared or not labels:
        return
    if not own.steroids:
        yield _no_corticosteroid(rule, case, own, labels)
    elif own.held_to.is_whole:
        yield from _beside_all(rule, case, own, labels)
    else:
        yield from _far_from_nearest(rule, case, own, labels)


def _far_from_nearest(
    rule: Rule, case: Case, own: OfGroup, labels: Sequence[LabelledPremedication]
) -> Iterator[Finding]:
    """What differs so much from the nearest of every label's that a slip is likelier than another protocol."""
    for given, drug in own.steroids:
        pairs = (PremedicationPair(rule, case, own, given, drug, label) for label in labels)
        far = ([finding for finding in pair.of_what_is_given() if finding.gross] for pair in pairs)
        yield from min(far, key=weight_of)


def _beside_all(rule: Rule, case: Case, own: OfGroup, labels: Sequence[LabelledPremedication]) -> Iterator[Finding]:
    """Each that is declared beside the one that it is most like, and those that are not declared."""
    beside: dict[int, list[PremedicationPair]] = {number: [] for number in range(len(labels))}
    for given, drug in own.steroids:
        tried = [PremedicationPair(rule, case, own, given, drug, label) for label in labels]
        weights = [weight_of(list(one.differences())) for one in tried] if len(tried) > 1 else [0]
        nearest = min(range(len(labels)), key=lambda number: (weights[number], number))
        beside[nearest].append(tried[nearest])
    for number, compared in beside.items():
        yield from _findings_that_count(_of_one(compared), labels[number])
    yield from _starts_without_label(rule, case, own, labels)
    for number, compared in beside.items():
        given_here = [one.given for one in compared]
        left_out = _left_out(rule, case, own, labels[number], given_here, len(labels))
        yield from _findings_that_count(left_out, labels[number])


def _of_one(compared: Sequence[PremedicationPair]) -> Iterable[Finding]:
    """What differs of those that are like one of the label's: each alone, or what several come to together."""
    if len(compared) < 2:
        return (finding for one in compared for finding in one.differences())
    # Imported here, because most files have one for each age group.
    from blinplan.rules.families.cytokines.premedication.together import differences_together

    return differences_together(compared)


def _findings_that_count(findings: Iterable[Finding], label: LabelledPremedication) -> Iterator[Finding]:
    """What counts: all of it, or where nobody has seen the label's text, what is far beyond it."""
    unseen = label.stated.status is Status.UNVERIFIED
    return (finding for finding in findings if finding.gross or not unseen)


def _no_corticosteroid(rule: Rule, case: Case, own: OfGroup, labels: Sequence[LabelledPremedication]) -> Finding:
    given, label = own.declared[0], labels[0]
    return case.finding(
        rule,
        (*given.path, "drug"),
        f"the premedication{own.whose} is {given.drug}, which is known here as no corticosteroid; {own.label} is"
        f" {drugs_text(label)}",
        f'write `drug = "{label.drug.name}"`, or the name of the substance where this is a brand of it',
        why=label.stated.says,
        severity=Severity.ERROR,
        limits=("premedication",),
        gross=True,
    )


def _left_out(
    rule: Rule,
    case: Case,
    own: OfGroup,
    label: LabelledPremedication,
    given: Sequence[Premedication],
    total: int,
) -> Iterator[Finding]:
    """Where the label has several for an age group, one that is not declared on all its occasions."""
    untold = missing_occasions(case, label.occasions, [one for one, _ in own.steroids])  # C603 tells of these
    missing = [one for one in missing_occasions(case, label.occasions, given) if one not in untold]
    if not missing:
        return
    first = (given or [one for one, _ in own.steroids])[0]
    occasions = " and ".join(labelled.IN_WORDS[occasion] for occasion in missing)
    yield case.finding(
        rule,
        (*first.path, "before") if given else (*first.path, "drug"),
        f"{drugs_text(label)}, {time_text(label)} before {occasions}, is not declared{_for_whom(own)};"
        f" {own.held_to.giver} {total} doses",
        f"add it: {label.stated.says}",
        why=label.stated.says,
        severity=Severity.ERROR,
        limits=("premedication",),
        gross=True,
    )


def _for_whom(own: OfGroup) -> str:
    return f" for {own.group}" if own.whose else ""


def _starts_without_label(
    rule: Rule, case: Case, own: OfGroup, labels: Sequence[LabelledPremedication]
) -> Iterator[Finding]:
    """Tell where premedication is given before each cycle, and the label gives it before the first."""
    every = {Occasion.CYCLE_START}
    if len(case.regimen.one_by_one) < 2 or any(label.occasions & every for label in labels):
        return
    for given, _ in own.steroids:
        if given.occasions & every:
            yield case.finding(
                rule,
                (*given.path, "before"),
                f"premedication{own.whose} is given before each cycle; {own.held_to.giver} it before the first",
                'write "first-start" for "cycle-start", or leave it where it is meant',
                why=labels[0].stated.says,
                severity=Severity.NOTE,
                limits=("premedication",),
            )
