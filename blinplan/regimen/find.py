"""Find the regimen files that a command line names: files, folders, shipped names and families, standard input."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from blinplan.files.inputs import first_bytes, link_to_nothing, reason_of
from blinplan.files.of_a_run import note_standard_input
from blinplan.refusal import Refusal
from blinplan.regimen import library
from blinplan.regimen.reading import Content, Reading, RegimenFile, SiteFile
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.toml.document import LIMIT_BYTES
from blinplan.repository.root import place as place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from blinplan.regimen.record.record import CourseRecord
    from blinplan.regimen.site.site import LaterPlace

    LeavesOut = Callable[[Path, str, bool], str | None]
    """By what a name in a folder is left out, of a folder or not; None where it is not. Paths are absolute."""

    class WhatIsLeftOut(Protocol):
        """What is left out of folders, and of the files that are named."""

        def below(self, folder: Path) -> LeavesOut:
            """What is left out below a folder that is named."""
            ...

        def of_named(self, file: Path) -> str | None:
            """By what a file is left out although it is named; None where it is not."""
            ...


STANDARD_INPUT = "-"
_CONFIGURATION = frozenset({"pyproject.toml", "blinplan.toml"})


class NotFound(NamedTuple):
    """A name on the command line that leads to no regimen: what is wrong with it, and what to do.

    ``empty`` is a folder that is there and has no regimen.
    """

    name: str
    message: str
    help: str
    empty: bool = False

    @property
    def refusal(self) -> Refusal:
        """What to say to whoever named it."""
        return Refusal(self.message, self.help)


class FileSource(NamedTuple):
    """A regimen file, and the name to show for it; ``left_out`` says by what it is not to be judged."""

    path: Path | None
    name: str
    shipped: bool = False
    left_out: str | None = None

    @property
    def own(self) -> bool:
        """Whether it is a file of the user, and neither a shipped regimen nor standard input."""
        return self.path is not None and not self.shipped

    def read(self) -> Reading | NotFound:
        """Read it; standard input where there is no path."""
        content = self.content()
        return content if isinstance(content, NotFound) else content.reading

    def content(self) -> Content | NotFound:
        """Its bytes, to be read later."""
        try:
            return Content(self._bytes(), self.name)
        except OSError as error:
            return NotFound(self.name, f"{self.name}: {reason_of(error)}", "check the path and who may read it")

    def _bytes(self) -> bytes:
        # One byte more than the limit tells a file that is too large, without reading all of it.
        if self.path is None:
            note_standard_input()
            return sys.stdin.buffer.read(LIMIT_BYTES + 1)
        return first_bytes(self.path, LIMIT_BYTES)


def find(
    named: str, stdin_name: str = "<stdin>", exclusions: "WhatIsLeftOut | None" = None
) -> tuple[FileSource, ...] | NotFound:
    """Find what one name stands for: ``-``, a file, a folder, a shipped regimen or a family of them.

    A path that exists wins over a shipped name. In a folder, all ``.toml`` files below it, or ``.TOML``, are regimens,
    but for hidden ones, those in hidden folders, and the configuration files of Python projects and of this program.
    What is left out is among what is found where somebody says what is excluded.
    """
    if named == STANDARD_INPUT:
        return (FileSource(None, stdin_name),)
    if not named:  # from a variable of the shell that is not set; as a path it would be the current folder
        return NotFound(named, "an empty name leads to no regimen", "name a file, a folder or a shipped regimen")
    path = Path(named)
    try:
        if path.is_dir():
            return _in_folder(path, named, exclusions)
        if path.exists():
            reason = None if exclusions is None else exclusions.of_named(path.parent.resolve() / path.name)
            return (FileSource(path, named, left_out=reason),)
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()  # a folder on the way that nobody may look into is not one that is not there
    except (OSError, ValueError) as error:
        return _no_path(named, error)
    shipped = library.names_of(named)
    return (
        tuple(FileSource(library.paths()[name], name, shipped=True) for name in shipped) if shipped else _unknown(named)
    )


def _no_path(named: str, error: Exception) -> NotFound:
    """What is said of a name that cannot be looked at: too long, with a zero byte, or in a folder of somebody else."""
    if isinstance(error, PermissionError):
        return NotFound(named, f"{named}: {reason_of(error)}", "check the path and who may read it")
    return _unknown(named)


def which_is_meant(named: str, record: str | None = None) -> str | None:
    """Which regimen a name stands for that a file has and a shipped one too; None where there is no doubt.

    Files are looked for here, and beside a course record of it.
    """
    path = Path(named)
    if not named or path.suffix == ".toml" or not _may_be_shipped(named) or not library.names_of(named):
        return None
    if path.exists():
        kind = "folder" if path.is_dir() else "file"
        return f"{named} is the {kind} of that name, and not what comes with blinplan"
    folders = dict.fromkeys((Path(), *([Path(record).parent] if record else [])))
    files = [file for file in (folder / f"{named}.toml" for folder in folders) if file.is_file()]
    return f"{named} is what comes with blinplan, and not {files[0].as_posix()}" if files else None


def which_is_meant_beside(record: str | Path, named: str) -> str | None:
    """Which regimen a course record means by a name that a file beside it has and a shipped one too; or None."""
    file = Path(record).parent / f"{named}.toml"
    if named not in library.paths() or not file.is_file():
        return None
    return f"{named} is the file {file.as_posix()}, and not what comes with blinplan"


def _may_be_shipped(named: str) -> bool:
    """Whether it can be a shipped name, or that of a family, whose members are named after it or lie in a folder so."""
    return any(name.startswith(named) or path.parent.name == named for name, path in library.paths().items())


def has_shipped_name(file: RegimenFile) -> bool:
    """Whether it is a user's file and named as a shipped regimen."""
    path = Path(file.document.name)
    return path.suffix == ".toml" and path.stem in library.paths()


