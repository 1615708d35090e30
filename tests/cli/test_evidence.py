"""``blinplan evidence`` and ``blinplan model``."""

import json
from pathlib import Path

import libsbml  # type: ignore[import-untyped]
import pytest

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
    places = [ran.out.rindex(kind.heading) for kind in EvidenceKind if kind is not EvidenceKind.FAILS]
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
