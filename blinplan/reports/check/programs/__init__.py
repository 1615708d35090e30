"""Formats that other programs read, a file each."""
