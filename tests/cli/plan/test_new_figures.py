"""``blinplan plan`` of a patient who changes: on record, at the start of a cycle, or as known today."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests.program import Run

CHILD = (
    'record = 1\nregimen = "rr-below-45-kg"\nstart = 2026-11-02T10:00:00\ntime_zone = "Europe/Berlin"\n'
    "weight_kg = {weight}\nheight_cm = 150\nborn = 2014-05-17\n"
)
MEASURED = "\n[[measured]]\non = 2026-12-13\nweight_kg = {weight}\n"
AT_START = "\n[[cycle_start]]\ncycle = 2\nstarted = 2026-12-14T10:00:00\nweight_kg = {weight}\n"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(folder: Path, text: str, name: str = "record.toml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def rates(document: dict[str, object], cycle: int) -> list[Fraction]:
    events = document["events"]
    assert isinstance(events, list)
    return [Fraction(e["rate_mcg_per_day"]["exact"]) for e in events if e["cycle"] == cycle and e["ordered"]]


@pytest.mark.parametrize("later", [MEASURED, AT_START])
def test_however_it_is_written_the_next_cycle_takes_the_new_weight(inside: Run, tmp_path: Path, later: str) -> None:
    record = write(tmp_path, CHILD.format(weight=44) + later.format(weight=46))
    found = inside("plan", "rr-below-45-kg", "--record", record, "-f", "json").json
    assert rates(found, 1)[1] < 28
    assert rates(found, 2) == [28]
    (figures,) = found["dated"]["ledger"]["figures"]
    assert (figures["weight_kg"], figures["regimen"]) == ("46", "rr-adult")
    assert "switched to rr-adult" in json.dumps(found["remarks"])


def test_what_is_known_today_is_given_with_its_day(inside: Run, tmp_path: Path) -> None:
    record = write(tmp_path, CHILD.format(weight=40))
    today = ("--weight", "36", "--measured", "2026-12-10")
    given = inside("plan", "rr-below-45-kg", "--record", record, *today, "-f", "json").json
    on_record = write(tmp_path, CHILD.format(weight=40) + MEASURED.format(weight=36), "other.toml")
    recorded = inside("plan", "rr-below-45-kg", "--record", on_record, "-f", "json").json
    assert given["events"] == recorded["events"]
    assert rates(given, 2)[0] < rates(given, 1)[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--weight", "46"), "--weight is 46, and record.toml says otherwise"),
        (("--measured", "2026-12-10"), "--measured stands alone"),
        (("--weight", "46", "--measured", "2026-11-02"), "the course began on 2026-11-02"),
        (("--weight", "46", "--measured", "10.12.2026"), "--measured is '10.12.2026'"),
        (("--weight", "4.6", "--measured", "2026-12-10"), "body mass index"),
        (("--weight", "46", "--measured", "2026-11-20"), "record.toml has figures of 2026-11-20"),
        (("--weight", "46", "--measured", "2026-11-19"), "record.toml has figures of 2026-11-20"),
    ],
)
def test_figures_that_cannot_be_are_refused(inside: Run, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    later = "\n[[measured]]\non = 2026-11-20\nweight_kg = 45\n" if "has figures of" in says else ""
    write(tmp_path, CHILD.format(weight=44) + later)
    found = inside("plan", "rr-below-45-kg", "--record", "record.toml", *arguments)
    assert found.status == 2
    assert says in " ".join(found.err.split())


def test_a_day_without_a_record_is_refused(inside: Run) -> None:
    found = inside("plan", "rr-adult", "--weight", "70", "--measured", "2026-12-10")
    assert found.status == 2
    assert "--measured needs --record" in found.err


def test_the_ledger_makes_the_same_plan_with_its_new_figures(inside: Run, tmp_path: Path) -> None:
    record = write(tmp_path, CHILD.format(weight=44) + MEASURED.format(weight=46))
    first = inside("plan", "rr-below-45-kg", "--record", record, "-f", "json")
    (tmp_path / "plan.json").write_text(first.out, encoding="utf-8")
    again = inside("plan", "rr-below-45-kg", "--ledger", "plan.json", "-f", "json")
    assert json.loads(again.out)["events"] == first.json["events"]
    assert json.loads(again.out)["dated"]["ledger"]["figures"] == first.json["dated"]["ledger"]["figures"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("\n[[measured]]\non = 2026-11-02\nweight_kg = 46\n", "does not lie after the start"),
        ("\n[[measured]]\non = 2026-12-02\n", "nothing was measured"),
        ("\n[[measured]]\non = 2026-12-02\nage_years = 12\n", "both say how old"),
        (MEASURED.format(weight=46) + "\n[[measured]]\non = 2026-12-13\nheight_cm = 151\n", "does not lie after"),
        (
            "\n[[measured]]\non = 2026-12-14\nweight_kg = 45\n" + AT_START.format(weight=46),
            "45 was measured on that day",
        ),
    ],
)
def test_a_record_that_contradicts_itself_is_told(inside: Run, tmp_path: Path, lines: str, says: str) -> None:
    record = write(tmp_path, CHILD.format(weight=44) + lines)
    found = inside("check", record, "--no-simulate")
    assert found.status == 1
    assert says in " ".join(found.out.split())


@pytest.mark.parametrize(("weight", "codes"), [("46", []), ("95", ["I810"]), ("34", []), ("30", ["I810"])])
def test_a_weight_that_looks_like_a_slip_is_told(inside: Run, tmp_path: Path, weight: str, codes: list[str]) -> None:
    record = write(tmp_path, CHILD.format(weight=44) + MEASURED.format(weight=weight))
    found = inside("check", record, "--no-simulate", "-f", "json").json
    assert [verdict["rule"] for verdict in found["files"][0]["verdicts"] if verdict["findings"]] == codes


STRICTER = '[limits]\nsudden_change_of_weight = { value = 5, reason = "the ward weighs each day" }\n'


@pytest.mark.parametrize("settings", ["", STRICTER])
@pytest.mark.parametrize("before", ["", MEASURED.replace("12-13", "11-20").format(weight=40)])
@pytest.mark.parametrize("weight", ["29", "37", "43", "84", "95"])
def test_what_is_found_in_figures_is_told_on_record_and_of_today(
    inside: Run, tmp_path: Path, weight: str, before: str, settings: str
) -> None:
    if settings:
        write(tmp_path, settings, "blinplan.toml")
    so_far = CHILD.format(weight=40) + before
    on_record = write(tmp_path, so_far + MEASURED.format(weight=weight), "other.toml")
    record, today = write(tmp_path, so_far), ("--weight", weight, "--measured", "2026-12-13")
    (checked,) = inside("check", on_record, "--no-simulate", "-f", "json").json["files"]
    told = [finding["message"] for verdict in checked["verdicts"] for finding in verdict["findings"]]
    assert bool(told) == (weight in {"29", "84", "95"} or bool(settings))
    for of_figures in (("--record", on_record), ("--record", record, *today)):
        found = inside("plan", "rr-below-45-kg", *of_figures, "-f", "json").json
        assert [finding["message"] for finding in found["dated"]["findings"]] == told


@pytest.mark.parametrize("output", ["table", "csv", "ics", "html", "json"])
def test_a_weight_of_today_that_looks_like_a_slip_is_in_every_format(inside: Run, tmp_path: Path, output: str) -> None:
    record = write(tmp_path, CHILD.format(weight=38))
    today = ("--weight", "84", "--measured", "2026-12-13", "--plan-id", "bed-1")
    said = inside("plan", "rr-below-45-kg", "--record", record, *today[: 6 if output == "ics" else 4], "-f", output)
    assert "84lbwouldbeabout38.1kg" in "".join((said.out + said.err).split())


SIZES = {"weight_kg": (40, "kg"), "height_cm": (120, "cm"), "bsa_m2": (1.2, "m²")}


@pytest.mark.parametrize("share", [0.5, 0.74, 0.76, 1.24, 1.26, 2.0])
@pytest.mark.parametrize("key", SIZES)
def test_each_figure_by_which_a_dose_goes_is_laid_beside_the_one_before(
    inside: Run, tmp_path: Path, key: str, share: float
) -> None:
    """Of a height a slip is more than a dose goes by, and of an area it is the dose itself."""
    before, unit = SIZES[key]
    now = round(before * share, 3)
    start = 'record = 1\nregimen = "rr-below-45-kg"\nstart = 2026-11-02T10:00:00\ntime_zone = "Europe/Berlin"\n'
    record = write(tmp_path, f"{start}{key} = {before}\n\n[[measured]]\non = 2026-12-13\n{key} = {now:g}\n")
    (checked,) = inside("check", record, "--no-simulate", "-f", "json").json["files"]
    found = [one["message"] for v in checked["verdicts"] if v["rule"] == "I810" for one in v["findings"]]
    slips = [message for message in found if "before" in message and "takes the figures" not in message]
    assert bool(slips) == (not 0.75 <= share <= 1.25)
    assert all(f"is {now:g} {unit} on 2026-12-13, and was {before:g} {unit} before" in slip for slip in slips)
