"""What came of a simulation, in texts, at a terminal and as a document."""
