"""The model, the evidence for it, and the engine that computes it."""
