"""The JSON Schemas of the files that are read and of the documents that are written."""

from enum import StrEnum
from typing import Any

__all__ = ["SchemaOf", "schema"]


class SchemaOf(StrEnum):
    """What a schema is of."""

    REGIMEN = "regimen"
    RECORD = "record"
    SITE = "site"
    REPORT = "report"
    CHECK_LINES = "check-lines"
    STATISTICS = "statistics"
    SETTINGS = "settings"
    PLAN = "plan"
    SIMULATION = "simulation"
    EVIDENCE = "evidence"
    MODEL = "model"
    REGIMENS = "regimens"
    RULES = "rules"
    RULE = "rule"


def schema(of: SchemaOf | str = SchemaOf.REGIMEN) -> dict[str, Any]:
    """The JSON Schema of a file that is read (regimen, record, site) or of a document that is printed (report, plan).

    ``report`` is the report of a check.

    >>> from blinplan import schema
    >>> schema("site")["title"]
    'blinplan site profile, version 1'
    """
    match SchemaOf(of):
        case SchemaOf.REGIMEN:
            from blinplan.regimen.schema import json_schema

            return json_schema()
        case SchemaOf.RECORD:
            from blinplan.regimen.record import RECORD_FILE
            from blinplan.regimen.toml.table import file_schema

            return file_schema(RECORD_FILE, "blinplan course record, version 1")
        case SchemaOf.SITE:
            from blinplan.regimen.site import SITE_FILE
            from blinplan.regimen.toml.table import file_schema

            return file_schema(SITE_FILE, "blinplan site profile, version 1")
        case document:
            from blinplan.reports.shared.document import DOCUMENTS

            return DOCUMENTS["check" if document is SchemaOf.REPORT else document.value].schema()
