"""X: do the files of a run fit together?"""

import os
import re
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from blinplan.api.checking.check import Configurations, check, read_files, rule_choice
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.regimen import library
from blinplan.rules.configuration.configurations import nearest
from blinplan.rules.families.across_files.shipped_names import namesake
from blinplan.rules.rule import Finding, Severity
from tests.regimen_text import cycle, regimen_text, waiver
from tests.rules.families.examples import Example, tried

AREA = cycle("15 mcg/m2/day for 28 days")
RR = 'indication = "relapsed-refractory"\n'


def text(name: str, limits: str = "min_weight_kg = 45", *, indication: str = RR, below: str = "") -> str:
    """A regimen of a name, for whom its limits say."""
    doses = AREA if "below_weight" in limits else cycle()
    first, _, top = indication.partition("\n")
    return regimen_text(f'name = "{name}"\n{first}\n[eligibility]\n{limits}\n\n{doses}', top=top) + below


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str | Path, files: dict[str, str] | None = None, **options: object) -> list[tuple[str, str, str]]:
    """What the rules across files find in files: where, which rule, and at what text."""
    for name, written in (files or {}).items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(written, encoding="utf-8")
    checked = check(*(paths or ["."]), simulate=False, isolated=True, select=["X"], **options)  # type: ignore[arg-type]
    assert not checked.faults
    return [
        (judgement.reading.document.name, finding.code, _marked(judgement.reading.document.text, finding))
        for judgement in checked.judgements
        for finding in judgement.findings
        if finding.code[0] == "X"  # and not the faults of the files, which are told whatever is selected
    ]


def _marked(whole: str, finding: Finding) -> str:
    return whole[finding.span.start : finding.span.end]


def messages(*paths: str | Path) -> list[str]:
    checked = check(*(paths or ["."]), simulate=False, isolated=True, select=["X"])
    return [finding.message for finding in checked.findings]


def line_of(whole: str, beginning: str) -> int:
    return next(number for number, line in enumerate(whole.splitlines(), start=1) if line.startswith(beginning))


def answer(path: str, code: str) -> tuple[str, str]:
    """What a rule answers to one file that is checked alone."""
    (judgement,) = check(path, simulate=False, isolated=True).judgements
    (verdict,) = [one for one in judgement.verdicts if one.rule.code == code]
    unanswered = verdict.not_evaluated
    return (verdict.ruling.value, "") if unanswered is None else (unanswered.kind, unanswered.reason)


# --- X001 and X004 ----------------------------------------------------------------------------------------------------


def test_a_copy_whose_name_was_left_is_one_finding_at_its_name(folder: Path) -> None:
    assert found(files={"a.toml": text("a"), "b.toml": text("a")}) == [("b.toml", "X001", '"a"')]
    (message,) = messages()
    assert "a is also the name of the regimen in a.toml:2" in message


@pytest.mark.parametrize("name", ["m.toml", "z.toml", "deep/m.toml"])
def test_the_file_that_is_named_so_keeps_the_name_wherever_it_comes(folder: Path, name: str) -> None:
    assert found(files={name: text("k"), "k.toml": text("k")}) == [(name, "X001", '"k"')]


def test_three_of_one_name_are_two_findings(folder: Path) -> None:
    files = {f"{name}.toml": text("a") for name in "abc"}
    assert [(name, code) for name, code, _ in found(files=files)] == [("b.toml", "X001"), ("c.toml", "X001")]


def test_one_file_reached_twice_is_one_file(folder: Path) -> None:
    assert found("a.toml", "./a.toml", folder / "a.toml", files={"a.toml": text("a")}) == []
    (folder / "deep").mkdir()
    (folder / "deep/a.toml").symlink_to(folder / "a.toml")
    assert found(".") == []


