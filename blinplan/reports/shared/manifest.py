"""What a result was made from and with, so that it can be made again."""

from typing import TYPE_CHECKING, Any

from blinplan.fingerprint import model_hash, model_version
from blinplan.version import __version__

if TYPE_CHECKING:
    from blinplan.regimen.toml.document import Document


def manifest(**facts: Any) -> dict[str, Any]:
    """State the program's version, the model's fingerprint and version, and the given facts."""
    import platform

    made_with = {"blinplan": __version__, "python": platform.python_version(), "model": model_hash()}
    return {**made_with, "model_version": model_version(), **facts}


def input_hash(document: "Document") -> str:
    """A fingerprint of a file's text: SHA-256, 16 digits."""
    import hashlib

    return hashlib.sha256(document.text.encode("utf-8")).hexdigest()[:16]
