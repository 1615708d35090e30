"""Many virtual patients: drawn and sent through a course some at a time, so that memory does not grow with them."""
