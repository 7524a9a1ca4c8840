"""Duties in the inbox: what I owe; for HR what is to be checked, and letters to hand over on paper."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import may
from core.navigation import InboxItem
from incentives.models import Duty, Notice
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
        items += [_letter(letter) for letter in _letters_to_hand_over(user, company, at)]
    return items


def _letters_to_hand_over(user, company, at):
    """Of those without a login at once, of the others when the days for the receipt have passed."""
    on_paper = Q(decision__employee__user=None) | Q(receipt_until__lte=at)
    found = Notice.objects.visible_to(user).to_serve().filter(on_paper, company=company)
    found = found.exclude(decision__employee_id=employee_id_of(user)).order_by("receipt_until", "pk")
    return found.select_related("decision__employee").distinct()[:MOST]


def _letter(letter):
    return InboxItem(
        kind="incentives.letter_service",
        title=_("Letter to hand over: %(name)s") % {"name": letter.decision.employee.name},
        url=reverse("letter_service", args=[letter.pk]),
        detail=letter.number,
        action=_("Record how it arrived"),
        due_at=letter.receipt_until,
        icon="envelope-check",
    )


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
