"""Start the program in a process of its own.

Apart from the program, so that nothing is collected while it is imported: that walks through all that came before.
"""

import gc
import sys

_INTERRUPTED = 130
"""As `exit_status` has it, which may not be imported yet."""


def program() -> None:
    """Run the program in a process of its own."""
    gc.disable()
    try:
        from blinplan.cli.app.program import run

        # A run makes little that is worth collecting: 1,000 files are kept to the end, and looking through them is a
        # tenth.
        gc.set_threshold(2_000_000)
        gc.enable()
        run()
    except KeyboardInterrupt:  # before the program could see to it, or as it ends
        sys.exit(_INTERRUPTED)
    finally:
        gc.freeze()  # the process is about to end
        _be_ended_at_once()


def _be_ended_at_once() -> None:
    """Let Ctrl-C end in silence what only waits for calls that nobody asks for any more."""
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
