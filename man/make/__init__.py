"""Make all generated text: manual pages, the outputs in Markdown pages, pictures and JSON Schemas.

``python -m man.make``, from the top of the project, writes all of it anew, and a test fails when what it would write is
not what is there. Nothing here is part of the program.
"""
