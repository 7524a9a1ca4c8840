"""Duties in the inbox: what I owe, and for HR what is to be checked."""

from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import may
from core.navigation import InboxItem
from incentives.models import Duty
from organization.scopes import employee_id_of

MOST = 100


def duty_inbox(user, company, at):
    employee_id = employee_id_of(user)
    items = []
    if employee_id is not None and may(user, "incentives.view_own", "incentives.hold_talk"):
        owed = Duty.objects.filter(employee_id=employee_id, company=company, state=Duty.State.OPEN)
        items += [_item(duty, _("Hand it in")) for duty in owed.select_related("employee")[:MOST]]
    if may(user, "incentives.propose"):
        done = Duty.objects.visible_to(user).filter(company=company, state=Duty.State.DONE)
        done = done.exclude(employee_id=employee_id).select_related("employee")
        items += [_item(duty, _("Check it")) for duty in done[:MOST]]
    return items


def _item(duty, action):
    what = duty.get_kind_display()
    return InboxItem(
        kind="incentives.duty",
        title=_("%(what)s: %(name)s") % {"what": what.capitalize(), "name": duty.employee.name},
        url=reverse("duty", args=[duty.pk]),
        action=action,
        due_at=duty.due_at if duty.state == Duty.State.OPEN else None,
        icon="list-check",
    )
