"""How two regimens differ: what patients get, and what only the files say. Nothing is simulated."""
