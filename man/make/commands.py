"""blinplan(1), and a page for each command, from the commands as the program has them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from typer.main import get_command

from blinplan.cli.app.program import app
from blinplan.exit_status import ExitStatus
from man.make import roff
from man.make.formats import FORMATS

PROGRAM = "blinplan"
VARIABLES: Mapping[str, str] = {
    "NO_COLOR": "Not empty: no colour, unless `--color always` or `FORCE_COLOR` asks for it.",
    "FORCE_COLOR": "Not empty: colour, even where the output is no terminal, unless `--color never` forbids it.",
    "TERM": "`dumb`: no colour, as with `NO_COLOR`.",
    "COLUMNS": "The width of what is shown, in place of the terminal's own; taken as 60 to 200. Where there is neither,"
    " 100.",
    "GITHUB_STEP_SUMMARY": "The file to which `check --format github` appends its findings as Markdown. GitHub Actions"
    " sets it.",
    "XDG_CACHE_HOME": "The folder of the cache, on Linux, in place of [italic]~/.cache[/italic].",
    "BLINPLAN_DEBUG": "Not empty: a fault in blinplan itself ends in a traceback, to report it with.",
}
"""Every environment variable that the program heeds; a test holds this list to the code."""
FILES: Mapping[str, tuple[str, str]] = {
    "blinplan.toml": (
        "--config",
        "The configuration of a project, in the folder of the regimen or above; see blinplan-configuration(5).",
    ),
    "pyproject.toml": ("--config", "Likewise, in its table `[tool.blinplan]`, where there is no blinplan.toml."),
    "~/.cache/blinplan": (
        "--no-cache",
        "What was simulated for the rules, what a report measures of the model, and the compiled engine, on Linux;"
        " other platforms have their own place for what can be made again. The folder can be deleted at any time.",
    ),
}
"""What is read or kept, with the option that tells which commands do so."""
_ABOUT = (
    "A regimen is a text file in TOML: doses, steps, treatment-free intervals, as in blinplan-regimen(5). blinplan"
    " reads it, expands it to what one patient gets, simulates it on virtual patients, judges it by rules that have"
    " sources, and shows the result. Wherever a command takes a regimen, it takes the name of a shipped one too.",
    "Doses are exact fractions and times whole minutes; nothing is rounded, capped or filled in unsaid. A rule that"
    " cannot answer is shown as not evaluated, with the reason, and never as passed.",
    "The report goes to standard output, everything else to standard error. blinplan is a planning and research tool,"
    " not a medical device: check every dose against the label.",
)
_COMPLETION = (
    "`blinplan --install-completion` switches completion on for the shell it is called from, in every new terminal:"
    " bash, zsh or fish. What it completes are commands, options and their values, codes and names of rules, and"
    " regimens: files as well as the names of shipped ones.",
    "It writes a script to [italic]~/.bash_completions[/italic], [italic]~/.zfunc[/italic] or"
    " [italic]~/.config/fish/completions[/italic], and has [italic]~/.bashrc[/italic] or [italic]~/.zshrc[/italic] read"
    " it. `blinplan --show-completion` prints the script instead.",
)
_RELATED: Mapping[str, Sequence[str]] = {
    "regimens": ("regimen",),
    "paths": ("regimen", "record"),
    "config": ("configuration",),
    "select": ("rules",),
    "code": ("rules",),
}
"""What an argument, an option or a command of that name has to do with, where it is not named as its page."""
_ON_OPTIONS: Mapping[str, tuple[str, str]] = {
    "--since": (
        "Since a revision",
        "With `--since`, files are judged whole, and what counts is what was not found before: at the commit where"
        " what is checked out forked from the revision (`git merge-base`), so that what others have pushed there since"
        " does not matter. A finding is known again by its rule, its place and the value that stands there, also in a"
        " renamed file. All that the configuration, the site profile or the baseline decides about counts where that"
        " has changed, and where it lies outside of the repository, since nobody can tell what it was; the summary"
        " names it. Files as they were are not simulated, so in a file that has changed what virtual patients show"
        " counts. A shallow clone may lack that commit, and then the status is 2: fetch the history first, with"
        " `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` for GitLab, else `git fetch --unshallow`.",
    ),
}
"""What the page of a command says of an option besides its help, and under which heading."""
_TOPICS = ("blinplan-calibration.7", "blinplan-endpoints.7", "blinplan-rules.7", "blinplan-solver.7")
_COMMAND = re.compile(r"\[bold\](blinplan .+?)\[/bold\]")
_LONGEST = 30


def commands() -> dict[str, tuple[Any, Any]]:
    """Every command by its name, with the context of a call; the program itself is the first."""
    program = get_command(app)
    top: Any = program.make_context(PROGRAM, [], resilient_parsing=True)
    found: dict[str, tuple[Any, Any]] = {PROGRAM: (program, top)}
    for name in top.command.list_commands(top):
        command = top.command.get_command(top, name)
        found[name] = (command, command.make_context(name, [], parent=top, resilient_parsing=True))
    return found


def pages() -> dict[str, str]:
    """The pages of section 1."""
    found = commands()
    pages = {page_name(name): _command_page(name, *found[name]) for name in found if name != PROGRAM}
    return {"blinplan.1": _program_page(found), **pages}


def page_name(command: str) -> str:
    """The name of a command's page."""
    return f"{_title(command)}.1"


