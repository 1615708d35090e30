"""A search finds what trying everything finds, and says of it no more than fresh patients and other models show."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import blinplan
from blinplan.api.designing.searching.found import SearchResult
from blinplan.course.events import periods
from blinplan.design.comparison.intervals import Estimate
from blinplan.design.search.judging import is_refused
from blinplan.design.search.reading import WantedError, read_wish
from blinplan.design.search.space import PossibleDose, Space, SpaceError, space_of
from blinplan.design.search.standing import RequirementVerdict, margin_of
from blinplan.design.search.wanted import Relation, Requirement, Sample, WantedEndpoint
from blinplan.executors.executor import threads
from blinplan.proportion import Proportion
from blinplan.quantities import read_dose
from blinplan.regimen.regimen import Regimen
from blinplan.reports.design.search.table import text_columns
from blinplan.simulation.outcome import Occurrence, Quantity
from blinplan.simulation.trials.patients import typical_patient
from blinplan.simulation.trials.trial import Outcome, Trial
from tests.collection.grid import at_night, in_turn

DOSES, LENGTHS, PEOPLE = (5, 9, 15, 28), (4, 7), 60
ALL = 4 + 6 * 2 + 4 * 2 * 2
"""Schedules of one to three of these doses, of which each but the last has one of these lengths."""
Steps = tuple[tuple[int, int], ...]
ASKED: dict[str, Any] = {
    "cycle": 1,
    "doses": DOSES,
    "lengths": LENGTHS,
    "search_patients": PEOPLE,
    "patients": 80,
    "sets": 0,
}
FEW: dict[str, Any] = {**ASKED, "doses": (5, 9, 28)}
"""Where it is no matter how many there are: of three doses."""
OF_FEW = 3 + 3 * 2 + 2 * 2


def every_schedule(steps: int) -> Iterator[Steps]:
    """Doses that rise, each but the last held for some days, the last for the rest of 28."""
    for doses in combinations(DOSES, steps):
        for days in product(LENGTHS, repeat=steps - 1):
            yield tuple(zip(doses, (*days, 28 - sum(days)), strict=True))


@cache
def by_hand() -> dict[Steps, tuple[float, float, float]]:
    """Median IL-6 peak, share depleted by day 14, and the median time to that, of each of all: simulated whole."""
    label = blinplan.load("rr-adult")
    found = {}
    for schedule in (*every_schedule(1), *every_schedule(2), *every_schedule(3)):
        steps = [blinplan.step(f"{dose} mcg/day", days=days) for dose, days in schedule]
        first = blinplan.cycle(steps=steps, treatment_free_days=14, name="Induction 1")
        ours = replace(label, cycles=(first, *label.cycles[1:]))
        result = blinplan.simulate(ours, patients=PEOPLE, endpoints=["il6_peak", "b_depleted_day"])
        times = result.endpoints["b_depleted_day"].values
        found[schedule] = (
            float(np.median(result.endpoints["il6_peak"].values)),
            float(np.mean(times <= 14)),
            float(np.median(np.where(np.isnan(times), np.inf, times))),
        )
    return found


def steps_of(regimen: Regimen) -> Steps:
    return tuple((int(step.dose.amount), step.minutes // 1440) for step in regimen.cycles[0].steps)


def found_first(result: SearchResult) -> Steps:
    """What it holds for the best, before anything was shown to be otherwise on fresh patients."""
    searched = result.searched
    (first, *_) = (*searched.refuted, *searched.offers)
    return steps_of(first.regimen)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "least"), in_turn(["enumerate", "evolve"], [0.5, 0.9]))
def test_it_finds_what_trying_everything_finds(method: Any, least: float) -> None:
    holding = {schedule: peak for schedule, (peak, share, _) in by_hand().items() if share >= least}
    lowest = min(holding.values())
    require = f"b_depleted_by_14 >= {least}"
    result = blinplan.search("rr-adult", minimise="il6_peak", require=require, method=method, show=1, **ASKED)
    assert result.searched.space.size == len(by_hand()) == ALL
    assert len(holding) < ALL
    assert by_hand()[found_first(result)][0] == lowest


def test_it_is_said_of_how_many_patients_a_share_is_where_that_is_not_all() -> None:
    """Of whom T cells never fell far none can come back: a share of 58 of 80 stood there as one of 80."""
    asked = {**FEW, "doses": (5, 9), "endpoints": ["b_depleted_cycle_1"]}
    result = blinplan.search("rr-adult", minimise="il6_peak", require="t_returned >= 50%", show=9, **asked)
    assert len(result.searched.rows) > 2
    texts = text_columns(result.searched)["t_returned >= 50%"]
    for row, text in zip(result.searched.rows, texts, strict=True):
        lowered, returned, depleted = row.endpoints
        assert (lowered.of, depleted.of) == (80, 80)
        share = Proportion(round(returned.estimate.value * returned.of), returned.of)
        assert Estimate(share.value, *share.interval) == returned.estimate
        assert (f", of {returned.of}, " in text) == (returned.of < 80)
    assert {row.endpoints[1].of for row in result.searched.rows} - {80}


@pytest.mark.slow
@pytest.mark.parametrize("method", ["enumerate", at_night("evolve")])
def test_a_front_is_what_nothing_is_below_of(method: Any) -> None:
    values = {schedule: (peak, day) for schedule, (peak, share, day) in by_hand().items() if share >= 0.5}
    front = {
        own
        for own in values.values()
        if not any(other != own and other[0] <= own[0] and other[1] <= own[1] for other in values.values())
    }
    result = blinplan.search(
        "rr-adult",
        minimise=["il6_peak", "b_depleted_day"],
        require="b_depleted_by_14 >= 50%",
        method=method,
        show=50,
        **ASKED,
    )
    searched = result.searched
    shown = {values[steps_of(row.regimen)] for row in (*searched.offers, *searched.refuted)}
    label = values[(9, 7), (28, 21)]
    assert len(front) > 3
    assert shown | {label} == front | {label}


@pytest.fixture(scope="module")
def found() -> SearchResult:
    return blinplan.search(
        "rr-adult",
        minimise="il6_peak",
        require=["b_depleted_by_14 >= 90%", "blasts_day_28 <= 0"],
        show=2,
        **{**FEW, "sets": 2},
    )


@pytest.mark.slow
def test_the_regimen_that_is_searched_from_is_always_a_row(found: SearchResult) -> None:
    (label,) = (row for row in found.rows if row.schedule is None)
    assert label.regimen == blinplan.load("rr-adult")
    assert [one.contrast for one in label.endpoints] == [None] * 3
    assert all(one.contrast is not None for row in found.searched.offers for one in row.endpoints)
    assert [row.endpoints[0].estimate.value for row in found.rows] == sorted(
        row.endpoints[0].estimate.value for row in found.rows
    )


@pytest.mark.slow
def test_what_is_shown_is_what_simulate_shows_of_the_file_on_the_patients_after_those_of_the_search(
    found: SearchResult,
) -> None:
    for row in found.rows:
        again = blinplan.simulate(row.regimen, patients=80, first=PEOPLE + 1, by_day=[14])
        peak, depleted, blasts = row.endpoints
        assert peak.estimate.value == np.median(again.endpoints["il6_peak"].values)
        assert depleted.estimate.value == again.by_day["b_depleted_day"][14.0].value
        assert (depleted.estimate.low, depleted.estimate.high) == again.by_day["b_depleted_day"][14.0].interval
        assert blasts.estimate.value == np.median(again.endpoints["blasts_log10_change_day_28"].values)


@pytest.mark.slow
def test_other_models_are_those_of_simulate(found: SearchResult) -> None:
    row = found.rows[0]
    again = blinplan.simulate(
        row.regimen, patients=60, first=PEOPLE + 1, parameter_sets=2, sets="plausible", endpoints=["il6_peak"]
    )
    over = again.simulation.uncertainty
    assert over is not None
    low, high = row.endpoints[0].over_models or (0.0, 0.0)
    medians = over.medians["il6_peak"]
    assert medians.low <= low <= high <= medians.high
    assert {low, high} & {medians.low, medians.high}
    assert all(one.in_models in {0, 1, 2} for one in row.requirements)


def test_each_result_is_a_file_in_which_check_finds_what_the_row_says(found: SearchResult, tmp_path: Path) -> None:
    written = found.write(tmp_path / "found")
    assert [path.stem for path in written] == [row.regimen.name for row in found.searched.offers]
    for path, row in zip(written, found.searched.offers, strict=True):
        regimen = blinplan.load(path)
        assert regimen == row.regimen
        assert (regimen.indication, regimen.unverified, regimen.departs_from) == ("investigational", True, "rr-adult")
        checked = blinplan.check(path)
        assert [(one.code, one.message) for one in checked.findings] == [
            (one.code, one.message) for one in row.findings
        ]
        assert not is_refused(checked.findings)
        assert regimen.sources[0].citation.startswith("blinplan search rr-adult --cycle 1")
        assert "--seed 1" in regimen.sources[0].citation
        assert all(one.reason.startswith("Found by a search") for one in regimen.departures)


def test_a_stay_in_hospital_covers_two_days_after_each_step(found: SearchResult) -> None:
    for regimen in found.regimens:
        last_step = sum(days for _, days in steps_of(regimen)[:-1])
        assert regimen.hospital_days == (max(9, last_step + 2), 2)


@pytest.mark.slow
def test_the_same_words_write_the_same_bytes_whoever_runs_them(found: SearchResult, tmp_path: Path) -> None:
    found.write(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with threads(1) as executor:
        again = blinplan.search(
            "rr-adult",
            minimise="il6_peak",
            require=["b_depleted_by_14 >= 90%", "blasts_day_28 <= 0"],
            show=2,
            executor=executor,
            **{**FEW, "sets": 2},
        )
    assert again.text("json") == found.text("json")
    assert again.text("csv") == found.text("csv")
    again.write(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.slow
@pytest.mark.parametrize("minimise", [at_night(["il6_peak"]), ["il6_peak", "b_depleted_day"]])
def test_an_optimiser_does_not_depend_on_threads_and_hears_the_seed(minimise: list[str]) -> None:
    def run(count: int, seed: int = 1) -> str:
        with threads(count) as executor:
            return blinplan.search(
                "rr-adult", minimise=minimise, method="evolve", show=1, seed=seed, executor=executor, **FEW
            ).text("csv")

    alone = run(1)
    assert alone == run(2)
    assert alone != run(1, seed=2)


def test_nothing_that_is_there_is_overwritten(found: SearchResult, tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(blinplan.Refusal, match=r"ward\.toml is there, and not as this search writes it"):
        found.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ward.toml"]
    (tmp_path / "ward.toml").unlink()
    (first, *_) = found.write(tmp_path)
    first.write_text(first.read_text("utf-8").replace("days = 4", "days = 5", 1) + "# mine\n", encoding="utf-8")
    changed = first.read_bytes()
    with pytest.raises(blinplan.Refusal, match="not as this search writes it"):
        found.write(tmp_path)
    assert first.read_bytes() == changed


@pytest.mark.slow
def test_who_stops_it_while_it_shows_keeps_what_is_shown() -> None:
    shown_from, many = list[int](), 600

    def stop(done: int, total: int) -> None:
        if total > 6 * many:  # the label and five others are to be shown
            shown_from.append(done)
            if done > shown_from[0] + 2 * many:
                raise KeyboardInterrupt

    asked = {**FEW, "patients": many}
    result = blinplan.search("rr-adult", minimise="il6_peak", show=5, progress=stop, **asked)
    assert result.is_stopped
    assert 2 <= len(result.rows) < 6
    assert "Stopped:" in result.text()


@pytest.mark.parametrize("calls", [12, pytest.param(OF_FEW + 5, marks=pytest.mark.slow)])
def test_who_stops_it_before_is_told_what_stands_best_and_that_it_is_not_confirmed(
    found: SearchResult, calls: int
) -> None:
    """Among the first few patients, or when all went through some schedules more patients than through others."""
    counts = list[int]()

    def stop(done: int, _: int) -> None:
        counts.append(done)
        if len(counts) == calls:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        blinplan.search("rr-adult", minimise="il6_peak", progress=stop, **FEW)
    (note,) = caught.value.__notes__
    number, few = int(note.split()[0]), PEOPLE // 8
    assert min(calls, OF_FEW) - 1 <= number <= min(calls, OF_FEW)
    assert f"{number} of {OF_FEW} schedules were begun, on {few} of {PEOPLE} patients." in note
    # Of all that were begun, each alone through the same few patients, it is the lowest.
    searched = found.searched
    begun = list(searched.space)[:number]
    peaks = {
        schedule: float(np.median(blinplan.simulate(regimen, patients=few).endpoints["il6_peak"].values))
        for schedule in begun
        if steps_of(regimen := searched.start.candidate(searched.space, schedule)) != ((9, 7), (28, 21))
    }
    lowest = min(peaks, key=peaks.__getitem__).text(searched.space.infusion)
    told = f"Best so far, and not confirmed, on other patients or other models: {lowest} (il6_peak "
    assert told in note


# --- verdicts ---------------------------------------------------------------------------------------------------------


def share(count: int, total: int) -> Sample:
    everybody = np.ones(total, dtype=np.bool_)
    return Sample(total, (), (Occurrence("share", "B cells", "share", np.arange(total) < count, everybody),))


@pytest.mark.parametrize(
    ("count", "verdict"),
    # Wilson's interval of 9,100 in 10,000 is from 90.4 to 91.5 %, and that of 9,050 from 89.9 to 91.1 %.
    [(9_100, "met"), (9_062, "met"), (9_050, "at limit"), (8_950, "at limit"), (8_900, "not met")],
)
def test_a_share_is_met_only_where_its_interval_clears_the_bound(count: int, verdict: str) -> None:
    at_least = Requirement(0, Relation.AT_LEAST, 0.9, "")
    sample = share(count, 10_000)
    assert margin_of(at_least, sample, sample).verdict == verdict
    at_most = Requirement(0, Relation.AT_MOST, 0.1, "")
    others = share(10_000 - count, 10_000)
    assert margin_of(at_most, others, others).verdict == verdict


def number(values: Any) -> Sample:
    return Sample(len(values), (), (Quantity("x", "Cytokines", "x", "pg/mL", np.asarray(values, dtype=np.float64)),))


@pytest.mark.parametrize(
    ("bound", "verdict"), [(61.0, "met"), (60.0, "at limit"), (41.0, "at limit"), (39.0, "not met")]
)
def test_a_median_is_met_only_where_a_sign_test_refuses_the_bound(bound: float, verdict: str) -> None:
    """Of 1 to 100, the median is with 95 % between the 40th and the 61st."""
    sample = number(range(1, 101))
    assert margin_of(Requirement(0, Relation.AT_MOST, bound, ""), sample, sample).verdict == verdict


def test_against_the_label_each_patient_is_compared_with_himself() -> None:
    values = np.exp(np.linspace(0.0, 3.0, 400))
    at_most = Requirement(0, Relation.AT_MOST, None, "")
    label = number(values)
    assert margin_of(at_most, number(0.99 * values), label).verdict is RequirementVerdict.MET
    assert margin_of(at_most, number(1.01 * values), label).verdict is RequirementVerdict.NOT_MET
    assert margin_of(at_most, number(values), label).verdict is RequirementVerdict.MET
    below = Requirement(0, Relation.BELOW, None, "")
    assert margin_of(below, number(values), label).verdict is RequirementVerdict.NOT_MET


def test_nobody_who_differs_among_some_says_not_that_nobody_does() -> None:
    at_least = Requirement(0, Relation.AT_LEAST, None, "")
    label = share(180, 200)
    assert margin_of(at_least, share(180, 200), label).verdict is RequirementVerdict.AT_LIMIT
    assert margin_of(at_least, label, label).verdict is RequirementVerdict.MET
    assert margin_of(at_least, share(190, 200), label).verdict is RequirementVerdict.MET
    assert margin_of(at_least, share(170, 200), label).verdict is RequirementVerdict.NOT_MET


def test_a_margin_beside_the_label_lets_what_is_alike_be_met() -> None:
    """Of 1,000 pairs of which none differs, Tango's interval of the difference ends at 0.4 %."""
    label, alike, fewer = share(900, 1000), share(900, 1000), share(890, 1000)
    no_more_than_two_less = Requirement(0, Relation.AT_LEAST, None, "", -0.02)
    assert margin_of(no_more_than_two_less, alike, label).verdict is RequirementVerdict.MET
    assert margin_of(no_more_than_two_less, fewer, label).verdict is RequirementVerdict.MET
    assert margin_of(no_more_than_two_less, share(880, 1000), label).verdict is RequirementVerdict.AT_LIMIT
    assert margin_of(no_more_than_two_less, share(850, 1000), label).verdict is RequirementVerdict.NOT_MET
    values = np.exp(np.linspace(0.0, 3.0, 400))
    a_fifth_lower = Requirement(0, Relation.AT_MOST, None, "", math.log(0.8))
    assert margin_of(a_fifth_lower, number(0.7 * values), number(values)).verdict is RequirementVerdict.MET
    assert margin_of(a_fifth_lower, number(0.9 * values), number(values)).verdict is RequirementVerdict.NOT_MET


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("il6_peak <= label - 2%", "is no share of patients"),
        ("b_depleted_by_14 >= label x0.8", "is not compared by a ratio"),
        ("b_depleted_by_14 >= label less 2", "no number"),
    ],
)
def test_a_margin_that_says_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(WantedError, match=said):
        read_wish(["il10_peak"], [text], typical_outcome())


