"""What blinatumomab does in a patient: parameters, virtual people, the mechanism, its solution and its endpoints."""

from blinplan.physiology.endpoints import Endpoints
from blinplan.physiology.model.dosing import Dosing, Options
from blinplan.physiology.model.draw import draw, from_covariates, typical
from blinplan.physiology.model.parameters import Parameter, Preset, load_parameters
from blinplan.physiology.model.population import Population
from blinplan.physiology.solve import Solution, simulate
from blinplan.physiology.trajectories import Trajectories

__all__ = [
    "Dosing",
    "Endpoints",
    "Options",
    "Parameter",
    "Population",
    "Preset",
    "Solution",
    "Trajectories",
    "draw",
    "from_covariates",
    "load_parameters",
    "simulate",
    "typical",
]
