"""Where a finding stands, in words, and what stood there: by this a waiver and a baseline know it again."""

from typing import Any, NamedTuple

from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.place import meaning, normal_place, place_in_words, value_at
from blinplan.rules.rule import Finding


class Place(NamedTuple):
    """A place in words, such as ``cycle "Cycle 1" step 2 dose``, and the value that decides the finding there.

    The value is what the file has at the place, or what the rule says that it goes by, such as the days of infusion.
    """

    at: str
    value: Any

    @property
    def meaning(self) -> tuple[str, str]:
        """The place and what its value means, which is the same in every notation."""
        return self.at, meaning(self.at, self.value)


def place_of(finding: Finding, document: Document) -> Place:
    """Say where a finding stands, and what stands there."""
    at = place_in_words(finding.path, document.values)
    return Place(at, value_at(finding.path, document.values) if finding.value is None else finding.value)


def place_as_written(at: str, value: Any) -> Place:
    """A place as somebody wrote it, with the unit of its key where its value is a bare number.

    Raises
    ------
    PlaceError
        When it is no place.
    """
    return Place(normal_place(at), meaning(" ".join(at.replace(",", " ").split()), value))