def test_what_a_course_has_not_does_not_hold() -> None:
    sample = Sample(10, (), (None,))
    assert margin_of(Requirement(0, Relation.AT_LEAST, 0.0, ""), sample, sample).verdict is RequirementVerdict.NOT_MET


# --- what may be tried, and what is wanted ----------------------------------------------------------------------------


def dose(amount: str) -> PossibleDose:
    return PossibleDose(read_dose(f"{amount} mcg/day").rate)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("free", [(), (7, 14)])
@pytest.mark.parametrize("lengths", [(1, 2, 3), (9, 10, 11, 12)])
def test_a_space_has_as_many_schedules_as_it_says(descending: bool, free: tuple[int, ...], lengths: Any) -> None:
    doses = [dose(one) for one in ("4.5", "9", "28")]
    space = space_of(
        blinplan.load("rr-adult"),
        cycles=(1,),
        steps=(1, 2, 3),
        doses=doses,
        lengths=lengths,
        free_days=free,
        descending=descending,
    )
    schedules = list(space)
    all_of_them = set(schedules)
    assert len(schedules) == len(all_of_them) == space.size
    for schedule in schedules:
        amounts = [one.rate.amount for one in schedule.doses]
        assert descending or amounts == sorted(set(amounts))
        assert all(first != second for first, second in pairwise(amounts))
        assert min(schedule.days_of(28)) >= 1
        assert sum(schedule.days_of(28)) == 28
        assert space.holds(schedule)
        near = set(space.neighbours(schedule))
        assert near
        assert near <= all_of_them
        assert schedule not in near


