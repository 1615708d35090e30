"""X001 to X004, word for word: names, what `otherwise` leads to, and at which limit a gap is told."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from blinplan.regimen import library
from blinplan.regimen.reading import read
from blinplan.rules.families.across_files.neighbours import Neighbour
from tests.regimen_text import cycle
from tests.rules.families.across_files.folders import RR, file, neighbours, told
from tests.rules.families.examples import said

HERE = Path()
CROWDED = ["not requested | its folder was not asked, and holds too many files to look at unasked"]
ALONE = ["not applicable | no other regimen is checked with it"]


# --- X001 and X004: names ---------------------------------------------------------------------------------------------


def twice(owner: str) -> list[str]:
    advice = "give each its own name; if one is a copy that nobody needs, remove it"
    return [f"error at name | a is also the name of the regimen in {owner}:2 | {advice} | a"]


def called(*names: str) -> dict[str, str]:
    """Files whose regimen is called a."""
    return {f"{name}.toml": file("a") for name in names}


@pytest.mark.parametrize(
    ("names", "unjudged", "found"),
    [
        # The file that is named so has the name; else the first has it. Of the others each is told.
        ("ab", "", {"a": "", "b": "a"}),
        ("maz", "", {"m": "a", "a": "", "z": "a"}),
        ("mz", "", {"m": "", "z": "m"}),
        # Where no other is judged, it is told of the one that has the name.
        ("ab", "b", {"a": "b"}),
        ("ab", "a", {"b": "a"}),
        ("abc", "b", {"a": "", "c": "a"}),
        ("abc", "bc", {"a": "b"}),
        ("abc", "c", {"a": "", "b": "a"}),
    ],
)
def test_a_name_that_two_have_is_told_of_all_but_its_owner(names: str, unjudged: str, found: dict[str, str]) -> None:
    files = called(*names)
    among = neighbours(files, unjudged=[f"{name}.toml" for name in unjudged])
    for name, owner in found.items():
        assert told("X001", files, f"{name}.toml", among) == (twice(f"{owner}.toml") if owner else []), name


def test_names_are_looked_for_in_the_library_of_a_file() -> None:
    files = called("a", "b")
    assert told("X001", files, "b.toml", neighbours(files, {"b.toml": Path("ward")})) == []
    assert told("X001", files, "b.toml", neighbours(files, dict.fromkeys(files, Path("ward")))) == twice("a.toml")


def test_one_file_by_two_names_has_no_name_twice() -> None:
    files = {"a.toml": file("a"), "./a.toml": file("a"), "b.toml": file("b")}
    for unjudged in ([], ["./a.toml"], ["a.toml"]):
        among = neighbours(files, unjudged=unjudged)
        assert told("X001", files, "a.toml", among) == told("X001", files, "./a.toml", among) == []


def test_a_file_whose_name_cannot_be_read_is_none_beside_others() -> None:
    unnamed = file("a").replace('name = "a"', "name = 5", 1)
    assert told("X001", {"a.toml": file("a"), "b.toml": unnamed}) == ALONE


@pytest.mark.parametrize("code", ["X001", "X002", "X003", "X004"])
def test_outside_of_a_run_there_are_no_other_files(code: str) -> None:
    alone = ["not applicable | the regimen is judged by itself, and not as a file of a run"]
    assert said(code, cycle()) == alone


@pytest.mark.parametrize("code", ["X001", "X003"])
def test_a_folder_with_too_many_files_is_said_where_nothing_else_is(code: str) -> None:
    one, two = {"a.toml": file("a")}, {"a.toml": file("a"), "b.toml": file("b")}
    assert told(code, one) == ALONE
    for files in (one, two):
        assert told(code, files, among=neighbours(files, crowded=[HERE])) == CROWDED
        assert told(code, files, among=neighbours(files, crowded=[Path("other")])) == ([] if files is two else ALONE)
    assert told("X001", called("a", "b"), "b.toml", neighbours(called("a", "b"), crowded=[HERE])) == twice("a.toml")
    led = {"a.toml": file("a", other="rr-below-45-kg")}
    assert told("X003", led) == []
    assert told("X003", led, among=neighbours(led, crowded=[HERE])) == CROWDED


def test_a_file_is_named_as_its_regimen_where_it_is_a_file() -> None:
    advice = "name the file b.toml, or write `name` as the file is named"
    wrong = f"warning at name | the regimen is named b, and its file a.toml | {advice} | b in a.toml"
    assert told("X004", {"a.toml": file("b")}) == [wrong]
    assert told("X004", {"deep/a.toml": file("b")}, "deep/a.toml") == [wrong]
    assert told("X004", {"a.toml": file("a")}) == []
    for stream in ("<stdin>", "a.txt", "b"):
        none = "not applicable | the regimen has no file of its own"
        assert told("X004", {stream: file("b")}, stream) == [none]
    assert told("X004", {"a.toml": file("b"), "b.toml": file("b")}) == []  # X001 tells it


def test_a_text_that_was_changed_since_is_not_judged_by_what_it_was() -> None:
    files = {"a.toml": file("b"), "b.toml": file("b")}
    among = neighbours(files)
    document = read(files["a.toml"].encode(), "a.toml").document
    found = among.at(document)
    assert isinstance(found, Neighbour)
    assert found.name == "b"
    changed = {"a.toml": files["a.toml"] + "\n# changed\n"}
    assert among.at(read(changed["a.toml"].encode(), "a.toml").document) is None
    outside = ["not applicable | the regimen is judged by itself, and not as a file of a run"]
    for code in ("X001", "X002", "X003", "X004"):
        assert told(code, changed, among=among) == outside


# --- X002: the regimen for others -------------------------------------------------------------------------------------

ANOTHER = "name the regimen for the other patients, or remove `otherwise`"
SAME_DISEASE = "name the regimen for the other patients with the same disease, or remove `otherwise`"


def misleads(message: str, advice: str = ANOTHER, severity: str = "error") -> list[str]:
    return [f"{severity} at eligibility.otherwise | {message} | {advice} | {message}"]


def nowhere(name: str, near: str = "") -> list[str]:
    message = f"`otherwise` names {name}, and there is no {name}.toml beside this file, no such regimen among those"
    advice = f"the nearest shipped name is {near}; correct the name or remove `otherwise`" if near else ANOTHER
    return misleads(f"{message} checked, and none shipped", advice)


def kinds(name: str, that: str, this: str, place: str = "") -> list[str]:
    message = f"`otherwise` names {name} ({place or f'{name}:3'}), which is {that}; this regimen is {this}"
    return misleads(message, SAME_DISEASE)


def nobody(name: str, that: str, this: str, place: str = "b.toml:2") -> list[str]:
    whom = f"which is for {that}: for nobody whom this regimen, for {this}, does not admit"
    return misleads(f"`otherwise` names {name} ({place}), {whom}")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("rr-below-45-kg", []),
        ("rr-adult", nobody("rr-adult", "45 kg and over", "45 kg and over", "rr-adult:3")),
        ("mrd-below-45-gk", nowhere("mrd-below-45-gk", "mrd-below-45-kg")),
        ("b", nowhere("b")),
        ("zzzzzzzzzzzzzzzz", nowhere("zzzzzzzzzzzzzzzz")),
        ("a", misleads("`otherwise` names the regimen itself")),
        ("mrd-below-45-kg", kinds("mrd-below-45-kg", "for mrd-positive", "for relapsed-refractory")),
        ("tower", kinds("tower", "a study's", "for relapsed-refractory and no study's")),
        ("hk-rr-below-45-kg", []),  # the file names no label
    ],
)
def test_otherwise_leads_to_the_regimen_for_the_others(other: str, found: list[str]) -> None:
    assert told("X002", {"a.toml": file("a", other=other)}) == found


US, HK = f'{RR}label = "us-2025"\n', f'{RR}label = "hk-2026"\n'
LYMPHOMA = 'indication = "investigational"\ndisease = "lymphoma"\n'
STUDY, OF_LEUKAEMIA = 'indication = "investigational"\n', "for leukaemia"


@pytest.mark.parametrize(
    ("here", "there", "found"),
    [
        (RR, RR, []),
        (US, US, []),
        (US, HK, kinds("b", "by the label hk-2026", "by the label us-2025", "b.toml:2")),
        (HK, US, kinds("b", "by the label us-2025", "by the label hk-2026", "b.toml:2")),
        (US, RR, []),
        (RR, HK, []),
        (STUDY, LYMPHOMA, kinds("b", "for lymphoma", OF_LEUKAEMIA, "b.toml:2")),
        (LYMPHOMA, STUDY, kinds("b", OF_LEUKAEMIA, "for lymphoma", "b.toml:2")),
        (LYMPHOMA, LYMPHOMA, []),
        (STUDY, RR, kinds("b", "for relapsed-refractory", "for investigational", "b.toml:2")),
    ],
)
def test_a_patient_who_is_sent_on_is_treated_for_the_same(here: str, there: str, found: list[str]) -> None:
    files = {
        "a.toml": file("a", other="b", head=here),
        "b.toml": file("b", "below_weight_kg = 45", head=there),
    }
    assert told("X002", files) == found


def test_a_study_s_regimen_is_one_by_its_sources_and_leads_to_others() -> None:
    study = library.load("tower").document.text
    leading = study.replace("[eligibility]", '[eligibility]\notherwise = "mt103-205"')
    assert told("X002", {"tower.toml": leading}, "tower.toml") == []
    ours = {"a.toml": file("a", other="tower"), "tower.toml": file("tower", "below_weight_kg = 45")}
    assert told("X002", ours) == []
    copy = {"a.toml": file("a", other="tower"), "tower.toml": study}
    assert told("X002", copy) == kinds("tower", "a study's", "for relapsed-refractory and no study's", "tower.toml:3")
    renamed = {"a.toml": file("a", other="ours"), "ours.toml": study.replace('name = "tower"', 'name = "ours"')}
    assert [line.split(" | ")[1][:30] for line in told("X002", renamed)] != ["a study's"]


@pytest.mark.parametrize(
    ("limits", "others", "found"),
    [
        ("min_weight_kg = 45", "below_weight_kg = 45", []),
        ("min_weight_kg = 45", "below_weight_kg = 50", []),
        ("min_weight_kg = 45", "min_weight_kg = 60", nobody("b", "60 kg and over", "45 kg and over")),
        ("min_weight_kg = 60", "min_weight_kg = 45", []),
        ("min_age_years = 18", "min_age_years = 20", nobody("b", "20 years and over", "18 years and over")),
        ("min_age_years = 20", "min_age_years = 18", []),
        ("below_age_years = 18", "below_age_years = 2", nobody("b", "below 2 years", "below 18 years")),
        ("below_age_years = 18", "min_age_years = 18", []),
    ],
)
def test_the_other_regimen_is_for_somebody_else(limits: str, others: str, found: list[str]) -> None:
    assert told("X002", {"a.toml": file("a", limits, "b"), "b.toml": file("b", others)}) == found


def round_in(way: str, places: str) -> list[str]:
    return misleads(f"`otherwise` leads round in a circle: {way} ({places})")


def line(files: Mapping[str, str], name: str, beginning: str) -> str:
    lines = files[name].splitlines()
    return f"{name}:{next(n for n, text in enumerate(lines, 1) if text.startswith(beginning))}"


def test_a_circle_is_told_once_at_the_first_of_its_files_and_all_the_way() -> None:
    files = {
        "d.toml": file("d", "min_weight_kg = 60", "b"),
        "b.toml": file("b", "below_weight_kg = 20", "c"),
        "c.toml": file("c", "min_weight_kg = 20\nbelow_weight_kg = 45", "a"),
        "a.toml": file("a", other="b"),
    }
    places = ", ".join(line(files, f"{name}.toml", "otherwise") for name in "ca")
    found = {name: told("X002", files, name) for name in files}
    assert found == {"d.toml": [], "b.toml": round_in("b -> c -> a -> b", places), "c.toml": [], "a.toml": []}


def test_two_that_lead_to_each_other_are_a_circle_where_neither_is_for_others() -> None:
    mutual = {"a.toml": file("a", other="b"), "b.toml": file("b", other="a")}
    assert told("X002", mutual) == round_in("a -> b -> a", line(mutual, "b.toml", "otherwise"))
    assert told("X002", mutual, "b.toml") == []
    shared = {"a.toml": file("a", other="b"), "b.toml": file("b", "below_weight_kg = 45", "a")}
    assert told("X002", shared) == told("X002", shared, "b.toml") == []
    inner = {"a.toml": file("a", other="b"), "b.toml": file("b", "min_weight_kg = 60", "a")}
    assert told("X002", inner) == nobody("b", "60 kg and over", "45 kg and over")
    assert told("X002", inner, "b.toml") == []


def test_a_plan_looks_beside_the_file_and_of_two_of_a_name_beside_it_first() -> None:
    light, heavy = file("b", "below_weight_kg = 45"), file("b", "min_weight_kg = 60")
    apart = {"x/a.toml": file("a", other="b"), "y/b.toml": light}
    message = "`otherwise` names b, which is in y/b.toml:2, and a plan looks for it beside this file and among the"
    found = misleads(f"{message} shipped ones", "put both files into one folder", "warning")
    assert told("X002", apart, "x/a.toml") == found
    shipped = file("a", other="rr-below-45-kg")
    assert told("X002", {"x/a.toml": shipped}, "x/a.toml") == [], "what is shipped lies in no folder"
    both = {"y/b.toml": heavy, "x/b.toml": light, "x/a.toml": file("a", other="b")}
    assert told("X002", both, "x/a.toml") == []
    swapped = {"y/b.toml": light, "x/b.toml": heavy, "x/a.toml": file("a", other="b")}
    assert told("X002", swapped, "x/a.toml") == nobody("b", "60 kg and over", "45 kg and over", "x/b.toml:2")


def test_what_cannot_be_read_or_was_not_asked_answers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    leading = file("a", other="b")
    faulty = ["blocked | the regimen that `otherwise` names has errors that come first"]
    assert told("X002", {"a.toml": leading, "b.toml": "= 1"}) == faulty
    for wrong in (
        ("min_weight_kg = 45", 'min_weight_kg = "x"'),
        ('indication = "relapsed-refractory"', 'indication = "relapsed"'),
        ('indication = "relapsed-refractory"', 'indication = "relapsed-refractory"\nlabel = "none"'),
        ('indication = "relapsed-refractory"', 'indication = "relapsed-refractory"\nfamily = 5'),
        ('indication = "relapsed-refractory"', 'indication = "relapsed-refractory"\ndisease = "none"'),
    ):
        broken = file("b").replace(*wrong)
        assert broken != file("b")
        assert told("X002", {"a.toml": leading, "b.toml": broken}) == faulty, wrong
    elsewhere = file("b", "below_weight_kg = 45").replace("treatment_free_days", "treatment_fre_days")
    assert told("X002", {"a.toml": leading, "b.toml": elsewhere}) == []
    Path("b.toml").write_text(file("b"), encoding="utf-8")
    unasked = ["not requested | the regimen that `otherwise` names was not asked"]
    assert told("X002", {"a.toml": leading}) == unasked
    none = ["not applicable | the file names no regimen for other patients (`otherwise`)"]
    assert told("X002", {"a.toml": file("a")}) == none


# --- X003: gaps -------------------------------------------------------------------------------------------------------


def gap(severity_at: str, who: str, told_of: str, value: str) -> list[str]:
    advice = "let the limits meet, or add a regimen for these patients"
    return [
        f"warning at eligibility.{severity_at} | no regimen is for patients of {who}: {told_of} | {advice} | {value}"
    ]


BETWEEN = "45 kg and over, below 50 kg"


def test_a_gap_is_told_at_the_limit_that_is_not_the_label_s_in_a_file_that_is_judged() -> None:
    files = {"a.toml": file("a", "below_weight_kg = 45"), "b.toml": file("b", "min_weight_kg = 50")}
    at_a, at_b = line(files, "a.toml", "below_weight"), line(files, "b.toml", "min_weight")
    of_b = gap(
        "min_weight_kg", BETWEEN, f"b is for 50 kg and over, a for below 45 kg ({at_a})", f"50 without {BETWEEN}"
    )
    of_a = gap(
        "below_weight_kg", BETWEEN, f"a is for below 45 kg, b for 50 kg and over ({at_b})", f"45 without {BETWEEN}"
    )
    assert told("X003", files, "b.toml") == of_b
    assert told("X003", files) == []
    among = neighbours(files, unjudged=["b.toml"])
    assert told("X003", files, among=among) == of_a
    assert told("X003", files, "b.toml", neighbours(files, crowded=[HERE])) == of_b
    assert told("X003", files, among=neighbours(files, crowded=[HERE])) == CROWDED


def test_a_gap_to_a_shipped_regimen_is_told_in_the_file_of_the_run() -> None:
    shipped = library.load("rr-below-45-kg").document
    place = next(n for n, text in enumerate(shipped.text.splitlines(), 1) if text.startswith("below_weight"))
    files = {"a.toml": file("a", "min_weight_kg = 50", "rr-below-45-kg")}
    beside = f"a is for 50 kg and over, rr-below-45-kg for below 45 kg ({shipped.name}:{place})"
    assert told("X003", files) == gap("min_weight_kg", BETWEEN, beside, f"50 without {BETWEEN}")


def test_a_gap_is_told_of_what_comes_from_a_stream_too() -> None:
    files = {"<stdin>": file("a", "min_weight_kg = 50", "rr-below-45-kg")}
    (found,) = told("X003", files, "<stdin>")
    assert found.startswith(f"warning at eligibility.min_weight_kg | no regimen is for patients of {BETWEEN}: a is for")


def test_a_gap_between_files_that_nobody_asked_for_is_told_of_none() -> None:
    mrd = 'indication = "mrd-positive"\n'
    files = {
        "a.toml": file("a", "below_weight_kg = 45"),
        "b.toml": file("b", "min_weight_kg = 50"),
        "c.toml": file("c", head=mrd),
    }
    assert told("X003", files, "c.toml", neighbours(files, unjudged=["a.toml", "b.toml"])) == []


def test_a_regimen_that_names_no_label_follows_the_project_s() -> None:
    for head, found in ((US, True), (HK, False)):
        files = {"a.toml": file("a", "below_weight_kg = 45", head=head), "b.toml": file("b", "min_weight_kg = 50")}
        assert bool(told("X003", files, "b.toml")) is found


def test_a_record_beside_a_file_is_no_regimen() -> None:
    record = 'record = 1\nregimen = "rr-adult"\nstart = 2026-03-02T10:00:00Z\n'
    files = {"a.toml": file("a", other="b"), "b.toml": record}
    assert told("X002", files) == nowhere("b")
    assert told("X001", files) == ALONE


def test_of_many_at_a_gap_the_first_two_others_are_named() -> None:
    who = "30 kg and over, below 40 kg"
    files = {
        "a.toml": file("a", "below_weight_kg = 30"),
        "b.toml": file("b", "below_weight_kg = 30\nmin_age_years = 3"),
        "c.toml": file("c", "min_weight_kg = 40"),
        "d.toml": file("d", "min_weight_kg = 40"),
    }
    at_b, at_c = line(files, "b.toml", "below_weight"), line(files, "c.toml", "min_weight")
    others = f"b for below 30 kg, 3 years and over ({at_b}) and c for 40 kg and over ({at_c})"
    assert told("X003", files) == gap("below_weight_kg", who, f"a is for below 30 kg, {others}", f"30 without {who}")
    assert [told("X003", files, name) for name in ("b.toml", "c.toml", "d.toml")] == [[], [], []]


@pytest.mark.parametrize("code", ["X002", "X003"])
def test_a_file_of_which_it_is_not_known_whom_it_is_for_is_not_judged(code: str) -> None:
    broken = file("a", other="b").replace("min_weight_kg = 45", 'min_weight_kg = "x"')
    (answer,) = told(code, {"a.toml": broken, "b.toml": file("b")})
    assert answer.startswith("blocked | ")
