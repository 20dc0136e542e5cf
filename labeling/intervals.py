"""Proportions with intervals: Wilson's for one, Newcombe's for a difference of two, and F1 as a proportion.

Sources: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA
22:209-212; R. G. Newcombe (1998), "Interval estimation for the difference between independent proportions:
comparison of eleven methods", Statistics in Medicine 17:873-890, method 10.
"""

from __future__ import annotations

from math import sqrt

import msgspec

Z95 = 1.959963984540054  # the 97.5 % point of the normal distribution


class Rate(msgspec.Struct, frozen=True):
    """`k` of `n` (weights allowed) with its 95 % interval; `value` is None when `n` is 0."""

    k: float
    n: float
    value: float | None
    low: float
    high: float


class Difference(msgspec.Struct, frozen=True):
    """A difference of two independent proportions with its 95 % interval; None when one is empty."""

    value: float | None
    low: float
    high: float


def rate(k: float, n: float) -> Rate:
    """The proportion k/n with Wilson's interval; [0, 1] when n is 0."""
    if n <= 0:
        return Rate(k, n, None, 0.0, 1.0)
    share = k / n
    middle = share + Z95**2 / (2 * n)
    reach = Z95 * sqrt(max(0.0, share * (1 - share) / n + Z95**2 / (4 * n * n)))
    scale = 1 + Z95**2 / n
    return Rate(k, n, share, max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def difference(one: Rate, other: Rate) -> Difference:
    """one − other with Newcombe's interval."""
    if one.value is None or other.value is None:
        return Difference(None, -1.0, 1.0)
    gap = one.value - other.value
    down = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    up = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Difference(gap, max(-1.0, gap - down), min(1.0, gap + up))


def f1_rate(right: float, proposed: float, true: float) -> Rate:
    """F1 with an interval.

    J = right / (proposed + true − right) is a proportion of the union, F1 = 2J / (1 + J) rises with it: the
    ends of J's Wilson interval are carried over.
    """
    union = rate(right, proposed + true - right)
    value = None if union.value is None else 2 * union.value / (1 + union.value)
    ends = (2 * end / (1 + end) for end in (union.low, union.high))
    return Rate(2 * right, proposed + true, value, *ends)
