"""A user's own patients, from a table in CSV."""
