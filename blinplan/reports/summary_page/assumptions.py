"""What a result rests on and nobody has verified, on a page."""

from collections.abc import Iterator

from blinplan.evidence.evaluate import ClaimResult, Evidence
from blinplan.limits import Limits
from blinplan.physiology.model.parameters import Parameter, Preset
from blinplan.regimen.regimen import Regimen
from blinplan.reports.model.model import status
from blinplan.reports.shared.page import Html, items, paragraph, table, wide
from blinplan.reports.simulation.summary import NOT_ELEVATED, premedication_effect
from blinplan.simulation.trial import Simulation


def assumptions_html(simulation: Simulation, preset: Preset, limits: Limits) -> Html:
    """Write what is assumed, and every number that nobody has seen in its source."""
    parts = [
        "<h3>Where the doses come from</h3>",
        _sources(simulation.regimen),
        "<h3>What the model takes for granted</h3>",
        items(_assumed(simulation, preset)),
        *_parameters(preset),
        *_limits(limits),
    ]
    return Html("\n".join(parts))


def _sources(regimen: Regimen) -> str:
    if not regimen.sources:
        return paragraph("The regimen names no source.")
    rows = [(source.citation, source.status.value, source.note or "") for source in regimen.sources]
    return wide(table(("Source", "Status", "Note"), ("", "w", ""), rows), "Sources of the doses")


def _assumed(simulation: Simulation, preset: Preset) -> Iterator[str]:
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


def _verified(parameter: Parameter) -> bool:
    return parameter.status == "derived" or (parameter.status == "published" and parameter.verification == "seen")


def _parameters(preset: Preset) -> Iterator[str]:
    open_ones = [one for one in preset.parameters.values() if not _verified(one)]
    rest = len(preset.parameters) - len(open_ones)
    yield f"<h3>Unverified numbers of the model: {len(open_ones)} of {len(preset.parameters)}</h3>"
    yield paragraph(
        f"Seen in their source, or worked out from numbers that were: {rest}. Transcribed: taken from a copy."
        " Calibrated: fitted so that the claims above hold. Assumed: nobody has measured it here."
    )
    rows = [(one.name, f"{one.value:g}", one.unit, status(one), one.source) for one in open_ones]
    listed = table(("Parameter", "Value", "Unit", "Status", "Source"), ("h", "n", "w", "", ""), rows)
    yield wide(listed, "Unverified numbers of the model")


def _limits(limits: Limits) -> Iterator[str]:
    unseen = [limit for limit in limits.values() if limit.status != "seen" or limit.change is not None]
    if not unseen:
        return
    yield f"<h3>Limits of rules that nobody has seen in their source, or that were changed: {len(unseen)}</h3>"
    rows = [(limit.name.replace("_", " "), str(limit), limit.says, limit.citation) for limit in unseen]
    yield wide(table(("Limit", "Value", "What it says", "Source"), ("h", "", "", ""), rows), "Limits")


_KINDS = {"claim": "Claims of the article", "published": "Published numbers", "extension": "In other populations"}


def evidence_html(evidence: Evidence) -> Html:
    """Write which claims the model meets, a line for each; what fails with its numbers."""
    held = sum(finding.holds for finding in evidence.findings)
    rows: list[tuple[str, ...]] = []
    kind = ""
    for finding in evidence.findings:
        if finding.claim.kind != kind:
            kind = finding.claim.kind
            rows.append((_KINDS[kind],))
        rows.append((finding.claim.id, finding.claim.sentence, _verdict(finding), _source(finding)))
    return Html(
        paragraph(
            f"{held} of {len(evidence.findings)} claims and published numbers hold, measured anew for this report on"
            f" {evidence.patients:,} virtual patients in each scenario, seed {evidence.seed}. They say whether the"
            " model is true to its sources; they do not judge this regimen."
        )
        + wide(table(("Claim", "What it says", "Verdict", "Source"), ("h w", "", "", ""), rows), "Claims")
    )


def _verdict(finding: ClaimResult) -> str:
    failed = [one for one in finding.measurements if not one.holds]
    if not failed:
        return "holds"
    told = (f"{one.expectation.text}: expected {one.expectation.band}, found {one.value:.4g}" for one in failed)
    return f"FAILS: {'; '.join(told)}"


def _source(finding: ClaimResult) -> str:
    unseen = "" if finding.claim.status in (None, "seen") else f" ({finding.claim.status})"
    return f"{finding.claim.source}{unseen}"
