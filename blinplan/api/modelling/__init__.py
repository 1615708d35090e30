"""The model, and the evidence for it."""
