"""What people write naturally, and the right word that an error names for it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from blinplan.regimen.record.record import Cause
from blinplan.regimen.record.tables import RECORD_FILE
from blinplan.regimen.site.site import WEEKDAYS
from blinplan.regimen.site.tables import SITE_FILE
from blinplan.regimen.toml.likely_syntax import advice_for_line
from blinplan.regimen.toml.likely_values import advice_for_value, days_meant
from tests.regimen_text import judgement_of

INTERRUPTION = RECORD_FILE.keys["interruption"].kind.table
BAG = SITE_FILE.keys["bag"].kind.table
assert INTERRUPTION is not None
assert BAG is not None
KINDS: dict[str, Any] = {
    **{name: key.kind.json for name, key in RECORD_FILE.keys.items()},
    **{name: key.kind.json for name, key in INTERRUPTION.keys.items()},
    **{name: key.kind.json for name, key in BAG.keys.items()},
    "change_time": SITE_FILE.keys["change_time"].kind.json,
    **{name: SITE_FILE.keys[name].kind.json for name in ("kept", "prefer", "long_day", "disconnected_bag")},
    "closed": SITE_FILE.keys["closed"].kind.json["items"],
    "holidays": SITE_FILE.keys["holidays"].kind.json.get("items", {"format": "date"}),
}


@pytest.mark.parametrize(
    ("key", "written", "advice"),
    [
        ("cause", "CRS", 'write "cytokine-release-syndrome"'),
        ("cause", "Neurotoxicity", 'write "neurological"'),
        ("cause", "pump failure", 'write "technical"'),
        ("cause", "Operation", 'write "surgery"'),
        ("cause", "something", None),
        ("closed", "Sat", 'write "saturday"'),
        ("closed", "Sonntag", 'write "sunday"'),
        ("closed", "weekend", 'write "saturday", "sunday"'),
        ("born", "17.05.1983", "write 1983-05-17, without quotation marks"),
        ("born", "17/05/1983", "write 1983-05-17, without quotation marks"),
        ("born", "05/06/1983", "write 1983-05-06 or 1983-06-05, without quotation marks"),
        ("born", "31.02.1983", None),
        ("start", "02.11.2026 10:00", "write 2026-11-02T10:00:00, without quotation marks"),
        ("start", "02.11.2026, 10 Uhr", None),
        ("start", "2026-11-02", "add the time of day, and write 2026-11-02T10:00:00, without quotation marks"),
        ("start", date(2026, 11, 2), "add the time of day, as 2026-11-02T10:00:00"),
        ("stopped", "12/11/2026 14:00", "write 2026-11-12T14:00:00 or 2026-12-11T14:00:00, without quotation marks"),
        ("grade", "III", "write 3"),
        ("grade", "grade 3", "write 3"),
        ("grade", "3", "write 3"),
        ("grade", "9", None),
        ("cycle", "1", "write 1"),
        ("hours", "24 h", "write 24"),
        ("hours", "7 days", "write 168"),
        ("hours", Decimal("24.0"), "write 24"),
        ("hours", "24 mL", None),
        ("fill_ml", "276 mL", "write 276, without quotation marks or unit"),
        ("fill_ml", "276,5", "write 276.5, without quotation marks or unit"),
        ("weight_kg", "70 kg", "write 70, without quotation marks or unit"),
        ("weight_kg", "154 lb", None),
        ("height_cm", "1.78 m", "write 178, without quotation marks or unit"),
        ("hours", Decimal("NaN"), None),
        ("hours", Decimal("inf"), None),
        ("hours", Decimal("1e999999"), None),
        ("premedicated", "yes", "write true, without quotation marks"),
        ("premedicated", "nein", "write false, without quotation marks"),
        ("premedicated", "maybe", None),
        ("kept", "Fridge", 'write "refrigerated"'),
        ("kept", "room", 'write "room-temperature"'),
        ("prefer", "vials", 'write "fewest-vials"'),
        ("prefer", "bags", None),
        ("long_day", "move", 'write "move-clock"'),
        ("disconnected_bag", "continue", 'write "goes-on"'),
        ("disconnected_bag", "new", 'write "new-bag"'),
        ("change_time", "9:30 am", 'write "09:30"'),
        ("change_time", "10 Uhr", 'write "10:00"'),
        ("change_time", "12 am", 'write "00:00"'),
        ("change_time", "25:00", None),
    ],
)
def test_the_right_word_is_named_where_there_is_no_doubt(key: str, written: object, advice: str | None) -> None:
    assert advice_for_value(key, KINDS[key], written) == advice


def test_every_suggestion_is_a_word_of_the_files() -> None:
    words = {*map(str, Cause), *WEEKDAYS}
    for word in words:
        found = advice_for_value("cause", {"enum": sorted(words)}, word[:3])
        assert found is None or found.removeprefix("write ").strip('"') in words


def test_a_day_that_may_be_two_is_told_as_both() -> None:
    assert days_meant("02.11.2026") == [date(2026, 11, 2)]
    assert days_meant("02/11/2026") == [date(2026, 2, 11), date(2026, 11, 2)]
    assert days_meant("2026.11.2") == [date(2026, 11, 2)]
    assert days_meant("soon") == []
    moment = datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert advice_for_value("born", KINDS["born"], moment) == "write the day alone: 2026-11-02"


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("holidays = [25.12.2026]", "write the date as 2026-12-25"),
        ("start = 11/02/2026", "write the date as 2026-02-11 or 2026-11-02"),
        ("site = 1;", "remove the semicolon: a line ends without one"),
        ('closed = ["saturday"; "sunday"]', "write commas in place of semicolons"),
        ('name = "a; b"', None),
        ("name = 1 # so; it is", None),
        ("weight_kg = 70,5", "write a point: 70.5"),
        ("name = Ward 7", 'put the text into quotation marks: "Ward 7"'),
        ("premedicated = True", "write true"),
        ("dose = 28 mcg/day", 'write a text in quotation marks, "28 mcg/day", or a number without its unit'),
        ("weight_kg: 70", "write an equals sign in place of the colon"),
        ("= 3", None),
    ],
)
def test_a_line_that_people_write_so_is_put_right(line: str, advice: str | None) -> None:
    assert advice_for_line(line) == advice


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('site = 1\nname = "Ward"\nbag = [{ days = 7 }]\n', "write `hours = 168`"),
        ('site = 1\nname = "Ward"\nbag = [{ hours = 24, volume = 276 }]\n', "write `fill_ml`"),
        ('record = 1\nregimen = "rr-adult"\nstart = 2026-11-02T10:00:00Z\ndob = 1983-05-17\n', "write `born`"),
        ('site = 1;\nname = "Ward"\n', "remove the semicolon"),
        ('site = 1\nname = "W"\nclosed = "saturday"\nbag = [{ hours = 24 }]\n', 'write ["saturday"]'),
        ('site = 1\nname = "W"\nclosed = "Weekend"\nbag = [{ hours = 24 }]\n', 'write ["saturday", "sunday"]'),
        ('site = 1\nname = "W"\nholidays = 2026-12-25\nbag = [{ hours = 24 }]\n', "write [2026-12-25]"),
        ('site = 1\nname = "W"\nholidays = "3/4/2026"\nbag = [{ hours = 24 }]\n', "write [2026-03-04] or [2026-04-03]"),
        ('site = 1\nname = "W"\nhospital_days = 9\nbag = [{ hours = 24 }]\n', "write [9]"),
        ('site = 1\nname = "W"\nprepared_hours_before = "2 h"\nbag = [{ hours = 24 }]\n', "write 2"),
        ('site = 1\nname = "W"\nbag = 24\n', "write [[bag]] on a line of its own for each, and its keys below it"),
        ('site = 1\nname = "W"\nbag = [24, 48]\n', "write [[bag]] on a line of its own for each"),
    ],
)
def test_a_check_of_the_file_says_it(text: str, says: str) -> None:
    helps = " ".join(finding.help for finding in judgement_of(text).findings)
    assert says in helps
