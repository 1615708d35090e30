"""A plan as a calendar for other programs."""
