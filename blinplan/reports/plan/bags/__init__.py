"""The bags of a plan, in words and figures."""
