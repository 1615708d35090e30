"""What somebody wants a plan on paper to say and to be printed on: importing it costs nothing."""

from dataclasses import dataclass
from datetime import date

from blinplan.reports.plan.paper.sheets import LabelSheet


@dataclass(frozen=True, slots=True)
class Paper:
    """What a plan on paper says of its patient, and what its labels are printed on; it is kept nowhere else.

    Attributes
    ----------
    name, number, prescriber
        Of the patient, as the ward writes them.
    site
        The ward or the pharmacy; the name of the site profile where nobody says.
    planned_on
        The day on which the plan was made.
    sheet
        For labels: what they are printed on.
    """

    name: str | None = None
    number: str | None = None
    prescriber: str | None = None
    site: str | None = None
    planned_on: date | None = None
    sheet: LabelSheet = LabelSheet.A4_21
