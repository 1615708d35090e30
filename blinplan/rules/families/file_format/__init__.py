"""Reading the file."""
