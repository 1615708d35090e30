"""Write all generated text anew, and remove the manual pages that nothing makes any more."""

from man.make.generated import generated, left_over

everything = generated()
for path in left_over(everything):
    path.unlink()
for path, text in everything.items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
