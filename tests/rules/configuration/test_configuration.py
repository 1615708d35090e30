"""A project's configuration: found upwards, read with every fault in its place, and heard before the defaults."""

from fractions import Fraction
from pathlib import Path

import pytest

from blinplan.exit_status import FailOn
from blinplan.label.read import label_named, label_names
from blinplan.regimen import library
from blinplan.regimen.reading import read
from blinplan.rules.catalogue import CATALOGUE
from blinplan.rules.configuration.choice import rule_choice
from blinplan.rules.configuration.configuration import DEFAULT, Configuration, ConfigurationError
from blinplan.rules.configuration.configurations import nearest
from blinplan.rules.configuration.file import load
from blinplan.rules.configuration.keys import CONFIGURATION_FILE
from blinplan.rules.configuration.settings import DEFAULTS, Pattern, Policies, Settings, Severities
from blinplan.rules.judge import judge
from blinplan.rules.limits import shipped_limits
from blinplan.rules.rule import Severity
from blinplan.rules.verdict import Ruling
from tests.regimen_text import TODAY, codes, cycle, judgement_of_lines, regimen_text, verdict_of, waiver

FULL = """
extend = "base/empty.toml"
exclude = ["drafts/"]
respect-gitignore = false
force-exclude = true
select = ["D", "S", "N1"]
extend-select = ["T502"]
ignore = ["D205", "short-infusion"]
fail-on = "warning"
simulate = false
patients = 500
seed = 7
baseline = "known.json"
site = "ward.toml"
label = "hk-2026"
strict = true

[per-file-ignores]
"trials/*.toml" = ["D2"]

[per-file."trials/old/**"]
ignore = ["S3"]
extend-select = ["T502"]
severity = { D202 = "error" }
limits = { step_length = { value = 4, reason = "Site protocol 13" } }
fail-on = "never"
strict = false

[severity]
D202 = "note"
D2 = "error"

[limits]
step_length = { value = 5, reason = "Site protocol 12" }
[policies]
reason-length = 25
"""


@pytest.fixture(autouse=True)
def forget() -> None:
    nearest.cache_clear()


def put_base(folder: Path) -> None:
    (folder / "base").mkdir()
    (folder / "base" / "empty.toml").write_text("", encoding="utf-8")


def configuration(folder: Path, text: str, name: str = "blinplan.toml") -> Configuration:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    found = load(path)
    assert found is not None
    return found


def faults(folder: Path, text: str, name: str = "blinplan.toml") -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        configuration(folder, text, name)
    return [f"{fault.where.removeprefix(folder.as_posix() + '/')}: {fault.message}" for fault in refused.value.faults]


def test_every_key_is_heard(tmp_path: Path) -> None:
    put_base(tmp_path)
    found = configuration(tmp_path, FULL)
    assert found.settings.select is not None
    assert [pattern.text for pattern in found.settings.select] == ["D", "S", "N1"]
    assert [pattern.text for pattern in found.settings.ignore] == ["D205", "short-infusion"]
    assert found.settings.extend_select[0].origin.endswith("blinplan.toml:7")
    assert (found.fail_on, found.simulate, found.patients, found.seed) == (FailOn.WARNING, False, 500, 7)
    assert found.baseline == tmp_path / "known.json"
    assert (found.settings.label, found.settings.strict) == ("hk-2026", True)
    assert [pattern.text for pattern in found.exclude] == ["drafts/"]
    assert (found.respect_gitignore, found.force_exclude) == (False, True)
    assert {key for key, _ in found.origins} | {"extend"} == set(CONFIGURATION_FILE.keys)
    assert found.settings.policies == Policies(25)
    assert [pattern.text for pattern in found.settings.extend_select] == ["T502", "W908"]
    assert found.settings.severity_of(CATALOGUE["D202"]) is Severity.NOTE
    assert found.settings.severity_of(CATALOGUE["D203"]) is Severity.ERROR
    assert found.settings.severity_of(CATALOGUE["S301"]) is CATALOGUE["S301"].severity
    old = found.settings_for(tmp_path / "trials" / "old" / "x.toml")
    assert [pattern.text for pattern in old.ignore] == ["D205", "short-infusion", "D2", "S3"]
    assert [pattern.text for pattern in old.extend_select] == ["T502", "W908", "T502"]
    assert old.severity_of(CATALOGUE["D202"]) is Severity.ERROR
    assert old.limits["step_length"].value == 4
    assert not old.strict
    assert old.fail_on is not None
    assert old.fail_on.level is FailOn.NEVER


