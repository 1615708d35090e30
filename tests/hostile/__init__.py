"""Hostile inputs and faults: what is thrown at the program, and what it may answer."""
