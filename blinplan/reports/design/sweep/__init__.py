"""How a sweep looks: tables, lines below them, data, and figures."""
