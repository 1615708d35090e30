"""What the rules ask of premedication: that it is declared where it is due, and that it is the label's."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from blinplan.label.label import Drug, LabelledPremedication
from blinplan.label.read import label_named, label_names, label_of
from blinplan.quantities import Basis, Mass, decimal_text, plural
from blinplan.regimen.regimen import AgeGroup, Disease, Indication, Occasion, Premedication, Status
from blinplan.regimen.toml.document import KeyPath
from blinplan.rules.checks import labelled
from blinplan.rules.checks.comparison import is_gross, severity_of_ratio
from blinplan.rules.checks.departures import base_named
from blinplan.rules.families.cytokines.age_groups import admitted_groups
from blinplan.rules.families.cytokines.corticosteroids import WrittenDrug, corticosteroid_in
from blinplan.rules.rule import Answer, Case, Finding, NotEvaluated, Rule, Severity

if TYPE_CHECKING:
    from blinplan.rules.checks.areas import Areas

_NOTHING_SAID = NotEvaluated("not said", "the file says nothing of premedication")
EQUAL_DOSES = {
    name: f"equal_dose_{name}"
    for name in (
        *("dexamethasone", "betamethasone", "methylprednisolone", "triamcinolone", "prednisone", "prednisolone"),
        *("deflazacort", "hydrocortisone", "cortisone"),
    )
}
"""The limits that say which doses of corticosteroids are as strong as each other, by the names of these."""
_RESTARTS = frozenset({Occasion.RESTART, Occasion.FIRST_CYCLE_RESTART})


class _OfGroup(NamedTuple):
    """What a file declares for an age group, and what to call its patients where the file tells them apart."""

    group: AgeGroup
    declared: tuple[Premedication, ...]
    whose: str

    @property
    def label(self) -> str:
        """What to call the label's premedication of the group: whom it is for, where the file does not say it."""
        return "the label's" if self.whose else f"the label's for {self.group}"

    @property
    def steroids(self) -> tuple[tuple[Premedication, WrittenDrug], ...]:
        """What of it is a corticosteroid, with the drug as it was read."""
        read = ((given, corticosteroid_in(given.drug)) for given in self.declared)
        return tuple((given, drug) for given, drug in read if drug is not None)


def _by_group(case: Case) -> list[_OfGroup]:
    """What is declared for each age group that the regimen admits.

    A file that tells no age groups apart is for the one that most of its patients belong to.
    """
    declared, groups = case.regimen.premedication, admitted_groups(case)
    if any(given.patients is not None for given in declared):
        own = {group: tuple(given for given in declared if given.is_for(group)) for group in groups}
        return [_OfGroup(group, given, f" of {group}") for group, given in own.items()]
    usual = AgeGroup.CHILDREN if case.regimen.basis is Basis.BSA else AgeGroup.ADULTS
    return [_OfGroup(usual if usual in groups else groups[0], declared, "")]


# --- where it is due --------------------------------------------------------------------------------------------------


def premedication_missing(rule: Rule, case: Case) -> Answer:
    """Find starts, steps and restarts before which the label has premedication, and the file none."""
    if not case.regimen.premedication:
        return _NOTHING_SAID
    return [finding for given in _by_group(case) for finding in _not_premedicated(rule, case, given)]


def _not_premedicated(rule: Rule, case: Case, own: _OfGroup) -> Iterator[Finding]:
    steroids = [given for given, _ in own.steroids] or own.declared  # C605 says of another drug that it is none
    missing = _missing(case, labelled.occasions(case, own.group), steroids)
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
        severity=_severity_of_missing(case, missing),
    )


def _missing(case: Case, due: frozenset[Occasion], given: Iterable[Premedication]) -> list[Occasion]:
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


def _severity_of_missing(case: Case, missing: Iterable[Occasion]) -> Severity | None:
    """A start or a step without the label's premedication is planned so; a restart is not planned."""
    planned = frozenset(missing) - _RESTARTS
    return Severity.ERROR if planned and not labelled.is_investigational(case) else None


