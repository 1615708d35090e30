"""How bash, zsh and fish ask for completions: typer's own way, and what it leaves out.

Typer completes ``--select D2`` and not ``--select=D2``. Bash breaks words at ``=`` and puts in what comes after it; zsh
and fish hand over the whole word and want the whole word back. And it draws every explanation with rich, which
takes half as long again as all the rest.
"""

from typing import Any

from typer import _completion_classes
from typer._completion_classes import BashComplete, FishComplete, ZshComplete


def enable() -> None:
    """Answer the shells by the classes below."""
    add: Any = _completion_classes.add_completion_class  # type: ignore[attr-defined]
    for name, answer in (("bash", _Bash), ("zsh", _Zsh), ("fish", _Fish)):
        add(answer, name)


class _Bash(BashComplete):
    """Bash: what is offered begins where bash began the word."""

    _added = ""
    _left_out = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before, and what was typed of the word to complete."""
        args, typed = super().get_completion_args()
        words = _join([*args, typed])
        args, value, option = _apart(words[:-1], words[-1])
        if "=" in typed.removesuffix("="):  # this bash does not break words at =
            self._added = option
        else:
            self._left_out = value[: value.rfind("=") + 1]
        return args, value

    def format_completion(self, item: Any) -> str:
        """What bash puts in."""
        return f"{self._added}{item.value.removeprefix(self._left_out)}"


class _Zsh(ZshComplete):
    """Zsh: the whole word, and what it is."""

    _added = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before, and what was typed of the word to complete."""
        args, value, self._added = _apart(*super().get_completion_args())
        return args, value

    def format_completion(self, item: Any) -> str:
        """An item of a list in the language of zsh's completion; what it would take for its own is written apart."""
        told = _explanation(item).translate(_FOR_ZSH)
        value = f"{self._added}{item.value}".translate(_FOR_ZSH)
        return f'"{value}":"{told}"' if told else f'"{value}"'


class _Fish(FishComplete):
    """Fish: the whole word, and what it is."""

    _added = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before, and what was typed of the word to complete."""
        args, value, self._added = _apart(*super().get_completion_args())
        return args, value

    def format_completion(self, item: Any) -> str:
        """A line: the word, and after a tabulator what it is."""
        told = _explanation(item)
        return f"{self._added}{item.value}\t{told}" if told else f"{self._added}{item.value}"


# Quotes are left out: the list stands inside of both kinds. A colon ends a word there.
_FOR_ZSH = str.maketrans({"'": "\N{RIGHT SINGLE QUOTATION MARK}", '"': "", "$": r"\$", "`": "", ":": r"\\:", "\\": ""})


def _explanation(item: Any) -> str:
    return " ".join((item.help or "").split())


def _join(words: list[str]) -> list[str]:
    """Put together again what was broken at =; an empty word after it is a new one."""
    joined: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        if joined and (word == "=" or (before == "=" and word)):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _apart(args: list[str], typed: str) -> tuple[list[str], str, str]:
    """Take ``--option=value`` apart: the words before, the option one of them; the value; what to put before it."""
    option, equals, value = typed.partition("=")
    return ([*args, option], value, f"{option}=") if equals and option.startswith("--") else (args, typed, "")
