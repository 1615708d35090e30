"""Restarts after an interruption."""
