"""The rules, a folder a family: its rules, the limits that decide them, and what they ask."""
