"""The tests, which say what to install where something they always need is missing."""

from importlib.util import find_spec

_missing = [name for name in ("hypothesis", "numpy", "typer") if find_spec(name) is None]
if _missing:
    raise SystemExit(f"{', '.join(_missing)}: not installed; python -m pip install --editable '.[test]' installs it")
