"""What is collected: which cases of a grid, and how."""
