"""How a file is judged: the case that rules look at, their answers, and what is said of a file with faults."""
