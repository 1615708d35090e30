"""What blinplan needs, and under which licence; `python -m tests.ecosystem.dependencies` writes the page anew.

Licences are those that the installed distributions state of themselves.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.program import ROOT

PAGE = ROOT / "man" / "dependencies.md"
_HEAD = """\
# What it needs

Made by `python -m tests.ecosystem.dependencies`. The versions are those that `pyproject.toml` allows, the licences
those that the distributions state of themselves; what they bring stands below. blinplan is under the MIT licence.

"""
_NOT_SHIPPED = "test"
_MIT = "Permission is hereby granted, free of charge"


class Needed(NamedTuple):
    """A distribution, the versions that are allowed, and for what it is needed."""

    name: str
    versions: str
    extra: str


def needed() -> list[Needed]:
    """What the program and its extras need, as pyproject.toml has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {"": project["dependencies"], **project["optional-dependencies"]}
    return [
        Needed(canonicalize_name(one.name), str(one.specifier), extra)
        for extra, named in extras.items()
        if extra != _NOT_SHIPPED
        for one in map(Requirement, named)
    ]


def brought() -> list[str]:
    """What those bring that are installed, and what these bring."""
    direct = [one.name for one in needed()]
    left, seen = list(direct), set[str]()
    while left:
        name = left.pop()
        if name not in seen and is_installed(name):
            seen.add(name)
            left += _needs_of(name)
    return sorted(seen - set(direct))


def _needs_of(name: str) -> Iterator[str]:
    for one in map(Requirement, metadata.requires(name) or ()):
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            yield canonicalize_name(one.name)


def is_installed(name: str) -> bool:
    """Whether it is here."""
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def licence(name: str) -> str:
    """What a distribution says of its licence: an expression, else classifiers, else the first line of its text."""
    about = dict(metadata.metadata(name).json)
    classifiers = [line.split(" :: ")[-1] for line in about.get("classifier", ()) if line.startswith("License ::")]
    stated = str(about.get("license_expression", "")) or ", ".join(one for one in classifiers if one != "OSI Approved")
    text = str(about.get("license", "")).strip()
    return stated or ("MIT" if _MIT in text else text.partition("\n")[0])


def listed() -> Mapping[str, str]:
    """The licence of each distribution that the page has."""
    rows = re.findall(r"^\| ([\w.-]+) \|(?:.*\|)? ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: stated for name, stated in rows if stated != "licence"}


def page() -> str:
    """The page."""
    direct = [
        f"| {one.name} | {one.versions.replace('|', ' ')} | {one.extra or 'always'} | {licence(one.name)} |"
        for one in needed()
    ]
    others = [f"| {name} | {licence(name)} |" for name in brought()]
    head = ["| distribution | versions | needed | licence |", "|---|---|---|---|"]
    below = ["", "What these bring:", "", "| distribution | licence |", "|---|---|"]
    return _HEAD + "\n".join([*head, *direct, *below, *others]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
