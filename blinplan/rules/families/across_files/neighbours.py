"""The regimens of a run and beside it, which may look at each other: by name, by `otherwise`, by whom they are for."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, Self

from blinplan.regimen import library
from blinplan.regimen.find import is_toml
from blinplan.regimen.reading import Content, FaultyFile, Reading, RegimenFile
from blinplan.regimen.regimen import Eligibility, Regimen, Source
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.vocabulary import Disease, Indication


class Purpose(NamedTuple):
    """What a regimen is for, and nothing of what it gives: so little can be handed to another process."""

    name: str
    indication: Indication
    disease: Disease
    label: str | None
    family: str | None
    eligibility: Eligibility
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, regimen: Regimen) -> Self:
        """What a regimen is for."""
        return cls(
            regimen.name,
            regimen.indication,
            regimen.disease,
            regimen.label,
            regimen.family,
            regimen.eligibility,
            regimen.sources,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """A regimen of the run, one beside it, or a shipped one that is named by one of the run.

    Between processes it goes without its document, which all of them have.

    ``label`` is the one that it follows, and ``library`` the configuration that it shares with others: files about
    which different ones decide are of different libraries, such as those of two sites. ``judged`` says whether the run
    judges it, and ``unsure`` which keys and tables of a file with errors say nothing for certain.
    """

    document: Document
    purpose: Purpose
    label: str
    library: Path | None
    judged: bool = True
    unsure: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The name of the regimen."""
        return self.purpose.name

    @property
    def file_name(self) -> str | None:
        """The name of its file without .toml; None for what is shipped, built or read from standard input."""
        name = os.path.basename(self.document.name)  # noqa: PTH119 - which every file is asked, several times
        return name.removesuffix(".toml") if is_toml(name) else None

    @property
    def fits_for_certain(self) -> bool:
        """Whether it is certain for whom it is, and of which regimens it is one."""
        return self.unsure.isdisjoint(_DECIDING)

    @property
    def folder(self) -> Path:
        """The folder that its file is in."""
        return Path(self.document.name).parent

    @property
    def folder_name(self) -> str:
        """The path of that folder."""
        return os.path.dirname(self.document.name)  # noqa: PTH120 - as above

    def at(self, path: KeyPath) -> str:
        """Where in its file something stands."""
        return f"{self.document.name}:{self.document.position(self.document.value_span(path).start).line}"

    def is_file_of(self, other: "Neighbour") -> bool:
        """Whether both are one file, reached by two names."""
        here = os.getcwd()  # noqa: PTH109 - a text, by which what is kept is found
        return _real_path(self.document.name, here) == _real_path(other.document.name, here)


@lru_cache(maxsize=1024)
def _real_path(name: str, working_folder: str) -> str:
    if os.path.islink(name):  # noqa: PTH114 - as above
        return os.path.realpath(name)
    folder, file = os.path.split(name)
    return os.path.join(_real_folder(folder, working_folder), file)  # noqa: PTH118 - as above


@lru_cache(maxsize=64)
def _real_folder(folder: str, _working_folder: str) -> str:
    return os.path.realpath(folder)


_DECIDING = ("eligibility", "indication", "disease", "label", "family")

