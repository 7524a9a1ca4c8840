"""Facts reported by hand in the sidebar and in the inbox of the second person."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import may
from core.navigation import InboxItem, NavItem
from core.registries import inbox_sources, navigation
from incentives.models import HandReport
from incentives.services.hand import VERB

KIND = "incentives.hand_report"
MOST = 100


def waiting_for(user, company, at):
    """Reports of others that this user may verify."""
    if not may(user, VERB) or not may(user, "incentives.propose"):
        return []
    waiting = HandReport.objects.visible_to(user).filter(company=company, state=HandReport.State.REPORTED)
    return [_item(report) for report in waiting.exclude(reported_by=user).select_related("employee")[:MOST]]


def _item(report):
    return InboxItem(
        kind=KIND,
        title=_("%(number)s about %(name)s waits for a second person")
        % {"number": report.number, "name": report.employee.name},
        url=report.get_absolute_url(),
        detail=report.text[:80],
        action=_("Read the evidence"),
        icon="clipboard-check",
    )


def register():
    item = NavItem(
        gettext_lazy("Facts by hand"),
        "clipboard-check",
        "hand_reports",
        (VERB,),
        gettext_lazy("Rewards and penalties"),
        counts=KIND,
    )
    navigation.register("incentives.hand", item, order=31)
    inbox_sources.register("incentives.hand", waiting_for)
