"""What a result rests on and nobody has verified, on a page."""

from collections.abc import Iterator
from dataclasses import dataclass

from blinplan.limits import Limits
from blinplan.physiology.model.parameters import Parameter, Preset
from blinplan.regimen.regimen import Regimen
from blinplan.reports.model.model import status
from blinplan.reports.shared.page import PageColumn, PageTable, page_table
from blinplan.reports.simulation.summary.words import NOT_ELEVATED, premedication_effect
from blinplan.simulation.trials.simulation import Simulation


@dataclass(frozen=True, slots=True)
class AssumptionsSection:
    """What is assumed, and every number that nobody has seen in its source."""

    sources: PageTable
    assumed: tuple[str, ...]
    parameters: PageTable
    parameters_in_all: int
    limits: PageTable


def assumptions_section(simulation: Simulation, preset: Preset, limits: Limits) -> AssumptionsSection:
    """Collect what a simulation rests on."""
    return AssumptionsSection(
        _sources(simulation.regimen),
        tuple(_assumptions(simulation, preset)),
        _parameters(preset),
        len(preset.parameters),
        _limits(limits),
    )


def _sources(regimen: Regimen) -> PageTable:
    columns = PageColumn("Source"), PageColumn("Status", "w"), PageColumn("Note")
    rows = ((source.citation, source.status.value, source.note or "") for source in regimen.sources)
    return page_table("Sources of the doses", columns, rows)


def _assumptions(simulation: Simulation, preset: Preset) -> Iterator[str]:
    yield f"The population {preset.key}: {preset.name} ({preset.status}: {preset.source})."
    if simulation.options.attenuation == "desensitisation":
        yield "Cytokine release wanes because cells desensitise and targets are lost; loss alone is the other reading."
    else:
        yield "Cytokine release wanes because targets are lost; desensitisation is the other reading."
    if simulation.options.premedication:
        yield premedication_effect(simulation)
    else:
        yield "Premedication does nothing to cytokine release here; how much it lowers it no source used here says."
    yield "How fast B cells grow back after months without drug no source used here says."
    yield NOT_ELEVATED


def _is_verified(parameter: Parameter) -> bool:
    return parameter.status == "derived" or (parameter.status == "published" and parameter.verification == "seen")


def _parameters(preset: Preset) -> PageTable:
    columns = (
        PageColumn("Parameter", is_name=True),
        PageColumn("Value", "n"),
        PageColumn("Unit", "w"),
        PageColumn("Status"),
        PageColumn("Source"),
    )
    unverified = (parameter for parameter in preset.parameters.values() if not _is_verified(parameter))
    rows = ((it.name, f"{it.value:g}", it.unit, status(it), it.source) for it in unverified)
    return page_table("Unverified numbers of the model", columns, rows)


def _limits(limits: Limits) -> PageTable:
    columns = (PageColumn("Limit", is_name=True), PageColumn("Value"), PageColumn("What it says"), PageColumn("Source"))
    unseen = (limit for limit in limits.values() if limit.status != "seen" or limit.change is not None)
    rows = ((limit.name.replace("_", " "), str(limit), limit.says, limit.citation) for limit in unseen)
    return page_table("Limits", columns, rows)
