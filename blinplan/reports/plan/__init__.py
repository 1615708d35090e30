"""What one patient gets, in every view and format."""
