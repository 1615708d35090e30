"""The head that every JSON document begins with, and the kinds of documents that there are, each with its schema.

A document says which format it is in, which version of it, and what it was made with. Within a version, fields are
only added. The schema of a kind is a file in the folder `schemas` beside the view that writes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blinplan.reports.shared.manifest import manifest


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of JSON document: its name, the folder of reports it is written in, which command writes it."""

    name: str
    room: str
    command: str
    version: int = 1

    @property
    def format(self) -> str:
        """What the document calls itself."""
        return f"blinplan-{self.name}"

    def head(self, made_with: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Write what a document begins with; without a manifest, the one that says the program and the model."""
        return {
            "format": self.format,
            "version": self.version,
            "manifest": manifest() if made_with is None else dict(made_with),
        }

    def schema(self) -> dict[str, Any]:
        """Read the JSON Schema (draft 2020-12) of the kind."""
        import json
        from importlib import resources

        file = resources.files("blinplan.reports").joinpath(self.room, "schemas", f"{self.name}.schema.json")
        schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return schema


def document_text(document: Mapping[str, Any] | list[Any]) -> str:
    """Write a document in ASCII, so that it reads the same everywhere; a number that JSON does not have is a fault."""
    import json

    return json.dumps(document, indent=2, allow_nan=False) + "\n"


CHECK = DocumentKind("check", "check", "blinplan check -f json")
CHECK_LINES = DocumentKind("check-lines", "check", "blinplan check -f jsonl, each line")
STATISTICS = DocumentKind("statistics", "check", "blinplan check --statistics -f json")
SETTINGS = DocumentKind("settings", "check", "blinplan check --show-settings -f json")
PLAN = DocumentKind("plan", "plan", "blinplan plan -f json")
SIMULATION = DocumentKind("simulation", "simulation", "blinplan simulate -f json")
EVIDENCE = DocumentKind("evidence", "model", "blinplan evidence -f json")
MODEL = DocumentKind("model", "model", "blinplan model -f json")
REGIMENS = DocumentKind("regimens", "library", "blinplan regimens -f json")
RULES = DocumentKind("rules", "library", "blinplan rules -f json")
RULE = DocumentKind("rule", "library", "blinplan rule CODE -f json")

DOCUMENTS: Mapping[str, DocumentKind] = {
    kind.name: kind
    for kind in (CHECK, CHECK_LINES, STATISTICS, SETTINGS, PLAN, SIMULATION, EVIDENCE, MODEL, REGIMENS, RULES, RULE)
}
"""The kinds of documents by name."""
