"""The JSON Schemas of the files that are read and of the documents that are written."""

from collections.abc import Callable, Mapping
from typing import Any

from blinplan.api.kinds import with_kinds
from blinplan.refusal import Refusal

__all__ = ["schema", "schema_names"]
PUBLIC = ("schema",)


@with_kinds
def schema(of: str = "regimen") -> dict[str, Any]:
    """The JSON Schema of a file that is read (regimen, record, site) or of a document that is written (report, plan).

    ``report`` is the report of a check.

    >>> from blinplan import schema
    >>> schema("site")["title"]
    'blinplan site profile, version 1'

    Raises
    ------
    Refusal
        When there is none of that name.
    """
    from blinplan.reports.shared.document import document_schema

    if of not in schema_names():
        raise Refusal(f"no schema is called {of[:40]!r}", f"choose one of {', '.join(schema_names())}")
    make = _FILES.get(of)
    return document_schema(_CHECK if of == _REPORT else of) if make is None else make()


def schema_names() -> tuple[str, ...]:
    """What there are schemas of: the files that are read, then the documents that are written, found by their files."""
    from blinplan.reports.shared.document import document_schemas

    return (*_FILES, _REPORT, *(kind for kind in document_schemas() if kind != _CHECK))


_REPORT, _CHECK = "report", "check"
"""The report of a check, and the kind of document that it is."""


def _regimen() -> dict[str, Any]:
    from blinplan.regimen.schema import json_schema

    return json_schema()


def _record() -> dict[str, Any]:
    from blinplan.regimen.record.tables import RECORD_FILE
    from blinplan.regimen.toml.table import file_schema

    return file_schema(RECORD_FILE, "blinplan course record, version 1")


def _site() -> dict[str, Any]:
    from blinplan.regimen.site.tables import SITE_FILE
    from blinplan.regimen.toml.table import file_schema

    return file_schema(SITE_FILE, "blinplan site profile, version 1")


_FILES: Mapping[str, Callable[[], dict[str, Any]]] = {"regimen": _regimen, "record": _record, "site": _site}
