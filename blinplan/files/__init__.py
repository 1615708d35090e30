"""Files: what is read and written, and what is kept because it can be made again."""
