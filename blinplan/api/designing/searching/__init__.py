"""Searches: what they are asked, how they are run, and what they found."""
