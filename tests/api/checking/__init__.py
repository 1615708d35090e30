"""How a run of checks goes: which files are read, settled, put right and written."""
