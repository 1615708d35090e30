"""``blinplan new site`` and ``blinplan new record``: files that a check passes at once, and that replace nothing."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from blinplan.regimen import library
from tests.collection.grid import each_third
from tests.program import Run
from tests.terminal import Answered

SITE = ("new", "site", "ward.toml", "--name", "Ward 7", "--bag", "24=250", "--bag", "96")
RECORD = ("new", "record", "patient.toml", "--regimen", "rr-adult", "--start", "2026-11-02T10:00")
RECORD_THERE = (*RECORD, "--time-zone", "Europe/Berlin")


def _words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    "asked",
    [
        SITE,
        (*SITE, "--zone", "Europe/Berlin", "--change-time", "10:00", "--closed", "saturday", "--closed", "sunday"),
        (*SITE, "--time-zone", "Asia/Tokyo", "--prepared-hours-before", "4", "--label", "hk-2026"),
        RECORD_THERE,
        (*RECORD_THERE, "--weight", "70", "--height", "180", "--age", "1980-02-29"),
        (*RECORD[:-1], "2026-11-02T10:00+01:00", "--bsa", "1.73", "--age", "40"),
        (
            *SITE[:2],
            "ward ö 'x'.toml",
            *SITE[3:],
            "--closed",
            "monday",
            "--closed",
            "tuesday",
            "--change-time",
            "07:30",
        ),
    ],
)
def test_what_is_written_passes_a_check_without_a_word(inside: Run, tmp_path: Path, asked: tuple[str, ...]) -> None:
    ran = inside(*asked)
    assert (ran.status, ran.out) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == [asked[2]]
    checked = inside("check", asked[2], "--no-simulate", "-f", "json")
    assert checked.status == 0
    verdicts = checked.json["files"][0]["verdicts"]
    assert not [verdict["rule"] for verdict in verdicts if verdict["outcome"] == "finding"]
    assert f"blinplan check {shlex.quote(asked[2])}" in ran.err
    told = re.split(r"^ *(?=blinplan )", ran.err.partition("\nNext\n")[2], flags=re.MULTILINE)
    commands = [shlex.split(" ".join(text.split())) for text in told if text.strip()]
    assert [words[:2] for words in commands] == [["blinplan", "check"], ["blinplan", "plan"]]
    for words in commands:
        run = inside(*words[1:])
        assert run.status == 0, (words, run.err)


def test_no_bag_is_written_that_a_check_would_find_empty_before_its_time(inside: Run, tmp_path: Path) -> None:
    for fill, hours, label in (("239.9", "24", ()), ("172.7", "96", ()), ("1", "24", ("--label", "us-2025"))):
        ran = inside("new", "site", "w.toml", "--name", "W", "--bag", f"{hours}={fill}", *label)
        assert (ran.status, [*tmp_path.iterdir()]) == (2, [])
        assert "filled with less than the pump infuses" in _words(ran.err)
    assert inside("new", "site", "w.toml", "--name", "W", "--bag", "24=1", "--label", "hk-2026").status == 0
    assert inside("new", "site", "v.toml", "--name", "W", "--bag", "24=240", "--bag", "96=172.8").status == 0


@pytest.mark.parametrize("folder", ["", "Station ä 7", "it's"])
@pytest.mark.parametrize("regimen", ["rr-adult", "ward-rr"])
def test_what_is_advised_of_files_that_are_no_regimens_runs(
    inside: Run, tmp_path: Path, folder: str, regimen: str
) -> None:
    (tmp_path / folder).mkdir(exist_ok=True)
    own = Path(folder) / "ward-rr.toml"
    assert inside("new", "ward-rr", "--from", "rr-adult", "--hospital-days", "14,3").status == 0
    (tmp_path / "ward-rr.toml").rename(tmp_path / own)
    record, site = str(Path(folder) / "patient 1.toml"), str(Path(folder) / "ward 7.toml")
    named = str(own) if regimen == "ward-rr" else regimen
    asked = ("--regimen", named, *RECORD_THERE[5:], "--weight", "70")
    assert inside("new", "record", record, *asked).status == 0
    assert inside("new", "site", site, "--name", "W", "--bag", "24=250").status == 0

    def advised(said: str, begin: str) -> list[str]:
        return shlex.split(_words(said).partition(begin)[2])

    words = advised(inside("plan", record).err, "plan it with: blinplan ")
    assert words == ["plan", named, "--record", record]
    assert inside(*words).status == 0
    words = advised(inside("plan", site).err, "give the profile to it with ")
    assert inside("plan", "rr-adult", *words, "--start", "2026-11-02T10:00Z").status == 0
    in_file = " ".join((tmp_path / record).read_text(encoding="utf-8").replace("\n# ", " ").split())
    assert f"`blinplan plan {Path(named).name} --record THIS-FILE`" in in_file
    assert inside(named if regimen == "ward-rr" else record).status == 2
    first = shlex.split(re.findall("`([^`]+)`", _words(inside(record).err))[0])
    assert first == ["blinplan", "check", record]
    assert inside(*first[1:]).status == 0


def test_no_record_is_begun_with_a_regimen_that_is_for_others(inside: Run, tmp_path: Path) -> None:
    refused = inside(*RECORD_THERE, "--weight", "44", "--height", "150")
    assert (refused.status, list(tmp_path.iterdir())) == (2, [])
    assert "rr-adult is for 45 kg and over; the patient weighs 44 kg" in _words(refused.err)
    assert "as rr-below-45-kg" in _words(refused.err)
    assert inside(*RECORD_THERE, "--weight", "45").status == 0


def test_what_was_said_is_written_and_nothing_else(inside: Run, tmp_path: Path) -> None:
    inside(*SITE, "--closed", "sunday")
    assert tomllib.loads((tmp_path / "ward.toml").read_text(encoding="utf-8")) == {
        "site": 1,
        "name": "Ward 7",
        "closed": ["sunday"],
        "bag": [{"hours": 24, "fill_ml": 250}, {"hours": 96}],
    }
    inside(*RECORD_THERE, "--weight", "45.5")
    found = tomllib.loads((tmp_path / "patient.toml").read_text(encoding="utf-8"))
    assert found.pop("start").isoformat() == "2026-11-02T10:00:00"
    assert found == {"record": 1, "regimen": "rr-adult", "time_zone": "Europe/Berlin", "weight_kg": 45.5}


def test_what_the_label_says_of_a_bag_stands_there_as_a_comment(inside: Run) -> None:
    shown = inside("new", "site", "-", "--name", "Ward", "--bag", "24", "--bag", "168").out
    assert "# rate_ml_per_hour = 10\n" in shown
    assert "# rate_ml_per_hour = 0.6\n" in shown
    assert "# diluent_ml = 270\n" in shown
    assert shown.count("# fill_ml = ?\n") == 2
    elsewhere = inside("new", "site", "-", "--name", "Ward", "--bag", "24", "--label", "hk-2026").out
    assert "# rate_ml_per_hour = ?\n" in elsewhere


@pytest.mark.parametrize("asked", [SITE, RECORD_THERE])
def test_a_file_that_is_there_is_never_replaced(inside: Run, tmp_path: Path, asked: tuple[str, ...]) -> None:
    (tmp_path / asked[2]).write_text("mine", encoding="utf-8")
    ran = inside(*asked)
    assert ran.status == 2
    assert "is there already" in ran.err
    assert (tmp_path / asked[2]).read_text(encoding="utf-8") == "mine"
    (tmp_path / asked[2]).unlink()
    (tmp_path / asked[2]).symlink_to(tmp_path / "elsewhere.toml")
    assert inside(*asked).status == 2
    assert not (tmp_path / "elsewhere.toml").exists()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("new", "site"), "name the file to write: `blinplan new site ward.toml`"),
        (("new", "record"), "`blinplan new record patient-7.toml`"),
        (("new", "site", "x.toml"), "missing: --name, --bag"),
        (("new", "record", "x.toml"), "missing: --regimen, --start"),
        (
            ("new", "site", "--title", "X"),
            "`blinplan new site` writes the profile of a site; for a regimen take another",
        ),
        (("new", "record", "--step", "X"), "`blinplan new record` writes a course record; for a regimen take another"),
        ((*SITE, "--bag", "a day"), "give whole hours"),
        ((*SITE, "--bag", "48=a lot"), "give mL as a plain number"),
        ((*SITE, "--bag", "24"), "there are two bags of 24 hours"),
        ((*SITE, "--zone", "Berlin"), "time zone"),
        ((*SITE, "--change-time", "10"), 'write "10:00"'),
        ((*SITE, "--closed", "sunnday"), "sunday"),
        (RECORD, "time_zone"),
        ((*RECORD[:-1], "2026-11-02"), "without a time of day"),
        ((*RECORD[:-1], "2.11.2026"), "give a date and time as"),
        ((*RECORD[:-1], "2026-03-29T02:30", "--time-zone", "Europe/Berlin"), "does not exist"),
        ((*RECORD_THERE, "--weight", "70 kg"), "--weight 70"),
        ((*RECORD_THERE, "--age", "8 months"), "give the date of birth"),
        (("new", "record", "p.toml", "--regimen", "rr-adulx", "--start", "2026-11-02T10:00"), "rr-adult"),
        (("new", "record", "none/p.toml", *RECORD[3:]), "a folder that exists"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    inside: Run, tmp_path: Path, asked: tuple[str, ...], says: str
) -> None:
    ran = inside(*asked)
    assert (ran.status, ran.out) == (2, "")
    assert says in _words(ran.err)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("word", ["site", "record"])
def test_a_regimen_is_not_called_by_the_word_for_another_file(inside: Run, tmp_path: Path, word: str) -> None:
    ran = inside("new", "--from", "rr-adult", word)
    assert ran.status == 2
    assert f"`blinplan new {word} FILE` makes another file" in _words(ran.err)
    assert inside("new", f"{word}s", "--from", "rr-adult").status == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"{word}s.toml"]


def test_a_record_is_written_where_it_finds_its_regimen(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward").mkdir()
    assert inside("new", "ours", "--from", "rr-adult", "-o", "ward/ours.toml").status == 0
    asked = ("--regimen", "ward/ours.toml", "--start", "2026-11-02T10:00", "--time-zone", "UTC", "--weight", "70")
    elsewhere = inside("new", "record", "p.toml", *asked)
    assert elsewhere.status == 2
    assert "does not find ward/ours.toml" in elsewhere.err
    assert inside("new", "record", "ward/p.toml", *asked).status == 0
    assert inside("plan", "ward/ours.toml", "--record", "ward/p.toml").status == 0


@pytest.mark.slow
@pytest.mark.parametrize("regimen", each_third([*library.paths()]))
def test_every_shipped_regimen_has_its_record(inside: Run, regimen: str) -> None:
    ran = inside("new", "record", "p.toml", "--regimen", regimen, "--start", "2026-11-02T10:00", "--time-zone", "UTC")
    assert ran.status == 0
    assert inside("check", "p.toml", "--no-simulate").status == 0


def test_a_site_is_asked_for_at_a_terminal(answered: Answered, tmp_path: Path) -> None:
    typed = ["Ward 7", "a day", "24=250, 96", "Berlin", "Europe/Berlin", "10:00", "saturday, sunday"]
    status, out, shown = answered("\n".join(typed) + "\n", "site", "ward.toml")
    assert (status, out) == (0, ""), shown
    assert "give whole hours" in _words(shown)
    found = tomllib.loads((tmp_path / "ward.toml").read_text(encoding="utf-8"))
    assert (found["name"], found["time_zone"], found["change_time"]) == ("Ward 7", "Europe/Berlin", "10:00")
    assert found["closed"] == ["saturday", "sunday"]
    assert found["bag"] == [{"hours": 24, "fill_ml": 250}, {"hours": 96}]


def test_a_record_is_asked_for_at_a_terminal(answered: Answered, tmp_path: Path) -> None:
    typed = ["rr-adult", "Europe/Berlin", "2026-11-02", "2026-11-02T10:00", "70 kg", "70", "", "2009-05-17"]
    status, out, shown = answered("\n".join(typed) + "\n", "record", "p.toml")
    assert (status, out) == (0, ""), shown
    assert "without a time of day" in _words(shown)
    found = tomllib.loads((tmp_path / "p.toml").read_text(encoding="utf-8"))
    assert (found["regimen"], found["weight_kg"], found["born"].isoformat()) == ("rr-adult", 70, "2009-05-17")
    assert "height_cm" not in found


def test_leaving_a_question_leaves_nothing(answered: Answered, tmp_path: Path) -> None:
    status, _, shown = answered("Ward 7\n", "site", "ward.toml")
    assert status == 2
    assert "nothing was written" in shown
    assert not list(tmp_path.iterdir())