# --- what it is -------------------------------------------------------------------------------------------------------


def premedication_differs(rule: Rule, case: Case) -> Answer:
    """Find what of the premedication is not the label's: drug, dose, cap, time, and a dose that is left out."""
    if not case.regimen.premedication:
        return _NOTHING_SAID
    if labelled.is_investigational(case):
        return _far_from_labels(rule, case)
    label = label_of(case.regimen)
    stated = {own: label.premedication(case.regimen.indication, own.group) for own in _by_group(case)}
    if not any(stated.values()):
        reason = f"{label}, as far as it was seen, states no premedication for these patients"
        return NotEvaluated("unverified", reason)
    found = [finding for own, labels in stated.items() for finding in _differences(rule, case, own, labels)]
    unseen = [one for labels in stated.values() for one in labels if one.stated.status is Status.UNVERIFIED]
    if unseen and not found:
        reason = f"it rests on premedication that nobody has seen in the source ({unseen[0].stated.source})"
        return NotEvaluated("unverified", reason)
    return _worst_at_each_place(found)


def _far_from_labels(rule: Rule, case: Case) -> Answer:
    """What of an investigational regimen is no corticosteroid, or far from the label's of its base, or of all."""
    labels = _labels_of_investigational(case)
    if not labels:
        return labelled.NOT_LABELLED
    found: list[Finding] = []
    for own in _by_group(case):
        stated = [label for label in labels if label.patients is own.group]
        if own.declared and stated:
            found += _far_differences(rule, case, own, stated)
    return _worst_at_each_place(found)


def _labels_of_investigational(case: Case) -> list[LabelledPremedication]:
    """The premedication of the label of what a regimen departs from; of all labels, where it names nothing."""
    regimen = case.regimen
    if regimen.departs_from is None:
        every = (given for name in label_names() for given in label_named(name).premedications)
        return list(every) if regimen.disease is Disease.LEUKAEMIA else []
    base = base_named(regimen.departs_from)
    if base is None or base.indication is Indication.INVESTIGATIONAL:
        return []
    return [given for given in label_of(base).premedications if given.indication is base.indication]


def _far_differences(
    rule: Rule, case: Case, own: _OfGroup, labels: Sequence[LabelledPremedication]
) -> Iterator[Finding]:
    """What differs so much from the nearest of the label's that a slip is likelier than another protocol."""
    if not own.steroids:
        yield _no_corticosteroid(rule, case, own, labels)
    for given, drug in own.steroids:
        tried = (list(_Comparison(rule, case, own, given, drug, label).of_what_is_given()) for label in labels)
        yield from (finding for finding in min(tried, key=_weight) if finding.gross)


def _worst_at_each_place(found: Iterable[Finding]) -> list[Finding]:
    """One finding at a value, also where both age groups have one there."""
    worst: dict[KeyPath, Finding] = {}
    for finding in found:
        known = worst.get(finding.path)
        if known is None or finding.severity.rank > known.severity.rank:
            worst[finding.path] = finding
    return list(worst.values())


def _differences(rule: Rule, case: Case, own: _OfGroup, labels: Sequence[LabelledPremedication]) -> Iterator[Finding]:
    if not own.declared or not labels:
        return
    if not own.steroids:
        yield from _findings_that_count([_no_corticosteroid(rule, case, own, labels)], labels[0])
        return
    beside: dict[int, list[_Comparison]] = {number: [] for number in range(len(labels))}
    for given, drug in own.steroids:
        tried = [_Comparison(rule, case, own, given, drug, label) for label in labels]
        weights = [_weight(list(one.differences())) for one in tried]
        nearest = min(range(len(labels)), key=lambda number: (weights[number], number))
        beside[nearest].append(tried[nearest])
    for compared in beside.values():
        for one in compared:
            yield from _findings_that_count(_difference_or_excess(one, compared), one.label)
    yield from _starts_without_label(rule, case, own, labels)
    for number, given_here in beside.items():
        yield from _findings_that_count(
            _left_out(rule, case, own, labels[number], [one.given for one in given_here], len(labels)), labels[number]
        )


