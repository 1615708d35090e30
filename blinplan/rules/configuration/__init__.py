"""How rules are chosen and weighed."""
