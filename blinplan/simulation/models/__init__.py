"""Other models than the one that is shipped: parameter sets that keep every claim of the article."""
