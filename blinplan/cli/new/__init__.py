"""``blinplan new``."""
