"""Whether an inbox item is late or due today."""

from django import template

from core.period import SHANGHAI
from core.views import last_day

register = template.Library()


@register.simple_tag
def is_late(item, at):
    return item.is_overdue(at)


@register.simple_tag
def is_today(item, at):
    return item.due_at is not None and last_day(item.due_at) == at.astimezone(SHANGHAI).date()
