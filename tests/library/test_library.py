"""A library of generated files is judged as a pharmacist would: the right ones pass, and each mistake is told in place.

Here it is a sample; `python -m tests.library` judges every mistake in every regimen in every way of writing.
"""

from collections.abc import Iterator
from pathlib import Path as File

import pytest

from blinplan.rules.catalogue import CATALOGUE
from tests.library.files import BASES, LABELLED, codes_of_base, made, sample, tree_of, what_is_wrong
from tests.library.folders import (
    FOLDER_MISTAKES,
    PAIRS,
    codes_of_each_alone,
    findings_in,
    folder_of,
    what_is_wrong_in_folder,
)
from tests.library.mistakes import MISTAKES
from tests.library.records import (
    RECORD_MISTAKES,
    RECORDS,
    faults_of_record,
    judged_record,
    record_of,
    what_is_wrong_in_record,
)
from tests.library.styles import STYLES, Path, Written


@pytest.mark.parametrize("style", STYLES)
def test_a_right_regimen_has_nothing_to_hear_however_it_is_written(style: str) -> None:
    assert {name: found for name in LABELLED if (found := codes_of_base(name, style))} == {}
    assert all(set(codes_of_base(name, style)) == set(codes_of_base(name, "as shipped")) for name in BASES)


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_is_told_where_it_is_and_fails_the_gate_if_it_reaches_the_patient(kind: str) -> None:
    assert not list(_wrong_in(kind))


@pytest.mark.nightly
@pytest.mark.slow
def test_each_mistake_is_told_in_more_files() -> None:
    assert not [wrong for kind in MISTAKES for wrong in _wrong_in(kind, 4)]


def _wrong_in(kind: str, files: int = 1) -> Iterator[str]:
    for base, style in sample(kind, files):
        if said := what_is_wrong(kind, base, style, *_file(kind, base, style)):
            yield f"{base}, {style}: {said}"


def _file(kind: str, base: str, style: str) -> tuple[Written, Path]:
    file = made(kind, base, style)
    assert file is not None
    return file


@pytest.mark.slow
def test_the_library_is_large_and_no_part_of_it_is_left_out() -> None:
    files = [(kind, base, style) for kind in MISTAKES for base, style in sample(kind)]
    assert len(MISTAKES) >= 60
    assert len(files) >= 200
    assert all(sample(kind) for kind in MISTAKES)
    assert {base for _, base, _ in files} == set(BASES)
    assert {style for *_, style in files} == set(STYLES)


def test_a_mistake_that_is_told_elsewhere_or_passes_is_seen() -> None:
    """Else the library could not fail."""
    kind, base = "a full dose of ten times", "rr-adult"
    written, path = _file(kind, base, "as shipped")
    assert what_is_wrong(kind, base, "as shipped", written, path) == ""
    assert "not at" in what_is_wrong(kind, base, "as shipped", written, ("cycle", 2, "steps", 0, "dose"))
    right = STYLES["as shipped"].written(STYLES["as shipped"].of(tree_of(base)))
    assert "said: nothing" in what_is_wrong(kind, base, "as shipped", right, path)
    mild = _file("a full dose of 1.4 times", base, "as shipped")
    assert "passes the gate" in what_is_wrong(kind, base, "as shipped", *mild)


def test_codes_that_are_expected_are_codes() -> None:
    expected = {code for one in MISTAKES.values() for code in one.codes | one.beside | one.also}
    assert expected <= set(CATALOGUE)


# --- course records ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", RECORDS)
def test_a_right_record_has_nothing_to_hear_however_it_is_written(name: str, style: str) -> None:
    assert [f"{one.code} {one.message}" for one in judged_record(record_of(name, style)[0]).findings] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", RECORD_MISTAKES)
def test_a_mistake_in_a_record_is_told_once_where_it_is(kind: str) -> None:
    wrong = [f"{style}: {said}" for style in STYLES if (said := what_is_wrong_in_record(kind, style))]
    assert not wrong, "\n".join(wrong)


def test_a_mistake_in_a_record_that_is_told_elsewhere_or_not_at_all_is_seen() -> None:
    """Else a mistake in a record could not fail."""
    right, late = RECORD_MISTAKES["a bag of half the dose"], RECORD_MISTAKES["a cycle three weeks late"]
    (half, place), (other, _) = (record_of(one.record, "inline", one.change) for one in (right, late))
    assert list(faults_of_record(right, half, place)) == []
    assert "not at bag.1.dose" in "; ".join(faults_of_record(right, half, ("bag", 1, "dose")))
    assert "said: I807 at cycle_start.0.started; expected I808" in "; ".join(faults_of_record(right, other, place))
    assert "said: nothing" in "; ".join(faults_of_record(right, record_of("an adult", "inline")[0], place))


def test_every_rule_about_what_happened_has_a_mistake() -> None:
    """But those that ask for adverse events, of which their examples are many, and for a site."""
    of_records = {code for code, rule in CATALOGUE.items() if rule.of == "record"}
    assert of_records - {mistake.code for mistake in RECORD_MISTAKES.values()} == {"I801", "I803", "I811", "I813"}


# --- files together ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", PAIRS)
def test_regimens_that_lead_to_each_other_have_nothing_to_hear(pair: tuple[str, str], tmp_path: File) -> None:
    assert findings_in(folder_of(pair), list(STYLES)[PAIRS.index(pair)], tmp_path) == []


@pytest.mark.parametrize("kind", FOLDER_MISTAKES)
def test_a_mistake_that_two_files_show_is_told_once_where_it_is(kind: str, tmp_path: File) -> None:
    number = list(FOLDER_MISTAKES).index(kind)
    for step in range(2):
        pair, style = PAIRS[(number + 3 * step) % len(PAIRS)], list(STYLES)[(3 * number + step) % len(STYLES)]
        assert not what_is_wrong_in_folder(kind, pair, style, tmp_path), (pair, style)


@pytest.mark.parametrize("faulty", [False, True])
@pytest.mark.parametrize("kind", FOLDER_MISTAKES)
def test_it_is_told_where_each_file_is_named_alone_and_beside_another_fault(
    kind: str, faulty: bool, tmp_path: File
) -> None:
    number = list(FOLDER_MISTAKES).index(kind)
    pair, style = PAIRS[number % len(PAIRS)], list(STYLES)[(number + 2) % len(STYLES)]
    assert codes_of_each_alone(kind, pair, style, tmp_path, faulty=faulty) == {FOLDER_MISTAKES[kind].code}, (
        pair,
        style,
    )


def test_every_rule_about_files_together_has_a_mistake() -> None:
    assert {one.code for one in FOLDER_MISTAKES.values()} == {code for code in CATALOGUE if code.startswith("X")}


def test_a_folder_in_which_it_is_told_elsewhere_is_seen(tmp_path: File) -> None:
    """Else a mistake in a folder could not fail."""
    folder = folder_of(PAIRS[0])
    place = FOLDER_MISTAKES["nobody from 45 to 50 kg"].change(folder, *folder)
    assert place is not None
    assert findings_in(folder, "inline", tmp_path, place) == [("X003", "warning", True)]
    for other in ((list(folder)[1], place[1]), (place[0], ("name",))):
        assert findings_in(folder, "inline", tmp_path, other) == [("X003", "warning", False)]