def _difference_or_excess(own: "_Comparison", compared: Sequence["_Comparison"]) -> Iterable[Finding]:
    """What of a premedication is not the label's, or that it is given on top of the label's dose.

    What is to be left out is not compared: to make it the label's would be to give that twice.
    """
    nearest = min(compared, key=lambda one: _weight(list(one.differences())))
    if own is nearest:
        return own.differences()
    sums = {occasion: _given_on(occasion, compared) for occasion in Occasion if own.is_given_on(occasion)}
    far = own.case.limits["far_from_label"].value
    added = {occasion: given for occasion, given in sums.items() if len(given) > 1 and _sum_of(given) > far}
    if not added:
        return own.differences()
    occasion, given = max(added.items(), key=lambda item: _sum_of(item[1]))
    is_told = own is not next(one for one in given if one is not nearest)
    return () if is_told else (own.excess(occasion, given),)


def _given_on(occasion: Occasion, compared: Iterable["_Comparison"]) -> list["_Comparison"]:
    """Those of one drug each that are given on an occasion."""
    return [one for one in compared if one.is_given_on(occasion) and not one.drug.unread]


def _sum_of(given: Iterable["_Comparison"]) -> Fraction:
    """How many times the label's dose several are together."""
    return sum((one.times_label for one in given), Fraction(0))


def _weight(differences: Sequence[Finding]) -> tuple[int, int]:
    """How little like a labelled one a premedication is: the number of differences, and how bad they are."""
    return len(differences), sum(finding.severity.rank for finding in differences)


def _findings_that_count(findings: Iterable[Finding], label: LabelledPremedication) -> Iterator[Finding]:
    """What counts: all of it, or where nobody has seen the label's text, what is far beyond it."""
    unseen = label.stated.status is Status.UNVERIFIED
    return (finding for finding in findings if finding.gross or not unseen)


def _no_corticosteroid(rule: Rule, case: Case, own: _OfGroup, labels: Sequence[LabelledPremedication]) -> Finding:
    given, label = own.declared[0], labels[0]
    return case.finding(
        rule,
        (*given.path, "drug"),
        f"the premedication{own.whose} is {given.drug}, which is known here as no corticosteroid; {own.label} is"
        f" {_drugs_text(label)}",
        f'write `drug = "{label.drug.name}"`, or the name of the substance where this is a brand of it',
        why=label.stated.says,
        severity=Severity.ERROR,
        limits=("premedication",),
        gross=True,
    )


def _left_out(
    rule: Rule,
    case: Case,
    own: _OfGroup,
    label: LabelledPremedication,
    given: Sequence[Premedication],
    total: int,
) -> Iterator[Finding]:
    """Where the label has several for an age group, one that is not declared on all its occasions."""
    untold = _missing(case, label.occasions, [one for one, _ in own.steroids])  # C603 tells of these
    missing = [one for one in _missing(case, label.occasions, given) if one not in untold] if total > 1 else []
    if not missing:
        return
    first = (given or [one for one, _ in own.steroids])[0]
    occasions = " and ".join(labelled.IN_WORDS[occasion] for occasion in missing)
    yield case.finding(
        rule,
        (*first.path, "before") if given else (*first.path, "drug"),
        f"{_drugs_text(label)}, {_time_text(label)} before {occasions}, is not declared{_for_whom(own)}; the label"
        f" gives {'it' if total == 1 else f'{total} doses'}",
        f"add it: {label.stated.says}",
        why=label.stated.says,
        severity=Severity.ERROR,
        limits=("premedication",),
        gross=True,
    )


def _for_whom(own: _OfGroup) -> str:
    return f" for {own.group}" if own.whose else ""


