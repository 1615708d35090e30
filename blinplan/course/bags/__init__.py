"""The bags of a course: when a site changes them, how it prepares them, and which are chosen."""