def test_a_name_is_looked_for_beside_a_file_that_is_named_alone(folder: Path) -> None:
    found(files={"a.toml": text("a"), "b.toml": text("a"), "c.toml": text("c"), "x/d.toml": text("c")})
    assert found("a.toml") == [("a.toml", "X001", '"a"')]
    assert found("b.toml") == [("b.toml", "X001", '"a"')]
    assert found("a.toml", "b.toml") == [("b.toml", "X001", '"a"')]
    assert found("c.toml") == []
    assert answer("x/d.toml", "X001")[0] == "not applicable"


def test_what_is_left_out_or_of_another_library_is_not_looked_at_beside_a_file(folder: Path) -> None:
    found(files={"a.toml": text("a"), "b.toml": text("a"), ".c.toml": text("a"), "pyproject.toml": 'name = "a"'})
    assert found("a.toml") != []
    for left_out in ("blinplan.toml", 'exclude = ["b.toml"]'), (".gitignore", "b.toml"):
        Path(left_out[0]).write_text(left_out[1], encoding="utf-8")
        nearest.cache_clear()
        assert check("a.toml", simulate=False, select=["X"]).findings == ()
        Path(left_out[0]).unlink()


def test_standard_input_has_the_files_beside_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(files={"a.toml": text("a"), "b.toml": text("b")})
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text("b").encode()), encoding="utf-8"))
    files = read_files(
        ["-"], rule_choice(None, (), (), ()), Configurations(None, isolated=True), stdin_filename="a.toml"
    )
    assert [file.source.name for file in files.beside.files] == ["b.toml"]


def test_a_crowded_folder_is_not_looked_at_unasked_and_that_is_said(folder: Path) -> None:
    files = {f"{number}.toml": text(str(number)) for number in range(99)}
    files |= {"a.toml": leading("a", "b"), "b.toml": leading("b", "c", "min_weight_kg = 50"), "twice.toml": text("a")}
    assert found("a.toml", files=files | {"c.toml": leading("c", "a", "min_weight_kg = 40")}) == [
        ("a.toml", "X002", '"b"')
    ]
    assert answer("a.toml", "X001")[0] == answer("a.toml", "X003")[0] == "not requested"
    assert "folder was not asked" in answer("0.toml", "X001")[1]


def test_folders_with_configurations_of_their_own_are_libraries_of_their_own(folder: Path) -> None:
    files = {"a/k.toml": text("k"), "b/k.toml": text("k"), "b/light.toml": text("light", "below_weight_kg = 40")}
    found(files=files)

    def of_both() -> list[str]:
        return [finding.code for finding in check(".", simulate=False, select=["X"]).findings]

    assert of_both() == ["X001", "X003"]
    Path("blinplan.toml").write_text("patients = 100\n", encoding="utf-8")
    nearest.cache_clear()
    assert of_both() == ["X001", "X003"]
    Path("a/blinplan.toml").write_text("patients = 200\n", encoding="utf-8")
    nearest.cache_clear()
    assert of_both() == ["X003"]
    Path("b/k.toml").unlink()
    assert of_both() == []


def test_a_file_is_named_as_its_regimen(folder: Path) -> None:
    assert found(files={"a.toml": text("b"), "nhl-0.5x.toml": text("nhl-0.5x")}) == [("a.toml", "X004", '"b"')]
    (message,) = messages("a.toml")
    assert "named b" in message
    assert "a.toml" in message
    assert found("rr-adult") == []


def test_a_name_is_a_warning_and_a_name_twice_an_error(folder: Path) -> None:
    found(files={"a.toml": text("a"), "b.toml": text("a"), "c.toml": text("d")})
    severities = {f.code: f.severity for f in check(".", simulate=False, isolated=True, select=["X"]).findings}
    assert severities == {"X001": Severity.ERROR, "X004": Severity.WARNING}


# --- X002 -------------------------------------------------------------------------------------------------------------


def leading(name: str, other: str, limits: str = "min_weight_kg = 45", **options: str) -> str:
    return text(name, f'{limits}\notherwise = "{other}"', **options)


