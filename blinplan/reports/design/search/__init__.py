"""What a search found, as it is shown."""
