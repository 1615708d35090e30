"""What follows when one number of a label changes: rules, regimens made from it, manual pages, `new`, and the list."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from blinplan.api.regimens.new import Order, labelled_regimen
from blinplan.course.events import expand
from blinplan.course.patient import patient
from blinplan.label import read
from blinplan.quantities import Basis
from blinplan.regimen.reading import RegimenFile
from blinplan.regimen.reading import read as read_file
from blinplan.regimen.vocabulary import Indication
from blinplan.rules.configuration.settings import DEFAULTS
from blinplan.rules.judge import judge
from blinplan.rules.limits import limits_by, shipped_limits
from blinplan.rules.values.collect import collect_values
from man.make import manual
from man.make.generated import labelled_regimens
from man.make.public import ROOT


def forget() -> None:
    """Let limits be made anew from the labels; these are kept by their files, and are the same ones afterwards."""
    limits_by.cache_clear()


@pytest.fixture
def lower_full_dose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The United States' label with a full dose of 27 mcg/day, where its file says 28."""
    for file in read._LABELS.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        if file.stem == read.DEFAULT:
            assert text.count("value = 28\n") == 1
            text = text.replace("value = 28\n", "value = 27\n")
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(read, "_LABELS", tmp_path)
    forget()
    yield
    monkeypatch.undo()
    forget()


def stale(made: dict[Path, str]) -> set[str]:
    """The generated files that are no more what they should be."""
    return {
        path.relative_to(ROOT).as_posix() for path, text in made.items() if path.read_text(encoding="utf-8") != text
    }


def manual_pages() -> dict[Path, str]:
    return {ROOT / path: text for path, text in manual.pages().items()}


@pytest.mark.slow
@pytest.mark.usefixtures("lower_full_dose")
def test_a_changed_dose_of_a_label_makes_these_files_stale_and_no_others() -> None:
    made = labelled_regimens()
    us = {f"regimens/labelled/{regimen.name}.toml" for regimen in read.label_named(read.DEFAULT).regimens}
    assert stale(made) == us
    assert stale(manual_pages()) == {"man/man7/blinplan-rules.7"}
    for path, text in made.items():
        if path.relative_to(ROOT).as_posix() in us:
            assert "28 mcg/day" not in text
            assert "27 mcg/day" in text


def test_without_a_change_no_regimen_made_from_a_label_is_stale() -> None:
    found = sorted(stale(labelled_regimens()))
    assert not found, "\n".join(["stale; write them anew with: python -m man.make", *found])


@pytest.mark.usefixtures("lower_full_dose")
def test_every_sentence_follows_a_changed_dose() -> None:
    label = read.label_named(read.DEFAULT)
    stated = [schedule.stated for schedule in label.schedules] + [given.stated for given in label.premedications]
    says = [number.says for number in label.numbers.values()] + [one.says for one in stated]
    assert sum("27 mcg/day" in sentence for sentence in says) >= 5
    assert not [sentence for sentence in says if "28 mcg/day" in sentence]


def test_a_changed_label_leaves_the_others_as_they_were(request: pytest.FixtureRequest) -> None:
    """Else a test that holds labels from before would depend on whether this file ran before it."""
    before = read.label_named(read.DEFAULT)
    request.getfixturevalue("lower_full_dose")
    assert read.label_named(read.DEFAULT) != before
    request.getfixturevalue("monkeypatch").undo()
    assert read.label_named(read.DEFAULT) is before


@pytest.mark.usefixtures("lower_full_dose")
def test_the_rules_judge_by_the_changed_dose() -> None:
    limits = shipped_limits()
    assert limits["labelled_maximum_flat"].value == limits["cap_of_full_dose"].value == Fraction(27)
    before = (ROOT / "regimens/labelled/mrd-adult.toml").read_bytes()
    found = judge(read_file(before, "x.toml"), date.min, None).findings
    assert [finding.message for finding in found if finding.code == "D203"] == [
        "the dose is 28 mcg/day; the label gives at most 27 mcg/day"
    ] * 2
    for text in labelled_regimens().values():
        made = judge(read_file(text.encode(), "x.toml"), date.min, None).findings
        assert not [finding for finding in made if finding.code.startswith("D2")]


@pytest.mark.usefixtures("lower_full_dose")
def test_plans_new_and_the_list_of_values_follow() -> None:
    text = labelled_regimens()[ROOT / "regimens/labelled/mrd-adult.toml"]
    reading = read_file(text.encode(), "x.toml")
    assert isinstance(reading, RegimenFile)
    course = expand(reading.regimen, patient(Fraction(70)))
    assert {event.rate for event in course.events} == {0, 27}
    asked = labelled_regimen(Order(indication=Indication.MRD_POSITIVE, basis=Basis.FLAT))
    assert asked is not None
    assert {step.dose for cycle in asked.cycle for step in cycle.steps} == {"27 mcg/day"}
    values = {value.name: value for value in collect_values([read.DEFAULT], DEFAULTS)}
    assert values["labelled_maximum_flat"].text == "27 mcg/day"
    assert "27 mcg/day" in values["schedule_mrd_positive"].text


@pytest.mark.usefixtures("lower_full_dose")
def test_another_label_does_not_follow() -> None:
    assert limits_by("hk-2026")["labelled_maximum_flat"].value == 28
