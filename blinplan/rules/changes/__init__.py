"""What changed against a revision of a git repository: which files, and which of their findings are new."""
