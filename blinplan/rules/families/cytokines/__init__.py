"""Cytokines, and how the patient is prepared and watched."""
