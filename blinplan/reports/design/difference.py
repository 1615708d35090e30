"""How regimens differ: in words for people, as Markdown for a pull request, as a document for programs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from blinplan.design.difference.change import RegimenChange
from blinplan.design.difference.difference import RegimenDifference
from blinplan.design.difference.files import FileDifference
from blinplan.design.difference.totals import Total
from blinplan.outside_text import markdown_text, visible
from blinplan.regimen.regimen import Regimen
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.words import exact_amount, unverified_lines
from blinplan.terminal import indent

DIFFERENCE = DocumentKind("difference")
SAME = "Patients get the same."
ONLY_IN_FILE = "Only the file says otherwise"


def difference_report(files: Iterable[FileDifference]) -> list[RenderableType]:
    """Draw what is otherwise, file by file; nothing where nothing is."""
    parts: list[RenderableType] = []
    for file in files:
        found = list(_file_parts(file))
        if found:
            parts += [*([""] if parts else []), *found]
    return parts


def _file_parts(file: FileDifference) -> Iterator[RenderableType]:
    if file.difference is not None and file.difference.is_none_at_all and not file.is_renamed:
        return
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


def difference_parts(found: RegimenDifference) -> Iterator[RenderableType]:
    """Draw how two regimens differ."""
    if found.is_none:
        yield indent(SAME, "pass")
    for change in (*found.for_patients, *found.consequences):
        yield indent(visible(change.words))
    if found.in_file:
        yield indent(f"{ONLY_IN_FILE}:", "quiet")
        yield from (indent(indent(visible(change.words), "quiet")) for change in found.in_file)


def difference_markdown(files: Sequence[FileDifference]) -> str:
    """Write the same as Markdown: what the change gives patients, and below what only the file says."""
    lines = ["## What the change gives patients", ""]
    told = [file for file in files if not (file.difference and file.difference.is_none_at_all and not file.is_renamed)]
    if not told:
        return "\n".join([*lines, "Patients get the same, and the files say the same.", ""])
    for file in told:
        lines += [f"### {markdown_text(heading(file))}", "", *_markdown_of(file), ""]
    return "\n".join(lines)


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
    if file.difference.in_file:
        yield from ("", f"<details><summary>{ONLY_IN_FILE}</summary>", "")
        yield from (f"- {markdown_text(change.words)}" for change in file.difference.in_file)
        yield from ("", "</details>")


def _bold(change: RegimenChange) -> str:
    place = markdown_text(change.place)
    return f"**{place}**{markdown_text(change.words).removeprefix(place)}"


def difference_json(files: Iterable[FileDifference], status: int) -> dict[str, Any]:
    """Write the same as a document; amounts are exact."""
    return {**DIFFERENCE.head(), "status": status, "files": [_file_json(file) for file in files]}


def _file_json(file: FileDifference) -> dict[str, Any]:
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
    }


def change_json(change: RegimenChange) -> dict[str, Any]:
    """Write one difference as data."""
    return {
        "subject": change.subject.value,
        "place": change.place,
        "before": change.before,
        "after": change.after,
        "unit": change.unit,
        "note": change.note,
        "cycles": list(change.cycles),
        "words": change.words,
    }


def _total_json(total: Total) -> dict[str, Any]:
    return {
        "mcg": exact_amount(total.micrograms),
        "infusion_minutes": total.infusion,
        "minutes": total.minutes,
        "cycle_starts_minutes": list(total.starts),
    }
