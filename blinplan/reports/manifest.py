"""What a result was made from and with, so that it can be made again."""

from importlib import resources
from typing import Any

from blinplan import __version__
from blinplan.regimen.document import Document


def manifest(**facts: Any) -> dict[str, Any]:
    """State the program's version, the model's fingerprint and the given facts."""
    import platform

    return {"blinplan": __version__, "python": platform.python_version(), "model": model_hash(), **facts}


def model_hash() -> str:
    """A fingerprint of the parameters and of all that computes with them: SHA-256 over the files, 16 digits."""
    import hashlib

    digest = hashlib.sha256()
    folder = resources.files("blinplan").joinpath("physiology")  # without importing the engine
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith((".py", ".toml")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def input_hash(document: Document) -> str:
    """A fingerprint of a file's text: SHA-256, 16 digits."""
    import hashlib

    return hashlib.sha256(document.text.encode("utf-8")).hexdigest()[:16]
