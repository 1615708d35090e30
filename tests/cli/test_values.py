"""``blinplan values``: every value that decides something, in every format and width."""

import csv
import io
import json
from pathlib import Path

import pytest

import blinplan
from blinplan.label.read import label_named, label_names
from blinplan.rules.limits import shipped_limits
from tests.program import Run


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_all_of_a_value_is_on_the_screen_at_every_width(inside: Run, width: int) -> None:
    ran = inside("values", COLUMNS=str(width))
    assert ran.status == 0
    assert max(map(len, ran.out.splitlines())) <= width
    shown = words(ran.out)
    for limit in shipped_limits().values():
        assert f"{limit.name} {words(limit.number)} {limit.status} {words(limit.says)}" in shown
        assert words(limit.source) in shown


def test_one_command_leads_from_a_value_to_its_source_and_status(inside: Run) -> None:
    assert words(inside("values", "consolidation_interval").out) == (
        "us-2025, numbers: Blincyto (blinatumomab), US prescribing information (United States, 2025)"
        " consolidation_interval 14 days unverified"
        " In the consolidation phase a treatment-free interval of 14 days follows each cycle."
        " Source: Blincyto (blinatumomab), US prescribing information, section 2."
        " Decides: regimens made from the label. It cannot be changed: it is the label's own number."
        " 1 value: 1 unverified"
    )


def test_a_fixed_number_says_in_which_direction_it_can_be_changed(inside: Run) -> None:
    shown = words(inside("values", "preservative_from_weight").out)
    assert "It can only be made higher: it decides A702, which cannot be waived." in shown


def test_the_formats_hold_the_same_values(inside: Run) -> None:
    asked = ("values", "--label", "all", "--status", "unverified")
    document = json.loads(inside(*asked, "-f", "json").out)
    rows = list(csv.DictReader(io.StringIO(inside(*asked, "-f", "csv").out)))
    shown = words(inside(*asked).out)
    assert document["manifest"]["labels"] == list(label_names())
    assert [value["name"] for value in document["values"]] == [row["name"] for row in rows]
    assert [value["source"] for value in document["values"]] == [row["source"] for row in rows]
    assert {value["status"] for value in document["values"]} == {"unverified"}
    assert all(f"{value['name']} {words(value['text'])} unverified" in shown for value in document["values"])
    assert {"adult_from", "area_mosteller", "premedication_reduction"} <= {row["name"] for row in rows}


def test_the_default_label_s_values_are_listed_and_another_s_where_it_is_named(inside: Run, tmp_path: Path) -> None:
    def labels(*arguments: str) -> set[str | None]:
        return {value["label"] for value in json.loads(inside("values", *arguments, "-f", "json").out)["values"]}

    assert labels() == {"us-2025", None}
    assert labels("--label", "hk-2026") == {"hk-2026", None}
    assert labels("--label", "all") == {*label_names(), None}
    (tmp_path / "blinplan.toml").write_text('label = "hk-2026"\n', encoding="utf-8")
    assert labels() == {"hk-2026", None}
    assert labels("--isolated") == {"us-2025", None}


def test_what_a_project_changed_is_shown_with_whose_value_decides(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "blinplan.toml").write_text(
        '[limits]\nstep_length = { value = 6, reason = "protocol 1" }\n', encoding="utf-8"
    )
    assert "The source has 7 days; blinplan.toml:2 decides here: protocol 1." in words(inside("values", "S306").out)
    (value,) = json.loads(inside("values", "step_length", "-f", "json").out)["values"]
    assert (value["value"], value["replaces"]["text"], value["replaces"]["origin"]) == (6, "7 days", "blinplan.toml:2")
    assert "protocol 1" not in inside("values", "S306", "--isolated").out


def test_what_a_site_states_is_shown_too(inside: Run, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text(
        'site = 1\nname = "Ward 7"\nadult_from_years = 16\nbag = [{ hours = 24 }]\n', encoding="utf-8"
    )
    shown = words(inside("values", "adult_from", "--site", "ward.toml").out)
    assert "adult_from 16 years" in shown
    assert "The source has 18 years; Ward 7 decides here" in shown


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("--label", "eu-2026"), "the labels are us-2025, hk-2026"), (("--status", "guessed"), "unverified")],
)
def test_what_there_is_not_is_refused_with_what_there_is(inside: Run, arguments: tuple[str, str], named: str) -> None:
    ran = inside("values", *arguments)
    assert ran.status == 2
    assert arguments[1] in ran.err
    assert named in words(ran.err)


def test_python_gets_the_same_list() -> None:
    found = blinplan.values("adult", label="all", status="unverified", isolated=True)
    assert repr(found) == "<ValueList: 2 values: 2 unverified>"
    assert [value.label for value in found] == list(label_names())
    assert found.columns()["name"] == ["adult_from", "adult_from"]
    assert "<table" in found._repr_html_()
    assert "adult_from" in found.text()
    with pytest.raises(blinplan.Refusal, match="label is 'x'"):
        blinplan.values(label="x")


def test_a_label_that_is_listed_says_its_whole_name(inside: Run) -> None:
    for name in label_names():
        assert words(str(label_named(name))) in words(inside("values", "--label", name).out)
