"""Which regimen would be better, from Python and the command line."""
