"""The engine on NumPy: the patients of a chunk side by side, and one array operation after the other."""
