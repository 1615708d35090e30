"""Judge: whether a regimen is sound."""
