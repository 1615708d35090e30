"""Regimens side by side: what they give, what that does to the same patients, and what the intervals cover."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from blinplan.design.comparison.compare import ComparedArm, ComparedEndpoint, OverSets, PairedComparison
from blinplan.design.comparison.contrast import Agreement, Contrast, Measure
from blinplan.design.comparison.given import Given
from blinplan.design.comparison.intervals import MEANS, SHARES
from blinplan.design.difference.difference import RegimenDifference
from blinplan.outside_text import markdown_text, visible
from blinplan.quantities import MINUTES_PER_DAY, decimal_text, plural
from blinplan.reports.design.numbers import NO_VALUE, contrast_text, share_text
from blinplan.reports.design.words import change_json, difference_parts
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.words import (
    drawn_from,
    exact_amount,
    given_baselines,
    given_lines,
    number_drawn,
    off_drug_lines,
    unverified_mark,
)
from blinplan.reports.simulation.summary import number
from blinplan.simulation.endpoints.definition import GROUPS
from blinplan.simulation.models.source import SetsOf
from blinplan.terminal import Screen, indent

COMPARISON = DocumentKind("comparison")
COVERS = "of these virtual patients: how far chance in who was drawn moves them, and not whether the model is true"


@dataclass(frozen=True, slots=True)
class FindingApart:
    """Something that rules find in some of the regimens and not in all."""

    code: str
    severity: str
    message: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """All that is shown of regimens that were compared.

    Attributes
    ----------
    comparison
        What came of the patients.
    differences
        How each of the others differs from the reference, in words.
    given
        What each gives, at a body surface area.
    findings
        What rules find in some of them; None where they were not asked.
    remarks
        What has to be known besides.
    """

    comparison: PairedComparison
    differences: tuple[RegimenDifference, ...]
    given: tuple[Given, ...]
    findings: tuple[FindingApart, ...] | None = None
    remarks: tuple[str, ...] = ()


def comparison_report(of: ComparisonView, screen: Screen) -> list[RenderableType]:
    """Draw the comparison: who, what is otherwise, what is given, what happens, and what the intervals cover."""
    compared = of.comparison
    parts: list[RenderableType] = [_title(compared), *who_parts(of)]
    for arm, found in zip(compared.arms[1:], of.differences, strict=True):
        parts += ["", Text(visible(f"{arm.name} against {compared.reference.name}"), "title")]
        parts += [*_words(found)]
    parts += ["", *tables(of, screen), ""]
    parts += [Text(line) if line[0] != " " else indent(line.strip()) for line in finding_lines(of)]
    parts += [Text(line, "quiet") for line in reading_lines(compared)]
    return parts


def who_parts(of: ComparisonView) -> Iterator[Text]:
    """Draw who the patients are, and what has to be known of the regimens."""
    yield from (Text(line) for line in who_lines(of.comparison))
    yield from (Text(visible(line), "warning") for line in of.remarks)
    yield from (Text(line, "unverified") for line in unverified_lines_of(of.comparison))


def tables(of: ComparisonView, screen: Screen) -> Iterator[RenderableType]:
    """Draw what is given, and what happens."""
    yield _given_table(of, screen)
    for endpoints in (shown_shares(of.comparison), of.comparison.numbers):
        if endpoints:
            yield from ("", _table(of.comparison, endpoints, screen))


def _title(compared: PairedComparison) -> Text:
    others = ", ".join(visible(arm.name) for arm in compared.arms[1:])
    return Text.assemble((visible(compared.reference.name), "title"), " (the reference)  ", (others, "title"))


def who_lines(compared: PairedComparison) -> Iterator[str]:
    """Say who the patients are, how many were drawn, whom one of the regimens refuses, and how long it is."""
    people = compared.cohort
    which = f", from patient {people.before + 1:,} on" if people.before else ""
    admitted = "" if people.seed is None else ", all admitted by each regimen"
    yield f"{people.size:,} virtual patients of {compared.preset}, {_seed_of(compared)}{which}{admitted}"
    refusals = compared.refusals
    if refusals is not None and any(refusals):
        told = (
            f"{visible(arm.name)} ({arm.regimen.eligibility}) refuses {count:,}"
            for arm, count in zip(compared.arms, refusals, strict=True)
            if count
        )
        yield f"{people.draws:,} people were drawn: {'; '.join(told)}."
    yield from given_lines(people.given_parameters)
    yield from off_drug_lines(_off_drug(compared), people.size)
    strangers = [arm for arm in compared.arms if arm.regimen.virtual_population != compared.preset]
    for arm in strangers:
        yield f"For {visible(arm.name)} alone {arm.regimen.virtual_population} would stand, and not {compared.preset}."
    if compared.cycles is not None:
        first = (
            "The first cycle of each is" if compared.cycles == 1 else f"The first {compared.cycles} cycles of each are"
        )
        yield f"{first} compared."
    if compared.follow_up_days:
        yield f"{compared.follow_up_days} days without infusion are added at the end of each."


def _off_drug(compared: PairedComparison) -> int:
    """How many patients go off the drug before one of the courses ends."""
    return max(arm.outcome.trial.number_off_drug for arm in compared.arms)


def _seed_of(compared: PairedComparison) -> str:
    return drawn_from(compared.cohort).split(" (")[0]


def unverified_lines_of(compared: PairedComparison) -> Iterator[str]:
    """Say what of the regimens nobody has verified."""
    for arm in compared.arms:
        mark = unverified_mark(arm.regimen)
        if mark:
            yield f"{visible(arm.name)}: {mark}"
    if compared.options.premedication:
        yield "That premedication lowers cytokine release, and by how much, is assumed: unverified."


def _words(found: RegimenDifference) -> Iterator[RenderableType]:
    """What is otherwise in words; what only the files say is for `blinplan diff`."""
    yield from difference_parts(replace(found, in_file=()))


GIVEN_HEADS = ("Given", "mcg", "Infusion", "Course", "Cycles", "In hospital", "Bags", "Vials")


def given_rows(of: ComparisonView) -> Iterator[tuple[str, ...]]:
    """What each regimen gives, as it is shown; bags and vials only where a site was asked."""
    for arm, given in zip(of.comparison.arms, of.given, strict=True):
        days = "not said" if given.hospital_days is None else f"{given.hospital_days} d"
        yield (
            visible(arm.name),
            decimal_text(given.total.micrograms, 3),
            _days(given.total.infusion),
            _days(given.total.minutes),
            f"{given.cycles}",
            days,
            *(("not known" if one is None else f"{one:,}") for one in (given.bags, given.vials)),
        )


def _days(minutes: int) -> str:
    return f"{decimal_text(Fraction(minutes, MINUTES_PER_DAY), 2)} d"


def _with_bags(of: ComparisonView) -> bool:
    return any(given.bags is not None for given in of.given)


def _given_table(of: ComparisonView, screen: Screen) -> Table:
    shown = len(GIVEN_HEADS) if _with_bags(of) else len(GIVEN_HEADS) - 2
    area = f"Given at {decimal_text(of.differences[0].square_metres, 3)} m²"
    table = screen.table()
    table.add_column(area, overflow="fold")
    for head in GIVEN_HEADS[1:shown]:
        table.add_column(head, justify="right")
    for row in given_rows(of):
        table.add_row(*row[:shown])
    return table


_SIDE_BY_SIDE = 2
"""So many regimens are two columns of one row; of more, each has a row of its own under its endpoint."""


def _table(compared: PairedComparison, endpoints: Sequence[ComparedEndpoint], screen: Screen) -> Table:
    """Draw endpoints under the names of what they are of."""
    shares = endpoints[0].measure is Measure.SHARE
    names = [visible(arm.name) for arm in compared.arms]
    over = compared.over_sets
    side_by_side, narrow = len(names) == _SIDE_BY_SIDE, screen.width < _ROOMY + (_OVER_WIDTH if over else 0)
    one_line = screen.wide if over is None else not narrow
    table = screen.table()
    least = _LEAST_LABEL if one_line else None
    table.add_column("Patients in whom" if shares else "Endpoint", min_width=least, overflow="fold")
    for name in names if side_by_side else ["Share" if shares else "Value"]:
        table.add_column(name, justify="right", overflow="fold", max_width=_NARROW_VALUE if narrow else None)
    table.add_column(
        "Difference (95 %)" if shares else "Paired (95 %)", justify="right", no_wrap=one_line, overflow="fold"
    )
    for name in [*(["only one"] if shares else []), *([_over_head(over)] if over else [])]:
        table.add_column(name, justify="right", no_wrap=one_line, overflow="fold")
    if not narrow:
        table.add_column("of", justify="right")
    rows = _rows if side_by_side else _stacked_rows
    for group, members in groupby(by_group(endpoints), lambda endpoint: endpoint.group):
        table.add_row(Text(group, "title"))
        for endpoint in members:
            for row in rows(compared, endpoint):
                table.add_row(*row[: len(table.columns)])
    return table


def _over_head(over: OverSets) -> str:
    return "Over models" if over.of is SetsOf.PLAUSIBLE else "Over sets"


_LEAST_LABEL, _NARROW_VALUE, _ROOMY, _OVER_WIDTH = 24, 9, 100, 24
"""Columns: what a name of an endpoint has at least, a value at most, from where on there is room, and for sets too."""


def shown_shares(compared: PairedComparison) -> tuple[ComparedEndpoint, ...]:
    """The shares, but for those by a day that are nobody or everybody under each regimen."""
    return tuple(one for one in compared.shares if one.by_day is None or not _is_trivial(one))


def _is_trivial(endpoint: ComparedEndpoint) -> bool:
    return any(all(value == share for value in endpoint.values) for share in (0.0, 1.0))


def by_group(endpoints: Iterable[ComparedEndpoint]) -> list[ComparedEndpoint]:
    """ReadableEndpoints by what they are of, in the order of the article."""
    return sorted(endpoints, key=lambda endpoint: GROUPS.index(endpoint.group))


def _rows(compared: PairedComparison, endpoint: ComparedEndpoint) -> Iterator[tuple[RenderableType, ...]]:
    """One row, with both values."""
    contrast = endpoint.contrasts[1]
    values = endpoint.values[:2] if contrast is None else (contrast.reference, contrast.other)
    texts = [value_text(value, endpoint.measure, contrast) for value in values]
    some = contrast is not None and contrast.count != compared.cohort.size
    of = f", of {contrast.count:,}" if contrast is not None and some else ""
    yield (indent(f"{label_text(endpoint)}{of}"), *texts, *_cells(compared, endpoint, 1))


def _stacked_rows(compared: PairedComparison, endpoint: ComparedEndpoint) -> Iterator[tuple[RenderableType, ...]]:
    """A row for what it is, and one for each regimen."""
    yield (indent(label_text(endpoint)),)
    for place, (arm, value, contrast) in enumerate(
        zip(compared.arms, endpoint.values, endpoint.contrasts, strict=True)
    ):
        shown = value_text(value if contrast is None else contrast.other, endpoint.measure, contrast)
        cells = _cells(compared, endpoint, place) if place else ()
        yield (indent(indent(visible(arm.name))), shown, *cells)


def _cells(compared: PairedComparison, endpoint: ComparedEndpoint, place: int) -> tuple[RenderableType, ...]:
    contrast = endpoint.contrasts[place]
    only = (only_one_text(contrast),) if endpoint.measure is Measure.SHARE else ()
    count = "" if contrast is None else f"{contrast.count:,}"
    sets = () if compared.over_sets is None else (over_sets_text(compared, endpoint, place),)
    return (contrast_text(contrast, endpoint.measure), *only, *sets, Text(count, "quiet"))


def label_text(endpoint: ComparedEndpoint) -> str:
    """What an endpoint is, with its unit, and what is taken of it."""
    within = "" if endpoint.within is None else f", at most {endpoint.within:g}"
    return f"{endpoint.label} ({endpoint.unit}{within})" if endpoint.unit else endpoint.label


def value_text(value: float, measure: Measure, contrast: Contrast | None) -> str:
    """What an endpoint comes to."""
    if measure is Measure.SHARE:
        return share_text(value, 0 if contrast is None else contrast.count)
    return number(value) if value >= 0 or math.isnan(value) else f"-{number(-value)}"


def only_one_text(contrast: Contrast | None) -> str:
    """How many patients have it under one of the two only: under the other, and under the reference."""
    return NO_VALUE if contrast is None else f"{contrast.other_only:,} / {contrast.reference_only:,}"


def over_sets_text(compared: PairedComparison, endpoint: ComparedEndpoint, place: int) -> str:
    """From where to where an estimate moves over parameter sets."""
    assert compared.over_sets is not None  # noqa: S101 - asked by who calls
    found = compared.over_sets.ranges.get((endpoint.key, endpoint.by_day, place))
    if found is None or any(map(math.isnan, found)):
        return NO_VALUE
    low, high = found
    if endpoint.measure is Measure.SHARE:
        return f"{100 * low:+.1f} to {100 * high:+.1f}"
    mark = "× " if endpoint.measure is Measure.RATIO else ""
    return f"{mark}{low:.3g} to {high:.3g}"


def finding_lines(of: ComparisonView) -> Iterator[str]:
    """Say what `check` finds in some of the regimens and not in all."""
    if of.findings is None:
        return
    if not of.findings:
        yield "Findings of `blinplan check`: the same rules find something in each, or nothing."
        return
    yield "Findings of `blinplan check` that not all have:"
    for finding in of.findings:
        names = " and ".join(map(visible, finding.names))
        yield f"  {names}: {finding.severity}[{finding.code}] {visible(finding.message)}"


def reading_lines(compared: PairedComparison) -> Iterator[str]:
    """Say how the tables are read, and what the intervals cover."""
    reference = visible(compared.reference.name)
    if compared.shares:
        yield (
            "Shares differ by percentage points. only one: patients in whom it is so under the other regimen and not"
            f" under {reference}, and the other way round."
        )
    if compared.numbers:
        yield (
            "Values are means over all patients, of concentrations geometric means, compared by their ratio (×). A time"
            " counts up to where all courses are looked at, and all of that in who never gets there."
        )
    yield (
        "same: in all patients within the solver's accuracy (1 in 10,000; of times a minute); equal: to the last bit."
    )
    yield f"Intervals are of 95 %, {COVERS}. Shares: {SHARES}; means: {MEANS}."
    hidden = len(compared.shares) - len(shown_shares(compared))
    if hidden:
        verb = "is" if hidden == 1 else "are"
        yield f"Not shown: {hidden} {plural('share', hidden)} by a day, which {verb} 0 or 100 % under each."
    if compared.left_out:
        cycles = ", ".join(key.rpartition("_")[2] for key in compared.left_out)
        noun = plural("cycle", len(compared.left_out))
        yield f"Days depleted in {noun} {cycles} are not compared: they are not the same days."
    if compared.over_sets is not None:
        yield _over_text(compared.over_sets)


def _over_text(over: OverSets) -> str:
    """Say what lies between the ends of a range over parameter sets."""
    if over.of is SetsOf.PLAUSIBLE:
        return (
            f"Over models: the least and the greatest estimate of the shipped model and {over.sets} plausible ones, on"
            " the same patients. Each keeps every claim of the article and every published number that the shipped one"
            " meets. It is a range: no confidence, and no probability."
        )
    return (
        f"Over sets: 5th to 95th percentile of the estimate over {over.sets} parameter sets, with"
        f" {', '.join(over.parameters)} drawn within their published standard errors; no uncertainty of the others is"
        " counted."
    )


def comparison_markdown(of: ComparisonView) -> str:
    """Write the comparison as Markdown: a table for each regimen beside the reference."""
    compared = of.comparison
    reference = markdown_text(compared.reference.name)
    lines = [*(f"{markdown_text(line)}  " for line in who_lines(compared)), ""]
    lines += [f"{markdown_text(line)}  " for line in (*of.remarks, *unverified_lines_of(compared))]
    for place, (arm, found) in enumerate(zip(compared.arms[1:], of.differences, strict=True), start=1):
        lines += ["", f"## {markdown_text(arm.name)} against {reference}", ""]
        lines += [f"- {markdown_text(change.words)}" for change in (*found.for_patients, *found.consequences)]
        lines += ["", *markdown_tables(compared, place)]
    lines += [f"- {markdown_text(line.strip())}" for line in finding_lines(of)]
    lines += ["", *(f"{markdown_text(line)}  " for line in reading_lines(compared))]
    return "\n".join(lines) + "\n"


def markdown_tables(compared: PairedComparison, place: int) -> Iterator[str]:
    """Write what differs between a regimen and the reference, and folded below it what does not."""
    told = [one for one in (*shown_shares(compared), *compared.numbers) if one.contrasts[place] is not None]
    differing = [one for one in told if _differs(one, place)]
    others = [one for one in told if not _differs(one, place)]
    if not differing:
        yield from ("No difference is more than chance in who was drawn could make it.", "")
    yield from _both_tables(compared, differing, place)
    if others:
        yield from (f"<details><summary>{len(others)} endpoints that do not differ, or not for certain</summary>", "")
        yield from _both_tables(compared, others, place)
        yield from ("</details>", "")


def _both_tables(compared: PairedComparison, told: Sequence[ComparedEndpoint], place: int) -> Iterator[str]:
    for shares in (True, False):
        some = [one for one in told if (one.measure is Measure.SHARE) is shares]
        if some:
            yield from (*_markdown_table(compared, some, place), "")


def _differs(endpoint: ComparedEndpoint, place: int) -> bool:
    """Whether an interval excludes that there is no difference."""
    contrast = endpoint.contrasts[place]
    if contrast is None or contrast.agreement is not Agreement.DIFFERENT:
        return False
    none = 1.0 if endpoint.measure is Measure.RATIO else 0.0
    return contrast.estimate.low > none or contrast.estimate.high < none


def _markdown_table(compared: PairedComparison, endpoints: Sequence[ComparedEndpoint], place: int) -> Iterator[str]:
    told = by_group(endpoints)
    shares = told[0].measure is Measure.SHARE
    names = [markdown_text(compared.arms[number].name) for number in (0, place)]
    heads = [
        "Patients in whom" if shares else "Endpoint",
        *names,
        "Difference (95 %)" if shares else "Paired (95 %)",
        *(["only one"] if shares else []),
        "of",
    ]
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'---:|' * (len(heads) - 1)}"
    for endpoint in told:
        contrast = endpoint.contrasts[place]
        assert contrast is not None  # noqa: S101 - kept above
        values = [value_text(value, endpoint.measure, contrast) for value in (contrast.reference, contrast.other)]
        only = [only_one_text(contrast)] if shares else []
        cells = [
            markdown_text(f"{endpoint.group}: {label_text(endpoint)}"),
            *values,
            contrast_text(contrast, endpoint.measure),
            *only,
            f"{contrast.count:,}",
        ]
        yield f"| {' | '.join(cells)} |"


def comparison_json(of: ComparisonView, inputs: Sequence[str], record: str | None = None) -> dict[str, Any]:
    """Write the comparison as a document; null where there is no number. ``record`` is the fingerprint of one."""
    compared = of.comparison
    return {
        **COMPARISON.head(comparison_manifest(compared, inputs, record)),
        "intervals": {"level": 0.95, "cover": COVERS, "shares": SHARES, "means": MEANS},
        "regimens": [_arm_json(*pair) for pair in zip(compared.arms, of.given, _refusals(compared), strict=True)],
        "differences": [[change_json(change) for change in found.for_patients] for found in of.differences],
        "left_out": list(compared.left_out),
        "endpoints": endpoints_json(compared),
        "findings": None
        if of.findings is None
        else [
            {"code": one.code, "severity": one.severity, "message": one.message, "regimens": list(one.names)}
            for one in of.findings
        ],
        "remarks": list(of.remarks),
    }


def endpoints_json(compared: PairedComparison) -> list[dict[str, Any]]:
    """Write everything that is compared as data."""
    return [_endpoint_json(compared, endpoint) for endpoint in compared.endpoints]


def comparison_manifest(compared: PairedComparison, inputs: Sequence[str], record: str | None = None) -> dict[str, Any]:
    """State what was compared, on whom and how, so that it can be again."""
    people = compared.cohort
    return manifest(
        regimens=[arm.name for arm in compared.arms],
        inputs=list(inputs),
        **({} if record is None else {"record": record}),
        population=compared.preset,
        seed=people.seed,
        patients=people.size,
        **({"first": people.before + 1} if people.before else {}),
        **number_drawn(people),
        **given_baselines(people.given_parameters),
        **({"off_drug": off_drug} if (off_drug := _off_drug(compared)) else {}),
        cycles=compared.cycles,
        follow_up_days=compared.follow_up_days,
        attenuation=compared.options.attenuation,
        premedication=compared.options.premedication,
        engine=compared.reference.outcome.engine,
        by_day=list(compared.asked.by_day),
        own_endpoints=[own.text for own in compared.asked.own],
        parameter_sets=0 if compared.over_sets is None else compared.over_sets.sets,
        **({} if compared.over_sets is None else {"sets_of": compared.over_sets.of.value}),
    )


def _refusals(compared: PairedComparison) -> tuple[int | None, ...]:
    return (None,) * len(compared.arms) if compared.refusals is None else compared.refusals


def _arm_json(arm: ComparedArm, given: Given, refused: int | None) -> dict[str, Any]:
    return {
        "name": arm.name,
        "title": arm.regimen.title,
        "unverified": arm.regimen.unverified,
        "eligibility": str(arm.regimen.eligibility),
        "refused": refused,
        "mcg": exact_amount(given.total.micrograms),
        "infusion_minutes": given.total.infusion,
        "minutes": given.total.minutes,
        "cycles": given.cycles,
        "hospital_days": given.hospital_days,
        "bags": given.bags,
        "vials": given.vials,
    }


def _endpoint_json(compared: PairedComparison, endpoint: ComparedEndpoint) -> dict[str, Any]:
    return {
        "key": endpoint.key,
        "label": f"{endpoint.group}: {endpoint.label}",
        "unit": endpoint.unit,
        "measure": endpoint.measure.value,
        "within": endpoint.within,
        "by_day": endpoint.by_day,
        "values": [_or_null(value) for value in endpoint.values],
        "paired": [
            None if contrast is None else _contrast_json(compared, endpoint, place, contrast)
            for place, contrast in enumerate(endpoint.contrasts)
        ],
    }


def _contrast_json(
    compared: PairedComparison, endpoint: ComparedEndpoint, place: int, contrast: Contrast
) -> dict[str, Any]:
    shares = endpoint.measure is Measure.SHARE
    sets = compared.over_sets
    over = None if sets is None else sets.ranges.get((endpoint.key, endpoint.by_day, place))
    of = None if sets is None else sets.of
    return {
        "reference": _or_null(contrast.reference),
        "other": _or_null(contrast.other),
        "estimate": _or_null(contrast.estimate.value),
        "low": _or_null(contrast.estimate.low),
        "high": _or_null(contrast.estimate.high),
        "count": contrast.count,
        "agreement": contrast.agreement.value,
        "other_only": contrast.other_only if shares else None,
        "reference_only": contrast.reference_only if shares else None,
        **{name: list(map(_or_null, over)) if over and of is name_of else None for name, name_of in _OVER.items()},
    }


_OVER = {"over_sets": SetsOf.PUBLISHED, "over_models": SetsOf.PLAUSIBLE}


def _or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None
