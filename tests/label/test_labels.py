"""The labels: every value with its source and status, schedules and premedication as their texts print them."""

import re
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import tomli

from blinplan.course.happened.interruption import Circumstances, Decision, Topic, decisions
from blinplan.label import read
from blinplan.label.label import Label
from blinplan.label.read import DEFAULT, label_from, label_named, label_names, label_of
from blinplan.label.regimens import labelled_regimen
from blinplan.limits import Limit, NotStatedError
from blinplan.quantities import MINUTES_PER_HOUR, Basis, decimal_text
from blinplan.regimen import library
from blinplan.regimen.record.record import Cause
from blinplan.regimen.vocabulary import AgeGroup, Indication, Occasion, Status
from tests.course.records import DAY, record, stop

LABELS = [pytest.param(label_named(name), id=name) for name in label_names()]
NUMBERS = [
    pytest.param(limit, id=f"{label.name}-{name}")
    for label in map(label_named, label_names())
    for name, limit in label.numbers.items()
]
US, HONG_KONG = label_named("us-2025"), label_named("hk-2026")
RR, MRD, CONSOLIDATION = Indication.RELAPSED_REFRACTORY, Indication.MRD_POSITIVE, Indication.CONSOLIDATION
ADULTS, CHILDREN = AgeGroup.ADULTS, AgeGroup.CHILDREN
WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def test_the_default_label_is_the_first_and_there_is_a_second() -> None:
    assert label_names()[0] == DEFAULT == "us-2025"
    assert len(label_names()) > 1


def test_every_file_of_a_label_has_a_name_that_regimens_can_follow() -> None:
    files = Path(read.__file__).with_name("labels").glob("*.toml")
    assert {file.stem for file in files} == set(label_names()) == {label_named(name).name for name in label_names()}


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_named_by_the_text_that_was_seen(label: Label) -> None:
    assert label_named(label.name) is label
    assert str(label) == f"{label.title} ({label.country}, {label.date})"
    assert re.search(r"20\d\d", label.date)
    assert label.text


@pytest.mark.parametrize("limit", NUMBERS)
def test_a_number_says_itself_and_where_it_stands(limit: Limit) -> None:
    assert limit.status in set(Status)
    assert len(limit.source) > 10
    words = {number for word, number in WORDS.items() if word in limit.says.lower()}
    written = {Fraction(number) for number in re.findall(r"\d+(?:\.\d+)?", limit.says)} | words
    value = limit.value * 60 if "minutes" in limit.says and limit.unit == "hours" else limit.value
    if limit.unit == "cycles":  # counted from a schedule, which says its parts
        assert value == sum(words) or value in written
    elif limit.name not in {"cytokine_release_hold", "seizures", "no_interval", "premedication_at_the_start"}:
        assert value in written


