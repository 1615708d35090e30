"""What a configuration sets for some of its files, named by patterns of their paths."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from blinplan.rules.configuration.settings import (
    ChangedLimit,
    FailOnSetting,
    Pattern,
    Policies,
    Settings,
    Severities,
)

_NONE = Policies()


class FilePattern(NamedTuple):
    """A pattern of paths as it is written, the folder that it counts from, and where the user wrote it."""

    text: str
    folder: Path
    origin: str

    def seen_from(self, folder: Path) -> "FilePattern":
        """The same, counted from a folder that takes it over, where that does not lie in its own."""
        return self if self.folder in (folder, *folder.parents) else self._replace(folder=folder)

    def matches(self, file: Path) -> bool:
        """Whether it means a file: by its path from the folder, by its name, or by a folder that the file lies in."""
        try:
            relative = file.relative_to(self.folder).as_posix()
        except ValueError:  # a file elsewhere, judged by this configuration because it was named
            return False
        text = self.text.removeprefix("./").removeprefix("/")
        within = f"{text.rstrip('/')}/*"
        texts = (text, within, text.removeprefix("**/"), within.removeprefix("**/"))
        return fnmatchcase(file.name, text) or any(fnmatchcase(relative, one) for one in texts)


class PerFile(NamedTuple):
    """What is set for the files that a pattern means. It goes before what holds for all, and later ones before it."""

    pattern: FilePattern
    ignore: tuple[Pattern, ...] = ()
    extend_select: tuple[Pattern, ...] = ()
    severities: tuple[Severities, ...] = ()
    changes: tuple[ChangedLimit, ...] = ()
    strict: bool | None = None
    fail_on: FailOnSetting | None = None
    policies: Policies = _NONE

    def over(self, settings: Settings) -> Settings:
        """The settings with these before them."""
        return settings._replace(
            ignore=(*settings.ignore, *self.ignore),
            extend_select=(*settings.extend_select, *self.extend_select),
            severities=(*settings.severities, *self.severities),
            changes=(*settings.changes, *self.changes),
            strict=settings.strict if self.strict is None else self.strict,
            fail_on=self.fail_on or settings.fail_on,
            policies=self.policies.over(settings.policies),
        )
