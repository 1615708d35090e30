"""The model: its parameters and equations, and the model for other programs."""

import re
from dataclasses import dataclass
from typing import Any

from blinplan.api.kinds import with_kinds
from blinplan.api.regimens.order import RegimenSource, regimen_of
from blinplan.api.simulating.simulate import options_of
from blinplan.api.vocabulary import (
    Attenuation,
    AttenuationName,
    PopulationName,
    TableFormat,
    TableOrJson,
    VirtualPopulation,
    word_of,
)
from blinplan.data_table import table_html
from blinplan.physiology.model.parameters import Parameter, ParameterSet, Preset, load_parameters
from blinplan.refusal import ArgumentRefusal, Refusal
from blinplan.terminal import PLAIN, Screen

PUBLIC = ("Model", "model")


@dataclass(frozen=True, slots=True, repr=False)
class Model:
    """The model of one virtual population.

    Attributes
    ----------
    all_populations
        The parameters of every population.
    preset
        Those of this one, with their correlations.
    attenuation
        Why cytokine release wanes.
    is_chosen
        Whether somebody asked for this population: else a regimen has that of its own patients, as in a simulation.
    """

    all_populations: ParameterSet
    preset: Preset
    attenuation: AttenuationName
    is_chosen: bool = True

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by name: value, unit, variability, source, status, and how far that was checked."""
        return dict(self.preset.parameters)

    def text(self, output_format: TableOrJson = "table", *, screen: Screen = PLAIN) -> str:
        """Write the parameters: as a table of this population, or all populations as JSON."""
        from blinplan.reports.model.model import model_json, model_report

        if word_of(TableFormat, "output_format", output_format) is TableFormat.JSON:
            from blinplan.outside_text import json_text

            return json_text(model_json(self.all_populations))
        return screen.render(*model_report(self.all_populations, self.preset, screen))

    def equations(self, *, screen: Screen = PLAIN) -> str:
        """Write the equations: what follows from the states at once, then the rate of change of each state."""
        from blinplan.reports.model.model import equations_report

        return screen.render(*equations_report(options_of(self.attenuation)))

    @with_kinds
    def sbml(self, regimen: RegimenSource = "rr-adult") -> str:
        """Write the typical patient's model as SBML, with the infusions of a regimen as events. Needs python-libsbml.

        It is the typical patient of a simulation: of the population that was asked for, or else of the regimen's, and
        of a weight that the regimen admits.

        Raises
        ------
        Refusal
            When the regimen is for nobody of this population, or python-libsbml is not installed.
        """
        ordered = regimen_of(regimen)
        from blinplan.course.events import periods
        from blinplan.physiology.model.sbml import to_sbml
        from blinplan.simulation.admission import admitted_typical
        from blinplan.simulation.dosing import NotEligibleError, dosing

        try:
            people = admitted_typical(ordered, self.preset.key if self.is_chosen else ordered.virtual_population)
            return to_sbml(dosing(ordered, periods(ordered), people), people, options=options_of(self.attenuation))
        except NotEligibleError as error:
            raise ArgumentRefusal("{why}", "choose another {population} or {regimen}", why=error) from error
        except ImportError as error:
            raise Refusal("SBML needs python-libsbml", "install it with: pip install 'blinplan[sbml]'") from error

    @with_kinds
    def nonmem(self, records: str = "records.csv") -> str:
        """Write the model of plasma concentrations as a NONMEM control stream.

        ``records`` is the name of the data set that it reads: that of a plan in the format nonmem.

        Raises
        ------
        Refusal
            When NONMEM would not read the name.
        """
        if not re.fullmatch(r"[A-Za-z0-9_./-]{1,150}", records):
            raise ArgumentRefusal(
                "{records} is {value}",
                "NONMEM reads names of letters, digits, _ . / and -, without spaces",
                value=repr(records[:40]),
            )
        from blinplan.reports.model.nonmem import control_stream

        return control_stream(self.preset, records)

    def columns(self) -> dict[str, list[Any]]:
        """The parameters as columns, for ``pandas.DataFrame``, ``polars.DataFrame`` or ``pyarrow.table``."""
        found = self.parameters
        columns: dict[str, list[Any]] = {"parameter": list(found)}
        for key in ("name", "value", "unit", "sd", "status", "verification", "source"):
            columns[key] = [getattr(parameter, key) for parameter in found.values()]
        return columns

    def __repr__(self) -> str:
        return f"<Model of {self.preset.key}: {len(self.preset.parameters)} parameters, {self.attenuation}>"

    def _repr_html_(self) -> str:
        return table_html(self.columns(), repr(self)[1:-1])


@with_kinds
def model(population: PopulationName | None = None, *, attenuation: AttenuationName = "desensitisation") -> Model:
    """Take the model of a virtual population: what it rests on, and how far each number was checked.

    >>> from blinplan import model
    >>> clearance = model().parameters["clearance"]
    >>> clearance.value, clearance.unit, clearance.status
    (2.22, 'L/h', 'published')

    Parameters
    ----------
    population
        Whose parameters; those of adult-rr when not given, and for SBML those of the regimen's patients.
    attenuation
        Why cytokine release wanes: both published explanations are held.

    Raises
    ------
    Refusal
        When there is no such population or explanation.
    """
    parameters = load_parameters()
    chosen = VirtualPopulation.ADULT_RR if population is None else word_of(VirtualPopulation, "population", population)
    why = word_of(Attenuation, "attenuation", attenuation)
    return Model(parameters, parameters.presets[chosen.value], why.value, is_chosen=population is not None)