def test_every_schedule_is_the_one_of_some_numbers() -> None:
    doses = [dose(one) for one in ("4.5", "9", "28")]
    space = space_of(blinplan.load("rr-adult"), cycles=(1,), steps=(1, 2, 3), doses=doses, lengths=(4, 7))
    every = product(*(range(low, high + 1) for low, high in space.bounds))
    assert {space.schedule(vector) for vector in every} - {None} == set(space)


def test_a_space_without_a_schedule_is_refused() -> None:
    label = blinplan.load("rr-adult")

    def space(steps: int, lengths: tuple[int, ...], cycle: int = 1) -> Space:
        return space_of(label, cycles=(cycle,), steps=(steps,), doses=[dose("9"), dose("28")], lengths=lengths)

    assert space(2, (7,)).size == 1
    with pytest.raises(SpaceError, match="a step of 28 days leaves nothing"):
        space(2, (28,))
    with pytest.raises(SpaceError, match="2 doses make no 3 steps"):
        space(3, (7,))
    with pytest.raises(SpaceError, match="2 steps need lengths"):
        space(2, ())
    with pytest.raises(SpaceError, match="there is no cycle 6"):
        space(1, (), cycle=6)


@cache
def typical_outcome() -> Outcome:
    label = blinplan.load("rr-adult")
    return Trial(label, periods(label), typical_patient(label, "adult-rr", None)).run()


