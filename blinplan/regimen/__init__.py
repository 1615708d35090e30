"""Read: what was ordered."""
