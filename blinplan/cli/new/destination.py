"""Where ``blinplan new`` writes."""

from pathlib import Path
from typing import NamedTuple

from blinplan.api.regimens.meant import stands_for_regimens
from blinplan.api.vocabulary import OF_SCAFFOLDS
from blinplan.refusal import Refusal


class Destination(NamedTuple):
    """Where the file goes: what ``-o`` names, and whether a file that is there is replaced."""

    named: str | None
    force: bool

    def path(self, name: str) -> Path | None:
        """The file to write; None for standard output.

        Raises
        ------
        Refusal
            When something is there that must not be replaced, or the name is that of a shipped regimen, or the word
            for another file.
        """
        if stands_for_regimens(name):
            raise Refusal(
                f"{name} is the name of a shipped regimen",
                "choose another name, so that nobody takes one for the other",
            )
        if name in OF_SCAFFOLDS:
            raise Refusal(
                f"`blinplan new {name} FILE` makes another file, so no regimen is called {name} here",
                f"choose another name; `blinplan new {name} --help` says what that file is",
            )
        if self.named is None and name.endswith(".toml"):
            raise Refusal(
                f"{name} would be written to {name}.toml",
                f"name it {name.removesuffix('.toml')}: the file gets the ending by itself",
            )
        if self.named == "-":
            return None
        path = Path(self.named or f"{name}.toml")
        if path.is_dir():
            raise Refusal(f"{path} is a folder", f"name a file in it: {path / f'{name}.toml'}")
        if not path.parent.is_dir():
            raise Refusal(f"there is no folder {path.parent}", "make it first, or choose another place with -o")
        if path.exists() and not self.force:
            raise Refusal(f"{path} is there already", "choose another name or -o FILE, or replace it with --force")
        return path
