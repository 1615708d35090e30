"""A comparison in Markdown: a table for each regimen beside the reference."""

from collections.abc import Iterator, Sequence

from blinplan.design.comparison.compare import ComparedEndpoint, PairedComparison
from blinplan.design.comparison.contrast import Agreement, Measure
from blinplan.outside_text import markdown_text
from blinplan.reports.design.comparison.lines import finding_lines, reading_lines, unverified_lines_of, who_lines
from blinplan.reports.design.comparison.table import given_heads, given_rows
from blinplan.reports.design.comparison.texts import (
    by_group,
    label_text,
    only_one_text,
    over_head,
    over_sets_text,
    shown_shares,
    value_text,
)
from blinplan.reports.design.comparison.view import ComparisonView
from blinplan.reports.design.numbers import contrast_text
from blinplan.reports.design.words import markdown_lines, markdown_table


def comparison_markdown(of: ComparisonView) -> str:
    """Write the comparison as Markdown: a table for each regimen beside the reference."""
    compared = of.comparison
    reference = markdown_text(compared.reference.name)
    others = ", ".join(markdown_text(arm.name) for arm in compared.arms[1:])
    lines = [f"# {reference} (the reference), {others}", ""]
    lines += markdown_lines((*who_lines(compared), *of.remarks, *unverified_lines_of(compared)))
    lines += ["", *markdown_table(given_heads(of), given_rows(of))]
    for place, (arm, found) in enumerate(zip(compared.arms[1:], of.differences, strict=True), start=1):
        lines += ["", f"## {markdown_text(arm.name)} against {reference}", ""]
        lines += [f"- {markdown_text(change.words)}" for change in (*found.for_patients, *found.consequences)]
        lines += ["", *markdown_tables(compared, place)]
    head, *findings = finding_lines(of) if of.findings is not None else ("",)
    lines += [head, "", *(f"- {markdown_text(line.strip())}" for line in findings)]
    lines += ["", *markdown_lines(reading_lines(compared))]
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
    shares, over = told[0].measure is Measure.SHARE, compared.over_sets
    names = [markdown_text(compared.arms[number].name) for number in (0, place)]
    heads = [
        "Patients in whom" if shares else "Endpoint",
        *names,
        "Difference (95 %)" if shares else "Paired (95 %)",
        *(["only one"] if shares else []),
        *([] if over is None else [over_head(over)]),
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
            *([] if over is None else [over_sets_text(compared, endpoint, place)]),
            f"{contrast.count:,}",
        ]
        yield f"| {' | '.join(cells)} |"
