"""What the rules look at of a file: a case."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from blinplan.label.read import label_of
from blinplan.regimen.reading import RegimenFile
from blinplan.regimen.regimen import Regimen
from blinplan.rules.checks.comparison import compare_with_label
from blinplan.rules.checks.departures import compare_with_base
from blinplan.rules.configuration.settings import Settings
from blinplan.rules.rule import Case

if TYPE_CHECKING:
    from blinplan.course.patient import Patient
    from blinplan.regimen.site.site import Site
    from blinplan.rules.families.across_files.neighbours import Neighbours


def case_of(
    reading: RegimenFile,
    settings: Settings,
    patient: "Patient | None",
    site: "Site | None",
    begins: datetime | None = None,
    neighbours: "Neighbours | None" = None,
) -> Case:
    """What the rules look at, before anything is simulated."""
    regimen = with_label(reading.regimen, settings)
    site = None if site is None else prepare(site, regimen)
    limits = settings.limits_for(regimen)
    return Case(
        reading.document,
        regimen,
        limits,
        None,
        patient,
        site,
        beside_label=compare_with_label(regimen, limits),
        beside_base=compare_with_base(regimen),
        neighbours=neighbours,
        begins=begins,
    )


def prepare(site: "Site", regimen: Regimen) -> "Site":
    """The site with its label's word where it says nothing."""
    # Imported here, because a check without a site profile does not wait for it.
    from blinplan.course.bags.preparation import prepared_by

    return prepared_by(site, label_of(regimen))


def with_label(regimen: Regimen, settings: Settings) -> Regimen:
    """The regimen with the label that it follows: its own, or else the project's."""
    return regimen if regimen.label is not None else replace(regimen, label=settings.label)
