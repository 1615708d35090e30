"""The equations of the model as text: read by people, and by other simulators through SBML.

They are written independently of the solver; the tests hold the two to each other.
"""

from __future__ import annotations

from blinplan.physiology.model.cytokines import ELEVATED, identifier
from blinplan.physiology.model.dosing import Options

# Of the ratio, so that what is raised to a power has no unit.
_HILL = "({c} / {e})^{h} / (1 + ({c} / {e})^{h})"
# The positive part, by a root: simulators that look for the moment at which an abs or a piecewise switches stall at it.
_ABOVE = "(activation - {memory} + sqrt((activation - {memory})^2 + 1e-12)) / 2"
_SURPLUS = "{above}^3 / ({above}^2 + sensing_threshold^2)"


def signals(options: Options) -> tuple[tuple[str, str], ...]:
    """Names and formulas of what follows from the states at once, in the order in which they depend on each other."""
    desensitises = options.attenuation == "desensitisation"
    elevated = tuple(
        (identifier(name), f"baseline_{identifier(name)} + release_{identifier(name)} * release") for name in ELEVATED
    )
    return (
        ("lytic", _HILL.format(c="concentration", e="lysis_ec50", h="lysis_hill")),
        ("activation", _HILL.format(c="concentration", e="activation_ec50", h="activation_hill")),
        ("effectors", "(1 + effector_half) * t_total / (effector_half * effector_reference + t_total)"),
        (
            "density",
            "blood_burden_share * b_blood / b_reference + (1 - blood_burden_share) * exp(log_blasts) / blast_reference",
        ),
        ("targets", "2 * density / (1 + density)"),
        ("above_adhesion_memory", _ABOVE.format(memory="adhesion_memory")),
        ("adhesion", "adhesion_rate * " + _SURPLUS.format(above="above_adhesion_memory")),
        ("lysis", "kill_rate * cytolytic"),
        ("blast_change", "blast_growth * (1 - exp(log_blasts)) - blast_sensitivity * lysis"),
        ("above_release_memory", _ABOVE.format(memory="release_memory")),
        (
            "released",
            (_SURPLUS.format(above="above_release_memory") if desensitises else "activation")
            + " * effectors * targets",
        ),
        ("t_blood", "t_total - t_adherent"),
        *elevated,
    )
