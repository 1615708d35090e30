"""Every value that decides something is listed with its source and status, and a changed one with whose it is."""

import ast
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import blinplan.course
from blinplan.label.label import Stated
from blinplan.label.read import label_named, label_names
from blinplan.physiology.model.parameters import load_parameters
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.settings import DEFAULTS, ChangedLimit
from blinplan.rules.limits import limits_by
from blinplan.rules.values.collect import collect_values
from blinplan.rules.values.of_label import IN_PLANS
from blinplan.rules.values.of_model import values_of_model
from blinplan.rules.values.value import Value, ValueKind, ValueStatus
from blinplan.thresholds.threshold import thresholds
from tests.read_text import site_in

LABELS = label_names()


@pytest.fixture
def everything() -> tuple[Value, ...]:
    """All values, collected when a test asks, so that a fault that begins then is seen."""
    return collect_values(LABELS, DEFAULTS)


def named(values: Iterable[Value], name: str, label: str | None = None) -> Value:
    (found,) = (value for value in values if (value.name, value.label) == (name, label))
    return found


def test_a_value_says_itself_its_source_its_status_and_what_it_decides(everything: tuple[Value, ...]) -> None:
    for value in everything:
        told = (value.says.endswith("."), len(value.source) > 8, value.status in set(ValueStatus))
        assert (*told, bool(value.decides), bool(value.text)) == (True,) * 5, value


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [
        ("clearance", "2.22 L/h; sd of ln 0.476025", ValueStatus.TRANSCRIBED),
        ("volume_precision", "relative standard error 8.86 %", ValueStatus.TRANSCRIBED),
        ("b_cells_low", "1 cells/µL", ValueStatus.UNVERIFIED),
        ("effector_reference", "900 cells/µL", ValueStatus.ASSUMED),
    ],
)
def test_a_parameter_is_written_with_its_unit_and_what_it_varies_by(name: str, text: str, status: ValueStatus) -> None:
    value = named(collect_values((), DEFAULTS), name)
    assert (value.text, value.status) == (text, status)


US = {
    "relapsed_refractory_adults_1": "dexamethasone 20 mg, 1 h before cycle-start, escalation, restart",
    "relapsed_refractory_children_1": (
        "dexamethasone 5 mg/m², at most 20 mg, 1 h before first-start, escalation, first-cycle-restart"
    ),
    "mrd_positive_adults_1": "prednisone 100 mg or dexamethasone 16 mg, 1 h before cycle-start",
    "mrd_positive_children_1": "dexamethasone 5 mg/m², at most 20 mg, 1 h before first-start, first-cycle-restart",
    "consolidation_adults_1": "dexamethasone 20 mg, within 1 h before cycle-start",
    "consolidation_children_1": "dexamethasone 5 mg/m², at most 20 mg, 1 h before first-start, first-cycle-restart",
}
HONG_KONG = {
    "relapsed_refractory_adults_1": "dexamethasone 20 mg, 1 h before cycle-start",
    "relapsed_refractory_children_1": "dexamethasone 10 mg/m², at most 20 mg, 6 h to 12 h before first-start",
    "relapsed_refractory_children_2": "dexamethasone 5 mg/m², within 30 min before first-start",
    "consolidation_children_1": "dexamethasone 10 mg/m², at most 20 mg, 6 h to 12 h before first-start",
    "consolidation_children_2": "dexamethasone 5 mg/m², within 30 min before first-start",
}


@pytest.mark.parametrize(("label", "told"), [("us-2025", US), ("hk-2026", HONG_KONG)])
def test_the_premedication_of_a_label_is_written_as_it_is_given(label: str, told: dict[str, str]) -> None:
    found = [value for value in collect_values((label,), DEFAULTS) if value.kind is ValueKind.PREMEDICATION]
    assert {value.name.removeprefix("premedication_"): value.text for value in found} == told


def test_a_parameter_without_a_unit_is_a_number() -> None:
    bare = [value for value in values_of_model() if value.kind is ValueKind.PARAMETER and value.unit == "1"]
    assert bare
    assert all(value.text.partition(";")[0] == f"{float(value.number or 0):g}" for value in bare)


def test_no_two_values_have_one_name(everything: tuple[Value, ...]) -> None:
    names = [(value.label, value.name) for value in everything]
    assert len(set(names)) == len(names) > 100


