"""The bags of a site."""
