"""``blinplan evidence`` and ``blinplan model``."""

import json
import re
from pathlib import Path

import libsbml  # type: ignore[import-untyped]
import pytest

import blinplan
from blinplan.evidence import evaluate as evaluating
from blinplan.evidence.evaluate import Evidence, evaluate, load_claims
from blinplan.evidence.kinds import EvidenceKind
from tests.program import Run


def test_every_claim_is_printed_with_band_value_verdict_and_source(inside: Run) -> None:
    ran = inside("evidence", "PK-1", "NUL-1", "DEP-3", "--patients", "200")
    assert ran.status == 0
    for words in ("PK-1", "NUL-1", "DEP-3", "Clements", "Mechanism of Action", "derived"):
        assert words in ran.out
    assert "everything holds" in ran.err


def test_the_kinds_of_evidence_stand_apart_and_a_known_miss_fails_nothing(inside: Run) -> None:
    ran = inside("evidence", "DEP-3", "PK-1", "RSP-1", "RSP-4", "--patients", "200")
    assert ran.status == 0
    places = [
        ran.out.rindex(kind.heading)
        for kind in EvidenceKind
        if kind.heading in ran.out and kind is not EvidenceKind.FAILS
    ]
    assert places == sorted(places)
    missed = " ".join(ran.out[places[0] : places[1]].split())
    assert "RSP-1" in missed
    assert "119 of 267" in missed
    assert "missed, it is thought, because" in missed
    assert "nothing fails; published numbers that are not reproduced" in ran.err
    assert "so because: dose over the published clearance" in " ".join(ran.out[places[-1] :].split())


def test_json_has_the_same_verdicts(inside: Run) -> None:
    ran = inside("evidence", "PK-1", "DEP-2", "--patients", "200", "--seed", "3", "--format", "json")
    document = json.loads(ran.out)
    assert document["format"] == "blinplan-evidence"
    assert document["holds"] is True
    assert [claim["id"] for claim in document["claims"]] == ["DEP-2", "PK-1"]
    for claim in document["claims"]:
        for measure in claim["measures"]:
            assert measure["expected"]["text"]
            assert isinstance(measure["value"], float)
            assert measure["outcome"] == "holds"
            assert measure["kind"] == ("by construction" if claim["id"] == "PK-1" else "predicted")
            assert measure["patients"] == (1 if claim["id"] == "PK-1" else 200)


