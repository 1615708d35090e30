"""What an event of a calendar says, which is seen alone and among those of other patients."""

from collections.abc import Iterator
from dataclasses import dataclass

from blinplan.course.bags.bag import Bag
from blinplan.course.calendar import Due, Entry
from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.label.read import label_of
from blinplan.outside_text import visible
from blinplan.reports.plan.bags.words import contents_text, drawn_text
from blinplan.reports.plan.dated_plan import entry_text
from blinplan.reports.plan.remarks import remarks_of_entry
from blinplan.reports.plan.things_due import cycle_text
from blinplan.reports.shared.words import DRUG, NOT_A_DEVICE, amount_text, moment_beside

_IN_EVERY_EVENT = frozenset({RemarkKind.ERROR, RemarkKind.UNVERIFIED})


@dataclass(frozen=True, slots=True)
class EventTexts:
    """What all events of a calendar share: the name of the plan, the label, and what has to be known of the plan."""

    plan_id: str
    label: str
    remarks: tuple[Remark, ...]

    def summary(self, dated: Dated, entry: Entry) -> str:
        """Say in one line whose event it is, of which drug, and what is to be done."""
        cycle = cycle_text(dated.course, entry.cycle).replace(" (", ", ", 1).removesuffix(")")
        return f"{self.plan_id}, {DRUG}: {entry_text(dated, entry)} (cycle {cycle})"

    def description(self, dated: Dated, entry: Entry) -> str:
        """Say what the bag is, what concerns the event, which label is followed, and what a plan is not."""
        regimen = dated.course.regimen
        head = f"{DRUG}, plan {self.plan_id}, {visible(regimen.name)}: {visible(regimen.title)}."
        bag = [] if entry.bag is None or entry.due is not Due.BAG else _of_bag(dated, entry.bag)
        return "\n".join([head, *bag, *self._warnings(dated, entry), self.label, NOT_A_DEVICE])

    def _warnings(self, dated: Dated, entry: Entry) -> Iterator[str]:
        """What concerns the event; all that concerns the course stands where a cycle starts."""
        for remark in self.remarks:
            if remark.is_of_course and (entry.due is Due.START or remark.kind in _IN_EVERY_EVENT):
                yield visible(remark.text)
        yield from (visible(remark.text) for remark in remarks_of_entry(self.remarks, entry, dated.bag_numbers))


def _of_bag(dated: Dated, bag: Bag) -> Iterator[str]:
    """What is in a bag and what of it is infused, until when, and what is not done when it is changed."""
    number, down = dated.bag_numbers[bag.start], moment_beside(dated.clock.at(bag.stop), dated.clock.at(bag.start))
    volume = "" if bag.millilitres is None else f"{amount_text(bag.millilitres)} mL, "
    yield f"Bag {number}: {volume}{amount_text(bag.micrograms)} mcg are infused until {down}."
    filled = [one for one in (contents_text(dated, bag), drawn_text(dated, bag)) if one is not None]
    if filled:
        yield f"In the bag: {', '.join(filled)}."
    if label_of(dated.course.regimen).statement("flush") is not None:
        yield "Never flush the line."