@pytest.mark.parametrize("alone", [True, False])
def test_otherwise_leads_nowhere(folder: Path, alone: bool) -> None:
    files = {"a.toml": leading("a", "rr-below-45-gk"), "b.toml": text("b", "below_weight_kg = 45")}
    assert found(*(["a.toml"] if alone else []), files=files) == [("a.toml", "X002", '"rr-below-45-gk"')]
    checked = check("a.toml", simulate=False, isolated=True, select=["X002"])
    assert checked.findings[0].help.startswith("the nearest shipped name is rr-below-45-kg")
    assert checked.findings[0].severity is Severity.ERROR


def test_otherwise_leads_to_the_regimen_itself(folder: Path) -> None:
    assert found("a.toml", files={"a.toml": leading("a", "a")}) == [("a.toml", "X002", '"a"')]


def test_otherwise_leads_round_in_a_circle_which_is_one_finding(folder: Path) -> None:
    files = {
        "a.toml": leading("a", "b", "min_weight_kg = 45"),
        "b.toml": leading("b", "c", "below_weight_kg = 20"),
        "c.toml": leading("c", "a", "min_weight_kg = 20\nbelow_weight_kg = 45"),
        "d.toml": leading("d", "b", "min_weight_kg = 60"),
    }
    assert found(files=files) == [("a.toml", "X002", '"b"')]
    (message,) = messages()
    places = ", ".join(f"{name}.toml:{line_of(files[f'{name}.toml'], 'otherwise')}" for name in "bc")
    assert f"a -> b -> c -> a ({places})" in message


def test_two_that_lead_to_each_other_and_share_the_patients_are_in_order(folder: Path) -> None:
    files = {"a.toml": leading("a", "b"), "b.toml": leading("b", "a", "below_weight_kg = 45")}
    assert found(files=files) == []


def test_two_that_lead_to_each_other_for_the_same_patients_are_a_circle(folder: Path) -> None:
    assert found(files={"a.toml": leading("a", "b"), "b.toml": leading("b", "a")}) == [("a.toml", "X002", '"b"')]


def test_otherwise_leads_to_a_regimen_for_nobody_else(folder: Path) -> None:
    files = {"a.toml": leading("a", "b"), "b.toml": text("b", "min_weight_kg = 60")}
    assert found(files=files) == [("a.toml", "X002", '"b"')]
    (message,) = messages()
    assert "b (b.toml:2)" in message
    assert "60 kg and over" in message
    assert "45 kg and over" in message
    assert found("c.toml", files={"c.toml": leading("c", "rr-adult")}) == [("c.toml", "X002", '"rr-adult"')]
    assert found("d.toml", files={"d.toml": leading("d", "rr-below-45-kg")}) == []


@pytest.mark.parametrize(
    ("name", "other", "both"),
    [
        ("rr-adult", "mrd-below-45-kg", ("relapsed-refractory", "mrd-positive")),
        ("rr-below-45-kg", "mrd-adult", ("relapsed-refractory", "mrd-positive")),
        ("mrd-below-45-kg", "rr-adult", ("mrd-positive", "relapsed-refractory")),
        ("mrd-adult", "consolidation-below-45-kg", ("mrd-positive", "consolidation")),
        ("rr-adult", "hk-rr-below-45-kg", ("us-2025", "hk-2026")),
        ("rr-adult", "tower", ("a study's", "relapsed-refractory and no study's")),
        ("rr-below-45-kg", "mt103-211", ("a study's", "relapsed-refractory and no study's")),
        ("mrd-adult", "mt103-203", ("a study's", "mrd-positive and no study's")),
        ("consolidation-adult", "aall1331-low-risk", ("a study's", "consolidation and no study's")),
    ],
)
def test_otherwise_leads_to_another_treatment(folder: Path, name: str, other: str, both: tuple[str, str]) -> None:
    shipped = library.load(name).document.text
    named = re.sub(r'otherwise = ".*"', f'otherwise = "{other}"', shipped).replace(f'name = "{name}"', 'name = "a"')
    assert found("a.toml", files={"a.toml": named}) == [("a.toml", "X002", f'"{other}"')]
    (message,) = messages("a.toml")
    assert all(word in message for word in (other, *both))


