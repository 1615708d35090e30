"""The endpoints of a simulation at a terminal: all of them, over what they are, and how to read them."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from blinplan.regimen import library
from blinplan.reports.shared.number import number
from blinplan.reports.simulation.summary.report import simulation_report
from blinplan.simulation.models.source import SetsOf
from blinplan.simulation.outcome import typical_value
from blinplan.simulation.trials.simulation import Simulation
from blinplan.terminal import Screen
from tests.reports.simulation.summary.made import made


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("alone", [True, False])
def test_the_table_fits_and_names_every_endpoint(
    simulation: Simulation, typical: Simulation, alone: bool, width: int
) -> None:
    shown = typical if alone else simulation
    screen = Screen(width, False, True)
    text = screen.render(*simulation_report(shown, screen))
    assert max(cell_len(line) for line in text.split("\n")) <= width
    assert "…" not in text
    for quantity, average in zip(shown.quantities, shown.typical_quantities, strict=True):
        assert quantity.label.split(",")[0].split(" (")[0].split()[0] in text
        assert number(typical_value(average)).split()[0] in text
    for event in shown.events if not alone else ():
        if event.proportion.total:
            assert f"{100 * event.proportion.value:.1f} %" in text


def lines_of(simulation: Simulation, width: int = 120, remarks: tuple[str, ...] = ()) -> list[str]:
    """What is shown, without how much room is left between words, and without blank lines and rules."""
    screen = Screen(width, False, True)
    shown = screen.render(*simulation_report(simulation, screen, remarks)).split("\n")
    return [" ".join(line.split()) for line in shown if line.strip(" ─")]


VALUES = ["Drug", "trough (pg/mL) < 0.001 - - 0", "Cytokines", "IL-6 peak (pg/mL) 42.00 60.00 15.00 to 105.0 11"]
TIMES = ["B cells", "Time to none (day) not reached 5.000 not reached 2 10"]
SHARES = [
    *("B cells", "back - - - 0", "T cells", "back no 0.0 % 0.0 to 24.2 12"),
    *("Cytokines", "IL-6 high yes 25.0 % 8.9 to 53.2 12"),
]
BY_DAY = ["There by Share 95 % interval of", "B cells: Time to none", "day 3 30.0 % 10.8 to 60.3 10"]


def test_values_times_and_shares_have_a_table_each(simulation: Simulation) -> None:
    found = lines_of(made(simulation, by_day=(3.0,)), remarks=("stopped on day 3",))
    assert found[1:3] == ["60 virtual patients of adult-rr, seed 3, 210 days", "stopped on day 3"]
    heads = ["Endpoint Typical Median 5-95 % n", "Time Typical Half Nine in ten Never of"]
    assert found[3:-5] == [
        *(heads[0], *VALUES, heads[1], *TIMES, *BY_DAY),
        *("Patients in whom Typical Share 95 % interval of", *SHARES),
    ]


@pytest.mark.parametrize("of", SetsOf)
def test_what_moves_over_sets_has_a_column_where_there_is_room_for_one(simulation: Simulation, of: SetsOf) -> None:
    what = "over models" if of is SetsOf.PLAUSIBLE else "over sets"
    roomy = lines_of(made(simulation, over=of), 100)
    assert f"Endpoint Typical Median 5-95 % n Median {what}" in roomy
    assert f"{VALUES[-1]} 50.00 to 70.00" in roomy
    assert f"Patients in whom Typical Share 95 % interval of Share {what}" in roomy
    assert f"{SHARES[-1]} 20.0 to 31.0 %" in roomy
    narrow = lines_of(made(simulation, over=of), 99)
    at = narrow.index("Median")
    assert narrow[at : at + 7] == [
        *("Median", f"Endpoint Typical [{what}] 5-95 % n", *VALUES[:2], "[-]", *VALUES[2:]),
    ]
    assert narrow[at + 7] == "[50.00 to 70.00]"
    assert narrow[narrow.index(SHARES[-1]) + 1] == "[20.0 to 31.0 %]"


def test_of_the_typical_patient_alone_there_is_one_column(simulation: Simulation) -> None:
    found = lines_of(made(simulation, alone=True, by_day=(3.0,)))
    assert found[1] == "Typical patient of adult-rr, body surface area 1.876 m², 210 days"
    assert found[-2] == "Typical: no random effects."  # what its one column is, and of no other
    assert found[2:-2] == [
        *("Endpoint Typical", "Drug", "trough (pg/mL) < 0.001", "Cytokines", "IL-6 peak (pg/mL) 42.00"),
        *("Time Typical", "B cells", "Time to none (day) not reached"),
    ]
    assert not any("interval of a share" in line or "nine in ten" in line for line in found)
    parts = simulation_report(made(simulation, alone=True), Screen(120, False, True))
    assert [len(part.columns) for part in parts if isinstance(part, Table)] == [2, 2]


@pytest.mark.parametrize(
    ("without", "there", "missing"),
    [
        (
            ("b_day",),
            ("Endpoint Typical", "Patients in whom", "Typical: no random effects. 5-95 %"),
            ("Time Typical", "Half, nine in ten", "There by"),
        ),
        (
            ("il6_peak", "trough"),
            ("Time Typical", "Half, nine in ten", "There by"),
            ("Endpoint Typical", "Typical: no random effects. 5-95 %"),
        ),
        (("il6_high", "b_back", "t_back"), ("Endpoint Typical", "There by", "95 % interval"), ("Patients in whom",)),
        (
            ("il6_high", "b_back", "t_back", "b_day"),
            ("Endpoint Typical", "No share by a day is shown"),
            ("Patients in whom", "95 % interval of a share"),
        ),
    ],
)
def test_a_table_without_rows_is_left_out_with_what_is_said_of_it(
    simulation: Simulation, without: tuple[str, ...], there: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    found = lines_of(made(simulation, without=without, by_day=(3.0,)))
    assert all(any(line.startswith(head) for line in found) for head in there)
    assert not any(line.startswith(head) for line in found for head in missing)
    assert not any("by a day" in line for line in lines_of(made(simulation, without=without))), "nobody asked for one"


def test_what_not_yet_means_is_said_where_it_stands(simulation: Simulation) -> None:
    said = "Not yet: it is looked at from a later day on."
    for by_day, from_day in (((3.0,), 0.0), ((3.0,), 3.0), ((3.0,), 3.5), ((3.0, 9.0), 4.0)):
        found = lines_of(made(simulation, by_day=by_day, from_day=from_day))
        assert (said in found) is any("not yet" in line for line in found) is (from_day > 3.0)


def test_figures_stand_right_in_one_line_where_that_fits_and_labels_are_folded(simulation: Simulation) -> None:
    for width in (79, 80):
        parts = simulation_report(made(simulation), Screen(width, False, True))
        for table in (part for part in parts if isinstance(part, Table)):
            first, *others = table.columns
            assert (first.overflow, first.justify) == ("fold", "left")
            assert {(column.justify, column.no_wrap) for column in others} == {("right", width == 80)}


def test_what_is_unverified_a_warning_or_said_by_the_way_looks_so(simulation: Simulation) -> None:
    shown = made(simulation, over=SetsOf.PUBLISHED, premedication=True)
    parts = simulation_report(shown, Screen(120, False, True), ["stopped on day 3"])
    styles = {part.plain.split()[0]: part.style for part in parts if isinstance(part, Text)}
    assert styles == {
        "rr-adult": "",
        "60": "",
        "stopped": "warning",
        "Premedication": "unverified",
        **dict.fromkeys(("Typical:", "Half,", "95", "Over", "IL-2,"), "quiet"),
    }
    assert isinstance(parts[0], Text)
    assert [(span.start, span.end, span.style) for span in parts[0].spans] == [(0, len("rr-adult"), "title")]
    tables = [part for part in parts if isinstance(part, Table)]
    cells = [next(iter(table.columns[0].cells)) for table in tables]
    assert [cell.style for cell in cells if isinstance(cell, Text)] == ["title"] * 3
    counts = [list(table.columns[-2].cells)[1] for table in tables]
    assert [cell.style for cell in counts if isinstance(cell, Text)] == ["quiet"] * 3
    parts = simulation_report(made(simulation, by_day=(3.0,)), Screen(120, False, True))
    by_day = [part for part in parts if isinstance(part, Table)][2]
    assert isinstance(count := list(by_day.columns[-1].cells)[1], Text)
    assert count.style == "quiet"
    parts = simulation_report(made(simulation, without=("b_day",), by_day=(3.0,)), Screen(120, False, True))
    said = [part.style for part in parts if isinstance(part, Text) and part.plain.startswith("No share by a day")]
    assert said == ["quiet"]


def test_a_regimen_that_nobody_has_seen_is_said_to_be_unverified(simulation: Simulation) -> None:
    parts = simulation_report(of_regimen(simulation, "myasthenia-5-days"), Screen(120, False, True))
    assert "unverified" in {part.style for part in parts if isinstance(part, Text)}


def of_regimen(simulation: Simulation, name: str) -> Simulation:
    found = made(simulation)
    found.outcome.trial = replace(found.outcome.trial, regimen=library.regimen(name))  # type: ignore[misc]
    return found
