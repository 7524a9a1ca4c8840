"""What goes with overall satisfaction in a period: LMG shares of the dimensions, kept as result rows."""

import hashlib
from array import array

import numpy as np

from core.period import Period
from scoring import rules
from scoring.models import Driver, Rating
from scoring.selectors import COUNTED
from scoring.statistics.drivers import MOST_DRIVERS, key_drivers

NOT_DIMENSIONS = {rules.OVERALL, rules.SATISFIED, rules.NPS, rules.LOYALTY}
FEW_REPETITIONS_FROM = 20_000
MISSING = -1


def write_drivers(close):
    """One row per dimension when enough answers hold all of them; none otherwise. Bootstrap limits are seeded."""
    measures, data = answer_matrix(close)
    if len(measures) < 2 or len(measures) > MOST_DRIVERS:
        return
    repetitions = 200 if len(data) < FEW_REPETITIONS_FROM else 50
    try:
        found = key_drivers(data, seed=seed_of(close), repetitions=repetitions)
    except (
        ValueError
    ):  # a dimension without any variation, or two that say the same: nothing can be told apart
        return
    if found is None or not found.lmg.r2:
        return
    r2 = found.lmg.r2
    Driver.objects.bulk_create(
        Driver(
            close=close,
            measure=measure,
            share=share,
            low=low / r2,
            high=high / r2,
            r_squared=r2,
            n=found.kept.k,
            dropped=found.kept.n - found.kept.k,
        )
        for measure, share, low, high in zip(measures, found.lmg.shares, found.low, found.high, strict=True)
    )


def seed_of(close):
    """The same period of the same company gives the same limits."""
    return int.from_bytes(hashlib.sha256(f"{close.company_id}/{close.period}".encode()).digest()[:8])


def answer_matrix(close):
    """(dimension codes, array of one answer a row: its dimensions, then overall; NaN where nothing was said)."""
    period = Period.parse(close.period)
    own = {
        f"answer__unfolding__{period.kind}": close.period,
        f"answer__unfolding__{COUNTED[period.kind]}": True,
    }
    ratings = Rating.objects.filter(answer__company_id=close.company_id, **own)
    ratings = ratings.exclude(measure__startswith=rules.ITEM)
    known = set(ratings.order_by().values_list("measure", flat=True).distinct())
    measures = sorted(known - NOT_DIMENSIONS)
    columns = {measure: place for place, measure in enumerate([*measures, rules.OVERALL])}
    wanted = (
        ratings.filter(measure__in=columns).order_by("answer_id").values_list("answer_id", "measure", "value")
    )
    return measures, _by_answer(wanted.iterator(chunk_size=5000), columns)


def _by_answer(triples, columns):
    """Triples (answer, measure, value) in order of answer as a matrix; two bytes a value while it is gathered."""
    flat, row, last = array("h"), [], None
    for answer_id, measure, value in triples:
        if answer_id != last:
            flat.extend(row)
            row, last = [MISSING] * len(columns), answer_id
        row[columns[measure]] = value
    flat.extend(row)
    data = np.array(flat, dtype=float).reshape(-1, len(columns))
    data[data == MISSING] = np.nan
    return data
