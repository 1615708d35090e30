"""Inputs that nobody means well by: sound files of every kind, changed at a place or many, and hostile arguments.

Each is made from a number alone, so that one that was found can be made again.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from blinplan.regimen import library
from tests.plan_text import RECORD, WARD
from tests.regimen_text import cycle, regimen_text, waiver

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

PEOPLE = "id,weight_kg,height_cm,age_years,sex\nA1,70,175,40,female\nA2,82.5,181,55,male\nA3,61,160,23,female\n"
CONFIGURATION = (
    'select = ["ALL"]\nignore = ["N105"]\nfail-on = "warning"\nexclude = ["old/*.toml"]\n[severity]\nS304 = "note"\n'
    '[limits]\nflat_dose = { value = 30, reason = "agreed" }\n["per-file"."*.toml"]\nignore = ["S301"]\n'
)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:a@blinplan\r\nSEQUENCE:1\r\n"
    "DTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20261102T100000\r\nDTEND:20261102T120000Z\r\n"
    "SUMMARY:Bag 1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
BASELINE = (
    '{"format": "blinplan-baseline", "version": 2, "findings": [{"path": "r.toml", "rule": "S301", "at": "cycle 1",'
    ' "value": 5, "message": "x", "severity": "warning"}]}'
)


@dataclass(frozen=True, slots=True)
class Input:
    """One run: the files that it finds, and its arguments."""

    files: dict[str, bytes]
    arguments: tuple[str, ...]


@cache
def sound() -> tuple[str, ...]:
    """Texts of regimens: all that are shipped, and some with what those do not have."""
    shipped = (path.read_text(encoding="utf-8") for path in library.paths().values())
    own = regimen_text(cycle("9 mcg/day for 7 days", "28 mcg/d for 21 days", repeat=2, reason="chemotherapy"))
    return (*shipped, own + waiver("S304", "2027-01-01"), regimen_text(cycle("5 mcg/m2/day for 7 days")))


DATES = ("--weight", "70", "--height", "175", "--start", "2026-10-19T10:00", "--time-zone", "Europe/Berlin")
CHECK = ("check", ".", "--no-simulate", "--today", "2026-03-01")
FORMATS = ("full", "concise", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown")
KINDS: dict[str, tuple[str, Callable[[], str], tuple[tuple[str, ...], ...]]] = {
    "regimen": (
        "r.toml",
        lambda: "",
        (
            CHECK,
            ("check", "r.toml", "--no-simulate", "--diff"),
            ("plan", "r.toml", *DATES),
            ("diff", "r.toml", "rr-adult"),
        ),
    ),
    "record": ("record.toml", lambda: RECORD, (("plan", "rr-adult", "--record", "record.toml"), CHECK)),
    "site": ("ward.toml", lambda: WARD, (("plan", "rr-adult", *DATES, "--site", "ward.toml"), CHECK)),
    "people": ("people.csv", lambda: PEOPLE, (("simulate", "nhl-5", "--people", "people.csv", "--cycles", "1"),)),
    "configuration": ("blinplan.toml", lambda: CONFIGURATION, ((*CHECK, "--show-settings"), CHECK)),
    "baseline": ("b.json", lambda: BASELINE, ((*CHECK, "--baseline", "b.json"),)),
    "ledger": ("plan.json", lambda: "", (("plan", "rr-adult", "--ledger", "plan.json"),)),
    "calendar": (
        "old.ics",
        lambda: CALENDAR,
        (("plan", "rr-adult", *DATES, "-f", "ics", "--plan-id", "a", "--replaces", "old.ics"),),
    ),
    "arguments": ("r.toml", lambda: "", ()),
}
"""Every kind of input: its name, a sound one, and the commands that read it."""


def input_of(number: int, ledger: str) -> Input:
    """The input of a number; a ledger is changed from the text of a sound one."""
    random = Random(number)  # noqa: S311 - no secret
    kind = list(KINDS)[number % len(KINDS)]
    name, text_of, commands = KINDS[kind]
    regimen = random.choice(sound())
    text = {"regimen": regimen, "arguments": regimen, "ledger": ledger}.get(kind) or text_of()
    files = {"r.toml": regimen.encode()}
    if kind == "arguments":
        return Input(files, _arguments(random))
    change = _change_json if kind in {"ledger", "baseline"} and random.random() < 0.7 else _change_text
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        text = change(text, random)
    files[name] = _change_bytes(text.encode("utf-8", "surrogatepass"), random)
    arguments = random.choice(commands)
    if arguments[0] == "check" and "--diff" not in arguments and random.random() < 0.5:
        arguments = (*arguments, "-f", random.choice(FORMATS))
    return Input(files, arguments)


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
            other = random.choice(sound()).split("\n")
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
    """A command line in which one or more words are hostile, or stand where they should not."""
    command = list(
        random.choice(
            (
                ("plan", "r.toml", *DATES),
                ("check", "r.toml", "--select", "ALL", "--today", "2026-03-01"),
                ("diff", "r.toml", "rr-adult"),
                ("rule", "S304"),
                ("rules", "-f", "json"),
                ("regimens", "-f", "json"),
                ("values", "r.toml"),
                ("schema", "regimen"),
                ("verify", "r.toml", *DATES),
                ("model", "--population", "child", "--regimen", "r.toml"),
                ("due", "--plans", ".", "--today", "2026-11-03"),
                ("new", "mine", "-o", "mine.toml"),
            )
        )
    )
    for _ in range(random.choice((1, 1, 2, 4))):
        word = random.choice((*NUMBERS, *STRINGS)).replace("\x00", "")  # which no command line can have
        place = random.randrange(1, len(command) + 1)
        if random.random() < 0.6 and place < len(command):
            command[place] = word
        else:
            command.insert(place, word)
    # What is simulated is not asked here: it takes its time.
    return (*command, "--no-simulate") if command[0] == "check" else tuple(command)
