"""Find what a file says as a configuration, and have it read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blinplan.files.inputs import first_bytes, reason_of
from blinplan.regimen.toml.document import read_bytes
from blinplan.regimen.toml.parser import DocumentError
from blinplan.regimen.toml.positions import KeyPath
from blinplan.rules.configuration.configuration import PROJECT_FILE, Configuration, ConfigurationError, Fault, path_text

_LIMIT_BYTES = 1024 * 1024


def load(path: Path, *, named: bool = True, extending: tuple[Path, ...] = ()) -> Configuration | None:
    """Read a configuration file; None for a pyproject.toml that says nothing about this program.

    Parameters
    ----------
    path
        The file. In a pyproject.toml, the table ``[tool.blinplan]`` is read, in others the whole file.
    named
        Whether the user asked for this file, so that one which says nothing is a fault.
    extending
        The files that extend it, the one that was found first.

    Raises
    ------
    ConfigurationError
        When the file cannot be read, or not all that it says is understood.
    """
    root: KeyPath = ("tool", "blinplan") if path.name == PROJECT_FILE else ()
    shown = path_text(path)
    try:
        data = first_bytes(path, _LIMIT_BYTES)
        if root and b"blinplan" not in data and not named:
            return None  # somebody else's project file: not ours to read
        document = read_bytes(data, shown, _LIMIT_BYTES)
    except OSError as error:
        raise ConfigurationError((Fault(shown, reason_of(error), "check the path and who may read it"),)) from error
    except DocumentError as error:
        where = f"{shown}:{error.position.line}:{error.position.column}"
        advice = "correct the syntax of the file" if error.kind == "syntax" else "give a TOML file in UTF-8"
        raise ConfigurationError((Fault(where, error.message, advice),)) from error
    values: Any = document.values
    for part in root:
        values = values.get(part) if isinstance(values, Mapping) else None
    if values is None:
        if named:
            raise ConfigurationError((Fault(shown, "has no table [tool.blinplan]", "add it, or name another file"),))
        return None
    # Imported here, because most project files say nothing about this program.
    from blinplan.rules.configuration.reader import Reader

    return Reader(document, root, path, extending, _load_base).configuration(values)


def _load_base(path: Path, extending: tuple[Path, ...]) -> Configuration | None:
    return load(path, extending=extending)
