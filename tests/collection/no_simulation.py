"""Nothing simulates while tests are collected: who runs one of them would wait for what the others need."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from blinplan.physiology.engine.integrate import Integrator


def _refuse(*_: Any, **__: Any) -> None:
    raise SystemError("simulated where nothing may simulate: while tests are collected")


def simulates() -> bool:
    """Whether something may be simulated now."""
    return Integrator.__init__ is not _refuse


@contextmanager
def without_simulation() -> Iterator[None]:
    """Refuse whatever has the engine advance patients, by whichever name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Integrator, "__init__", _refuse)
        yield
