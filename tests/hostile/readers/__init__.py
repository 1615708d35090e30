"""Readers that a search calls, and the sound files that it begins with."""
