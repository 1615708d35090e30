"""How a comparison of regimens looks: on a terminal, in Markdown, as data, as a figure."""
