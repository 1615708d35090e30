"""Make the plausible parameter sets: a walk through what the evidence cannot tell from the model that is shipped."""
