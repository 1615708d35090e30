"""The arguments of the functions: all that the options say, from how little to how much, and how many."""
