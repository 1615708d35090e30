"""What stands at the head of paper: whose plan it is and which, as far as it was said; else a line to write on."""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from blinplan.course.dated import Dated
from blinplan.reports.plan.data import dated_json
from blinplan.reports.plan.paper.room import text_lines
from blinplan.reports.plan.paper.wanted import Paper
from blinplan.reports.shared.words import known_figures

_RUNNING_EMS = 38
"""What two thirds of a sheet of A4 between its margins have room for, in letters of 9 pt."""

_MARGIN_MM, _LINE_MM = 19, 3.9


class Field(NamedTuple):
    """A field of a heading: what it is, and its value; None for a line to write on."""

    label: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of the paper of a plan.

    ``fields`` stand on the first page of each part, and ``running`` in a line on every sheet.
    """

    fields: tuple[Field, ...]
    running: str

    @property
    def top_mm(self) -> float:
        """The upper margin in mm, in which the line on every sheet has room however long the name is."""
        lines = len(list(text_lines(self.running, _RUNNING_EMS)))
        return round(_MARGIN_MM + (lines - 1) * _LINE_MM, 1)


def heading(dated: Dated, paper: Paper, plan_id: str | None, revision: int) -> Heading:
    """Make the heading of a plan, with its date, its version and its identity."""
    mark = identity(dated)
    return Heading(
        (
            Field("Name", paper.name),
            Field("Date of birth", date_of_birth(dated)),
            Field("Number", paper.number),
            Field("Prescriber", paper.prescriber),
            Field("Site", site_of(dated, paper)),
            Field("Plan", None if plan_id is None else f"{plan_id}, revision {revision}"),
            Field("Planned on", None if paper.planned_on is None else f"{paper.planned_on:%a %Y-%m-%d}"),
            Field("Identity", mark),
        ),
        ", ".join(_running(dated, paper, plan_id, mark)),
    )


def _running(dated: Dated, paper: Paper, plan_id: str | None, mark: str) -> list[str]:
    told = [paper.name, paper.number, dated.course.regimen.name, None if plan_id is None else f"plan {plan_id}"]
    return [one for one in told if one is not None] + [f"identity {mark}"]


def date_of_birth(dated: Dated) -> str | None:
    """The patient's date of birth, where it is known."""
    age = dated.course.patient.age
    return None if age is None or age.born is None else age.born.isoformat()


def site_of(dated: Dated, paper: Paper) -> str | None:
    """The site: as it was said for the paper, or as its profile names it."""
    return paper.site or (None if dated.site is None else dated.site.name)


def identity(dated: Dated) -> str:
    """A short mark that two prints share if everything that is due in them is the same."""
    whole = replace(dated, cycle=None, first=None, last=None)
    told = [known_figures(dated.course.patient), dated.course.regimen.name, dated_json(whole)]
    return sha256(json.dumps(told).encode()).hexdigest()[:8]
