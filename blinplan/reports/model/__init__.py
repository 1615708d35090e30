"""The model, and how true it is."""
