"""Files for a ward to fill in: what is known is written, and all else stands there as a comment with an example."""
