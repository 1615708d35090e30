"""Read everything that is to be checked, and find the settings of each file."""

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.refusal import Refusal
from blinplan.regimen import library
from blinplan.regimen.find import STANDARD_INPUT, FileSource, NotFound, find
from blinplan.regimen.reading import Content, RegimenFile
from blinplan.regimen.regimen import Regimen
from blinplan.rules.changes.moved import Asked
from blinplan.rules.configuration.choice import RuleChoice
from blinplan.rules.configuration.configurations import Configurations, settings_in

if TYPE_CHECKING:
    from blinplan.rules.configuration.per_file import FilePattern

from blinplan.api.checking.beside import FileReader
from blinplan.api.checking.files import FilesToCheck, FileToCheck


def read_files(
    paths: Sequence[str | Regimen],
    choice: RuleChoice,
    configurations: Configurations,
    *,
    stdin_filename: str = "<stdin>",
    allow_empty: bool = False,
) -> FilesToCheck:
    """Read everything that is named, each file once; a name that leads nowhere hides nothing else.

    Standard input goes before the file whose name it is given: an editor has there what it has not saved yet.

    Raises
    ------
    Refusal
        When a regimen built in Python has the name of another one, or of a file: one of them would be hidden.
    """
    found: list[FileSource | NotFound] = []
    left_out: dict[str, FileSource] = {}
    folders: list[Path] = []
    names = paths or ["."]
    built = _built_files([named for named in names if isinstance(named, Regimen)])

    def with_settings(source: FileSource) -> FileToCheck | NotFound:
        content = source.content()
        return content if isinstance(content, NotFound) else _to_check(source, content, choice, configurations)

    for named in (named for named in names if isinstance(named, str)):
        sources = find(named, stdin_filename, configurations.exclusions(named))
        if isinstance(sources, NotFound):
            found += [] if sources.empty and allow_empty else [sources]
            continue
        left_out |= {source.name: source for source in sources if source.left_out}
        is_folder = named != STANDARD_INPUT and Path(named).is_dir()
        folders += [Path(named)] if is_folder else []
        if all(source.left_out for source in sources) and is_folder and not allow_empty:
            found.append(_all_left_out(named, sources))
        found += [source for source in sources if not source.left_out]
    files = {
        name: _to_check(FileSource(None, name), Content.of(file), choice, configurations)
        for name, file in built.items()
    }
    missing: list[NotFound] = []
    _folder_itself.cache_clear()  # since a run before, links may have come to lead elsewhere
    read = set[str]()
    for one in sorted(found, key=lambda one: isinstance(one, NotFound) or one.path is not None):
        if not isinstance(one, NotFound) and one.name in built:
            raise _two_of_one_name(one.name)
        if one.name in files or _itself(one) in read:
            continue
        read.add(_itself(one))
        file = one if isinstance(one, NotFound) else with_settings(one)
        if isinstance(file, NotFound):
            missing.append(file)
        else:
            files[one.name] = file
    ordered = tuple(sorted(files.values(), key=_place))
    return FilesToCheck(
        ordered,
        tuple(missing),
        configurations.of_run(file.configuration for file in ordered),
        Asked([named for named in names if isinstance(named, str)], configurations),
        tuple(one for _, one in sorted(left_out.items()) if _itself(one) not in read),
        _patterns_of_no_file(ordered, folders),
        FileReader(configurations, with_settings).beside(ordered, folders),
    )


def _itself(one: FileSource | NotFound) -> str:
    """What a file has one of, by whatever path it is named; a link is a file of its own."""
    if isinstance(one, NotFound):
        return one.name
    folder, name = os.path.split(one.path or one.name)  # as texts, since every file is asked
    return os.path.join(_folder_itself(folder, os.getcwd()), name)  # noqa: PTH109, PTH118


@lru_cache(maxsize=64)
def _folder_itself(folder: str, _working_folder: str) -> str:
    return os.path.realpath(folder)


def _built_files(regimens: Iterable[Regimen]) -> dict[str, RegimenFile]:
    """The files that regimens built in Python would be, by their names."""
    found: dict[str, RegimenFile] = {}
    for regimen in regimens:
        from blinplan.regimen.build import file_of  # a check of files does not wait for it

        file = file_of(regimen)
        if found.setdefault(file.document.name, file) != file:
            raise _two_of_one_name(file.document.name)
    return found


def _two_of_one_name(name: str) -> Refusal:
    return Refusal(f"two of what is to be checked are called {name}", "give each regimen a name of its own")


def _all_left_out(named: str, sources: Sequence[FileSource]) -> NotFound:
    """What is said of a folder in which nothing is to be checked: that is no pass."""
    why = ", ".join(dict.fromkeys(str(source.left_out) for source in sources))
    message = f"{named}: every .toml file in this folder and below is left out, by {why}"
    return NotFound(named, message, "name the files, or change what leaves them out")


def _patterns_of_no_file(files: Sequence[FileToCheck], folders: Sequence[Path]) -> "tuple[FilePattern, ...]":
    """The patterns of configurations that mean no file, where all files that they could mean were looked at."""
    configurations = {file.configuration.path: file.configuration for file in files if file.configuration.per_file}
    if not configurations:
        return ()
    places = [folder.resolve() for folder in folders]
    paths = [file.source.path.resolve() for file in files if file.source.path is not None]
    return tuple(
        one.pattern
        for configuration in configurations.values()
        for one in configuration.per_file
        if any(place in (one.pattern.folder, *one.pattern.folder.parents) for place in places)
        and not any(one.pattern.matches(path) for path in paths)
    )


def _to_check(source: FileSource, content: Content, choice: RuleChoice, configurations: Configurations) -> FileToCheck:
    configuration = configurations.of(source)
    return FileToCheck(source, content, choice.over(settings_in(configuration, source)), configuration)


def _place(file: FileToCheck) -> tuple[bool, int, str]:
    """Where a file comes in the output: the user's own by their paths, then shipped ones as the program lists them."""
    shipped = file.source.shipped
    return shipped, list(library.paths()).index(file.source.name) if shipped else 0, file.source.name
