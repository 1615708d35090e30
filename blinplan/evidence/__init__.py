"""Whether the model is true: claims and published numbers as data, measured on virtual patients."""
