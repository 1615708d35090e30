"""The parameters of the model, each with its source and how far it was checked."""

from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from blinplan.drawing.draw import indent
from blinplan.fingerprint import model_name, model_versions
from blinplan.physiology.model.dosing import Options
from blinplan.physiology.model.equations import signals
from blinplan.physiology.model.parameters import Parameter, ParameterSet, Precision, Preset
from blinplan.physiology.model.states import TABLE
from blinplan.reports.shared.document import DocumentKind
from blinplan.terminal import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

MODEL = DocumentKind("model")


def model_report(parameters: ParameterSet, preset: Preset, screen: Screen) -> "list[RenderableType]":
    """Draw the parameters of one population: value, variability between patients, status and source."""
    table = screen.table()
    table.add_column("Parameter", overflow="fold", min_width=15)
    table.add_column("Value", no_wrap=True)
    table.add_column("SD of ln", justify="right", width=None if screen.wide else 5)
    table.add_column("Status", min_width=11)
    table.add_column("No.", justify="right", no_wrap=True)
    numbers: dict[str, int] = {}
    for key, parameter in preset.parameters.items():
        own = parameter != parameters.parameters[key]
        table.add_row(
            Text.assemble((key, "where"), ("  of this population" if own else "", "note")),
            f"{parameter.value:g} {parameter.unit}".removesuffix(" 1"),
            f"{parameter.sd:.3g}" if parameter.sd else "-",
            Text(status(parameter), "" if parameter.status in ("published", "derived") else "unverified"),
            str(numbers.setdefault(parameter.source, len(numbers) + 1)),
        )
    others = ", ".join(name for name in parameters.presets if name != preset.key)
    return [
        Text.assemble((preset.key, "title"), f"  {preset.name}  ({preset.status}: {preset.source})"),
        Text(f"Other populations: {others}", "quiet"),
        Text(f"model {model_name()}", "quiet"),
        "",
        table,
        "",
        *(
            Text(f"Correlation of {c.first} and {c.second}: {c.value:g} ({c.status}: {c.source})")
            for c in preset.correlations
        ),
        "",
        Text("How exactly the source knew them", "title"),
        *(indent(precision(key, parameter)) for key, parameter in preset.parameters.items() if parameter.precision),
        "",
        Text("Sources, by number", "title"),
        *(indent(f"{number}  {source}") for source, number in numbers.items()),
        "",
        Text("Versions of the model", "title"),
        *(indent(f"{one.version}  {one.date}  {one.changed}") for one in model_versions()),
    ]


def equations_report(options: Options) -> "list[RenderableType]":
    """Draw the equations: what follows from the states at once, then the rate of change of each state."""
    parts: list[RenderableType] = [
        Text("Signals", "title"),
        *(_equation(name, formula) for name, formula in signals(options)),
        "",
        Text("States, change per day", "title"),
        Text(
            "Time is in days: the clearance of the table counts in L/day here (24 times its L/h). `rate` is the"
            " infusion in mcg/day. Cytokines are in pg/mL: release_il_6 is the table's release_il6 times baseline_il6,"
            " and so are the others.",
            "quiet",
        ),
    ]
    for state in TABLE:
        parts += [_equation(f"{state.name}'", state.rate), Padding(Text(state.meaning, "quiet"), (0, 0, 0, 6))]
    return parts


def _equation(name: str, formula: str) -> "RenderableType":
    return Padding(Text.assemble((name, "where"), f" = {formula}"), (0, 0, 0, 2))


def status(parameter: Parameter) -> str:
    """Write a parameter's status, with how far a published number was checked."""
    return parameter.status if parameter.verification is None else f"{parameter.status}, {parameter.verification}"


def precision(key: str, parameter: Parameter) -> str:
    """Write how exactly the source knew a parameter, and how far that was checked."""
    found = parameter.precision
    if found is None:
        return f"{key}: not published"
    between = found.variability_standard_error
    parts = [
        f"relative standard error {100 * found.relative_standard_error:.3g} %",
        *([f"95 % interval {_between(*found.interval, parameter.unit)}"] if found.interval else []),
        *([f"that of the variability between patients {100 * between:.3g} %"] if between else []),
    ]
    return f"{key}: {', '.join(parts)} ({found.verification})"


def _between(low: float, high: float, unit: str) -> str:
    return f"{low:g} to {high:g} {unit}".removesuffix(" 1")


def model_json(parameters: ParameterSet) -> dict[str, Any]:
    """Write all populations and their parameters as a JSON document."""
    return {
        **MODEL.head(),
        "populations": {
            key: {
                "name": preset.name,
                "source": preset.source,
                "status": preset.status,
                "parameters": {name: _parameter(parameter) for name, parameter in preset.parameters.items()},
                "correlations": [
                    {"between": [c.first, c.second], "value": c.value, "source": c.source, "status": c.status}
                    for c in preset.correlations
                ],
            }
            for key, preset in parameters.presets.items()
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "value": parameter.value,
        "unit": parameter.unit,
        "sd_of_ln": parameter.sd,
        "source": parameter.source,
        "status": parameter.status,
        "verification": parameter.verification,
        "range": [parameter.low, parameter.high],
        "simulated": parameter.simulated,
        "precision": _precision(parameter.precision) if parameter.precision else None,
    }


def _precision(precision: Precision) -> dict[str, Any]:
    return {
        "relative_standard_error": precision.relative_standard_error,
        "interval": list(precision.interval) if precision.interval else None,
        "variability_standard_error": precision.variability_standard_error,
        "source": precision.source,
        "verification": precision.verification,
    }
