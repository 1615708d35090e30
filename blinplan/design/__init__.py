"""Which regimen would be better: how two differ, and what that does to the same virtual patients."""
