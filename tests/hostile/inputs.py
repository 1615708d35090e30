"""Inputs that nobody means well by: sound files of every kind, changed at a place or many, and hostile arguments.

Each is made from a number alone, so that one that was found can be made again.
"""

import json
import os
import re
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from blinplan.api.vocabulary import CheckFormat
from blinplan.cli.app.program import app
from blinplan.cli.app.quick import COMMANDS as PROGRAMS
from tests.hostile.readers import own_files
from tests.hostile.sound import OWN, regimens, texts
from tests.plan_text import WARD

NUMBERS = (
    *("0", "-0", "-1", "1e308", "1e400", "-1e400", "9e999999999", "1e-999999999", "nan", "inf", "-inf", "+5", "007"),
    *(
        str(10**18),
        str(-(10**18)),
        "9" * 400,
        "9" * 5000,
        "0x1F",
        "1_000",
        "1__0",
        "0.1",
        "1/3",
        "1/0",
        ".5",
        "5.",
        "²",
    ),
)
# Look-alikes are meant.
STRINGS = (
    *(
        "",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\x00",
        "\x1b[31mred\x1b[0m",
        "\x1b]0;title\x07",
        "\x9b1A",
        "\u202e",
        "\u200b",
        "\u2028",
    ),
    *(
        "\ufeff",
        "\ud800",
        "é",
        "e\u0301",
        "µ",
        "\u03bc",
        "\U0001d7d7",
        "\u0669",
        "O",
        "0",
        "[red]x[/red]",
        "{}",
        "%s",
        "`id`",
        "$(id)",
        "'",
        '"',
    ),
    *("../../etc/passwd", "/dev/zero", "-", "--help", "a" * 10_000, "9 mcg/day", "9 mg/day", "9 mcg/h", "1e9 mcg/day"),
    *("28 mcg/day/day", "-9 mcg/day", "nan mcg/day", "9 µg/d", "9,0 mcg/day", "2026-02-30", "0000-00-00", "9999-12-31"),
    *("2026-03-29T02:30:00", "Europe/Berlin", "Mars/Olympus", "24:00", "25:61", "rr-adult", "x" * 255, "true", "null"),
)
VALUES = (
    *NUMBERS,
    "true",
    "[]",
    "{}",
    '""',
    "[[]]",
    "{a = 1}",
    "1979-05-27",
    "07:32:00",
    "1979-05-27T07:32:00Z",
    '"""x"""',
)
LINES = (
    *(
        "[[cycle]]",
        "[cycle]",
        "[dosing]",
        "[[dosing]]",
        "format = 1",
        "format = 2",
        "name = 1",
        "= 1",
        "[",
        "]",
        "\x00",
        "#",
    ),
    *(
        "a.b.c.d.e = 1",
        "[a.b.c]",
        '"" = 1',
        "x = " + "[" * 300,
        "x = " + "{a = " * 300,
        'x = """',
        "x = '''",
        "\\",
        "\ufeff",
    ),
)


@dataclass(frozen=True, slots=True)
class Input:
    """One run: the files that it finds, and its arguments."""

    files: dict[str, bytes]
    arguments: tuple[str, ...]


DATES = ("--weight", "70", "--height", "175", "--start", "2026-10-19T10:00", "--time-zone", "Europe/Berlin")
CHECK = ("check", ".", "--no-simulate", "--today", "2026-03-01")
FORMATS = (*map(str, CheckFormat), "json", "json")
"""Those of a check, and more often the one of whose places most is asked."""
KINDS: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "regimen": (
        "r.toml",
        (
            CHECK,
            CHECK,
            ("check", "r.toml", "--no-simulate", "--diff"),
            ("plan", "r.toml", *DATES),
            ("plan", "r.toml", "--bsa", "1.2", "-f", "json"),
            ("diff", "r.toml", "rr-adult"),
        ),
    ),
    "record": ("record.toml", (("plan", "rr-adult", "--record", "record.toml"), CHECK)),
    "site": ("ward.toml", (("plan", "rr-adult", *DATES, "--site", "ward.toml"), CHECK)),
    "people": ("people.csv", (("simulate", "r.toml", "--people", "people.csv"),)),
    "configuration": ("blinplan.toml", ((*CHECK, "--show-settings"), CHECK)),
    "baseline": ("b.json", ((*CHECK, "--baseline", "b.json"),)),
    "ledger": ("plan.json", (("plan", "rr-adult", "--ledger", "plan.json"), ("due", "--plans", "."))),
    "calendar": (
        "old.ics",
        (("plan", "r.toml", *DATES, "-f", "ics", "--plan-id", "a", "--replaces", "old.ics"),),
    ),
    "holidays": ("days.txt", (("plan", "r.toml", *DATES, "--site", "ward.toml"), CHECK)),
    "journal": ("out.csv.cells", (own_files.SWEEP,)),
    "stretch": ("part.npz", (("merge", "part.npz"),)),
    "table": ("part.csv", (("merge", "part.csv", "-o", "all.csv"),)),
    "description": ("part.csv.json", (("merge", "part.csv", "-o", "all.csv"),)),
    "cache": ("outcome.json", ()),
    "arguments": ("r.toml", ()),
}
"""Every kind of input: the name of its file, and the commands that read it."""
_SIDES = {"record": 1, "configuration": 1, "ledger": 1, "holidays": 2}
"""The kinds beside whose file there is a site profile, without or with holidays from a file."""


