from django import template
from django.utils.translation import gettext as _

from core.templatetags.manyi import pill

register = template.Library()

#: state -> (look, icon)
LOOKS = {
    "submitted": ("wait", "inbox"),
    "trial": ("wait", "hourglass-split"),
    "adopted": ("wait", "check2"),
    "declined": ("done", "x-lg"),
    "duplicate": ("done", "files"),
    "withdrawn": ("done", "x-lg"),
    "implemented": ("wait", "gear"),
    "measured": ("look", "graph-up"),
    "confirmed": ("final", "check2-all"),
}


@register.simple_tag
def suggestion_pill(suggestion, at):
    """State, or red when the author was promised an answer by now."""
    if suggestion.is_overdue(at):
        return pill("overdue", _("overdue"))
    look, icon = LOOKS[suggestion.state]
    return pill(suggestion.state, suggestion.get_state_display(), icon=icon, look=look)
