"""What a search found, and how that shows itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.designing.vocabulary import SearchFormat, SearchFormatName
from blinplan.api.kinds import with_kinds
from blinplan.api.simulating.drawing import PAGE_WIDTH, figure_file
from blinplan.api.table_result import TableResult
from blinplan.api.vocabulary import word_of
from blinplan.data_table import DataTable, table_html
from blinplan.files.inputs import input_bytes
from blinplan.files.writing import replace_file
from blinplan.quantities import plural
from blinplan.refusal import Refusal
from blinplan.regimen.regimen import Regimen
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from blinplan.design.search.confirm import ShownSchedule
    from blinplan.design.search.search import Searched

PUBLIC = ("SearchResult",)


@dataclass(frozen=True, slots=True, repr=False)
class SearchResult(TableResult):
    """What a search found.

    Attributes
    ----------
    searched
        All that it found, on whom, and how.
    inputs
        The fingerprints of what was read.
    """

    searched: "Searched"
    inputs: tuple[str, ...] = ()

    @property
    def rows(self) -> "tuple[ShownSchedule, ...]":
        """The schedules that are shown, and the regimen that was searched from: what is to be low first."""
        return self.searched.rows

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """What was found, as regimens: investigational, and unverified."""
        return tuple(row.regimen for row in self.searched.offers)

    @property
    def is_stopped(self) -> bool:
        """Whether somebody stopped it before all were shown."""
        return self.searched.is_stopped

    def text(self, output_format: SearchFormatName = "table", *, screen: Screen = PLAIN) -> str:
        """Write what was found: as a table for people, as Markdown, as JSON, or as CSV."""
        from blinplan.reports.design.search.data import search_json
        from blinplan.reports.design.search.table import search_markdown, search_report

        chosen = word_of(SearchFormat, "output_format", output_format)
        if chosen is SearchFormat.CSV:
            return "".join(self.csv_texts())
        if chosen is SearchFormat.JSON:
            from blinplan.outside_text import json_text

            return json_text(search_json(self.searched, list(self.inputs)))
        if chosen is SearchFormat.MARKDOWN:
            return search_markdown(self.searched)
        return screen.render(*search_report(self.searched, screen))

    def table(self) -> DataTable:
        """A row a schedule."""
        from blinplan.reports.design.search.data import search_data

        return search_data(self.searched, list(self.inputs))

    def files(self) -> dict[str, str]:
        """A regimen file of each schedule that was found, by its name: what `blinplan check` reads."""
        from blinplan.regimen.build import file_of

        return {f"{regimen.name}.toml": file_of(regimen).document.text for regimen in self.regimens}

    @with_kinds
    def write(self, folder: str | Path) -> tuple[Path, ...]:
        """Write a regimen file of each into a folder, which is made where it is not there.

        What is there and is not to the byte what this search writes is never overwritten.

        Raises
        ------
        Refusal
            When one cannot be written.
        """
        target = Path(folder)
        refuse_folder(target, self.searched.start.source.citation)
        files = self.files()
        in_the_way = [name for name, text in files.items() if _is_other(target / name, text)]
        if in_the_way:
            raise _other_file(target / in_the_way[0])
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refusal(f"{target}: {(error.strerror or 'cannot be made').lower()}", "check the path") from error
        for name, text in files.items():
            if not (target / name).exists():  # what is there is the same
                replace_file(target / name, text)
        return tuple(target / name for name in files)

    @with_kinds
    def figure(self, path: str | Path, *, width: float = PAGE_WIDTH) -> None:
        """Draw what was found to a file that ends in .svg, .png or .pdf; ``width`` in mm.

        Of two endpoints that are to be low it is the front; of one, that endpoint and what is required.

        Raises
        ------
        Refusal
            When it cannot be written, matplotlib is not installed, or there is one endpoint and nothing required.
        """
        target = figure_file(path, width)
        refuse_no_front(len(self.searched.setting.wish.endpoints))
        from blinplan.reports.design.search.figure import search_figure
        from blinplan.reports.simulation.figures import FigureFormat

        kind = FigureFormat(target.suffix.lower().removeprefix("."))
        replace_file(target, search_figure(self.searched, kind, width))

    def __repr__(self) -> str:
        from blinplan.reports.shared.words import patients_drawn

        count, base = len(self.searched.offers), self.searched.start.base.name
        who = patients_drawn(f"{self.searched.patients:,}", of_table=self.searched.setting.who.table is not None)
        return f"<SearchResult: {count} {plural('schedule', count)} of {base}, on {who}>"

    def _repr_html_(self) -> str:
        from blinplan.reports.design.search.table import text_columns

        return table_html(text_columns(self.searched), repr(self)[1:-1])


def refuse_no_front(endpoints: int) -> None:
    """Refuse to draw one endpoint alone."""
    if endpoints < 2:
        raise Refusal("one endpoint makes no figure", "require something of another one, or lower two")


def refuse_folder(folder: Path, citation: str) -> None:
    """Refuse a folder in which another one's regimens are, before anything is searched.

    Raises
    ------
    Refusal
        When it is a file, or something in it was not written by the same search.
    """
    if str(folder) == "-":
        raise Refusal("- is no name of a folder", "name a folder for the regimens that are found")
    if folder.exists() and not folder.is_dir():
        raise Refusal(f"{folder} is a file", "name a folder for the regimens that are found")
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        if not _is_of(path, citation):
            raise _other_file(path)


def _other_file(path: Path) -> Refusal:
    return Refusal(
        f"{path} is there, and not as this search writes it",
        "name an empty folder, or a new one: nothing is overwritten",
    )


def _is_of(path: Path, citation: str) -> bool:
    """Whether a file was written by a search of the same words."""
    from blinplan.regimen.reading import RegimenFile, read

    try:
        reading = read(input_bytes(path), path.name)
    except OSError:
        return False
    sources = reading.regimen.sources if isinstance(reading, RegimenFile) else ()
    return any(source.citation == citation for source in sources)


def _is_other(path: Path, text: str) -> bool:
    return path.exists() and input_bytes(path) != text.encode()
