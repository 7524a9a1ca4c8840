"""Small words of this room's templates."""

from django import template

from reports import wording, wording_why

register = template.Library()


@register.filter
def points_moved(change):
    """'5.9' percentage points, without a sign: the arrow says which way."""
    return f"{abs(change.points):.1f}"


@register.filter
def p_value(p):
    """'p = 0.006'."""
    return "" if p is None else wording.p_value(p)


@register.filter
def named(thing):
    """Name of a department, site or post in the reader's language."""
    return "" if thing is None else wording.named(thing)


@register.filter
def chosen_text(thing, field):
    """A text field in the reader's language: `rule|chosen_text:"title"`."""
    english = getattr(thing, f"{field}_en", "") if wording.is_english() else ""
    return english or getattr(thing, field)


@register.filter
def times(share, factor):
    """An integer percentage of a share: 0.34|times:100 -> 34."""
    return round(share * factor)


@register.filter
def fewest(found):
    """'Without answers A3 and A7 in Oct: 82.4% (28 / 34), no penalty.'"""
    return wording_why.fewest_sentence(found)


@register.filter
def corrected(figures):
    return wording_why.corrected_text(figures)


@register.filter
def heard_title(heard):
    return wording_why.heard_title(heard)


@register.filter
def objection_title(objection):
    return wording_why.objection_title(objection)


@register.filter
def period_text(period):
    """'10 月' for a month, '2026年三季度' for anything longer."""
    return wording_why.period_text(period)


@register.filter
def near_sentence(near, end=""):
    """'2 more months near the top: +5 points'; `end` is 'bottom' for the other one."""
    return wording.near_sentence(near, is_bottom=end == "bottom")
