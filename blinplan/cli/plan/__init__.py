"""``blinplan plan``."""
