"""A second check of a bag and a pump against a plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blinplan.api.kinds import with_kinds
from blinplan.api.patient import Figures, Patient
from blinplan.api.planning.plan import plan
from blinplan.api.planning.planned import Plan
from blinplan.api.regimens.order import RegimenSource
from blinplan.api.vocabulary import TableFormat, TableOrJson, word_of
from blinplan.course.bags.verification import BagAndPump, Verification, WrittenFigure, verify_bag, written_figure
from blinplan.course.remarks import Remark, RemarkKind
from blinplan.data_table import table_html
from blinplan.refusal import ArgumentRefusal
from blinplan.terminal import PLAIN, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

    from blinplan.course.dated import Dated
    from blinplan.regimen.site.site import Site

PUBLIC = ("VerificationResult", "verify")

Written = str | int | Decimal
"""A number as it stands on a bag or a pump: "28.50" says more than 28.5."""


@dataclass(frozen=True, slots=True, repr=False)
class VerificationResult:
    """A bag and a pump beside a plan.

    Attributes
    ----------
    plan
        The plan.
    verification
        Each figure beside that of the plan, and what cannot be.
    """

    plan: Plan
    verification: Verification

    @property
    def agrees(self) -> bool:
        """Whether all figures are those of the plan."""
        return self.verification.agrees

    @property
    def differences(self) -> tuple[str, ...]:
        """What differs or cannot be, in words; nothing where all agrees."""
        from blinplan.reports.plan.verification import differences

        return tuple(differences(self._calendar, self.verification))

    @property
    def summary(self) -> str:
        """Whether bag and pump agree with the plan, in one sentence."""
        from blinplan.reports.plan.verification import summary

        return summary(self._calendar, self.verification)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What has to be known of the plan then: what is wrong or unverified in it, and what concerns the bag."""
        found, event = self.verification, self.verification.event
        if event is None:
            return ()
        period, grave = event.period, {RemarkKind.ERROR, RemarkKind.UNVERIFIED}
        start, stop = (period.start, period.stop) if found.bag is None else (found.bag.start, found.bag.stop)
        return tuple(
            remark
            for remark in self.plan.remarks
            if (remark.is_of_course and remark.kind in grave)
            or remark.concerns(period.cycle, start, stop, found.number)
        )

    @property
    def _calendar(self) -> "Dated":
        assert self.plan.dated is not None  # noqa: S101 - a plan without dates is refused
        return self.plan.dated

    def text(self, output_format: TableOrJson = "table", *, screen: Screen = PLAIN) -> str:
        """Write it as the command line does, as a table or as a JSON document."""
        if word_of(TableFormat, "output_format", output_format) is TableFormat.JSON:
            return self.json()
        return screen.render(*self._report(screen))

    def _report(self, screen: Screen) -> "Iterator[RenderableType]":
        from blinplan.reports.plan.remarks import remark_lines
        from blinplan.reports.plan.verification import verification_report

        yield from verification_report(self._calendar, self.verification, screen)
        yield from remark_lines(self.remarks)

    def json(self) -> str:
        """Write it as a JSON document."""
        from blinplan.outside_text import json_text
        from blinplan.reports.plan.verification import verification_json

        return json_text(verification_json(self._calendar, self.verification, self.plan.fingerprint))

    def columns(self) -> dict[str, list[Any]]:
        """A row for each figure; numbers, and None where the plan has none."""
        rows = self.verification.compared
        return {
            "figure": [row.what for row in rows],
            "unit": [row.unit for row in rows],
            "found": [float(row.found.value) for row in rows],
            "planned": [None if row.planned is None else float(row.planned) for row in rows],
            "agrees": [row.agrees for row in rows],
        }

    def __repr__(self) -> str:
        return f"<VerificationResult: {self.summary}>"

    def _repr_html_(self) -> str:
        return table_html(self.columns(), repr(self)[1:-1])


