"""What the files of a run were when a branch forked from a revision."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from blinplan.files.inputs import input_bytes
from blinplan.refusal import ArgumentRefusal
from blinplan.regimen.find import FileSource, is_toml
from blinplan.regimen.reading import Reading, read
from blinplan.repository.renamed import names_before
from blinplan.repository.revision import Commit, forking_point
from blinplan.repository.root import top_level
from blinplan.rules.changes.moved import Asked, Deciders

_DECIDING = ("blinplan.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class FilesBefore:
    """What files were before, by the names under which they are judged.

    Attributes
    ----------
    revision, commits
        The revision that was asked for, and where each repository forked from it.
    before
        How a file was read then; one that is new, or about which something else decides now, is not there.
    unchanged
        The files that are as they were, and about which the same decides.
    gone
        What the files were that are there no more, but for those that were renamed.
    untold
        The files that decide and lie outside of the repository: nobody can tell what they were.
    """

    revision: str
    commits: tuple[Commit, ...]
    before: Mapping[str, Reading]
    unchanged: frozenset[str]
    gone: tuple[Reading, ...]
    untold: tuple[Path, ...] = ()


def history(
    sources: Sequence[FileSource],
    readings: Mapping[str, Reading],
    deciding: Mapping[str, Sequence[Path]],
    asked: Asked,
    revision: str,
) -> FilesBefore:
    """Find out what files were where the branch that is checked out forked from a revision.

    Parameters
    ----------
    sources, readings
        The files, and by their names how they are read now.
    deciding
        The files that decide about each, such as a site profile; configurations in its folder and above, up to the top
        of the repository, do without being named.
    asked
        What the run was asked for: a file that was moved is known only from where it would have judged it alike.
    revision
        A commit, branch or tag.

    Raises
    ------
    ArgumentRefusal
        When that cannot be told.
    """
    places = {source.name: _place(source) for source in sources}
    tops = {name: _top(name, place) for name, place in places.items()}
    by_name = {source.name: source for source in sources}
    pasts = {
        top: RepositoryBefore(forking_point(top, revision), asked, deciding, by_name)
        for top in dict.fromkeys(tops.values())
    }
    before: dict[str, Reading] = {}
    unchanged = set()
    for top, past in pasts.items():
        own = {name: place.relative_to(top) for name, place in places.items() if tops[name] == top}
        decided_anew = {name for name, path in own.items() if past.decides_anew(path, name)}
        for name, data in past.of(own, readings).items():
            if name not in decided_anew:
                same = _text(data) == readings[name].document.text
                before[name] = readings[name] if same else read(data, name)
                unchanged |= {name} if same else set()
    commits, gone = (tuple(past.commit for past in pasts.values()), (past.read_lost() for past in pasts.values()))
    outside = (path.resolve() for name, top in tops.items() for path in deciding[name])
    untold = (path for path in dict.fromkeys(outside) if not any(path.is_relative_to(top) for top in pasts))
    return FilesBefore(
        revision,
        commits,
        before,
        frozenset(unchanged),
        tuple(one for each in gone for one in each),
        tuple(untold),
    )


def _place(source: FileSource) -> Path:
    """Where a file lies; one from standard input where its name says."""
    path = Path(source.name) if source.path is None else source.path
    if source.path is None and not (is_toml(source.name) and path.parent.is_dir()):
        raise ArgumentRefusal(
            "{since} cannot tell what {name} was before: it is no file of a repository",
            "name files, or say with {stdin_filename} which file standard input is",
            name=source.name,
        )
    return path.resolve()


def _top(name: str, place: Path) -> Path:
    top = top_level(place.parent)
    if top is None:
        advice = "name files of a repository, or leave {since} out"
        raise ArgumentRefusal("{since}: {name} is in no git repository", advice, name=name)
    return top


@dataclass(frozen=True, slots=True)
class RepositoryBefore:
    """The files of a repository at a commit, by their paths from its top."""

    commit: Commit
    _asked: Asked
    _deciding: Mapping[str, Sequence[Path]]
    _sources: Mapping[str, FileSource]
    _files: dict[str, str] = field(default_factory=dict)
    _renamed: set[str] = field(default_factory=set)
    _anew: dict[tuple[Path, tuple[Path, ...]], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._files.update(self.commit.files())

    def of(self, paths: Mapping[str, Path], readings: Mapping[str, Reading]) -> dict[str, bytes]:
        """What files held, by their names; those that were renamed under the names that they had."""
        there = {name: path.as_posix() for name, path in paths.items() if path.as_posix() in self._files}
        new = {name: readings[name].document.text for name in paths if name not in there}
        there |= self._names_before(new)
        texts = self._texts(there.values())
        return {name: texts[path] for name, path in there.items()}

    def decides_anew(self, path: Path, name: str, *others: str) -> bool:
        """Whether what decides about the file of a name, which lies or lay at a path, has changed, or may have."""
        key = (path.parent, (*self._deciding[name], *map(Path, others)))
        if key not in self._anew:
            folders = [self.commit.top / folder for folder in path.parents]
            configurations = (folder / one for folder in folders for one in (*_DECIDING, *others))
            deciding = (other.resolve() for other in self._deciding[name])
            self._anew[key] = any(map(self._differs, (*configurations, *deciding)))
        return self._anew[key]

    def read_lost(self) -> Iterator[Reading]:
        """What those files were that are there no more, where files of the run could look at them."""
        folders = {_place(source).parent for source in self._sources.values()}
        top = self.commit.top
        paths = self._lost_paths(lambda path: (top / path).parent in folders or self._asked.judges(top / path))
        for path, data in self._texts(paths).items():
            yield read(data, str(self.commit.top / path))

    def _names_before(self, new: Mapping[str, str]) -> dict[str, str]:
        """The paths that renamed files had: the likest files belong together first, those of one regimen's name before.

        A copy of another file takes no file's place that was renamed.
        """
        if not new:
            return {}
        vanished = {path: _text(data) for path, data in self._texts(self._lost_judged()).items()}
        # Each could be each: of all that the same decides about, one is asked.
        one_before, one_now = dict[Any, str](), dict[Any, str]()
        before = {
            path: one_before.setdefault((self._deciders_before(path), Path(path).parent), path) for path in vanished
        }
        now = {
            name: one_now.setdefault((self._asked.deciders(self._sources[name]), (*self._deciding[name],)), name)
            for name in new
        }
        judged_alike = cache(self._was_judged_alike)
        found = names_before(new, vanished, lambda path, name: judged_alike(before[path], now[name]))
        self._renamed.update(found.values())
        return found

    def _was_judged_alike(self, path: str, name: str) -> bool:
        """Whether what was found at a path of before, which was judged, counted there as it would for a file now."""
        alike = self._deciders_before(path) == self._asked.deciders(self._sources[name])
        return alike and not self.decides_anew(Path(path), name, ".gitignore")

    def _deciders_before(self, path: str) -> Deciders:
        place = self.commit.top / path
        return self._asked.deciders(FileSource(place, str(place)))

    def _lost_judged(self) -> list[str]:
        """The files that are there no more, of those that the run would have judged."""
        return self._lost_paths(lambda path: self._asked.judges(self.commit.top / path))

    def _lost_paths(self, is_asked: Callable[[str], bool]) -> list[str]:
        """The files that are there no more, some of them."""
        top = self.commit.top
        regimens = (path for path in self._files if is_toml(path) and path not in self._renamed)
        return [path for path in regimens if not (top / path).exists() and is_asked(path)]

    def _texts(self, paths: Iterable[str]) -> dict[str, bytes]:
        wanted = list(paths)
        held = self.commit.texts(self._files[path] for path in wanted)
        return {path: held[self._files[path]] for path in wanted}

    def _differs(self, file: Path) -> bool:
        """Whether a file that decides is another one than it was, or may be, since it is not in the repository."""
        if not file.is_relative_to(self.commit.top):
            return True
        path = file.relative_to(self.commit.top).as_posix()
        old = self._texts([path])[path] if path in self._files else None
        now = input_bytes(file) if file.is_file() else None
        if old is None or now is None:
            return old is not now and (file.name != "pyproject.toml" or _own_part(old or now or b"") is not None)
        return old != now and (file.name != "pyproject.toml" or _own_part(old) != _own_part(now))


def _own_part(data: bytes) -> Any:
    """What a pyproject.toml says for this program; the whole where it cannot be read."""
    try:
        return tomllib.loads(data.decode()).get("tool", {}).get("blinplan")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError):
        return data


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")
