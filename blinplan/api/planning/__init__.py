"""Plans for one patient: the functions that make them, and what they are."""
