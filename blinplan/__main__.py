"""Run the program with ``python -m blinplan``."""

from blinplan.cli.main import run

if __name__ == "__main__":
    run()
