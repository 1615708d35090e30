"""C603 and C605: premedication beside that of every label, indication and age group, from the label's own data."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from _pytest.mark import ParameterSet

from blinplan.label.label import Label, LabelledPremedication
from blinplan.label.read import label_named, label_names
from blinplan.label.regimens import labelled_regimen
from blinplan.quantities import Basis, Mass
from blinplan.regimen.regimen import Premedication, Regimen
from blinplan.regimen.tables import table_of
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import AgeGroup, Indication, Occasion
from blinplan.regimen.write import write_regimen
from blinplan.rules.configuration.settings import DEFAULTS, Pattern
from blinplan.rules.families.cytokines import corticosteroids
from blinplan.rules.families.cytokines.premedication import differs, groups
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Finding, Severity
from tests.collection.grid import each_third
from tests.regimen_text import judgement_of, verdict_of

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
OF_PREMEDICATION = DEFAULTS._replace(select=(Pattern("C603"), Pattern("C605")))
Found = list[tuple[str, str | int, Severity]]


def written(regimen: Regimen) -> Judgement:
    """Judge a regimen as a file says it."""
    return judgement_of(write_regimen(table_of(regimen)).document.text, settings=OF_PREMEDICATION)


def found(judgement: Judgement, *rules: str) -> Found:
    """What rules of premedication found: the code, the key at which it stands, and how bad it is."""
    findings = [f for code in rules or ("C603", "C605") for f in verdict_of(judgement, code).findings]
    return [(f.code, f.path[-1], f.severity) for f in findings]


def labelled() -> Iterator[tuple[Label, Regimen]]:
    for name in label_names():
        label = label_named(name)
        yield from ((label, labelled_regimen(label, made)) for made in label.regimens)


REGIMENS = [pytest.param(label, regimen, id=regimen.name) for label, regimen in labelled()]
PLACES = [
    pytest.param(label, regimen, number, id=f"{regimen.name}-{number}")
    for label, regimen in labelled()
    for number in range(len(regimen.premedication))
]


def stated_for(label: Label, regimen: Regimen, number: int) -> LabelledPremedication:
    """What the label says of one of the premedications that were made from it."""
    group = regimen.premedication[number].patients
    assert group is not None
    of_group = label.premedication(regimen.indication, group)
    earlier = [given for given in regimen.premedication[:number] if given.patients is group]
    return of_group[len(earlier)]


def with_changed(regimen: Regimen, number: int, **changes: object) -> Regimen:
    declared = list(regimen.premedication)
    declared[number] = replace(declared[number], **changes)  # type: ignore[arg-type]
    return replace(regimen, premedication=tuple(declared))


def times(mass: Mass, factor: Fraction) -> Mass:
    return Mass(mass.milligrams * factor, mass.basis)


def severity(ratio: Fraction) -> Severity:
    return ERROR if ratio > Fraction(3, 2) or ratio < Fraction(2, 3) else WARNING


FACTORS = [Fraction(f) for f in ("1/10", "1/2", "13/20", "67/100", "4/5", "5/4", "3/2", "31/20", "2", "10")]


@pytest.mark.parametrize(("label", "regimen"), REGIMENS)
def test_what_the_label_gives_has_no_finding(label: Label, regimen: Regimen) -> None:
    assert found(written(regimen)) == []
    assert verdict_of(written(regimen), "C605").not_evaluated is None


def each_with(places: Sequence[ParameterSet], others: Sequence[object]) -> list[ParameterSet]:
    """Each third of all places with all others; at night all."""
    return each_third([pytest.param(*at.values, other, id=f"{at.id}-{other}") for at in places for other in others])


@pytest.mark.slow
@pytest.mark.parametrize(("label", "regimen", "number", "factor"), each_with(PLACES, FACTORS))
def test_another_dose_is_found_at_its_value(label: Label, regimen: Regimen, number: int, factor: Fraction) -> None:
    given = regimen.premedication[number]
    judgement = written(with_changed(regimen, number, dose=times(given.dose, factor)))
    assert found(judgement) == [("C605", "dose", severity(factor))]
    (finding,) = verdict_of(judgement, "C605").findings
    stated = stated_for(label, regimen, number)
    assert f"is {times(given.dose, factor)}; the label's is {stated.drug.dose}" in finding.message
    assert (finding.path, finding.why) == (("premedication", number, "dose"), stated.stated.says)


CAPPED = [place for place in PLACES if stated_for(*place.values).drug.cap is not None]  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize(("label", "regimen", "number", "factor"), each_with(CAPPED, [*FACTORS, None]))
def test_another_cap_is_found_where_the_label_has_one(
    label: Label, regimen: Regimen, number: int, factor: Fraction | None
) -> None:
    cap = stated_for(label, regimen, number).drug.cap
    assert cap is not None
    other = None if factor is None else times(cap, factor)
    judgement = written(with_changed(regimen, number, cap=other))
    expected = ("C605", "dose", WARNING) if factor is None else ("C605", "max", severity(factor))
    assert found(judgement) == [expected]


def by_area(regimen: Regimen, number: int) -> bool:
    return regimen.premedication[number].dose.basis is Basis.BSA


@pytest.mark.parametrize(("label", "regimen", "number"), PLACES)
def test_a_flat_dose_of_children_and_one_by_area_of_adults_are_errors(
    label: Label, regimen: Regimen, number: int
) -> None:
    given = regimen.premedication[number]
    flat, per_area = Mass(Fraction(20), Basis.FLAT), Mass(Fraction(5), Basis.BSA)
    other = {"dose": flat, "cap": None} if by_area(regimen, number) else {"dose": per_area}
    judgement = written(with_changed(regimen, number, **other))
    assert found(judgement) == [("C605", "dose", ERROR)]
    assert f"of {given.patients}" in verdict_of(judgement, "C605").findings[0].message


@pytest.mark.parametrize(("label", "regimen", "number"), PLACES)
def test_every_difference_is_found_at_its_own_value(label: Label, regimen: Regimen, number: int) -> None:
    given, expected = regimen.premedication[number], [("C605", "dose", ERROR)]
    changes: dict[str, object] = {"dose": times(given.dose, Fraction(10))}
    if given.cap is not None:
        changes["cap"] = times(given.cap, Fraction(1, 10))
        expected.append(("C605", "max", ERROR))
    if given.minutes_before == given.latest_minutes_before:
        changes |= {"minutes_before": 5, "latest_minutes_before": 5}
        expected.append(("C605", "minutes_before", ERROR))
    assert found(written(with_changed(regimen, number, **changes))) == expected


# --- the drug ---------------------------------------------------------------------------------------------------------


def others_of_group(regimen: Regimen, number: int) -> int:
    group = regimen.premedication[number].patients
    return sum(given.patients is group for given in regimen.premedication) - 1


NO_CORTICOSTEROIDS = ("paracetamol", "Paracetamol 1 g", "diphenhydramine", "ondansetron", "none")


@pytest.mark.slow
@pytest.mark.parametrize(("label", "regimen", "number", "drug"), each_with(PLACES, NO_CORTICOSTEROIDS))
def test_no_corticosteroid_is_an_error(label: Label, regimen: Regimen, number: int, drug: str) -> None:
    judgement = written(with_changed(regimen, number, drug=drug))
    (one,) = verdict_of(judgement, "C605").findings
    stated = stated_for(label, regimen, number)
    assert (one.severity, one.path[-1]) == (ERROR, "drug")
    assert f"{stated.drug.name} {stated.drug.dose}" in one.message
    assert verdict_of(judgement, "C603").findings == ()
    if not others_of_group(regimen, number):
        assert one.path == ("premedication", number, "drug")
        assert drug in one.message


@pytest.mark.parametrize(("label", "regimen"), REGIMENS)
def test_something_besides_the_corticosteroid_is_nobody_s_mistake(label: Label, regimen: Regimen) -> None:
    first = regimen.premedication[0]
    besides = replace(first, drug="paracetamol", dose=Mass(Fraction(1000), Basis.FLAT), cap=None)
    both = (*regimen.premedication, besides)
    assert found(written(replace(regimen, premedication=both))) == []
    assert found(written(replace(regimen, premedication=both[::-1]))) == []


def test_what_is_no_corticosteroid_covers_no_start() -> None:
    regimen = labelled_regimen(label_named("us-2025"), label_named("us-2025").regimens[0])
    adults = regimen.premedication[0]
    steps = replace(adults, occasions=frozenset({Occasion.ESCALATION, Occasion.RESTART}))
    fever = replace(adults, drug="paracetamol", occasions=frozenset({Occasion.CYCLE_START}))
    changed = replace(regimen, premedication=(fever, steps, *regimen.premedication[1:]))
    assert found(written(changed)) == [("C603", "before", ERROR)]


SPELLINGS = {
    "dexamethasone": (
        *("Dexamethason", "dexaméthasone", "dexametasona", "desametasone", "deksametazon", "dexamethasonum"),
        *("Dexa", "DXM", "дексаметазон", "地塞米松"),
    ),
    "prednisone": ("Prednison", "prednisona", "prednizon", "PREDNISONE", "преднизон"),
}
SLIPS = {"dexamethasone": ("dexamethsone", "dexamethaosne", "dexamethazole"), "prednisone": ("prednsone", "predinsone")}


@pytest.mark.slow
@pytest.mark.parametrize(("label", "regimen", "number"), each_third(PLACES))
def test_the_drug_is_known_in_other_languages_and_a_slip_is_told(label: Label, regimen: Regimen, number: int) -> None:
    name = regimen.premedication[number].drug
    for spelling in (*SPELLINGS[name], f"{name} IV", f"{name.upper()} sodium phosphate"):
        assert found(written(with_changed(regimen, number, drug=spelling))) == [], spelling
    for slip in SLIPS[name]:
        assert found(written(with_changed(regimen, number, drug=slip))) == [("C605", "drug", WARNING)], slip


@pytest.mark.parametrize(("label", "regimen", "number"), PLACES)
def test_an_equivalent_has_its_own_dose(label: Label, regimen: Regimen, number: int) -> None:
    for drug in stated_for(label, regimen, number).equivalents:
        same = with_changed(regimen, number, drug=drug.name, dose=drug.dose, cap=drug.cap)
        assert found(written(same)) == []
        for factor in FACTORS:
            other = with_changed(regimen, number, drug=drug.name, dose=times(drug.dose, factor), cap=drug.cap)
            assert found(written(other)) == [("C605", "dose", severity(factor))]


@pytest.mark.parametrize(
    ("drug", "milligrams", "bad"),
    [
        ("methylprednisolone", 107, WARNING),
        ("hydrocortisone", 500, WARNING),
        ("prednisolone", 133, WARNING),
        ("prednisone", 20, ERROR),
        ("methylprednisolone", 1000, ERROR),
        ("hydrocortisone", 100, ERROR),
        ("a corticosteroid", 20, WARNING),
        ("a corticosteroid", 200, ERROR),
    ],
)
def test_another_corticosteroid_is_a_difference_and_one_far_stronger_or_weaker_an_error(
    drug: str, milligrams: int, bad: Severity
) -> None:
    regimen = labelled_regimen(label_named("us-2025"), label_named("us-2025").regimens[0])
    judgement = written(with_changed(regimen, 0, drug=drug, dose=Mass(Fraction(milligrams), Basis.FLAT)))
    assert found(judgement) == [("C605", "drug", bad)]


@pytest.mark.parametrize("text", ["paracetamol", "dexmedetomidine", "dexrazoxane", "tocilizumab", "", "prednis"])
def test_other_drugs_are_not_taken_for_a_corticosteroid(text: str) -> None:
    assert corticosteroids.corticosteroid_in(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("methyl prednisolone", "methylprednisolone"),
        ("Solu-Medrol", "methylprednisolone"),
        ("prednisolone", "prednisolone"),
        ("prednisone or an equivalent", "prednisone"),
        ("paracetamol and dexamethasone", "dexamethasone"),
        ("преднизолон", "prednisolone"),
        ("プレドニゾロン", "prednisolone"),
        ("Hidrocortisona", "hydrocortisone"),
        ("glucocorticoid", None),
    ],
)
def test_corticosteroids_are_told_apart(text: str, name: str | None) -> None:
    read = corticosteroids.corticosteroid_in(text)
    assert read is not None
    assert (read.name, read.is_misspelt) == (name, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("no ", " or paracetamol"),
        ("without ", " 0.1 % eye drops"),
        ("paracetamol instead of ", " cream"),
        ("ondansetron / ", ": none"),
        ("kein ", "-free"),
    ],
)
def test_a_drug_that_is_not_one_name_is_asked_about(before: str, after: str) -> None:
    for label, regimen in labelled():
        name = regimen.premedication[0].drug
        for drug in (f"{before}{name}", f"{name}{after}", f"{before}steroids"):
            judgement = written(with_changed(regimen, 0, drug=drug))
            assert found(judgement) == [("C605", "drug", ERROR)], (label.name, drug)
            assert "which drug is meant" in verdict_of(judgement, "C605").findings[0].help


@pytest.mark.parametrize(
    "drug",
    [
        *("no dexamethasone", "dexamethasone or prednisone", "не надо дексаметазон", "prednisone or paracetamol"),
        *("paracetamol instead of dexamethasone", "dexamethasone 0.1 % eye drops", "methyl prednisolone cream"),
        *("дексаметазонами", "dexamethasone, a steroid that is not given"),
    ],
)
def test_words_beside_a_name_are_kept(drug: str) -> None:
    read = corticosteroids.corticosteroid_in(drug)
    assert read is not None
    assert read.unread


@pytest.mark.parametrize(
    "drug",
    [
        *("dexamethasone", "Dexamethason i.v.", "dexamethasone (Decadron)", "dexamethasone sodium phosphate 4 mg/ml"),
        *("Solu-Medrol", "methyl prednisolone iv", "a corticosteroid", "prednisone or an equivalent", "дексаметазона"),
        *("dexamethasone oral tablets", "地塞米松注射液", "prednisolone by mouth", "dexamethsone iv"),
        *("dexamethasone, a corticosteroid", "дексаметазоном"),
    ],
)
def test_a_salt_a_form_and_a_route_are_no_other_drug(drug: str) -> None:
    read = corticosteroids.corticosteroid_in(drug)
    assert read is not None
    assert read.unread == ()


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("dexamethsone", "dexamethasone"),
        ("prednsone", "prednisone"),
        ("cortisome", "cortisone"),
        ("cortisn", "cortisone"),
    ],
)
def test_a_word_like_a_name_is_a_slip_of_the_pen(word: str, name: str) -> None:
    read = corticosteroids.corticosteroid_in(word)
    assert read == corticosteroids.WrittenDrug(name, word, is_misspelt=True)


EQUAL_TO_20 = [("dexamethasone", 20), ("prednisone", 100), ("methylprednisolone", 100), ("hydrocortisone", 500)]


@pytest.mark.parametrize(("drug", "milligrams"), EQUAL_TO_20)
@pytest.mark.parametrize("minutes", [90, 120, 360])
def test_the_label_s_dose_given_twice_is_one_error(drug: str, milligrams: int, minutes: int) -> None:
    for made in label_named("us-2025").regimens:
        regimen = labelled_regimen(label_named("us-2025"), made)
        number = of_adults(regimen)
        dose = Mass(Fraction(milligrams), Basis.FLAT)
        more = replace(
            regimen.premedication[number],
            drug=drug,
            dose=dose,
            minutes_before=minutes,
            latest_minutes_before=minutes,
        )
        for declared in ((*regimen.premedication, more), (more, *regimen.premedication)):
            judgement = written(replace(regimen, premedication=declared))
            errors = [one for one in verdict_of(judgement, "C605").findings if one.severity is ERROR]
            assert len(errors) == 1, (made.name, [one.message for one in errors])
            assert "times the label's dose" in errors[0].message
            assert "leave out" in errors[0].help


def test_four_times_the_dose_within_minutes_is_one_error() -> None:
    regimen = labelled_regimen(label_named("us-2025"), label_named("us-2025").regimens[0])
    first = replace(regimen.premedication[0], occasions=frozenset({Occasion.CYCLE_START}))
    more = [replace(first, minutes_before=m, latest_minutes_before=m) for m in (50, 55, 58)]
    judgement = written(replace(regimen, premedication=(*regimen.premedication, *more)))
    (one,) = verdict_of(judgement, "C605").findings
    assert (one.severity, one.path[-1]) == (ERROR, "dose")
    assert "together 4 times the label's dose" in one.message


def test_the_dose_on_another_occasion_is_not_given_twice() -> None:
    regimen = labelled_regimen(label_named("us-2025"), label_named("us-2025").regimens[0])
    parts = [replace(regimen.premedication[0], occasions=frozenset({o})) for o in regimen.premedication[0].occasions]
    assert found(written(replace(regimen, premedication=(*parts, *regimen.premedication[1:])))) == []


DOSE, DRUG, OTHER = [("C605", "dose", ERROR)], [("C605", "drug", ERROR)], [("C605", "drug", WARNING)]
SMALLER, TIME = [("C605", "dose", WARNING)], [("C605", "minutes_before", ERROR)]


def departing(base: str | None, **changes: object) -> Regimen:
    """The label's regimen for relapsed disease called investigational, with changes of its premedication."""
    regimen = labelled_regimen(label_named("us-2025"), label_named("us-2025").regimens[0])
    given = replace(regimen.premedication[0], patients=None, **changes)  # type: ignore[arg-type]
    return replace(
        regimen, name="probe", indication=Indication.INVESTIGATIONAL, departs_from=base, premedication=(given,)
    )


