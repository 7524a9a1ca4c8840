"""How an amount is laid over months when a month's sum has a bound: plain values in, plain values out."""

from incentives.rules import month_to_count_in

#: shares are basis points: so many make up the whole
WHOLE = 10_000


def laid_over_months(amount, month, *, bound, sums, closed, carry=None):
    """([(month, part of the amount)…], rest): what finds room in `month`, the rest in the months after it.

    `bound` is the month's most (or least, for a negative amount), None without one; `sums` maps a month to what it
    holds already; `closed` months take nothing. At most `carry` months after the first are tried, None for no end.
    """
    found, left, tried = [], amount, 0
    month = month_to_count_in(month, closed)
    while left and (carry is None or tried <= carry):
        part = left if bound is None else _within(left, bound - sums.get(month, 0))
        if part:
            found.append((month, part))
        left -= part
        tried += 1
        month = month_to_count_in(month, {*closed, month})
    return found, left


def _within(amount, room):
    """As much of `amount` as the room on its side of zero holds."""
    return max(min(amount, room), 0) if amount > 0 else min(max(amount, room), 0)


def split(amount, shares, whole=WHOLE):
    """{key: part} of `amount` by shares of `whole`; the largest remainders get what rounding leaves over.

    The parts of all shares that make up the whole sum to the amount exactly. Ties go to the smaller key.
    """
    exact = {key: abs(amount) * share for key, share in shares.items()}
    parts = {key: value // whole for key, value in exact.items()}
    left = (2 * sum(exact.values()) + whole) // (2 * whole) - sum(parts.values())
    for key in sorted(exact, key=lambda key: (-(exact[key] % whole), key))[:left]:
        parts[key] += 1
    return {key: part if amount > 0 else -part for key, part in parts.items()}
