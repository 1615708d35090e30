"""What became of virtual patients."""
