"""The head that every JSON document begins with, and the schemas of all kinds of documents.

A document says which format it is in, which version of it, and what it was made with. Within a version, fields are
only added. A kind is declared by the view that writes it, and its schema is a file in the folder `schemas` beside that
view: nothing else has to know of it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class DocumentKind(NamedTuple):
    """A kind of JSON document: its name, and the version of its format."""

    name: str
    version: int = 1

    @property
    def format(self) -> str:
        """What the document calls itself."""
        return f"blinplan-{self.name}"

    def head(self, made_with: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Write what a document begins with; without a manifest, the one that says the program and the model."""
        # Imported here, because whoever shows a report to people declares its document, too.
        from blinplan.reports.shared.manifest import manifest

        return {
            "format": self.format,
            "version": self.version,
            "manifest": manifest() if made_with is None else dict(made_with),
        }


_ENDING = ".schema.json"


def document_schemas() -> dict[str, Path]:
    """The files of the JSON Schemas (draft 2020-12) of all kinds of documents, by the names of the kinds."""
    files = Path(__file__).parents[1].glob(f"*/schemas/*{_ENDING}")
    return {file.name.removesuffix(_ENDING): file for file in sorted(files, key=lambda file: file.name)}


def document_schema(kind: str) -> dict[str, Any]:
    """Read the JSON Schema of a kind of documents."""
    import json

    schema: dict[str, Any] = json.loads(document_schemas()[kind].read_text(encoding="utf-8"))
    return schema
