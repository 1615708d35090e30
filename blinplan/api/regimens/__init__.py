"""Regimens from Python: read, built, ordered for a patient, and begun as a file of one's own."""
