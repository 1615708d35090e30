"""Endpoints in one's own words: what is understood, and what is said of what is not."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blinplan.course.events import Period, periods
from blinplan.physiology.watch import Seen, Watch
from blinplan.regimen import library
from blinplan.simulation.endpoints.own import COMPARISONS, OwnEndpoint, WindowError
from blinplan.simulation.endpoints.wording import _LIKE, EXAMPLE, QUANTITIES, EndpointError, read_endpoint, units_of
from tests.collection.examples import ANY_SIGN

COURSE = periods(library.regimen("rr-adult"))  # five cycles of 42 days


def asked(signal: str, comparison: str, level: str, unit: str, **window: object) -> OwnEndpoint:
    return OwnEndpoint(signal, comparison, Decimal(level), unit, **window)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (EXAMPLE, asked("il-6", "above", "100", "pg/mL", cycle=1)),
        ("IL-10 at least 5 x baseline", asked("il-10", "at least", "5", "x baseline")),
        (
            "B cells at most 10 cells/µL from day 7 to day 28",
            asked("b-cells", "at most", "10", "cells/µL", days=(7, 28)),
        ),
        ("T cells below 50 % of baseline by day 2", asked("t-cells", "below", "50", "% of baseline", days=(0, 2))),
        ("drug above 0.5 pg/mL in cycle 2", asked("drug", "above", "0.5", "pg/mL", cycle=2)),
        ("blasts below 5 % of capacity by day 28", asked("blasts", "below", "5", "% of capacity", days=(0, 28))),
        # the same in other spellings
        ("  il6   >  1e2 PG/ML   in CYCLE 1 ", asked("il-6", "above", "100", "pg/mL", cycle=1)),
        ("b-cells <= 10 /uL", asked("b-cells", "at most", "10", "cells/µL")),
        ("B cells at most 10 cell/µL", asked("b-cells", "at most", "10", "cells/µL")),
        ("B cell ≤ 10cells/ul", asked("b-cells", "at most", "10", "cells/µL")),
        ("IFN-gamma ≥ 2 × baseline", asked("ifn", "at least", "2", "x baseline")),
        ("ifn >= 2 times baseline", asked("ifn", "at least", "2", "x baseline")),
        ("IFN-\N{GREEK SMALL LETTER GAMMA} < 200% of baseline", asked("ifn", "below", "200", "% of baseline")),
        ("Drug concentration above 100 pg/mL", asked("drug", "above", "100", "pg/mL")),
        ("blinatumomab above 100 pg/mL", asked("drug", "above", "100", "pg/mL")),
        ("blasts below 5 % of marrow capacity", asked("blasts", "below", "5", "% of capacity")),
        ("drug above 0 pg/mL", asked("drug", "above", "0", "pg/mL")),
        ("drug above 0.000000001 pg/mL", asked("drug", "above", "0.000000001", "pg/mL")),
        ("drug above 1000000000 pg/mL", asked("drug", "above", "1000000000", "pg/mL")),
        ("IL-6 above 100 pg/mL from day 0.5 to 2", asked("il-6", "above", "100", "pg/mL", days=(0.5, 2))),
    ],
)
def test_what_is_written_is_understood(text: str, found: OwnEndpoint) -> None:
    assert read_endpoint(text) == found


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("", "it is empty", EXAMPLE),
        ("IL-6", "it compares nothing", "above, below, at least, at most"),
        ("IL-6 100 pg/mL", "it compares nothing", "above, below, at least, at most"),
        ("IL-6 over 100 pg/mL", "'over' is not one of its words", "say 'above'"),
        ("IL-6 more than 100 pg/mL", "'more than'", "say 'above'"),
        ("B cells no more than 10 /µL", "'no more than'", "say 'at most'"),
        ("B cells at or below 10 /µL", "'at or below'", "say 'at most'"),
        ("B cells not above 10 /µL", "'not above'", "say 'at most'"),
        ("IL-6 equal to or above 10 pg/mL", "'equal to or above'", "say 'at least'"),
        ("IL-6 not under 10 pg/mL", "'not under'", "say 'at least'"),
        ("above 100 pg/mL", "it does not say of what", "drug, B cells, T cells"),
        ("IL-7 above 100 pg/mL", "'IL-7' is no quantity", "IL-6, IL-10, IFN-gamma"),
        ("Bcels above 100 /µL", "'Bcels' is no quantity", "B cells"),
        ("IL-2 above 100 pg/mL", "IL-2 does not rise in the model", "IL-6, IL-10, IFN-gamma"),
        ("TNF-alpha above 1 pg/mL", "TNF-alpha does not rise in the model", "IL-6"),
        ("IL-6 above", "no number follows", "pg/mL"),
        ("IL-6 above normal", "'normal' is no number", EXAMPLE),
        ("IL-6 above 100", "100 has no unit", "pg/mL, % of baseline, x baseline"),
        ("IL-6 above 100 in cycle 1", "100 has no unit", "pg/mL, % of baseline, x baseline"),
        ("IL-6 above 100 ng/mL", "'ng/mL' is no unit of it", "pg/mL"),
        ("IL-6 above 100 cells/µL", "'cells/µL' is no unit of it", "pg/mL"),
        ("B cells below 10 pg/mL", "'pg/mL' is no unit of it", "cells/µL"),
        ("blasts below 5 %", "'%' is no unit of it", "% of capacity, % of baseline"),
        ("drug above 2 x baseline", "'x baseline' is no unit of it", "the units are pg/mL"),
        ("IL-6 above 1,000 pg/mL", "1,000 has a comma", "a point before decimals"),
        ("IL-6 above 0,5 pg/mL", "0,5 has a comma", "a point before decimals"),
        ("IL-6 above 1.2.3 pg/mL", "1.2.3 is no number", "one point"),
        ("IL-6 above -5 pg/mL", "-5 is no level", "from 0"),
        ("IL-6 above 1000000001 pg/mL", "1000000001 is no level", "from 0 to 1,000,000,000"),
        ("IL-6 above 0.0000000001 pg/mL", "0.0000000001 is no level", "with 9 decimals at most"),
        ("IL-6 above 1e99 pg/mL", "1e99 is no level", "from 0 to 1,000,000,000"),
        ("IL-6 above 100 pg/mL and below 200 pg/mL", "'pg/mL and below 200 pg/mL'", "pg/mL"),
        ("IL-6 above 100 pg/mL in cycles 1", "'in cycles 1' is no window", "in cycle N"),
        ("IL-6 above 100 pg/mL in week 1", "'in week 1' is no window", "by day N"),
        ("IL-6 above 100 pg/mL within 7 days", "'within 7 days' is no window", "by day N"),
        ("IL-6 above 100 pg/mL from day 7", "'from day 7' is no window", "from day A to day B"),
        ("IL-6 above 100 pg/mL over 7 days", "'over 7 days' is no window", "by day N"),
        ("IL-6 above 100 pg/mL by day 0", "'by day 0' has no time in it", "the last day comes after the first"),
        ("IL-6 above 100 pg/mL from day 7 to day 2", "'from day 7 to day 2' has no time in it", "after the first"),
    ],
)
def test_what_is_not_understood_is_told_with_what_is_allowed(text: str, message: str, advice: str) -> None:
    with pytest.raises(EndpointError) as refused:
        read_endpoint(text)
    assert message in refused.value.message
    assert advice in refused.value.advice


def test_where_no_quantity_is_near_none_is_meant() -> None:
    with pytest.raises(EndpointError) as refused:
        read_endpoint("glucose above 100 pg/mL")
    assert refused.value.advice.startswith("the quantities are drug, ")


@pytest.mark.parametrize("text", ["{} above 1 pg/mL", "IL-6 above {}", "IL-6 above 1 {}", "IL-6 above 1 pg/mL on {}"])
def test_of_a_long_word_the_beginning_is_quoted(text: str) -> None:
    with pytest.raises(EndpointError) as refused:
        read_endpoint(text.format("x" * 50))
    assert len(refused.value.message.split("'")[1]) == 40


@pytest.mark.parametrize(
    ("text", "group", "key", "label"),
    [
        ("drug above 0.50 pg/mL", "Drug", "drug_above_0.5_pg_per_ml", "Drug above 0.5 pg/mL"),
        (
            "IL-6 at least 5 x baseline by day 7",
            "Cytokines",
            "il6_at_least_5_x_baseline_by_day_7",
            "IL-6 at least 5 x baseline, by day 7",
        ),
        ("T cells below 50 % of baseline", "T cells", "t_cells_below_50_percent_of_baseline", ""),
        (
            "B cells at most 10 cells/µL from day 7 to day 9.5",
            "B cells",
            "b_cells_at_most_10_per_ul_from_day_7_to_day_9.5",
            "B cells at most 10 cells/µL, day 7 to day 9.5",
        ),
        (
            "blasts below 5 % of capacity in cycle 1",
            "Blasts",
            "blasts_below_5_percent_of_capacity_in_cycle_1",
            "Blasts below 5 % of capacity, cycle 1",
        ),
    ],
)
def test_an_endpoint_is_called_by_what_it_is(text: str, group: str, key: str, label: str) -> None:
    """Its key heads a column, so that it is words alone; its label does without those that a table needs not."""
    own = read_endpoint(text)
    assert (own.group, own.key, own.label) == (group, key, label or text)
    assert own.text == own.label.replace(", day", " from day").replace(", cycle", " in cycle").replace(",", "")
    seen = Seen(np.array([2.0, np.nan]), np.array([3.0, 0.0]))
    day, days = own.quantities(seen, np.ones(2, dtype=np.bool_), 9, 1.0)
    assert (day.key, day.unit, day.is_time, day.from_day) == (f"{key}_day", "day", True, 1.0)
    assert (days.key, days.unit, days.is_time, days.label) == (f"{key}_days", "day", False, f"Days {own.label}")
    event = own.occurrence(seen, np.ones(2, dtype=np.bool_), 9)
    assert event.happens.tolist() == [True, False]
    assert {event.window, day.window, days.window} == {own.text.partition(own.unit)[2].strip() or "whole course"}


def test_other_words_are_told_in_words_that_compare() -> None:
    assert set(_LIKE.values()) == set(COMPARISONS)


@pytest.mark.parametrize("words", _LIKE)
def test_other_words_that_compare_are_told_whole(words: str) -> None:
    """A word of its own inside of them, as "below" in "at or below", is not taken for the whole."""
    with pytest.raises(EndpointError) as refused:
        read_endpoint(f"B cells {words} 10 cells/µL in cycle 2")
    assert refused.value.message == f"{words!r} is not one of its words"
    assert refused.value.advice.startswith(f"say {_LIKE[words]!r}; ")


numbers = st.decimals(min_value=0, max_value=1_000_000, places=3)
moments = st.decimals(min_value=0, max_value=99_999, places=6)
windows = st.one_of(
    st.just({}),
    st.builds(lambda n: {"cycle": n}, st.integers(1, 99)),
    st.builds(lambda a, b: {"days": (float(a), float(a + b))}, st.integers(0, 300), st.integers(1, 300)),
    st.builds(
        lambda of: {"days": (float(min(of)), float(max(of)))}, st.lists(moments, min_size=2, max_size=2, unique=True)
    ),
)


@given(
    st.sampled_from([shown.key for shown in QUANTITIES.values()]),
    st.sampled_from(sorted(COMPARISONS)),
    numbers,
    windows,
    st.data(),
)
def test_any_endpoint_in_its_own_words_is_itself(
    signal: str, comparison: str, level: Decimal, window: dict[str, object], data: st.DataObject
) -> None:
    unit = data.draw(st.sampled_from(units_of(signal)))
    own = asked(signal, comparison, str(level), unit, **window)
    again = read_endpoint(own.text)
    assert again == own
    assert again.key == own.key
    assert again.key.replace("_", "").replace(".", "").isalnum()


@given(st.text(ANY_SIGN, max_size=60))
def test_no_text_is_a_fault(text: str) -> None:
    assert is_told(text)


@given(st.lists(st.sampled_from([*EXAMPLE.split(), "by", "day", "to", "from", "%", "of", "baseline", "-1", ">=", "x"])))
def test_no_words_in_any_order_are_a_fault(words: list[str]) -> None:
    assert is_told(" ".join(words))


def is_told(text: str) -> bool:
    """Whether a text is an endpoint, or is told why it is none and what may stand there."""
    try:
        return bool(read_endpoint(text).key)
    except EndpointError as error:
        return bool(error.message and error.advice)


def watch(text: str, course: tuple[Period, ...] = COURSE) -> Watch:
    return read_endpoint(text).watch(course)


def test_a_window_is_looked_up_in_the_course() -> None:
    assert (watch(EXAMPLE).start, watch(EXAMPLE).stop) == (0.0, 42.0)
    second = watch("IL-6 above 100 pg/mL in cycle 2")
    assert (second.start, second.stop) == (42.0, 84.0)
    whole = watch("IL-6 above 100 pg/mL")
    assert (whole.start, whole.stop) == (0.0, 210.0)
    windows = {"in cycle 2": 42.0, "from day 7 to day 9.5": 2.5, "": 210.0}
    for window, days in windows.items():
        assert read_endpoint(f"IL-6 above 100 pg/mL {window}").minutes(COURSE) == days * 1440


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("IL-6 above 100 pg/mL in cycle 6", "cycles 1 to 5"),
        ("IL-6 above 100 pg/mL in cycle 0", "cycles 1 to 5"),
        ("IL-6 above 100 pg/mL by day 211", "ends on day 210"),
        ("IL-6 above 100 pg/mL from day 7 to day 300", "ends on day 210"),
    ],
)
def test_a_window_that_the_course_does_not_have_is_refused(text: str, says: str) -> None:
    with pytest.raises(WindowError, match=says):
        watch(text)
    watch("IL-6 above 100 pg/mL by day 210")


def test_a_course_that_begins_in_the_midst_of_a_cycle_has_that_cycle() -> None:
    with pytest.raises(WindowError, match="which has cycles 1 to 5"):
        watch("IL-6 above 100 pg/mL in cycle 6", COURSE[2:])


def test_levels_are_in_the_unit_of_what_they_are_of() -> None:
    assert (watch("T cells below 50 % of baseline").level, watch("T cells below 50 % of baseline").of_baseline) == (
        0.5,
        True,
    )
    assert (watch("blasts below 5 % of capacity").level, watch("blasts below 5 % of capacity").of_baseline) == (
        0.05,
        False,
    )
    assert (watch("IL-6 above 5 x baseline").level, watch("IL-6 above 5 x baseline").of_baseline) == (5.0, True)
    compared = {"above": (True, False), "at least": (True, True), "below": (False, False), "at most": (False, True)}
    for words, (above, touching) in compared.items():
        found = watch(f"B cells {words} 10 /µL")
        assert (found.above, found.touching) == (above, touching)