def test_every_limit_that_a_rule_names_is_listed_with_the_code_of_the_rule(everything: tuple[Value, ...]) -> None:
    for rule in CATALOGUE.values():
        for name in rule.limits:
            own = [value for value in everything if value.name == name and value.kind is not ValueKind.THRESHOLD]
            assert own, name
            assert all(rule.code in value.decides for value in own), (rule.code, name)


@pytest.mark.parametrize("label", LABELS)
def test_everything_that_a_label_says_is_listed_as_it_says_it(label: str, everything: tuple[Value, ...]) -> None:
    text = label_named(label)
    for name, limit in limits_by(label).items():
        value = named(everything, name, label if name in text.numbers else None)
        assert (value.number, value.unit, value.says, value.status) == (
            limit.value,
            limit.unit,
            limit.says,
            limit.status,
        )
        assert (value.fixed, value.stricter) == (limit.fixed, limit.stricter)
    parts: list[Any] = [
        *text.schedules,
        *text.premedications,
        *text.bags,
        *([text.vial] if text.vial else []),
        *text.statements,
    ]
    stated = {part.stated for part in parts}
    listed = {
        Stated(value.says, value.source, value.status)  # type: ignore[arg-type]
        for value in everything
        if value.label == label and value.kind is not ValueKind.NUMBER
    }
    assert listed == stated
    assert sum(value.label == label for value in everything) == len(text.numbers) + len(parts)


def test_every_threshold_and_every_parameter_of_every_population_is_listed(everything: tuple[Value, ...]) -> None:
    for name, threshold in thresholds().items():
        value = named(everything, name)
        assert value.number == Fraction(threshold.value)
        assert (value.status.value, value.source) == (threshold.status, threshold.source)
    parameters = load_parameters()
    for key, parameter in parameters.parameters.items():
        assert named(everything, key).number == Fraction(repr(parameter.value))
        assert named(everything, key).status == (parameter.verification or parameter.status)
    for preset in parameters.presets.values():
        assert named(everything, preset.key).kind is ValueKind.POPULATION
        for key, own in preset.parameters.items():
            if own != parameters.parameters[key]:
                assert named(everything, f"{key}@{preset.key}").source == own.source


def test_the_numbers_that_plans_ask_for_are_told_to_decide_them() -> None:
    numbers = {name for label in LABELS for name in label_named(label).numbers}
    files = Path(blinplan.course.__file__).parent.rglob("*.py")
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    written = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    asked = numbers & {one for one in written if isinstance(one, str)}
    kept = {"refrigerated", "vial_at_room_temperature", "vial_refrigerated", "diluent", "youngest", "in_use"}
    assert asked - {"premedication"} <= IN_PLANS
    treatment = {name for name in numbers if name.startswith("cytokine_release_dexamethasone")}
    assert asked | treatment | kept | {"death"} >= IN_PLANS


def test_a_changed_limit_shows_whose_value_decides() -> None:
    change = ChangedLimit("step_length", Fraction(6), "blinplan.toml:3", "protocol 1")
    value = named(collect_values(["us-2025"], DEFAULTS._replace(changes=(change,))), "step_length")
    assert (value.text, value.number) == ("6 days", Fraction(6))
    assert value.replaced is not None
    assert (value.replaced.text, value.replaced.origin, value.replaced.reason) == (
        "7 days",
        "blinplan.toml:3",
        "protocol 1",
    )
    assert named(collect_values(["us-2025"], DEFAULTS), "step_length").replaced is None


SITE = """
site = 1
name = "Ward 7"
adult_from_years = 16
preservative_from_kg = 22
hospital_days = [14, 1]
vial = { micrograms = 38.5, mcg_per_ml = 12.5 }
bag = [{ hours = 24, in_use_hours = 30 }, { hours = 72 }]
"""


