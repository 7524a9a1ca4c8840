from django import template
from django.utils.translation import gettext as _

from appeals.trial import named_finding, rules_today
from core.templatetags.manyi import month_short, pill
from incentives.wording import effects_text

register = template.Library()

#: state -> (look, icon)
LOOKS = {
    "draft": ("", "pencil"),
    "filed": ("wait", "inbox"),
    "chair": ("look", "person-check"),
    "accepted": ("wait", "check2"),
    "investigating": ("wait", "search"),
    "proposed": ("look", "pen"),
    "voting": ("wait", "hourglass"),
    "inadmissible": ("look", "x-lg"),
    "answered": ("done", "check2"),
    "acknowledged": ("done", "check2-all"),
    "dismissed": ("done", "x-lg"),
    "withdrawn": ("done", "x-lg"),
}


@register.simple_tag
def appeal_pill(appeal, at):
    """State, or red when the last day has passed."""
    if appeal.is_overdue(at):
        return pill("overdue", _("overdue"))
    look, icon = LOOKS[appeal.state]
    return pill(appeal.state, appeal.get_state_display(), icon=icon, look=look)


@register.filter
def as_effects(effects):
    return effects_text(effects)


@register.filter
def finding_change(consequence):
    """'substantiated, serious → partly substantiated, general'."""
    rules = rules_today(consequence.appeal.company, consequence.appeal.answered_at)
    return " → ".join(named_finding(one, rules) for one in (consequence.before, consequence.after))


@register.filter
def span(occurrence):
    """'2026-08..2026-10' -> 'Aug–Oct'; anything else as it is."""
    first, dots, last = occurrence.partition("@")[0].partition("..")
    try:
        return f"{month_short(first)}–{month_short(last)}" if dots else occurrence
    except ValueError:
        return occurrence


@register.filter
def outcome_of(appeal):
    """'stands unchanged' …, or nothing while it is open."""
    return appeal.get_outcome_display() if appeal.outcome else ""
