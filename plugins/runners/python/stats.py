"""The statistics that a school needs most; the same numbers as `stats` in JavaScript, to the last bit."""

import math

from texts import refused
from values import as_count, as_number

# The quantile 0.975 of the normal distribution.
Z95 = 1.959963984540054


def _numbers(name, values, least=1):
    numbers = [as_number(value) for value in values]
    if len(numbers) < least:
        raise refused("no-values", name=name, least=least, n=len(numbers))
    return numbers


def _sum(numbers):
    # Not `sum`: Python's rounds otherwise than a loop does in other languages.
    total = 0.0
    for number in numbers:
        total += number
    return total


def mean(values):
    """The arithmetic mean."""
    numbers = _numbers("mean", values)
    return _sum(numbers) / len(numbers)


def median(values):
    """The middle value; between two middle ones their mean."""
    return quantile(_numbers("median", values), 0.5)


def stdev(values):
    """The standard deviation of a sample (divided by n − 1)."""
    numbers = _numbers("stdev", values, 2)
    middle = _sum(numbers) / len(numbers)
    return math.sqrt(_sum((number - middle) * (number - middle) for number in numbers) / (len(numbers) - 1))


def quantile(values, p):
    """The quantile of type 7 (Hyndman and Fan 1996): linear between values, position (n − 1)·p."""
    numbers = sorted(_numbers("quantile", values))
    position = (len(numbers) - 1) * min(max(as_number(p), 0.0), 1.0)
    below = math.floor(position)
    low, high = numbers[below], numbers[min(below + 1, len(numbers) - 1)]
    return low + (position - below) * (high - low)


def wilson(successes, n):
    """The ends of Wilson's interval of 95 % for a share: `(low, high)`."""
    successes, n = as_count("successes", successes), as_count("n", n)
    if n == 0:
        raise refused("no-values", name="wilson", least=1, n=0)
    if successes > n:
        raise refused("bad-share", name="wilson", successes=successes, n=n)
    share = successes / n
    middle = share + Z95 * Z95 / (2 * n)
    half = Z95 * math.sqrt(share * (1 - share) / n + Z95 * Z95 / (4 * n * n))
    divisor = 1 + Z95 * Z95 / n
    # At 0 and n the end is exactly 0 or 1; rounding would leave a crumb.
    low = 0.0 if successes == 0 else min(max((middle - half) / divisor, 0.0), share)
    high = 1.0 if successes == n else max(min((middle + half) / divisor, 1.0), share)
    return (low, high)
