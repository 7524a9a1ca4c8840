"""Codes of strata and segments in words."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()
SEGMENTS = {
    "buyer": gettext_lazy("buyers"),
    "prospect": gettext_lazy("prospects"),
    "picked": gettext_lazy("picked by number"),
    "viewing": gettext_lazy("viewing"),
    "signing": gettext_lazy("signing"),
    "handover": gettext_lazy("handover"),
    "repair": gettext_lazy("repair"),
}


@register.filter
def stratum_name(text):
    """'buyer · 云栖里' -> '成交客户 · 云栖里'."""
    segment, dot, place = (text or "").partition(" · ")
    return f"{SEGMENTS.get(segment, segment)}{dot}{place}" if text else _("by QR code")