def _starts_without_label(
    rule: Rule, case: Case, own: _OfGroup, labels: Sequence[LabelledPremedication]
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
                f"premedication{own.whose} is given before each cycle; the label gives it before the first",
                'write "first-start" for "cycle-start", or leave it where it is meant',
                why=labels[0].stated.says,
                severity=Severity.NOTE,
                limits=("premedication",),
            )


class _Comparison(NamedTuple):
    """A declared corticosteroid beside one of the label's."""

    rule: Rule
    case: Case
    own: _OfGroup
    given: Premedication
    drug: WrittenDrug
    label: LabelledPremedication

    def differences(self) -> Iterator[Finding]:
        """Every difference, each at its own value."""
        yield from self.of_what_is_given()
        yield from self._of_time()

    def of_what_is_given(self) -> Iterator[Finding]:
        """Every difference of the drug, its dose and its cap."""
        if self.drug.unread:
            yield self._unclear()
        else:
            yield from self._of_drug()

    def _of_drug(self) -> Iterator[Finding]:
        alike = next((drug for drug in self._labelled_drugs if drug.name == self.drug.name), None)
        if self.drug.is_misspelt:
            yield self._misspelt()
        if alike is None:
            yield from self._of_another_drug()
        else:
            yield from self._of_dose(alike)

    def is_given_on(self, occasion: Occasion) -> bool:
        """Whether it is given on an occasion: what is given before each cycle is given at the first start too."""
        return bool(self.given.occasions & labelled.COVERED_BY[occasion])

    @property
    def times_label(self) -> Fraction:
        """How many times as strong as the label's dose it is, where that is most."""
        alike = next((drug for drug in self._labelled_drugs if drug.name == self.drug.name), None)
        return self._strength if alike is None else max(self._ratios(alike))

    def excess(self, occasion: Occasion, given: Sequence["_Comparison"]) -> Finding:
        """Tell that several are given on one occasion, which come to more than the label's dose."""
        ratio = _sum_of(given)
        doses = " and ".join(f"{one.given.drug} {one.given.dose}" for one in given)
        return self._finding(
            "dose",
            f"the premedication{self.own.whose} before {labelled.IN_WORDS[occasion]} is {doses}, together"
            f" {decimal_text(ratio, 1)} times the label's dose; {self.own.label} is {_drugs_text(self.label)}",
            "leave out what is too much: the label gives one of them, once on each occasion",
            Severity.ERROR,
            gross=is_gross(ratio),
            limits=self._equal_doses if is_gross(ratio) else (),
        )

    @property
    def _labelled_drugs(self) -> tuple[Drug, ...]:
        return self.label.drug, *self.label.equivalents

    @property
    def _areas(self) -> "Areas":
        # Imported here, because few files have a dose that is counted otherwise than the label's.
        from blinplan.rules.checks.areas import areas_of

        return areas_of(self.case.regimen.eligibility)

    def _unclear(self) -> Finding:
        """A name with words beside it may say another drug, or that there is none: nobody can compare its dose."""
        return self._finding(
            "drug",
            f'the premedication{self.own.whose} is "{self.given.drug}", which is not the name of one drug'
            f' ("{" ".join(self.drug.unread)}" is not known here); {self.own.label} is {_drugs_text(self.label)}',
            f'write which drug is meant, with its name alone: `drug = "{self.label.drug.name}"`; another drug has its'
            " own [[premedication]]",
            Severity.ERROR,
            gross=True,
        )

    def _misspelt(self) -> Finding:
        return self._finding(
            "drug",
            f"the premedication{self.own.whose} is {self.given.drug}, which is read as {self.drug.name}",
            f'write `drug = "{self.drug.name}"`',
            Severity.WARNING,
        )

    def _of_another_drug(self) -> Iterator[Finding]:
        strength = self._strength
        gross = is_gross(strength)
        told = f", {decimal_text(strength, 2)} times as strong" if gross else ""
        yield self._finding(
            "drug",
            f"the premedication{self.own.whose} is {self.given.drug} {self.given.dose}{told}; {self.own.label} is"
            f" {_drugs_text(self.label)}",
            f'write `drug = "{self.label.drug.name}"` and {_keys_text(self.label.drug)}, or waive this rule with the'
            " reason",
            Severity.ERROR if gross else Severity.WARNING,
            gross=gross,
            limits=self._equal_doses if gross else (),
        )

    @property
    def _equal_doses(self) -> tuple[str, ...]:
        """The names of the limits by which the drug and the label's compare; empty where no drug is named."""
        if self.drug.name is None:
            return ()
        return EQUAL_DOSES[self.drug.name], EQUAL_DOSES[self.label.drug.name]

    @property
    def _strength(self) -> Fraction:
        """How many times as strong as the label's a corticosteroid is; one without a name is taken for the label's."""
        equal = [self.case.limits_unasked[name].value for name in self._equal_doses]
        factor = equal[1] / equal[0] if equal else Fraction(1)
        return max((factor * ratio for ratio in self._ratios(self.label.drug)), key=_distance)

    def _of_dose(self, label: Drug) -> Iterator[Finding]:
        """Tell of another dose and, where both are by body surface area, of another cap."""
        if self.given.dose != label.dose:
            yield self._other_dose(label)
        if self.given.dose.basis is label.dose.basis and self.given.cap != label.cap:
            yield from self._other_cap(label)

    def _other_dose(self, label: Drug) -> Finding:
        ratio = max(self._ratios(label), key=_distance)
        return self._finding(
            "dose",
            f"the dose of {label.name}{self.own.whose} is {self.given.dose}; {self.own.label} is {_dose_text(label)}"
            f"{self._in_a_patient(label, ratio)}",
            f"write {_keys_text(label)}, or waive this rule with the reason",
            severity_of_ratio(self.case, ratio),
            gross=is_gross(ratio),
        )

    def _ratios(self, label: Drug) -> tuple[Fraction, ...]:
        """How many times the label's dose the given one is: in the smallest and largest patient, if one is by area."""
        if self.given.dose.basis is label.dose.basis:
            return (self.given.dose.milligrams / label.dose.milligrams,)
        return tuple(
            _milligrams(self.given.dose, self.given.cap, area) / _milligrams(label.dose, label.cap, area)
            for area in self._areas
        )

    def _in_a_patient(self, label: Drug, ratio: Fraction) -> str:
        if self.given.dose.basis is label.dose.basis:
            return ""
        area = next(area for area, own in zip(self._areas, self._ratios(label), strict=True) if own == ratio)
        square_metres = f"{float(area):.2g} m²"
        return f", so it is {decimal_text(ratio, 1)} times that in a patient of {square_metres}"

    def _other_cap(self, label: Drug) -> Iterator[Finding]:
        given, cap = self.given.cap, label.cap
        if given is None:
            yield self._finding(
                "dose",
                f"the dose of {label.name}{self.own.whose} has no cap; {self.own.label} is {cap}",
                f'add `max = "{cap}"`',
                Severity.WARNING,
            )
        elif cap is None:
            yield from self._cap_without_label(given, label)
        else:
            ratio = given.milligrams / cap.milligrams
            yield self._finding(
                "max",
                f"the cap of {label.name}{self.own.whose} is {given}; {self.own.label} is {cap}",
                f'write `max = "{cap}"`, or waive this rule with the reason',
                severity_of_ratio(self.case, ratio),
                gross=is_gross(ratio),
            )

    def _cap_without_label(self, given: Mass, label: Drug) -> Iterator[Finding]:
        """Tell of a cap that the label has none of, where it lowers somebody's dose."""
        ratio = given.milligrams / (label.dose.milligrams * self._areas.largest)
        if ratio < 1:
            yield self._finding(
                "max",
                f"the cap of {label.name}{self.own.whose} is {given}; the label's dose, {_dose_text(label)}, has none",
                "remove `max`, or waive this rule with the reason",
                severity_of_ratio(self.case, ratio),
                gross=is_gross(ratio),
            )

    def _of_time(self) -> Iterator[Finding]:
        given, label = self.given, self.label
        with_it = given.minutes_before == 0 < label.minutes_before  # it begins with the infusion, and not before
        if given.minutes_before > label.minutes_before or with_it:
            yield self._other_time("minutes_before", given.minutes_before, label.minutes_before)
        if given.latest_minutes_before < label.latest_minutes_before and not with_it:
            yield self._other_time(self._key_of_latest, given.latest_minutes_before, label.latest_minutes_before)

    @property
    def _key_of_latest(self) -> str:
        table = self.case.values(self.given.path)
        return "latest_minutes_before" if "latest_minutes_before" in table else "minutes_before"

    def _other_time(self, key: str, minutes: int, label: int) -> Finding:
        written = key in self.case.values(self.given.path)
        said = "" if written else ", since the file says no other"
        return self._finding(
            key if written else "before",
            f"premedication{self.own.whose} is given {_minutes(minutes)} before the infusion{said}; the label gives it"
            f" {_time_text(self.label)} before",
            self._advice_on_time(),
            self._severity_of_time(minutes, label),
            gross=is_gross(Fraction(minutes, label)),
        )

    def _severity_of_time(self, minutes: int, label: int) -> Severity:
        """A window in which the label's time lies is no wrong time, unless it is so wide that it says nothing."""
        meets = (
            self.given.minutes_before > 0
            and self.given.latest_minutes_before <= self.label.minutes_before
            and self.given.minutes_before >= self.label.latest_minutes_before
        )
        width = self.given.minutes_before - self.given.latest_minutes_before
        if meets and width <= self.case.limits["far_from_label"].value * self.label.minutes_before:
            return Severity.WARNING
        return severity_of_ratio(self.case, Fraction(minutes, label))

    def _advice_on_time(self) -> str:
        label = self.label
        latest = f" and `latest_minutes_before = {label.latest_minutes_before}`"
        window = label.latest_minutes_before != label.minutes_before
        return (
            f"write `minutes_before = {label.minutes_before}`{latest if window else ''}, or waive this rule with the"
            " reason"
        )

    def _finding(
        self,
        key: str,
        message: str,
        advice: str,
        severity: Severity,
        *,
        gross: bool = False,
        limits: tuple[str, ...] = (),
    ) -> Finding:
        return self.case.finding(
            self.rule,
            (*self.given.path, key),
            message,
            advice,
            why=self.label.stated.says,
            severity=severity,
            limits=("premedication", "far_from_label", *limits),
            gross=gross,
        )


