"""Generated regimen files: shipped ones in eight ways of writing, and with one mistake each."""