def test_a_study_leads_to_another_and_a_regimen_of_ours_may_be_called_as_one(folder: Path) -> None:
    study = library.load("tower").document.text.replace("[eligibility]", '[eligibility]\notherwise = "mt103-205"')
    assert found("tower.toml", files={"tower.toml": study}) == []
    files = {"a.toml": leading("a", "tower"), "tower.toml": text("tower", "below_weight_kg = 45")}
    assert found("a.toml", "tower.toml", files=files) == [("tower.toml", "X005", '"tower"')]


@pytest.mark.parametrize("name", sorted(library.paths()))
def test_every_shipped_regimen_leads_to_one_for_the_same_disease(folder: Path, name: str) -> None:
    assert [code for _, code, _ in found(library.load(name).document.name) if code == "X002"] == []


def test_a_circle_is_told_of_each_of_its_files_that_is_named_alone(folder: Path) -> None:
    files = {"a.toml": leading("a", "b"), "b.toml": leading("b", "c"), "c.toml": leading("c", "a")}
    assert found(files=files) == [("a.toml", "X002", '"b"')]
    assert [found(name)[0][:2] for name in files] == [(name, "X002") for name in files]


def test_a_file_with_errors_that_otherwise_leads_to_blocks_the_rule(folder: Path) -> None:
    files = {"a.toml": leading("a", "b"), "b.toml": "= 1", "c.toml": text("c")}
    assert found("a.toml", "c.toml", files=files) == []
    assert answer("a.toml", "X002")[0] == "blocked"


@pytest.mark.parametrize("fault", ['foo = "x"\n', "foo = 1\n", ""], ids=["text", "number", "in a cycle"])
def test_a_fault_elsewhere_in_a_file_silences_no_name(folder: Path, fault: str) -> None:
    """README's drafts lower F002 to a warning: two files of one name were green then."""
    whole = text("a")
    faulty = whole.replace("[eligibility]", f"{fault}\n[eligibility]") if fault else whole.replace("steps", "stepps")
    assert found(files={"a.toml": whole, "k.toml": faulty}) == [("k.toml", "X001", '"a"')]
    assert found(files={"a.toml": faulty, "k.toml": whole}) == [("k.toml", "X001", '"a"')]
    Path("a.toml").unlink()
    assert found(files={"k.toml": faulty}) == [("k.toml", "X004", '"a"')]
    unnamed = whole.replace('name = "a"', "name = 5")
    assert found(files={"k.toml": unnamed, "a.toml": unnamed}) == []


def test_a_fault_in_a_cycle_silences_nothing_of_whom_a_file_is_for(folder: Path) -> None:
    def faulty(one: str) -> str:
        return one.replace("treatment_free_days", "treatment_fre_days")

    files = {"a.toml": faulty(leading("a", "b", "below_weight_kg = 40")), "b.toml": leading("b", "a")}
    assert found(files=files) == [("a.toml", "X003", "40")]
    files = {"a.toml": faulty(leading("a", "b")), "b.toml": leading("b", "a", "min_weight_kg = 50")}
    assert [place[:2] for place in found(files=files)] == [("a.toml", "X002")]
    files = {"a.toml": leading("a", "b").replace("min_weight_kg = 45", 'min_weight_kg = "x"'), "b.toml": text("b")}
    assert found(files=files) == []
    assert answer("a.toml", "X002")[0] == answer("a.toml", "X003")[0] == "blocked"


def test_a_regimen_in_another_folder_is_not_found_by_a_plan(folder: Path) -> None:
    files = {"a/a.toml": leading("a", "b"), "b/b.toml": text("b", "below_weight_kg = 45")}
    assert found(files=files) == [("a/a.toml", "X002", '"b"')]
    assert "b/b.toml:2" in messages()[0]


