"""What a plan says of figures of its patient that change."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from blinplan.course.patient import Patient
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.quantities import decimal_text
from blinplan.reports.shared.words import moment_text

if TYPE_CHECKING:
    from blinplan.course.dated import Dated
    from blinplan.regimen.site.site import Site


def new_figures(dated: "Dated") -> Iterator[Remark]:
    """Say from when other figures of the patient count, what they change, and who says from when."""
    before = dated.course.patient
    for figures in dated.ledger.figures:
        moment = moment_text(dated.clock.at(figures.minute))
        yield Remark(f"{moment}: {figures.why}.")
        yield from (Remark(f"{moment}: {line}") for line in _line_of_preservative(dated.site, before, figures.patient))
        before = figures.patient
    for day in dated.ledger.not_counted:
        yield Remark(f"The figures of {day.isoformat()} change nothing that is planned: no later cycle begins.")
    if dated.ledger.figures:
        own = dated.site is not None and dated.site.figures_by_step
        yield Remark(
            f"New figures count from the next {'step' if own else 'cycle'} on; what was given stays as it was given."
            " From when they count, the label, as far as it was seen, does not say:"
            f" {'so the site has it' if own else 'a site profile can (`new_figures`)'}.",
            RemarkKind.TOLD,
        )


def _line_of_preservative(site: "Site | None", before: Patient, now: Patient) -> Iterator[str]:
    """Say that new figures cross the weight from which bags with preservative are given."""
    if site is None or site.preservative_from is None or not any(bag.preservative for bag in site.bags):
        return
    if before.weight is None or now.weight is None:
        return
    least = site.preservative_from
    weight, limits = decimal_text(now.weight, 3), f"they are given from {decimal_text(least)} kg on"
    if before.weight < least <= now.weight:
        yield f"bags with preservative may be hung from here on: the patient weighs {weight} kg; {limits}."
    elif now.weight < least <= before.weight:
        yield f"bags with preservative are hung no more: the patient weighs {weight} kg; {limits}."
