"""The manual pages, made from what the program says of itself."""

from collections.abc import Mapping

from man.make import calibration, cluster, commands, endpoints, formats, rules, solver


def pages() -> Mapping[str, str]:
    """Every manual page: its path from the top of the project, and its text."""
    made = {
        **commands.pages(),
        **formats.pages(),
        **rules.pages(),
        **endpoints.pages(),
        **solver.pages(),
        **calibration.pages(),
        **cluster.pages(),
    }
    return {f"man/man{name[-1]}/{name}": text for name, text in made.items()}