# Each number as the texts print it, written a second time: what other tests compare with was made from the file.
IN_BOTH = """
adult_from 18 years, flat_from_weight 45 kg, labelled_interval 14 days, premedication 1 hours
labelled_maximum_flat 28 mcg/day, cap_of_full_dose 28 mcg/day, labelled_maximum_by_area 15 mcg/m²/day
first_step_flat 9 mcg/day, cap_of_first_step 9 mcg/day, first_step_by_area 5 mcg/m²/day
"""
IN_THE_US = """
youngest 1 months, preservative_from_weight 5.4 kg
cycles_relapsed_refractory 9 cycles, cycles_mrd_positive 4 cycles, cycles_consolidation 4 cycles
consolidation_interval 14 days, treatment_free_interval_continued 56 days
hospital_cycle_1_relapsed_refractory 9 days, hospital_cycle_1_others 3 days, hospital_cycle_2 2 days
vial_at_room_temperature 4 hours, vial_refrigerated 24 hours, in_use 48 hours, refrigerated 8 days, diluent 270 mL
same_cycle 7 days, premedication_again 4 hours, supervision_again 4 hours, escalation_after_restart 7 days
restart_flat 9 mcg/day, restart_by_area 5 mcg/m²/day, overdose_hold 12 hours, seizures 1 seizure, death 5 grade
stop_grade 4 grade, stop_grade_neurological 4 grade, consider_stop_grade 4 grade, cytokine_release_hold 3 grade
neurological_hold 3 days, neurological_resolution 7 days, other_hold 3 days, other_resolution 14 days
neurological_low_dose 9 mcg/day, neurological_low_dose_by_area 5 mcg/m²/day
cytokine_release_dexamethasone 8 mg, cytokine_release_dexamethasone_by_area 5 mg/m²
cytokine_release_dexamethasone_every 8 hours, cytokine_release_dexamethasone_longest 3 days
cytokine_release_dexamethasone_taper 4 days
liver_transaminases 5 times the upper limit of normal, liver_bilirubin 3 times the upper limit of normal
"""
IN_HONG_KONG = """
cycles_relapsed_refractory 5 cycles, cycles_consolidation 1 cycles, no_interval 0 days
premedication_of_children_earliest 12 hours, premedication_of_children_latest 6 hours
premedication_of_children_again 0.5 hours, premedication_at_the_start 0 hours
"""


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        pytest.param(US, IN_BOTH + IN_THE_US, id="us-2025"),
        pytest.param(HONG_KONG, IN_BOTH + IN_HONG_KONG, id="hk-2026"),
    ],
)
def test_each_number_is_the_one_that_the_text_prints(label: Label, printed: str) -> None:
    numbers = [f"{name} {decimal_text(limit.value)} {limit.unit}" for name, limit in label.numbers.items()]
    assert sorted(numbers) == sorted(re.split(r", |\n", printed.strip().replace("\n\n", "\n")))


@pytest.mark.parametrize("label", LABELS)
def test_all_else_has_a_source_and_a_status_too(label: Label) -> None:
    stated = [
        *(schedule.stated for schedule in label.schedules),
        *(given.stated for given in label.premedications),
        *(bag.stated for bag in label.bags),
        *([label.vial.stated] if label.vial else []),
    ]
    assert all(len(one.source) > 10 and one.says.endswith(".") for one in stated)


def test_what_a_label_does_not_state_is_said_so_and_not_taken_from_another() -> None:
    for name in ("stop_grade", "same_cycle", "premedication_again", "preservative_from_weight", "hospital_cycle_2"):
        assert name in US.numbers
        assert name not in HONG_KONG.numbers
        with pytest.raises(NotStatedError, match=r"Hong Kong, as indexed in 2026\), as far as it was seen, does not"):
            _ = HONG_KONG.numbers[name]
    assert (HONG_KONG.bags, HONG_KONG.vial) == ((), None)
    assert not any("US " in limit.source for limit in HONG_KONG.numbers.values())


def test_a_file_that_refers_to_what_it_does_not_have_is_refused() -> None:
    file = {"name": "x-2026", "title": "X", "country": "X", "date": "2026", "text": "X", "sources": {}, "number": {}}
    dose = {"flat": "full", "by_area": "area", "cap": "cap"}
    with pytest.raises(KeyError):
        label_from({**file, "dose": {"full_dose": dose}})


# Premedication as the texts print it: drug, dose and cap in mg, hours before the infusion, and before which starts.
PREMEDICATION = [
    (US, RR, ADULTS, [("dexamethasone", "20 mg", None, (1, 1), "cycle-start escalation restart")]),
    (US, RR, CHILDREN, [("dexamethasone", "5 mg/m²", 20, (1, 1), "first-start escalation first-cycle-restart")]),
    (US, MRD, ADULTS, [("prednisone", "100 mg", None, (1, 1), "cycle-start")]),
    (US, MRD, CHILDREN, [("dexamethasone", "5 mg/m²", 20, (1, 1), "first-start first-cycle-restart")]),
    (US, CONSOLIDATION, ADULTS, [("dexamethasone", "20 mg", None, (1, 0), "cycle-start")]),  # "within 1 hour"
    (US, CONSOLIDATION, CHILDREN, [("dexamethasone", "5 mg/m²", 20, (1, 1), "first-start first-cycle-restart")]),
    (HONG_KONG, RR, ADULTS, [("dexamethasone", "20 mg", None, (1, 1), "cycle-start")]),
    *(
        (
            HONG_KONG,
            indication,
            CHILDREN,
            [
                ("dexamethasone", "10 mg/m²", 20, (12, 6), "first-start"),
                ("dexamethasone", "5 mg/m²", None, (Fraction(1, 2), 0), "first-start"),
            ],
        )
        for indication in (RR, CONSOLIDATION)
    ),
    (HONG_KONG, MRD, ADULTS, []),
    (HONG_KONG, MRD, CHILDREN, []),
    (HONG_KONG, CONSOLIDATION, ADULTS, []),
]


