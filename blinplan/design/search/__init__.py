"""Schedules that keep what must hold, and lower what is to be low."""