def sound_input(kind: str, arguments: tuple[str, ...], text: str) -> Input:
    """One run on sound files."""
    files = {"r.toml": OWN.encode()}
    if kind in _SIDES:
        more = 'holidays_from = "days.txt"\n' if _SIDES[kind] == 2 else ""
        files["ward.toml"] = (more + WARD).encode()
    if kind in {"table", "description"}:
        files |= {"part.csv": own_files.table().encode(), "part.csv.json": own_files.table(".json").encode()}
    return Input({**files, KINDS[kind][0]: file_of(kind, text.encode("utf-8", "surrogatepass"))}, arguments)


def file_of(kind: str, data: bytes) -> bytes:
    """The file of a kind that says something."""
    return own_files.packed(data) if kind == "stretch" else data


def input_of(number: int) -> Input:
    """The input of a number."""
    random = Random(number)  # noqa: S311 - no secret
    kind = list(KINDS)[number % len(KINDS)]
    text = random.choice(texts(kind))
    if kind == "arguments":
        return Input({"r.toml": text.encode()}, _arguments(random))
    name, commands = KINDS[kind]
    given = sound_input(kind, random.choice(commands) if commands else (), changed(text, random))
    given.files[name] = _change_bytes(given.files[name], random)
    return replace(given, arguments=_with_format(given.arguments, random)) if commands else given


def changed(text: str, random: Random) -> str:
    """A text with one or a few things changed; in most of those that are JSON, values."""
    change = _change_json if text.startswith("{") and random.random() < 0.7 else _change_text
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        text = change(text, random)
    return text


def _with_format(arguments: tuple[str, ...], random: Random) -> tuple[str, ...]:
    if arguments[0] != "check" or "--diff" in arguments or "--show-settings" in arguments or random.random() < 0.3:
        return arguments
    return (*arguments, "-f", random.choice(FORMATS))


def _change_text(text: str, random: Random) -> str:
    """A text with one thing changed, as a hand, a script or an editor would, or none of them."""
    return random.choice((_change_word, _change_word, _change_line))(text, random)


def _change_word(text: str, random: Random) -> str:
    pattern, by = random.choice(
        (
            (r"-?\d[\d.eE+_-]*", random.choice(NUMBERS)),
            (r'"[^"\n]*"', json.dumps(random.choice(STRINGS))),
            (r"(?<== )[^\n]+", random.choice(VALUES)),
            (r"\b[a-z_]+\b", random.choice(("", "x", "cycle", "é", "a" * 300, "__class__"))),
            (r"(?s).", random.choice(STRINGS)),
        )
    )
    return _replaced(pattern, by, text, random)


