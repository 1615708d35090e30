"""``blinplan diff``: two regimens, a file as it was, and whole folders, from any working folder."""

from pathlib import Path

import pytest

from blinplan.regimen import library
from tests.cli.repository import Git, begin_repository
from tests.program import Run
from tests.regimen_text import cycle, regimen_text

TOLD = "Cycle 1, day 1: 28 → 15 mcg/day, for 28 d"


@pytest.fixture(scope="module")
def first_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two regimens in a folder."""
    folder = tmp_path_factory.mktemp("repository")
    write(folder, "ward", "28 mcg/day for 28 days")
    write(folder, "other", "28 mcg/day for 27 days")
    begin_repository(folder)
    return folder


def write(top: Path, name: str, steps: str, title: str = "A regimen") -> None:
    path = top / "regimens" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(regimen_text(cycle(steps), called=name, title=title), encoding="utf-8")


def test_two_regimens_in_words_and_the_status_of_diff(inside: Run) -> None:
    ran = inside("diff", "mt103-206-5-15", "mt103-206-5-15-30")
    assert ran.status == 1
    assert "  Cycles 2 to 5, day 1: 15 → 30 mcg/m²/day, for 28 d\n" in ran.out
    assert inside("diff", "rr-adult", "nowhere").status == 2
    assert "the nearest" in inside("diff", "rr-adlt", "rr-adult").err


def test_nothing_at_all_where_only_the_spelling_differs(inside: Run, tmp_path: Path) -> None:
    text = library.paths()["rr-adult"].read_text(encoding="utf-8")
    other = text.replace("28 mcg/day", "28.0 µg/d").replace("days = 21", "hours = 504")
    tables = other.split("\n\n")
    (tmp_path / "mine.toml").write_text(
        "\n\n".join([tables[0], "# ours", *tables[2:6], tables[1], *tables[6:]]), encoding="utf-8"
    )
    ran = inside("diff", "rr-adult", "mine.toml")
    assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_what_only_the_file_says_stands_apart_and_is_no_difference_for_patients(inside: Run, tmp_path: Path) -> None:
    text = library.paths()["rr-adult"].read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace('status = "seen"', 'status = "unverified"'))
    ran = inside("diff", "rr-adult", "mine.toml")
    assert ran.status == 0
    assert ran.out.splitlines()[1:3] == ["  Patients get the same.", "  Only the file says otherwise:"]
    assert "seen → unverified" in ran.out


@pytest.mark.parametrize(
    "asked",
    [
        ("HEAD:regimens/ward.toml", "regimens/ward.toml"),
        ("HEAD:regimens/ward.toml",),
        ("HEAD", "regimens/ward.toml"),
        ("regimens/ward.toml",),
        ("HEAD:./regimens/ward.toml",),
        ("main...:regimens/ward.toml",),
    ],
)
def test_a_file_beside_what_it_was(inside: Run, git: Git, tmp_path: Path, asked: tuple[str, ...]) -> None:
    assert inside("diff", *asked).status == 0
    write(tmp_path, "ward", "15 mcg/day for 28 days")
    ran = inside("diff", *asked)
    assert (ran.status, ran.out.splitlines()[1].strip()) == (1, TOLD)


def test_it_works_from_any_folder(
    inside: Run, git: Git, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "ward", "15 mcg/day for 28 days")
    now = str(tmp_path / "regimens" / "ward.toml")
    for folder, before in (
        (tmp_path / "regimens", "HEAD:ward.toml"),
        (tmp_path / "regimens", "HEAD:regimens/ward.toml"),
        (tmp_path_factory.mktemp("elsewhere"), "HEAD:regimens/ward.toml"),
        (tmp_path_factory.mktemp("elsewhere"), f"HEAD:{now}"),
        (tmp_path_factory.mktemp("elsewhere"), "HEAD"),
    ):
        monkeypatch.chdir(folder)
        assert TOLD in inside("diff", before, now).out, (folder, before)


def test_a_whole_folder_with_what_was_added_removed_and_renamed(inside: Run, git: Git, tmp_path: Path) -> None:
    write(tmp_path, "ward", "15 mcg/day for 28 days")
    git("mv", "regimens/other.toml", "regimens/new-name.toml")
    (tmp_path / "regimens" / "notes.toml").write_text("[tool]\nx = 1\n")
    assert inside("diff", "HEAD").out.count("Patients get the same.") == 1
    (tmp_path / "regimens" / "new-name.toml").unlink()
    added = library.paths()["nhl-60"].read_text(encoding="utf-8")
    (tmp_path / "regimens" / "added.toml").write_text(added, encoding="utf-8")
    ran = inside("diff", "HEAD")
    assert ran.status == 1
    lines = [line.strip() for line in ran.out.splitlines()]
    names = [line for line in lines if line.endswith(".toml")]
    assert names == ["regimens/added.toml", "regimens/other.toml", "regimens/ward.toml"]
    assert any(line.startswith("Regimen added: ") for line in lines)
    assert any(line.startswith("Regimen removed: ") for line in lines)
    assert TOLD in lines
    assert inside("diff", "HEAD", "regimens").status == 1
    git("add", "--all")
    git("commit", "--quiet", "--message", "Second")
    assert inside("diff", "HEAD~1", "HEAD").out == ran.out
    assert inside("diff", "HEAD").status == 0


def test_a_site_profile_that_is_otherwise_is_named_and_not_compared(inside: Run, git: Git, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text('site = 1\nname = "Ward"\nbag = [{ hours = 24, fill_ml = 276 }]\n')
    ran = inside("diff", "HEAD")
    assert (ran.status, ran.out) == (0, "")
    assert "ward.toml is otherwise, is no regimen, and is not compared" in " ".join(ran.err.split())


def test_a_file_that_is_no_regimen_any_more_is_trouble_and_hides_nothing(inside: Run, git: Git, tmp_path: Path) -> None:
    write(tmp_path, "ward", "15 mcg/day for 28 days")
    (tmp_path / "regimens" / "other.toml").write_text("format = 1\nname = \n")
    ran = inside("diff", "HEAD")
    assert ran.status == 2
    assert "regimens/other.toml is not a regimen" in ran.out
    assert TOLD in ran.out


def test_what_a_configuration_leaves_out_is_left_out_on_both_sides(inside: Run, git: Git, tmp_path: Path) -> None:
    (tmp_path / "blinplan.toml").write_text('exclude = ["regimens/other.toml"]\n')
    (tmp_path / "regimens" / "other.toml").unlink()
    assert inside("diff", "HEAD").status == 0
    assert inside("diff", "HEAD", "--isolated").status == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("rr-adult",), "stands alone"),
        (("HEAD~7:regimens/ward.toml",), "HEAD~7"),
        (("HEAD:nowhere.toml",), "has no nowhere.toml"),
        (("regimens/ward.toml", "regimens"), "one regimen"),
        (("HEAD", "rr-adult"), "one regimen"),
    ],
)
def test_what_cannot_be_is_said_with_what_can(inside: Run, git: Git, asked: tuple[str, ...], said: str) -> None:
    ran = inside("diff", *asked)
    assert ran.status == 2
    assert said in " ".join(ran.err.split())
    assert ran.out == ""


def test_markdown_says_first_what_patients_get(inside: Run, git: Git, tmp_path: Path) -> None:
    assert "Patients get the same" in inside("diff", "HEAD", "-f", "markdown").out
    write(tmp_path, "ward", "15 mcg/day for 28 days", title="<b>ward")
    out = inside("diff", "HEAD", "-f", "markdown").out
    assert "### regimens/ward.toml\n\n- **Cycle 1, day 1**: 28 → 15 mcg/day, for 28 d\n" in out
    assert "<b>" not in out


@pytest.mark.slow
def test_below_each_change_stands_what_it_does_and_which_findings_came_and_went(
    inside: Run, git: Git, tmp_path: Path
) -> None:
    write(tmp_path, "ward", "15 mcg/day for 26 days")
    ran = inside("diff", "HEAD", "--compare", "--patients", "40", COLUMNS="120")
    assert ran.status == 1
    text = " ".join(ran.out.split())
    assert "40 virtual patients of adult-rr, seed 1" in text
    assert "before after Difference (95 %)" in text
    assert "Finding that came: warning[S301]" in text
    assert "of these virtual patients" in text
    found = inside("diff", "HEAD", "--compare", "--patients", "40", "-f", "json").json["files"][0]["compared"]
    (steady,) = (one for one in found["endpoints"] if one["key"] == "steady_state_highest")
    assert steady["paired"][1]["estimate"] == pytest.approx(15 / 28)
    assert "S301" in {one["code"] for one in found["came"]}
    (tmp_path / "regimens" / "ward.toml").write_text(
        regimen_text(cycle("28 mcg/day for 28 days"), called="ward", title="Another"), encoding="utf-8"
    )
    told = inside("diff", "HEAD", "--compare", "--patients", "40").out
    assert "virtual patients" not in told
    assert inside("diff", "HEAD", "--by-day", "7").status == 2


@pytest.mark.slow
def test_what_is_not_compared_is_told_below_the_file_that_it_is_of(inside: Run, git: Git, tmp_path: Path) -> None:
    """How tables are read is said once for all files; it was said of the first, and with it what that left out."""
    write(tmp_path, "other", "15 mcg/day for 27 days")
    write(tmp_path, "ward", "28 mcg/day for 26 days")
    left_out = "Days depleted in cycle 1 are not compared"
    for form in ((), ("-f", "markdown")):
        out = inside("diff", "HEAD", "--compare", "--patients", "20", *form, COLUMNS="120").out
        first, _, second = out.partition("regimens/ward.toml")
        assert (left_out in first, left_out in second) == (False, True)
        assert out.count("Intervals are of 95 %") == 1


def test_a_change_that_nobody_is_there_for_on_both_sides_is_told_and_not_compared(inside: Run, tmp_path: Path) -> None:
    ran = inside("diff", "rr-adult", "rr-below-45-kg", "--compare", "--patients", "20")
    assert ran.status == 2
    assert "Not compared: rr-adult is for 45 kg and over and rr-below-45-kg is for below 45 kg" in " ".join(
        ran.out.split()
    )
