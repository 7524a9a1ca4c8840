"""How many to ask, how many in each stratum, whom: pure, seeded, the same on every machine (method §2).

Campaign.audience holds who may be drawn:
    {"recent_days": 180, "prospects_days": 90, "numbers": ["C000017"], "margin_bp": 500, "least": 10}
`recent_days` counts back from the opening day to the signing of a purchase, `prospects_days` to the last service
encounter of somebody who has not bought; with `numbers` only those customers; `margin_bp` null asks everybody.
The rated never choose who is asked: the seed is made by the system when the campaign opens and is kept.
"""

import hashlib
import math

Z95 = 1.959963984540054
LEAST = 10


def sample_size(population, margin_bp):
    """Answers needed for ±margin (basis points) at 95 %: n0/(1+(n0−1)/N), rounded up; all when no margin is set."""
    if not margin_bp or population == 0:
        return population
    base = Z95**2 * 0.25 / (margin_bp / 10_000) ** 2
    return min(population, math.ceil(base / (1 + (base - 1) / population) - 1e-9))


def allocate(sizes, wanted, least=LEAST):
    """{stratum: number to draw}: in proportion, at least `least` or all of each; largest remainders decide."""
    population = sum(sizes.values())
    if not population:
        return dict.fromkeys(sizes, 0)
    wanted = min(wanted, population)
    shares = {name: divmod(size * wanted, population) for name, size in sizes.items()}
    parts = {name: whole for name, (whole, rest) in shares.items()}
    by_rest = sorted(shares, key=lambda name: (-shares[name][1], str(name)))
    for name in by_rest[: wanted - sum(parts.values())]:
        parts[name] += 1
    return {name: max(part, min(least, sizes[name])) for name, part in parts.items()}


def lot(seed, member):
    """The member's drawing lot: whoever has the smallest is drawn."""
    return hashlib.sha256(f"{len(str(seed))}:{seed}:{member}".encode()).digest()


def draw(strata, allocation, seed):
    """Ids drawn: {stratum: [id]} × {stratum: number} × seed, the same whatever the order of the frame."""
    return {
        name: sorted(members, key=lambda member: lot(seed, member))[: allocation[name]]
        for name, members in strata.items()
    }
