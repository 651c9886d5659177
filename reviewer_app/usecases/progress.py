"""How long work tells how far it is and hears that it should stop."""

from collections.abc import Callable

from reviewer_app.errors import AppError
from reviewer_app.texts import Message, say

Progress = Callable[[Message, int, int], None]
"""Called with what is being done, how much is done, and of how much (0: not known)."""

Cancelled = Callable[[], bool]
"""Asked now and then; True stops the work with nothing half-done."""


class Stopped(AppError):
    """The person cancelled; nothing was changed."""

    title = say("Cancelled")

    def __init__(self) -> None:
        super().__init__(say("Cancelled; nothing was changed."))


def silent(_what: Message, _done: int, _total: int) -> None:
    """Tell nobody."""


def never() -> bool:
    """Go on to the end."""
    return False
