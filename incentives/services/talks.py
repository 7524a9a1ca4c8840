"""Admonishing talks (诫勉谈话): held by the head named, recorded, acknowledged by the employee (RE-5.3a)."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused, advance
from core.period import SHANGHAI
from core.workdays import due_after
from incentives import letters, rules
from incentives.models import Talk
from incentives.policy import clocks
from incentives.services.telling import tell
from organization.models import Employee
from organization.scopes import employee_id_of
from organization.selectors import employees_with_verb, superiors_of


def schedule(decision, index, effect, at):
    """Effect `admonishing_talk`: a task with a last day for the direct superior. Once per decision."""
    day = at.astimezone(SHANGHAI).date()
    head = _head_for(decision, day)
    talk, created = Talk.objects.get_or_create(
        decision=decision,
        defaults={
            "company_id": decision.company_id,
            "employee_id": decision.employee_id,
            "department_id": decision.department_id,
            "head": head,
            "due_at": due_after(day, clocks(decision.company, day).talk_days).at,
        },
    )
    if created:
        _ask(head, talk, f"talk-{talk.pk}", at)


def _ask(head, talk, key, at):
    tell(
        head,
        kind="incentives.talk",
        key=key,
        at=at,
        url=talk.get_absolute_url(),
        text=lambda: letters.talk_to_hold(talk),
    )


def _head_for(decision, day):
    """The nearest superior; for somebody whom nobody heads, the chair of the group that decided."""
    line = superiors_of(decision.employee, day)
    chair = decision.motion.seats.filter(is_chair=True).exclude(employee_id=decision.employee_id)
    head_id = line[0] if line else chair.values_list("employee_id", flat=True).first()
    if head_id is None:
        raise Refused(
            _("Nobody heads %(name)s; enter the head of the department.") % {"name": decision.employee}
        )
    return Employee.objects.select_related("user", "company").get(pk=head_id)


def call_off(decision, at):
    """Undo of the effect: a talk not yet acknowledged is cancelled."""
    talk = Talk.objects.filter(decision=decision, state__in=Talk.CANCEL.sources).first()
    if talk is not None:
        advance(talk, Talk.CANCEL, by=None, at=at)


def may_hold(talk, day):
    """Employees whom HR may name to hold this talk: who may hold talks, but neither the present head nor the person."""
    found = employees_with_verb(talk.company, "incentives.hold_talk", day)
    return found.exclude(pk__in=(talk.employee_id, talk.head_id)).order_by("number")


@transaction.atomic
def hand_over_talk(talk, *, head, by, at):
    """HR names somebody else to hold a talk that is still to be held: the head has left, or is away. The day stays."""
    rules.refuse_own(employee_id_of(by), talk.employee_id)
    if not may_hold(talk, at.astimezone(SHANGHAI).date()).filter(pk=head.pk).exists():
        raise Refused(_("Name another colleague who holds talks."), field="head")
    before = talk.head_id
    waiting = Talk.objects.filter(pk=talk.pk, state=Talk.State.SCHEDULED, head_id=before)
    if not waiting.update(head=head):
        raise Refused(_("This talk is held already, or called off, or handed over."), code="state")
    talk.refresh_from_db()
    audit.record("incentives.talk.hand_over", talk, by=by, at=at, data={"from": before, "to": head.pk})
    _ask(head, talk, f"talk-{talk.pk}-{head.pk}-{at.isoformat()}", at)
    return talk


@transaction.atomic
def hold_talk(talk, *, minutes, held_on, by, at):
    """The head named, and nobody else, records the talk: the day and what was said and agreed."""
    if employee_id_of(by) != talk.head_id:
        raise Refused(
            _("Only %(name)s, who holds the talk, records it.") % {"name": talk.head}, code="not_yours"
        )
    rules.refuse_blank(minutes, _("Write what was said and agreed."), "minutes")
    rules.refuse_bad_day(held_on, at)
    advance(talk, Talk.HOLD, by=by, at=at, minutes=minutes.strip(), held_on=held_on, held_at=at)
    tell(
        talk.employee,
        kind="incentives.talk_held",
        key=f"talk-{talk.pk}-held",
        at=at,
        url=reverse("my_talk", args=[talk.pk]),
        text=lambda: letters.talk_held(talk),
    )
    return talk


@transaction.atomic
def acknowledge_talk(talk, *, by, at, note=""):
    """The employee confirms that the talk took place, and may add their own words."""
    rules.refuse_others(employee_id_of(by), talk.employee_id)
    stamps = {"acknowledged_at": at, "employee_note": note.strip()[:1000]}
    return advance(talk, Talk.ACKNOWLEDGE, by=by, at=at, **stamps)
