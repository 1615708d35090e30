"""Expand: what one patient gets."""
