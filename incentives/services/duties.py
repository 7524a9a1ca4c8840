"""Duties that follow a decision: a written explanation to the group (RE-5.3c), training, a team fund's account."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.flow import advance
from core.period import SHANGHAI
from core.workdays import due_after
from incentives import letters, rules
from incentives.models import Duty, DutyFile
from incentives.services.ledger import add_money
from incentives.services.telling import tell
from jobs import attachments
from organization.models import Employee
from organization.scopes import employee_id_of
from organization.selectors import head_of

#: a technical limit; what is asked for is a text
MOST_FILES = 5


def ask_explanation(decision, index, effect, at):
    """Effect `written_explanation`: by whom the decision is about, filed before the group."""
    _open(decision, index, Duty.Kind.EXPLANATION, effect, decision.employee, at)


def order_training(decision, index, effect, at):
    """Effect `training`."""
    _open(decision, index, Duty.Kind.TRAINING, effect, decision.employee, at)


def pay_team_fund(decision, index, effect, at):
    """Effect `team_fund` (CC-5.2): money for the department; its head accounts for how it was spent."""
    add_money(decision, index, effect, at)
    head = head_of(decision.department, at.astimezone(SHANGHAI).date()) or decision.employee
    _open(decision, index, Duty.Kind.TEAM_FUND, effect, head, at)


def _open(decision, index, kind, effect, employee, at):
    due = due_after(at, effect["days"])
    duty, created = Duty.objects.get_or_create(
        decision=decision,
        effect=index,
        defaults={
            "company_id": decision.company_id,
            "department_id": decision.department_id,
            "employee": employee,
            "kind": kind,
            "due_at": due.at,
        },
    )
    if created:
        _tell(employee, duty, "opened", letters.duty_opened, at)


def call_off_duties(decision, at):
    """Undo of the three: what is not accepted yet need not be done any more."""
    for duty in decision.duties.filter(state__in=Duty.CANCEL.sources).order_by("pk"):
        advance(duty, Duty.CANCEL, by=None, at=at)


@transaction.atomic
def finish_duty(duty, *, text, files=(), by, at):
    """Whoever owes it hands it in: words, and [(name, content)] as proof. The group is told of an explanation."""
    rules.refuse_others(employee_id_of(by), duty.employee_id)
    rules.refuse_blank(text, _("Write what you have to say, or what was done."), "text")
    advance(duty, Duty.FINISH, by=by, at=at, text=text.strip(), done_at=at)
    for kept in attachments.keep_all(company=duty.company, files=list(files), most=MOST_FILES, by=by, at=at):
        DutyFile.objects.create(duty=duty, attachment=kept)
    for reader in _readers(duty):
        _tell(reader, duty, "done", letters.duty_done, at)
    return duty


def _readers(duty):
    """HR who proposed it; of an explanation the group that voted as well."""
    readers = Employee.objects.filter(user__pk=duty.decision.proposed_by_id)
    if duty.kind == Duty.Kind.EXPLANATION and duty.decision.motion_id:
        readers |= Employee.objects.filter(pk__in=duty.decision.motion.seats.values("employee_id"))
    return readers.exclude(pk=duty.employee_id).select_related("user", "company").order_by("pk").distinct()


@transaction.atomic
def accept_duty(duty, *, by, at, note=""):
    """HR has checked it: done as asked."""
    rules.refuse_own(employee_id_of(by), duty.employee_id)
    stamps = {"checked_by": by, "checked_at": at, "check_note": note.strip()[:1000]}
    advance(duty, Duty.ACCEPT, by=by, at=at, **stamps)
    _tell(duty.employee, duty, "accepted", letters.duty_checked, at)
    return duty


@transaction.atomic
def send_back_duty(duty, *, note, by, at):
    """Not as asked: what is missing is said. The last day stays."""
    rules.refuse_own(employee_id_of(by), duty.employee_id)
    rules.refuse_blank(note, _("Say what is missing."), "note")
    stamps = {"checked_by": by, "checked_at": at, "check_note": note.strip()[:1000]}
    advance(duty, Duty.SEND_BACK, by=by, at=at, **stamps)
    _tell(duty.employee, duty, f"back-{at.isoformat()}", letters.duty_checked, at)
    return duty


def _tell(employee, duty, what, text, at):
    tell(
        employee,
        kind="incentives.duty",
        key=f"duty-{duty.pk}-{what}",
        at=at,
        url=duty.get_absolute_url(),
        text=lambda: text(duty),
    )
