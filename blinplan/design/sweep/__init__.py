"""One regimen at every point of a grid, on the same virtual patients: cells, what they come to, and where half are."""
