"""``blinplan new``: a regimen file of one's own, from options or by asking."""

import re
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from blinplan.api.load import read_regimen, refuse_what_cannot_be_given
from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, plain_number, terminal_of
from blinplan.quantities import Basis, QuantityError
from blinplan.refusal import Refusal
from blinplan.regimen.regimen import Indication, Status
from blinplan.terminal import Colour, Terminal
from blinplan.writing import replace_file

if TYPE_CHECKING:
    from blinplan.regimen.draft import Draft, Order
    from blinplan.regimen.reading import Reading

Value = TypeVar("Value")
_COURSE, _PATIENTS, _FILE = "Course", "Patients and safety", "File"
NONE = "none"


def new(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A short name in small letters, digits, hyphens and dots.")
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="One line that says what the regimen is.")] = None,
    indication: Annotated[Indication | None, typer.Option(help="What the regimen treats.")] = None,
    original: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="REGIMEN",
            autocompletion=completion.one_regimen,
            help="Start from a shipped regimen or a file; the other options say what is to be different."
            " Its comments and waivers are not copied.",
        ),
    ] = None,
    basis: Annotated[
        Basis | None,
        typer.Option(help="Doses in mcg/day, or by body surface area; else the steps say.", rich_help_panel=_COURSE),
    ] = None,
    step: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STEP",
            help='A step of cycle 1: "9 mcg/day x 7" (days), "5 mcg/m2/day x 7 max 9 mcg/day". Repeat for the next.',
            rich_help_panel=_COURSE,
        ),
    ] = None,
    later_step: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STEP",
            help="A step of every later cycle; as in cycle 1 where that has one step only.",
            rich_help_panel=_COURSE,
        ),
    ] = None,
    cycles: Annotated[
        int | None, typer.Option(min=1, max=20, help="How many cycles in all.", rich_help_panel=_COURSE)
    ] = None,
    free_days: Annotated[
        int | None,
        typer.Option(min=0, max=366, help="Treatment-free days after each cycle.", rich_help_panel=_COURSE),
    ] = None,
    min_weight: Annotated[
        str | None,
        typer.Option(metavar="KG", help="Lowest body weight, itself included, or none.", rich_help_panel=_PATIENTS),
    ] = None,
    below_weight: Annotated[
        str | None,
        typer.Option(metavar="KG", help="Body weight that patients are below, or none.", rich_help_panel=_PATIENTS),
    ] = None,
    premedication: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help='"dexamethasone 20 mg before cycle-start, escalation, restart", or none.',
            rich_help_panel=_PATIENTS,
        ),
    ] = None,
    hospital_days: Annotated[
        str | None,
        typer.Option(
            metavar="DAYS",
            help="Days in hospital at the start of cycle 1, cycle 2 and so on, as 9,2; or none.",
            rich_help_panel=_PATIENTS,
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="The protocol, publication or label section that gives the doses.",
            rich_help_panel=_FILE,
        ),
    ] = None,
    source_status: Annotated[
        Status | None,
        typer.Option(help="How far the doses were compared with the source; unverified else.", rich_help_panel=_FILE),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write it; NAME.toml when not given, - for standard output.",
            rich_help_panel=_FILE,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there.", rich_help_panel=_FILE)
    ] = False,
    colour: ColourOption = Colour.AUTO,
) -> None:
    """Write a regimen file of your own: asked step by step at a terminal, or from the options.

    Example: [bold]blinplan new trial-1 --title "Two steps" --indication investigational --step "9 mcg/day x 7" --step
    "28 mcg/day x 21" --later-step "28 mcg/day x 28" --cycles 2 --free-days 14[/bold]

    Another: [bold]blinplan new ward-rr --from rr-adult --hospital-days 14,3[/bold]
    """
    terminal = terminal_of(context)
    from blinplan.regimen.draft import Order, read_premedication, read_step

    if source_status is not None and source is None:
        raise Refusal("--source-status is given without --source", "give --source, which it is the status of")
    for option, text in (("NAME", name), ("--title", title), ("--source", source), ("--premedication", premedication)):
        if text is not None and not text.isprintable():
            raise Refusal(f"{option} has characters that cannot be printed", "write it in one line of plain text")
    order = Order(
        name=name,
        title=title,
        indication=indication,
        basis=basis,
        steps=_steps("--step", step, read_step),
        later_steps=_steps("--later-step", later_step, read_step),
        cycles=cycles,
        free_days=free_days,
        min_weight=None if min_weight is None else weight_limit("--min-weight", min_weight),
        below_weight=None if below_weight is None else weight_limit("--below-weight", below_weight),
        premedication=None if premedication is None else _or_none("--premedication", premedication, read_premedication),
        hospital_days=None if hospital_days is None else days("--hospital-days", hospital_days),
        citation=source,
        status=source_status,
    )
    start = None if original is None else read_regimen(original)[1]
    place = Place(output, force)
    order = _complete(order, start, place, terminal)
    _save(drafted_or_copied(order, start), start, place, terminal)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the file goes: what ``-o`` names, and whether a file that is there is replaced."""

    named: str | None
    force: bool

    def path(self, name: str) -> Path | None:
        """The file to write; None for standard output.

        Raises
        ------
        Refusal
            When something is there that must not be replaced, or the name is that of a shipped regimen.
        """
        from blinplan.regimen import library

        if library.named(name):
            raise Refusal(
                f"{name} is the name of a shipped regimen",
                "choose another name, so that nobody takes one for the other",
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


def drafted_or_copied(order: "Order", start: "Reading | None") -> "Draft":
    """Draft what an order asks for, from nothing or from another regimen."""
    from blinplan.regimen.draft import DraftError, copied, drafted
    from blinplan.regimen.schema import REGIMEN_FILE

    try:
        return drafted(order) if start is None else copied(REGIMEN_FILE.read(start.document.values), order)
    except DraftError as error:
        raise Refusal(str(error), "give --later-step for later cycles, or --cycles 1") from error


def written_out(draft: "Draft") -> "Reading":
    """Write and read back the text of a draft.

    Raises
    ------
    Refusal
        When it is no regimen, or none that can be given.
    """
    from blinplan.regimen.write import NotARegimenError, write_regimen

    try:
        reading = write_regimen(draft.file)
    except NotARegimenError as error:
        problem = error.problem
        raise Refusal(f"{problem.message}: {problem.why}", problem.help) from error
    refuse_what_cannot_be_given(reading)
    return reading


def _complete(order: "Order", start: "Reading | None", place: Place, terminal: Terminal) -> "Order":
    """Ask for what an order does not say, where somebody can answer."""
    from blinplan.regimen.draft import needed

    missing = needed(order) if start is None else (() if order.name else ("name",))
    if not missing:
        return order
    if not (sys.stdin.isatty() and sys.stderr.isatty()):  # nobody answers, or nobody sees the questions
        raise Refusal(f"missing: {', '.join(_FLAGS[field] for field in missing)}", _advice(missing))
    from blinplan.cli.new.questions import ask

    if order.name is not None:
        place.path(order.name)  # what cannot be written is refused before a question is asked
    return ask(order, start, place, terminal)


_FLAGS = {
    "name": "NAME",
    "title": "--title",
    "indication": "--indication",
    "steps": "--step",
    "cycles": "--cycles",
    "free_days": "--free-days",
    "later_steps": "--later-step",
}


def _advice(missing: Sequence[str]) -> str:
    if missing == ("later_steps",):
        return 'cycle 1 has several steps; say what later cycles give, for example --later-step "28 mcg/day x 28"'
    return (
        "give these options, or run `blinplan new` at a terminal, where it asks; `blinplan new --help` has an example"
    )


def _save(draft: "Draft", start: "Reading | None", place: Place, terminal: Terminal) -> None:
    from blinplan.regimen.write import toml_in_ascii
    from blinplan.reports.library.new import new_report
    from blinplan.rules.judge import judge

    path = place.path(draft.file.name)
    reading = written_out(draft)
    if path is None:
        utf = (sys.stdout.encoding or "").lower().startswith("utf")
        terminal.write(reading.document.text if utf else toml_in_ascii(reading.document.text))
    else:
        replace_file(path, reading.document.text)
    lost = start is not None and _comments(start) - _comments(reading)
    left_out = [*draft.left_out, *(["its comments"] if lost else [])]
    judgement = judge(reading, date.today(), None)  # noqa: DTZ011 - the user's own day
    name = None if path is None else shlex.quote(str(path))
    schema = None if path is None else path.parent / "regimen.schema.json"
    absent = None if schema is None or schema.exists() else shlex.quote(str(schema))
    terminal.remark(*new_report(judgement, name, left_out, absent, terminal.errors))


def _comments(reading: "Reading") -> set[str]:
    return set(re.findall(r"^[ \t]*#(?!:schema).*", reading.document.text, re.MULTILINE))


# --- the texts of the options -----------------------------------------------------------------------------------------


def parsed(option: str, text: str, parse: Callable[[str], Value]) -> Value:
    """Read the text of an option."""
    try:
        return parse(text)
    except QuantityError as error:
        raise Refusal(f'{option} is "{text[:80]}"', str(error)) from error


def _steps(option: str, texts: list[str] | None, parse: Callable[[str], Value]) -> tuple[Value, ...] | None:
    return tuple(parsed(option, text, parse) for text in texts) if texts else None


def _or_none(option: str, text: str, parse: Callable[[str], Value]) -> tuple[Value, ...]:
    return () if text.strip().lower() == NONE else (parsed(option, text, parse),)


def weight_limit(option: str, text: str) -> tuple[Decimal, ...]:
    """Read a limit of body weight in kg; empty for none."""
    if text.strip().lower() == NONE:
        return ()
    plain_number(option, text.strip())
    return (Decimal(text.strip()),)


def days(option: str, text: str) -> tuple[int, ...]:
    """Read days of one cycle after the other; empty for none."""
    if text.strip().lower() == NONE:
        return ()
    parts = [part for part in re.split(r"[,\s]+", text.strip()) if part]
    if not parts or not all(re.fullmatch(r"[0-9]{1,3}", part) for part in parts):
        raise Refusal(f'{option} is "{text[:80]}"', "give whole days for cycle 1, cycle 2 and so on, as 9,2; or none")
    return tuple(int(part) for part in parts)
