"""How many to ask, how many in each stratum, and whom: drawn by the system with a stored seed (method §2)."""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from math import ceil

from .intervals import checked_counts, checked_probability

Z_95 = 1.959963984540054
ROUNDING = 1e-9


def sample_size(e: float, population: int | None = None, z: float = Z_95) -> int:
    """Answers needed for a margin of ±`e` (a share: .05 is 5 points) at the worst case p = 1/2, rounded up.

    n0 = z²·.25/e²; n = n0/(1+(n0-1)/N) for a finite population (Cochran 1977). ValueError for a bad margin.
    """
    n0 = z * z * 0.25 / checked_probability(e, "the margin") ** 2
    if population is not None:
        checked_counts(0, population)
        n0 = n0 * population / (n0 + population - 1) if population else 0.0
    return ceil(n0 - ROUNDING)


def allocate(populations: Mapping[Hashable, int], n: int, least: int = 10) -> dict[Hashable, int]:
    """Share `n` out in proportion to the strata, at least `least` (or all) in each; exact sum.

    The sum is n, or more where the least numbers alone need more, or all people where n exceeds them.
    Largest remainders, ties to the larger then the earlier stratum. ValueError for negative numbers.
    """
    floors = {key: min(least, checked_counts(0, size)[1]) for key, size in populations.items()}
    checked_counts(0, n)
    checked_counts(0, least)
    total = min(sum(populations.values()), max(n, sum(floors.values())))
    fixed = _held_at_floor(populations, floors, total)
    free = {key: size for key, size in populations.items() if key not in fixed}
    shared = _largest_remainders(free, total - sum(fixed.values()))
    return {key: fixed.get(key, shared.get(key, 0)) for key in populations}


def _held_at_floor(
    populations: Mapping[Hashable, int], floors: Mapping[Hashable, int], total: int
) -> dict[Hashable, int]:
    """The strata whose proportional part would lie below their floor, found until none is left."""
    held: dict[Hashable, int] = {}
    while True:
        free = {key: size for key, size in populations.items() if key not in held}
        budget, people = total - sum(held.values()), sum(free.values())
        short = {key: floors[key] for key, size in free.items() if size * budget < floors[key] * people}
        if not short:
            return held
        held |= short


def _largest_remainders(populations: Mapping[Hashable, int], total: int) -> dict[Hashable, int]:
    people = sum(populations.values())
    if people == 0:
        return dict.fromkeys(populations, 0)
    exact = {key: Fraction(size * total, people) for key, size in populations.items()}
    parts = {key: int(value) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (parts[key] - exact[key], -populations[key]))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def draw(frame: Sequence[int | str], n: int, seed: int | str) -> list[int | str]:
    """A simple random sample of `n` ids without replacement: those with the smallest SHA-256 of seed and id.

    The same seed and ids give the same sample on every machine and in whatever order the frame comes, and
    a larger n keeps everyone of the smaller. Shuffled order. Everybody when n exceeds the frame.
    ValueError for a negative n, or ids that are not distinct when written as text (1 and "1").
    """
    checked_counts(0, n)
    if len({str(member) for member in frame}) != len(frame):
        raise ValueError("the frame holds an id twice")
    return sorted(frame, key=lambda member: _lot(seed, member))[:n]


def _lot(seed: int | str, member: int | str) -> bytes:
    text = str(seed)
    return sha256(f"{len(text)}:{text}:{member}".encode()).digest()


def draw_stratified(
    frames: Mapping[Hashable, Sequence[int | str]], allocation: Mapping[Hashable, int], seed: int | str
) -> dict[Hashable, list[int | str]]:
    """`draw` in every stratum. ValueError when a stratum cannot give as many as are allocated to it."""
    for key, wanted in allocation.items():
        if wanted > len(frames.get(key, ())):
            raise ValueError(f"stratum {key!r} has fewer than {wanted} members")
    return {key: draw(frame, allocation.get(key, 0), seed) for key, frame in frames.items()}
