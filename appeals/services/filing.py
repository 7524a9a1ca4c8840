"""The employee's verbs: draft, evidence, file, go to the chair, withdraw, acknowledge (RE-4.1b)."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from appeals import rules, subjects
from appeals.models import Appeal, AppealAnswer, AppealFile
from appeals.policy import appeal_policy
from appeals.services.telling import tell_appellant, tell_those_with
from audit import services as audit
from core.flow import Refused, advance
from core.numbering import numbered
from core.period import SHANGHAI
from core.workdays import due_after
from incentives.models import Decision
from incentives.services import appealed
from jobs import attachments
from organization.scopes import employee_id_of

EDITABLE = (Appeal.State.DRAFT,)
ADDABLE = (
    Appeal.State.DRAFT,
    Appeal.State.FILED,
    Appeal.State.CHAIR,
    Appeal.State.ACCEPTED,
    Appeal.State.INVESTIGATING,
)


@transaction.atomic
def draft(kind, pk, *, by, at):
    """Begin an appeal on one's own thing; the open draft when there is one."""
    employee = getattr(by, "employee", None)
    with translation.override(settings.LANGUAGE_CODE):  # the title is kept as it is found
        thing = subjects.find(employee, kind, pk) if employee else None
    if thing is None:
        raise Refused(_("Only the person concerned can appeal."), code="not_yours")
    known = Appeal.objects.filter(employee=employee, subject=thing.kind, object_id=thing.pk)
    earlier = known.exclude(state=Appeal.State.WITHDRAWN).first()
    if earlier is not None and earlier.state == Appeal.State.DRAFT:
        return earlier
    if earlier is not None:
        raise Refused(
            _("You have appealed against this already (%(number)s).") % {"number": earlier.number},
            code="state",
        )
    appeal = _create(thing, employee, at)
    if thing.kind == Appeal.Subject.ANSWER:
        AppealAnswer.objects.create(appeal=appeal, answer=thing.object, is_disputed=True)
    audit.record("appeals.appeal.draft", appeal, by=by, at=at, to_state=appeal.state)
    return appeal


def _create(thing, employee, at):
    try:
        with transaction.atomic():
            return Appeal.objects.create(
                company_id=employee.company_id,
                employee=employee,
                department_id=thing.department_id,
                subject=thing.kind,
                object_id=thing.pk,
                title=thing.title,
                made_at=at,
                window_until=thing.until,
            )
    except IntegrityError:
        raise Refused(_("You have appealed against this already."), code="state") from None


@transaction.atomic
def write(appeal, *, grounds, text, wish, by, at, disputed=()):
    """Save the draft as far as it is. `disputed`: ids of answers among those that the employee may name."""
    rules.refuse_others(employee_id_of(by), appeal.employee_id)
    appeal = _locked(appeal, EDITABLE)
    grounds = [code for code in rules.GROUNDS if code in grounds]
    Appeal.objects.filter(pk=appeal.pk).update(grounds=grounds, text=text.strip(), wish=wish)
    _dispute(appeal, disputed)
    appeal.refresh_from_db()
    audit.record("appeals.appeal.write", appeal, by=by, at=at, data={"grounds": grounds, "wish": wish})
    return appeal


def _locked(appeal, states):
    appeal = (
        Appeal.objects.select_for_update(of=("self",)).select_related("employee", "company").get(pk=appeal.pk)
    )
    if appeal.state not in states:
        raise Refused(
            _("This is already “%(state)s”; it cannot be changed any more.")
            % {"state": appeal.get_state_display()},
            code="state",
        )
    return appeal


def _dispute(appeal, wanted):
    if appeal.subject == Appeal.Subject.ANSWER:
        return
    thing = subjects.find(appeal.employee, appeal.subject, appeal.object_id)
    appeal.answers.all().delete()
    wanted = {int(pk) for pk in wanted}
    allowed = subjects.disputable(appeal.employee, thing.months) if thing and wanted else ()
    AppealAnswer.objects.bulk_create(
        AppealAnswer(appeal=appeal, answer=one.answer, is_disputed=True)
        for one in allowed
        if one.answer.pk in wanted
    )


@transaction.atomic
def add_files(appeal, *, files, by, at):
    """Evidence: [(name, content)], while it is being looked into too."""
    rules.refuse_others(employee_id_of(by), appeal.employee_id)
    appeal = _locked(appeal, ADDABLE)
    most = appeal_policy(appeal.company, at.astimezone(SHANGHAI).date()).most_files
    room = max(most - appeal.files.count(), 0)
    kept = attachments.keep_all(company=appeal.company, files=files, most=room, by=by, at=at)
    AppealFile.objects.bulk_create(AppealFile(appeal=appeal, attachment=one) for one in kept)
    audit.record("appeals.appeal.add_files", appeal, by=by, at=at, data={"count": len(kept)})
    return kept


