"""Regimens beside the label, or beside what they depart from."""
