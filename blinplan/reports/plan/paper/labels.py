"""Labels of the bags of a plan, on sheets that stationers sell or one by one.

On the smallest every line has its place: what is infused, what is in the bag, and when it is hung are never cut off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from blinplan.course.bags.bag import Bag
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark
from blinplan.label.read import label_of
from blinplan.quantities import duration_text
from blinplan.reports.plan.bags.words import as_ordered, contents_text
from blinplan.reports.plan.paper.heading import date_of_birth
from blinplan.reports.plan.paper.plain_words import plain_words
from blinplan.reports.plan.paper.room import LabelRoom, label_room
from blinplan.reports.plan.paper.sheets import SIZES, LabelSheet, SheetSize
from blinplan.reports.plan.paper.wanted import Paper
from blinplan.reports.plan.paper.ward import signed_bag
from blinplan.reports.shared.page import render
from blinplan.reports.shared.words import CAUTIONS, DRUG, amount_text


@dataclass(frozen=True, slots=True)
class BagLabel:
    """What stands on a bag, a line each; name and number have theirs, and are None where they are lines to write on.

    Where these take more than two lines, the label ``is_long``, and its lines are closer.
    """

    name: tuple[str, ...] | None
    number: tuple[str, ...] | None
    drug: str
    pump: str
    which: str
    given: str
    filled: str
    hung: str
    down: str
    hang_by: str
    down_by: str
    flush: str
    preserved: str
    is_long: bool


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label with its place on a sheet, in mm."""

    left: str
    top: str
    label: BagLabel


def labels_page(dated: Dated, remarks: Sequence[Remark], paper: Paper, plan_id: str | None) -> str:
    """Write the labels of the bags that are shown, as one HTML page; behind them, on plain paper, what has to be known.

    One by one there is no plain paper: what has to be known is on the screen only.
    """
    size = SIZES[paper.sheet]
    to_prepare = ((number, bag) for number, bag in dated.shown_bags() if bag.is_to_prepare)  # what hung has its label
    written = [_label(dated, number, bag, paper, plan_id) for number, bag in to_prepare]
    return render(
        "labels.html",
        title=f"Labels: {dated.course.regimen.name}" + ("" if plan_id is None else f", plan {plan_id}"),
        size=size,
        is_single=paper.sheet is LabelSheet.SINGLE,
        sheets=list(_sheets(written, size)),
        remarks=[*shortened_lines(dated, paper, plan_id), *(plain_words(remark.text) for remark in remarks)],
        cautions=CAUTIONS,
        zone=dated.clock.zone,
    )


def _sheets(labels: Sequence[BagLabel], size: SheetSize) -> Iterator[list[PlacedLabel]]:
    for first in range(0, len(labels), size.labels):
        yield [_at_place(label, place, size) for place, label in enumerate(labels[first : first + size.labels])]


def _at_place(label: BagLabel, place: int, size: SheetSize) -> PlacedLabel:
    row, column = divmod(place, size.columns)
    return PlacedLabel(f"{size.left + column * size.across:.2f}", f"{size.top + row * size.down:.2f}", label)


def _label(dated: Dated, number: int, bag: Bag, paper: Paper, plan_id: str | None) -> BagLabel:
    to_sign, room = signed_bag(dated, number, bag), _room(dated, number, bag, paper, plan_id)
    volume = "________ mL" if bag.millilitres is None else f"{amount_text(bag.millilitres)} mL"
    filled = contents_text(dated, bag)
    return BagLabel(
        room.name,
        room.number,
        f"{DRUG} {to_sign.dose}",
        to_sign.pump or _NO_PUMP,
        f"{_bag_of(dated, number)}{'' if room.plan_id is None else f', {room.plan_id}'}",
        f"{_GIVES[as_ordered(dated, bag)]} {amount_text(bag.micrograms)} mcg in {volume}, {duration_text(bag.minutes)}",
        "________ mL with ________ mcg" if filled is None else filled,
        to_sign.hung,
        to_sign.down,
        to_sign.hang_by,
        to_sign.down_by,
        _flush(dated),
        _PRESERVED[bag.size.preservative],
        room.is_long,
    )


def _room(dated: Dated, number: int, bag: Bag, paper: Paper, plan_id: str | None) -> LabelRoom:
    pump, before = signed_bag(dated, number, bag).pump or _NO_PUMP, f"{_bag_of(dated, number)}, "
    return label_room(paper.name, _number(dated, paper), plan_id, before, pump, SIZES[paper.sheet])


def _bag_of(dated: Dated, number: int) -> str:
    return f"Bag {number} of {max(dated.bag_numbers.values())}"


def shortened_lines(dated: Dated, paper: Paper, plan_id: str | None) -> list[str]:
    """Say what there is no room for on the labels of a sheet: what is shortened on them, and what they have of it."""
    rooms = [_room(dated, number, bag, paper, plan_id) for number, bag in dated.shown_bags() if bag.is_to_prepare]
    written = dict.fromkeys((what, room.text_of(what)) for room in rooms for what in room.shortened)
    return [
        f"There is no room on these labels for the whole {what}: they have “{shown}”. Take larger labels, or a shorter"
        f" {what}."
        for what, shown in written
    ]


_GIVES = {True: "gives", False: "ordered"}
_NO_PUMP = "________ mL/h"
_PRESERVED = {True: "WITH preservative", False: "no preservative", None: "preservative: ask"}


def _number(dated: Dated, paper: Paper) -> str | None:
    """The date of birth and the number, as far as they were said."""
    born = date_of_birth(dated)
    told = [None if born is None else f"born {born}", paper.number]
    return ", ".join(one for one in told if one) or None


def _flush(dated: Dated) -> str:
    stated = label_of(dated.course.regimen).statement("flush") is not None
    return "DO NOT FLUSH" if stated else "flush: ask"
