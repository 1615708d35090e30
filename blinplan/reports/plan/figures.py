"""What a plan says of figures of its patient that change."""

from collections.abc import Iterator

from blinplan.course.dated import Dated
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.reports.shared.words import moment_text


def new_figures(dated: "Dated | None") -> Iterator[Remark]:
    """Say from when other figures of the patient count, what they change, and who says from when."""
    if dated is None:
        return
    for figures in dated.ledger.figures:
        yield Remark(f"{moment_text(dated.clock.at(figures.minute))}: {figures.why}.")
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