@pytest.mark.parametrize(("label", "indication", "group", "expected"), PREMEDICATION)
def test_premedication_goes_by_age(
    label: Label, indication: Indication, group: AgeGroup, expected: list[tuple[object, ...]]
) -> None:
    found = [
        (
            given.drug.name,
            str(given.drug.dose),
            None if given.drug.cap is None else given.drug.cap.milligrams,
            tuple(Fraction(m, MINUTES_PER_HOUR) for m in (given.minutes_before, given.latest_minutes_before)),
            " ".join(occasion for occasion in Occasion if occasion in given.occasions),
        )
        for given in label.premedication(indication, group)
    ]
    assert found == expected


def test_what_counts_as_prednisone_is_said() -> None:
    (given,) = US.premedication(MRD, ADULTS)
    assert [(drug.name, str(drug.dose)) for drug in given.equivalents] == [("dexamethasone", "16 mg")]


@pytest.mark.parametrize("label", LABELS)
def test_a_cycle_infuses_28_days_and_its_cap_is_the_flat_dose(label: Label) -> None:
    for schedule in label.schedules:
        assert all(sum(step.days for step in cycle.steps) == 28 for cycle in schedule.cycles)
        assert all(dose.cap.value == dose.flat.value for dose in schedule.doses)


def test_the_consolidation_phase_is_seen_by_its_trial_for_flat_doses_only() -> None:
    flat, by_area = (US.schedule(CONSOLIDATION, basis) for basis in (Basis.FLAT, Basis.BSA))
    assert flat is not None
    assert by_area is not None
    assert (flat.stated.status, "E1910" in flat.stated.source) == (Status.SEEN, True)
    assert by_area.stated.status is Status.UNVERIFIED
    adults, children, relapsed = map(
        library.regimen, ("consolidation-adult", "consolidation-below-45-kg", "rr-below-45-kg")
    )
    assert not US.numbers_for(adults)["labelled_maximum_flat"].unverified
    assert US.numbers_for(children)["labelled_maximum_by_area"].unverified
    assert not US.numbers_for(relapsed)["labelled_maximum_by_area"].unverified


def test_a_schedule_for_children_says_nothing_of_adults() -> None:
    children, adults = library.regimen("hk-first-relapse"), library.regimen("consolidation-adult")
    assert HONG_KONG.schedule_for(children) is not None
    assert HONG_KONG.schedule_for(adults) is None
    assert HONG_KONG.numbers_for(adults)["first_step_flat"].unverified
    assert HONG_KONG.numbers_for(adults)["cap_of_full_dose"].unverified
    assert not HONG_KONG.numbers_for(adults)["labelled_maximum_flat"].unverified  # nobody is given more
    assert "cycles_consolidation" not in HONG_KONG.numbers_for(adults)
    assert HONG_KONG.numbers_for(library.regimen("mrd-adult"))["first_step_flat"].unverified


@pytest.mark.parametrize("label", LABELS)
def test_the_regimens_made_from_a_label_follow_it(label: Label) -> None:
    shipped = {made.name: library.regimen(made.name) for made in label.regimens}
    stale = [made.name for made in label.regimens if shipped[made.name] != labelled_regimen(label, made)]
    assert not stale, "\n".join(["stale; write them anew with: python -m man.make", *stale])
    assert all(label_of(regimen) is label for regimen in shipped.values())


# --- a number stands in a label's file once ---------------------------------------------------------------------------

FILES = {name: Path(read.__file__).with_name("labels").joinpath(f"{name}.toml") for name in label_names()}
TABLES = {name: tomli.loads(file.read_text(encoding="utf-8"), parse_float=Decimal) for name, file in FILES.items()}
VALUES = [(name, number) for name, file in TABLES.items() for number in file["number"]]


