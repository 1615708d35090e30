"""A plan beside virtual patients: what is expected when, and what was delivered of what was planned."""
