"""The words that arguments and options of designing take: other commands do not wait for them."""

from enum import StrEnum
from typing import Literal

from blinplan.design.sensitivity.method import SensitivityMethod

__all__ = [
    "CompareFormat",
    "CompareFormatName",
    "DiffFormat",
    "DiffFormatName",
    "SearchFormat",
    "SearchFormatName",
    "SearchMethod",
    "SearchMethodName",
    "SensitivityFormat",
    "SensitivityFormatName",
    "SensitivityMethod",
    "SensitivityMethodName",
    "SweepFormat",
    "SweepFormatName",
]


class CompareFormat(StrEnum):
    """How to show a comparison; csv has a row a patient and regimen."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    CSV = "csv"


class SweepFormat(StrEnum):
    """How to show a sweep; csv has a row a cell and endpoint."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    CSV = "csv"


class SensitivityFormat(StrEnum):
    """How to show sensitivities; csv has a row an endpoint and parameter."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    CSV = "csv"


class DiffFormat(StrEnum):
    """How to show differences: in words, as a document, or for a pull request."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class SearchFormat(StrEnum):
    """How to show what a search found; csv has a row a schedule."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    CSV = "csv"


class SearchMethod(StrEnum):
    """How a search chooses schedules: each, or those that an optimiser asks for."""

    ENUMERATE = "enumerate"
    EVOLVE = "evolve"


CompareFormatName = CompareFormat | Literal["table", "json", "markdown", "csv"]
SweepFormatName = SweepFormat | Literal["table", "json", "markdown", "csv"]
SearchFormatName = SearchFormat | Literal["table", "json", "markdown", "csv"]
SearchMethodName = SearchMethod | Literal["enumerate", "evolve"]
SensitivityFormatName = SensitivityFormat | Literal["table", "json", "markdown", "csv"]
SensitivityMethodName = SensitivityMethod | Literal["morris", "sobol", "correlation"]
DiffFormatName = DiffFormat | Literal["text", "json", "markdown"]
