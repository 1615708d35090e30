"""TOML with positions: text, what may stand in it, and what is wrong with it."""
