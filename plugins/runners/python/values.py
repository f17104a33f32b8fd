"""Numbers as a report takes them, and JSON with the same bytes in both languages of scripts."""

import datetime
import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from texts import Text, is_whole, mistake, shown

DECIMALS_MAX = 9
# Lists within lists; deeper ones go in a circle or are no data.
DEPTH_MAX = 32
COUNT_MAX = 2**32 - 1


def as_number(value):
    """A finite number as a float."""
    if is_whole(value) or isinstance(value, (float, Decimal, Fraction)):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise mistake("bad-number", what=shown(value))


def as_count(name, value, low=0, high=COUNT_MAX):
    """A whole number between two bounds."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not is_whole(value) or not low <= value <= high:
        raise mistake("bad-count", name=name, low=low, high=high, what=shown(value))
    return value


def decimals_of(decimals, values):
    """The digits after the point: those given; else none if all values are whole, and two if not."""
    if decimals is not None:
        return as_count("decimals", decimals, 0, DECIMALS_MAX)
    return 0 if all(value.is_integer() for value in values) else 2


def fmt(value, decimals=None):
    """A number as a text: with a decimal comma in Kazakh and Russian, a point in English; a half is rounded up."""
    number = as_number(value)
    digits = decimals_of(decimals, [number])
    point = format(Decimal(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP), "f")
    point = point.lstrip("-") if not point.strip("-0.") else point.replace("-", "\N{MINUS SIGN}")
    comma = point.replace(".", ",")
    return Text(comma, comma, point)


def parse_number(cell):
    """The number in a cell of a table, with a decimal point or comma; `None` if there is none."""
    digits = "".join(cell.split()).replace(",", ".", 1)
    whole, _, part = digits.removeprefix("-").removeprefix("+").partition(".")
    plain = (whole + part).isascii() and whole.isdigit() and (part.isdigit() or "." not in digits)
    return float(digits) if plain else None


def to_json(value, depth=0):
    """JSON without spaces. A number is written as JavaScript writes it: 1.0 is `1`."""
    if depth > DEPTH_MAX:
        raise mistake("bad-json", what=type(value).__name__)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return quoted(value)
    if is_whole(value):
        return str(value)
    if isinstance(value, (float, Decimal, Fraction)):
        return written(as_number(value))
    if isinstance(value, Text):
        return to_json({"kk": value.kk, "ru": value.ru, "en": value.en})
    if isinstance(value, (datetime.date, datetime.time)):
        return quoted(value.isoformat())
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise mistake("bad-json", what=shown(value))
        return "{" + ",".join(f"{quoted(key)}:{to_json(each, depth + 1)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(to_json(each, depth + 1) for each in value) + "]"
    raise mistake("bad-json", what=shown(value))


ESCAPES = {ord(plain): short for plain, short in zip('"\\\b\f\n\r\t', ['\\"', "\\\\", "\\b", "\\f", "\\n", "\\r", "\\t"])}
ESCAPES = {code: f"\\u{code:04x}" for code in [*range(0x20), *range(0xD800, 0xE000)]} | ESCAPES


def quoted(string):
    return '"' + string.translate(ESCAPES) + '"'


def written(number):
    """A float as JavaScript writes it (ECMA-262, Number::toString)."""
    if number == 0:
        return "0"
    shortest = Decimal(repr(number)).normalize()
    if 1e-6 <= abs(number) < 1e21:
        return format(shortest, "f")
    sign, digits, exponent = shortest.as_tuple()
    exponent += len(digits) - 1
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    return f"{'-' if sign else ''}{first}{'.' if rest else ''}{rest}e{exponent:+d}"
