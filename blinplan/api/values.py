"""Every value that decides something, with its source, how far that was checked, and what it decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.kinds import with_kinds
from blinplan.api.vocabulary import ValuesFormat, ValuesFormatName, word_of
from blinplan.refusal import ArgumentRefusal
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from blinplan.regimen.site.site import Site
    from blinplan.rules.values.value import Value

__all__ = ["ValueList", "values"]
PUBLIC = ("values",)

ALL_LABELS = "all"


@dataclass(frozen=True, slots=True, repr=False)
class ValueList:
    """Values that decide something, and what they were chosen by."""

    values: "tuple[Value, ...]"
    asked: dict[str, Any]

    def __iter__(self) -> "Iterator[Value]":
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def text(self, output_format: ValuesFormatName = "full", screen: Screen = PLAIN) -> str:
        """The values for people, as a JSON document, or as CSV."""
        from blinplan.reports.library.values import values_json, values_report, values_table

        form = word_of(ValuesFormat, "output_format", output_format)
        if form is ValuesFormat.JSON:
            from blinplan.outside_text import json_text

            return json_text(values_json(self.values, self.asked))
        if form is ValuesFormat.CSV:
            from blinplan.data_table import csv_text

            return csv_text(values_table(self.values))
        return screen.render(*values_report(self.values, screen))

    def columns(self) -> dict[str, list[Any]]:
        """The values as columns, for ``pandas.DataFrame``, ``polars.DataFrame`` or ``pyarrow.table``."""
        from blinplan.reports.library.values import values_table

        return values_table(self.values).values()

    def __repr__(self) -> str:
        from blinplan.reports.library.values import tally_of

        return f"<{type(self).__name__}: {tally_of(self.values)}>"

    def _repr_html_(self) -> str:
        from blinplan.data_table import table_html

        shown = ("name", "text", "status", "says", "source", "decides")
        columns = self.columns()
        return table_html({name: columns[name] for name in shown}, repr(self)[1:-1])


@with_kinds
def values(
    *words: str,
    label: str | None = None,
    status: str | Sequence[str] | None = None,
    site: "str | Path | Site | None" = None,
    config: str | Path | None = None,
    isolated: bool = False,
) -> ValueList:
    """List every value that decides something: of a label, of rules, of patients and of the model.

    >>> from blinplan import values
    >>> [(value.name, value.text, value.status.value) for value in values("adult_from", isolated=True)]
    [('adult_from', '18 years', 'unverified')]

    Parameters
    ----------
    words
        All of them are in the name, the value, the sentence, the source or what is decided, such as a rule's code.
    label
        The label whose values are listed, or "all"; that of the configuration when not given.
    status
        How far they were checked: seen, transcribed, derived, convention, calibrated, assumed or unverified.
    site
        The profile of a site, or its path: what it says in place of the label is shown.
    config, isolated
        The configuration whose changed limits are shown, or none; that of the current folder otherwise.

    Raises
    ------
    Refusal
        When there is no such label or status, or a file is not what it should be.
    """
    from blinplan.api.regimens.label import label_called
    from blinplan.api.regimens.load import site_given
    from blinplan.label.read import label_names
    from blinplan.rules.configuration.configurations import Configurations
    from blinplan.rules.values.collect import collect_values

    project = Configurations(None if config is None else str(config), isolated=isolated).of_run([]).settings
    profile = site_given(site)
    named = label_names() if label == ALL_LABELS else (project.label if label is None else label_called(label).name,)
    asked = _statuses(status)
    found = collect_values(named, project, profile)
    kept = tuple(value for value in found if value.has(words) and (not asked or value.status in asked))
    return ValueList(kept, {"words": list(words), "labels": list(named), "statuses": sorted(asked)})


def statuses() -> tuple[str, ...]:
    """How far a value can have been checked."""
    from blinplan.rules.values.value import ValueStatus

    return tuple(ValueStatus)


def label_titles() -> dict[str, str]:
    """The labels by their names."""
    from blinplan.label.read import label_named, label_names

    return {name: str(label_named(name)) for name in label_names()}


def _statuses(status: str | Sequence[str] | None) -> frozenset[str]:
    from blinplan.rules.values.value import ValueStatus

    asked = frozenset({str(status)} if isinstance(status, str) else map(str, status or ()))
    for unknown in sorted(asked - set(ValueStatus)):
        message, names = "{status} is {value}, and there is no such status", ", ".join(ValueStatus)
        raise ArgumentRefusal(message, "give one of: {names}", value=repr(unknown[:40]), names=names)
    return asked
