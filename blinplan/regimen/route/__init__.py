"""By which route a file gives its drug."""
