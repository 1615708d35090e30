"""What has to be known of the bags of a plan: what nobody has said of them, and which cannot be had."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from blinplan.course.bags.sequence import Bag, in_use_left
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.outside_text import visible
from blinplan.quantities import decimal_text, duration_text


def bag_remarks(dated: Dated) -> Iterator[Remark]:
    """Say all that has to be known of the bags that are shown."""
    shown = dated.shown_bags()
    yield from _filling_questions(dated, shown)
    yield from _use_questions(dated, shown)
    yield from _preservative_questions(dated, shown)
    yield from _shortages(dated)


def _shortages(dated: Dated) -> Iterator[Remark]:
    """Say which bags cannot be had, when and why."""
    for shortage in dated.site.shortages if dated.site else ():
        names = ", ".join(duration_text(size) for size in sorted(shortage.sizes))
        since = f" from {shortage.first:%a %Y-%m-%d}" if shortage.first else ""
        until = f" to {shortage.last:%a %Y-%m-%d}" if shortage.last else ""
        text = f"Bags for {names} cannot be had{since}{until}: {visible(shortage.why)}."
        yield Remark(text, start=_first_minute(dated, shortage.first), stop=_last_minute(dated, shortage.last))


def _first_minute(dated: Dated, first: date | None) -> int:
    return 0 if first is None else dated.clock.midnight(first)


def _last_minute(dated: Dated, last: date | None) -> int:
    """The end of a last day; of one that nobody knows, the end of the course."""
    return dated.course.events[-1].period.stop if last is None else dated.clock.midnight(last + timedelta(days=1))


_Numbered = tuple[int, Bag]
_SILENT = "the label, as far as it was seen, has"


def _question(text: str, bags: Iterable[_Numbered]) -> Iterator[Remark]:
    """Ask something of bags, where there are any; ``{sizes}`` of the text are theirs."""
    asked = list(bags)
    if asked:
        sizes = ", ".join(duration_text(size) for size in sorted({bag.size.minutes for _, bag in asked}))
        numbers = tuple(number for number, _ in asked)
        yield Remark(
            text.format(sizes=sizes),
            RemarkKind.NOT_EVALUATED,
            bags=numbers,
            start=asked[0][1].start,
            stop=asked[-1][1].stop,
        )


def _filling_questions(dated: Dated, shown: Sequence[_Numbered]) -> Iterator[Remark]:
    """Say of which bags nobody has said what is filled into them, so that none of them looks settled."""
    vial = None if dated.site is None else dated.site.vial
    asked = "What is drawn up and filled into bags for {sizes} is not evaluated:"
    running = [(number, bag) for number, bag in shown if bag.size.millilitres_per_hour]
    filled = [(number, bag) for number, bag in running if bag.size.fill is not None]
    yield from _question(f"{asked} {_SILENT} no pump rate for them.", (one for one in shown if one not in running))
    yield from _question(f"{asked} no `fill_ml` is given for them.", (one for one in running if one not in filled))
    yield from _question(f"{asked} {_SILENT} no vials.", (one for one in filled if vial is None))


def _use_questions(dated: Dated, shown: Sequence[_Numbered]) -> Iterator[Remark]:
    site = dated.site
    if site is not None:
        yield from _question(
            "How long bags for {sizes} may be used is not evaluated: no `in_use_hours` is given.",
            (one for one in shown if in_use_left(one[1], site) is None),
        )


def _preservative_questions(dated: Dated, shown: Sequence[_Numbered]) -> Iterator[Remark]:
    least = None if dated.site is None else dated.site.preservative_from
    preserved = [one for one in shown if one[1].size.preservative]
    if least is None:
        yield from _question(
            f"Who may get bags for {{sizes}}, which hold a preservative, is not evaluated: {_SILENT} no weight for"
            " them, and no `preservative_from_kg` is given.",
            preserved,
        )
    elif dated.course.patient.weight is None and not dated.course.regimen.eligibility.minimum_weight:
        yield from _question(
            f"Bags for {{sizes}} hold a preservative, not for patients below {decimal_text(least)} kg: the weight is"
            " not given.",
            preserved,
        )
    yield from _question(
        "Whether bags for {sizes} hold a preservative is not evaluated: no `preservative` is given for them.",
        (one for one in shown if one[1].size.preservative is None),
    )
