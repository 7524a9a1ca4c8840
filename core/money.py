"""Money is integer fen, points are integers; this is the one place that rounds and writes them."""

from decimal import ROUND_HALF_UP, Decimal

MINUS = "−"


def fen_from_yuan(yuan):
    """Whole fen from a Decimal, int or numeric string; half a fen goes up (away from zero)."""
    return int((Decimal(str(yuan)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def yuan_from_fen(fen):
    """50000 -> Decimal('500.00'): exact, two decimals, for files."""
    return Decimal(fen).scaleb(-2)


def format_fen(fen, *, signed=False):
    """100000 -> '1,000', 12345 -> '123.45', -50000 -> '−500'."""
    whole, rest = divmod(abs(fen), 100)
    text = f"{whole:,}" + (f".{rest:02d}" if rest else "")
    return _sign(fen, signed) + text


def format_points(points, *, signed=True):
    return _sign(points, signed) + str(abs(points))


def _sign(value, signed):
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""
