"""What has to be known of the bags of a plan: what nobody has said of them, and which cannot be had."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from blinplan.course.bags.bag import Bag
from blinplan.course.bags.contents import Contents, contents
from blinplan.course.bags.sequence import in_use_left
from blinplan.course.closed_days import shortages_in
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.label.label import Label
from blinplan.label.read import label_of
from blinplan.outside_text import visible
from blinplan.quantities import decimal_text, duration_text
from blinplan.reports.plan.bags.long_day import long_day_remarks
from blinplan.reports.plan.bags.savings import saving_remarks
from blinplan.reports.shared.words import amount_text


def bag_remarks(dated: Dated, other_bags: Iterable[Remark] | None = None) -> Iterator[Remark]:
    """Say all that has to be known of the bags that are shown; ``other_bags`` as in `saving_remarks`."""
    shown = [(number, bag) for number, bag in dated.shown_bags() if bag.is_to_prepare]
    yield from long_day_remarks(dated, shown)
    yield from saving_remarks(dated, shown, other_bags)
    yield from _filling_questions(dated, shown)
    yield from _preparation_questions(dated, shown)
    yield from _off_by_syringes(dated)
    yield from _use_questions(dated, shown)
    yield from _preservative_questions(dated, shown)
    yield from _shortages(dated)
    yield from _end_of_holidays(dated)


def _end_of_holidays(dated: Dated) -> Iterator[Remark]:
    """Say that a file of holidays ends before the course does."""
    site, last = dated.site, dated.clock.at(dated.course.events[-1].period.stop).date()
    if site is None or site.holidays_until is None or site.holidays_file is None or site.holidays_until >= last:
        return
    name, until = visible(site.holidays_file.rsplit("/", 1)[-1]), site.holidays_until
    yield Remark(
        f"{name} has no holiday after {until:%a %Y-%m-%d}: later ones are not known, and bags may be planned on them.",
        start=max(0, dated.clock.midnight(until + timedelta(days=1))),
        stop=dated.course.events[-1].period.stop,
    )


def _shortages(dated: Dated) -> Iterator[Remark]:
    """Say which bags cannot be had, when and why."""
    for shortage in shortages_in(dated):
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
    filled = [(number, bag) for number, bag in running if _is_filled(bag)]
    yield from _question(f"{asked} {_SILENT} no pump rate for them.", (one for one in shown if one not in running))
    said = _on_filling(label_of(dated.course.regimen))
    unfilled = (one for one in running if one not in filled)
    yield from _question(f"{asked} no `fill_ml` is given for them, and {said}.", unfilled)
    yield from _question(f"{asked} {_SILENT} no vials.", (one for one in filled if vial is None))


def _is_filled(bag: Bag) -> bool:
    """Whether it is said with how much a bag is filled: in all, or of saline and stabiliser."""
    return bag.size.fill is not None or (bag.size.diluent is not None and bag.size.stabiliser is not None)


def _on_filling(label: Label) -> str:
    """What a label has of how bags are filled, as far as it was seen."""
    stated = [bag for bag in label.bags if bag.diluent is not None]
    if not stated or stated[0].diluent is None:
        return "nobody has seen the label's own volumes"
    names, saline = " and ".join(duration_text(bag.minutes) for bag in stated), stated[0].diluent
    return (
        f"of the label's own volumes only the saline of bags for {names} was seen, {decimal_text(saline.value)} mL"
        f" ({saline.citation}): it is taken where `stabiliser_ml` is given"
    )


def _preparation_questions(dated: Dated, shown: Sequence[_Numbered]) -> Iterator[Remark]:
    """Say what nobody has said of how bags are prepared and kept."""
    site = dated.site
    if site is None:
        return
    held = [(one, contents(one[1], site)) for one in shown]
    drawn = [(one, holds) for one, holds in held if holds is not None and holds.drug is not None]
    if not site.syringes:
        yield from _question(
            "What a syringe measures is not given (`[[syringe]]`): the drug for bags for {sizes} is as computed, and ≈"
            " marks rounding.",
            (one for one, _ in drawn),
        )
    else:
        yield from _too_little_to_measure([(one, holds) for one, holds in drawn if not holds.draws])
    yield from _question(
        "How much of bags for {sizes} is saline and stabiliser is not evaluated: no `stabiliser_ml` is given.",
        (one for one, _ in drawn if one[1].size.stabiliser is None),
    )
    if site.kept_cold:
        yield from _question(
            "How long bags for {sizes} keep at 2 to 8 °C is not evaluated: no `cold_hours` is given.",
            (one for one in shown if one[1].size.cold is None),
        )
    if not site.prepared_before:
        yield from _question(
            "Bags for {sizes} are taken to be prepared when they are hung: `prepared_hours_before` is 0 or not given.",
            shown,
        )


def _off_by_syringes(dated: Dated) -> Iterator[Remark]:
    """Say by how much the course is off as syringes measure the drug."""
    site = dated.site
    held = [] if site is None or not site.syringes else [(bag, contents(bag, site)) for bag in dated.bags]
    measured = [(bag, holds) for bag, holds in held if holds is not None and holds.draws]
    if not measured:
        return
    ordered = sum((bag.micrograms for bag, _ in measured), Fraction(0))
    off = sum((bag.micrograms * holds.share for bag, holds in measured), Fraction(0)) - ordered
    of_which = "the bags of the course" if len(measured) == len(held) else f"{len(measured)} of {len(held)} bags"
    more = "more" if off > 0 else "less"
    told = f"{amount_text(abs(off))} mcg or {amount_text(abs(off) / ordered * 100)} % {more} than" if off else "just"
    yield Remark(f"As syringes measure the drug, {of_which} give {told} what is ordered.", RemarkKind.TOLD)


def _too_little_to_measure(drawn: Sequence[tuple[_Numbered, Contents]]) -> Iterator[Remark]:
    for volume in dict.fromkeys(holds.drug for _, holds in drawn if holds.drug is not None):
        yield from _question(
            f"No syringe of the site measures {amount_text(volume)} mL: the drug for bags for {{sizes}} is computed.",
            (one for one, holds in drawn if holds.drug == volume),
        )


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