def _change_line(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    match random.randrange(4):
        case 0:
            return "\n".join((*lines[:at], random.choice(LINES), *lines[at:]))
        case 1:
            return "\n".join((*lines[:at], *lines[at + 1 :]))
        case 2:
            return "\n".join((*lines[:at], *[lines[at]] * random.choice((2, 3, 200)), *lines[at + 1 :]))
        case _:
            other = random.choice(regimens()).split("\n")
            return "\n".join((*lines[:at], *other[random.randrange(len(other)) :]))


def _replaced(pattern: str, by: str, text: str, random: Random) -> str:
    places = list(re.finditer(pattern, text))
    if not places:
        return text + by
    place = random.choice(places)
    return text[: place.start()] + by + text[place.end() :]


def _change_json(text: str, random: Random) -> str:
    """A document with one of its values changed, whatever its depth."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text[: random.randrange(len(text) + 1)]
    holder, keys = document, list(_keys(document))
    while keys:
        key = random.choice(keys)
        inner = list(_keys(holder[key]))
        if not inner or random.random() < 0.1:
            holder[key] = random.choice((None, True, -1, 0, 1e308, 10**30, [], {}, *NUMBERS, *STRINGS))
            break
        holder, keys = holder[key], inner
    return json.dumps(document)


def _keys(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []


def _change_bytes(data: bytes, random: Random) -> bytes:
    """Now and then the bytes are changed, too: an encoding, a mark, a part of a file, a byte of none."""
    place = random.randrange(len(data) + 1)
    changed = (
        b"\xef\xbb\xbf" + data,
        data.decode("utf-8", "replace").encode("utf-16"),
        data[:place],
        data[:place] + bytes([random.randrange(256)]) + data[place:],
        random.randbytes(random.randrange(200)),
        b"[" * 100_000,
        data.replace(b"\n", b"\r"),
    )
    return random.choice(changed) if random.random() < 0.3 else data


def _arguments(random: Random) -> tuple[str, ...]:
    """A command line with one or more hostile words: in place of one, as an argument, or as the value of an option."""
    name, sound = random.choice(list(COMMANDS.items()))
    command = list(sound)
    for _ in range(random.choice((1, 1, 2, 4))):
        word = _as_a_command_line_has_it(random.choice((*NUMBERS, *STRINGS)))
        place = random.randrange(1, len(command) + 1)
        if random.random() < 0.6:
            command += [random.choice(options_of(name)), word]
        elif random.random() < 0.6 and place < len(command):
            command[place] = word
        else:
            command.insert(place, word)
    # What is simulated is not asked here: it takes its time.
    return (*command, "--no-simulate") if name == "check" else tuple(command)


def _as_a_command_line_has_it(word: str) -> str:
    """A word without what no command line can have: nulls, and surrogates that stand for no byte."""
    return os.fsdecode(word.replace("\x00", "").encode("utf-8", "surrogatepass"))


_FEW = ("--patients", "3")
GIVEN: dict[str, tuple[str, ...]] = {
    "plan": ("plan", "r.toml", *DATES),
    "check": ("check", "r.toml", "--select", "ALL", "--today", "2026-03-01"),
    "diff": ("diff", "r.toml", "rr-adult"),
    "rule": ("rule", "S304"),
    "values": ("values", "r.toml"),
    "schema": ("schema", "regimen"),
    "verify": (
        *("verify", "r.toml", *DATES, "--at", "2026-10-19T12:00", "--mcg", "10", "--total-ml", "276", "--rate", "10"),
    ),
    "model": ("model", "--population", "child", "--regimen", "r.toml"),
    "due": ("due", "--plans", ".", "--today", "2026-11-03"),
    "new": ("new", "mine", "-o", "mine.toml", "--from", "r.toml", "--title", "Mine"),
    "new site": ("new", "site", "ward.toml", "--name", "Ward 7", "--zone", "Europe/Berlin", "--bag", "24=250"),
    "new record": ("new", "record", "record.toml", "--regimen", "rr-adult", *DATES),
    "simulate": ("simulate", "r.toml", *_FEW),
    "compare": ("compare", "r.toml", "nhl-5", "--cycles", "1", *_FEW),
    "sweep": ("sweep", "r.toml", "--vary", "cycle.1.step.1.dose=9,15", *_FEW),
    "search": ("search", "r.toml", "--doses", "9,28", "--minimise", "il6_peak", "--search-patients", "10", *_FEW),
    "sensitivity": ("sensitivity", "r.toml", "--samples", "2", "--endpoints", "il6_peak", *_FEW),
    "merge": ("merge", "a.npz", "b.npz"),
    "report": ("report", "r.toml", *_FEW),
    "evidence": ("evidence", "DEP-1", "--patients", "50"),
}
"""A sound command line of each command that needs arguments, or whose arguments are worth changing."""
COMMANDS = {name: GIVEN.get(name, tuple(name.split())) for name in PROGRAMS}
"""A sound command line of each command, to be changed: of a command that is not listed, its name alone."""


@cache
def options_of(command: str) -> list[str]:
    """The options of a command, by every name that each has."""
    from typer.main import get_command

    found = get_command(app).get_command(None, command)  # type: ignore[attr-defined]
    return [spelling for option in found.params for spelling in option.opts]
