"""Which bags are chosen of those that can be. Apart from the site profile, so that help does not wait for that."""

from enum import StrEnum


class Preference(StrEnum):
    """Which bags a site chooses of those that can be."""

    FEWEST_CHANGES = "fewest-changes"
    FEWEST_VIALS = "fewest-vials"
