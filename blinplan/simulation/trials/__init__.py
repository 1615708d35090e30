"""A regimen and its patients: sent through alone or beside those of other trials, and what came of it."""
