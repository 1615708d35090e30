"""What is accepted on purpose: waivers in the files, and baselines beside them."""