Unknown = Literal["faulty", "not asked", "nowhere"]
"""Why a regimen that is named cannot be looked at."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The regimens of a run in its order, then those beside it, and the names of files that could not be read.

    ``crowded`` are the folders of files that were named alone, which hold too many others to be looked at.
    """

    regimens: tuple[Neighbour, ...]
    faulty: frozenset[str] = frozenset()
    crowded: frozenset[Path] = frozenset()

    def at(self, document: Document) -> Neighbour | None:
        """The regimen of a file of the run; None where the file was changed since, as by `--fix`."""
        found = self._by_file.get(document.name)
        return found if found is not None and found.document.text == document.text else None

    def is_crowded_around(self, neighbour: Neighbour) -> bool:
        """Whether too many files lie beside one to be looked at."""
        return neighbour.folder in self.crowded

    def alike(self, neighbour: Neighbour) -> tuple[Neighbour, ...]:
        """The regimens of one library that have the name of one, itself included."""
        return self._alike[neighbour.name, neighbour.library]

    def owner_of_name(self, neighbour: Neighbour) -> Neighbour:
        """The one to which the name of one belongs: that whose file is named so, or else the first in the run."""
        return self._owners[neighbour.name, neighbour.library]

    def first_of(self, neighbours: Iterable[Neighbour]) -> Neighbour:
        """The one of some that comes first in the run; shipped ones that were not asked come last."""
        return min(neighbours, key=lambda one: self._order.get(one.document.name, len(self._order)))

    def others_of(self, neighbour: Neighbour) -> Neighbour | Unknown | None:
        """The regimen that `otherwise` of one leads to, or why it cannot be looked at; None where it names none."""
        name = neighbour.purpose.eligibility.otherwise
        if name is None:
            return None
        place = (neighbour.folder_name, name)
        if place not in self._led_to:  # from one folder a name leads to one regimen, which many may name
            self._led_to[place] = self._named_from(*place)
        return self._led_to[place]

    def _named_from(self, folder: str, name: str) -> Neighbour | Unknown:
        known = self._by_name.get(name, ())
        if known:
            beside = (one for one in known if one.folder_name == folder)
            other = next(beside, known[0])
            return other if other.fits_for_certain else "faulty"
        if name in self.faulty:
            return "faulty"
        if _is_file(Path(folder) / f"{name}.toml"):
            return "not asked"
        return _load_shipped(name) or "nowhere"

    def number_for(self, indication: Indication) -> int:
        """How many of them are for an indication."""
        return self._indications[indication]

    @cached_property
    def _led_to(self) -> dict[tuple[str, str], Neighbour | Unknown]:
        return {}

    @cached_property
    def _indications(self) -> Counter[Indication]:
        return Counter(one.purpose.indication for one in self.regimens)

    @cached_property
    def _by_name(self) -> dict[str, tuple[Neighbour, ...]]:
        found: dict[str, tuple[Neighbour, ...]] = {}
        for one in self.regimens:
            found[one.name] = (*found.get(one.name, ()), one)
        return found

    @cached_property
    def _alike(self) -> dict[tuple[str, Path | None], tuple[Neighbour, ...]]:
        found: dict[tuple[str, Path | None], list[Neighbour]] = {}
        for one in self.regimens:
            found.setdefault((one.name, one.library), []).append(one)
        return {key: tuple(alike) for key, alike in found.items()}

    @cached_property
    def _owners(self) -> dict[tuple[str, Path | None], Neighbour]:
        return {
            key: next((one for one in alike if one.file_name == one.name), alike[0])
            for key, alike in self._alike.items()
        }

    @cached_property
    def _by_file(self) -> dict[str, Neighbour]:
        return {one.document.name: one for one in self.regimens}

    @cached_property
    def _order(self) -> dict[str, int]:
        return {one.document.name: number for number, one in enumerate(self.regimens)}


def neighbour_of(file: RegimenFile, label: str, library: Path | None = None) -> Neighbour:
    """A regimen among its neighbours; it follows a label where it names none."""
    return Neighbour(file.document, Purpose.of(file.regimen), file.regimen.label or label, library)


class AmongOthers(NamedTuple):
    """A file with the label that its project follows, its library, and whether the run judges it."""

    content: Content
    label: str
    library: Path | None
    judged: bool = True

    @property
    def reading(self) -> Reading:
        """What it holds, or what is wrong with it."""
        return self.content.reading


class Faulty(NamedTuple):
    """The name of a file of which nothing that others ask for could be read."""

    name: str


Found = Neighbour | Faulty | None
"""What others ask for of a file; None where it holds no regimen."""


def found_in(file: AmongOthers) -> Found:
    """What others ask for of a file."""
    neighbour = _neighbour_in(file)
    if neighbour is not None:
        return neighbour if file.judged else replace(neighbour, judged=False)
    return Faulty(Path(file.reading.document.name).stem) if isinstance(file.reading, FaultyFile) else None


def neighbours_of(files: Iterable[AmongOthers], crowded: Iterable[Path] = ()) -> Neighbours:
    """The neighbours that files are to each other, those that the run judges first."""
    return neighbours_among([found_in(file) for file in files], crowded)


def neighbours_among(found: Sequence[Found], crowded: Iterable[Path] = ()) -> Neighbours:
    """The neighbours among what was found in files, those that the run judges first."""
    faulty = frozenset(one.name for one in found if isinstance(one, Faulty))
    return Neighbours(tuple(one for one in found if isinstance(one, Neighbour)), faulty, frozenset(crowded))


def _neighbour_in(file: AmongOthers) -> Neighbour | None:
    """The regimen of a file, of one with errors too where its name is certain; None where there is none."""
    if isinstance(file.reading, RegimenFile):
        return neighbour_of(file.reading, file.label, file.library)
    if not isinstance(file.reading, FaultyFile):
        return None
    # Imported here, because most files can be read.
    from blinplan.regimen.recovery.fillings import recover

    readable = recover(file.reading)
    if readable is None:
        return None
    unsure = frozenset(str(place[0]) for place in readable.gaps.places)
    found = neighbour_of(next(readable.regimens()), file.label, file.library)
    return None if "name" in unsure else replace(found, document=file.reading.document, unsure=unsure)


@cache
def _load_shipped(name: str) -> Neighbour | None:
    return neighbour_of(library.load(name), "") if name in library.paths() else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False
