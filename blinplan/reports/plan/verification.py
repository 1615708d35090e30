"""A second check of a bag and a pump: each figure beside that of the plan, and whether they agree."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.text import Text

from blinplan.course.bags.verification import DOSE, Compared, Verification
from blinplan.course.dated import Dated
from blinplan.outside_text import visible
from blinplan.reports.plan.dated_plan import zone_line
from blinplan.reports.shared.document import DocumentKind
from blinplan.reports.shared.manifest import manifest
from blinplan.reports.shared.words import (
    NOT_A_DEVICE,
    amount_text,
    exact_amount,
    known_figures,
    moment_text,
    moments_text,
)
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

VERIFICATION = DocumentKind("verification")


def verification_report(dated: Dated, found: Verification, screen: Screen) -> "Iterator[RenderableType]":
    """Draw each figure beside that of the plan, and below whether they agree."""
    regimen = dated.course.regimen_at(found.at)
    yield Text.assemble((visible(regimen.name), "title"), "  ", visible(regimen.title))
    yield Text(f"Patient: {', '.join(known_figures(dated.course.patient_at(found.at))) or 'nothing given'}")
    yield Text(_place(dated, found))
    yield ""
    yield _table(found, screen)
    yield ""
    yield Text(_sentence(summary(dated, found)), "pass" if found.agrees else "error")
    yield from (Text(f"  {_sentence(line)}", "error") for line in _besides(dated, found))
    yield Text(_way_back(found), "quiet")
    if any(figure.planned is None for figure in found.compared) and found.event is not None:
        yield Text(_not_compared(found), "not evaluated")
    yield zone_line(dated)
    yield Text(NOT_A_DEVICE, "quiet")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _place(dated: Dated, found: Verification) -> str:
    """Which hour of the plan it is, and which bag runs then."""
    hour = f"{moment_text(dated.clock.at(found.at))}: "
    if found.event is None:
        return f"{hour}nothing is infused at this hour of the plan"
    period = found.event.period
    step = f"{hour}step {period.step} of cycle {period.cycle}"
    if found.bag is None:
        return step
    hung, down = moments_text(dated.clock.at(found.bag.start), dated.clock.at(found.bag.stop))
    return f"{step}, bag {found.number}, hung {hung}, taken down {down}"


def _table(found: Verification, screen: Screen) -> "RenderableType":
    table = screen.table()
    table.add_column("", overflow="fold")
    for name in ("Bag and pump", "Plan"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for figure in found.compared:
        found_here, planned = _with_unit(figure)
        table.add_row(figure.what, found_here, planned, _verdict(figure))
    return table


def _with_unit(figure: Compared) -> tuple[str, str]:
    planned = "-" if figure.planned is None else f"{amount_text(figure.planned)} {figure.unit}"
    of = "" if figure.made_for is None else f" of {amount_text(figure.made_for)}"
    return f"{amount_text(figure.found.value)} {figure.unit}", f"{planned}{of}"


def _verdict(figure: Compared) -> Text:
    if figure.agrees is None:
        return Text("not compared", "not evaluated")
    return Text("agrees", "pass") if figure.agrees else Text(figure.difference, "error")


def _way_back(found: Verification) -> str:
    dose = next((figure for figure in found.compared if figure.what == DOSE), None)
    rounded = "" if dose is None or not dose.found.half else f" ± {amount_text(dose.found.half)}"
    amount = "" if dose is None else f": {amount_text(dose.found.value)}{rounded} mcg/day"
    return f"Dose: drug in the bag over its volume, times mL per hour, times 24 hours{amount}."


def _not_compared(found: Verification) -> str:
    names = ", ".join(figure.what for figure in found.compared if figure.planned is None)
    why = "no site profile says which bags there are" if found.bag is None else "the site profile does not say it"
    return f"Not compared: {names}; {why}."


def summary(dated: Dated, found: Verification) -> str:
    """Say in one sentence whether bag and pump agree with the plan."""
    if found.event is None:
        return "bag and pump do not agree with the plan: nothing is infused at this hour"
    dose = _planned_dose(found)
    if found.agrees and any(figure.agrees is None for figure in found.compared):
        return f"the dose is that of the plan, {dose}; what else stands on bag and pump is not all compared"
    if found.agrees:
        return f"bag and pump agree with the plan: {dose}"
    if all(figure.agrees for figure in found.compared if figure.what == DOSE):
        return f"the dose is that of the plan, {dose}, and bag and pump do not agree with it in the rest"
    return f"bag and pump do not give the dose of the plan, {dose}"


def _planned_dose(found: Verification) -> str:
    """The dose of the plan, and the ordered one where syringes measure another."""
    ordered = Fraction(0) if found.event is None else found.event.rate
    dose = found.planned_dose or ordered
    return f"{amount_text(dose)} mcg/day{'' if dose == ordered else f' ({amount_text(ordered)} ordered)'}"


def differences(dated: Dated, found: Verification) -> Iterator[str]:
    """Say what differs, what cannot be, and what it looks like, a line each."""
    for figure in found.compared:
        if figure.agrees is False:
            here, planned = _with_unit(figure)
            yield f"{figure.what}: {here}, and the plan has {planned}: {figure.difference}"
    yield from _besides(dated, found)


def _besides(dated: Dated, found: Verification) -> Iterator[str]:
    """What stands in no row of the table: that nothing runs, what cannot be, and what the difference looks like."""
    if found.event is None:
        yield _nothing_runs(dated, found)
    yield from found.contradictions
    yield from found.likely


def _nothing_runs(dated: Dated, found: Verification) -> str:
    following = next((e.period for e in dated.course.events if e.period.dose and e.period.start > found.at), None)
    if following is None:
        return "the plan has no infusion any more"
    return f"the next infusion of the plan begins {moment_text(dated.clock.at(following.start))}"


def verification_json(dated: Dated, found: Verification, fingerprint: str) -> dict[str, Any]:
    """Write it as a JSON document, figures exact and as numbers."""
    regimen = dated.course.regimen_at(found.at)
    return {
        **VERIFICATION.head(manifest(regimen=regimen.name, input=fingerprint)),
        "at": dated.clock.at(found.at).isoformat(),
        "agrees": found.agrees,
        "summary": summary(dated, found),
        "cycle": None if found.event is None else found.event.period.cycle,
        "step": None if found.event is None else found.event.period.step,
        "bag": found.number,
        "figures": [_figure_json(figure) for figure in found.compared],
        "differences": list(differences(dated, found)),
        "notice": NOT_A_DEVICE,
    }


def _figure_json(figure: Compared) -> dict[str, Any]:
    return {
        "figure": figure.what,
        "unit": figure.unit,
        "found": exact_amount(figure.found.value),
        "planned": None if figure.planned is None else exact_amount(figure.planned),
        "made_for": None if figure.made_for is None else exact_amount(figure.made_for),
        "agrees": figure.agrees,
    }
