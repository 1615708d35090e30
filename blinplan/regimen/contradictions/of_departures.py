"""What contradicts itself in what an investigational regimen departs from: its base, and the sources of departures."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from blinplan.regimen import schema
from blinplan.regimen.contradictions.of_due import array_of, valid
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.positions import KeyPath
from blinplan.regimen.toml.problems import Problem, contradiction, describe

_INVESTIGATIONAL = "investigational"
_LABELLED = ("relapsed-refractory", "mrd-positive", "consolidation")
_NOT_LABELLED = ("lymphoma", "autoimmune")


def departure_contradictions(document: Document) -> Iterator[Problem]:
    """Tell of a base that cannot be one, of departures without a base, and of sources that the file does not have."""
    values, stated = document.values, list(_departures(document.values))
    unknown = values.keys() - schema.REGIMEN_FILE.keys.keys()  # one of them may be the base, or a source
    indication, disease = values.get("indication"), values.get("disease")
    if indication in _LABELLED and disease in _NOT_LABELLED:
        yield contradiction(
            document,
            ("disease",),
            f"`disease` is {disease}, in a regimen for {indication}",
            "the labels' indications are all of leukaemia",
            f'remove `disease`, or write indication = "{_INVESTIGATIONAL}"',
        )
    if "departs_from" in values:
        yield from _of_base(document, values["departs_from"])
    elif stated and not unknown:
        yield _without_base(document, stated[0][0])
    citations = _citations(values) if stated and not unknown else []
    cited = dict[object, tuple[KeyPath, object]]()
    for path, departure in stated if citations else []:
        cited.setdefault(str(departure.get("source")), (path, departure.get("source")))
    for path, source in cited.values():  # a source that is missing is told once
        yield from _of_source(document, (*path, "source"), source, citations)


def _citations(values: Mapping[str, Any]) -> list[str]:
    """What the file cites; nothing where a citation is wrong, since it may be the one that is meant."""
    read = [valid(schema.SOURCE, source) for source in array_of(values.get("sources"))]
    return [] if None in read else [source.citation for source in read if source is not None]


def _departures(values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    written = values.get("premedication")
    given = [(("premedication", index), table) for index, table in enumerate(array_of(written))]
    yield from _stated_at([*given, (("premedication",), written)])
    for index, cycle in enumerate(array_of(values.get("cycle"))):
        if isinstance(cycle, Mapping):
            path = ("cycle", index)
            steps = [((*path, "steps", at), step) for at, step in enumerate(array_of(cycle.get("steps")))]
            yield from _stated_at([*steps, (path, cycle)])


def _stated_at(places: Iterable[tuple[KeyPath, object]]) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    for place, table in places:
        if isinstance(table, Mapping) and isinstance(table.get("departure"), Mapping):
            yield (*place, "departure"), table["departure"]


def _of_base(document: Document, base: object) -> Iterator[Problem]:
    indication = document.values.get("indication")
    if indication in _LABELLED:
        yield contradiction(
            document,
            ("departs_from",),
            f"`departs_from` stands in a regimen for {indication}",
            "what is given for a labelled indication is compared with its label, and departs from nothing else",
            f'remove `departs_from`, or write indication = "{_INVESTIGATIONAL}"',
        )
    if base == document.values.get("name"):
        yield contradiction(
            document,
            ("departs_from",),
            f"{base} departs from itself",
            "a regimen is laid beside another one, to see where it differs",
            "name the regimen that it was made from, such as rr-adult, or give this one a name of its own",
        )


def _without_base(document: Document, path: KeyPath) -> Problem:
    return contradiction(
        document,
        path,
        "`departure` stands without `departs_from`",
        "a departure is one from a named regimen, and the file names none",
        f'write departs_from = "rr-adult", or another regimen that it was made from, and indication ='
        f' "{_INVESTIGATIONAL}"; or remove `departure`',
    )


def _of_source(document: Document, path: KeyPath, source: object, citations: list[str]) -> Iterator[Problem]:
    """Tell of a source that is none of the file's, or that could be several of them."""
    if not isinstance(source, str) or not source.strip():
        return
    meant = [text for text in citations if text == source] or [text for text in citations if text.startswith(source)]
    if len(meant) != 1:
        yield Problem(
            "F004",
            path,
            document.value_span(path),
            f"`source` is {describe(source)}, and {'none' if not meant else 'more than one'} of [[sources]] begins so",
            "`source` is the citation of one of [[sources]], or a beginning that no other one has",
            "write the citation of the source that gives this, as it stands in [[sources]], or add that source there",
        )
