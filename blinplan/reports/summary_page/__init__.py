"""One page about a regimen."""
