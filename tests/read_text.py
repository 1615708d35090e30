"""What a text reads as, where a test knows what kind of file it is."""

from blinplan.regimen.reading import FaultyFile, Reading, RecordFile, RegimenFile, SiteFile, read
from blinplan.regimen.record.record import CourseRecord
from blinplan.regimen.regimen import Regimen
from blinplan.regimen.site.site import Site
from blinplan.regimen.toml.problems import Problem


def regimen_file_in(text: str) -> RegimenFile:
    """The file of a regimen that a text is."""
    reading = read(text.encode(), "x.toml")
    assert isinstance(reading, RegimenFile), problems_of(reading)
    return reading


def regimen_in(text: str) -> Regimen:
    """The regimen that a text holds."""
    return regimen_file_in(text).regimen


def record_in(text: str) -> CourseRecord:
    """The course record that a text holds."""
    reading = read(text.encode(), "x.toml")
    assert isinstance(reading, RecordFile), problems_of(reading)
    return reading.record


def site_in(text: str) -> Site:
    """The profile of a site that a text holds."""
    reading = read(text.encode(), "x.toml")
    assert isinstance(reading, SiteFile), problems_of(reading)
    return reading.site


def problems_of(reading: Reading) -> tuple[Problem, ...]:
    """What is wrong with a file; nothing where it holds what it says."""
    return reading.problems if isinstance(reading, FaultyFile) else ()
