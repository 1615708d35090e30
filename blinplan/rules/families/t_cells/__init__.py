"""What T cells do."""
