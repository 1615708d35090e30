"""Patients side by side who take steps of their own sizes, each with the bytes that he has alone."""
