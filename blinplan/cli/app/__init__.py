"""The program around the commands."""