@transaction.atomic
def file(appeal, *, by, at):
    """From now on the clock runs, and a decision not yet final is suspended: nothing is posted."""
    appeal, policy = _ready(appeal, by, at)
    thing = _thing(appeal)
    rules.refuse_after(thing.until, at, subjects.too_late(thing))
    if thing.kind == Appeal.Subject.DECISION and thing.object.state not in subjects.OPEN_DECISIONS:
        raise Refused(subjects.too_late(thing), code="late")
    due = due_after(at, policy.answer_days)
    advance(
        appeal,
        Appeal.FILE,
        by=by,
        at=at,
        number=_number(appeal, at),
        filed_at=at,
        window_until=thing.until,
        due_at=due.at,
        counted_days=[day.isoformat() for day in due.counted],
    )
    if thing.kind == Appeal.Subject.DECISION:
        appealed.suspend(thing.object, by=by, at=at)
    tell_appellant(appeal, "filed", at)
    tell_those_with("appeals.handle", appeal, "new", at)
    return appeal


@transaction.atomic
def plead_late(appeal, *, plea, by, at):
    """After the window: ask the chair to admit it all the same. The clock runs from now; nothing is suspended yet."""
    appeal, policy = _ready(appeal, by, at)
    words = rules.refuse_reasonless(plea, _("Write why the appeal comes late."), "plea")
    thing = _thing(appeal)
    if thing.is_open(at) and not (
        thing.kind == Appeal.Subject.DECISION and thing.object.state in subjects.LATE_DECISIONS
    ):
        raise Refused(_("The time to object still runs: file it directly."), code="state")
    due = due_after(at, policy.answer_days)
    advance(
        appeal,
        Appeal.PLEAD_LATE,
        by=by,
        at=at,
        number=_number(appeal, at),
        filed_at=at,
        is_late=True,
        plea=words,
        window_until=thing.until,
        due_at=due.at,
        counted_days=[day.isoformat() for day in due.counted],
    )
    tell_those_with("appeals.decide", appeal, "chair", at)
    return appeal


def _ready(appeal, by, at):
    rules.refuse_others(employee_id_of(by), appeal.employee_id)
    appeal = _locked(appeal, EDITABLE)
    policy = appeal_policy(appeal.company, at.astimezone(SHANGHAI).date())
    rules.refuse_unfinished(
        grounds=appeal.grounds, text=appeal.text, wish=appeal.wish, least_text=policy.least_text
    )
    return appeal, policy


def _thing(appeal):
    thing = subjects.find(appeal.employee, appeal.subject, appeal.object_id)
    if thing is None:
        raise Refused(_("What you object to is no longer there; nothing needs to be appealed."), code="gone")
    return thing


def _number(appeal, at):
    return numbered("SS", appeal.company_id, at.astimezone(SHANGHAI).date())


@transaction.atomic
def contest(appeal, *, plea, by, at):
    """It was not admitted: the employee asks the chair, once."""
    rules.refuse_others(employee_id_of(by), appeal.employee_id)
    words = rules.refuse_reasonless(plea, _("Write why it should be admitted."), "plea")
    appeal = _locked(appeal, (Appeal.State.INADMISSIBLE,))
    if at >= appeal.chair_until:
        raise Refused(_("The time to go to the chair has passed."), code="late")
    advance(appeal, Appeal.CONTEST, by=by, at=at, plea=words, contested_at=at)
    tell_those_with("appeals.decide", appeal, "chair", at)
    return appeal


@transaction.atomic
def withdraw(appeal, *, by, at):
    """The employee takes it back before it is decided; a suspended decision goes on where it stood."""
    rules.refuse_others(employee_id_of(by), appeal.employee_id)
    advance(appeal, Appeal.WITHDRAW, by=by, at=at)
    if appeal.subject == Appeal.Subject.DECISION and appeal.number:
        appealed.resume(Decision.objects.get(pk=appeal.object_id), by=by, at=at)
    if appeal.number:
        tell_those_with("appeals.handle", appeal, "withdrawn", at)
    return appeal


@transaction.atomic
def acknowledge(appeal, *, by, at, rating=None, note=""):
    """The employee has read the answer, and may say how well it was handled; that is no consent."""
    rules.refuse_others(employee_id_of(by), appeal.employee_id)
    rules.refuse_rating(rating)
    return advance(
        appeal,
        Appeal.ACKNOWLEDGE,
        by=by,
        at=at,
        rating=rating,
        rating_note=note.strip()[:500],
        acknowledged_at=at,
    )
