"""Run the program with ``python -m blinplan``."""

from blinplan.cli.app.start import program

if __name__ == "__main__":
    program()
