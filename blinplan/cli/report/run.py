"""What ``blinplan report`` does, step by step: read, choose for the patient, simulate, judge, measure, write."""

import shlex
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.api.load import choose_for, read_regimen, refuse_what_cannot_be_given
from blinplan.cli.app.options import Attenuation, VirtualPopulation, options_of, typical_size
from blinplan.cli.check.options import asked_date
from blinplan.cli.simulate.drawing import require_matplotlib
from blinplan.course.eligibility import Choice
from blinplan.course.patient import AreaFormula, Patient, PatientError
from blinplan.exit_status import ExitStatus, stop
from blinplan.refusal import Refusal
from blinplan.regimen.find import FileSource, NotFound, find_one, named_beside
from blinplan.regimen.reading import Reading
from blinplan.rules.configuration.configurations import Configurations
from blinplan.rules.configuration.settings import FailOn
from blinplan.rules.judge import judge
from blinplan.rules.run_result import Result
from blinplan.terminal import Terminal
from blinplan.writing import refuse_overwriting, refuse_unwritable, replace_file

if TYPE_CHECKING:
    from blinplan.course.events import Course
    from blinplan.simulation.percentiles import Bands
    from blinplan.simulation.trial import Simulation

_EARLY_DAYS = 14.0
"""How much of the course is drawn by itself: T cells come back within 14 days, cytokines within 2 (the article)."""

_FOR_EVIDENCE = range(50, 1001)
"""How many virtual patients the evidence is measured on: those of the report, but no fewer and no more than these."""


class Asked(NamedTuple):
    """The command line of a report, as it was typed."""

    regimen: str
    output: str | None
    weight: str | None
    height: str | None
    bsa: str | None
    bsa_formula: AreaFormula
    patients: int
    seed: int
    population: VirtualPopulation | None
    follow_up: int
    attenuation: Attenuation
    premedication: bool
    today: str | None
    terminal: Terminal


def at_a_terminal() -> bool:
    """Whether what is written is shown to somebody."""
    return sys.stdout.isatty()


def run(asked: Asked) -> None:
    """Make the report, and end with the status of the check in it."""
    output = None if asked.output is None else Path(asked.output)
    if output is None and at_a_terminal():
        raise Refusal("a report is a page of HTML, and no use on a terminal", "add -o report.html")
    if output is not None:
        refuse_unwritable(output)
    patient = typical_size(asked.weight, asked.height, asked.bsa, asked.bsa_formula)
    today = asked_date(asked.today)
    ordered, reading = read_regimen(asked.regimen)
    if output is not None:
        refuse_overwriting(output, reading.document.name)
    choice = choose_for(ordered, reading, patient)
    chosen = _chosen(choice, reading)
    refuse_what_cannot_be_given(chosen)
    if asked.premedication and choice.regimen.premedication is None:
        raise Refusal(f"{choice.regimen.name} declares no premedication", "leave --premedication out")
    require_matplotlib("a report, for its figures,")
    simulation = _simulated(asked, choice, patient)
    result = _judged(asked, chosen, patient, today)
    text = _written(asked, choice, chosen, patient, simulation, result)
    if output is None:
        asked.terminal.write(text)
    else:
        replace_file(output, text)
    success = result.status == ExitStatus.SUCCESS
    asked.terminal.say(f"exit {result.status}: {result.reason}", "pass" if success else "error")
    stop(ExitStatus(result.status))


def _chosen(choice: Choice, reading: Reading) -> Reading:
    """The file of the regimen that the patient gets."""
    if not choice.switched:
        return reading
    other = named_beside(reading.document.name, choice.regimen.name)
    assert other is not None  # noqa: S101 - the choice was read from it
    return other


def _simulated(asked: Asked, choice: Choice, patient: Patient) -> "Simulation":
    from blinplan.cli.app.progress import announce_compilation, progress_bar
    from blinplan.simulation.dosing import NotEligibleError
    from blinplan.simulation.trial import run as run_regimen

    announce_compilation(asked.terminal)
    try:
        with progress_bar(asked.patients, asked.terminal) as progress:
            return run_regimen(
                choice.regimen,
                preset=asked.population.value if asked.population else None,
                patients=asked.patients,
                seed=asked.seed,
                patient=patient,
                follow_up_days=asked.follow_up,
                options=options_of(asked.attenuation, premedication=asked.premedication),
                progress=progress,
            )
    except NotEligibleError as error:
        raise Refusal(str(error), "choose another --population, or a regimen for these patients") from error


