"""Exact fractions to decimals, by a stated rounding."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Rounding = Literal["half_up", "half_even", "down"]


def rounded(exact: Fraction, digits: int, rounding: Rounding = "half_up") -> Decimal:
    """Return ``exact`` with ``digits`` decimals; ties and cuts go by the magnitude, as in accounting.

    Whole-number arithmetic, so no decimal context can change the answer.
    """
    whole, rest = divmod(abs(exact.numerator) * 10**digits, exact.denominator)
    twice = 2 * rest
    up = twice > exact.denominator or (
        twice == exact.denominator and (rounding == "half_up" or whole % 2 == 1)
    )
    if up and rounding != "down":
        whole += 1
    sign = 1 if exact < 0 and whole else 0
    return Decimal((sign, tuple(int(d) for d in str(whole)), -digits))


def mean(values: Iterable[Fraction]) -> Fraction:
    """Return the arithmetic mean of at least one value."""
    listed = tuple(values)
    return sum(listed, Fraction(0)) / len(listed)
