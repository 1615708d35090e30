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
    import signal

    from blinplan.termination import end_at_once

    hears = signal.getsignal(signal.SIGINT)
    end_at_once()  # what imports modules would lose Ctrl-C
    try:
        from blinplan.cli.app.program import run

        # A run makes little that is worth collecting: 1,000 files are kept to the end, and looking through them is a
        # tenth.
        gc.set_threshold(2_000_000)
        gc.enable()
        signal.signal(signal.SIGINT, hears)
        run()
    except KeyboardInterrupt:  # before the program could see to it, or as it ends
        sys.exit(_INTERRUPTED)
    finally:
        gc.freeze()  # the process is about to end
        end_at_once()
