"""The functions for use from Python, a file a subject: the same that the command line calls."""
