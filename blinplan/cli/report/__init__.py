"""``blinplan report``."""
