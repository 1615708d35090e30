"""``blinplan simulate``."""