@with_kinds
def verify(
    regimen: RegimenSource,
    patient: Patient | Figures | None = None,
    *,
    at: datetime | str,
    micrograms: Written,
    total: Written,
    rate: Written | None = None,
    infused: Written | None = None,
    hours: Written | None = None,
    start: datetime | str | None = None,
    time_zone: str | None = None,
    measured: date | str | None = None,
    site: "str | Path | Site | None" = None,
    record: str | Path | None = None,
    ledger: str | Path | None = None,
    label: str | None = None,
    config: str | Path | None = None,
    isolated: bool = False,
) -> VerificationResult:
    """Go from what stands on a bag and a pump back to mcg/day, and compare it with the plan at that hour.

    Nothing of the way back is taken from the plan: the concentration in the bag times what the pump gives.

    >>> from blinplan import patient, verify
    >>> found = verify(
    ...     "rr-adult", patient(weight=70), at="2026-11-03T12:00", micrograms="10.35", total=276, rate=10,
    ...     start="2026-11-02T10:00", time_zone="Europe/Berlin",
    ... )
    >>> found.agrees
    True

    Parameters
    ----------
    at
        The hour at which the bag runs, local where it names no zone.
    micrograms
        The drug in the bag, priming included, as it stands there.
    total
        The volume in the bag in mL, priming included.
    rate, infused, hours
        What the pump gives in mL per hour; or the volume in mL that it infuses, and in how many hours.
    regimen, patient, start, time_zone, measured, site, record, ledger, label, config, isolated
        As for `plan`.

    Raises
    ------
    Refusal
        As `plan`; when the plan has no dates, a figure is no number, or the rate does not follow from what is given.
    """
    seen = _bag_and_pump(micrograms, total, rate, infused, hours)
    planned = plan(
        regimen,
        patient,
        start=start,
        time_zone=time_zone,
        measured=measured,
        site=site,
        record=record,
        ledger=ledger,
        label=label,
        config=config,
        isolated=isolated,
    )
    if planned.dated is None:
        raise ArgumentRefusal(
            "what is to run at an hour is known with {start}, {record} or {ledger}", "give one of them"
        )
    clock = planned.dated.clock
    return VerificationResult(planned, verify_bag(planned.dated, clock.minute(_moment(at, planned.dated)), seen))


def _bag_and_pump(
    micrograms: Written, total: Written, rate: Written | None, infused: Written | None, hours: Written | None
) -> BagAndPump:
    seen = BagAndPump(
        _figure("micrograms", micrograms),
        _figure("total", total),
        None if rate is None else _figure("rate", rate),
        None if infused is None else _figure("infused", infused),
        None if hours is None else _figure("hours", hours),
    )
    if seen.millilitres_per_hour is None:
        raise ArgumentRefusal(
            "how fast the pump runs is not known", "give {rate}, or both {infused} and {hours}, as they stand there"
        )
    return seen


def _figure(argument: str, written: Written) -> WrittenFigure:
    """Read a figure; one of a bag or a pump that runs is above 0."""
    text = str(written)
    message = f"{{{argument}}} is {{text}}"
    if "," in text and text.replace(",", "", 1).replace(".", "", 1).isdigit():
        raise ArgumentRefusal(message, f"write a point, as in {text.replace(',', '.')[:20]}", text=repr(text[:40]))
    if not (text.isascii() and text.replace(".", "", 1).isdigit() and len(text) <= _LONGEST_FIGURE):
        raise ArgumentRefusal(message, "give a plain number without its unit, as 28.5", text=repr(text[:40]))
    found = written_figure(text)
    if not found.value:
        raise ArgumentRefusal(message, "give what stands there, which is above 0", text=text)
    return found


_LONGEST_FIGURE = 12


def _moment(at: datetime | str, dated: "Dated") -> datetime:
    """The hour of a check, aware."""
    from blinplan.regimen.record.moments import in_utc

    text = at if isinstance(at, str) else at.isoformat()
    advice = "give a date and time as 2026-11-03T12:00"
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentRefusal("{at} is {text}", advice, text=repr(text[:40])) from None
    if len(text) <= len("2026-11-02"):
        raise ArgumentRefusal("{at} is {text}, without a time of day", advice, text=repr(text))
    if written.tzinfo is not None:
        return written
    try:
        return in_utc(written, str(dated.clock.zone))
    except ValueError as error:
        raise ArgumentRefusal("{at} {why}", "give the time with its offset", why=error) from error