def _title(command: str) -> str:
    return f"{PROGRAM}-{command.replace(' ', '-')}"


def _program_page(found: Mapping[str, tuple[Any, Any]]) -> str:
    program, context = found[PROGRAM]
    summary, prose, shown, _ = _told(program)
    listed = [
        line
        for name, (command, _) in found.items()
        if name != PROGRAM
        for line in roff.item(f"{roff.bold(_title(name))}(1)", roff.paragraph(_told(command)[0]))
    ]
    others = [*(page_name(name) for name in found if name != PROGRAM), *FORMATS, *_TOPICS]
    return roff.page(
        PROGRAM,
        1,
        summary,
        roff.section("synopsis", *_synopsis(PROGRAM, program, context)),
        roff.section("description", *map(roff.paragraph, (*_ABOUT, *prose))),
        roff.section("commands", listed),
        roff.section("options", *map(_option, _options(program, context))),
        roff.section("completion", *map(roff.paragraph, _COMPLETION)),
        _statuses({int(status): status.meaning for status in ExitStatus}),
        roff.section("environment", *(roff.item(roff.bold(n), roff.paragraph(t)) for n, t in VARIABLES.items())),
        roff.section("files", *(roff.item(roff.italic(n), roff.paragraph(t)) for n, (_, t) in FILES.items())),
        roff.section("examples", *shown),
        roff.see_also(others),
    )


def _command_page(name: str, command: Any, context: Any) -> str:
    summary, prose, shown, statuses = _told(command)
    options = _options(command, context)
    written = {opt for parameter in options for opt in parameter.opts}
    files = [
        roff.item(roff.italic(file), roff.paragraph(text))
        for file, (option, text) in FILES.items()
        if option in written
    ]
    more = [
        roff.subsection(heading, roff.paragraph(text))
        for option, (heading, text) in _ON_OPTIONS.items()
        if option in written
    ]
    return roff.page(
        _title(name),
        1,
        summary,
        roff.section("synopsis", *_synopsis(f"{PROGRAM} {name}", command, context)),
        roff.section("description", *map(roff.paragraph, (summary, *prose))),
        roff.section("arguments", *map(_argument, _arguments(command, context))),
        roff.section("options", *_panels(options), *more),
        _statuses(_own_statuses(statuses)),
        roff.section("environment", roff.paragraph(_environment(options))),
        roff.section("files", *files),
        roff.section("examples", *shown),
        roff.see_also(["blinplan.1", *_related(name, command, context)]),
    )


# --- what a command says of itself ----------------------------------------------------------------------------------


def _told(command: Any) -> tuple[str, list[str], list[list[str]], dict[int, str]]:
    """What a help text says: the summary, more prose, examples as lines of a page, and exit statuses."""
    summary, *rest = (" ".join(part.split()) for part in command.help.split("\n\n"))
    prose: list[str] = []
    shown: list[list[str]] = []
    statuses: dict[int, str] = {}
    for part in rest:
        if part.startswith("Exit status: "):
            entries = part.removeprefix("Exit status: ").rstrip(".").split(";")
            statuses |= {int(entry.split()[0]): entry.split(maxsplit=1)[1] for entry in entries}
        elif _COMMAND.search(part):
            shown += _examples(part)
        else:
            prose.append(part)
    return summary, prose, shown, statuses


def example_commands(command: Any) -> list[str]:
    """The command lines that a help text shows."""
    return _COMMAND.findall(" ".join(command.help.split()))


def _examples(part: str) -> Iterator[list[str]]:
    typed: list[str] = []
    for index, piece in enumerate(_COMMAND.split(part)):
        said = piece.strip(" ,.")
        if index % 2:
            typed.append(_broken(piece))
        elif said and said != "Example:":
            yield from [roff.example("\n".join(typed))] if typed else []
            yield roff.paragraph(said if said.endswith(":") else f"{said[0].upper()}{said[1:]}.")
            typed = []
    yield from [roff.example("\n".join(typed))] if typed else []


def _broken(command: str) -> str:
    """Break a long command line before its options, as a person would type it."""
    lines, line = [], ""
    for word in re.split(r" (?=-)", command):
        if line and len(line) + len(word) > 62:
            lines.append(f"{line} \\")
            line = f"    {word}"
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def _arguments(command: Any, context: Any) -> list[Any]:
    return [one for one in command.get_params(context) if one.param_type_name == "argument" and not one.hidden]


def _options(command: Any, context: Any) -> list[Any]:
    return [one for one in command.get_params(context) if one.param_type_name == "option" and not one.hidden]


