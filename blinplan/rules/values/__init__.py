"""Every value that decides something, of labels, rules, thresholds, patients and the model, in one list."""
