"""Which label a regimen follows: the one that it names, or the one that is asked for, or else the project's."""

from dataclasses import dataclass
from pathlib import Path

from blinplan.label.read import DEFAULT, label_named, label_names
from blinplan.refusal import ArgumentRefusal
from blinplan.regimen.find import FileSource, NotFound, find_one
from blinplan.regimen.reading import Reading
from blinplan.regimen.regimen import Regimen
from blinplan.rules.configuration.configurations import Configurations


@dataclass(frozen=True, slots=True)
class FollowedLabel:
    """The name of a label that is followed, and in words who says so."""

    name: str = DEFAULT
    origin: str = "nobody names another"


def followed_label(regimen: Regimen, source: FileSource, asked: str | None, project: Configurations) -> FollowedLabel:
    """The label that a regimen follows, by the closest word.

    Raises
    ------
    Refusal
        When there is no label of the name that is asked for, when the regimen follows another one, or when the
        configuration is not what it should be.
    """
    if asked is not None:
        refuse_unknown_label(asked)
    if regimen.label is not None:
        if asked not in {None, regimen.label}:
            message = "{label} is {asked}, and {regimen_name} follows {own}"
            advice = "leave out {label}, or take a regimen that follows it"
            raise ArgumentRefusal(message, advice, asked=asked, regimen_name=regimen.name, own=regimen.label)
        return FollowedLabel(regimen.label, "the regimen names it")
    if asked is not None:
        return FollowedLabel(asked, "as asked")
    configuration = project.of(source)
    written = dict(configuration.origins).get("label")
    return FollowedLabel() if written is None else FollowedLabel(configuration.settings.label, f"by {written}")


def refuse_unknown_label(name: str) -> None:
    """Refuse the name of a label that there is not, and say which there are."""
    try:
        label_named(name)
    except KeyError:
        message, names = "{label} is {value}, and there is no such label", ", ".join(label_names())
        raise ArgumentRefusal(message, "the labels are {names}", value=repr(name[:40]), names=names) from None


def source_of(named: str, reading: Reading) -> FileSource:
    """Where a file came from, which decides the configuration that holds for it."""
    found = find_one(named)
    if isinstance(found, NotFound) or found.name != reading.document.name:
        path = Path(reading.document.name)
        return FileSource(path if path.is_file() else None, reading.document.name, shipped=not path.is_file())
    return found
