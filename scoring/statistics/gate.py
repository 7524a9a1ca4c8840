"""The evidence gate: is somebody distinguishable from the peers over a pooled window? (method §3)"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Literal

from .intervals import Share, checked_counts, checked_probability, clopper_pearson_bound
from .ranking import Row

Direction = Literal["better", "worse"]
Evidence = Literal["literal", "warn", "required"]
Outcome = Literal["propose", "propose_with_warning", "case_only"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found, with all it rested on; shares in 0..1.

    `bound` is the subject's one-sided Clopper-Pearson bound (lower for 'better', upper for 'worse') at
    `alpha_used`; None, and never distinguishable, when the subject or the peers have no answers.
    """

    distinguishable: bool
    direction: Direction
    bound: float | None
    k: int
    n: int
    peers_k: int
    peers_n: int
    group_size: int
    alpha_used: float


def evidence_gate(
    own: Share,
    peers: Share,
    *,
    group_size: int,
    direction: Direction,
    alpha: float = 0.05,
) -> Verdict:
    """Judge `own` against the `peers`' pooled share, the subject's own answers excluded from it.

    'better' when the lower bound at alpha/group_size lies above the peers' share, 'worse' when the upper
    one lies below. `group_size` is N, the eligible people of the group including the subject (Bonferroni).
    ValueError for a group of fewer than two, a bad alpha or an unknown direction.
    """
    if group_size < 2:
        raise ValueError(f"a group of {group_size} has no peers")
    if direction not in ("better", "worse"):
        raise ValueError(f"direction is 'better' or 'worse', not {direction!r}")
    used = checked_probability(alpha, "alpha") / group_size
    bound = clopper_pearson_bound(own.k, own.n, used, "lower" if direction == "better" else "upper")
    found = _beyond(bound, peers, direction)
    return Verdict(found, direction, bound, own.k, own.n, peers.k, peers.n, group_size, used)


def _beyond(bound: float | None, peers: Share, direction: Direction) -> bool:
    """Whether the bound lies beyond k/n of the peers; exactly, as whole numbers."""
    if bound is None or not peers.n:
        return False
    above, below = bound.as_integer_ratio()
    own, theirs = above * peers.n, peers.k * below
    return own > theirs if direction == "better" else own < theirs


def pool(rows: Iterable[Row]) -> dict[Hashable, Share]:
    """Counts of each id summed over the months of a window; `rows` are (id, k, n), n = 0 allowed."""
    pooled: dict[Hashable, Share] = {}
    for subject, k, n in rows:
        pooled[subject] = pooled.get(subject, Share(0, 0)) + Share(*checked_counts(k, n))
    return pooled


def gate_within(
    rows: Iterable[Row],
    subject: Hashable,
    *,
    direction: Direction,
    alpha: float = 0.05,
    group_size: int | None = None,
) -> Verdict:
    """`evidence_gate` for one `subject` of the (id, k, n) rows of all group members in all window months.

    N is `group_size`, or else the number of ids in the rows. KeyError when the subject is not among them.
    """
    pooled = pool(rows)
    own = pooled.pop(subject)
    peers = sum(pooled.values(), Share(0, 0))
    size = len(pooled) + 1 if group_size is None else group_size
    return evidence_gate(own, peers, group_size=size, direction=direction, alpha=alpha)


def outcome(proven: bool, evidence: Evidence) -> Outcome:
    """What becomes of a literal hit under the policy's switch; a hit is a visible case whatever comes out.

    `literal` proposes, `warn` proposes and says when the difference is not proven, `required` proposes
    only what is proven (defaults of the method: `warn` for rewards, `required` for penalties).
    """
    if evidence not in ("literal", "warn", "required"):
        raise ValueError(f"evidence is 'literal', 'warn' or 'required', not {evidence!r}")
    if proven or evidence == "literal":
        return "propose"
    return "propose_with_warning" if evidence == "warn" else "case_only"