# --- X003 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("linked", [True, False])
def test_weights_between_two_regimens_are_one_finding_at_the_limit_that_is_not_the_labels(
    folder: Path, linked: bool
) -> None:
    light, heavy = "below_weight_kg = 45", "min_weight_kg = 50"
    if linked:
        files = {"a.toml": leading("a", "b", light), "b.toml": leading("b", "a", heavy)}
    else:
        files = {"a.toml": text("a", light), "b.toml": text("b", heavy)}
    assert found(files=files) == [("b.toml", "X003", "50")]
    (message,) = messages()
    assert "45 kg and over, below 50 kg" in message
    assert f"a for below 45 kg (a.toml:{line_of(files['a.toml'], 'below_weight_kg')})" in message
    assert found("b.toml") == [("b.toml", "X003", "50")]
    assert found("a.toml") == [("a.toml", "X003", "45")]


def test_the_gap_to_a_shipped_regimen_is_found_in_one_file_alone(folder: Path) -> None:
    files = {"a.toml": leading("a", "rr-below-45-kg", "min_weight_kg = 50")}
    assert found("a.toml", files=files) == [("a.toml", "X003", "50")]


@pytest.mark.parametrize(
    ("one", "other", "marked"),
    [
        ("below_age_years = 16", "min_age_years = 18", "16"),
        ("below_weight_kg = 40", "min_weight_kg = 45", "40"),
        ("below_weight_kg = 45\nbelow_age_years = 16", "min_weight_kg = 45", None),
        ("below_weight_kg = 45", "min_weight_kg = 45", None),
        ("below_weight_kg = 50", "min_weight_kg = 45", None),
        ("below_age_years = 18", "min_age_years = 18", None),
        ("min_weight_kg = 45", "min_weight_kg = 50", None),
        ("below_weight_kg = 45\nmin_weight_kg = 10", "min_weight_kg = 45", None),
    ],
)
def test_limits_meet(folder: Path, one: str, other: str, marked: str | None) -> None:
    gaps = found(files={"a.toml": text("a", one), "b.toml": text("b", other)})
    if one.count("\n") and "age" in one:
        # Those of 16 and over who weigh less than 45 kg: lighter ones are younger, and heavier ones are admitted.
        assert [code for _, code, _ in gaps] == ["X003"]
    else:
        assert gaps == ([] if marked is None else [("a.toml", "X003", marked)])


def test_weight_and_age_together_leave_two_gaps(folder: Path) -> None:
    child, adult = "below_weight_kg = 45\nbelow_age_years = 18", "min_weight_kg = 45\nmin_age_years = 18"
    assert len(found(files={"a.toml": text("a", child), "b.toml": text("b", adult)})) == 2
    heavy = "min_weight_kg = 45\nbelow_age_years = 18"
    light = "below_weight_kg = 45\nmin_age_years = 18"
    assert found(files={"c.toml": text("c", heavy), "d.toml": text("d", light)}) == []


def test_regimens_that_do_not_belong_together_have_no_gap(folder: Path) -> None:
    one, other = "below_weight_kg = 40", "min_weight_kg = 45"
    investigational = 'indication = "investigational"\n'
    assert found(files={"a.toml": text("a", one, indication=investigational), "b.toml": text("b", other)}) == []
    files = {f"{name}.toml": text(name, limits, indication=investigational) for name, limits in (("b", other),)}
    assert found(files=files) == []
    mrd = 'indication = "mrd-positive"\n'
    assert found(files={"a.toml": text("a", one, indication=mrd), "b.toml": text("b", other)}) == []
    hk = f'{RR}label = "hk-2026"\n'
    assert found(files={"a.toml": text("a", one, indication=hk), "b.toml": text("b", other)}) == []
    family = f'{investigational}family = "f"\n'
    files = {"a.toml": text("a", one, indication=family), "b.toml": text("b", other, indication=family)}
    assert [code for _, code, _ in found(files=files)] == ["X003"]


