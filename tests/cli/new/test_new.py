"""A file of one's own: from options, by asking at a terminal, and never half a file."""

import tomllib
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from blinplan.api.regimens.new import Order, labelled_regimen
from blinplan.label.read import label_named, label_names
from blinplan.quantities import Basis
from blinplan.regimen import library
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.tables import table_of
from blinplan.regimen.vocabulary import Indication
from tests.program import Run
from tests.terminal import Answered, at_terminal

TWO_STEPS = [
    *("new", "trial-1", "--title", "Two steps", "--indication", "investigational"),
    *("--step", "9 mcg/day x 7", "--step", "28 mcg/day x 21", "--later-step", "28 mcg/day x 28"),
    *("--cycles", "2", "--free-days", "14", "--departs-from", "rr-adult", "--min-weight", "45"),
]


def _words(text: str) -> str:
    return " ".join(text.split())


def test_a_regimen_from_options_is_valid_at_once(inside: Run, tmp_path: Path) -> None:
    ran = inside(*TWO_STEPS)
    assert (ran.status, ran.out) == (0, "")
    assert "blinplan check trial-1.toml" in ran.err
    checked = inside("check", "trial-1.toml", "--no-simulate", "-f", "json")
    assert checked.status == 0
    verdicts = checked.json["files"][0]["verdicts"]
    assert not [verdict["rule"] for verdict in verdicts if verdict["outcome"] == "finding"]
    unanswered = {verdict["rule"]: verdict["not_evaluated"] for verdict in verdicts if verdict["not_evaluated"]}
    silent = {code: why["reason"] for code, why in unanswered.items() if why["kind"] == "not said"}
    assert silent.keys() == {"C603", "C604", "C605", "C606"}
    assert all(f"{code}: {reason}" in ran.err for code, reason in silent.items())  # it says so at once
    assert [path.name for path in tmp_path.iterdir()] == ["trial-1.toml"]


def test_a_flat_dose_that_children_may_be_given_is_told_at_the_first_check(inside: Run) -> None:
    inside(*TWO_STEPS[:-2])
    checked = inside("check", "trial-1.toml", "--no-simulate", "-f", "concise")
    assert checked.status == 1
    assert "D206 error the doses are flat, and patients below 45 kg are admitted (any weight)" in checked.out


