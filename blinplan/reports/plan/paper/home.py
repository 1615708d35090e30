"""A sheet for an infusion at home: when the next bag is hung, at which rate the pump runs, and whom to call."""

from collections.abc import Sequence
from dataclasses import dataclass

from blinplan.course.bags.bag import Bag
from blinplan.course.calendar import Due
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark
from blinplan.label.read import label_of
from blinplan.outside_text import visible
from blinplan.quantities import duration_text
from blinplan.reports.plan.followed import said_besides
from blinplan.reports.plan.paper.heading import Heading
from blinplan.reports.plan.paper.plain_words import plain_words
from blinplan.reports.plan.paper.ward import SignedBag, signed_bag
from blinplan.reports.plan.remarks import stands_above
from blinplan.reports.shared.page import render
from blinplan.reports.shared.words import CAUTIONS, DRUG
from blinplan.version import __version__


@dataclass(frozen=True, slots=True)
class BagAtHome:
    """A bag, how long it runs, whether the patient is in hospital when it is hung, and whether it hangs already."""

    signed: SignedBag
    lasts: str
    in_hospital: bool
    hangs: bool


def home_sheet(dated: Dated, remarks: Sequence[Remark], head: Heading) -> str:
    """Write the sheet as one HTML page: the bags that hang and are to come, what is never done, and whom to call."""
    flush = label_of(dated.course.regimen).statement("flush")
    shown = dated.shown_bags()
    stays = [(entry.start, entry.stop) for entry in dated.entries if entry.due is Due.HOSPITAL]
    bags = [_at_home(dated, number, bag, stays) for number, bag in shown if not bag.is_of_the_past or dated.hangs(bag)]
    return render(
        "home.html",
        title=f"{DRUG.capitalize()} at home",
        heading=head,
        bags=bags,
        flush=None if flush is None else flush.stated.says,
        said=[visible(line) for line in said_besides(dated.course)],
        above=[plain_words(remark.text) for remark in remarks if stands_above(remark)],
        below=[plain_words(remark.text) for remark in remarks if not stands_above(remark)],
        zone=dated.clock.zone,
        version=__version__,
        cautions=CAUTIONS,
    )


def _at_home(dated: Dated, number: int, bag: Bag, stays: Sequence[tuple[int, int]]) -> BagAtHome:
    inside = any(start <= bag.start < stop for start, stop in stays)
    return BagAtHome(signed_bag(dated, number, bag), duration_text(bag.minutes), inside, hangs=dated.hangs(bag))