def test_pyproject_says_the_same_in_its_table(tmp_path: Path) -> None:
    put_base(tmp_path)
    table = FULL.replace("\n[", "\n[tool.blinplan.").replace("\nextend", "[tool.blinplan]\nextend", 1)
    inside = configuration(tmp_path, f'[project]\nname = "x"\n\n{table}', "pyproject.toml")
    own = configuration(tmp_path, FULL)
    assert inside.settings.severities[0].severity == own.settings.severities[0].severity
    assert inside.patients == own.patients
    assert inside.settings.limits["step_length"].value == own.settings.limits["step_length"].value


def test_the_nearest_file_above_decides(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.blinplan]\nseed = 1\n", encoding="utf-8")
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'blinplan-user'\n", encoding="utf-8")
    assert nearest(inner).seed == 1
    nearest.cache_clear()
    (tmp_path / "blinplan.toml").write_text("seed = 2\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="has settings too"):  # which nobody would hear
        nearest(inner)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'blinplan-user'\n", encoding="utf-8")
    assert nearest(inner).seed == 2
    nearest.cache_clear()
    (inner / "blinplan.toml").write_text("", encoding="utf-8")
    assert (nearest(inner).seed, nearest(tmp_path).seed) == (None, 2)


def test_a_project_file_that_is_not_ours_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("= broken", encoding="utf-8")
    assert load(tmp_path / "pyproject.toml", named=False) is None
    assert faults(tmp_path, "= broken", "pyproject.toml")
    assert faults(tmp_path, "[project]\n", "pyproject.toml") == ["pyproject.toml: has no table [tool.blinplan]"]


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("selct = []", "1:1", "there is no setting `selct`"),
        ("\nselect = 1", "2:10", "`select` is the number 1"),
        ('select = ["D2", 3]', "1:17", "`select.1` is the number 3"),
        ('select = ["Z9"]', "1:11", "there is no rule 'Z9'"),
        ('ignore = ["N106"]', "1:11", "N106 cannot be left out"),
        ('ignore = ["unit-slip"]', "1:11", "the rules unit-slip cannot be left out"),
        ('[per-file-ignores]\n"a" = ["D211"]', "2:8", "D211 cannot be left out"),
        ('[per-file.a]\nignore = ["N106"]', "2:11", "N106 cannot be left out"),
        ("[per-file.a]\nlabel = 1", "2:1", "there is no setting `label` in per-file.a"),
        ("[per-file]\na = 1", "2:5", "`per-file.a` is the number 1"),
        ('[per-file.a]\nfail-on = "note"', "2:11", "`per-file.a.fail-on` is the text"),
        ('[per-file.a.severity]\nF007 = "note"', "2:1", "F007 cannot be lowered"),
        ('[per-file.a.limits]\nx = { value = 1, reason = "y" }', "2:1", "there is no limit `x`"),
        ('[limits]\nstep_length = { value = 1, reason = "x", valu = 1 }', "2:42", "there is no setting `valu`"),
        ('[severity]\nD202 = "bad"', "2:8", "`severity.D202` is the text"),
        ('[severity]\nN106 = "note"', "2:1", "N106 cannot be lowered"),
        ('[severity]\nQ1 = "note"', "2:1", "there is no rule 'Q1'"),
        ('[limits]\nstep_lenght = { value = 1, reason = "x" }', "2:1", "there is no limit `step_lenght`"),
        ("[limits]\nstep_length = { value = 1 }", "2:15", "`limits.step_length.reason` is missing"),
        ("[limits]\nstep_length = 5", "2:15", "`limits.step_length` is the number 5"),
        ('[limits]\nstep_length = { value = 0, reason = "x" }', "2:25", "is the number 0"),
        ('[limits]\nstep_length = { value = 0.3333, reason = "x" }', "2:25", "no whole number of minutes"),
        ('[limits]\nmajority = { value = 101, reason = "x" }', "2:22", "more than 100 %"),
        ('[limits]\nunit_slip = { value = 101, reason = "x" }', "2:1", "cannot be laxer than 100 times the labelled"),
        (
            '[limits]\nsame_cycle = { value = 5, reason = "x" }',
            "2:1",
            "cannot be changed: it is the label's own number",
        ),
        ('[limits]\ndepleted_count = { value = 20, reason = "x" }', "2:1", "the simulation counts at this number"),
        ('fail-on = "note"', "1:11", "`fail-on` is the text"),
        ("patients = 0", "1:12", "`patients` is the number 0"),
        ("patients = true", "1:12", "`patients` is the truth value true"),
        ("seed = -1", "1:8", "`seed` is the number -1"),
        ('exclude = ["../drafts/"]', "1:12", "'../drafts/' means no path"),
        ('exclude = ["a", "!x/../y"]', "1:17", "means no path"),
        ('[per-file.""]\nfail-on = "never"', "1:11", "'' means no file"),
        ('[per-file."../x.toml"]\nfail-on = "never"', "1:11", "'../x.toml' means no file"),
        ('[per-file-ignores]\n" " = ["D2"]', "2:1", "' ' means no file"),
        ("a = [", "1:6", ""),
    ],
)
def test_a_fault_is_said_at_its_place(tmp_path: Path, text: str, where: str, said: str) -> None:
    (fault,) = faults(tmp_path, text)
    assert fault.startswith(f"blinplan.toml:{where}: ")
    assert said in fault


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "selct = []\npatients = 0\nfail-on = 1\n[limits]\nx = 1\n")) == 4
    assert len(faults(tmp_path, 'select = ["Z9"]\nignore = ["F001"]\n[severity]\nD211 = "note"\n')) == 3