def _judged(asked: Asked, chosen: Reading, patient: Patient, today: date) -> Result:
    """Judge the file as `blinplan check` does, by the configuration that holds for it; no baseline is heard."""
    from blinplan.rules.simulated.virtual import Simulated

    configurations = Configurations(None, isolated=False)
    source = _source(asked, chosen)
    settings, configuration = configurations.settings_of(source), configurations.of(source)
    simulated = Simulated(asked.patients, asked.seed)
    judgement = judge(chosen, today, simulated, settings, None if patient.area is None else patient)
    return Result((judgement,), (), (), configuration.fail_on or FailOn.ERROR, today, simulated)


def _source(asked: Asked, chosen: Reading) -> FileSource:
    """Where the file came from, which decides the configuration."""
    found = find_one(asked.regimen)
    if isinstance(found, NotFound) or found.name != chosen.document.name:
        path = Path(chosen.document.name)
        return FileSource(path if path.is_file() else None, chosen.document.name, shipped=not path.is_file())
    return found


def _curves(simulation: "Simulation") -> "tuple[Bands, Bands]":
    """Curves over the whole course, and over its first days."""
    from blinplan.simulation.percentiles import bands_of, sampling_days

    whole = bands_of(simulation, sampling_days(simulation.periods, 0.0, simulation.days))
    if simulation.days <= _EARLY_DAYS:
        return whole, whole
    return whole, bands_of(simulation, sampling_days(simulation.periods, 0.0, _EARLY_DAYS))


def _course(choice: Choice, patient: Patient) -> "tuple[Course | None, str]":
    """What the patient gets, or why that is not known."""
    from blinplan.course.events import expand

    try:
        return expand(choice.regimen, patient), ""
    except PatientError as error:
        return None, str(error)


def _written(
    asked: Asked, choice: Choice, chosen: Reading, patient: Patient, simulation: "Simulation", result: Result
) -> str:
    from blinplan.course.premedication import premedication_plan
    from blinplan.evidence.evaluate import evaluate
    from blinplan.physiology.model.parameters import load_parameters
    from blinplan.reports.shared.manifest import input_hash
    from blinplan.reports.summary_page.page import Report, report_html

    whole, early = _curves(simulation)
    course, unknown = _course(choice, patient)
    size = min(max(asked.patients, _FOR_EVIDENCE[0]), _FOR_EVIDENCE[-1])
    return report_html(
        Report(
            choice=choice,
            course=course,
            unknown=unknown,
            premedication=None if course is None else premedication_plan(course),
            simulation=simulation,
            whole=whole,
            early=early,
            result=result,
            evidence=evaluate(size, asked.seed, options=simulation.options),
            preset=load_parameters().presets[simulation.preset],
            command=_command(asked, result.today),
            fingerprint=input_hash(chosen.document),
        )
    )


def _command(asked: Asked, today: date) -> str:
    """The command line that makes the same report, with the date that a rule may look at."""
    options = {
        "--weight": asked.weight,
        "--height": asked.height,
        "--bsa": asked.bsa,
        "--bsa-formula": None if asked.bsa_formula is AreaFormula.MOSTELLER else asked.bsa_formula.value,
        "--patients": str(asked.patients),
        "--seed": str(asked.seed),
        "--population": asked.population.value if asked.population else None,
        "--follow-up": str(asked.follow_up) if asked.follow_up else None,
        "--attenuation": None if asked.attenuation is Attenuation.DESENSITISATION else asked.attenuation.value,
        "--today": today.isoformat(),
        "--output": asked.output or "report.html",
    }
    given = [part for name, value in options.items() if value is not None for part in (name, value)]
    flags = ["--premedication"] if asked.premedication else []
    return shlex.join(["blinplan", "report", asked.regimen, *given, *flags])
