"""What a designer says in one line becomes what a pharmacist reads, and a copy never borrows a citation."""

from dataclasses import replace
from decimal import Decimal

import pytest

from blinplan.course.events import periods
from blinplan.quantities import Basis, QuantityError
from blinplan.regimen import library
from blinplan.regimen.build import cycle, departure, due, regimen, source, step
from blinplan.regimen.draft import (
    NO_SOURCE,
    DraftError,
    Order,
    draft_copy,
    draft_new,
    missing_fields,
    premedication_text,
    read_premedication,
    read_step,
    step_text,
)
from blinplan.regimen.schema import REGIMEN_FILE, PremedicationTable, RegimenTable, StepTable
from blinplan.regimen.tables import table_of
from blinplan.regimen.vocabulary import Indication, Status
from blinplan.regimen.write import write_regimen

TWO_STEPS = (read_step("9 mcg/day x 7"), read_step("28 mcg/day x 21"))
LATER = (read_step("28 mcg/day x 28"),)
ORDER = Order("trial-1", "A trial", Indication.INVESTIGATIONAL, None, TWO_STEPS, LATER, 5, 14)


def _shipped(name: str) -> RegimenTable:
    return REGIMEN_FILE.read(library.load(name).document.values)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("9 mcg/day x 7", StepTable("9 mcg/day", days=7)),
        (" 9mcg/d  ×  7 days ", StepTable("9 mcg/day", days=7)),
        ("28.0 µg/day for 21 d", StepTable("28 mcg/day", days=21)),
        (".5 mcg/m²/day x 36 h", StepTable("0.5 mcg/m2/day", hours=36)),
        ("5 mcg/m2/day x 7 max 9 mcg/day", StepTable("5 mcg/m2/day", "9 mcg/day", 7)),
        ("5 mcg/m2/day x 7 days, max 9 mcg/day", StepTable("5 mcg/m2/day", "9 mcg/day", 7)),
        ("1,000 mcg/day x7", StepTable("1,000 mcg/day", days=7)),
    ],
)
def test_a_step_in_one_line(text: str, step: StepTable) -> None:
    assert read_step(text) == step
    assert read_step(step_text(step)) == step


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9",
        "9 x 7",
        "9 mcg x 7",
        "9 mg/day x 7",
        "9 mcg/day",
        "9 mcg/day x",
        "9 mcg/day x 7.5",
        "9 mcg/day x -7",
        "9 mcg/day x 7 weeks",
        "9 mcg/day 7",
        "5 mcg/m2/day x 7 max 9",
        "9 mcg/h x 7",
    ],
)
def test_what_is_no_step_is_not_guessed(text: str) -> None:
    with pytest.raises(QuantityError):
        read_step(text)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("dexamethasone 20 mg before restart", PremedicationTable("dexamethasone", "20 mg", ("restart",))),
        (
            "dexamethasone 5 mg/m2 max 20 mg 30 min before cycle-start, escalation and restart",
            PremedicationTable("dexamethasone", "5 mg/m2", ("cycle-start", "escalation", "restart"), "20 mg", 30),
        ),
        (
            "prednisone sodium 100mg before cycle-start",
            PremedicationTable("prednisone sodium", "100 mg", ("cycle-start",)),
        ),
    ],
)
def test_premedication_in_one_line(text: str, given: PremedicationTable) -> None:
    assert read_premedication(text) == (given,)
    assert read_premedication(premedication_text([given])) == (given,)


def test_premedication_of_adults_and_children_is_parted_by_a_semicolon() -> None:
    text = (
        "dexamethasone 20 mg before cycle-start, escalation for adults; dexamethasone 5 mg/m2 max 20 mg 720 to 360 min"
        " before first-start for children"
    )
    adults, children = read_premedication(text)
    assert (adults.patients, adults.dose, adults.before) == ("adults", "20 mg", ("cycle-start", "escalation"))
    assert (children.patients, children.dose, children.max) == ("children", "5 mg/m2", "20 mg")
    assert (children.minutes_before, children.latest_minutes_before) == (720, 360)
    assert premedication_text([adults, children]) == text


