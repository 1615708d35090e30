"""Other models than the one that is shipped: parameter sets that the evidence cannot tell from it."""
