"""Which files were renamed, by what they hold."""

from collections.abc import Callable, Iterator, Mapping

_ALIKE = 0.5
"""The share of its lines that a file which was renamed has kept at least; as in git."""

_Likeness = tuple[bool, float]
"""Whether two files name their regimen alike, and the share of lines that they have in common."""


def names_before(
    new: Mapping[str, str], vanished: Mapping[str, str], may_be: Callable[[str, str], bool] = lambda before, now: True
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
    lines_before = {name: set(text.split("\n")) for name, text in vanished.items()}
    found = dict[str, str]()
    for _, name, before in sorted(_pairs(new, lines_before, may_be), reverse=True):
        if name not in found and before not in found.values():
            found[name] = before
    return found


def _pairs(
    new: Mapping[str, str], vanished: Mapping[str, set[str]], may_be: Callable[[str, str], bool]
) -> Iterator[tuple[_Likeness, str, str]]:
    """Files that are new and those that are no more, where they are alike."""
    for name, text in new.items():
        lines = set(text.split("\n"))
        named = {line for line in lines if line.startswith("name")}
        for before, old in vanished.items():
            likeness = len(lines & old) / max(len(lines), len(old))
            if likeness >= _ALIKE and may_be(before, name):
                yield (not named.isdisjoint(old), likeness), name, before
