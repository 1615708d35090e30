"""What happened to a course: what the label asks after it, what was decided, and what is left to give."""
