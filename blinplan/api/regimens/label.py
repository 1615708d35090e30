"""Which label a regimen follows: the one that it names, or the one that is asked for, or else the project's."""

from pathlib import Path

from blinplan.label.label import FollowedLabel, Label
from blinplan.label.read import DEFAULT, label_named, label_names
from blinplan.refusal import ArgumentRefusal
from blinplan.regimen.find import FileSource, NotFound, find_one
from blinplan.regimen.reading import Reading
from blinplan.regimen.regimen import Regimen
from blinplan.rules.configuration.configurations import Configurations

BY_DEFAULT = FollowedLabel(DEFAULT, "by default")


def followed_label(regimen: Regimen, source: FileSource, asked: str | None, project: Configurations) -> FollowedLabel:
    """The label that a regimen follows, by the closest word.

    Raises
    ------
    Refusal
        When there is no label of the name that is asked for, when the regimen follows another one, or when the
        configuration is not what it should be.
    """
    asked = None if asked is None else label_called(asked).name
    if regimen.label is not None:
        if asked not in {None, regimen.label}:
            message = "{label} is {asked}, and {regimen_name} follows {own}"
            advice = "leave out {label}, or take a regimen that follows it"
            raise ArgumentRefusal(message, advice, asked=asked, regimen_name=regimen.name, own=regimen.label)
        return FollowedLabel(regimen.label, "by the regimen")
    if asked is not None:
        return FollowedLabel(asked, "as asked", is_told=True)
    configuration = project.of(source)
    written = dict(configuration.origins).get("label")
    if written is None:
        return BY_DEFAULT
    return FollowedLabel(configuration.settings.label, f"by {written}", is_told=True)


def label_called(name: str) -> Label:
    """The label of a name; refuses one that there is not, and says which there are."""
    try:
        return label_named(str(name))
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
