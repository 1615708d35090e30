"""Whose files are changed, and whose tests are to see it: those of the same area, and no others."""

from typing import NamedTuple

from tests.mutation.mutants import Mutant, files_below, mutants_of
from tests.program import ROOT


class Room(NamedTuple):
    """Files or folders of the package, and the tests of their area."""

    code: tuple[str, ...]
    tests: tuple[str, ...]
    marked: str = "not outside"

    @property
    def files(self) -> list[str]:
        """Its files of code."""
        return [file for path in self.code for file in files_below(ROOT / "blinplan" / path)]

    @property
    def mutants(self) -> list[Mutant]:
        """All mutants of its files."""
        return [mutant for file in self.files for mutant in mutants_of(file)]


ROOMS = {
    "quantities": Room(("quantities.py",), ("tests/test_quantities.py",)),
    "course": Room(("course",), ("tests/course",)),
    "rules": Room(("rules",), ("tests/rules", "tests/cli/check"), "not slow and not outside"),
    "summary": Room(
        ("reports/simulation/summary", "reports/shared/number.py"),
        ("tests/reports/simulation/summary", "tests/reports/shared/test_number.py"),
    ),
    "endpoints": Room(
        ("simulation/endpoints", "simulation/people", "simulation/dosing.py"),
        (
            "tests/simulation/endpoints",
            "tests/simulation/test_people.py",
            "tests/simulation/test_own_patients.py",
            "tests/simulation/test_dosing.py",
            "tests/simulation/test_admission.py",
        ),
    ),
    "gathering": Room(
        ("physiology/gathering.py", "physiology/watch.py", "physiology/endpoints.py", "physiology/timetables.py"),
        ("tests/physiology", "tests/simulation/endpoints"),
    ),
    "status": Room(
        ("exit_status.py", "refusal.py", "cli/app/program.py", "cli/app/misuse.py", "cli/check", "api/checking"),
        (
            *(
                "tests/cli/test_check.py",
                "tests/cli/test_check_options.py",
                "tests/cli/check",
                "tests/api/test_check.py",
                "tests/api/checking",
            ),
            *(
                "tests/cli/app/test_program.py",
                "tests/cli/app/test_errors.py",
                "tests/cli/app/test_misuse.py",
                "tests/cli/app/test_groups.py",
            ),
        ),
        "not slow and not outside",
    ),
}