def test_only_the_first_cycles_are_simulated_where_they_decide_all() -> None:
    """What is read off the first cycles alone is the same, to the last bit, of the whole course."""
    label = blinplan.load("rr-adult")
    keys = [key for key in blinplan.simulate(label, patients=40).endpoints if WantedEndpoint(key).first_cycles == 1]
    assert {"il6_peak", "ifngamma_settled", "b_depleted_day", "blasts_log10_change_day_28", "t_nadir"} <= set(keys)
    assert not {"dose", "auc", "b_nadir", "t_return_day", "il6_peak_second"} & set(keys)
    short = replace(label, cycles=label.cycles[:1], hospital_days=label.hospital_days[:1])
    whole, first = (blinplan.simulate(one, patients=40) for one in (label, short))
    for key in keys:
        assert np.array_equal(whole.endpoints[key].values, first.endpoints[key].values, equal_nan=True), key
    for number in (1, 2):
        some = replace(label, cycles=label.cycles[:number], hospital_days=())
        of_some = blinplan.simulate(some, patients=40)
        for key in (f"b_days_depleted_cycle_{number}",):
            assert WantedEndpoint(key).first_cycles == number
            assert np.array_equal(whole.endpoints[key].values, of_some.endpoints[key].values)
        for key in (f"il6_elevated_cycle_{number}", f"marrow_response_cycle_{number}", f"mrd_response_cycle_{number}"):
            assert WantedEndpoint(key).first_cycles == number
            assert np.array_equal(whole.events[key].happens, of_some.events[key].happens), key


