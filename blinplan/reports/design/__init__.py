"""How differences and comparisons of regimens look."""
