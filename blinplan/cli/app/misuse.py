"""Command lines that cannot be read, in our own words: what is wrong with them, and what to write instead."""

import re
from pathlib import Path
from typing import Any

from blinplan.cli.app.quick import COMMANDS
from blinplan.refusal import Refusal

_ARGUMENTS = {
    "REGIMEN": "name a regimen: `blinplan {command} rr-adult`; `blinplan regimens` lists those that come with blinplan",
    "CODE": "name a rule: `blinplan rule D202`; `blinplan rules` lists them all",
    "FILE": "name the file to write: `blinplan {command} {command_file}`; `blinplan {command} --help` has an example",
}
_OTHER_FILES = {"new site": ("ward.toml", "the profile of a site"), "new record": ("patient-7.toml", "a course record")}
"""The commands that write another file than a regimen: an example of a name, and what it is."""


_CURVES = "--figure FILE.svg draws the curves of the regimens over each other"
_RECORD = ("--record", "--time-zone", "--site")
_OF_ONE = ("--curves", "--no-curves", "--from-day", "--to-day", "--signals", "--every", "--measured")
_TRIED = "what is tried is a course that nobody has begun; `blinplan simulate --record` follows one that somebody has"
_ELSEWHERE = {
    (
        "compare",
        "--typical",
    ): "one patient alone is nobody to pair: `blinplan simulate rr-adult --typical` simulates it",
    ("compare", "--curves"): _CURVES,
    ("compare", "--no-curves"): "a comparison draws no curves at the terminal; leave it out",
    ("compare", "--every"): "`blinplan simulate` writes curves: patient N of a seed is the same under each regimen",
    (
        "sweep",
        "--typical",
    ): "shares are of many, and --patients says of how many",
    **{("sweep", option): _TRIED for option in _RECORD},
    **{("sweep", option): "`blinplan simulate` has curves and data of a regimen as it is" for option in _OF_ONE},
    ("search", "--typical"): "shares are of many; --search-patients and --patients say of how many",
    ("search", "--uncertainty"): "plausible sets are asked in any case: --sets says how many, and 0 none",
    **{("search", option): _TRIED for option in _RECORD},
    **{("search", option): "`blinplan simulate` has curves and data of a regimen that was found" for option in _OF_ONE},
    ("sensitivity", "--typical"): "it is of the typical patient where --patients is not given; leave it out",
    ("sensitivity", "--uncertainty"): "the parameters are what it varies: --range says how far",
    ("sensitivity", "--sets"): "the parameters are what it varies: --range says how far",
    **{("sensitivity", option): _TRIED for option in _RECORD},
    **{("sensitivity", option): "`blinplan simulate` has curves and data of one run of it" for option in _OF_ONE},
}
"""Options of `simulate` that another command has no use for, and why."""


def explanation(error: Any) -> Refusal | None:
    """Explain what typer says of a command line; None for an error that is not about one."""
    if not hasattr(error, "format_message"):
        return None
    context = getattr(error, "ctx", None)
    command = None if context is None or context.parent is None else str(context.info_name)
    message = error.format_message().replace("' / '", " / ")
    message = re.sub(r"^Invalid value for '?(.+?)'?: (?:Value error, )?", r"\1: ", message)
    message = message.replace(": Input should", " should").replace(", unable to parse string as an integer", "")
    message = re.sub(r" ?\(Possible options: .*\)| Did you mean .*\?$", "", message).rstrip(".")
    return Refusal(message[0].lower() + message[1:], _advice(error, command, message))


def _advice(error: Any, command: str | None, message: str) -> str:
    if command is None:
        return _on_the_program(error, message)
    missing = re.fullmatch(r"Missing argument '(\w+)'", message)
    if missing and missing[1] in _ARGUMENTS:
        return _ARGUMENTS[missing[1]].format(command=command, command_file=_OTHER_FILES.get(command, ("", ""))[0])
    elsewhere = _ELSEWHERE.get((command, message.removeprefix("No such option: ")))
    if elsewhere is not None:
        return elsewhere
    nearest = " or ".join(getattr(error, "possibilities", None) or ())
    shows = f"`blinplan {command} --help` shows what it takes, with an example"
    if command in _OTHER_FILES:
        shows = f"`blinplan {command}` writes {_OTHER_FILES[command][1]}; for a regimen take another name; {shows}"
    return f"write {nearest}, if that is meant; {shows}" if nearest else shows


def _on_the_program(error: Any, message: str) -> str:
    unknown = re.fullmatch(r"No such command (['\"])(.*)\1", message, re.DOTALL)
    if unknown is None:
        if message.startswith("No such option"):
            return "options come after the command: `blinplan check rr-adult -f json`; `blinplan --help` lists commands"
        return "`--help` after the command shows what its options take"
    named = unknown[2]
    if named == "help":
        return "`blinplan --help` lists the commands, and `blinplan check --help` shows one"
    if _is_regimen(named):
        import shlex

        named = shlex.quote(named)
        return f"the command comes first: `blinplan check {named}`, `blinplan plan {named}`"
    from difflib import get_close_matches

    nearest = get_close_matches(named, COMMANDS, n=1)
    listed = f"the commands are {', '.join(COMMANDS)}; `blinplan --help` says what each does"
    return f"write `blinplan {nearest[0]}`, if that is meant; {listed}" if nearest else listed


def _is_regimen(named: str) -> bool:
    from blinplan.api.regimens.meant import stands_for_regimens

    try:
        return stands_for_regimens(named) or Path(named).is_file()
    except (OSError, ValueError):
        return False
