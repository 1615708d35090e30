"""How regimens differ: in words for people, as Markdown for a pull request, as a document for programs."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.design.difference.change import RegimenChange
from blinplan.design.difference.files import FileDifference
from blinplan.design.difference.totals import Total
from blinplan.drawing.draw import indent
from blinplan.outside_text import markdown_text, visible
from blinplan.regimen.regimen import Regimen
from blinplan.reports.design.consequences import (
    FileConsequences,
    consequence_json,
    consequence_markdown,
    consequence_parts,
    reading_markdown,
    reading_parts,
)
from blinplan.reports.design.words import ONLY_IN_FILE, SAME, change_json, difference_parts
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.words import exact_amount, unverified_lines
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

DIFFERENCE = DocumentKind("difference")


def difference_report(
    files: Sequence[FileDifference], screen: Screen, consequences: Sequence[FileConsequences] = ()
) -> "list[RenderableType]":
    """Draw what is otherwise, file by file, and what that does where it was asked; nothing where nothing is."""
    parts: list[RenderableType] = []
    for file, found in zip_longest(files, consequences):
        if not file.is_nothing:
            parts += [*([""] if parts else []), *_file_parts(file)]
            parts += [] if found is None else [*consequence_parts(found, screen)]
    return [*parts, *reading_parts(consequences)]


def _file_parts(file: FileDifference) -> "Iterator[RenderableType]":
    yield Text(visible(heading(file)), "title")
    for faulty in file.unreadable:
        yield indent(f"{visible(faulty.document.name)} is not a regimen; `blinplan check` says why", "error")
    yield from (indent(line) for line in one_sided_lines(file))
    if file.difference is not None:
        yield from difference_parts(file.difference)


def heading(file: FileDifference) -> str:
    """The names of a file on both sides."""
    if file.before == file.after or file.before is None or file.after is None:
        return f"{file.after or file.before}"
    return f"{file.before} → {file.after}"


def one_sided_lines(file: FileDifference) -> Iterator[str]:
    """Say of a regimen that it was added or is no more, and what it is."""
    first, second = file.regimens
    if file.before is None and second is not None:
        yield from _lines_of_one("added", second)
    if file.after is None and first is not None:
        yield from _lines_of_one("removed", first)


def _lines_of_one(what: str, regimen: Regimen) -> Iterator[str]:
    from blinplan.design.difference.cycles import laid_cycles  # most files are on both sides

    yield f"Regimen {what}: {visible(regimen.title)}; for patients of {regimen.eligibility}"
    for cycle in laid_cycles(regimen):
        yield f"Cycle {cycle.number}: {cycle}"
    yield from unverified_lines(regimen)


def difference_markdown(files: Sequence[FileDifference], consequences: Sequence[FileConsequences] = ()) -> str:
    """Write the same as Markdown: what the change gives patients, what that does, and what only the file says."""
    lines = ["## What the change gives patients", ""]
    if all(file.is_nothing for file in files):
        return "\n".join([*lines, "Patients get the same, and the files say the same.", ""])
    for file, found in zip_longest(files, consequences):
        if not file.is_nothing:
            lines += [f"### {markdown_text(heading(file))}", "", *_markdown_of(file)]
            lines += [] if found is None else [*consequence_markdown(found)]
            lines += [*_only_in_file(file), ""]
    return "\n".join([*lines, *reading_markdown(consequences)])


def _markdown_of(file: FileDifference) -> Iterator[str]:
    for faulty in file.unreadable:
        yield f"- **{markdown_text(faulty.document.name)} is not a regimen**: `blinplan check` says why"
    yield from (f"- {markdown_text(line)}" for line in one_sided_lines(file))
    if file.difference is None:
        return
    if file.difference.is_none:
        yield SAME
    yield from (f"- {_bold(change)}" for change in file.difference.for_patients)
    yield from (f"- {markdown_text(change.words)}" for change in file.difference.consequences)


def _only_in_file(file: FileDifference) -> Iterator[str]:
    """What only the file says, folded."""
    if file.difference is not None and file.difference.in_file:
        yield from ("", f"<details><summary>{ONLY_IN_FILE}</summary>", "")
        yield from (f"- {markdown_text(change.words)}" for change in file.difference.in_file)
        yield from ("", "</details>")


def _bold(change: RegimenChange) -> str:
    place = markdown_text(change.place)
    return f"**{place}**{markdown_text(change.words).removeprefix(place)}"


def difference_json(
    files: Sequence[FileDifference], status: int, consequences: Sequence[FileConsequences] = ()
) -> dict[str, Any]:
    """Write the same as a document; amounts are exact."""
    each = [_file_json(*pair) for pair in zip_longest(files, consequences)]
    return {**DIFFERENCE.head(), "status": status, "files": each}


def _file_json(file: FileDifference, then: FileConsequences | None) -> dict[str, Any]:
    found = file.difference
    return {
        "before": file.before,
        "after": file.after,
        "renamed": file.is_renamed,
        "for_patients": file.is_for_patients,
        "unreadable": [faulty.document.name for faulty in file.unreadable],
        "regimens": [None if one is None else one.name for one in file.regimens],
        "changes": [] if found is None else [change_json(change) for change in found.for_patients],
        "in_file": [] if found is None else [change_json(change) for change in found.in_file],
        "consequences": [] if found is None else [change_json(change) for change in found.consequences],
        "square_metres": None if found is None else exact_amount(found.square_metres),
        "totals": None if found is None else [_total_json(total) for total in found.totals],
        "compared": None if then is None else consequence_json(then),
    }


def _total_json(total: Total) -> dict[str, Any]:
    return {
        "mcg": exact_amount(total.micrograms),
        "infusion_minutes": total.infusion,
        "minutes": total.minutes,
        "cycle_starts_minutes": list(total.starts),
    }