def _distance(ratio: Fraction) -> Fraction:
    return max(ratio, 1 / ratio)


def _milligrams(dose: Mass, cap: Mass | None, area: Fraction) -> Fraction:
    """What a dose comes to in a patient of an area."""
    if dose.basis is Basis.FLAT:
        return dose.milligrams
    milligrams = dose.milligrams * area
    return milligrams if cap is None else min(milligrams, cap.milligrams)


def _drugs_text(label: LabelledPremedication) -> str:
    """The label's drug with its dose, and what counts as the same."""
    return " or ".join(f"{drug.name} {_dose_text(drug)}" for drug in (label.drug, *label.equivalents))


def _dose_text(drug: Drug) -> str:
    return str(drug.dose) if drug.cap is None else f"{drug.dose} (at most {drug.cap})"


def _keys_text(drug: Drug) -> str:
    cap = "" if drug.cap is None else f' and `max = "{_mass_text(drug.cap)}"`'
    return f'`dose = "{_mass_text(drug.dose)}"`{cap}'


def _mass_text(mass: Mass) -> str:
    return str(mass).replace("²", "2")


def _time_text(label: LabelledPremedication) -> str:
    most, least = label.minutes_before, label.latest_minutes_before
    return _minutes(most) if most == least else f"{most} to {_minutes(least)}"


def _minutes(number: int) -> str:
    return f"{number} {plural('minute', number)}"
