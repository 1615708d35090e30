"""How many patients are done, counted over several runs."""

from collections.abc import Callable


def count_on(progress: Callable[[int], None] | None, start: int) -> Callable[[int], None] | None:
    """Count on from where the runs before ended."""
    return None if progress is None else lambda done: progress(start + done)
