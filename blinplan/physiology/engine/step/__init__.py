"""One step of the engine: who takes it, its stages, and what is there before and after it."""
