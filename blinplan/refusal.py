"""What the program refuses to do, and how the person who asked for it can put that right."""

from collections.abc import Callable, Iterable
from copyreg import __newobj__  # type: ignore[attr-defined]  # what pickle calls where nothing is to be made anew
from typing import Any, TypeVar

from blinplan.outside_text import visible

PUBLIC = ("Refusal",)

T = TypeVar("T")


def as_it_is(error: Exception) -> tuple[Any, ...]:
    """How an error goes to another process, as from the workers of a pool: with all that it has, and not made anew."""
    return __newobj__, (type(error), *error.args), vars(error)


class Refusal(Exception):  # noqa: N818 - not an error of the program: what it says no to
    """Something the user can put right: what is wrong, and what to do.

    ``others`` are refusals that come before it, where several things are wrong at once.
    """

    def __init__(self, message: str, advice: str, others: tuple["Refusal", ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.others = others

    def __str__(self) -> str:
        return visible(self.message)

    def __reduce__(self) -> Any:
        return as_it_is(self)


class ArgumentRefusal(Refusal):
    """Arguments that cannot be, or cannot be together.

    Its texts name arguments in braces, as ``{weight} is {value}``: Python code reads their names, and the command line
    puts the names of its options there, the short one where ``short_`` stands before. What is ``given`` by name stands
    for itself.
    """

    def __init__(self, message: str, advice: str, **given: object) -> None:
        self._texts = (message, advice)
        self._given = given
        super().__init__(*self.texts(lambda argument: argument.removeprefix("short_")))

    def texts(self, name_of: Callable[[str], str]) -> tuple[str, str]:
        """The message and the advice, with arguments called as ``name_of`` says."""
        names = _Names(name_of, self._given)
        message, advice = (text.format_map(names) for text in self._texts)
        return message, advice


class _Names(dict[str, object]):
    """What stands in braces: a given value, or else the name of an argument."""

    def __init__(self, name_of: Callable[[str], str], given: dict[str, object]) -> None:
        super().__init__(given)
        self._name_of = name_of

    def __missing__(self, key: str) -> str:
        return self._name_of(key)


def several(argument: str, given: Iterable[T]) -> tuple[T, ...]:
    """What an argument gives that takes several things: a text is one, and not its letters, as Python has it.

    Raises
    ------
    ArgumentRefusal
        When it is a text, or nothing that holds several.
    """
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        value = repr(given)[:40]
        raise ArgumentRefusal(f"{{{argument}}} is {{value}}", "give them in a list, one alone too", value=value)
    return tuple(given)