def test_a_third_regimen_fills_the_gap_but_not_between_two_that_lead_to_each_other(folder: Path) -> None:
    files = {
        "a.toml": text("a", "below_weight_kg = 40"),
        "b.toml": text("b", "min_weight_kg = 45"),
        "c.toml": text("c", "below_weight_kg = 60"),
    }
    assert found(files=files) == []
    linked = {"a.toml": leading("a", "b", "below_weight_kg = 40"), "b.toml": leading("b", "a")}
    assert found(files=linked) == [("a.toml", "X003", "40")]


# --- all of them ------------------------------------------------------------------------------------------------------


def test_what_is_shipped_fits_together() -> None:
    assert found(*library.paths()) == []
    for top in (library.folder(), *(path for path in library.folder().rglob("*") if path.is_dir())):
        assert found(top) == [], top


def test_they_are_waived_weighed_and_left_out_as_other_rules(folder: Path) -> None:
    found(files={"a.toml": text("a"), "b.toml": text("a", below=waiver("X001")), "c.toml": text("d")})
    assert [code for _, code, _ in found()] == ["X004"]
    assert [
        f.severity for f in check(".", simulate=False, isolated=True, severity=["X004=note"], select=["X"]).findings
    ]
    assert found(ignore=["X004"]) == []


def test_a_gap_between_a_regimen_s_own_limits_is_told_in_a_whole_sentence(folder: Path) -> None:
    limits = "below_weight_kg = 45\nmin_age_years = 2\nbelow_age_years = 12"
    found(files={"a.toml": text("a", limits), "b.toml": text("b", "min_weight_kg = 45\nmin_age_years = 65")})
    told = [message for message in messages("a.toml", "b.toml") if "45 kg and over, 2 years and over" in message]
    assert told
    assert all(message.endswith("12 years") for message in told)


def test_they_are_known_again_by_a_baseline(folder: Path) -> None:
    found(files={"a.toml": text("a"), "b.toml": text("a"), "c.toml": text("d", "below_weight_kg = 40")})
    assert len(found()) == 3
    check(".", simulate=False, isolated=True, select=["X"], write_baseline="known.json")
    assert found(baseline="known.json") == []
    Path("e.toml").write_text(text("a"), encoding="utf-8")
    assert found(baseline="known.json") == [("e.toml", "X001", '"a"')]


def test_many_files_are_compared_in_no_time(folder: Path) -> None:
    """Each with each would be a million comparisons."""
    files = {f"r{number}.toml": text(f"r{number}", f"min_weight_kg = {45 + number % 7}") for number in range(300)}
    began = os.times().user
    assert found(files=files) == []
    assert os.times().user - began < 30


def _named(code: str, title: str, lines: str, answered: str, beside: str | None = None) -> Example:
    return Example(code, answered, title, regimen_text(lines), beside=beside)


def _led(code: str, title: str, limits: str, answered: str, beside: str | None = None) -> Example:
    return Example(code, answered, title, text("probe", limits), beside=beside)


def _copied(title: str, old: str, new: str, answered: str) -> Example:
    """A copy of a shipped regimen with its name, in which something is written otherwise."""
    whole = library.load("rr-adult").document.text
    assert old in whole
    return Example("X005", answered, title, whole.replace(old, new, 1))