@pytest.mark.parametrize("name", library.paths())
def test_what_a_shipped_regimen_declares_is_read_as_it_is_offered(name: str) -> None:
    """The default of `blinplan new` is the label's, for adults and for children alike."""
    given = table_of(library.regimen(name)).premedication
    assert not given or read_premedication(premedication_text(given)) == given


@pytest.mark.parametrize(
    "text", ["dexamethasone", "20 mg before restart", "dexamethasone 20 mg", "dexamethasone 20 mg before lunch"]
)
def test_what_is_no_premedication_is_not_guessed(text: str) -> None:
    with pytest.raises(QuantityError):
        read_premedication(text)


def test_the_labelled_course_can_be_ordered_from_nothing() -> None:
    regimen = write_regimen(draft_new(ORDER).file).regimen
    labelled = library.regimen("rr-adult")
    assert regimen is not None
    assert labelled is not None
    assert [(p.start, p.stop, p.dose, p.cycle, p.step) for p in periods(regimen)] == [
        (p.start, p.stop, p.dose, p.cycle, p.step) for p in periods(labelled)
    ]
    assert regimen.sources[0].citation == NO_SOURCE
    assert regimen.unverified


def test_what_later_cycles_give_is_asked_where_it_could_be_meant_otherwise() -> None:
    assert missing_fields(ORDER) == ()
    assert missing_fields(Order()) == ("name", "title", "indication", "steps", "cycles", "free_days")
    assert missing_fields(replace(ORDER, later_steps=None)) == ("later_steps",)
    assert missing_fields(replace(ORDER, later_steps=None, cycles=1)) == ()
    assert missing_fields(replace(ORDER, later_steps=None, steps=LATER)) == ()
    with pytest.raises(DraftError):
        draft_new(replace(ORDER, cycles=1))


def test_cycles_that_are_alike_are_written_once() -> None:
    (cycle,) = draft_new(replace(ORDER, steps=LATER)).file.cycle
    assert (cycle.repeat, cycle.name) == (5, "Cycles 1 to 5")
    (pair,) = draft_new(replace(ORDER, steps=LATER, cycles=2)).file.cycle
    assert pair.name == "Cycles 1 and 2"


def test_an_unchanged_copy_keeps_the_citation_as_transcribed() -> None:
    original = _shipped("rr-adult")
    draft = draft_copy(original, Order(name="ours", title="Ours"))
    assert draft.omissions == ()
    assert draft.file.sources[0].citation == original.sources[0].citation
    assert draft.file.sources[0].status == "transcribed"
    assert draft.file._replace(name="rr-adult", title=original.title, sources=original.sources) == original


@pytest.mark.parametrize(
    "change",
    [
        Order(steps=(read_step("9 mcg/day x 4"), read_step("28 mcg/day x 24"))),
        Order(later_steps=(read_step("56 mcg/day x 28"),)),
        Order(cycles=4),
        Order(free_days=21),
        Order(hospital_days=(3,)),
        Order(premedication=()),
        Order(min_weight=(Decimal(40),)),
        Order(indication=Indication.MRD_POSITIVE),
    ],
)
def test_a_changed_copy_does_not_claim_the_citation(change: Order) -> None:
    draft = draft_copy(_shipped("rr-adult"), replace(change, name="ours"))
    assert not any("Blincyto" in source.citation for source in draft.file.sources)
    assert [source.status for source in draft.file.sources] == ["unverified"]
    assert "Started from rr-adult" in str(draft.file.sources[0].note)
    assert draft.file.title.endswith(", changed")
    assert draft.file.eligibility is not None
    assert draft.file.eligibility.otherwise is None
    assert any("rr-below-45-kg" in words for words in draft.omissions)
    write_regimen(draft.file)


