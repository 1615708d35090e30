"""What is measured in virtual patients: each endpoint is defined once, and tables, data and the manual follow."""
