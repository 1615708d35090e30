"""What a hospital site decides about bags: the profile's file, and its values."""
