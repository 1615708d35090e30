"""Limits from both sides."""