@pytest.mark.parametrize(
    ("drug", "milligrams", "beside_label", "beside_nothing"),
    [
        ("dexamethasone", 200, DOSE, DOSE),
        ("dexamethasone", 2, DOSE, DOSE),
        ("paracetamol", 1000, DRUG, DRUG),
        ("no dexamethasone", 20, DRUG, DRUG),
        ("dexamethasone", 20, [], []),
        ("dexamethasone", 10, DOSE, []),
        ("dexamethasone", 31, DOSE, []),
        ("dexamethasone", 30, SMALLER, []),
        ("dexamethasone", 14, SMALLER, []),
        ("methylprednisolone", 100, OTHER, []),
    ],
)
def test_an_investigational_regimen_is_held_to_its_base_or_to_what_is_far_from_every_label(
    drug: str, milligrams: int, beside_label: Found, beside_nothing: Found
) -> None:
    dose = Mass(Fraction(milligrams), Basis.FLAT)
    bases: dict[str | None, Found] = {"rr-adult": beside_label, "e1910": beside_label}
    for base, expected in {**bases, "golden-gate-run-in": beside_nothing, None: beside_nothing}.items():
        assert found(written(departing(base, drug=drug, dose=dose)), "C605") == expected, base


@pytest.mark.parametrize(("minutes", "expected"), [(60, []), (1440, TIME), (10, TIME), (600, TIME)])
def test_the_time_of_an_investigational_regimen_is_that_of_its_base(minutes: int, expected: Found) -> None:
    changes = {"minutes_before": minutes, "latest_minutes_before": minutes}
    beside_base = found(written(departing("rr-adult", **changes)), "C605")
    assert {severity for *_, severity in beside_base} == {severity for *_, severity in expected}
    assert found(written(departing(None, **changes)), "C605") == []


