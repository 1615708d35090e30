"""What is laid side by side: two regimens, or all regimens of two folders; as they are, or as they were in git."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from blinplan.api.regimens.meant import name_in
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.regimen import library
from blinplan.regimen.find import STANDARD_INPUT, FileSource, NotFound, find, find_one, is_toml
from blinplan.regimen.reading import Content
from blinplan.regimen.regimen import Regimen
from blinplan.repository.revision import Commit, commit_named, is_shallow
from blinplan.repository.root import top_level
from blinplan.rules.changes.moved import Asked
from blinplan.rules.configuration.configurations import Configurations

HEAD = "HEAD"
_TWO = (
    "name two regimens, a file as it was and as it is (`HEAD~1:regimens/ward.toml regimens/ward.toml`), or a revision"
    " for all files below this folder"
)
_WHAT = "name a file, a folder, a shipped regimen (`blinplan regimens`), or what git has, as HEAD~1:regimens/ward.toml"


class OneFile(NamedTuple):
    """One regimen, to be read when it is wanted, and what to call it."""

    name: str
    content: Content


class FileTree(NamedTuple):
    """The files of a folder that may be regimens, by their paths from it, and what to call it."""

    name: str
    files: Mapping[str, bytes]


class _PathInGit(NamedTuple):
    """A path in a repository, from its top: "" for all of it."""

    top: Path
    path: str


Side = OneFile | FileTree
SideSource = str | Path | Regimen


def sides_of(first: SideSource, second: SideSource | None, configurations: Configurations) -> tuple[Side, Side]:
    """Find what is to be laid side by side.

    Raises
    ------
    Refusal
        When one of them is not there, or one is a file and the other a folder.
    """
    with _git_refusals():
        found = _alone(first, configurations) if second is None else _two(first, second, configurations)
    if isinstance(found[0], OneFile) is not isinstance(found[1], OneFile):
        single, several = sorted(found, key=lambda side: isinstance(side, FileTree))
        raise Refusal(f"{single.name} is one regimen, and {several.name} a folder", "name two files, or two folders")
    return found


@contextmanager
def _git_refusals() -> Iterator[None]:
    """Refuse in words of this command what git cannot do."""
    try:
        yield
    except ArgumentRefusal as error:
        raise Refusal(*error.texts(lambda argument: "diff" if argument == "since" else argument)) from error


def _alone(first: SideSource, configurations: Configurations) -> tuple[Side, Side]:
    """One name: a revision, or a path of one, beside what is there now; or a path beside what it was last."""
    if isinstance(first, Regimen) or (_now(first) and not Path(first).exists()):
        raise Refusal(f"{first if isinstance(first, str) else 'one regimen'} stands alone", _TWO)
    if Path(first).exists():
        if top_level(Path(first).resolve().parent) is None:
            raise Refusal(f"{first} stands alone, and in no git repository that tells what it was", _TWO)
        return _at(HEAD, Path(first), configurations), _present(str(first), configurations)
    revision, colon, written = str(first).partition(":")
    if not colon:
        here = Path.cwd()
        return _at(revision, here, configurations), _present(".", configurations)
    place = _place(revision, written, None)
    return _past(revision, place, configurations), _present(_from_here(place.top / place.path), configurations)


def _two(first: SideSource, second: SideSource, configurations: Configurations) -> tuple[Side, Side]:
    sides = [_side_named(source, other, configurations) for source, other in ((first, second), (second, first))]
    return sides[0], sides[1]


def _side_named(source: SideSource, other: SideSource, configurations: Configurations) -> Side:
    """What a name stands for; a revision alone for what it has at the place of the other."""
    if isinstance(source, Regimen):
        from blinplan.regimen.build import file_of

        file = file_of(source)
        return OneFile(source.name, Content.of(file))
    if _now(source):
        return _present(str(source), configurations)
    revision, colon, written = str(source).partition(":")
    beside = Path(other) if isinstance(other, str | Path) and Path(other).exists() else None
    if colon:
        return _past(revision, _place(revision, written, beside), configurations)
    return _at(revision, beside or Path.cwd(), configurations)


def _now(source: str | Path) -> bool:
    """Whether a name is of something that is there now: a path, standard input, a shipped regimen."""
    named = name_in(source)
    return named == STANDARD_INPUT or Path(named).exists() or named in library.paths()


def _present(named: str, configurations: Configurations) -> Side:
    """A file or folder as it is."""
    if not (named != STANDARD_INPUT and Path(named).is_dir()):
        return OneFile(named, _content_of(find_one(named)))
    found = find(named, exclusions=configurations.exclusions(named))
    if isinstance(found, NotFound):
        if not found.empty:
            raise found.refusal
        return FileTree(named, {})
    folder = Path(named)
    kept = (source for source in found if source.left_out is None and source.path is not None)
    files = {source.path: source for source in kept if source.path is not None}
    return FileTree(named, {path.relative_to(folder).as_posix(): _bytes_of(one) for path, one in files.items()})


def _content_of(source: FileSource | NotFound) -> Content:
    content = source if isinstance(source, NotFound) else source.content()
    if isinstance(content, NotFound):
        raise content.refusal
    return content


def _bytes_of(source: FileSource) -> bytes:
    return _content_of(source).data


def _at(revision: str, path: Path, configurations: Configurations) -> Side:
    """What was at a path of now, at a revision."""
    there = path.resolve()
    top = top_level(there if there.is_dir() else there.parent)
    if top is None:
        raise _unknown(revision, Path.cwd())
    return _past(revision, _PathInGit(top, _within(top, there)), configurations)


def _within(top: Path, path: Path) -> str:
    written = path.relative_to(top).as_posix()
    return "" if written == "." else written


def _past(revision: str, place: _PathInGit, configurations: Configurations) -> Side:
    """A file or a folder as it was."""
    commit = _commit(revision, place.top)
    files, name = commit.files(), f"{revision}:{place.path}"
    if place.path in files:
        data = commit.texts([files[place.path]])[files[place.path]]
        return OneFile(name, Content(data, name))
    before = f"{place.path}/" if place.path else ""
    folder = place.top / place.path
    asked = Asked([str(folder)], configurations)
    paths = {path.removeprefix(before): path for path in files if path.startswith(before) and is_toml(path)}
    if before and not paths and not folder.is_dir():
        raise Refusal(f"{revision} has no {place.path} in {place.top}", "name a path from the top of the repository")
    kept = {short: path for short, path in paths.items() if not folder.is_dir() or asked.judges(place.top / path)}
    texts = commit.texts(files[path] for path in kept.values())
    return FileTree(name.removesuffix(":"), {short: texts[files[path]] for short, path in kept.items()})


def _commit(revision: str, top: Path) -> Commit:
    found = commit_named(top, revision)
    if found is None:
        raise _unknown(revision, top, shallow=is_shallow(top))
    return found


def _place(revision: str, written: str, beside: Path | None) -> _PathInGit:
    """Where a path that stands behind a revision is: from the top as in git, or from the current folder.

    The repository is that of the current folder, or else that of what it is laid beside, or of the path itself.
    """
    path, here = Path(written), Path.cwd().resolve()
    absolute = [path.parent.resolve()] if path.is_absolute() else []
    folders = [*absolute, here, *([] if beside is None else [beside.resolve().parent])]
    tops = dict.fromkeys(top for top in map(top_level, folders) if top is not None)
    places = [_PathInGit(top, one) for top in tops for one in _paths(written, top, here)]
    for place in places:
        commit = commit_named(place.top, revision)
        if commit is not None and any(file == place.path or _is_in(file, place.path) for file in commit.files()):
            return place
    if not places:
        raise _unknown(f"{revision}:{written}", here)
    _commit(revision, places[0].top)
    raise Refusal(
        f"{revision} has no {written or 'files'} in {places[0].top}",
        "name a path from the top of the repository, or from this folder with ./ before it",
    )


def _is_in(file: str, folder: str) -> bool:
    return not folder or file.startswith(f"{folder}/")


def _paths(written: str, top: Path, here: Path) -> Iterator[str]:
    """The paths from the top of a repository that a written one can be."""
    path = Path(written)
    from_here = (path if path.is_absolute() else here / path).parent.resolve() / path.name
    if not path.is_absolute() and path.parts[:1] != ("..",) and not written.startswith("./"):
        yield path.as_posix() if written else ""
    if from_here.is_relative_to(top):
        yield _within(top, from_here)


def _from_here(path: Path) -> str:
    """A path as it is named from the current folder."""
    here = Path.cwd().resolve()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def _unknown(name: str, where: Path, *, shallow: bool = False) -> Refusal:
    if shallow:
        return Refusal(
            f"{name}: there is no such revision in {where}, a shallow clone",
            "fetch the history first: `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` for GitLab, else"
            " `git fetch --unshallow`",
        )
    message = f"{name[:200]}: no such file, folder, shipped regimen or revision in {where}"
    return Refusal(message, f"{_suggestion(name)}{_WHAT}")


def _suggestion(name: str) -> str:
    """What a name may have been meant for: a file without its ending, or a shipped name that is written like it."""
    if len(name) >= 200:
        return ""
    if Path(f"{name}.toml").is_file():
        return f"{name}.toml is there; "
    nearest = library.nearest(Path(name).stem)
    return f"the nearest shipped name is {nearest}; " if nearest else ""


def file_named(source: SideSource, configurations: Configurations) -> OneFile:
    """The one regimen that a name stands for, as it is or as git had it.

    Raises
    ------
    Refusal
        When there is none, or it is a folder.
    """
    with _git_refusals():
        side = _side_named(source, source, configurations)
    if isinstance(side, FileTree):
        raise Refusal(f"{side.name} is a folder, and one regimen is needed", "name a file")
    return side
