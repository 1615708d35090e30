"""Premedication."""
