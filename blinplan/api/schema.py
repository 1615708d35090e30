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


def schema(of: SchemaOf | str = SchemaOf.REGIMEN) -> dict[str, Any]:
    """The JSON Schema of a regimen, a course record, a site profile, or the report of a check.

    >>> from blinplan import schema
    >>> schema("site")["title"]
    'blinplan site profile, version 1'
    """
    from blinplan.regimen.toml.table import file_schema

    match SchemaOf(of):
        case SchemaOf.REPORT:
            from blinplan.reports.check.check_json import check_schema

            return check_schema()
        case SchemaOf.RECORD:
            from blinplan.regimen.record import RECORD_FILE

            return file_schema(RECORD_FILE, "blinplan course record, version 1")
        case SchemaOf.SITE:
            from blinplan.regimen.site import SITE_FILE

            return file_schema(SITE_FILE, "blinplan site profile, version 1")
    from blinplan.regimen.schema import json_schema

    return json_schema()
