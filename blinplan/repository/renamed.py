"""Which files were renamed, by what they hold."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from heapq import nlargest

_ALIKE = 0.5
"""The share of its lines that a file which was renamed has kept at least; as in git."""
_LIKEST = 50
"""How many a file may have been, of those that are there no more: each could be each where all are much alike."""

_Lines = Mapping[str, frozenset[str]]
"""The lines of files, by their names."""
_MayBe = Callable[[str, str], bool]
"""Whether what was under a name before can be what is under another now."""


def names_before(
    new: Mapping[str, str], vanished: Mapping[str, str], may_be: _MayBe = lambda before, now: True
) -> dict[str, str]:
    """The names that files had which are new, of those that are there no more.

    The likest files belong together first, those of one regimen's name before all. A copy of another file takes no
    file's place that was renamed.

    Parameters
    ----------
    new, vanished
        Texts by their names.
    may_be
        Whether what was under a name before can be what is under another now.
    """
    now, before = _lines(new), _lines(vanished)
    found = dict[str, str]()
    called = _by_regimen(vanished)
    _add_likest(found, {name: called.get(_regimen(text), []) for name, text in new.items()}, now, before, may_be)
    taken = set(found.values())
    rest = [name for name in before if name not in taken]
    _add_likest(found, {name: rest for name in now if name not in found}, now, before, may_be)
    return found


def _lines(texts: Mapping[str, str]) -> _Lines:
    return {name: frozenset(text.split("\n")) for name, text in texts.items()}


def _by_regimen(texts: Mapping[str, str]) -> Mapping[str | None, list[str]]:
    """The files that have a regimen's name, by the line that says it."""
    called = defaultdict[str | None, list[str]](list)
    for name, text in texts.items():
        if (regimen := _regimen(text)) is not None:
            called[regimen].append(name)
    return called


def _regimen(text: str) -> str | None:
    """The line that has a regimen's name: it stands before all tables, and so before those that have names too."""
    return next((line for line in text.split("\n") if line.startswith("name")), None)


def _add_likest(
    found: dict[str, str], could_be: Mapping[str, Iterable[str]], now: _Lines, before: _Lines, may_be: _MayBe
) -> None:
    """Add what files were, of what each could be: the likest first."""
    alike = [
        (likeness, name, old)
        for name, olds in could_be.items()
        for likeness, old in nlargest(_LIKEST, _alike(name, olds, now, before, may_be))
    ]
    taken = set(found.values())
    for _, name, old in sorted(alike, reverse=True):
        if name not in found and old not in taken:
            found[name] = old
            taken.add(old)


def _alike(name: str, olds: Iterable[str], now: _Lines, before: _Lines, may_be: _MayBe) -> Iterable[tuple[float, str]]:
    """The files that one may have been, each with the share of lines that they have in common."""
    lines = now[name]
    for old in olds:
        of_old = before[old]
        fewer, more = sorted((len(lines), len(of_old)))
        if fewer >= _ALIKE * more and (likeness := len(lines & of_old) / more) >= _ALIKE and may_be(old, name):
            yield likeness, old
