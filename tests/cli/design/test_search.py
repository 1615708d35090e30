"""``blinplan search``: as a person types it, at every width, as data and files, and what it refuses."""

import csv
import io
import math
import random
import shlex
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

import blinplan
from blinplan.design.search.confirm import Confirmation, ShownSchedule
from blinplan.design.search.kept import KeptSamples
from blinplan.quantities import MINUTES_PER_DAY
from blinplan.refusal import Refusal
from blinplan.reports.design.search.figure import _caption
from tests.cli.design.long_runs import ended_after
from tests.collection.grid import at_night, in_turn
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

SPACE = ("search", "rr-adult", "--cycle", "1", "--steps", "1-2", "--doses", "5,9,28", "--lengths", "4,7")
FEW = ("--search-patients", "40", "--patients", "60", "--sets", "1", "--show", "2")
ONE = (*SPACE, "--minimise", "il6_peak", "--require", "b_depleted_by_14 >= 50%", *FEW)
FRONT = (*SPACE, "--minimise", "il6_peak", "--minimise", "b_depleted_day", *FEW)
SAID = "Searched on 40 patients, shown on 60 others. Investigational. No risk of CRS is claimed from an IL-6 peak."


@pytest.mark.parametrize(
    ("asked", "width"), in_turn([ONE, FRONT, (*FRONT, "--require", "blasts_day_28 <= label")], [60, 80, 120])
)
@pytest.mark.slow
def test_it_fits_every_width(inside: Run, asked: tuple[str, ...], width: int) -> None:
    ran = inside(*asked, COLUMNS=f"{width}")
    assert ran.status == 0, ran.err
    assert max(map(cell_len, ran.out.splitlines())) <= width
    assert "…" not in ran.out
    said = " ".join(ran.out.split())
    assert SAID in said
    assert "rr-adult" in said
    assert "of these virtual patients" in said


@pytest.mark.slow
def test_its_size_is_said_before_it_runs(inside: Run) -> None:
    ran = inside(*ONE, "--require", "il6_peak < 1")
    assert (ran.status, ran.out) == (2, "")
    said = " ".join(ran.err.split())
    assert said.startswith(
        "9 schedules for cycle 1 of rr-adult: 1 or 2 steps of 4 or 7 days, the last for the rest; 5, 9, 28 mcg/day,"
        " each higher than the one before. Each is tried."
    )
    assert "none of 9 schedules holds b_depleted_by_14 >= 50% and il6_peak < 1 pg/mL on 40 patients" in said
    assert "the nearest is " in said


@pytest.mark.slow
def test_files_are_written_that_check_reads_and_that_say_what_they_are(inside: Run) -> None:
    ran = inside(*ONE, "-o", "found")
    assert ran.status == 0, ran.err
    files = sorted(Path("found").iterdir())
    assert len(files) == 2
    assert "found: 2 regimens, to be read with `blinplan check`" in ran.err
    assert inside("check", "found", "--no-simulate").status == 0
    text = files[0].read_text("utf-8")
    assert 'indication = "investigational"' in text
    assert 'status = "unverified"' in text
    before = {file.name: file.read_bytes() for file in files}
    again = inside(*ONE, "-o", "found", "--threads", "1")
    assert (again.status, again.out) == (0, ran.out)
    assert {file.name: file.read_bytes() for file in Path("found").iterdir()} == before
    other = inside(*ONE, "-o", "found", "--seed", "2")
    assert (other.status, other.out) == (2, "")
    assert "is there, and not as this search writes it" in " ".join(other.err.split())
    assert {file.name: file.read_bytes() for file in Path("found").iterdir()} == before


def test_a_target_below_the_label_is_said_in_its_row(inside: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(inside(*ONE, "-f", "csv").out)))
    below = {row["schedule"]: row["below"] for row in rows}
    assert any(schedule.startswith("5 × ") and "28" not in schedule for schedule in below)
    for schedule, said in below.items():
        steps = schedule.partition(" = ")[0].split(", ")
        first, last = steps[0].split()[0], steps[-1].split()[0]
        starts = [f"starts at {first}, the label at 9"] if first == "28" else []
        ends = [f"ends at {last}, the label at 28"] if last != "28" else []
        assert said == "; ".join(starts + ends)
    (label,) = (row for row in rows if row["searched_from"] == "true")
    assert label["il6_peak_paired"] == ""
    assert float(rows[0]["il6_peak_low"]) <= float(rows[0]["il6_peak"]) <= float(rows[0]["il6_peak_high"])


