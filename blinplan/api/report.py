"""Everything about one regimen on one page."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.day import day_given
from blinplan.api.kinds import with_kinds
from blinplan.api.patient import AreaFormula, Figures, Patient, PatientError, figures_of, on_the_day
from blinplan.api.ranges import PATIENTS_OF_BANDS
from blinplan.api.regimens.label import source_of
from blinplan.api.regimens.order import OrderedRegimen, RegimenSource, fingerprint_of, order
from blinplan.api.simulating.drawing import require_matplotlib
from blinplan.api.simulating.numbers import require_numbers
from blinplan.api.simulating.simulate import simulate, size_of
from blinplan.api.vocabulary import Attenuation, AttenuationName, PopulationName, SetsOf
from blinplan.course.events import Course, expand
from blinplan.course.premedication import premedication_plan
from blinplan.executors.executor import Executor
from blinplan.exit_status import FailOn
from blinplan.files.writing import replace_file
from blinplan.quantities import digits_text
from blinplan.refusal import Refusal
from blinplan.rules.configuration.configurations import Configurations
from blinplan.rules.judge import judge
from blinplan.rules.run_result import Result
from blinplan.rules.simulated.virtual import PatientSimulator

if TYPE_CHECKING:
    from blinplan.simulation.percentiles import Bands
    from blinplan.simulation.trials.simulation import Simulation

PUBLIC = ("ReportPage", "report")

_EARLY_DAYS = 14.0
"""How much of the course is drawn by itself: T cells come back within 14 days, cytokines within 2 (the article)."""

_OTHER_KINDS = frozenset((".pdf", ".md", ".json", ".csv", ".txt", ".docx", ".xlsx", ".svg", ".png", ".xml", ".toml"))
"""How files end that somebody would take for something else than a page."""

_JUDGED_ON = 1000
"""How many virtual patients the rules are judged on where those of the report are one's own: as many as of a check."""


@dataclass(frozen=True, slots=True, repr=False)
class ReportPage:
    """A report: a page of HTML that needs nothing from elsewhere, and what the rules said.

    Attributes
    ----------
    html
        The page.
    result
        The verdicts of the rules on the regimen.
    """

    html: str
    result: Result

    @property
    def status(self) -> int:
        """The exit status of a check of the regimen."""
        return self.result.status

    @property
    def reason(self) -> str:
        """Why that is the status."""
        return self.result.reason

    @with_kinds
    def write(self, path: str | Path) -> None:
        """Write the page to a file.

        Raises
        ------
        Refusal
            When it cannot be written, or ends as a file of another kind.
        """
        refuse_other_kind(Path(path))
        replace_file(Path(path), self.html)

    def __repr__(self) -> str:
        return f"<ReportPage: status {self.status}, {self.reason}>"

    def _repr_html_(self) -> str:
        return self.html


