"""Small words of this room's templates."""

from django import template

from reports import wording

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
