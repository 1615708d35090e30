"""C605: premedication of texts that nobody has seen, and of texts such as no label has yet."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from blinplan.label.label import Label, LabelledPremedication
from blinplan.label.read import label_named
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.vocabulary import AgeGroup, Occasion, Status
from blinplan.rules.families.cytokines.premedication import alike, differs, groups
from tests.regimen_text import judgement_of_lines
from tests.rules.families.examples import not_told_of, told_of

RELAPSED = 'indication = "relapsed-refractory"\n\n'
STUDY = 'indication = "investigational"\n\n'
FROM_E1910 = 'indication = "investigational"\ndeparts_from = "e1910"\n\n'
ADULTS = "[eligibility]\nmin_weight_kg = 45\nmin_age_years = 18\n\n"
BELOW_45 = "[eligibility]\nbelow_weight_kg = 45\nbelow_age_years = 18\n\n"
FLAT = (
    '[[cycle]]\nname = "Cycle 1"\nsteps = [{ dose = "9 mcg/day", days = 7 }, { dose = "28 mcg/day", days = 21 }]\n'
    'treatment_free_days = 14\n\n[[cycle]]\nname = "Cycle 2"\nsteps = [{ dose = "28 mcg/day", days = 28 }]\n'
    "treatment_free_days = 14\n"
)
BY_AREA = FLAT.replace('"9 mcg/day"', '"5 mcg/m2/day", max = "9 mcg/day"').replace(
    '"28 mcg/day"', '"15 mcg/m2/day", max = "28 mcg/day"'
)


def given(dose: str, before: str = "cycle-start escalation restart", more: str = "") -> str:
    """A table of premedication."""
    occasions = ", ".join(f'"{one}"' for one in before.split())
    return f'[[premedication]]\ndrug = "dexamethasone"\ndose = "{dose}"\nbefore = [{occasions}]\n{more}\n'


EVENING = given("10 mg/m2", "first-start", 'max = "20 mg"\nminutes_before = 720\nlatest_minutes_before = 360\n')
MORNING = given("5 mg/m2", "first-start", "minutes_before = 30\nlatest_minutes_before = 0\n")


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of other tests rests on texts as they are, and what is kept of these does not."""
    monkeypatch.setattr(alike, "_NOTHING_FOUND", {})


def follow(label: Label, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every regimen follow a label."""
    monkeypatch.setattr(alike, "_NOTHING_FOUND", {})
    for module in (groups, differs):
        monkeypatch.setattr(module, "label_of", lambda _: label)
    monkeypatch.setattr(groups, "label_named", lambda _: label)


def changed(label: Label, change: Callable[[LabelledPremedication], LabelledPremedication]) -> Label:
    return label._replace(premedications=tuple(map(change, label.premedications)))


def unseen(given: LabelledPremedication) -> LabelledPremedication:
    """The same from a text that nobody has seen, another one for each age group."""
    source = f"the text for {given.patients}"
    return given._replace(stated=given.stated._replace(status=Status.UNVERIFIED, source=source))


def told(lines: str) -> list[tuple[str, str]]:
    return [(one.place, one.severity) for one in told_of(judgement_of_lines(lines), "C605")]


@pytest.mark.holds("C605")
def test_what_nobody_has_seen_is_named_with_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    follow(changed(label_named("us-2025"), unseen), monkeypatch)
    for dose in ("20 mg", "24 mg"):
        tables = given(dose, more='patients = "adults"\n') + given(
            "5 mg/m2", "first-start escalation first-cycle-restart", 'max = "20 mg"\npatients = "children"\n'
        )
        judgement = judgement_of_lines(RELAPSED + tables + FLAT)
        assert told_of(judgement, "C605") == []
        assert not_told_of(judgement, "C605") == (
            "unverified",
            "it rests on premedication that nobody has seen in the source (the text for adults)",
        )


@pytest.mark.holds("C605")
def test_a_study_rests_on_no_text_of_a_label_and_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    follow(changed(label_named("us-2025"), unseen), monkeypatch)
    judgement = judgement_of_lines(STUDY + ADULTS + given("20 mg") + FLAT)
    assert (told_of(judgement, "C605"), not_told_of(judgement, "C605")) == ([], None)


@pytest.mark.holds("C605")
def test_a_dose_that_is_left_out_is_told_whether_or_not_the_text_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    follow(changed(label_named("hk-2026"), unseen), monkeypatch)
    assert told(RELAPSED + BELOW_45 + EVENING + BY_AREA) == [("premedication.0.drug", "error")]
    assert told(RELAPSED + BELOW_45 + EVENING + MORNING + BY_AREA) == []


@pytest.mark.holds("C605")
def test_where_one_of_two_doses_is_for_each_cycle_so_may_the_other_be(monkeypatch: pytest.MonkeyPatch) -> None:
    hong_kong = label_named("hk-2026")

    def for_each(given: LabelledPremedication) -> LabelledPremedication:
        is_late = given.minutes_before == 30
        return given._replace(occasions=frozenset({Occasion.CYCLE_START})) if is_late else given

    follow(changed(hong_kong, for_each), monkeypatch)
    tables = EVENING.replace("first-start", "cycle-start") + MORNING.replace("first-start", "cycle-start")
    assert told(RELAPSED + BELOW_45 + tables + BY_AREA) == []
    follow(hong_kong, monkeypatch)
    assert told(RELAPSED + BELOW_45 + tables + BY_AREA) == [
        ("premedication.0.before", "note"),
        ("premedication.1.before", "note"),
    ]


def base(**changes: object) -> Regimen:
    """The study E1910 as another one, with changes."""
    return replace(library.regimen("e1910"), **changes)  # type: ignore[arg-type]


@pytest.mark.holds("C605")
def test_of_a_study_that_gives_children_another_dose_adults_are_held_to_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (adults,) = base().premedication
    both = (replace(adults, patients=AgeGroup.CHILDREN, minutes_before=90), replace(adults, patients=AgeGroup.ADULTS))
    monkeypatch.setattr(groups, "base_named", lambda _: base(premedication=both))
    assert told(FROM_E1910 + ADULTS + given("20 mg", "cycle-start") + FLAT) == []


@pytest.mark.holds("C605")
@pytest.mark.parametrize(
    ("statuses", "found"),
    [
        ((Status.SEEN, Status.UNVERIFIED), [("premedication.0.dose", "warning")]),
        ((Status.UNVERIFIED, Status.SEEN), []),
    ],
)
def test_what_a_study_gave_stands_in_the_source_that_comes_first(
    statuses: tuple[Status, Status], found: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tuple(one._replace(status=status) for one, status in zip(base().sources, statuses, strict=False))
    monkeypatch.setattr(groups, "base_named", lambda _: base(sources=sources))
    assert told(FROM_E1910 + ADULTS + given("24 mg", "cycle-start") + FLAT) == found
    assert told(FROM_E1910 + ADULTS + given("61 mg", "cycle-start") + FLAT) == [("premedication.0.dose", "error")]
