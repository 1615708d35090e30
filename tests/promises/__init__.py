"""What is promised, and the tests that hold it: claims, rules, limits, sentences of the README.

A test names what it holds: `@pytest.mark.holds("D203")`, or a parameter of it does. `readme.toml` lists the sentences.
`python -m tests.promises` writes table.md anew.
"""
