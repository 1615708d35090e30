"""C603: where premedication is due, and none is declared."""

from collections.abc import Iterable, Iterator, Sequence

from blinplan.regimen.regimen import Departure, Premedication
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Occasion
from blinplan.rules.checks import labelled
from blinplan.rules.families.cytokines.premedication.alike import once_for_all_alike
from blinplan.rules.families.cytokines.premedication.groups import NOTHING_SAID, OfGroup, by_group
from blinplan.rules.rule import Answer, Case, Finding, Rule, Severity

_RESTARTS = frozenset({Occasion.RESTART, Occasion.FIRST_CYCLE_RESTART})


@once_for_all_alike
def premedication_missing(rule: Rule, case: Case) -> Answer:
    """Find starts, steps and restarts before which the label has premedication, and the file none."""
    if not case.regimen.premedication:
        return NOTHING_SAID
    found = (finding for own in by_group(case) for finding in _not_premedicated(rule, case, own))
    return [finding for finding in found if stated_departure(case, finding.path) is None]


def stated_departure(case: Case, path: KeyPath) -> Departure | None:
    """The departure that the premedication at a place, or around it, states."""
    around = (given for given in case.regimen.premedication if given.path == path[: len(given.path)])
    return next((given.departure for given in around), None)


def _not_premedicated(rule: Rule, case: Case, own: OfGroup) -> Iterator[Finding]:
    steroids, missing = corticosteroids(own), occasions_left_out(case, own)
    if not missing:
        return
    names = ", ".join(f'"{occasion}"' for occasion in missing)
    yield case.finding(
        rule,
        (*steroids[0].path, "before") if steroids else ("cycle", 0, "name"),
        f"no premedication{own.whose} is declared before {' and '.join(labelled.IN_WORDS[o] for o in missing)}",
        f"add {names} to `before` under [premedication]"
        if steroids
        else f"add [premedication] with `before = [{names}]`",
        severity=_severity_of_missing(own, missing),
    )


def corticosteroids(own: OfGroup) -> Sequence[Premedication]:
    """What counts as given before the infusion; C605 says of another drug that it is no corticosteroid."""
    return [given for given, _ in own.steroids] or own.declared


def occasions_left_out(case: Case, own: OfGroup) -> list[Occasion]:
    """The occasions on which premedication is due, and that none is declared for, whatever the file states."""
    return missing_occasions(case, _due(case, own), corticosteroids(own))


def _due(case: Case, own: OfGroup) -> frozenset[Occasion]:
    """What premedication is due before: by what it is held to, or else the start and a step."""
    due = frozenset[Occasion]().union(*(given.occasions for given in own.held_to.given))
    if not own.held_to.is_whole:
        due = frozenset({Occasion.FIRST_START, Occasion.ESCALATION})
    steps_up = any(True for cycle in case.regimen.cycles for _ in labelled.escalations(cycle))
    return due if steps_up else due - {Occasion.ESCALATION}


def missing_occasions(case: Case, due: frozenset[Occasion], given: Iterable[Premedication]) -> list[Occasion]:
    """The occasions on which premedication is due, and that none is declared for."""
    declared = frozenset[Occasion]().union(*(one.occasions for one in given))
    return [occasion for occasion in Occasion if occasion in due and not declared & _covering(case, occasion)]


def _covering(case: Case, occasion: Occasion) -> frozenset[Occasion]:
    """The occasions of which one has to be declared: of a single cycle, the first start is that of each cycle."""
    covering = labelled.COVERED_BY[occasion]
    if len(case.regimen.one_by_one) > 1:
        return covering
    return covering.union(*(same for same in _SAME_IN_ONE_CYCLE if occasion in same))


_SAME_IN_ONE_CYCLE = (frozenset({Occasion.FIRST_START, Occasion.CYCLE_START}), _RESTARTS)


def _severity_of_missing(own: OfGroup, missing: Iterable[Occasion]) -> Severity | None:
    """A start or a step without the premedication that is given there is planned so; a restart is not planned."""
    planned = frozenset(missing) - _RESTARTS
    return Severity.ERROR if planned and own.held_to.is_whole else None
