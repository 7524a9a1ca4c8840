"""Tabs of the praise list."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from complaints.models import State

#: tab -> (label, states)
STAGES = {
    "to_prove": (_("To prove"), (State.RECEIVED, State.ACCEPTED)),
    "to_share": (_("To share out"), (State.PROVED,)),
    "to_confirm": (_("To confirm"), (State.ATTRIBUTED,)),
    "to_thank": (_("To thank"), (State.CONFIRMED,)),
    "confirmed": (_("Confirmed and thanked"), (State.RESPONDED, State.CLOSED)),
    "not_kept": (_("Not confirmed"), (State.DECLINED, State.WITHDRAWN, State.MERGED)),
}
#: their tabs carry a count; the others only grow
OPEN = ("to_prove", "to_share", "to_confirm", "to_thank")
OPEN_STATES = [state for stage in OPEN for state in STAGES[stage][1]]


def counts(cases):
    """{stage: count} in one statement."""
    figures = {stage: Count("pk", filter=Q(state__in=states)) for stage, (label, states) in STAGES.items()}
    return cases.order_by().aggregate(**figures)
