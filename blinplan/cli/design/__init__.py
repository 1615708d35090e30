"""``blinplan diff`` and ``blinplan compare``."""
