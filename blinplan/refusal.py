"""What the program refuses to do, and how the person who asked for it can put that right."""


class Refusal(Exception):  # noqa: N818 - not an error of the program: what it says no to
    """Something the user can put right: what is wrong, and what to do.

    ``others`` are refusals that come before it, where several things are wrong at once.
    """

    def __init__(self, message: str, advice: str, others: tuple["Refusal", ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.others = others
