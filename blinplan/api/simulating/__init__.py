"""Virtual patients through regimens: the functions that send them, and what comes of it."""