def test_every_limit_that_decides_a_binding_rule_is_fixed() -> None:
    for rule in CATALOGUE.values():
        if rule.binding:
            assert all(shipped_limits()[name].fixed for name in rule.limits), rule.code


# A limit that is a time is a whole number of minutes, and so is half of those here.
HALVED = [
    name for name, own in shipped_limits().items() if own.fixed is None and (own.value / 2 * 1440).denominator == 1
]


@pytest.mark.parametrize("name", HALVED)
def test_a_limit_that_can_be_changed_says_so_wherever_it_decides(name: str, tmp_path: Path) -> None:
    own = shipped_limits()[name]
    text = f'[limits]\n{name} = {{ value = {float(own.value) / 2:g}, reason = "Site protocol" }}\n'
    changed = configuration(tmp_path, text).settings.limits[name]
    assert changed.value == own.value / 2
    assert f"(changed from {float(own.value):g})" in str(changed)
    assert f"which has {own}: changed to {changed.number} by " in changed.citation
    assert "blinplan.toml:2 (Site protocol)" in changed.citation


@pytest.mark.parametrize("label", label_names())
def test_no_number_of_a_label_can_be_made_laxer(label: str) -> None:
    free = {name for name, limit in label_named(label).numbers.items() if limit.fixed is None}
    assert free == {"adult_from"}, "nobody has seen who counts as an adult: a site profile may say it"


DIRECTED = [name for name, own in shipped_limits().items() if own.fixed is not None and own.stricter is not None]


@pytest.mark.parametrize("name", DIRECTED)
def test_a_fixed_limit_can_be_made_stricter_and_never_laxer(name: str, tmp_path: Path) -> None:
    own = shipped_limits()[name]
    step = Fraction(own.value, 2)
    higher, lower = own.value + step, own.value - step
    stricter, laxer = (higher, lower) if own.stricter == "higher" else (lower, higher)
    text = '[limits]\n{} = {{ value = {:g}, reason = "Ward 7" }}\n'
    assert configuration(tmp_path, text.format(name, float(stricter))).settings.limits[name].value == stricter
    for refused in (laxer, own.value):
        (fault,) = faults(tmp_path, text.format(name, float(refused)))
        assert f"cannot be laxer than {own}" in fault