def test_what_is_missing_is_named_and_nobody_is_asked(inside: Run, tmp_path: Path) -> None:
    ran = inside("new")
    assert (ran.status, ran.out) == (2, "")
    for flag in ("NAME", "--title", "--indication", "--step", "--cycles", "--free-days"):
        assert flag in ran.err
    ran = inside(*[word for word in TWO_STEPS if word not in ("--later-step", "28 mcg/day x 28")])
    assert ran.status == 2
    assert "missing: --later-step" in ran.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--step", "9 mg/day x 7"], "(1 mg = 1,000 mcg)"),
        (["--step", "9000 mcg/day x 7"], "N106"),
        (["--step", "5 mcg/m2/day x 7"], "mcg/day"),
        (["--basis", "bsa"], "basis"),
        (["--min-weight", "heavy"], "plain number"),
        (["--min-weight", "45", "--below-weight", "45"], "no weight is at least the one and below the other"),
        (["--hospital-days", "nine"], "whole days"),
        (["--premedication", "dexamethasone 20 mg"], "before"),
        (["--source-status", "seen"], "--source"),
        (["--title", "a\nb"], "plain text"),
        (["--title", " "], "one line that says what the regimen is"),
        (["-o", "nowhere/x.toml"], "folder"),
        (["-o", "."], "folder"),
        (["--cycles", "1"], "later"),
    ],
    ids=str,
)
def test_what_cannot_be_written_is_said_and_nothing_is(
    inside: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    ran = inside(*TWO_STEPS, *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in _words(ran.err)
    assert "help: " in ran.err
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_stays_unless_it_is_forced(inside: Run, tmp_path: Path) -> None:
    mine = tmp_path / "trial-1.toml"
    mine.write_text("mine", encoding="utf-8")
    ran = inside(*TWO_STEPS)
    assert ran.status == 2
    assert "--force" in ran.err
    assert mine.read_text(encoding="utf-8") == "mine"
    assert inside(*TWO_STEPS[:1], "trial-2", *TWO_STEPS[2:], "-o", "trial-1.toml").status == 2
    assert mine.read_text(encoding="utf-8") == "mine"
    assert inside(*TWO_STEPS, "--cycles", "0", "--force").status == 2
    assert mine.read_text(encoding="utf-8") == "mine"
    assert inside(*TWO_STEPS, "--force").status == 0
    assert "Two steps" in mine.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["trial-1.toml"]


def test_the_name_of_a_shipped_regimen_or_family_is_not_taken(inside: Run, tmp_path: Path) -> None:
    for name in ("rr-adult", "nhl"):
        ran = inside("new", name, "--from", "rr-2014")
        assert ran.status == 2
        assert "shipped" in ran.err
    assert not list(tmp_path.iterdir())


def test_a_name_is_no_name_of_a_file(inside: Run, tmp_path: Path) -> None:
    """Who names the file got trial-1.toml.toml."""
    ran = inside("new", "trial-1.toml", "--from", "rr-adult")
    assert ran.status == 2
    assert "trial-1.toml would be written to trial-1.toml.toml" in " ".join(ran.err.split())
    assert "name it trial-1:" in ran.err
    assert not list(tmp_path.glob("*.toml"))
    assert inside("new", "trial-1.5", "--from", "rr-adult").status == 0


def test_standard_output_carries_the_file_and_nothing_else(inside: Run, tmp_path: Path) -> None:
    piped = inside(*TWO_STEPS, "-o", "-")
    inside(*TWO_STEPS, "-o", "x.toml")
    assert piped.out == (tmp_path / "x.toml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_file_is_valid_whatever_the_encoding_of_standard_output(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    written = BytesIO()
    monkeypatch.setattr("sys.stdout", TextIOWrapper(written, encoding="ascii"))
    assert inside(*TWO_STEPS, "--title", "Zwölf 漢 🧪 \\", "-o", "-").status == 0
    assert tomllib.loads(written.getvalue().decode())["title"] == "Zwölf 漢 🧪 \\"


def test_a_copy_says_what_is_not_in_it(inside: Run, tmp_path: Path) -> None:
    ran = inside("new", "ours", "--from", "mt103-206-5-15", "--cycles", "3")
    assert ran.status == 0
    assert "waiver of D206" in _words(ran.err)
    assert "error[D206]" in ran.err
    (tmp_path / "ours.toml").write_text(
        "# a remark\n" + (tmp_path / "ours.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    ran = inside("new", "theirs", "--from", "ours.toml")
    assert "its comments" in ran.err
    ran = inside("new", "fourth", "--from", "theirs.toml")  # has those alone that are written into every file
    assert ran.status == 0
    assert "its comments" not in ran.err
    assert "a remark" not in (tmp_path / "theirs.toml").read_text(encoding="utf-8")


def test_a_copy_of_a_broken_file_is_refused(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("format = 1\n", encoding="utf-8")
    ran = inside("new", "ours", "--from", "broken.toml")
    assert ran.status == 2
    assert "broken.toml is not a regimen" in ran.err
    assert not (tmp_path / "ours.toml").exists()


# --- at a terminal ----------------------------------------------------------------------------------------------------


ANSWERS = ["trial-1", "Two steps", "relapsed-refractory", "45", "", "", "", "", "", "", "", "", "", "", "", ""]


@pytest.mark.slow
def test_the_defaults_are_the_labelled_regimen(tmp_path: Path) -> None:
    status, _, shown = at_terminal(tmp_path, "\n".join(ANSWERS) + "\n")
    assert status == 0, shown
    mine = _read(tmp_path / "trial-1.toml")
    labelled = library.regimen("rr-adult")
    assert [(step.dose, step.minutes) for step in mine.steps[:2]] == [
        (step.dose, step.minutes) for step in labelled.steps[:2]
    ]
    assert sum(cycle.repeat for cycle in mine.cycles) == 5
    assert (mine.premedication, mine.hospital_days) == (labelled.premedication, labelled.hospital_days)
    assert mine.eligibility.minimum_weight == 45
    assert mine.unverified
    assert "[9 mcg/day x 7]" in shown


def test_a_bad_answer_is_explained_and_asked_again(answered: Answered, tmp_path: Path) -> None:
    answers = ["Trial 1", "rr-adult", *ANSWERS]
    answers[4:5] = ["relapsed", "relapsed-refractory"]
    answers[9:10] = ["9 mg/day x 7", "9000 mcg/day x 7", "5 mcg/m2/day x 7", ""]
    status, _, shown = answered("\n".join(answers) + "\n")
    assert status == 0, shown
    assert shown.count("What is it called?") == 1
    for said in ('"relapsed" is none of these', "(1 mg = 1,000 mcg)", "N106", "flat doses and doses by body surface"):
        assert said in _words(shown)
    assert [path.name for path in tmp_path.iterdir()] == ["trial-1.toml"]


def test_below_a_weight_doses_are_by_area_unless_it_is_said_otherwise(answered: Answered, tmp_path: Path) -> None:
    status, _, shown = answered("\n".join(["child-1", "Title", "mrd-positive", "", "45", *[""] * 11]) + "\n")
    assert status == 0, shown
    assert "[bsa]" in shown
    assert _read(tmp_path / "child-1.toml").steps[0].dose == _labelled("mrd-below-45-kg").steps[0].dose


def test_an_own_course_is_no_labelled_one(answered: Answered, tmp_path: Path) -> None:
    """Once a step is another, nothing of the label is proposed; later cycles are likely the highest dose throughout."""
    first = ["ours", "Title", "relapsed-refractory", "", "", "flat"]
    steps = ["112 mcg/day x 132 h", "28 mcg/day x 6", ""]
    status, _, shown = answered("\n".join([*first, *steps, "200", "2", *[""] * 2, "0", *[""] * 5]) + "\n")
    assert status == 0, shown
    mine = _read(tmp_path / "ours.toml")
    assert [(str(step.dose), step.minutes // 60) for step in mine.cycles[0].steps] == [
        ("112 mcg/day", 132),
        ("28 mcg/day", 144),
    ]
    assert "[28 mcg/day x 21]" not in shown
    assert '"200" is no number of cycles' in _words(shown)
    assert mine.cycles[0].treatment_free == 0
    trial = ["ours-2", *first[1:2], "investigational", "", *first[3:], *steps, "2", *[""] * 2, "0", *[""] * 5]
    status, _, shown = answered("\n".join(trial) + "\n")
    assert status == 0, shown
    assert "[112 mcg/day x 276 h]" in shown


def test_an_investigational_regimen_is_asked_what_it_departs_from(answered: Answered, tmp_path: Path) -> None:
    rest = ["", "", "", "9 mcg/day x 7", "28 mcg/day x 21", "", "1", "14", "", "", ""]
    answers = ["ours", "Title", "investigational", "rr-adul", "rr-adult", *rest]
    status, _, shown = answered("\n".join(answers) + "\n")
    assert status == 0, shown
    assert "such as rr-adult" in _words(shown)
    assert _read(tmp_path / "ours.toml").departs_from == "rr-adult"


@pytest.mark.parametrize(("original", "answer", "base"), [("rr-adult", "", "rr-adult"), ("nhl-60", "nhl-30", "nhl-30")])
def test_an_investigational_copy_is_asked_too(
    answered: Answered, tmp_path: Path, original: str, answer: str, base: str
) -> None:
    options = ["--from", original, "--indication", "investigational"]
    status, _, shown = answered(f"ours\n\n{answer}\n", *options)
    assert status == 0, shown
    assert f"[{original}]" in shown
    assert _read(tmp_path / "ours.toml").departs_from == base


def test_a_copy_for_a_labelled_indication_is_not_asked(answered: Answered) -> None:
    status, _, shown = answered("ours\n\n", "--from", "rr-adult")
    assert status == 0, shown
    assert "depart" not in shown


def test_of_one_cycle_no_later_steps_are_asked(answered: Answered, tmp_path: Path) -> None:
    answers = ["ours", "Title", "", "", "", "", "", "9 mcg/day x 7", "28 mcg/day x 21", "", "1", "14", "", "", ""]
    status, _, shown = answered("\n".join(answers) + "\n")
    assert status == 0, shown
    assert "later cycle?" not in shown
    assert len(_read(tmp_path / "ours.toml").cycles) == 1


def test_a_first_step_of_a_few_days_is_judged_with_those_that_follow(answered: Answered, tmp_path: Path) -> None:
    """No continuous infusion under 5 days was run: that is asked of a cycle, not of its first step."""
    first = ["short-1", "Title", "investigational", "", "", "", "flat"]
    answers = [*first, "9 mcg/day x 36 h", "", "28 mcg/day x 24", "", "1", "14", "", "", ""]
    status, _, shown = answered("\n".join(answers) + "\n")
    assert status == 0, shown
    assert [step.minutes // 60 for step in _read(tmp_path / "short-1.toml").steps] == [36, 24 * 24]
    assert shown.count("S308") == 1  # where it was said that nothing follows
    assert "S308" in shown[shown.index("Step 2") :]


def test_a_name_that_is_taken_is_refused_before_anything_is_asked(answered: Answered, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("mine", encoding="utf-8")
    status, _, shown = answered("", "mine")
    assert status == 2
    assert "mine.toml is there already" in shown
    assert "title" not in shown.lower()


@pytest.mark.slow
def test_leaving_leaves_nothing(answered: Answered, tmp_path: Path) -> None:
    status, out, shown = at_terminal(tmp_path, "trial-1\n", interrupt=True)
    assert (status, out) == (130, "")
    status, out, shown = answered("trial-1\nTwo steps\n")
    assert (status, out) == (2, "")
    assert "nothing was written" in shown
    assert not list(tmp_path.iterdir())


def test_what_the_options_say_is_not_asked(answered: Answered, tmp_path: Path) -> None:
    status, out, shown = answered("trial-1\n", *TWO_STEPS[2:], "-o", "-")
    assert status == 2  # the answers to what can be left out are missing: with one question, all are asked
    status, out, shown = answered("", *TWO_STEPS[1:], "-o", "-")
    assert status == 0
    assert "What" not in shown
    assert out.startswith("#:schema")
    status, _, shown = answered("ours\n\n", "--from", "rr-adult")
    assert status == 0
    assert shown.count("?") == 2
    assert (tmp_path / "ours.toml").exists()


def test_the_basis_is_not_asked_where_steps_are_given(answered: Answered, tmp_path: Path) -> None:
    given = ["--step", "5 mcg/m2/day x 7 max 9 mcg/day", "--later-step", "15 mcg/m2/day x 28 max 28 mcg/day"]
    typed = "\n".join(["trial-1", "Title", "", "", "", "45", "1", "2", "14", "", "", "", ""])
    status, _, shown = answered(typed, *given)
    assert status == 0, shown
    assert "How are doses counted?" not in shown
    assert "there is one cycle, and steps are given for later ones" in _words(shown)
    assert _read(tmp_path / "trial-1.toml").eligibility.below_weight == 45


@pytest.mark.parametrize("label", label_names())
@pytest.mark.parametrize("indication", Indication)
@pytest.mark.parametrize("basis", Basis)
def test_the_labelled_defaults_are_those_of_the_label_for_what_was_answered(
    label: str, indication: Indication, basis: Basis
) -> None:
    found = labelled_regimen(Order(indication=indication, basis=basis, label=label))
    has_it = label_named(label).schedule(indication, basis) is not None
    assert (found is not None) == has_it
    if found is not None:
        shipped = library.regimen(found.name)
        assert (shipped.label, shipped.indication, shipped.basis) == (label, indication, basis)
        assert found == table_of(shipped)


def test_a_project_that_follows_a_label_is_asked_with_what_that_orders(answered: Answered, tmp_path: Path) -> None:
    (tmp_path / "blinplan.toml").write_text('label = "hk-2026"\n', encoding="utf-8")
    status, _, shown = answered("\n".join(ANSWERS) + "\n")
    assert status == 0, shown
    mine, labelled = _read(tmp_path / "trial-1.toml"), library.regimen("hk-rr-adult")
    assert (mine.label, mine.premedication) == ("hk-2026", labelled.premedication)
    assert [group.patients for group in mine.premedication] == ["adults", "children", "children"]
    assert "dexamethasone 10 mg/m2 max 20 mg 720 to 360 min before first-start for children" in _words(shown)
    assert mine.hospital_days == ()  # that label does not state them, and nothing is taken from another


def test_a_label_that_is_asked_for_is_written_into_the_file(inside: Run, tmp_path: Path) -> None:
    assert inside(*TWO_STEPS, "--label", "hk-2026").status == 0
    assert _read(tmp_path / "trial-1.toml").label == "hk-2026"
    refused = inside(*TWO_STEPS, "--label", "hk-1997", "--force")
    assert refused.status == 2
    assert "hk-2026" in refused.err


def _labelled(name: str) -> Regimen:
    return library.regimen(name)


def _read(path: Path) -> Regimen:
    from blinplan import load

    return load(path)


# --- the first screen -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_the_program_alone_shows_what_to_try(inside: Run, columns: int) -> None:
    ran = inside(COLUMNS=str(columns))
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) < 20
    assert max(map(len, ran.out.splitlines())) <= columns


def test_what_it_shows_to_try_works(inside: Run) -> None:
    from blinplan.reports.library.start import TO_TRY

    shown = inside().out
    for command, _ in TO_TRY:
        assert command in shown
        ran = inside(*command.split()[1:])
        # `new` asks at a terminal, and here it says what is missing.
        assert ran.status in ({2} if command == "blinplan new" else {0, 1})