def test_what_is_said_of_the_source_of_a_copy_is_taken() -> None:
    draft = draft_copy(_shipped("rr-adult"), Order("ours", cycles=4, citation="Protocol 9", status=Status.SEEN))
    (source,) = draft.file.sources
    assert (source.citation, source.status) == ("Protocol 9", "seen")


def test_a_copy_has_no_waiver_and_no_family() -> None:
    draft = draft_copy(_shipped("mt103-206-5-15"), Order(name="ours"))
    assert draft.file.waiver == ()
    assert draft.file.family is None
    assert len(draft.omissions) == 2


def test_the_number_of_cycles_of_a_copy() -> None:
    original = _shipped("rr-adult-continued")
    for number in (1, 2, 4, 9, 12):
        file = draft_copy(original, Order(name="ours", cycles=number)).file
        assert sum(cycle.repeat for cycle in file.cycle) == number
    assert [cycle.name for cycle in draft_copy(original, Order(name="ours", cycles=9)).file.cycle] == [
        cycle.name for cycle in original.cycle
    ]
    longer = draft_copy(_shipped("rr-adult"), Order(name="ours", cycles=7)).file.cycle
    assert (longer[0].steps, longer[0].repeat) == (TWO_STEPS, 1)
    assert sum(cycle.repeat for cycle in longer if cycle.steps == LATER) == 6  # further cycles are as the last one
    with pytest.raises(DraftError):
        draft_copy(_shipped("nhl-5-15-60"), Order(name="ours", cycles=3))
    assert len(draft_copy(_shipped("nhl-15"), Order(name="ours", cycles=3)).file.cycle) == 1


def test_new_steps_of_a_copy_are_those_of_cycle_1_alone() -> None:
    steps = (read_step("15 mcg/m2/day x 14"),)
    file = draft_copy(_shipped("mt103-203"), Order(name="ours", steps=steps)).file
    assert [(cycle.steps == steps, cycle.repeat) for cycle in file.cycle] == [(True, 1), (False, 3)]


def test_a_basis_that_the_steps_contradict_is_refused() -> None:
    with pytest.raises(ValueError, match="basis"):
        write_regimen(draft_new(replace(ORDER, basis=Basis.BSA)).file)


def test_a_copy_with_steps_by_area_is_by_area() -> None:
    steps = (read_step("15 mcg/m2/day x 28 max 28 mcg/day"),)
    file = draft_copy(_shipped("rr-adult"), Order(name="ours", steps=steps, later_steps=steps)).file
    assert file.dosing.basis == "bsa"
    assert write_regimen(file).regimen.basis is Basis.BSA


def test_a_copy_for_other_weights_is_simulated_on_a_population_of_its_own() -> None:
    draft = draft_copy(_shipped("mt103-205"), Order(name="ours", min_weight=(Decimal(45),)))
    assert draft.file.eligibility is not None
    assert draft.file.eligibility.population is None
    assert "the virtual population child: the weights are others" in draft.omissions


def _protocol() -> RegimenTable:
    """Two cycles with chemotherapy between them, and what is due with each."""
    reasoned = cycle(
        steps=[step("28 mcg/day", days=28)],
        treatment_free_days=35,
        interval_reason="chemotherapy",
    )
    last = cycle(steps=[step("28 mcg/day", days=28)], treatment_free_days=14, optional=True, block="consolidation")
    things = [
        due("methotrexate", days=[8], dose="12 mg"),
        due("dasatinib", days=[1], dose="140 mg", cycles=[2]),
        due("paracetamol", days=[1], dose="500 mg", cycles=[1, 2]),
    ]
    built = regimen("ours", cycles=[reasoned, last], due=things, min_age_years=18, min_weight_kg=45, label="us-2025")
    return table_of(built)