def test_what_a_site_states_is_shown_in_place_of_the_label_s_and_only_that() -> None:
    values = collect_values(["us-2025"], DEFAULTS, site_in(SITE))
    shown = {value.name: (value.text, value.replaced.text) for value in values if value.replaced is not None}
    assert all(value.replaced.origin == "Ward 7" for value in values if value.replaced is not None)
    numbers = {value.name: value.number for value in values if value.replaced is not None}
    assert numbers == {
        "adult_from": 16,
        "preservative_from_weight": 22,
        "hospital_cycle_1_relapsed_refractory": 14,
        "hospital_cycle_1_others": 14,
        "vial": None,
        "bag_24_hours": None,
    }
    assert shown == {
        "adult_from": ("16 years", "18 years"),
        "preservative_from_weight": ("22 kg", "5.4 kg"),
        "hospital_cycle_1_relapsed_refractory": ("14 days", "9 days"),
        "hospital_cycle_1_others": ("14 days", "3 days"),  # cycle 2 stays: a ward wants more days, never fewer
        "vial": (
            "38.5 mcg, 12.5 mcg/mL when reconstituted",
            "35 mcg, 12.5 mcg/mL when reconstituted",
        ),
        "bag_24_hours": (
            "10 mL/h, without preservative, used within 30 h",
            "10 mL/h, without preservative, used within 48 h",
        ),
    }


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("d211",), {"flat_from_weight", "plainly_child_or_adult"}),
        (("5.4", "kg"), {"preservative_from_weight"}),
        (("adult_from",), {"adult_from"}),
        (("neurological", "seizure"), set()),
        (("premedication", "prednisone"), {"premedication_mrd_positive_adults_1"}),
    ],
)
def test_all_words_have_to_be_in_a_value(words: tuple[str, ...], names: set[str]) -> None:
    assert {value.name for value in collect_values(["us-2025"], DEFAULTS) if value.has(words)} == names


def test_a_value_of_one_label_is_none_of_another(everything: tuple[Value, ...]) -> None:
    hong_kong = [value for value in everything if value.label == "hk-2026"]
    assert not any("US prescribing" in value.source for value in hong_kong)
    assert not any(value.kind in {ValueKind.BAG, ValueKind.VIAL} for value in hong_kong)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gross_error", "3 times the labelled dose"),
        ("severe", "grade 3"),
        ("infants", "below 1 year, and below 15 kg"),
        ("tallest_by_age", "140 cm below 5 years"),
        ("lightest_by_age", "20 kg from 18 years"),
        ("plainly_child_or_adult", "12 and 25 years"),
    ],
)
def test_what_is_chosen_here_and_decides_is_among_the_values_as_a_convention(
    name: str, text: str, everything: tuple[Value, ...]
) -> None:
    (found,) = [value for value in everything if value.name == name]
    assert text in found.text
    assert found.status is ValueStatus.CONVENTION


def test_every_threshold_of_a_simulation_is_listed_with_its_number(everything: tuple[Value, ...]) -> None:
    listed = {value.name: value.number for value in everything if value.kind is ValueKind.THRESHOLD}
    assert listed == {name: Fraction(one.value) for name, one in thresholds().items()}
    assert len(listed) > 1


def test_only_numbers_that_a_plan_asks_for_are_said_to_decide_a_plan(everything: tuple[Value, ...]) -> None:
    for label in LABELS:
        numbers = [value for value in everything if value.label == label and value.kind is ValueKind.NUMBER]
        assert {value.name for value in numbers if "plan" in value.decides} == {
            value.name for value in numbers if value.name in IN_PLANS
        }


def test_what_a_value_decides_is_a_rule_or_is_said_in_words(everything: tuple[Value, ...]) -> None:
    words = {"plan", "bags of a plan", "simulation", "evidence", "who is taken as a patient"}
    words |= {"questions of `blinplan new`", "regimens made from the label", "plans of what happened"}
    words |= {"doses by body surface area", "simulation with uncertainty", "the list of regimens", "what is exported"}
    regimens = {made.name for name in LABELS for made in label_named(name).regimens}
    unknown = {one for value in everything for one in value.decides} - set(CATALOGUE) - words - regimens
    assert unknown == set()


