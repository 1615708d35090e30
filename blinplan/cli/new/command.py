"""``blinplan new``: a regimen file of one's own, from options or by asking."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from blinplan.api.ranges import NEW_CYCLES, NEW_FREE_DAYS
from blinplan.api.vocabulary import Indication, LabelName, Status
from blinplan.cli.app import completion
from blinplan.cli.app.options import ColourOption, tell_which_is_meant, terminal_of
from blinplan.quantities import Basis
from blinplan.refusal import Refusal
from blinplan.terminal import Colour, Terminal

if TYPE_CHECKING:
    from blinplan.api.regimens.new import Order, Reading
    from blinplan.cli.new.destination import Destination

_COURSE, _PATIENTS, _FILE = "Course", "Patients and safety", "File"


def new(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="A short name in small letters, digits, hyphens and dots.",
            autocompletion=completion.other_files,
        ),
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
        int | None,
        typer.Option(
            min=NEW_CYCLES.least, max=NEW_CYCLES.most, help="How many cycles in all.", rich_help_panel=_COURSE
        ),
    ] = None,
    free_days: Annotated[
        int | None,
        typer.Option(
            min=NEW_FREE_DAYS.least,
            max=NEW_FREE_DAYS.most,
            help="Treatment-free days after each cycle.",
            rich_help_panel=_COURSE,
        ),
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
            help='"dexamethasone 20 mg before cycle-start, escalation for adults; ...", or none.',
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
    label: Annotated[
        LabelName | None,
        typer.Option(
            help="The label that it follows and whose regimen gives the defaults of the questions; the project's when"
            " not given.",
            rich_help_panel=_FILE,
        ),
    ] = None,
    departs_from: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The regimen that comes with blinplan and that an investigational one is laid beside.",
            rich_help_panel=_FILE,
            autocompletion=completion.one_regimen,
        ),
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

    `blinplan new site FILE` writes the profile of a site, and `blinplan new record FILE` the record of a course; so no
    regimen is called site or record here.
    """
    terminal = terminal_of(context)
    tell_which_is_meant(terminal, original)
    from blinplan.api.regimens.load import read_regimen
    from blinplan.api.regimens.new import (
        Order,
        draft,
        label_of_project,
        read_premedication,
        read_step,
        refuse_status_of_no_source,
        require_printable,
    )
    from blinplan.cli.new.destination import Destination
    from blinplan.cli.new.texts import days, parse_each, parse_or_none, weight_limit

    refuse_status_of_no_source(source_status, source)
    require_printable(name=name, title=title, source=source, premedication=premedication)
    order = Order(
        name=name,
        title=title,
        indication=indication,
        basis=basis,
        steps=parse_each("--step", step, read_step),
        later_steps=parse_each("--later-step", later_step, read_step),
        cycles=cycles,
        free_days=free_days,
        min_weight=None if min_weight is None else weight_limit("--min-weight", min_weight),
        below_weight=None if below_weight is None else weight_limit("--below-weight", below_weight),
        premedication=parse_or_none("--premedication", premedication, read_premedication),
        hospital_days=None if hospital_days is None else days("--hospital-days", hospital_days),
        citation=source,
        status=source_status,
        label=label_of_project() if label is None else label.value,
        departs_from=departs_from,
    )
    start = None if original is None else read_regimen(original)[1]
    destination = Destination(output, force)
    order = _complete(order, start, destination, terminal)
    path = destination.path(order.name or "")
    made = draft(order, start)
    if path is None:
        terminal.write(made.text if terminal.out.unicode else made.text_in_ascii)
    else:
        made.write(path, replacing=True)
    terminal.remark(*made.report(path, terminal.errors))


def _complete(order: "Order", start: "Reading | None", destination: "Destination", terminal: Terminal) -> "Order":
    """Ask for what an order does not say, where somebody can answer."""
    from blinplan.api.regimens.new import missing_fields

    missing = missing_fields(order) if start is None else (() if order.name else ("name",))
    if not missing:
        return order
    if not terminal.is_answered:  # nobody answers, or nobody sees the questions
        raise Refusal(f"missing: {', '.join(_FLAGS[field] for field in missing)}", _advice(missing))
    from blinplan.cli.new.questions import ask

    if order.name is not None:
        destination.path(order.name)  # what cannot be written is refused before a question is asked
    return ask(order, start, destination, terminal)


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
