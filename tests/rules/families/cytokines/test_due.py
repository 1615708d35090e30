"""C607: doses in words, at the limit and a step beside it: words, numbers, place and order.

Of dexamethasone 200 mg, or 100 mg/m², are a slip, and as much of another corticosteroid: 0.75 mg of dexamethasone are
as strong as 5 mg of prednisone, 4 of methylprednisolone and 20 of hydrocortisone. Into the spinal canal nobody gives
more than 150 mg, or three times the 15 mg of methotrexate.
"""

import pytest

from tests.regimen_text import cycle, judgement_of_lines
from tests.rules.families.examples import Told, told_of

FLAT, BY_AREA = "highest_steroid_flat", "highest_steroid_by_area"
ANY, METHOTREXATE = "highest_intrathecal", "highest_intrathecal_methotrexate"
MEANT = "write the dose that is meant, or waive this rule with the reason"
UNSEEN = " (that value, 15 mg, is unverified; this is far beyond it)"


def due(what: str, *doses: str, kind: str = "pre-phase") -> str:
    """Something that is due in these doses, one after the other."""
    day = -3 if kind == "pre-phase" else 1
    return "".join(f'[[due]]\nkind = "{kind}"\nwhat = "{what}"\ndose = "{dose}"\ndays = [{day}]\n\n' for dose in doses)


def implausible(number: int, what: str, written: str, said: str, limit: str) -> Told:
    """What is told of a dose that nobody gives."""
    if limit in {FLAT, BY_AREA}:
        most = "200 mg" if limit == FLAT else "100 mg/m²"
        other = "" if what == "dexamethasone" else " of dexamethasone, or as much of another"
        usual = f"{what} is given in milligrams, and less than {most}{other}"
    else:
        most = "150 mg" if limit == ANY else "15 mg"
        usual = f"into the spinal canal no more than {most} are given{'' if limit == ANY else UNSEEN}"
    place = f"due.{number}.dose"
    return Told(
        place, f'"{written}"', "error", f"{what} is due at {said}; {usual}", MEANT, (limit,), f"{what}: {written}"
    )


@pytest.mark.holds("C607")
@pytest.mark.parametrize(
    ("what", "limit", "sound", "told"),
    [
        ("dexamethasone", FLAT, ["199.9 mg", "0.19 g"], [("200 mg", "200 mg"), ("0.2 g", "200 mg")]),
        ("dexamethasone", BY_AREA, ["99.9 mg/m2", "99 mg per m²"], [("100 mg/m2", "100 mg/m²")]),
        (
            "dexamethasone",
            FLAT,
            ["1,5 mg"],
            [("20 mcg", "20 mcg"), ("20,000 µg", "20,000 mcg"), ("1,500 mg", "1,500 mg")],
        ),
        ("dexamethasone", BY_AREA, ["6 mg/m2"], [("6 ug/m2", "6 mcg"), ("6 MCG per m2", "6 mcg")]),
        ("prednisone", FLAT, ["1,333 mg"], [("1,334 mg", "1,334 mg")]),  # 200 / 0.75 * 5 = 1,333.3
        ("prednisone", BY_AREA, ["666.6 mg/m2"], [("667 mg/m2", "667 mg/m²")]),
        ("methylprednisolone", FLAT, ["1066 mg"], [("1067 mg", "1,067 mg")]),  # 200 / 0.75 * 4 = 1,066.7
        ("hydrocortisone", FLAT, ["5333 mg"], [("5334 mg", "5,334 mg")]),  # 200 / 0.75 * 20 = 5,333.3
    ],
)
def test_a_corticosteroid_is_told_from_ten_times_a_high_dose_on(
    what: str, limit: str, sound: list[str], told: list[tuple[str, str]]
) -> None:
    lines = due(what, *sound, *(written for written, _ in told)) + cycle()
    assert told_of(judgement_of_lines(lines), "C607") == [
        implausible(number, what, written, said, limit) for number, (written, said) in enumerate(told, start=len(sound))
    ]


@pytest.mark.holds("C607")
@pytest.mark.parametrize(
    ("what", "limit", "sound", "told"),
    [
        ("cytarabine", ANY, ["1 mg", "149 mg", "150 mg", "0.15 g"], [("150.1 mg", "150.1 mg"), ("299 mg", "299 mg")]),
        ("hydrocortisone", ANY, ["150,000 mcg"], [("151,000 mcg", "151,000 mcg")]),
        ("methotrexate", METHOTREXATE, ["1 mg", "15 mg", "16 mg", "45 mg"], [("45.1 mg", "45.1 mg")]),
        ("MTX intrathecally", METHOTREXATE, ["12 mg"], [("120 mg", "120 mg")]),
        ("intrathecal methotrexate", METHOTREXATE, ["12 mg"], [("120 mg", "120 mg")]),
        ("methotrexate and cytarabine", ANY, ["120 mg"], [("151 mg", "151 mg")]),
        ("methotrexate", METHOTREXATE, ["500 mg/m2"], []),  # by area nothing is given there
        ("cytarabine", ANY, ["2 g/m2"], []),
    ],
)
def test_what_is_given_into_the_spinal_canal_is_told_above_the_most_that_anybody_gives(
    what: str, limit: str, sound: list[str], told: list[tuple[str, str]]
) -> None:
    lines = due(what, *sound, *(written for written, _ in told), kind="intrathecal") + cycle()
    assert told_of(judgement_of_lines(lines), "C607") == [
        implausible(number, what, written, said, limit) for number, (written, said) in enumerate(told, start=len(sound))
    ]


@pytest.mark.holds("C607")
def test_of_one_text_the_first_dose_that_nobody_gives_is_told() -> None:
    lines = due("dexamethasone", "10 mg, then 300 mg, then 400 mg") + due("dexamethasone", "10 mg") + cycle()
    (finding,) = told_of(judgement_of_lines(lines), "C607")
    assert (finding.place, finding.message.partition(";")[0]) == ("due.0.dose", "dexamethasone is due at 300 mg")