def _synopsis(typed: str, command: Any, context: Any) -> Iterator[list[str]]:
    parts = [roff.bold(typed), f"[{roff.italic('OPTIONS')}]"]
    if typed == PROGRAM:
        parts.append(f"{roff.italic('COMMAND')} [{roff.italic('ARGUMENTS')}]")
    for argument in _arguments(command, context):
        shown = roff.italic(_argument_name(argument)) + (" ..." if argument.nargs != 1 else "")
        parts.append(shown if argument.required else f"[{shown}]")
    yield [".PP", *roff.filled(" ".join(parts))]


def _argument_name(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper()).strip("[]")


def _argument(argument: Any) -> list[str]:
    return roff.item(roff.italic(_argument_name(argument)), [".PP", *roff.filled(" ".join(_says(argument, "")))])


def _panels(options: list[Any]) -> Iterator[list[str]]:
    """The options in their groups, those of none at the end."""
    groups = list(dict.fromkeys(option.rich_help_panel for option in options if option.rich_help_panel))
    for group in groups:
        yield roff.subsection(group, *(_option(one) for one in options if one.rich_help_panel == group))
    rest = [_option(one) for one in options if not one.rich_help_panel]
    yield roff.subsection("Other", *rest) if groups else [line for one in rest for line in one]


def _option(option: Any) -> list[str]:
    value = _value(option)
    names = [*sorted(option.opts, key=len), *option.secondary_opts]
    return roff.item(
        ", ".join(map(roff.bold, names)) + (f" {value}" if value else ""),
        [".PP", *roff.filled(" ".join(_says(option, value)))],
    )


def _value(option: Any) -> str:
    """What is written after an option."""
    if option.is_flag or option.count:
        return ""
    if option.metavar:
        return roff.italic(option.metavar)
    choices = _choices(option)
    if choices and len("|".join(choices)) <= _LONGEST:
        return "|".join(map(roff.bold, choices))
    name = max(option.opts, key=len).rsplit("-", 1)[-1].upper()
    return roff.italic(name if choices or not _is_number(option) else "N")


def _is_number(option: Any) -> bool:
    return option.type_descriptor.annotation in (int, int | None, float, float | None)


def _choices(parameter: Any) -> list[str]:
    kind = parameter.type_descriptor
    return [str(choice) for choice in kind.choices] if kind.is_choice else []


def _says(parameter: Any, value: str) -> Iterator[str]:
    if not parameter.help:
        raise ValueError(f"{parameter.name} has no help text")
    yield roff.marked(parameter.help)
    choices = _choices(parameter)
    if choices and value != "|".join(map(roff.bold, choices)):
        yield f"One of {', '.join(map(roff.bold, choices))}."
    if parameter.param_type_name == "option" and parameter.multiple and "repeatable" not in parameter.help:
        yield "It can be given more than once."
    if not _is_count(parameter) and (bounds := _range(parameter.min, parameter.max)):
        yield roff.escaped(bounds)
    if default := _default(parameter):
        yield f"Default: {roff.bold(default)}."


def _default(parameter: Any) -> str:
    """What holds where nothing is given, if the program says so; of a flag it is plain."""
    default = parameter.default
    if isinstance(default, bool) or callable(default) or not parameter.show_default or _is_count(parameter):
        return ""
    if isinstance(default, list | tuple):
        return ", ".join(map(str, default))
    return "" if default is None else str(default)


def _is_count(parameter: Any) -> bool:
    return bool(getattr(parameter, "count", False))


def _range(lowest: float | None, highest: float | None) -> str:
    if lowest is None and highest is None:
        return ""
    if highest is None:
        return f"{lowest:,} or more."
    top = "2^63 - 1" if highest == 2**63 - 1 else f"{highest:,}"
    return f"From {lowest:,} to {top}."


def _own_statuses(said: Mapping[int, str]) -> dict[int, str]:
    """The statuses of one command: 0 and 1 in its own words where it has some; 1 only where it says what counts."""
    own = {status: said[int(status)] for status in (ExitStatus.SUCCESS, ExitStatus.FINDINGS) if int(status) in said}
    return {
        int(status): own.get(status, status.meaning)
        for status in ExitStatus
        if status is not ExitStatus.FINDINGS or status in own
    }


def _statuses(meanings: Mapping[int, str]) -> list[str]:
    items = [
        roff.item(roff.bold(str(number)), roff.paragraph(f"{text[0].upper()}{text[1:]}."))
        for number, text in meanings.items()
    ]
    return roff.section("exit status", *items)


def _environment(options: list[Any]) -> str:
    coloured = any("--color" in option.opts for option in options)
    width = "`NO_COLOR`, `FORCE_COLOR`, `TERM` and `COLUMNS` decide on colour and width. " if coloured else ""
    return f"{width}All variables that blinplan heeds are in blinplan(1)."


def _related(name: str, command: Any, context: Any) -> Iterable[str]:
    """The pages of the files and rules that a command's arguments and options speak of."""
    words = {name}
    for parameter in command.get_params(context):
        words |= {parameter.name, *_choices(parameter)}
    topics = {topic for word in words for topic in _RELATED.get(word, (word,))}
    known = [*FORMATS, *_TOPICS]
    return [page for page in known if page.split("-", 1)[1][:-2] in topics]