def test_the_occasions_of_an_investigational_regimen_are_those_of_its_base() -> None:
    for occasions, said in (
        ({Occasion.CYCLE_START, Occasion.RESTART}, [("C603", "before", ERROR)]),  # a step
        ({Occasion.FIRST_START, Occasion.ESCALATION, Occasion.RESTART}, [("C603", "before", ERROR)]),  # later cycles
        ({Occasion.CYCLE_START, Occasion.ESCALATION}, [("C603", "before", WARNING)]),  # a restart, which is not planned
    ):
        assert found(written(departing("rr-adult", occasions=frozenset(occasions))), "C603") == said
    alone = departing(None, occasions=frozenset({Occasion.FIRST_START}))
    assert found(written(alone), "C603") == [("C603", "before", WARNING)]


def test_what_a_study_gave_is_told_as_the_study_s() -> None:
    finding = verdict_of(written(departing("e1910", dose=Mass(Fraction(2), Basis.FLAT))), "C605").findings[0]
    assert finding.message == "the dose of dexamethasone is 2 mg; that of e1910 for adults is 20 mg"
    assert finding.why == "e1910 gives dexamethasone 20 mg."


# --- several on one occasion ------------------------------------------------------------------------------------------


def several(*given: tuple[int, int, set[Occasion]]) -> Judgement:
    """The label's premedication of adults as several of other doses, times and occasions."""
    regimen = labelled_regimen(label_named("us-2025"), label_named("us-2025").regimens[0])
    adults, *others = regimen.premedication
    parts = [
        replace(
            adults,
            dose=Mass(Fraction(milligrams), Basis.FLAT),
            minutes_before=minutes,
            latest_minutes_before=minutes,
            occasions=frozenset(occasions),
        )
        for milligrams, minutes, occasions in given
    ]
    return written(replace(regimen, premedication=(*parts, *others)))


