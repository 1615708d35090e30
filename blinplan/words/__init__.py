"""Words that people write for the same thing, and how much one is written like another."""