@pytest.mark.nightly
@pytest.mark.slow
def test_a_front_is_drawn_the_same_each_time(inside: Run) -> None:
    for name in ("a.png", "b.png", "a.svg"):
        assert inside(*FRONT, "--figure", name).status == 0
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()
    drawn = Path("a.svg").read_text("utf-8")
    assert "IL-6 peak, cycle 1 (pg/mL)" in drawn
    assert "Investigational" in drawn


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--doses", "5 mcg/m2/day"), "--doses has 5 mcg/m²/day, and doses of rr-adult are in mcg/day"),
        (("--doses", "9,9"), "--doses has 9 twice"),
        (("--doses", "nine"), "--doses has 'nine', which is no dose"),
        (("--lengths", "30"), "a step of 30 days leaves nothing of a cycle that infuses for 28 days"),
        (("--lengths", "10-4"), "--lengths is '10-4' help: give a range from the lower number to the higher"),
        (("--steps", "4"), "3 doses make no 4 steps of which each is higher than the one before"),
        (("--cycle", "6"), "there is no cycle 6: rr-adult has 5"),
        (("--minimise", "il6peak"), "'il6peak' is no endpoint of rr-adult help: did you mean il6_peak?"),
        (("--require", "b_deplete_by_14 >= 90%"), "did you mean b_depleted_by_14?"),
        (("--require", "b_depleted_by_400 >= 90%"), "asks for day 400, and the course runs to day 210"),
        (("--require", "b_depleted_by_14 >= 90"), "write it as 90% or 0.9"),
        (("--require", "b_recovery_by_2 <= 5%"), "b_recovery_by_2 asks for day 2, and it is looked at from day 196 on"),
        (("--require", "il6_peak <= 20%"), "il6_peak is in pg/mL help: leave the % out"),
        (("--require", "il6_peak = 20"), "'il6_peak = 20' is no requirement"),
        (("--require", "il6_peak <= lable"), "compares with 'lable', which is no number"),
        (("--sets", "900"), "900 plausible parameter sets are more than"),
        (("-o", "file"), "file is a file"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(inside: Run, words: tuple[str, str], said: str) -> None:
    Path("file").touch()
    ran = inside(*SPACE, "--minimise", "il6_peak", *FEW, *words)
    if words[0] == "--minimise":
        ran = inside(*SPACE, *words, *FEW)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_shown(inside: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes while the second schedule is shown, after the label and one other."""
    shown = list[object]()
    show = Confirmation.show

    def stopped(*given: Any) -> ShownSchedule:
        if len(shown) == 2:
            raise KeyboardInterrupt
        shown.append(given)
        return show(*given)

    monkeypatch.setattr(Confirmation, "show", stopped)
    ran = inside(*ONE, "-o", "found")
    assert ran.status == 130
    assert "Stopped: 1 schedule that was shown by then." in ran.out
    assert "found.tried keeps what was tried: the same command goes on from there" in " ".join(ran.err.split())
    assert len(list(Path("found").iterdir())) == 1
    shown += [1, 2]
    monkeypatch.setattr(Confirmation, "show", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    ran = inside(*ONE)
    assert (ran.status, ran.out) == (130, "")
    assert "nothing of it is kept: with -o FOLDER it is" in " ".join(ran.err.split())
    assert "9 of 9 schedules were begun, on 40 of 40 patients. Best so far, and not confirmed" in " ".join(
        ran.err.split()
    )


def ended_at(count: int, how: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """End what runs when patients have gone through so many schedules more."""
    left, add = [count], KeptSamples.add

    def adding(kept: KeptSamples, *given: Any) -> None:
        if not left[0]:
            raise how
        left[0] -= 1
        add(kept, *given)

    monkeypatch.setattr(KeptSamples, "add", adding)


@pytest.mark.slow
def test_what_was_tried_is_kept_and_the_same_command_goes_on_to_the_same_files(
    inside: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = inside(*ONE, "-o", "whole")
    with monkeypatch.context() as patch:
        ended_at(5, KeyboardInterrupt(), patch)
        ran = inside(*ONE, "-o", "in/found")
    assert (ran.status, ran.out) == (130, "")
    assert "in/found.tried keeps what was tried: the same command goes on from there" in ran.err
    other = inside(*ONE, "--seed", "2", "-o", "in/found")
    assert (other.status, other.out) == (2, "")
    assert "in/found.tried has schedules of another search" in " ".join(other.err.split())
    with monkeypatch.context() as patch:  # after the label and the first of two schedules were shown
        ended_at(26, Refusal("the scheduler is gone", "start it"), patch)
        ran = inside(*ONE, "-o", "in/found")
    assert ran.status == 2
    assert "Stopped: 1 schedule that was shown by then." in ran.out
    assert "the scheduler is gone" in ran.err
    assert len(list(Path("in/found").iterdir())) == 1
    with monkeypatch.context() as patch:
        ended_at(3, SystemExit(9), patch)  # no more than what is missing
        ran = inside(*ONE, "-o", "in/found")
    assert (ran.status, ran.out) == (0, whole.out)
    assert {path.name: path.read_bytes() for path in Path("in/found").iterdir()} == {
        path.name: path.read_bytes() for path in Path("whole").iterdir()
    }
    assert [path.name for path in Path("in").iterdir()] == ["found"]
    none = inside(*ONE, "--require", "il6_peak < 1", "-o", "in/none")
    assert none.status == 2
    assert [path.name for path in Path("in").iterdir()] == ["found"]


@pytest.mark.slow
@pytest.mark.parametrize("sent", [at_night(signal.SIGKILL), signal.SIGINT])
def test_a_search_that_is_ended_at_any_moment_goes_on_to_the_same_files(inside: Run, tmp_path: Path, sent: int) -> None:
    """Of a course of one cycle: a process without machine code needs seconds for the five of the label."""
    one_cycle = regimen_text(cycle("9 mcg/day for 7 days", "28 mcg/day for 21 days"), called="one")
    (tmp_path / "one.toml").write_text(one_cycle, encoding="utf-8")
    asked = ("search", "one.toml", *ONE[2:], "--threads", "1")
    whole, chance = inside(*asked, "-o", "whole"), random.Random()  # noqa: S311 - moments, and no secrets
    ended_after((*asked, "-o", "killed"), tmp_path / "killed.tried", chance.randrange(1, 10), sent)
    ran = inside(*asked, "-o", "killed")
    assert (ran.status, ran.out) == (0, whole.out)
    for path in (tmp_path / "whole").iterdir():
        assert (tmp_path / "killed" / path.name).read_bytes() == path.read_bytes()
    assert not (tmp_path / "killed.tried").exists()


@pytest.mark.slow
def test_words_of_ones_own_are_required_and_lowered_and_other_endpoints_are_shown(inside: Run) -> None:
    own = ("--minimise", "IL-6 above 100 pg/mL in cycle 1", "--require", "il-6 > 500 pg/mL by day 7 <= 10 %")
    beside = ("--require", "b_depleted_cycle_1>=label-90 %", "--require", "il6_peak <= label×2")
    space = ("search", "rr-adult", "--cycle", "1", "--steps", "1-2", "--doses", "9,28", "--lengths", "7")
    asked = (*space, *own, *beside, *FEW, "--show", "1", "--endpoints", "t_nadir", "--by-day", "2,7")
    ran = inside(*asked, "-f", "json")
    assert ran.status == 0, ran.err
    found = ran.json
    assert found["minimise"] == ["il6_above_100_pg_per_ml_in_cycle_1"]
    assert found["require"] == [
        "IL-6 above 500 pg/mL by day 7 <= 10%",
        "b_depleted_cycle_1 >= label - 90%",
        "il6_peak <= label x2",
    ]
    assert found["shown"] == ["t_nadir", "b_depleted_by_2", "b_depleted_by_7"]
    assert found["manifest"]["own_endpoints"] == ["IL-6 above 100 pg/mL in cycle 1", "IL-6 above 500 pg/mL by day 7"]
    (label,) = (row for row in found["schedules"] if row["searched_from"])
    alone = inside(
        *("simulate", "rr-adult", "--patients", "60", "--first", "41", "-f", "json", "--by-day", "7"),
        *("--endpoint", "IL-6 above 100 pg/mL in cycle 1", "--endpoint", "IL-6 above 500 pg/mL by day 7"),
    ).json
    shares = {one["key"]: one["share"] for one in alone["shares"]}
    values = {one["key"]: one["value"] for one in label["endpoints"]}
    for key in ("il6_above_100_pg_per_ml_in_cycle_1", "il6_above_500_pg_per_ml_by_day_7"):
        assert values[key] == pytest.approx(shares[key])
    told = " ".join(inside(*asked, COLUMNS="200").out.split())
    assert "Nadir, first week" in told
    again = shlex.split(found["manifest"]["command"])[1:]
    assert inside(*again, "-f", "json").json == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--minimise", "IL-6 above 100 kg in cycle 1"), "kg"),
        (("--require", "IL-6 above 100 pg/mL in cycle 9 <= 5%"), "there is no cycle 9 in the course"),
        (("--endpoint", "il6_peak"), "which compares nothing"),
        (("--endpoints", "il6_paek"), "did you mean il6_peak"),
        (("--by-day", "900"), "day 900 is not of the course"),
        (
            ("--weight", "38", "--height", "150", "--doses", "9 mcg/day"),
            "switched to rr-below-45-kg error: --doses has 9 mcg/day, and doses of",
        ),
        (("--people", "none.csv"), "no such file"),
    ],
)
def test_what_an_endpoint_or_patient_cannot_be_is_refused_in_a_sentence(
    inside: Run, words: tuple[str, ...], said: str
) -> None:
    ran = inside(*SPACE, *(() if words[0] == "--minimise" else ("--minimise", "il6_peak")), *FEW, *words)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


BARE = ("search", "rr-adult", "--cycle", "1", "--minimise", "il6_peak", *FEW)


def test_a_start_above_that_of_the_label_is_said_in_its_row(inside: Run) -> None:
    out = " ".join(inside(*BARE, "--steps", "1", "--doses", "28").out.split())
    assert "starts at 28, the label at 9" in out
    assert "Schedule (mcg/day × days)" in out


@pytest.mark.slow
def test_what_check_refuses_by_its_patients_takes_no_place_of_what_it_does_not(inside: Run) -> None:
    """Hardly any dose has hardly any IL-6, and depletes nobody: it beats all others, and is nothing to offer."""
    ran = inside(
        *BARE, "--steps", "1", "--doses", "0.001,0.01,9", "--search-patients", "100", "--sets", "0", "-f", "json"
    )
    assert [row["schedule"] for row in ran.json["schedules"] if not row["searched_from"]] == ["9 × 28"]
    assert [row["schedule"] for row in ran.json["passed_over"]] == ["0.001 × 28", "0.01 × 28"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--steps", "2", "--doses", "9,28", "--lengths", "7"),
            "the one schedule that there is is that of rr-adult itself",
        ),
        (
            ("--steps", "1", "--doses", "9", "--require", "il6_peak <= 20 pg/mL"),
            "the one schedule that there is does not hold il6_peak <= 20 pg/mL on 40 patients help: the nearest is 9"
            " × 28, with il6_peak 120.9 pg/mL: allow",
        ),
        (
            ("--doses", "9", "--require", "b_depleted_by_14 >= 90%", "--require", "b_depleted_by_14 < 90%"),
            "nothing is both b_depleted_by_14 >= 90% and b_depleted_by_14 < 90%",
        ),
    ],
)
def test_what_cannot_be_found_is_told_with_the_reason(inside: Run, words: tuple[str, ...], said: str) -> None:
    ran = inside(*BARE, *words)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("bound", "patients"), [("il6_peak <= 100", 60), ("il6_peak <= 100 pg/mL", 60), ("il6_peak <= -5", 20)]
)
def test_the_nearest_has_the_value_of_as_many_patients_as_are_told(inside: Run, bound: str, patients: int) -> None:
    """It was given up on a few, and its value was told as that of all; and no value had its unit."""
    asked = ("search", "rr-adult", "--cycle", "1", "--steps", "1-2", "--doses", "9,28", "--lengths", "7", "--sets", "0")
    said = " ".join(inside(*asked, "--minimise", "il6_peak", "--require", bound, "--search-patients", "60").err.split())
    regimen = blinplan.load("rr-adult")
    first = replace(regimen.cycles[0], steps=(replace(regimen.cycles[0].steps[0], minutes=28 * MINUTES_PER_DAY),))
    nine = replace(regimen, cycles=(first, *regimen.cycles[1:]))
    peak = np.median(blinplan.simulate(nine, patients, endpoints=["il6_peak"]).endpoints["il6_peak"].values)
    on = "" if patients == 60 else f" on the first {patients} of them, when it was given up"
    assert f"holds {bound.removesuffix(' pg/mL')} pg/mL on 60 patients" in said
    assert f"the nearest is 9 × 28, with il6_peak {peak:.4g} pg/mL{on}: allow" in said


def test_what_can_come_to_none_of_the_patients_is_not_told_as_missed(inside: Run, tmp_path: Path) -> None:
    """All are off the drug before cycle 2: it said that no schedule holds what is required there, and no more."""
    rows = ["id,weight_kg,height_cm,off_drug_day", "a,70,175,5", "b,60,165,10", ""]
    (tmp_path / "ward.csv").write_text("\n".join(rows), encoding="utf-8")
    asked = ("search", "rr-adult", "--doses", "9,28", "--lengths", "7", "--sets", "0", "--people", "ward.csv")
    few = ("--search-patients", "4", "--patients", "4", "--minimise")
    said = " ".join(inside(*asked, *few, "auc", "--require", "il6_elevated_cycle_2 <= 50%").err.split())
    assert "with il6_elevated_cycle_2 of nobody, since it can come to none of these patients" in said
    for form, key in (("table", "il6_peak_second"), ("markdown", "il6_peak_second"), ("table", "il6_peak")):
        shown = " ".join(inside(*asked, *few, key, "-f", form).out.replace("\\", "").split())
        told = f"{key} is of nobody among these patients: by it no schedule is better than another."
        assert (told in shown) == (key == "il6_peak_second")


@pytest.mark.parametrize("second", ["b_recovery_day", "b_depleted_day"])
def test_a_front_says_which_schedules_have_no_place_in_it(second: str) -> None:
    """Half never recover under any of them: they stood in the caption by their numbers, and nowhere in the panel."""
    found = blinplan.search(
        "nhl-5", doses="5,15", steps=1, minimise=["il6_peak", second], patients=60, search_patients=60, sets=0
    ).searched
    said = _caption(found)
    never = [
        number
        for number, row in enumerate(found.rows, start=1)
        if not all(math.isfinite(endpoint.estimate.value) for endpoint in row.endpoints[:2])
    ]
    assert bool(never) == (second == "b_recovery_day")
    told = f"Not drawn, as half never get there or nobody can: {', '.join(map(str, never))}, and 2 of those tried."
    assert (told in said) == bool(never)
    assert ("Not drawn" in said) == bool(never)


@pytest.mark.slow
def test_doses_by_body_surface_area_show_their_max_and_where_they_have_none(inside: Run) -> None:
    asked = ("search", "rr-below-45-kg", "--cycle", "1", "--steps", "1", "--minimise", "il6_peak", *FEW, "--sets", "0")
    ran = inside(*asked, "--doses", "10,15", COLUMNS="120")
    assert "10, 15 (max 28) mcg/m²/day" in ran.err
    assert "Without a max, which rr-below-45-kg gives its doses: 10 mcg/m²/day." in ran.out
    capped = inside(*asked, "--doses", "10 max 19, 15", "-o", "found")
    assert "Without a max" not in capped.out
    (path, *_) = sorted(Path("found").iterdir())
    assert 'max = "19 mcg/day"' in path.read_text("utf-8")
    assert "--doses '10 max 19,15'" in path.read_text("utf-8")
