"""A step of the engine as a list of operations, for NumPy to run without the lines."""
