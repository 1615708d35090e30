"""Virtual patients who are known by their seed and number, and drawn some at a time when they are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from blinplan.physiology.model.draw import draw_stretch
from blinplan.physiology.model.parameters import Preset
from blinplan.physiology.model.people import SeedStretch, Wanted, stretches
from blinplan.physiology.model.population import Population
from blinplan.simulation.people.people import GivenTable

PIECE = 256
"""Patients who are always drawn together where nobody says it; portions are of whole pieces."""


class CohortPart(Protocol):
    """Some patients of a cohort; it pickles."""

    @property
    def size(self) -> int:
        """How many they are."""
        ...

    def population(self) -> Population:
        """Who they are."""
        ...


class Cohort(Protocol):
    """All patients of a simulation, whether somebody holds them or not."""

    @property
    def preset(self) -> str:
        """The name of the population."""
        ...

    @property
    def seed(self) -> int | None:
        """What they were drawn from; None where nobody can draw them again."""
        ...

    @property
    def size(self) -> int:
        """How many they are."""
        ...

    @property
    def before(self) -> int:
        """How many patients of the seed come before them."""
        ...

    @property
    def draws(self) -> int:
        """How many people were drawn to get them, those who were passed over included."""
        ...

    @property
    def ids(self) -> tuple[str, ...]:
        """What each of them is called; empty where they have no names."""
        ...

    @property
    def given_parameters(self) -> tuple[str, ...]:
        """Parameters whose values were given of some of them, and not drawn."""
        ...

    @property
    def table(self) -> GivenTable | None:
        """The table that they are of, of whom only the rest is drawn; None where they are of none."""
        ...

    @property
    def unsaid(self) -> tuple[str, ...]:
        """Fields of a `Population` that neither were drawn nor said of them, and hold something usual."""
        ...

    def parts(self, size: int, several: int = 1) -> Sequence[CohortPart]:
        """Part them, in their order, into so many at a time or a few less.

        The parts are as even as can be, and as many for each of `several` who work at once.
        """
        ...

    def population(self) -> Population:
        """All of them at once."""
        ...


def _even_shares(number: int, most: int, several: int) -> list[slice]:
    """Places of a number of things in shares of so many at most: as many shares for each of several, and all alike."""
    shares = min(number, several * -(-number // (several * most)))
    return [slice(number * k // shares, number * (k + 1) // shares) for k in range(shares)]


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """Some patients of a seed."""

    preset: str | Preset
    seed: int
    stretch: SeedStretch
    wanted: Wanted | None

    @property
    def size(self) -> int:
        """How many they are."""
        return self.stretch.patients

    def population(self) -> Population:
        """Draw them."""
        return draw_stretch(self.preset, self.seed, self.stretch, self.wanted)


@dataclass(frozen=True, slots=True)
class DrawnCohort:
    """Patients of a seed.

    Attributes
    ----------
    of
        The population that they are drawn from.
    seed
        What they are drawn from.
    before
        How many patients of the seed come before them.
    pieces
        Where the patients are among all people of the seed, a few in each.
    wanted
        Who of these people are patients; None where all are.
    """

    of: str | Preset
    seed: int
    before: int
    pieces: tuple[SeedStretch, ...]
    wanted: Wanted | None = None

    @property
    def preset(self) -> str:
        """The name of the population."""
        return self.of.key if isinstance(self.of, Preset) else self.of

    @property
    def size(self) -> int:
        """How many they are."""
        return sum(piece.patients for piece in self.pieces)

    @property
    def draws(self) -> int:
        """How many people were drawn to get them, those who were passed over included."""
        return self.pieces[-1].end - self.pieces[0].first

    @property
    def ids(self) -> tuple[str, ...]:
        """They have no names."""
        return ()

    @property
    def given_parameters(self) -> tuple[str, ...]:
        """All values are drawn."""
        return ()

    @property
    def table(self) -> None:
        """They are of nobody's table."""

    @property
    def unsaid(self) -> tuple[str, ...]:
        """All of them is drawn."""
        return ()

    def parts(self, size: int, several: int = 1) -> Sequence[DrawnPart]:
        """Part them, in their order, into so many at a time or a few less; in whole pieces."""
        places = _even_shares(len(self.pieces), max(1, size // self.pieces[0].patients), several)
        return [self._part(self.pieces[place]) for place in places]

    def population(self) -> Population:
        """Draw all of them."""
        return self._part(self.pieces).population()

    def _part(self, pieces: Sequence[SeedStretch]) -> DrawnPart:
        whole = SeedStretch(pieces[0].first, sum(piece.patients for piece in pieces), pieces[-1].end)
        return DrawnPart(self.of, self.seed, whole, self.wanted)


NOBODY = DrawnCohort("", 0, 0, ())
"""A cohort without patients, for what is told apart from them."""


def drawn_cohort(
    preset: str | Preset,
    patients: int,
    seed: int,
    before: int = 0,
    wanted: Wanted | None = None,
    piece: int = PIECE,
) -> DrawnCohort:
    """Find so many patients of a seed, after some of them; they are drawn in whole pieces of so many.

    Raises
    ------
    TooFewError
        When hardly anybody of the population is wanted.
    """
    pieces = stretches(preset, patients, seed, piece, before, wanted)
    return DrawnCohort(preset, seed, before, tuple(pieces), wanted)


@dataclass(frozen=True, slots=True)
class GivenPart:
    """Some of the patients who are given as they are."""

    people: Population

    @property
    def size(self) -> int:
        """How many they are."""
        return self.people.size

    def population(self) -> Population:
        """Who they are."""
        return self.people


@dataclass(frozen=True, slots=True)
class GivenCohort:
    """Patients who are given as they are, or are those of somebody's table, of whom only the rest is drawn.

    ``unsaid_of_typical`` is what nobody said of who is the typical patient, as `unsaid`.
    """

    people: Population
    table: GivenTable | None = None
    unsaid_of_typical: tuple[str, ...] = ()

    @property
    def preset(self) -> str:
        """The name of the population."""
        return self.people.preset

    @property
    def seed(self) -> int | None:
        """What they were drawn from; None where nobody can draw them again."""
        return self.people.seed

    @property
    def size(self) -> int:
        """How many they are."""
        return self.people.size

    @property
    def before(self) -> int:
        """Nobody comes before them."""
        return 0

    @property
    def draws(self) -> int:
        """How many people were drawn to get them, those who were passed over included."""
        return self.people.draws

    @property
    def ids(self) -> tuple[str, ...]:
        """What each of them is called; empty where they have no names."""
        return self.people.ids

    @property
    def given_parameters(self) -> tuple[str, ...]:
        """Parameters whose values were given of some of them, and not drawn."""
        return self.people.given

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What the table leaves out, or what nobody said of the typical patient."""
        return self.unsaid_of_typical if self.table is None else self.table.unsaid

    def parts(self, size: int, several: int = 1) -> Sequence[GivenPart]:
        """Part them, in their order, into so many at a time or a few less."""
        places = _even_shares(self.size, size, min(several, -(-self.size // PIECE)))
        return [GivenPart(self.people.select(place)) for place in places]

    def population(self) -> Population:
        """All of them."""
        return self.people
