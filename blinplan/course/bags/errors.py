"""Why no bags can be planned, apart from what plans them: who plans a course without a site handles these too."""

from fractions import Fraction


class NoSequenceError(ValueError):
    """No sequence of bags obeys the profile; ``minute`` is as far as one gets, ``weight`` the patient's then in kg."""

    def __init__(self, message: str, minute: int, weight: Fraction | None = None) -> None:
        super().__init__(message)
        self.minute, self.weight = minute, weight


class NeverOpenError(ValueError):
    """A site has no open day for a year."""
