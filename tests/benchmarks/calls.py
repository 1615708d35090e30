"""How many functions are called for something: what work grows by, whatever the clock and the machine say."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


def counted(function: Callable[[], T]) -> tuple[int, T]:
    """Call a function; how many others are called on the way, those of C too, and what it returns."""
    number = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal number
        number += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        returned = function()
    finally:
        sys.setprofile(before)
    return number, returned
