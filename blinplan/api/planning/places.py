"""The sites of a course that takes place in several: hospital, then home."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from blinplan.api.planning.history import CourseHistory
from blinplan.api.regimens.load import read_site
from blinplan.refusal import Refusal

if TYPE_CHECKING:
    from datetime import tzinfo

    from blinplan.regimen.site.site import LaterPlace, Site


def with_places(site: "Site | None", happened: CourseHistory) -> "Site | None":
    """The site that begins, with those that a record or a ledger says take over from it.

    Raises
    ------
    Refusal
        When a profile is not there.
    """
    read = _places(happened)
    if not read:
        return site
    if read[0].minute <= 0 and site is None:
        site, read = read[0].site, read[1:]
    if site is None:
        return None  # which site prepares bags until then nobody says, and the plan tells that
    return replace(site, later=tuple(read))


def moves_of_places(happened: CourseHistory) -> "tuple[tuple[int, tzinfo], ...]":
    """From which minutes of a course its patient is in another time zone, whoever prepares bags before that."""
    places = _places(happened)
    if not places:
        return ()
    from blinplan.regimen.site.site import moves_of

    return moves_of(places)


def _places(happened: CourseHistory) -> "list[LaterPlace]":
    places, start = happened.so_far.places if happened.so_far else (), happened.start
    if not places or start is None:
        return []
    from blinplan.regimen.record.moments import minutes_between
    from blinplan.regimen.site.site import LaterPlace

    files = enumerate(zip(places, files_of_places(happened), strict=True), start=1)
    found = []
    for number, (place, file) in files:
        try:
            site = read_site(file)
        except Refusal as refusal:
            message = f"{happened.path}: place.{number}.site: {refusal.message}"
            raise Refusal(message, refusal.advice, refusal.others) from refusal
        found.append(LaterPlace(minutes_between(start, place.since), site))
    return found


def files_of_places(happened: CourseHistory) -> list[Path]:
    """The profiles that a record or a ledger names, from the folder of its own file."""
    places = happened.so_far.places if happened.so_far else ()
    return [Path(happened.path).parent / place.site for place in places]


def everywhere(site: "Site", change: "Callable[[Site], Site]") -> "Site":
    """A site and those that take over from it, each changed alike."""
    return change(replace(site, later=tuple(replace(one, site=change(one.site)) for one in site.later)))
