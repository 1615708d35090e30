"""What is put right in files, or would be, and the waivers that are written into them."""

import difflib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from blinplan.outside_text import visible
from blinplan.quantities import plural
from blinplan.refusal import Refusal
from blinplan.regimen.reading import Reading

if TYPE_CHECKING:
    from blinplan.rules.fix import Repair


class Fixes(NamedTuple):
    """What was put right in each file, or would be, and the files that had to be left as they are."""

    files: "tuple[Repair, ...]"
    refusals: tuple[Refusal, ...]

    @property
    def changed_files(self) -> int:
        """How many files."""
        return sum(bool(new.repairs) for new in self.files)

    def places(self) -> Iterator[str]:
        """Each place at which something was changed, in words, with what stands there."""
        from blinplan.regimen.toml.place import value_text
        from blinplan.rules.place import place_of

        for new in self.files:
            for finding in new.repairs:
                place = place_of(finding, new.reading.document)
                yield f"{new.reading.document.name}: {finding.code} at {place.at}, for {value_text(place.value)}"

    def __str__(self) -> str:
        repairs = Counter(finding.code for new in self.files for finding in new.repairs)
        if not repairs:
            return "nothing"
        codes = ", ".join(f"{code} ({count})" for code, count in sorted(repairs.items()))
        return f"{codes} in {self.changed_files} {plural('file', self.changed_files)}"


def diff(old: Reading, new: Reading) -> Iterator[str]:
    """The lines that differ between two texts of a file, as `patch` reads them."""
    shown = visible(old.document.name)
    lines = difflib.unified_diff(_lines(old.document.text), _lines(new.document.text), f"a/{shown}", f"b/{shown}")
    return (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Cut at newlines only, as ``patch`` does; `str.splitlines` cuts at other characters too."""
    return [part for part in text.replace("\n", "\n\0").split("\0") if part]