def find_one(named: str) -> FileSource | NotFound:
    """Find the one regimen that a name stands for."""
    sources = find(named)
    if isinstance(sources, NotFound):
        return sources
    if len(sources) == 1 and not (sources[0].path is not None and Path(named).is_dir()):
        return sources[0]
    members = ", ".join(source.name for source in sources[:3]) + (", ..." if len(sources) > 3 else "")
    kind = "a folder" if Path(named).is_dir() else "a family"
    return NotFound(named, f"{named} is {kind}, and one regimen is needed", f"name one of its regimens: {members}")


def _in_folder(folder: Path, named: str, exclusions: "WhatIsLeftOut | None") -> tuple[FileSource, ...] | NotFound:
    leaves_out = None if exclusions is None else exclusions.below(folder.resolve())
    found = sorted(_regimen_files(folder, folder.resolve(), leaves_out), key=lambda file: file[0].as_posix())
    files = tuple(
        FileSource(path, path.as_posix(), left_out=reason)
        for path, reason in found
        if reason is None or leaves_out is not None
    )
    if not files:
        return NotFound(
            named, f"{named}: no .toml file in this folder or below", "name a folder that has regimens", empty=True
        )
    return files


def is_toml(name: str) -> bool:
    """Whether a file is named as TOML is, also in capitals, as some systems write all names."""
    return name.lower().endswith(".toml")


