"""A regimen on virtual patients."""
