"""Asking at a terminal: one question at a time, with what it allows and its default, until it is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from blinplan.drawing.draw import indent
from blinplan.outside_text import visible
from blinplan.quantities import QuantityError
from blinplan.refusal import Refusal
from blinplan.terminal import Terminal

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Question(Generic[Value]):
    """A question: what it asks, what it allows, its default (None where there is none), and how an answer is taken."""

    asks: str
    allows: str
    default: str | None
    take: Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class Answer:
    """Takes answers at a terminal."""

    terminal: Terminal

    def __call__(self, question: Question[Value]) -> Value:
        """Ask until the answer can be taken."""
        self.terminal.say(f"\n{question.asks}", "title")
        if question.allows:
            self._tell(question.allows, "quiet")
        while True:
            default = "" if question.default is None else f"[{visible(question.default)}] "
            text = _line(f"  {default}> ", self.terminal).strip() or question.default
            try:
                return question.take(_plain(text))
            except QuantityError as error:
                self._tell(str(error), "warning")
            except Refusal as error:
                self._tell(error.message, "warning")
                self._tell(error.advice)

    def _tell(self, text: str, style: str = "") -> None:
        self.terminal.remark(indent(visible(text), style))


def begin_asking(terminal: Terminal) -> Answer:
    """Say how to answer and how to leave, and take answers from then on."""
    terminal.say("Enter takes the answer in brackets. Ctrl-C leaves, and nothing is written.", "quiet")
    return Answer(terminal)


def _plain(text: str | None) -> str:
    if text is None:
        raise Refusal("there is no default here", "write an answer; Ctrl-C leaves")
    if not text.isprintable():
        raise Refusal("this has characters that cannot be printed", "write plain text")
    return text


def _line(prompt: str, terminal: Terminal) -> str:
    try:
        return terminal.ask(prompt)
    except EOFError:
        raise Refusal("the answers ended before the questions", "nothing was written; begin again") from None
