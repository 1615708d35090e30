"""What rules ask of virtual patients."""
