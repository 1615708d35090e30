"""What a search that is guided by coverage calls: the reader of each kind of file, at times the whole program."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.hostile.inputs import KINDS, file_of, sound_input
from tests.hostile.readers import given, own, own_files
from tests.hostile.readers.given import WrongError, in_a_file, is_one_of
from tests.hostile.sound import texts
from tests.hostile.verdict import faults_of

_WHOLE = 20
"""Of so many files that are read, one is given to the whole program."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader, by the kinds of input of which it is one."""

    kinds: tuple[str, ...]
    reads: Callable[[bytes], bool]
    """Reads the bytes of a file, and whether it took them; what it does not take it refuses as it should."""
    begins: Callable[[], Iterator[bytes]] = lambda: iter(())

    def __call__(self, data: bytes) -> None:
        """Read a file, and do more with one that is taken.

        Raises
        ------
        WrongError
            When anything is not as it must be.
        """
        if self.reads(data) and is_one_of(_WHOLE, data):
            whole(self.kinds, data)

    def seeds(self) -> Iterator[bytes]:
        """Sound files to begin with; of what only has a reader, what it begins with."""
        yield from self.begins()
        for kind in self.kinds:
            yield from (text.encode() for text in texts(kind))


def whole(kinds: tuple[str, ...], data: bytes) -> None:
    """Give a file to every command that reads one of its kind.

    Raises
    ------
    WrongError
        When it is answered wrongly.
    """
    for kind in kinds:
        name, commands = KINDS[kind]
        for command in commands:
            run = sound_input(kind, command, "")
            run.files[name] = file_of(kind, data)
            if wrong := faults_of(run):
                raise WrongError(f"{' '.join(command)}: {'; '.join(wrong)}")


TARGETS: dict[str, Target] = {
    "regimen": Target(("regimen",), given.is_file),
    "record": Target(("record",), given.is_record),
    "site": Target(("site",), given.is_file),
    "people": Target(("people",), given.is_people),
    "configuration": Target(("configuration",), partial(in_a_file, "blinplan.toml", given.is_configuration)),
    "baseline": Target(("baseline",), partial(in_a_file, "b.json", given.is_baseline)),
    "ledger": Target(("ledger",), partial(in_a_file, "plan.json", given.is_ledger)),
    "calendar": Target(("calendar", "holidays"), partial(in_a_file, "days.ics", given.is_calendar)),
    "journal": Target(
        ("journal",),
        partial(in_a_file, "out.csv.cells", own.is_journal),
        lambda: iter((own_files.short_journal(),)),
    ),
    "stretch": Target(("stretch",), own.is_stretch, lambda: iter((own_files.stretch(),))),
    "table": Target(("table",), own.is_table),
    "description": Target(("description",), own.is_description),
    "cache": Target(("cache",), own.is_cached),
    "ignored": Target((), partial(in_a_file, ".gitignore", own.is_ignored), own.patterns),
    "arguments": Target((), own.is_command, own.commands),
}
"""Every reader: of files that somebody gives or that the program writes for itself, and of the words of a command."""

READERS = {kind: target.reads for target in TARGETS.values() for kind in target.kinds}
"""The reader of each kind of input that has one."""
