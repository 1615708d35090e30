"""The command line by which anybody finds the same as a search did."""

import shlex
from collections.abc import Iterable, Iterator, Mapping

from blinplan.quantities import digits_text

_REPEATED = frozenset({"minimise", "require", "endpoint"})
"""Options that are given once for each of several; others have commas."""


def command_line(name: str, facts: Mapping[str, object]) -> str:
    """The command line that does the same: the options that are given, and of those that are no more than said so."""
    return shlex.join(["blinplan", "search", name, *_words(facts)])


def _words(facts: Mapping[str, object]) -> Iterator[str]:
    for option, given in facts.items():
        if given is True:
            yield f"--{option}"
        elif option in _REPEATED and isinstance(given, tuple):
            for text in given:
                yield from (_option_of(option, text), text)
        elif given is not None and given is not False and (text := _text_of(given)):
            yield from (f"--{option}", text)


def _option_of(option: str, text: str) -> str:
    """Keys have an option of their own beside that of words."""
    return "--endpoints" if option == "endpoint" and " " not in text else f"--{option}"


def _text_of(given: object) -> str:
    if isinstance(given, str):
        return ",".join(" ".join(part.split()) for part in given.split(","))
    if isinstance(given, Iterable):
        return ",".join(digits_text(one) if isinstance(one, float) else str(one) for one in given)
    return str(given)