def files_in(folder: Path) -> tuple[Path, ...]:
    """The files of a folder itself that may be regimens, but for hidden ones; none where it cannot be read."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return ()
    return tuple(folder / one.name for one in entries if _may_be_regimen(one) and _reason_of_name(one.name) is None)


_HIDDEN = "a hidden name"


def _regimen_files(folder: Path, place: Path, leaves_out: "LeavesOut | None") -> Iterator[tuple[Path, str | None]]:
    """The files below a folder, each with what leaves it out; ``place`` is where the folder really is."""
    folders: list[tuple[Path, Path, str | None]] = [(folder, place, None)]
    while folders:  # a folder in the other may lie deeper than functions call each other
        folder, place, reason = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:  # reading it says why it cannot be read
            yield folder, reason
            continue
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not _may_be_regimen(entry):
                continue
            path = folder / entry.name
            why = reason or (leaves_out and leaves_out(place, entry.name, is_folder)) or _reason_of_name(entry.name)
            if not is_folder:
                yield path, why
            elif entry.name != ".git":
                folders.append((path, place / entry.name, why))


def _may_be_regimen(entry: "os.DirEntry[str]") -> bool:
    """Whether it is called as a regimen; what is no file, such as a pipe, is told when it is read."""
    named_so = is_toml(entry.name) and entry.name not in _CONFIGURATION
    return named_so and (entry.is_symlink() or not entry.is_dir())


def _reason_of_name(name: str) -> str | None:
    return _HIDDEN if name.startswith(".") else None


def _unknown(named: str) -> NotFound:
    if (target := link_to_nothing(named)) is not None:
        return NotFound(named, f"{named}: a link to {target}, which is not there", "correct the link, or remove it")
    nearest = library.nearest(Path(named).stem) if len(named) < 200 else None
    shown = named if len(named) < 200 else f"{named[:60]}..."
    advice = f"the nearest shipped name is {nearest}" if nearest else "`blinplan regimens` lists the shipped ones"
    if (file := _file_called(named)) is not None:
        advice = f"write {file}, if that is meant"
    return NotFound(shown, f"{shown}: no such file, folder or shipped regimen", advice)


def _file_called(named: str) -> str | None:
    """The file of a regimen that was named without its ending."""
    try:
        return f"{named}.toml" if Path(f"{named}.toml").is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def path_from(folder: Path, name: str) -> str:
    """A file's path from a folder, with ``/``, a link's its own; as it was named where it is no file below it."""
    try:
        return place_of(Path(name)).relative_to(folder.resolve()).as_posix()
    except ValueError:
        return Path(name).as_posix()


def others_beside(file: str, regimen: Regimen) -> tuple[Regimen, ...]:
    """The regimens that one names for patients of other figures, those that they name, and so on, each once."""
    found: dict[str, Regimen] = {}
    name = regimen.eligibility.otherwise
    while name is not None and name not in found:
        reading = read_beside(file, name)
        if not isinstance(reading, RegimenFile):
            break
        found[name] = reading.regimen
        name = reading.regimen.eligibility.otherwise
    return tuple(found.values())


def places_beside(file: str, record: "CourseRecord") -> "tuple[LaterPlace, ...]":
    """The sites that take over by a record, as far as their profiles beside its file can be read."""
    if not record.places:
        return ()
    from blinplan.regimen.record.moments import minutes_between
    from blinplan.regimen.site.site import LaterPlace

    found = []
    for place in record.places:
        reading = profile_beside(file, place.site)
        if isinstance(reading, SiteFile):
            found.append(LaterPlace(minutes_between(record.start, place.since), reading.site))
    return tuple(found)


def profile_beside(file: str, named: str) -> "Reading | NotFound | None":
    """What the file of a profile holds that a record names, from the folder of its own; None where there is none."""
    path = Path(file).parent / named
    return FileSource(path, str(path)).read() if path.is_file() else None


def argument_beside(file: str, name: str) -> str:
    """How a command line names the regimen of a name that a file has: by its file, or as a shipped one."""
    path = Path(file).parent / f"{name}.toml"
    return str(path) if _lies_beside(file, path) else name


def _lies_beside(file: str, path: Path) -> bool:
    try:
        return Path(file).is_file() and path.is_file()
    except OSError:  # a name that no file can have
        return False


def read_beside(file: str, name: str) -> Reading | None:
    """Read the regimen of a name: from the folder of a file, or else the shipped one; None where there is none."""
    path = Path(file).parent / f"{name}.toml"
    if _lies_beside(file, path):
        reading = FileSource(path, str(path)).read()
        return None if isinstance(reading, NotFound) else reading
    return library.load(name) if name in library.paths() else None
