"""Show: how results are presented."""
