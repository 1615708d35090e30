"""What a file says for certain that could not be read in whole, without a guess at the rest."""
