"""Rules about several files of a run."""
