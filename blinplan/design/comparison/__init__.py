"""The same virtual patients under several regimens: what differs in each, and how sure that is."""
