"""What B cells do."""
