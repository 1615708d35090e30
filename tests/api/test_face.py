"""What the package offers to Python: named, typed, and not changed unawares."""

import inspect
import pickle
import re
from dataclasses import replace

import pytest

import blinplan
from tests.program import ROOT

FUNCTIONS = sorted(name for name in blinplan.__all__ if inspect.isfunction(getattr(blinplan, name)))
SNAPSHOT = ROOT / "tests" / "api" / "public_names.txt"


def test_the_face_is_what_is_listed() -> None:
    assert dir(blinplan) == sorted(blinplan.__all__)
    assert {"load", "regimen", "check", "patient", "expand", "plan", "simulate"} <= set(FUNCTIONS)
    assert len(set(blinplan.__all__)) == len(blinplan.__all__)
    with pytest.raises(AttributeError, match="no attribute 'checks'"):
        _ = blinplan.checks  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_it_takes(name: str) -> None:
    signature = inspect.signature(getattr(blinplan, name))
    assert [p.name for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD] == []
    assert [p.name for p in signature.parameters.values() if p.annotation is p.empty] == []
    assert signature.return_annotation is not signature.empty
    assert getattr(blinplan, name).__doc__


WRONG: dict[str, dict[str, object]] = {
    "cycle": {"steps": (), "treatment_free_days": "14"},
    "departure": {"reason": "", "source": "Clements"},
    "dose_by_age": {"dose": "12 mg", "min_age_years": "old"},
    "due": {"what": "methotrexate", "days": [0.5]},
    "evidence": {"claims": ["NONE-1"]},
    "expand": {"regimen": "rr-below-45-kg"},
    "load": {"source": "no such regimen"},
    "merge": {},
    "merge_curves": {},
    "merge_tables": {},
    "model": {"population": "everybody"},
    "new": {"name": "mine"},
    "new_record": {"regimen": "rr-adult", "start": "soon"},
    "new_site": {"name": "Ward", "bags": ["a day"]},
    "patient": {"weight": -1},
    "plan": {"regimen": "rr-adult", "start": "soon"},
    "premedication": {"drug": "dexamethasone", "dose": "20", "before": ["cycle-start"]},
    "regimen": {"name": "mine", "cycles": ()},
    "regimens": {"indication": "none"},
    "rule": {"code": "X999"},
    "schema": {"of": "nothing"},
    "simulate": {"regimen": "rr-adult", "patients": 0},
    "source": {"citation": "Clements", "status": "sure"},
    "step": {"dose": "9 mg/day", "days": 7},
    "toml": {"regimen": replace(blinplan.load("rr-adult"), title="")},
    "waiver": {"rule": "none", "reason": ""},
}


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if inspect.signature(getattr(blinplan, name)).parameters])
def test_a_function_that_takes_something_says_what_it_raises(name: str) -> None:
    assert "\nRaises\n------\n" in (inspect.getdoc(getattr(blinplan, name)) or "")


@pytest.mark.parametrize("name", WRONG)
def test_what_is_raised_is_what_was_said(name: str) -> None:
    function = getattr(blinplan, name)
    told = (inspect.getdoc(function) or "").partition("\nRaises\n------\n")[2]
    said = re.findall(r"^([\w.]+)\n    ", told, re.MULTILINE)
    assert said
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is what is asked
        function(**WRONG[name])
    names = {kind.__name__ for kind in type(raised.value).__mro__}
    assert names & {one.rpartition(".")[2] for one in said}, (raised.value, said)
    assert not isinstance(raised.value, TypeError | AttributeError | KeyError), raised.value


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_can_be_sent_to_another_process(name: str) -> None:
    function = getattr(blinplan, name)
    assert pickle.loads(pickle.dumps(function)) is function  # noqa: S301 - our own bytes


@pytest.mark.slow
def test_what_was_searched_can_be_sent_on() -> None:
    """It kept the threads that searched, which cannot."""
    found = blinplan.search(
        "rr-adult", doses="5,28", minimise="il6_peak", cycle=1, steps=1, search_patients=20, patients=20, sets=0
    )
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own bytes
    assert again.text() == found.text()


def test_every_public_name_is_in_the_snapshot() -> None:
    """A change of a name or a signature is meant: python -m man.make writes the snapshot anew, and review sees it."""
    lines = SNAPSHOT.read_text(encoding="utf-8").splitlines()
    found = {line.removeprefix("class ").partition("(")[0] for line in lines if not line.startswith(" ")}
    assert found == {name for name in blinplan.__all__ if name != "__version__"}