def test_a_regimen_that_names_its_label_is_judged_by_it_in_any_project(tmp_path: Path) -> None:
    text = 'label = "hk-2026"\n[limits]\nlabelled_maximum_flat = { value = 27, reason = "Ward 7" }\n'
    settings, regimen = configuration(tmp_path, text).settings, library.regimen("rr-adult")
    assert regimen.label == "us-2025"
    assert "stop_grade" not in settings.limits
    assert "stop_grade" in settings.limits_for(regimen)
    assert settings.limits["labelled_maximum_flat"].value == 27
    assert settings.limits_for(regimen)["labelled_maximum_flat"].value == 27  # the project's word holds for all


def test_a_changed_limit_decides(tmp_path: Path) -> None:
    text = '[limits]\nstep_length = { value = 5, reason = "Site protocol 12" }\n'
    settings = configuration(tmp_path, text).settings
    steps = cycle("9 mcg/day for 5 days", "28 mcg/day for 23 days")
    assert codes(judgement_of_lines(steps)) == ["S306"]
    assert codes(judgement_of_lines(steps, settings=settings)) == []
    shorter = judgement_of_lines(cycle("9 mcg/day for 4 days", "28 mcg/day for 24 days"), settings=settings)
    (finding,) = verdict_of(shorter, "S306").findings
    assert "5 days (changed from 7)" in finding.message
    assert shorter.limits["step_length"].value == Fraction(5)


def test_files_are_left_out_by_their_paths_from_the_configuration(tmp_path: Path) -> None:
    found = configuration(tmp_path, '[per-file-ignores]\n"trials/*.toml" = ["D2"]\n"old.toml" = ["S3"]\n')
    for path, ignored in (
        ("trials/a.toml", ["D2"]),
        ("trials/deep/a.toml", ["D2"]),
        ("a.toml", []),
        ("x/old.toml", ["S3"]),
        ("trials/old.toml", ["D2", "S3"]),
    ):
        assert [pattern.text for pattern in found.settings_for(tmp_path / path).ignore] == ignored, path
    assert found.settings_for(Path("/elsewhere/trials/a.toml")).ignore == ()
    assert DEFAULT.settings_for(tmp_path / "trials/a.toml") == Settings()


@pytest.mark.parametrize("pattern", ["ALL", "D", "D2", "D21", "D211", "patient-not-eligible"])
def test_nothing_takes_a_binding_rule_away(pattern: str) -> None:
    settings = Settings(ignore=(Pattern(pattern),))
    assert settings.reason_not_selected(CATALOGUE["D211"]) is None
    assert codes(judgement_of_lines(cycle("9000 mcg/day for 28 days"), settings=Settings(ignore=(Pattern("N"),)))) == [
        "N106"
    ]


def test_no_selection_takes_a_binding_rule_away() -> None:
    settings = Settings(select=(Pattern("S301"),))
    assert codes(judgement_of_lines(cycle("9000 mcg/day for 27 days"), settings=settings)) == ["N106", "S301"]


def test_nothing_lowers_a_binding_rule_and_it_can_be_raised() -> None:
    for severity in (Severity.NOTE, Severity.WARNING):
        settings = Settings(severities=(Severities(Pattern("ALL"), severity),))
        assert settings.severity_of(CATALOGUE["N106"]) is Severity.ERROR
        assert settings.severity_of(CATALOGUE["D202"]) is severity
        found = judgement_of_lines(cycle("9000 mcg/day for 28 days"), settings=settings)
        assert [finding.severity for finding in found.findings] == [Severity.ERROR]


def test_what_is_left_out_is_said_with_where_it_was_set(tmp_path: Path) -> None:
    settings = configuration(tmp_path, 'ignore = ["S301"]\n').settings
    verdict = verdict_of(judgement_of_lines(cycle("28 mcg/day for 27 days"), settings=settings), "S301")
    assert verdict.ruling is Ruling.NOT_EVALUATED
    assert verdict.not_evaluated is not None
    assert verdict.not_evaluated.kind == "not requested"
    assert "blinplan.toml:1 (ignore S301)" in verdict.not_evaluated.reason


