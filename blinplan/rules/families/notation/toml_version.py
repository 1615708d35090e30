"""Whether a file is TOML of version 1.0, which every reader knows, or of 1.1, which others than this one refuse."""

import re
from collections.abc import Iterator

from blinplan.regimen.toml.positions import Span
from blinplan.rules.rule import Case, Finding, Rule


def later_toml(rule: Rule, case: Case) -> Iterator[Finding]:
    """Find the first place that a reader of TOML 1.0 refuses."""
    text = case.document.text
    if not _may_be_later(text):
        return
    import tomllib  # which most files do not need

    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _place(str(error), text)
        yield case.finding(
            rule,
            (),
            "a reader of TOML 1.0 stops here",
            "write it as TOML 1.0 has it: a table in braces on one line, without a comma at its end, and neither \\e"
            " nor \\x in a text",
            span=Span(at, min(at + 1, len(text))),
        )
    except (ValueError, RecursionError):  # a number or a depth beyond what Python holds is told by its own rule
        return


def _may_be_later(text: str) -> bool:
    """Whether it may have what 1.1 has brought: an escape, or a table in braces with lines or a comma at its end."""
    if "\\e" in text or "\\x" in text:
        return True
    tables = (piece.partition("}") for piece in text.split("{")[1:])
    return any("\n" in inside or inside.rstrip().endswith(",") for inside, _, _ in tables)


def _place(message: str, text: str) -> int:
    """Where the reader stopped, as its message says."""
    found = re.search(r"line (\d+), column (\d+)", message)
    if found is None:
        return max(len(text) - 1, 0)
    before = text.split("\n")[: int(found[1]) - 1]
    return min(sum(len(line) + 1 for line in before) + int(found[2]) - 1, len(text))