def test_a_copy_keeps_what_protocols_say() -> None:
    made = draft_copy(_protocol(), Order(name="copy"))
    assert (made.file.due, made.file.label) == (_protocol().due, "us-2025")
    assert [one.interval_reason for one in made.file.cycle] == ["chemotherapy", None]
    assert [(one.optional, one.block) for one in made.file.cycle] == [(False, None), (True, "consolidation")]
    assert made.file.eligibility is not None
    assert made.file.eligibility.min_age_years == 18
    assert not made.omissions


def test_a_copy_with_other_cycles_says_what_it_left_out() -> None:
    made = draft_copy(_protocol(), Order(name="copy", cycles=1))
    assert [(one.what, one.cycles) for one in made.file.due] == [("methotrexate", ()), ("paracetamol", (1,))]
    assert "dasatinib: not all of its cycles or days are those of this regimen" in made.omissions
    assert write_regimen(made.file).regimen.due[1].cycles == (1,)


def test_a_copy_with_other_days_gives_no_reason_for_them() -> None:
    made = draft_copy(_protocol(), Order(name="copy", free_days=14))
    assert {one.interval_reason for one in made.file.cycle} == {None}
    assert "the reason of an interval, chemotherapy: the days or the cycles are others" in made.omissions
    same = draft_copy(_protocol(), Order(name="copy", free_days=35))
    assert same.file.cycle[0].interval_reason == "chemotherapy"


def test_a_copy_for_other_weights_is_for_the_same_ages() -> None:
    made = draft_copy(_protocol(), Order(name="copy", min_weight=(), below_weight=(Decimal(45),)))
    assert made.file.eligibility is not None
    assert made.file.eligibility.min_weight_kg is None
    assert made.file.eligibility.min_age_years == 18


def test_an_investigational_copy_departs_from_the_shipped_regimen_it_was_made_from() -> None:
    """Calling a labelled regimen investigational does not free it of its label."""
    made = draft_copy(_shipped("rr-adult"), Order(name="ours", indication=Indication.INVESTIGATIONAL, free_days=7))
    assert made.file.departs_from == "rr-adult"
    assert write_regimen(made.file).regimen.departs_from == "rr-adult"
    assert draft_copy(_shipped("rr-adult"), Order(name="ours", free_days=7)).file.departs_from is None


def _departing() -> RegimenTable:
    stated = departure("the ward's protocol", "Protocol 7")
    steps = [step("9 mcg/day", days=4, departure=stated), step("28 mcg/day", days=24)]
    given = cycle(steps=steps, treatment_free_days=7, departure=stated)
    return table_of(regimen("ours", cycles=given, sources=source("Protocol 7", "seen"), departs_from="rr-adult"))


def test_a_copy_states_departures_only_with_the_sources_that_give_them() -> None:
    same = draft_copy(_departing(), Order(name="copy"))
    assert (same.file.departs_from, same.file.cycle) == ("rr-adult", _departing().cycle)
    changed = draft_copy(_departing(), Order(name="copy", free_days=14))
    assert changed.file.departs_from == "rr-adult"
    assert write_regimen(changed.file).regimen.departures == ()
    assert any("departures" in omission for omission in changed.omissions)
    labelled = draft_copy(_departing(), Order(name="copy", indication=Indication.RELAPSED_REFRACTORY))
    assert labelled.file.departs_from is None
    assert write_regimen(labelled.file).regimen.departures == ()


def test_what_is_due_beyond_shorter_cycles_is_left_out_and_said() -> None:
    """Ponatinib is due on all 42 days of a cycle, and a copy with 31 days has no day 42."""
    original = table_of(library.regimen("ponatinib"))
    made = draft_copy(original, Order(name="mine", free_days=3))
    assert original.due
    assert made.file.due == ()
    assert f"{original.due[0].what}: not all of its cycles or days are those of this regimen" in made.omissions
    assert draft_copy(original, Order(name="mine", free_days=14)).file.due == original.due