EACH, ALL = {Occasion.CYCLE_START}, {Occasion.CYCLE_START, Occasion.ESCALATION, Occasion.RESTART}


@pytest.mark.parametrize(
    ("doses", "severity", "said"),
    [
        ((10, 10), WARNING, "together the label's dose in 2 parts"),
        ((10, 5), WARNING, "together 0.75 times the label's dose"),
        ((5, 5), ERROR, "together 0.5 times the label's dose"),
        ((15, 15), WARNING, "together 1.5 times the label's dose"),
        ((18, 18), ERROR, "together 1.8 times the label's dose"),
        ((20, 8), WARNING, "together 1.4 times the label's dose"),
        ((20, 20), ERROR, "together 2 times the label's dose"),
        ((7, 7, 6), WARNING, "together the label's dose in 3 parts"),
    ],
)
def test_doses_on_one_occasion_are_told_by_their_sum(doses: tuple[int, ...], severity: Severity, said: str) -> None:
    parts = [(dose, 60 - 5 * number, ALL) for number, dose in enumerate(doses)]
    (finding,) = verdict_of(several(*parts), "C605").findings
    assert (finding.severity, finding.path[-1]) == (severity, "dose")
    assert said in finding.message
    assert "unverified" not in finding.message
    assert ("leave out" in finding.help) is (sum(doses) > 20)


