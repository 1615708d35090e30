"""Open a control stream with pharmpy and print what it found; run by a Python that has pharmpy, which is large."""

import json
import sys
import warnings

warnings.simplefilter("ignore")  # those of pharmpy's own libraries

from pharmpy.model import output  # type: ignore[import-not-found]  # noqa: E402
from pharmpy.modeling import check_dataset, evaluate_expression, read_model  # type: ignore[import-not-found]  # noqa: E402

model = read_model(sys.argv[1])
data, system = model.dataset, model.statements.ode_system
found = {
    "parameters": model.parameters.inits,
    "variances": [str(model.random_variables[effect].get_variance(effect)) for effect in ("ETA_1", "ETA_2", "EPS_1")],
    "items": model.datainfo.names,
    "amount": float(data["AMT"].sum()),
    "observations": int((data["MDV"] == 0).sum()),
    "elimination": str(system.get_flow(system.central_compartment, output)),
    "doses": [type(dose).__name__ for dose in system.central_compartment.doses],
    "clearance": sorted({round(float(value), 9) for value in evaluate_expression(model, "TVCL")}),
    "violations": len(check_dataset(model, dataframe=True)),
}
print(json.dumps(found))  # noqa: T201
