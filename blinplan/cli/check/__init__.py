"""``blinplan check``."""