@with_kinds
def report(
    regimen: RegimenSource,
    patient: Patient | Figures | None = None,
    *,
    patients: int | str | Path = 1000,
    seed: int = 1,
    population: PopulationName | None = None,
    follow_up: int = 0,
    attenuation: AttenuationName = "desensitisation",
    premedication: bool = False,
    endpoints: Sequence[str] = (),
    by_day: Sequence[float] = (),
    label: str | None = None,
    today: date | str | None = None,
    output: str = "report.html",
    models: int = 0,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> ReportPage:
    """Write a page on a regimen: timeline, curves, endpoints, verdicts, evidence, and what it all rests on.

    The rules are those of the configuration that holds for the file; no baseline is heard. Needs matplotlib.

    Parameters
    ----------
    regimen, seed, population, follow_up, attenuation, premedication, endpoints, by_day, executor, progress
        As for `simulate`.
    patients
        How many virtual patients, or the path of a table of one's own: what the drug does is shown of these. The rules,
        which ask what is to be expected, are then judged on as many drawn ones as `check` takes.
    patient
        For whom; the rules judge the regimen for a patient whose body surface area is known.
    label
        The label that the regimen follows where it names none; that of its configuration when not given.
    today
        The date that decides whether a waiver has expired; the present day when not given.
    output
        What the file is called in the command line that makes the page again.
    models
        Under how many plausible parameter sets the patients are simulated besides: endpoints, curves and verdicts then
        say what lies between these, apart from what lies between patients.

    Raises
    ------
    Refusal
        As `simulate`, and when matplotlib is not installed or a configuration is not what it should be.
    """
    require_numbers(patients if isinstance(patients, int) else None, PATIENTS_OF_BANDS, models=models)
    figures = figures_of(patient)
    day = day_given("today", today) or date.today()  # noqa: DTZ011 - the user's own day, not a moment in time
    size = on_the_day(size_of(figures), day)
    asked = order_for_report(regimen, size, label)
    simulated = simulate(
        asked,
        patients,
        seed=seed,
        population=population,
        patient=size,
        follow_up=follow_up,
        attenuation=attenuation,
        premedication=premedication,
        endpoints=endpoints,
        by_day=by_day,
        parameter_sets=models,
        sets="plausible" if models else "published",
        executor=executor,
        progress=progress,
    ).simulation
    drawn = patients if isinstance(patients, int) else None
    wanted = simulated.request
    options = {
        "--weight": figures.weight,
        "--height": figures.height,
        "--bsa": figures.area,
        "--bsa-formula": None if figures.formula is AreaFormula.MOSTELLER else figures.formula.value,
        "--age": None if size.age is None else size.age.option_text,
        "--people" if drawn is None else "--patients": patients,
        "--seed": seed,
        "--population": population,
        "--follow-up": follow_up or None,
        "--attenuation": None if attenuation == Attenuation.DESENSITISATION else attenuation,
        "--endpoints": ",".join(wanted.keys) or None,
        "--by-day": ",".join(digits_text(day) for day in wanted.by_day) or None,
        "--uncertainty": SetsOf.PLAUSIBLE.value if models else None,
        "--sets": models or None,
        "--label": label,
        "--today": day.isoformat(),
        "--output": output,
    }
    simulator = PatientSimulator(_JUDGED_ON if drawn is None else drawn, seed, models=models)
    result = _judge(asked, size, day, simulator)
    own = [part for one in wanted.own for part in ("--endpoint", one.text)]
    command = _command(asked.named, options, [*own, *(["--premedication"] if premedication else [])])
    return ReportPage(_html(asked, size, simulated, result, command, executor), result)


def refuse_other_kind(path: Path) -> None:
    """Refuse a file that ends as one of another kind does, whose programs would not open it."""
    if path.suffix.lower() in _OTHER_KINDS:
        raise Refusal(f"a report is a page of HTML, and {path} is none", "end it in .html; a browser prints it as PDF")


def order_for_report(regimen: RegimenSource, size: Patient, label: str | None = None) -> OrderedRegimen:
    """The regimen of a report, of which the one that the patient gets can be given; figures can be drawn."""
    if isinstance(regimen, OrderedRegimen):
        found = regimen.check_choice()
    else:
        found = order(regimen, size).follow(label, Configurations(None, isolated=False)).check_choice()
    require_matplotlib("a report, for its figures,")
    return found


def _judge(asked: OrderedRegimen, patient: Patient, today: date, simulator: PatientSimulator) -> Result:
    """Judge the file as `check` does, by the configuration that holds for it; no baseline is heard."""
    chosen = asked.chosen_file
    configurations = Configurations(None, isolated=False)
    source = source_of(asked.named, chosen)
    settings = configurations.settings_of(source)._replace(label=asked.label.name)
    judgement = judge(chosen, today, simulator, settings, None if patient.area is None else patient)
    fail_on = FailOn.ERROR if settings.fail_on is None else settings.fail_on.level
    return Result((judgement,), (), (), fail_on, today, simulator)


def _curves(simulation: "Simulation", executor: Executor | None) -> "tuple[Bands, Bands]":
    """Curves over the whole course, and over its first days."""
    from blinplan.simulation.percentiles import bands_of, sampling_days_of

    trial, last = simulation.outcome.trial, simulation.last_day
    whole = bands_of(simulation, sampling_days_of(trial, 0.0, last), executor=executor)
    if last <= _EARLY_DAYS:
        return whole, whole
    return whole, bands_of(simulation, sampling_days_of(trial, 0.0, _EARLY_DAYS), executor=executor)


def _course(asked: OrderedRegimen, patient: Patient) -> tuple[Course | None, str]:
    """What the patient gets, or why that is not known."""
    try:
        return expand(asked.regimen, patient), ""
    except PatientError as error:
        return None, str(error)


def _html(
    asked: OrderedRegimen,
    patient: Patient,
    simulation: "Simulation",
    result: Result,
    command: str,
    executor: Executor | None,
) -> str:
    from blinplan.evidence.evaluate import ENOUGH
    from blinplan.evidence.kept import known_evidence
    from blinplan.physiology.model.parameters import load_parameters
    from blinplan.reports.summary_page.page import Report, report_html

    whole, early = _curves(simulation, executor)
    course, unknown = _course(asked, patient)
    assert result.simulator is not None  # noqa: S101 - a report simulates
    return report_html(
        Report(
            choice=asked.choice,
            label=asked.label,
            course=course,
            unknown=unknown,
            premedication=None if course is None else premedication_plan(course),
            simulation=simulation,
            whole=whole,
            early=early,
            result=result,
            evidence=known_evidence(ENOUGH, result.simulator.seed, simulation.options, executor),
            preset=load_parameters().presets[simulation.preset],
            command=command,
            fingerprint=fingerprint_of(asked.chosen_file),
        )
    )


def _command(named: str, options: Mapping[str, object], others: Sequence[str]) -> str:
    """The command line that makes the same report, with the date that a rule may look at."""
    given = [part for name, value in options.items() if value is not None for part in (name, str(value))]
    return shlex.join(["blinplan", "report", named, *given, *others])
