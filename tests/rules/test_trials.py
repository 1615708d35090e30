"""What is found in shipped trial regimens: what their publications would accept as true, and nothing else."""

from pathlib import Path

import pytest

from blinplan.regimen import library
from blinplan.rules.judge import judge
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.rule import Severity
from blinplan.rules.simulated.virtual import PatientSimulator
from blinplan.rules.verdict import Ruling
from tests.collection.grid import each_sixth
from tests.regimen_text import TODAY

TRIALS = sorted(name for name, group in library.groups().items() if group == "trials")

WITHOUT_A_LIMIT_OF_AREA = {  # by body surface area, and as far as was seen without a cap
    "mt103-202": "D205",
    "mt103-203": "D205",
    "mt103-205": "D205",
    "mt103-206-5-15": "D205",
}
FOUND = {  # by the file alone, a code a kind of finding
    **WITHOUT_A_LIMIT_OF_AREA,
    "mt103-206-15": "D205",
    "mt103-206-5-15-30": "D205",
    # Dose finding in lymphoma: from too low to the highest that was borne.
    "nhl-0.5": "D201",
    "nhl-1.5": "D201",
    "nhl-3": "D202",
    "nhl-5": "D202",
}
FOUND_ON_PATIENTS = {  # besides: cytokines, B cells and T cells of the virtual patients
    "mini-hyper-cvd": "T501",
    # T cells are back in far fewer when the dose steps up than under the label.
    "golden-gate-run-in": "T501",
    "short-course": "T501",
    "mt103-206-15": "C601",  # more cytokines than after a low first step
    "nhl-0.5": "B401",  # and too low a dose to deplete
    "nhl-1.5": "B401",
    "nhl-3": "B402",
}
NEITHER_MISTAKEN_NOR_MILD = {"nhl-0.5", "nhl-1.5"}  # doses that did too little: errors, and so they are


def _codes(judgement: Judgement) -> str:
    return " ".join(sorted({finding.code for finding in judgement.findings}))


@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_s_file_gets_the_findings_that_its_publication_would_accept(name: str) -> None:
    judgement = judge(library.load(name), TODAY, None)
    assert _codes(judgement) == FOUND.get(name, "")
    assert judgement.complete
    worst = Severity.ERROR if name in NEITHER_MISTAKEN_NOR_MILD else Severity.WARNING
    assert all(finding.severity.rank <= worst.rank for finding in judgement.findings)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [*FOUND_ON_PATIENTS, *each_sixth([name for name in TRIALS if name not in FOUND_ON_PATIENTS])]
)
def test_on_virtual_patients_it_is_decided_and_so_is_every_rule(name: str) -> None:
    judgement = judge(library.load(name), TODAY, PatientSimulator(1000, 1))
    alone = set(FOUND.get(name, "").split())
    assert set(_codes(judgement).split()) - alone == set(FOUND_ON_PATIENTS.get(name, "").split())
    assert judgement.complete


@pytest.mark.parametrize("name", TRIALS)
def test_every_waiver_of_a_trial_waives_something_or_waits_for_a_simulation(name: str) -> None:
    judgement = judge(library.load(name), TODAY, None)
    assert judgement.regimen is not None
    waived = {verdict.rule.code for verdict in judgement.verdicts if verdict.ruling is Ruling.WAIVED}
    asked = {verdict.rule.code for verdict in judgement.verdicts if verdict.rule.simulated}
    assert {waiver.rule for waiver in judgement.regimen.waivers} - asked == waived


def test_a_chemotherapy_block_between_cycles_is_never_a_warning() -> None:
    reasons = 0
    for name in TRIALS:
        judgement = judge(library.load(name), TODAY, None)
        assert judgement.regimen is not None
        reasons += sum(cycle.interval_reason is not None for cycle in judgement.regimen.cycles)
        of_intervals = [finding for finding in judgement.findings if finding.path[-1] == "treatment_free_days"]
        assert {finding.severity for finding in of_intervals} <= {Severity.NOTE}
    assert reasons > 10


def test_trials_lie_in_folders_by_their_patients() -> None:
    folders = {path.parent.name for name, path in library.paths().items() if name in TRIALS}
    assert folders == {"adults", "adults-first-line", "children", "lymphoma", "autoimmune"}
    of_children = {path.stem for path in (Path(library.folder()) / "trials" / "children").glob("*.toml")}
    populations = {name: library.regimen(name).eligibility.population for name in of_children}
    assert set(populations.values()) == {"child"}