POLICIES = """
[policies]
reason-length = 30
expiry-days = 90
seen-doses = true

[per-file."trials/**".policies]
expiry = true
seen-doses = false
reason-length = 12
"""


def test_policies_ask_their_rules_and_say_by_which_number(tmp_path: Path) -> None:
    found = configuration(tmp_path, POLICIES)
    mine, trial = found.settings_for(tmp_path / "a.toml"), found.settings_for(tmp_path / "trials" / "b.toml")
    asked = [
        {code for code in ("W908", "W909", "W910", "D213") if settings.reason_left_out(CATALOGUE[code]) is None}
        for settings in (mine, trial, DEFAULTS)
    ]
    assert asked == [{"W908", "W910", "D213"}, {"W908", "W909", "W910"}, set()]
    assert (mine.policies, trial.policies) == (Policies(30, 90), Policies(12, 90))
    without = mine.reason_left_out(CATALOGUE["W909"])
    assert without is not None
    assert without.kind == "off"


def test_policies_decide_about_waivers(tmp_path: Path) -> None:
    found = configuration(tmp_path, POLICIES)
    place = "cycle 'Cycle' treatment_free_days"
    text = regimen_text(cycle(free=21, repeat=2)).replace('"seen"', '"transcribed"')
    late = text + waiver("S304", "2026-07-31", at=place, value=21)
    reading = read(late.encode(), "a.toml")
    settings = found.settings_for(tmp_path / "a.toml")
    assert codes(judge(reading, TODAY, None, settings)) == ["D213", "W908", "W908", "W910"]
    dateless = read((text + waiver("S304", at=place, value=21)).encode(), "a.toml")
    settings = found.settings_for(tmp_path / "trials" / "a.toml")
    judgement = judge(dateless, TODAY, None, settings)
    assert codes(judgement) == ["W908", "W909", "W909"]
    assert "11 characters, and 12 are asked for" in verdict_of(judgement, "W908").findings[0].message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("policies = 1", "`policies` is the number 1"),
        ("[policies]\nreason-length = 0", "`policies.reason-length` is the number 0"),
        ("[policies]\nexpiry = 1", "`policies.expiry` is the number 1"),
        ("[policies]\nreason = 20", "there is no setting `reason` in policies"),
    ],
)
def test_a_policy_that_is_none_is_a_fault(tmp_path: Path, text: str, said: str) -> None:
    (fault,) = faults(tmp_path, text)
    assert said in fault


def test_a_configuration_takes_the_policies_of_the_one_that_it_extends(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("[policies]\nreason-length = 30\nexpiry = true\n")
    found = configuration(tmp_path, 'extend = "base.toml"\n[policies]\nexpiry-days = 90\n').settings
    asked = [code for code in ("W908", "W909", "W910", "D213") if found.reason_left_out(CATALOGUE[code]) is None]
    assert (found.policies, asked) == (Policies(30, 90), ["W908", "W909", "W910"])


def test_a_selection_of_no_rule_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "select = []\n") == ["blinplan.toml:1:10: `select` names no rule"]


def test_each_key_is_known_by_its_line_but_the_path_of_the_base(tmp_path: Path) -> None:
    put_base(tmp_path)
    found = configuration(tmp_path, 'extend = "base/empty.toml"\nseed = 7\nstrict = true\n')
    assert [(key, origin.rsplit(":", 1)[1]) for key, origin in found.origins] == [("seed", "2"), ("strict", "3")]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("d2", "D2"), ("d205", "D205"), ("all", "ALL"), ("D", "D"), ("short-infusion", "short-infusion")],
)
def test_codes_are_taken_in_small_letters_and_names_as_they_are(written: str, read_as: str) -> None:
    chosen = rule_choice([written], None, None, None).select
    assert chosen is not None
    assert [pattern.text for pattern in chosen] == [read_as]
