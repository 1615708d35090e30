"""Infusions, intervals and steps in time."""
