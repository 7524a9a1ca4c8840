"""Pills and figures of inspections, the same on every page."""

from django import template
from django.utils.translation import gettext as _

from core.templatetags.manyi import pill
from improvements.inspections import pages
from policies.wording_inspections import CODES

register = template.Library()


@register.simple_tag
def inspection_pill(inspection, at):
    """State badge; late where the head's answer or the planned day has passed."""
    look, icon = pages.LOOKS[inspection.state]
    if inspection.is_late(at):
        look, icon = "late", "clock-history"
    return pill(inspection.state, inspection.get_state_display(), icon, look)


@register.simple_tag
def finding_pill(finding, at):
    look, icon = pages.FINDING_LOOKS[finding.state]
    if finding.is_late(at):
        return pill("overdue", _("measure overdue"), "clock-history", "late")
    return pill(finding.state, finding.get_state_display(), icon, look)


@register.simple_tag
def result_pill(item):
    if not item.result:
        return pill("open", _("not marked yet"), "circle", "")
    look, icon = pages.RESULT_LOOKS[item.result]
    return pill(item.result, item.get_result_display(), icon, look)


@register.filter
def score(bp):
    """8125 -> '81.3%'; nothing applied: a dash."""
    return "—" if bp is None else f"{(bp + 5) // 10 / 10:.1f}%"


@register.filter
def score_change(bp):
    """-250 -> '−2.5 points'; percentage points, never an arrow."""
    if bp is None:
        return ""
    sign = "+" if bp > 0 else "−" if bp < 0 else "±"
    return _("%(change)s percentage points") % {"change": f"{sign}{abs(bp) / 100:.1f}"}


@register.filter
def code_name(code):
    """A severity or kind of fact in words."""
    return str(CODES.get(code, code))