@pytest.mark.parametrize(
    ("text", "endpoint", "relation", "bound"),
    [
        ("b_depleted_by_14 >= 90%", WantedEndpoint("b_depleted_day", 14.0), ">=", 0.9),
        ("b_depleted_day@2.5>0.5", WantedEndpoint("b_depleted_day", 2.5), ">", 0.5),
        ("il6_peak ≤ 20", WantedEndpoint("il6_peak"), "<=", 20.0),
        ("blasts_day_28 <= label", WantedEndpoint("blasts_log10_change_day_28"), "<=", None),
        ("t_nadir >= 30%", WantedEndpoint("t_nadir"), ">=", 30.0),
        ("b_depleted_cycle_1 >= label", WantedEndpoint("b_depleted_cycle_1"), ">=", None),
        ("b_depleted_cycle_1 >= label - 2 %", WantedEndpoint("b_depleted_cycle_1"), ">=", None),
        ("il6_peak <= label×0.8", WantedEndpoint("il6_peak"), "<=", None),
        ("il6_peak <= 20 pg/mL", WantedEndpoint("il6_peak"), "<=", 20.0),
    ],
)
def test_a_requirement_is_read(text: str, endpoint: WantedEndpoint, relation: str, bound: float | None) -> None:
    wish = read_wish(["il10_peak"], [text], typical_outcome())
    (requirement,) = wish.requirements
    assert wish.endpoints[requirement.endpoint] == endpoint
    assert (requirement.relation, requirement.bound) == (relation, bound)


def test_a_last_step_that_takes_what_the_others_leave_departs_from_nothing() -> None:
    found = blinplan.search(
        "rr-adult",
        doses="9,28",
        minimise="il6_peak",
        cycle="1",
        steps="2",
        lengths="4,7",
        patients=20,
        search_patients=20,
        sets=0,
    )
    (shorter,) = [row for row in found.rows if steps_of(row.regimen) == ((9, 4), (28, 24))]
    assert [step.departure is not None for step in shorter.regimen.cycles[0].steps] == [True, False]
    assert "L013" not in [finding.code for finding in shorter.findings if "those of rr-adult" in finding.message]
