"""What a file declares as premedication for adults and for children, and what that is held to."""

from typing import NamedTuple

from blinplan.label.label import Drug, LabelledPremedication, Stated
from blinplan.label.read import label_named, label_names, label_of
from blinplan.quantities import Basis
from blinplan.regimen.regimen import Premedication, Regimen
from blinplan.regimen.vocabulary import AgeGroup, Disease
from blinplan.rules.checks import labelled
from blinplan.rules.checks.departures import base_named
from blinplan.rules.families.cytokines.age_groups import admitted_groups
from blinplan.rules.families.cytokines.corticosteroids import WrittenDrug, corticosteroid_in
from blinplan.rules.rule import Case, NotEvaluated

_LABEL = "the label's"
NOTHING_SAID = NotEvaluated("not said", "the file says nothing of premedication")


class HeldTo(NamedTuple):
    """What the premedication of an age group is held to: what its label gives, or the regimen that it departs from.

    ``is_whole`` is false where it is all that any label gives, of which only the nearest counts, and what is far from
    it. ``owner`` says in words whose it is.
    """

    owner: str
    given: tuple[LabelledPremedication, ...]
    is_whole: bool = True

    @property
    def dose(self) -> str:
        """What to call its dose."""
        return f"{self.owner} dose" if self.owner == _LABEL else self.owner

    @property
    def giver(self) -> str:
        """Who gives it, with the verb."""
        return "the label gives" if self.owner == _LABEL else f"{self.owner.removeprefix('that of ')} gives"


class OfGroup(NamedTuple):
    """What a file declares for an age group, and what to call its patients where the file tells them apart."""

    group: AgeGroup
    declared: tuple[Premedication, ...]
    whose: str
    held_to: HeldTo

    @property
    def label(self) -> str:
        """What to call what it is held to: whom that is for, where the file does not say it."""
        return self.held_to.owner if self.whose else f"{self.held_to.owner} for {self.group}"

    @property
    def steroids(self) -> tuple[tuple[Premedication, WrittenDrug], ...]:
        """What of it is a corticosteroid, with the drug as it was read."""
        read = ((given, corticosteroid_in(given.drug)) for given in self.declared)
        return tuple((given, drug) for given, drug in read if drug is not None)


def by_group(case: Case) -> list[OfGroup]:
    """What is declared for each age group that the regimen admits.

    A file that tells no age groups apart is for the one that most of its patients belong to.
    """
    declared, groups = case.regimen.premedication, admitted_groups(case)
    if any(given.patients is not None for given in declared):
        own = {group: tuple(given for given in declared if given.is_for(group)) for group in groups}
        return [OfGroup(group, given, f" of {group}", _held_to(case, group)) for group, given in own.items()]
    usual = AgeGroup.CHILDREN if case.regimen.basis is Basis.BSA else AgeGroup.ADULTS
    group = usual if usual in groups else groups[0]
    return [OfGroup(group, declared, "", _held_to(case, group))]


# --- what it is held to -----------------------------------------------------------------------------------------------


def _held_to(case: Case, group: AgeGroup) -> HeldTo:
    regimen = case.regimen
    if not labelled.is_investigational(case):
        return _of_label(regimen, group)
    base = None if regimen.departs_from is None else base_named(regimen.departs_from)
    of_base = None if base is None else _of_base(base, group)
    return of_base or HeldTo(_LABEL, _of_every_label(regimen, group), is_whole=False)


def _of_label(regimen: Regimen, group: AgeGroup) -> HeldTo:
    return HeldTo(_LABEL, label_of(regimen).premedication(regimen.indication, group))


def _of_base(base: Regimen, group: AgeGroup) -> HeldTo | None:
    """What the label of a base gives, or a study whose file says what was given; None of one that does not."""
    from blinplan.regimen import library

    if library.groups()[base.name] == "labelled":
        return _of_label(base, group)
    declared = tuple(_as_stated(base, group, given) for given in base.premedication if given.is_for(group))
    return HeldTo(f"that of {base.name}", declared) if declared else None


def _as_stated(base: Regimen, group: AgeGroup, given: Premedication) -> LabelledPremedication:
    source = base.sources[0]
    return LabelledPremedication(
        base.indication,
        group,
        Drug(given.drug, given.dose, given.cap),
        (),
        given.minutes_before,
        given.latest_minutes_before,
        given.occasions,
        Stated(f"{base.name} gives {given.drug} {given.dose}.", source.citation, source.status),
    )


def _of_every_label(regimen: Regimen, group: AgeGroup) -> tuple[LabelledPremedication, ...]:
    if regimen.disease is not Disease.LEUKAEMIA:
        return ()
    every = (given for name in label_names() for given in label_named(name).premedications)
    return tuple(given for given in every if given.patients is group)