def test_a_claim_that_fails_gives_status_1(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def weaker(*arguments: object, **options: object) -> Evidence:
        from blinplan.physiology.model.parameters import load_parameters

        base = load_parameters().presets["adult-rr"]
        return evaluate(200, 1, only=["DEP-2"], presets={"adult-rr": base.with_values({"kill_rate": 0.2})})

    monkeypatch.setattr(evaluating, "evaluate", weaker)
    ran = inside("evidence", "DEP-2")
    assert ran.status == 1
    assert "A claim of the article that the model misses" in ran.out
    assert "DEP-2" in ran.err


def test_an_unknown_claim_is_an_error_that_names_the_known(inside: Run) -> None:
    ran = inside("evidence", "DEP-99")
    assert ran.status == 2
    assert all(claim.id in ran.err.replace("\n", " ") for claim in load_claims())


def test_model_prints_every_parameter_with_status_and_source(inside: Run) -> None:
    ran = inside("model")
    document = json.loads(inside("model", "--format", "json").out)
    parameters = document["populations"]["adult-rr"]["parameters"]
    assert len(parameters) > 20
    for name, parameter in parameters.items():
        assert name in ran.out
        assert parameter["source"]
        assert parameter["status"] in ("published", "derived", "calibrated", "assumed")
        assert (parameter["verification"] is not None) or parameter["status"] != "published"


def test_equations_say_their_units_and_evidence_what_was_fitted(inside: Run) -> None:
    said = " ".join(inside("model", "--equations").out.split())
    assert "clearance of the table counts in L/day here (24 times its L/h)" in said
    assert "release_il_6 is the table's release_il6 times baseline_il6" in said
    assert "The model was fitted to these" in " ".join(inside("evidence", "DEP-1", "--patients", "50").out.split())


def test_equations_follow_the_attenuation(inside: Run) -> None:
    assert "released = above_release_memory" in inside("model", "--equations").out
    assert "released = activation" in inside("model", "--equations", "--attenuation", "target-loss").out


def test_sbml_has_the_events_of_the_regimen(inside: Run, tmp_path: Path) -> None:
    target = tmp_path / "model.xml"
    target.write_text("old", encoding="utf-8")
    assert inside("model", "--sbml", str(target), "--regimen", "rr-adult").status == 0
    document = libsbml.readSBMLFromFile(str(target))
    assert document.getNumErrors() == 0
    assert document.getModel().getNumEvents() == 12
    # Eleven periods: two steps, four further infusions, five intervals; the last of the blasts, and its growth.
    assert [path.name for path in tmp_path.iterdir()] == ["model.xml"]


def test_sbml_that_cannot_be_written_leaves_what_was_there(inside: Run, tmp_path: Path) -> None:
    ran = inside("model", "--sbml", str(tmp_path / "nowhere" / "model.xml"))
    assert ran.status == 2
    assert "cannot be written" in " ".join(ran.err.split())
    target = tmp_path / "kept.xml"
    target.write_text("old", encoding="utf-8")
    assert inside("model", "--sbml", str(target), "--regimen", "no-such-regimen").status == 2
    assert target.read_text(encoding="utf-8") == "old"


def test_what_nobody_has_is_not_measured_and_no_miss(inside: Run) -> None:
    """A median of nobody stood among what is not reproduced, as `nan`; of enough patients it is missed."""
    few, enough = (inside("evidence", "NHL-3", "--seed", "1", "--patients", number) for number in ("50", "1000"))
    assert "nan" not in few.out
    assert re.search(r"^Not measured +0 +1$", few.out, re.MULTILINE)
    assert re.search(r"^Not reproduced +0 +0$", few.out, re.MULTILINE)
    assert "not measured: 1" in few.err
    assert "Not measured" not in enough.out
    assert re.search(r"^Not reproduced +0 +1$", enough.out, re.MULTILINE)
    document = inside("evidence", "NHL-3", "--seed", "1", "--patients", "50", "-f", "json").json
    outcomes = [(one["outcome"], one["value"], one["patients"]) for one in document["claims"][0]["measures"]]
    assert ("not measured", None, 0) in outcomes
    assert blinplan.evidence(["NHL-3"], seed=1, patients=50).columns()["evidence"].count("not measured") == 1


@pytest.mark.parametrize("patients", ["50", "999", "1000"])
def test_of_few_patients_it_is_said_that_chance_may_decide(inside: Run, patients: str) -> None:
    """Of 50 several rows fail by who was drawn, which read as if the model missed them."""
    ran = inside("evidence", "NHL-1", "PK-5", "--seed", "4", "--patients", patients)
    is_few = patients != "1000"
    assert ("Of fewer than 1,000 patients, rows may fail, or hold, by chance" in ran.out) == is_few
    assert (ran.status, "may be chance in so few patients" in ran.err) == (
        (1, True) if patients == "50" else (0, False)
    )


def test_a_page_of_few_patients_has_the_evidence_of_enough(inside: Run) -> None:
    """It said that claims fail which hold, where somebody asked for curves of 60 patients."""
    page = inside("report", "rr-adult", "--patients", "60", "--seed", "4").out
    assert "measured on 1,000 virtual patients in each scenario, seed 4" in " ".join(page.split())
    assert "Fails" in page
    assert 'class="kind fails' not in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--equations", "-f", "json"), "--equations and --format json contradict each other"),
        (("--sbml", "m.xml", "-f", "json"), "--sbml and --format json contradict each other"),
        (("--nonmem", "-", "-f", "json"), "--nonmem and --format json contradict each other"),
        (("--equations", "--sbml", "m.xml"), "--equations and --sbml contradict each other"),
        (("--equations", "--nonmem", "m.xml"), "--equations and --nonmem contradict each other"),
    ],
)
def test_two_views_of_the_model_are_not_taken_for_one(
    words: tuple[str, ...], said: str, inside: Run, tmp_path: Path
) -> None:
    """JSON was asked for and text came; equations were asked for, and a file came alone."""
    ran = inside("model", *words)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())
    assert not (tmp_path / "m.xml").exists()
