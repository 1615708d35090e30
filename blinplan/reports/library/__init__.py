"""The shipped regimens and the rules."""