@pytest.mark.parametrize(
    ("own", "text"),
    [
        ("hours = 48, rate_ml_per_hour = 6, preservative = true", "6 mL/h, with preservative, used within 48 h"),
        ("hours = 48, rate_ml_per_hour = 6, preservative = false", "6 mL/h, without preservative, used within 48 h"),
        ("hours = 48, preservative = true", "5 mL/h, with preservative, used within 48 h"),
        ("hours = 48, in_use_hours = 60", "5 mL/h, without preservative, used within 60 h"),
        ("hours = 72, preservative = false", "1.8 mL/h, without preservative"),
        ("hours = 72, in_use_hours = 90", "1.8 mL/h, with preservative, used within 90 h"),
    ],
)
def test_a_bag_of_a_site_is_shown_with_what_it_says_in_the_place_of_the_label_s(own: str, text: str) -> None:
    name = f"bag_{own[8:10]}_hours"
    values = collect_values(["us-2025"], DEFAULTS, site_in(f'site = 1\nname = "Ward 7"\nbag = [{{ {own} }}]\n'))
    assert {value.name: value.text for value in values if value.replaced is not None} == {name: text}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("weights", "Body weights outside are refused."),
        ("heights", "Heights outside are refused."),
        ("areas", "Body surface areas outside are refused where no weight says that they are right."),
        ("areas_beside_a_weight", "Areas outside are refused beside a weight."),
        ("heaviest_by_age", "Nobody below an age is taken to weigh more."),
        ("lightest_by_age", "Nobody of an age or older is taken to weigh less."),
        ("tallest_by_age", "Nobody below an age is taken to measure more."),
        ("shortest_by_age", "Nobody of an age or older is taken to measure less."),
    ],
)
def test_a_figure_of_a_patient_says_what_is_refused(name: str, says: str, everything: tuple[Value, ...]) -> None:
    assert named(everything, name).says == says
    assert named(everything, name).text.split(" ")[1 if "by_age" in name else -1] in {"kg", "cm", "m²"}


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        ("[9, 2]", {"hospital_cycle_1_others": 9}),  # in the other indications as many as the label asks for
        ("[10]", {"hospital_cycle_1_relapsed_refractory": 10, "hospital_cycle_1_others": 10}),
        ("[3, 3]", {"hospital_cycle_2": 3}),
        ("[2, 1]", {}),
    ],
)
def test_a_ward_s_days_in_hospital_are_shown_where_they_are_more_than_the_label_s(
    days: str, shown: dict[str, int]
) -> None:
    ward = f'site = 1\nname = "Ward 7"\nhospital_days = {days}\nbag = [{{ hours = 48 }}]\n'
    values = collect_values(["us-2025"], DEFAULTS, site_in(ward))
    assert {value.name: value.number for value in values if value.replaced is not None} == shown
    assert {value.text for value in values if value.replaced is not None} == {f"{n} days" for n in shown.values()}


def test_of_a_ward_that_says_nothing_the_label_s_values_stay() -> None:
    values = collect_values(LABELS, DEFAULTS, site_in('site = 1\nname = "Ward 7"\nbag = [{ hours = 48 }]\n'))
    assert values == collect_values(LABELS, DEFAULTS)


def test_a_limit_of_rules_decides_the_rules_that_name_it_and_plans_where_it_says_what_they_expect(
    everything: tuple[Value, ...],
) -> None:
    plans = {"depleted_count", "first_return_of_t_cells", "redistribution", "return_of_t_cells", "watched_days"}
    limits = [value for value in everything if value.kind is ValueKind.LIMIT]
    assert len(limits) > 50
    for value in limits:
        codes = tuple(rule.code for rule in CATALOGUE.values() if value.name in rule.limits)
        assert value.decides == (*codes, *(("plan",) if value.name in plans else ()))
        assert value.label is None


def test_the_claim_behind_a_limit_is_told_with_its_source(everything: tuple[Value, ...]) -> None:
    assert named(everything, "depleted_count").source == "Blinatumomab (Mechanism of Action), claim DEP-1"
    assert "claim" not in named(everything, "step_ratio").source


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("ADULT FROM",), True),  # the name as words, in any case
        (("adult_from",), True),
        (("number of a label",), True),  # what it is
        (("18 years",), True),  # as it is written
        (("a person is",), True),  # what its source says
        (("japanese",), True),  # and which source that is
        (("plan",), True),  # what it decides
        (("us-2025",), True),  # the label
        (("us-2025", "person", "18"), True),
        (("us-2025", "weight"), False),
        (("unverified",), False),
    ],
)
def test_words_are_looked_for_in_all_that_is_told_of_a_value(words: tuple[str, ...], found: bool) -> None:
    assert named(collect_values(["us-2025"], DEFAULTS), "adult_from", "us-2025").has(words) is found


def test_a_name_is_found_as_words_too_and_no_word_runs_from_one_text_into_the_next() -> None:
    value = named(collect_values(["us-2025"], DEFAULTS), "preservative_from_weight", "us-2025")
    assert value.has(("preservative from weight",))
    assert value.has(("preservative_from_weight",))
    assert not value.has(("preservative_from_weightpreservative",))


def test_a_value_of_no_label_is_found_by_none() -> None:
    values = collect_values(["us-2025"], DEFAULTS)
    assert {value.label for value in values if value.has(("us-2025",))} == {"us-2025"}
    assert not any(value.has(("none",)) for value in values if value.name == "weights")
