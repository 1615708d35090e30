"""How a report is drawn: as lines of text where nothing is coloured, and else by Rich."""
