"""What in a site profile contradicts itself."""

from collections.abc import Iterator

from blinplan.regimen.site.site import WEEKDAYS
from blinplan.regimen.site.tables import BagFile, SiteTable
from blinplan.regimen.toml.beside_faults import Parts
from blinplan.regimen.toml.document import Document
from blinplan.regimen.toml.problems import Problem, contradiction, zone_problems

PARTS = Parts(frozenset({"bag", "cannot_be_had", "syringe"}), {"name": "x", "bag": [{"hours": 24, "fill_ml": 250}]})
"""What cannot be had is one of the bags."""


def site_problems(document: Document, file: SiteTable) -> Iterator[Problem]:
    """What in a site profile contradicts itself."""
    if file.time_zone is not None:
        yield from zone_problems(document, file.time_zone)
    hours = [bag.hours for bag in file.bag]
    for index, bag in enumerate(file.bag):
        if bag.hours in hours[:index]:
            yield contradiction(
                document,
                ("bag", index, "hours"),
                f"there are two bags of {bag.hours} hours",
                "which of them is meant would be a guess",
                "remove one of them",
            )
        if bag.in_use_hours is not None and bag.in_use_hours < bag.hours:
            yield contradiction(
                document,
                ("bag", index, "in_use_hours"),
                f"a bag that lasts {bag.hours} hours may be used for {bag.in_use_hours}",
                "its in-use time ends before the bag does",
                "prepare shorter bags, or correct the in-use time",
            )
        yield from _volume_problems(document, index, bag)
    yield from _syringe_problems(document, file)
    for index, shortage in enumerate(file.cannot_be_had):
        if shortage.first_day is not None and shortage.last_day is not None and shortage.last_day < shortage.first_day:
            yield contradiction(
                document,
                ("cannot_be_had", index, "last_day"),
                "`last_day` lies before `first_day`",
                "a shortage ends after it has begun",
                "correct one of the two days",
            )
        for missing in set(shortage.bag_hours) - set(hours):
            yield contradiction(
                document,
                ("cannot_be_had", index, "bag_hours"),
                f"there is no bag of {missing} hours that could be missing",
                "only bags that the site prepares can be had or not",
                "add the bag, or correct the hours",
            )
    if len(set(file.closed)) == len(WEEKDAYS):
        yield contradiction(
            document,
            ("closed",),
            "no day of the week is open",
            "a bag could never be changed",
            "name the days on which no bag is changed",
        )


def _volume_problems(document: Document, index: int, bag: BagFile) -> Iterator[Problem]:
    """What of the volumes of a bag contradicts itself."""
    if bag.diluent_ml is not None and bag.fill_ml is not None:
        yield contradiction(
            document,
            ("bag", index, "diluent_ml"),
            "a bag has both `fill_ml` and `diluent_ml`",
            "either the final volume is measured or the saline; the other one follows from the drug that is drawn up",
            "remove one of the two",
        )
    elif bag.diluent_ml is not None and bag.stabiliser_ml is None:
        yield contradiction(
            document,
            ("bag", index, "diluent_ml"),
            "a bag has `diluent_ml` without `stabiliser_ml`",
            "the final volume is that of saline, stabiliser and drug",
            "add `stabiliser_ml`, or give `fill_ml` instead",
        )
    if bag.stabiliser_ml is not None and bag.fill_ml is not None and bag.stabiliser_ml >= bag.fill_ml:
        yield contradiction(
            document,
            ("bag", index, "stabiliser_ml"),
            f"a bag that is filled with {bag.fill_ml} mL has {bag.stabiliser_ml} mL of stabiliser",
            "there is no room for saline and drug",
            "correct `stabiliser_ml` or `fill_ml`",
        )


def _syringe_problems(document: Document, file: SiteTable) -> Iterator[Problem]:
    """What of the syringes contradicts itself."""
    for index, syringe in enumerate(file.syringe):
        if syringe.ml % syringe.graduation_ml:
            yield contradiction(
                document,
                ("syringe", index, "graduation_ml"),
                f"a syringe of {syringe.ml} mL has a mark every {syringe.graduation_ml} mL",
                "its last mark would not be at what it holds",
                "correct `ml` or `graduation_ml`",
            )
