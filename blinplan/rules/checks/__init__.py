"""What several rules ask, and what is imported only when a rule asks it."""
