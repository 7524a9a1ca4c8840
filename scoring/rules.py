"""Which period an answer belongs to, what one answer gives, what a composite is worth: plain values in and out."""

import calendar
import datetime as dt
from decimal import Decimal
from fractions import Fraction

from core.period import Period
from scoring.statistics.measures import is_loyal
from surveys.content import NOT_APPLICABLE

KINDS = ("month", "quarter", "half")
OVERALL, SATISFIED, NPS, LOYALTY = "overall", "satisfied", "nps", "loyalty"
ITEM = "item."
PROMOTERS, DETRACTORS = range(9, 11), range(7)
LOYALTY_ROLES = ("repurchase", "recommend")


def cutoff_on(period, cutoff_day):
    """Last counted day of a period: `cutoff_day` of its last month, or that month's last day if it is shorter."""
    last = period.last_day
    return last.replace(day=min(cutoff_day, calendar.monthrange(last.year, last.month)[1]))


def period_of(kind, day, cutoff_day):
    """The period of this kind in which an answer of `day` counts: after the cut-off it is the next one (PM-5b)."""
    period = Period.of(kind, day)
    return period.next() if day > cutoff_on(period, cutoff_day) else period


def begins_on(period, cutoff_day):
    """First counted day: the day after the previous period's cut-off."""
    return cutoff_on(period.previous(), cutoff_day) + dt.timedelta(days=1)


def run_on(period, cut_off):
    """The first day after the cut-off that bears the policy's run day of the month."""
    day = cutoff_on(period, cut_off.cutoff_day) + dt.timedelta(days=1)
    while day.day != cut_off.run_day:
        day += dt.timedelta(days=1)
    return day


def last_ended(kind, today, cutoff_day):
    """The latest period of this kind whose cut-off has passed."""
    period = Period.of(kind, today)
    return period if today > cutoff_on(period, cutoff_day) else period.previous()


def half_up(numerator, denominator):
    """Nearest integer of a fraction of positive numbers, halves up: 7/2 is 4."""
    return (2 * numerator + denominator) // (2 * denominator)


def ratings_of(questions, answers, satisfied):
    """What one answer gives: measure -> small integer. A blank or not-applicable item gives nothing.

    `questions` are those of surveys.content; `answers` maps question code to the stored value; `satisfied` are the
    policy's codes for five points. A dimension with several items is the mean of those answered, halves up.
    `overall` keeps the chosen value (of a list of options: its place, from 1); `satisfied` is the answer's one
    yes/no (1, 0), by which people are ranked; `loyalty` is 1 when overall, repurchase and recommendation are all
    satisfied, and exists only if all three were answered.
    """
    ratings, dimensions, loyal = {}, {}, {}
    for question in questions:
        value = answers.get(question.code)
        value = None if value == NOT_APPLICABLE else value
        verdict = None if value is None else int(value in satisfied_codes(question, satisfied))
        if question.overall or question.role in LOYALTY_ROLES:
            loyal[OVERALL if question.overall else question.role] = verdict
        if verdict is None:
            continue
        ratings |= _ratings_of_item(question, value, verdict)
        if question.dimension and question.kind == "rate5":
            dimensions.setdefault(question.dimension, []).append(value)
    for dimension, values in dimensions.items():
        ratings[dimension] = half_up(sum(values), len(values))
    if len(loyal) == 1 + len(LOYALTY_ROLES) and (verdict := is_loyal(list(loyal.values()), 1)) is not None:
        ratings[LOYALTY] = int(verdict)
    return ratings


def satisfied_codes(question, satisfied):
    """The question's own list, else the policy's for five points, else promoters for 0–10, else none."""
    if question.satisfied:
        return question.satisfied
    return {"rate5": satisfied, NPS: PROMOTERS}.get(question.kind, ())


def _ratings_of_item(question, value, verdict):
    ratings = {}
    if question.kind == "rate5":
        ratings[f"{ITEM}{question.code}"] = value
    if question.kind == NPS:
        ratings[NPS] = value
    if question.overall:
        ratings[OVERALL] = value if isinstance(value, int) else question.values.index(value) + 1
        ratings[SATISFIED] = verdict
    return ratings


def composite(parts, values):
    """(value with two decimals or None, is_complete) of RE-1: weights in basis points; a missing part leaves it open.

    `values` maps part code to a Fraction from 0 to 100.
    """
    if not parts or any(values.get(part.code) is None for part in parts):
        return None, False
    return two_decimals(sum(Fraction(values[part.code]) * part.weight_bp for part in parts) / 10_000), True


def two_decimals(exact):
    """A fraction of at least 0 as a Decimal with two places, halves up."""
    return (Decimal(half_up(exact.numerator * 100, exact.denominator)) / 100).quantize(Decimal("0.01"))
