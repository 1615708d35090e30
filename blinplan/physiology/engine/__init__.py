"""The arithmetic that advances patients."""
