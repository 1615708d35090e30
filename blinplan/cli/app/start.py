"""Start the program in a process of its own.

Apart from the program, so that nothing is collected while it is imported: that walks through all that came before.
"""

import gc


def program() -> None:
    """Run the program in a process of its own."""
    gc.disable()
    from blinplan.cli.app.program import run

    # A run makes little that is worth collecting: 1,000 files are kept to the end, and looking through them is a tenth.
    gc.set_threshold(2_000_000)
    gc.enable()
    try:
        run()
    finally:
        gc.freeze()  # the process is about to end
