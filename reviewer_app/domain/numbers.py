"""Limits on the numbers that records and templates may hold."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from reviewer_app.errors import RuleError
from reviewer_app.texts import say

MOST_DIGITS = 60
"""More than any measured or given number has; a tally stays exact and fast within it."""


def _decimals(value: Any, place: str) -> Iterator[tuple[str, Decimal]]:
    if isinstance(value, Decimal):
        yield place, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            inner = getattr(value, name)
            if isinstance(inner, Decimal | msgspec.Struct | tuple):
                yield from _decimals(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, tuple):
        for index, item in enumerate(value, start=1):
            if isinstance(item, Decimal | msgspec.Struct | tuple):
                yield from _decimals(item, f"{place} {index}")


def reasonable(number: Decimal) -> bool:
    """Return whether the number is finite and of at most ``MOST_DIGITS`` digits before and after the point."""
    _, digits, exponent = number.as_tuple()
    return (
        isinstance(exponent, int)  # NaN and infinity have a letter there
        and len(digits) <= MOST_DIGITS
        and -MOST_DIGITS <= exponent <= MOST_DIGITS
    )


def check_numbers(body: msgspec.Struct) -> None:
    """Raise RuleError with the first number in the body that is not finite or absurdly long."""
    for place, number in _decimals(body, ""):
        if not reasonable(number):
            raise RuleError(
                say("The number at {place} is not finite or has too many digits.", place=place),
                say("Give a plain decimal number."),
            )
