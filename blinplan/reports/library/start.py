"""What somebody sees who types ``blinplan`` and nothing else: what it is, and three things to try."""

from typing import TYPE_CHECKING

from rich.text import Text

from blinplan.reports.library.new import steps_to_try
from blinplan.terminal import Screen
from blinplan.version import __version__

if TYPE_CHECKING:
    from rich.console import RenderableType

TO_TRY = (
    ("blinplan plan rr-adult --weight 70", "what a labelled regimen gives one patient"),
    ("blinplan check nhl-1.5", "a dose that is too low, found and explained"),
    ("blinplan new", "a regimen of your own, asked step by step"),
)


def start_report(screen: Screen) -> "list[RenderableType]":
    """Draw the first screen."""
    return [
        Text.assemble(("blinplan", "title"), f" {__version__}  plan, simulate and check blinatumomab regimens"),
        "",
        Text("Three things to try", "title"),
        *steps_to_try(TO_TRY, screen),
        "",
        Text.assemble(("blinplan regimens", "where"), " lists the regimens that come with it,"),
        Text.assemble(("blinplan --help", "where"), " all commands."),
        "",
        Text("A planning and research tool, not a medical device.", "quiet"),
    ]
