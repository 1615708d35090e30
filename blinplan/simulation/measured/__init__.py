"""What a ward would measure of virtual patients: errors, and the limits of assays."""
