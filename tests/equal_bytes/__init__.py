"""The same bytes wherever the program runs: what is written, what varies, and the table of both.

`python -m tests.equal_bytes` says how it is used.
"""