def sentences_of(table: object) -> Iterator[str]:
    """Every sentence of a label's file as it is written there."""
    if isinstance(table, dict):
        yield from ([table["says"]] if "says" in table else [])
        for inner in table.values():
            yield from sentences_of(inner)
    elif isinstance(table, list):
        for inner in table:
            yield from sentences_of(inner)


def is_counted_otherwise(name: str, number: str) -> bool:
    """Whether sentences count other things in the same unit: grades of other events, bags of as many hours."""
    return TABLES[name]["number"][number]["unit"] in {"grade", "hours"}


@pytest.mark.parametrize(("name", "number"), [one for one in VALUES if not is_counted_otherwise(*one)], ids=str)
def test_no_sentence_repeats_a_number_that_its_file_has(name: str, number: str) -> None:
    limit = label_named(name).numbers[number]
    written = f"{decimal_text(limit.value)} {limit.unit.split()[0].removesuffix('s')}"
    assert not [
        one for one in sentences_of(TABLES[name]) if re.search(rf"(?<![\d.]){re.escape(written)}(?![\d/])", one)
    ]


@pytest.mark.parametrize(("name", "number"), VALUES, ids=str)
def test_a_changed_number_changes_its_own_sentence(name: str, number: str) -> None:
    file = deepcopy(TABLES[name])
    before = label_from(file).numbers[number]
    file["number"][number]["value"] = 77
    after = label_from(file).numbers[number]
    assert after.value == 77
    in_words = number in {"seizures", "no_interval", "premedication_at_the_start", "youngest"} or before.value < 1
    assert in_words or (after.says != before.says and "77" in after.says)


def test_a_cap_is_the_flat_dose_and_follows_it() -> None:
    file = deepcopy(TABLES["us-2025"])
    file["number"]["labelled_maximum_flat"]["value"] = 30
    changed = label_from(file).numbers
    assert changed["cap_of_full_dose"].value == 30
    assert changed["cap_of_full_dose"].says == "15 mcg/m²/day is not to exceed 30 mcg/day."
    assert changed["labelled_maximum_flat"].says == "Patients of 45 kg and over receive at most 30 mcg/day."


def asked(name: str, cause: Cause, **more: int) -> dict[Topic, Decision]:
    """Return what the label asks after two days without infusion in cycle 1 of a shipped regimen."""
    regimen = library.regimen(name)
    (found,) = record(stop(3 * DAY, 2 * DAY, cause, **more)).interruptions
    return {decision.question: decision for decision in decisions(found, regimen, Circumstances(weight=Fraction(70)))}


@pytest.mark.parametrize(("grade", "stops"), [(3, False), (4, True)])
def test_icans_is_answered_as_a_neurological_event(grade: int, stops: bool) -> None:
    as_icans, as_other = (
        asked("rr-adult", cause, grade=grade, seizures=0) for cause in (Cause.ICANS, Cause.NEUROLOGICAL)
    )
    assert as_icans == as_other
    assert (Topic.CONTINUE in as_icans and as_icans[Topic.CONTINUE].stop) is stops


def test_liver_values_hold_the_infusion_above_their_limits() -> None:
    found = asked("rr-adult", Cause.LIVER, grade=2)[Topic.CONTINUE]
    assert found.limits == ("liver_transaminases", "liver_bilirubin")
    assert found.answer == (
        "not while transaminases are above 5 times the upper limit of normal, or bilirubin above 3 times"
    )
    assert (
        asked("rr-adult", Cause.LIVER, grade=3)[Topic.DOSE] == asked("rr-adult", Cause.OTHER_EVENT, grade=3)[Topic.DOSE]
    )


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.TECHNICAL])
def test_a_label_that_does_not_state_its_answers_leaves_them_to_the_site(cause: Cause) -> None:
    found = asked("hk-rr-adult", cause, grade=3, seizures=0)
    assert found
    assert all(decision.unstated and not decision.evaluated and not decision.limits for decision in found.values())
    assert not any(decision.yes or decision.dose or decision.wait or decision.stop for decision in found.values())


def test_numbers_are_written_as_people_write_them() -> None:
    assert decimal_text(US.numbers["preservative_from_weight"].value) == "5.4"
