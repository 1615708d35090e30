"""How regimens differ, in the words of a ward; nothing is simulated."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.designing.sides import FileTree, OneFile, SideSource, sides_of
from blinplan.api.designing.vocabulary import DiffFormat, DiffFormatName
from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, Patient, figures_of
from blinplan.api.ranges import CYCLES
from blinplan.api.regimens.load import regimen_file
from blinplan.api.simulating.numbers import require_numbers
from blinplan.api.vocabulary import SetsOfName, word_of
from blinplan.design.difference.change import RegimenChange
from blinplan.design.difference.difference import RegimenDifference
from blinplan.design.difference.files import FileDifference, differences_of_files, file_difference, others_changed
from blinplan.exit_status import ExitStatus
from blinplan.quantities import plural
from blinplan.refusal import ArgumentRefusal
from blinplan.regimen import library
from blinplan.rules.configuration.configurations import Configurations
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from fractions import Fraction

    from blinplan.executors.executor import Executor
    from blinplan.reports.design.consequences import FileConsequences

PUBLIC = ("DiffResult", "diff")


@dataclass(frozen=True, slots=True, repr=False)
class DiffResult:
    """How regimens differ, file by file.

    Attributes
    ----------
    files
        The files that are otherwise, were added or removed; of two regimens the one pair.
    folder
        The folder of now that they are in; None of two regimens, and where neither side is of now.
    configurations
        What says by which settings a file is judged.
    consequences
        What the change of each does, where that was asked for.
    left_aside
        Course records and site profiles that are otherwise, and are not compared.
    """

    files: tuple[FileDifference, ...]
    folder: str | None
    configurations: Configurations
    consequences: "tuple[FileConsequences, ...]" = ()
    left_aside: tuple[str, ...] = ()

    @with_kinds
    def compare(
        self,
        patients: int = 1000,
        *,
        seed: int = 1,
        cycles: int | None = None,
        endpoints: Sequence[str] = (),
        by_day: Sequence[float] = (),
        parameter_sets: int = 0,
        sets: SetsOfName = "published",
        executor: "Executor | None" = None,
        progress: Callable[[int], None] | None = None,
    ) -> "DiffResult":
        """The same with what each change does: the same patients under both sides, and findings that came and went.

        Parameters are as for `blinplan.compare`; progress counts the patients of all files.
        """
        from blinplan.api.designing.consequences import file_consequences

        if cycles is not None:
            CYCLES.require("cycles", cycles)
        require_numbers(patients, seed=seed, parameter_sets=parameter_sets)
        found: list[FileConsequences] = []
        done = 0
        for file in self.files:
            found.append(
                file_consequences(
                    file,
                    self._place(file),
                    self.configurations,
                    patients=patients,
                    seed=seed,
                    cycles=cycles,
                    endpoints=endpoints,
                    by_day=by_day,
                    parameter_sets=parameter_sets,
                    sets=sets,
                    executor=executor,
                    progress=None if progress is None else partial(_count_on, progress, done),
                )
            )
            if file.difference is not None and not file.difference.is_none:
                done += 2 * patients * (1 + parameter_sets)
        return replace(self, consequences=tuple(found))

    def _place(self, file: FileDifference) -> str | None:
        """The file of now whose settings decide about both sides."""
        name = file.after or file.before
        path = name if self.folder is None or name is None else str(Path(self.folder) / name)
        is_now = path is not None and (path in library.paths() or Path(path).is_file())
        return path if is_now else None

    @property
    def difference(self) -> RegimenDifference | None:
        """How two regimens differ; None of folders, and where there is no such pair."""
        return self.files[0].difference if len(self.files) == 1 else None

    @property
    def changes(self) -> tuple[RegimenChange, ...]:
        """What patients get otherwise, of all files."""
        return tuple(change for file in self.files if file.difference for change in file.difference.for_patients)

    @property
    def status(self) -> ExitStatus:
        """The exit status of the command: 0 patients get the same, 1 they do not, 2 not all could be compared."""
        if any(file.unreadable for file in self.files) or any(found.refusal for found in self.consequences):
            return ExitStatus.INCOMPLETE
        return ExitStatus.FINDINGS if any(file.is_for_patients for file in self.files) else ExitStatus.SUCCESS

    def text(self, output_format: DiffFormatName = "text", *, screen: Screen = PLAIN) -> str:
        """Write what differs: in words for people, as Markdown, or as JSON; words are none where nothing does."""
        from blinplan.reports.design.difference import difference_json, difference_markdown, difference_report

        chosen = word_of(DiffFormat, "output_format", output_format)
        if chosen is DiffFormat.JSON:
            from blinplan.outside_text import json_text

            return json_text(difference_json(self.files, int(self.status), self.consequences))
        if chosen is DiffFormat.MARKDOWN:
            return difference_markdown(self.files, self.consequences)
        return screen.render(*difference_report(self.files, screen, self.consequences))

    def columns(self) -> dict[str, list[Any]]:
        """What patients get otherwise, as columns for ``pandas.DataFrame`` and the like."""
        rows = list(self._rows())
        return {
            "file": [name for name, _ in rows],
            "subject": [change.subject.value for _, change in rows],
            "place": [change.place for _, change in rows],
            "before": [change.before for _, change in rows],
            "after": [change.after for _, change in rows],
            "unit": [change.unit for _, change in rows],
            "words": [change.words for _, change in rows],
        }

    def _rows(self) -> Iterator[tuple[str, RegimenChange]]:
        for file in self.files:
            if file.difference is not None:
                yield from ((f"{file.after or file.before}", change) for change in file.difference.for_patients)

    def __repr__(self) -> str:
        count = len(self.changes)
        words = f"{count} {plural('difference', count)}" if count else "patients get the same"
        many = "" if len(self.files) == 1 else f" in {len(self.files)} {plural('file', len(self.files))}"
        return f"<DiffResult: {words}{many}>"

    def _repr_html_(self) -> str:
        from blinplan.data_table import table_html

        found = self.columns()
        return table_html({"Where": found["place"], "Difference": found["words"]}, repr(self)[1:-1])


@with_kinds
def diff(
    first: SideSource,
    second: SideSource | None = None,
    *,
    patient: Patient | Figures | None = None,
    config: str | Path | None = None,
    isolated: bool = False,
) -> DiffResult:
    """Say how two regimens differ, or all regimens of two folders, in the words of a ward.

    >>> from blinplan import diff
    >>> found = diff("mt103-206-5-15", "mt103-206-5-15-30")
    >>> print(found.changes[-1].words)
    Cycles 2 to 5, day 1: 15 → 30 mcg/m²/day, for 28 d
    >>> diff("rr-adult", "rr-adult").status
    <ExitStatus.SUCCESS: 0>

    Parameters
    ----------
    first, second
        Each a file, a folder, a shipped name, a regimen, or as git has it: ``HEAD~1:regimens/ward.toml``, or a
        revision alone, which stands for what the other had then. A revision as the only one is laid beside all files
        below the current folder as they are now; with three dots behind it, the commit where HEAD forked from it.
    patient
        The body surface area at which whole courses are told; that of the model's typical patient when not given.
    config, isolated
        The configuration that says which files of folders are left out, or none; the nearest one otherwise.

    Raises
    ------
    Refusal
        When there is no such thing, or two regimens are named and one of them cannot be read: `RegimenError`.
    """
    area = area_of(patient)
    configurations = Configurations(None if config is None else str(config), isolated=isolated)
    one, other = sides_of(first, second, configurations)
    if isinstance(one, FileTree) and isinstance(other, FileTree):
        found_files = differences_of_files(one.files, other.files, area)
        aside = others_changed(one.files, other.files)
        return DiffResult(found_files, other.name, configurations, left_aside=aside)
    assert isinstance(one, OneFile)  # noqa: S101 - both are files, or both are folders
    assert isinstance(other, OneFile)  # noqa: S101
    readings = regimen_file(one.content.reading), regimen_file(other.content.reading)
    found = file_difference(one.name, other.name, *readings, area)
    assert found is not None  # noqa: S101 - both hold a regimen
    return DiffResult((found,), None, configurations)


def area_of(patient: Patient | Figures | None) -> "Fraction | None":
    """The body surface area that a patient's figures give; None where nothing is said of it."""
    figures = figures_of(patient)
    found = figures.patient()
    if found.area is None and (figures.weight or figures.height):
        raise ArgumentRefusal("one of {weight} and {height} is missing", "give both, or {area}")
    return None if found.area is None else found.area.square_metres


def _count_on(progress: Callable[[int], None], before: int, done: int) -> None:
    progress(before + done)
