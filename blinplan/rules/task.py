"""One regimen file to judge, and what comes of it: a judgement, or a fault of the program itself."""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from blinplan.regimen.reading import Reading, RegimenFile
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.judge import Simulator, judge
from blinplan.rules.judging.cases import with_label
from blinplan.rules.judging.judgement import Judgement
from blinplan.rules.limits import Limits

if TYPE_CHECKING:
    from blinplan.course.patient import Patient
    from blinplan.regimen.site.site import Site
    from blinplan.rules.families.across_files.neighbours import Neighbours


class ProgramFault(NamedTuple):
    """A fault of the program itself while it judged a file; the other files are judged all the same."""

    reading: Reading
    error: Exception


JudgementOrFault = Judgement | ProgramFault


class Task(NamedTuple):
    """A regimen file to judge, and by what: settings, the day that decides about waivers, patient, site, neighbours.

    ``begins`` is when the course begins, where that is known.
    """

    reading: Reading
    settings: Settings
    today: date
    patient: "Patient | None" = None
    site: "Site | None" = None
    neighbours: "Neighbours | None" = None
    begins: datetime | None = None

    @property
    def alone(self) -> "Task":
        """The task without the other files, which nothing that is simulated looks at: a smaller thing to hand on."""
        return self._replace(neighbours=None)

    @property
    def limits(self) -> Limits:
        """The limits that decide about a regimen."""
        if not isinstance(self.reading, RegimenFile):
            return self.settings.limits
        return self.settings.limits_for(with_label(self.reading.regimen, self.settings))

    def judge(self, simulation: Simulator | None) -> Judgement:
        """Judge the file."""
        return judge(
            self.reading,
            self.today,
            simulation,
            self.settings,
            self.patient,
            self.site,
            self.neighbours,
            self.begins,
        )

    def judge_or_fail(self, simulation: Simulator | None, let: type[Exception] | tuple[()] = ()) -> JudgementOrFault:
        """Judge the file, or say what the program failed on; ``let`` through is an error that somebody waits for."""
        try:
            return self.judge(simulation)
        except let:
            raise
        except Exception as error:  # whatever it is, it must not hide the other files
            return ProgramFault(self.reading, error)
