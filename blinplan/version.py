"""The version, in a file below all rooms: what is written by any of them says it."""

__version__ = "0.1.0"
