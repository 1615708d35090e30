"""How doses are written."""
