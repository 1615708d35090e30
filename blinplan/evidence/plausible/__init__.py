"""Make the plausible parameter sets: a walk through models that keep every claim of the article."""