OTHER_ORDERS = (
    ("another first dose", '"9 mcg/day"', '"10 mcg/day"'),
    ("a first step of 8 days", "days = 7", "days = 8"),
    ("one cycle more", "repeat = 3", "repeat = 4"),
    ("a day more in hospital", "hospital_days = [9, 2]", "hospital_days = [9, 3]"),
    ("other premedication", '"20 mg"', '"16 mg"'),
    ("other patients", "min_weight_kg = 45", "min_weight_kg = 46"),
    ("an interval of 15 days", "treatment_free_days = 14", "treatment_free_days = 15"),
    ("another disease", 'indication = "relapsed-refractory"', 'indication = "mrd-positive"'),
)
SAME_ORDERS = (
    ("a copy", "", ""),
    ("another title", 'title = "Relapsed', 'title = "Ward 7: relapsed'),
    ("9 written otherwise", '"9 mcg/day"', '"9.0 µg/d"'),
    ("the last step in two", "days = 21 }", 'days = 14 }, { dose = "28 mcg/day", days = 7 }'),
)

LIGHT = leading("beside", "probe", "below_weight_kg = 45")

EXAMPLES = (
    _named("X001", "the name of the file beside it", f'name = "beside"\n{cycle()}', "finding", text("beside")),
    _named("X001", "a name of its own", cycle(), "pass", text("beside")),
    _named("X001", "a name that begins so", f'name = "beside-2"\n{cycle()}', "pass", text("beside")),
    _named("X001", "no other file", cycle(), "not applicable"),
    _led("X002", "a name that nothing has", 'min_weight_kg = 45\notherwise = "besides"', "finding", LIGHT),
    _led("X002", "the one beside it", 'min_weight_kg = 45\notherwise = "beside"', "pass", LIGHT),
    _led("X002", "a shipped one", 'min_weight_kg = 45\notherwise = "rr-below-45-kg"', "pass"),
    _led("X002", "itself", 'min_weight_kg = 45\notherwise = "probe"', "finding"),
    _led("X002", "none is named", "min_weight_kg = 45", "not applicable"),
    _led("X002", "one with errors", 'min_weight_kg = 45\notherwise = "beside"', "blocked", "= 1"),
    _led("X003", "from 50 kg", 'min_weight_kg = 50\notherwise = "beside"', "finding", LIGHT),
    _led("X003", "from 45 kg", 'min_weight_kg = 45\notherwise = "beside"', "pass", LIGHT),
    _led("X003", "from 44.9 kg", "min_weight_kg = 44.9", "pass", LIGHT),
    _led("X003", "no other file", "min_weight_kg = 50", "not applicable"),
    _named("X004", "another name", f'name = "beside"\n{cycle()}', "finding"),
    _named("X004", "the name of the file", cycle(), "pass"),
    _named("X004", "a name that X001 tells of", f'name = "beside"\n{cycle()}', "pass", text("beside")),
    _named("X005", "the name of a shipped one", f'name = "mrd-adult"\n{cycle()}', "finding"),
    _named("X005", "a name that begins so", f'name = "mrd-adult-ward"\n{cycle()}', "pass"),
    *(_copied(title, old, new, "finding") for title, old, new in OTHER_ORDERS),
    *(_copied(title, old, new, "pass") for title, old, new in SAME_ORDERS),
)


@pytest.mark.parametrize("example", tried(EXAMPLES))
def test_what_is_found_and_what_comes_near_it(example: Example) -> None:
    assert example.judge() == example.answer


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, ("from cycle 1 on: 15 d without infusion here, 14 d there",)),
        (1, ("from cycle 2 on: 15 d without infusion here, 14 d there",)),
        (2, ("from cycle 3 on: 15 d without infusion here, 14 d there",)),
        (3, ()),
    ],
)
def test_every_interval_is_laid_beside_the_shipped_one_but_what_comes_after_the_course(
    number: int, said: tuple[str, ...]
) -> None:
    shipped = library.regimen("mrd-adult")
    cycles = [replace(cycle, repeat=1) for cycle in shipped.one_by_one]
    assert len(cycles) == 4
    cycles[number] = replace(cycles[number], treatment_free=15 * MINUTES_PER_DAY)
    beside = namesake(replace(shipped, cycles=tuple(cycles)), "mrd-adult")
    assert beside is not None
    assert beside.differences == said
