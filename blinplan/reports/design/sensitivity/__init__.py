"""How sensitivities look: tables, data, and figures."""
