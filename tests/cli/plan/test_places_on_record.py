"""A profile that a record names and that is none is told with the record's line, and its check is not green."""

from pathlib import Path

import pytest

from tests.plan_text import RECORD, WARD
from tests.program import Run

NO_PROFILES: dict[str, str | None] = {
    "nothing.toml": None,
    "sub/nothing.toml": None,
    "empty.toml": "",
    "slip.toml": "site = 1\nname = ",
    "faulty.toml": WARD.replace("hours = 24", "hours = 0"),
    "record.toml": RECORD,
    ".": None,
}
PLACE = '\n[[place]]\nsince = 2026-03-2{}T10:00:00\nsite = "{}"\n'


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("name", NO_PROFILES)
def test_a_place_whose_profile_cannot_be_read(inside: Run, tmp_path: Path, name: str, before: int) -> None:
    (tmp_path / "ward.toml").write_text(WARD, encoding="utf-8")
    text = NO_PROFILES[name]
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "course.toml").write_text(
        RECORD.replace("grade = 3\n", 'grade = 3\nrestart_dose = "9 mcg/day"\npremedicated = true\n')
        + 'restart_in = "same-cycle"\nresolved = 2026-03-28T14:00:00\n'
        + "".join(PLACE.format(number, "ward.toml") for number in range(before)),
        encoding="utf-8",
    )
    assert inside("check", "course.toml", "--no-simulate").status == 0
    with (tmp_path / "course.toml").open("a", encoding="utf-8") as record:
        record.write(PLACE.format(before, name))
    for site in ((), ("--site", "ward.toml")):
        checked = inside("check", "course.toml", "--no-simulate", *site)
        assert checked.status == 2
        assert f"a site profile that [[place]] names cannot be read: {name}" in " ".join(checked.err.split())
        planned = inside("plan", "rr-adult", "--record", "course.toml", *site)
        assert (planned.status, planned.out) == (2, "")
        assert f"course.toml: place.{before + 1}.site: {name}" in " ".join(planned.err.split())
