"""Courses as they go on a ward, each a record with the answer that a pharmacist would give."""
