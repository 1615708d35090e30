"""``blinplan check --fix`` and ``--diff``."""

import difflib
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from blinplan.exit_status import ExitStatus, stop
from blinplan.outside_text import visible
from blinplan.refusal import Refusal
from blinplan.regimen.find import NotFound
from blinplan.rules.fix import Fixed, UnsafeFixError, fix
from blinplan.terminal import Terminal
from blinplan.writing import replace_file

if TYPE_CHECKING:
    from blinplan.cli.check.run import File


def fix_files(files: Sequence["File"], today: date, terminal: Terminal, *, quiet: bool) -> "tuple[File, ...]":
    """Put right how the files are written; they are then judged as they stand.

    Raises
    ------
    Refusal
        For standard input, which cannot be written to, or when a file cannot be.
    """
    fixed = [_fixed(file, today, terminal) for file in files]
    for file, new in zip(files, fixed, strict=True):
        if new.applied and file.source.path is None:
            raise Refusal("--fix cannot write to standard input", "--diff shows what it would change")
    applied = Counter[str]()
    changed = 0
    for file, new in zip(files, fixed, strict=True):
        if new.applied and file.source.path is not None:
            replace_file(file.source.path.resolve(), new.reading.document.text)
            applied.update(finding.code for finding in new.applied)
            changed += 1
    if not quiet:
        terminal.say(f"fixed: {_counted(applied, changed)}", "pass" if changed else "")
    return tuple(file._replace(reading=new.reading) for file, new in zip(files, fixed, strict=True))


def show_diff(files: Sequence["File"], missing: Sequence[NotFound], today: date, terminal: Terminal) -> NoReturn:
    """Show what `fix_files` would change, as a unified diff, and end with 1 where that is something."""
    applied = Counter[str]()
    changed = 0
    for file in files:
        new = _fixed(file, today, terminal)
        if new.applied:
            terminal.write(
                "".join(_diff(file.reading.document.name, file.reading.document.text, new.reading.document.text))
            )
            applied.update(finding.code for finding in new.applied)
            changed += 1
    for error in missing:
        terminal.complain(Refusal(error.message, error.help))
    status = ExitStatus.INCOMPLETE if missing else ExitStatus.FINDINGS if changed else ExitStatus.SUCCESS
    terminal.say(f"exit {int(status)}: would fix: {_counted(applied, changed)}")
    stop(status)


def _fixed(file: "File", today: date, terminal: Terminal) -> Fixed:
    # A shipped regimen belongs to the program, and an update would undo what was written into it.
    if file.source.shipped:
        return Fixed(file.reading, ())
    try:
        return fix(file.reading, today, file.settings)
    except UnsafeFixError as error:
        terminal.complain(Refusal(f"not fixed: {error}", "correct the file by hand, and please report it"))
        return Fixed(file.reading, ())


def _diff(name: str, old: str, new: str) -> list[str]:
    shown = visible(name)
    lines = difflib.unified_diff(_lines(old), _lines(new), f"a/{shown}", f"b/{shown}")
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]


def _lines(text: str) -> list[str]:
    """Cut at newlines only, as ``patch`` does; `str.splitlines` cuts at other characters too."""
    return [part for part in text.replace("\n", "\n\0").split("\0") if part]


def _counted(applied: Counter[str], files: int) -> str:
    if not applied:
        return "nothing"
    codes = ", ".join(f"{code} ({count})" for code, count in sorted(applied.items()))
    return f"{codes} in {files} file{'s' * (files != 1)}"
