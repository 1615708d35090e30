"""Numbers from which on something counts, as data."""
