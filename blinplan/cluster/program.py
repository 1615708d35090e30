"""What the bytes of a result follow from, in this process and on a worker: a difference is refused, by name.

What a call takes comes as bytes that are read after that, so that another version never sees arguments that it cannot
read.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from blinplan.fingerprint import OUTCOME, fingerprint, model_hash
from blinplan.refusal import Refusal
from blinplan.version import __version__


class Program(NamedTuple):
    """All that the bytes of a result follow from, of one process."""

    blinplan: str
    model: str
    rules: str
    engine: str
    numpy: str
    scipy: str
    dask: str
    mathematics: str


_TITLES = Program(
    "blinplan",
    "the model",
    "the rules and the design",
    "the engine",
    "NumPy",
    "SciPy",
    "Dask",
    "the mathematics of its processor",
)
_ADVICE = "install on every worker what is installed here, and use the extra fast on all of them or on none"
_OTHER_PROCESSORS = "use machines of one kind, or set NPY_DISABLE_CPU_FEATURES alike on all of them"


@cache
def this_program() -> Program:
    """What the bytes of this process's results follow from."""
    from importlib.metadata import version

    return Program(
        __version__,
        model_hash(),
        fingerprint(*OUTCOME, "design")[:16],
        _engine(),
        version("numpy"),
        version("scipy"),
        version("distributed"),
        _mathematics(),
    )


def _engine() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"numba {version('numba')}"
    except PackageNotFoundError:
        return "NumPy"


def _mathematics() -> str:
    """Of what patients are drawn with: NumPy's functions may differ in a last digit from processor to processor."""
    from hashlib import sha256

    import numpy as np

    values = np.linspace(0.01, 20.0, 4096)
    return sha256(np.exp(values - 10.0).tobytes() + np.log(values).tobytes()).hexdigest()[:16]


class OtherProgram(Refusal):
    """A worker whose results would not be those of this process."""

    def __init__(self, worker: str, theirs: Program, ours: Program) -> None:
        differing = [number for number in range(len(ours)) if theirs[number] != ours[number]]
        told = (f"{_TITLES[number]} {theirs[number]} there, {ours[number]} here" for number in differing)
        is_processor = differing == [Program._fields.index("mathematics")]
        super().__init__(
            f"the worker {worker} would compute otherwise: {'; '.join(told)}",
            _OTHER_PROCESSORS if is_processor else _ADVICE,
        )
        self._of = (worker, theirs, ours)

    def __reduce__(self) -> tuple[type[OtherProgram], tuple[str, Program, Program]]:
        return OtherProgram, self._of


class Call:
    """A call on a worker, as bytes: they name a function of this file, and reading them is the call.

    So a worker that does not have this file says so, and a scheduler need not have it.
    """

    def __init__(self, ours: tuple[str, ...], function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self._of = ours, pickle.dumps((function, arguments), protocol=pickle.HIGHEST_PROTOCOL)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[tuple[str, ...], bytes]]:
        return call_there, self._of

    def __bytes__(self) -> bytes:
        return pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL)


def call_there(ours: tuple[str, ...], call: bytes) -> Any:
    """Call a function on a worker, where that has what whoever asks has."""
    theirs = this_program()
    if theirs != ours:
        from distributed import get_worker

        raise OtherProgram(get_worker().address, theirs, Program(*ours))
    function, arguments = pickle.loads(call)  # noqa: S301 - of whoever may run anything here: a client of the scheduler
    return function(*arguments)