def test_half_a_dose_that_is_alone_on_another_occasion_is_told_there() -> None:
    (finding,) = verdict_of(several((10, 60, ALL), (10, 90, EACH)), "C605").findings
    assert (finding.severity, finding.path) == (ERROR, ("premedication", 0, "dose"))
    assert "is 10 mg; the label's is 20 mg" in finding.message


def test_half_a_dose_a_day_before_is_told_as_such_too() -> None:
    findings = verdict_of(several((10, 60, ALL), (10, 1440, ALL)), "C605").findings
    assert sorted((f.path[-1], f.severity) for f in findings) == [("dose", WARNING), ("minutes_before", ERROR)]
    assert any("24 hours before the infusion" in finding.message for finding in findings)


# --- the time ---------------------------------------------------------------------------------------------------------


def timed(regimen: Regimen, number: int, most: int, least: int) -> Found:
    return found(written(with_changed(regimen, number, minutes_before=most, latest_minutes_before=least)))


@pytest.mark.parametrize(("label", "regimen", "number"), each_third(PLACES))
def test_another_time_is_found_by_its_size(label: Label, regimen: Regimen, number: int) -> None:
    stated = stated_for(label, regimen, number)
    early, late = stated.minutes_before, stated.latest_minutes_before
    for factor in (Fraction(11, 10), Fraction(3, 2), Fraction(8, 5)):
        most = int(early * factor)
        assert timed(regimen, number, most, most) == [("C605", "minutes_before", severity(Fraction(most, early)))]
    if late:
        nothing = [Fraction(0)] if not others_of_group(regimen, number) else []  # else it is the time of the other dose
        for factor in (*nothing, Fraction(1, 2), Fraction(2, 3), Fraction(9, 10)):
            least = int(late * factor)
            assert timed(regimen, number, least, least) == [("C605", "minutes_before", severity(Fraction(least, late)))]
    for inside in {early, late or 1, (early + late) // 2}:
        assert timed(regimen, number, inside, inside) == []
    assert timed(regimen, number, early, late) == []
    if not others_of_group(regimen, number):
        assert timed(regimen, number, 0, 0) == [("C605", "minutes_before", ERROR)]


def test_a_window_around_the_label_s_time_is_a_warning() -> None:
    regimen = labelled_regimen(label_named("us-2025"), label_named("us-2025").regimens[0])
    assert timed(regimen, 0, 60, 30) == [("C605", "latest_minutes_before", WARNING)]
    assert timed(regimen, 0, 120, 60) == [("C605", "minutes_before", WARNING)]
    assert timed(regimen, 0, 40, 10) == [("C605", "latest_minutes_before", ERROR)]
    assert timed(regimen, 0, 90, 1) == [("C605", key, WARNING) for key in ("minutes_before", "latest_minutes_before")]


@pytest.mark.parametrize(("most", "least"), [(1440, 0), (1440, 60), (180, 30), (200, 40), (96, 0), (600, 59)])
def test_a_window_so_wide_that_it_says_nothing_is_an_error(most: int, least: int) -> None:
    regimen = labelled_regimen(label_named("us-2025"), label_named("us-2025").regimens[0])
    assert ("C605", "minutes_before", ERROR) in timed(regimen, 0, most, least)


# --- the occasions ----------------------------------------------------------------------------------------------------

RESTARTS = {Occasion.RESTART, Occasion.FIRST_CYCLE_RESTART}


@pytest.mark.parametrize(("label", "regimen", "number"), PLACES)
def test_an_occasion_of_the_label_that_is_left_out_is_found(label: Label, regimen: Regimen, number: int) -> None:
    for left_out in sorted(stated_for(label, regimen, number).occasions):
        given = regimen.premedication[number].occasions - {left_out}
        other = {Occasion.ESCALATION, Occasion.RESTART} - {left_out}
        judgement = written(with_changed(regimen, number, occasions=frozenset(given or other)))
        expected = WARNING if left_out in RESTARTS else ERROR
        code = "C605" if others_of_group(regimen, number) else "C603"
        assert (code, "before", expected) in found(judgement), left_out
        assert len(found(judgement)) == 1


SEVERAL = [place for place in PLACES if others_of_group(*place.values[1:])]  # type: ignore[arg-type]


@pytest.mark.parametrize(("label", "regimen", "number"), SEVERAL)
def test_of_several_doses_the_one_that_is_left_out_is_told_with_how_many_there_are(
    label: Label, regimen: Regimen, number: int
) -> None:
    declared = tuple(given for place, given in enumerate(regimen.premedication) if place != number)
    judgement = written(replace(regimen, premedication=declared))
    (finding,) = verdict_of(judgement, "C605").findings
    stated = stated_for(label, regimen, number)
    assert (finding.severity, finding.path[-1]) == (ERROR, "drug")
    assert finding.message.startswith(f"dexamethasone {stated.drug.dose}")
    assert finding.message.endswith(
        f"is not declared for children; the label gives {others_of_group(regimen, number) + 1} doses"
    )
    assert finding.help == f"add it: {stated.stated.says}"


def of_adults(regimen: Regimen) -> int:
    return next(n for n, given in enumerate(regimen.premedication) if given.patients is AgeGroup.ADULTS)


def test_adults_are_premedicated_before_each_cycle_and_children_before_the_first() -> None:
    label = label_named("us-2025")
    for made in label.regimens:
        regimen = labelled_regimen(label, made)
        adults = of_adults(regimen)
        children = 1 - adults
        first = regimen.premedication[adults].occasions - {Occasion.CYCLE_START} | {Occasion.FIRST_START}
        assert found(written(with_changed(regimen, adults, occasions=first))) == [("C603", "before", ERROR)]
        each = regimen.premedication[children].occasions | {Occasion.CYCLE_START}
        assert found(written(with_changed(regimen, children, occasions=each))) == [("C605", "before", NOTE)]


# --- whom it is for ---------------------------------------------------------------------------------------------------


def without_groups(regimen: Regimen, group: AgeGroup) -> Regimen:
    """The regimen with the premedication of one age group, and no word on whom it is for."""
    own = [replace(given, patients=None) for given in regimen.premedication if given.patients is group]
    return replace(regimen, premedication=tuple(own))


@pytest.mark.parametrize(("label", "regimen"), REGIMENS)
def test_a_file_that_tells_no_groups_apart_is_for_the_one_whose_doses_it_has(label: Label, regimen: Regimen) -> None:
    usual = AgeGroup.CHILDREN if regimen.basis is Basis.BSA else AgeGroup.ADULTS
    stated = label.premedication(regimen.indication, usual)
    own = without_groups(regimen, usual if stated else AgeGroup.CHILDREN)
    assert found(written(own)) == []


def test_the_adult_s_flat_dose_in_a_regimen_for_children_is_an_error() -> None:
    label = label_named("us-2025")
    for made in label.regimens:
        regimen = labelled_regimen(label, made)
        if regimen.basis is Basis.BSA:
            errors = found(written(without_groups(regimen, AgeGroup.ADULTS)), "C605")
            assert any(one[2] is ERROR for one in errors), regimen.name


AGES: dict[AgeGroup, dict[str, Fraction]] = {
    AgeGroup.ADULTS: {"minimum_age": Fraction(18)},
    AgeGroup.CHILDREN: {"below_age": Fraction(18)},
}


@pytest.mark.parametrize(("label", "regimen"), REGIMENS)
def test_only_the_age_groups_that_a_regimen_admits_are_asked_about(label: Label, regimen: Regimen) -> None:
    for group in AgeGroup:
        if not label.premedication(regimen.indication, group):
            continue
        own = tuple(given for given in regimen.premedication if given.patients is group)
        alone = replace(regimen, premedication=own)
        of_ages = replace(alone, eligibility=regimen.eligibility._replace(**AGES[group]))  # type: ignore[arg-type]
        assert found(written(of_ages)) == [], group
        other_label = [g for g in AgeGroup if g is not group and label.premedication(regimen.indication, g)]
        missed = [one[0] for one in found(written(alone))]
        assert missed == ["C603"] * len(other_label), group


def test_both_groups_have_their_own_findings() -> None:
    regimen = labelled_regimen(label_named("us-2025"), label_named("us-2025").regimens[0])
    both = with_changed(
        with_changed(regimen, 0, dose=Mass(Fraction(2), Basis.FLAT)), 1, dose=Mass(Fraction(50), Basis.BSA)
    )
    findings: tuple[Finding, ...] = verdict_of(written(both), "C605").findings
    paths: list[KeyPath] = [finding.path for finding in findings]
    assert paths == [("premedication", 0, "dose"), ("premedication", 1, "dose")]


# --- what nobody has seen, and what nobody says -----------------------------------------------------------------------


def test_what_the_file_does_not_say_is_not_judged_and_what_no_label_says_neither() -> None:
    for label, regimen in labelled():
        silent = replace(regimen, premedication=())
        for code in ("C603", "C605"):
            verdict = verdict_of(written(silent), code)
            assert verdict.not_evaluated is not None, (label.name, code)
            assert verdict.not_evaluated.kind == "not said"


def test_a_text_that_states_no_premedication_decides_none() -> None:
    us = label_named("us-2025")
    mrd = next(labelled_regimen(us, made) for made in us.regimens if made.name == "mrd-adult")
    verdict = verdict_of(written(replace(mrd, label="hk-2026")), "C605")
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "unverified"


def _of_unseen_text(label: Label) -> Label:
    from blinplan.regimen.vocabulary import Status

    unseen = (p._replace(stated=p.stated._replace(status=Status.UNVERIFIED)) for p in label.premedications)
    return label._replace(premedications=tuple(unseen))


@pytest.mark.parametrize(
    ("factor", "decides"), [("2", False), ("3", False), ("10", True), ("2/5", False), ("1/4", True)]
)
def test_a_text_that_nobody_has_seen_decides_only_what_is_far_beyond_it(
    monkeypatch: pytest.MonkeyPatch, factor: str, decides: bool
) -> None:
    seen = label_named("us-2025")
    unseen: Callable[[Regimen], Label] = lambda _: _of_unseen_text(seen)  # noqa: E731
    monkeypatch.setattr(groups, "label_of", unseen)
    monkeypatch.setattr(differs, "label_of", unseen)
    for made, number in product(seen.regimens, (0, 1)):
        regimen = labelled_regimen(seen, made)
        given: Premedication = regimen.premedication[number]
        verdict = verdict_of(written(with_changed(regimen, number, dose=times(given.dose, Fraction(factor)))), "C605")
        if decides:
            assert [finding.severity for finding in verdict.findings] == [ERROR]
        else:
            assert verdict.not_evaluated is not None
            assert verdict.not_evaluated.kind == "unverified"


@pytest.mark.parametrize(("cap", "severity"), [("20", WARNING), ("30", WARNING), ("31", ERROR)])
def test_a_dose_by_area_is_as_strong_as_its_cap_lets_it_be(cap: str, severity: Severity) -> None:
    """20 mg/m² come to 30 mg and more in whoever has 1.5 m²; 30 mg are 1.5 times the label's 20."""
    us = label_named("us-2025")
    adult = next(labelled_regimen(us, made) for made in us.regimens if made.name == "rr-adult")
    dose, most = Mass(Fraction(20), Basis.BSA), Mass(Fraction(cap), Basis.FLAT)
    judgement = written(with_changed(adult, 0, dose=dose, cap=most))
    assert found(judgement) == [("C605", "dose", severity)]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("methylprednisolone", "метилпреднизолон 甲泼尼龙 甲強龍 メチルプレドニゾロン"),
        ("dexamethasone", "дексаметазон 地塞米松 デキサメタゾン 덱사메타손 δεξαμεθαζόνη"),
        ("prednisolone", "преднизолон 泼尼松龙 プレドニゾロン 프레드니솔론 πρεδνιζολόνη"),
        ("prednisone", "преднизон 泼尼松 プレドニゾン 프레드니손 πρεδνιζόνη"),
        ("hydrocortisone", "гидрокортизон 氢化可的松 ヒドロコルチゾン"),
        ("dexamethasone", "dex dexa Decadron Fortecortin Neofordex"),
        ("prednisone", "Decortin Deltasone Cortancyl Lodotra"),
        ("prednisolone", "Solupred Orapred Prelone"),
        ("methylprednisolone", "Medrol Urbason Metypred"),
        ("hydrocortisone", "cortisol Cortef Hydrocortone"),
        ("betamethasone", "Celestone Celestan Rinderon"),
    ],
)
def test_a_corticosteroid_is_known_by_its_names_and_makes(name: str, written: str) -> None:
    read = {word: corticosteroids.corticosteroid_in(word) for word in written.split()}
    assert {word: drug and (drug.name, drug.unread) for word, drug in read.items()} == dict.fromkeys(read, (name, ()))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("dexamethasone", "Deksametazon Desametasone Dexametasona dexaméthasone Dexamethason Dexammethasone"),
        ("prednisolone", "Prednisolon Prednizolon Prednisolona Prednissolone"),
        ("prednisone", "Prednison Prednizon Prednisona Predniszone"),
        ("methylprednisolone", "Methylprednisolon Metilprednisolone Metylprednisolon"),
        ("hydrocortisone", "Hydrocortison Idrocortisone Hidrocortisona Hydrokortison"),
        ("betamethasone", "Betamethason Betametasona Betametazon"),
        ("cortisone", "Cortison Kortison Cortisona"),
        ("triamcinolone", "Triamcinolon Triamcinolona"),
        ("deflazacort", "Deflazacort Deflazakort"),
    ],
)
def test_a_corticosteroid_is_known_in_other_languages(name: str, written: str) -> None:
    read = {word: corticosteroids.corticosteroid_in(word) for word in written.split()}
    assert {word: drug and drug.name for word, drug in read.items()} == dict.fromkeys(read, name)
    assert not any(drug is None or drug.is_misspelt for drug in read.values() if drug != read.get("Predniszone"))


def test_a_cap_that_the_label_has_none_of_is_found_at_the_cap_where_it_lowers_a_dose() -> None:
    without = [
        (regimen, number)
        for label, regimen in labelled()
        for number in range(len(regimen.premedication))
        if (drug := stated_for(label, regimen, number).drug).cap is None and drug.dose.basis is Basis.BSA
    ]
    assert without
    for regimen, number in without:
        for milligrams, expected in ((1, [("C605", "max", ERROR)]), (1000, [])):
            judgement = written(with_changed(regimen, number, cap=Mass(Fraction(milligrams), Basis.FLAT)))
            assert found(judgement) == expected, (regimen.name, number, milligrams)
