"""Days on which no bag is changed, from a file: a calendar, or a list of dates."""
