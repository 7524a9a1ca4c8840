"""From triage to the answer: accept, classify, assign, investigate, ask, extend, write down, hold (ISO 10002)."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import clocks, letters, rules
from complaints.casework import change, class_of, enter, first_answer, policy_of, record
from complaints.models import Case, CaseFile, CaseTopic, Entry, Kind, State
from complaints.models.case import OPEN, RUNNING
from complaints.policy import topics_of
from complaints.recusal import day_of, excluded_from
from complaints.services import repeats
from complaints.services.deadlines import warn_due
from complaints.telling import holders, tell
from core.flow import Refused, Transition, advance
from organization.models import Employee
from organization.scopes import employee_id_of

#: a case that was asked about straight from triage goes back there
RESUME_TRIAGE = Transition("resume", (State.WAITING,), State.ACCEPTED)
#: kinds that are investigated, person by person
ACCUSING = (Kind.COMPLAINT, Kind.REPORT)
#: kinds of entry that colleagues write, and whether the customer reads them
PUBLIC_KINDS = (Entry.Kind.PROGRESS, Entry.Kind.QUESTION, Entry.Kind.FROM_CUSTOMER)
INSIDE_KINDS = (Entry.Kind.NOTE, Entry.Kind.INTERVIEW, Entry.Kind.EVIDENCE)
#: the customer still hears of it
TALKING = (*OPEN, State.RESPONDED)
MOST_AT_ONCE = 200

__all__ = [
    "accept", "ask", "assign", "classify", "decline", "extend", "hold", "investigate", "pause_due", "release",
    "resume", "set_topics", "warn_due", "write_entry",
]  # fmt: skip


@transaction.atomic
def accept(
    case, *, by, at, problem_type="", severity="", class_code="", department=None, handler=None, site=None,
    message="",
):  # fmt: skip
    """Triage done (已受理): classified, with somebody who handles it, and the customer told; the first answer.

    `handler` is an employee, by default the one who accepts. Praise needs neither problem nor severity.
    """
    case = enter(case, by=by)
    handler = handler or getattr(by, "employee", None)
    stamps = _classification(case, at, problem_type, severity, class_code, department, handler, site)
    advance(case, Case.ACCEPT, by=by, at=at, **stamps, **first_answer(case, at))
    text = message.strip() or _in_its_language(
        case, lambda: _("We have accepted your case and are looking into it.")
    )
    record(case, Entry.Kind.PROGRESS, text, by=by, at=at, is_public=True)
    letters.accepted(case, at=at)
    _tell_handler(case, by, at)
    repeats.note_repeats(case, at=at)
    return case


@transaction.atomic
def decline(case, *, reason, by, at):
    """Not taken up; the customer reads the reason."""
    case = enter(case, by=by)
    reason = rules.refuse_blank(
        reason, _("Write why it is not taken up; the customer reads it."), most=rules.MOST_REASON
    )
    rules.refuse(rules.hindrance_to_decline(employee_id_of(by), excluded_from(case, at)), code="recusal")
    advance(case, Case.DECLINE, by=by, at=at, decline_reason=reason, **first_answer(case, at))
    record(case, Entry.Kind.REASON, reason, by=by, at=at, is_public=True)
    letters.declined(case, at=at)
    return case


@transaction.atomic
def classify(
    case, *, by, at, problem_type="", severity="", class_code="", department=None, handler=None, site=None
):
    """Correct the classification; the due date is counted anew from the day it was received."""
    case = enter(case, by=by)
    if case.state == State.RECEIVED:
        raise Refused(_("Accept the case first."), code="state")
    before = case.handler_id
    handler = handler or case.handler
    stamps = _classification(case, at, problem_type, severity, class_code, department, handler, site)
    change(case, OPEN, stamps)
    codes = {"problem_type": problem_type, "severity": severity, "class": case.class_code}
    audit.record("complaints.case.classify", case, by=by, at=at, data=codes)
    if case.handler_id != before:
        _tell_handler(case, by, at)
    repeats.note_repeats(case, at=at)
    return case


@transaction.atomic
def assign(case, *, handler, by, at):
    """Somebody else handles it from now on."""
    case = enter(case, by=by)
    _refuse_unfit_handler(case, handler, at)
    change(case, OPEN, {"handler": handler})
    audit.record("complaints.case.assign", case, by=by, at=at, data={"handler": handler.pk})
    _tell_handler(case, by, at)
    return case


@transaction.atomic
def investigate(case, *, investigator, by, at):
    """Name who investigates: nobody whom the case names, nor their direct superior. Later, somebody else."""
    case = enter(case, by=by)
    if case.kind not in ACCUSING:
        raise Refused(_("Only complaints are investigated. Praise is proved, a suggestion is answered."))
    excluded = excluded_from(case, at)
    rules.refuse(
        _told_of(investigator, rules.hindrance_to_investigate(investigator.pk, excluded)),
        field="investigator",
        code="recusal",
    )
    _refuse_unfit(case, investigator, "complaints.investigate", at, "investigator")
    if case.state == State.INVESTIGATING:
        change(case, (State.INVESTIGATING,), {"investigator": investigator})
        audit.record("complaints.case.hand_over", case, by=by, at=at, data={"investigator": investigator.pk})
    else:
        advance(case, Case.INVESTIGATE, by=by, at=at, investigator=investigator)
    if investigator.user_id != by.pk:
        tell(
            case, [investigator], kind="case_investigate", key=f"case_investigate:{case.pk}:{at:%Y%m%d%H%M%S}",
            at=at, text=lambda: (_("You investigate %(number)s") % {"number": case.number}, ""),
        )  # fmt: skip
    return case


@transaction.atomic
def ask(case, *, question, by, at):
    """Ask the customer; the clock stands still until they reply, for as long as the policy allows."""
    case = enter(case, by=by)
    question = rules.refuse_blank(question, _("Write what you want to know."), "question")
    hindrance = rules.hindrance_to_pause(
        is_overdue=case.is_overdue(at),
        paused_days=case.paused_days,
        most=policy_of(case, at).max_pause_days,
    )
    rules.refuse(hindrance)
    advance(case, Case.ASK, by=by, at=at, paused_at=at, **first_answer(case, at))
    record(case, Entry.Kind.QUESTION, question, by=by, at=at, is_public=True)
    letters.asked(case, at=at)
    return case


@transaction.atomic
def resume(case, *, by, at):
    """The clock goes on; the working days it stood still move the due date. `by` None: the customer, or time."""
    case = enter(case, by=by)
    if case.state != State.WAITING:
        return advance(case, Case.RESUME, by=by, at=at)  # refuses in words
    policy = policy_of(case, at)
    paused_days = case.paused_days + clocks.paused_for(case, at, policy.max_pause_days)
    stamps = clocks.stamps_of(case, class_of(case, policy), paused_days=paused_days)
    step = Case.RESUME if case.investigator_id or case.reopened else RESUME_TRIAGE
    return advance(case, step, by=by, at=at, paused_at=None, paused_days=paused_days, **stamps)


def pause_due(at):
    """Tick: what waited for the customer as long as the policy allows goes on by itself. Returns how many."""
    waiting = Case.objects.filter(state=State.WAITING, paused_at__lt=at).select_related("company")
    return sum(_end_pause(case, at) for case in waiting.order_by("paused_at")[:MOST_AT_ONCE])


def _end_pause(case, at):
    try:
        if clocks.pause_ends_at(case, policy_of(case, at).max_pause_days) > at:
            return 0
        resume(case, by=None, at=at)
    except Refused:  # the customer was faster, or the company's rule book has lapsed
        return 0
    return 1


@transaction.atomic
def extend(case, *, reason, by, at):
    """A longer time, before the first one has passed; the customer is told why and until when."""
    case = enter(case, by=by)
    reason = rules.refuse_blank(
        reason, _("Write why it takes longer; the customer reads it."), most=rules.MOST_REASON
    )
    case_class = class_of(case, policy_of(case, at))
    rules.refuse(
        rules.hindrance_to_extend(
            is_overdue=case.is_overdue(at), extensions=case.extensions, most=case_class.max_extensions
        )
    )
    days = case.extension_days + case_class.extension_days
    stamps = clocks.stamps_of(case, case_class, extension_days=days)
    change(case, RUNNING, {"extension_days": days, "extensions": case.extensions + 1, **stamps})
    record(case, Entry.Kind.PROGRESS, reason, by=by, at=at, is_public=True)
    audit.record("complaints.case.extend", case, by=by, at=at, data={"days": case_class.extension_days})
    letters.extended(case, at=at)
    return case


@transaction.atomic
def write_entry(case, *, kind, text, by, at, is_public=False, about=None, files=()):
    """One line of the course. Progress, questions and the customer's own words are public, all else never."""
    case = enter(case, by=by)
    text = rules.refuse_blank(text, _("Write a few words."), "text")
    _refuse_bad_entry(case, kind, is_public, about)
    is_public = kind in PUBLIC_KINDS
    entry = record(case, kind, text, by=by, at=at, is_public=is_public, about=about)
    _keep_files(case, entry, files, is_from_customer=kind == Entry.Kind.FROM_CUSTOMER)
    audit.record("complaints.case.entry", case, by=by, at=at, data={"entry": entry.pk, "kind": str(kind)})
    if kind in (Entry.Kind.PROGRESS, Entry.Kind.QUESTION):
        change(case, TALKING, first_answer(case, at))
        letters.progressed(case, at=at)
    elif kind == Entry.Kind.FROM_CUSTOMER and case.state == State.WAITING:
        resume(case, by=by, at=at)
    return entry


@transaction.atomic
def hold(case, *, reason, by, at):
    """Legal hold: nothing of it is removed, whatever its age."""
    return _set_hold(case, True, "hold", reason, by, at)


@transaction.atomic
def release(case, *, reason, by, at):
    return _set_hold(case, False, "release", reason, by, at)


@transaction.atomic
def set_topics(case, *, codes, by, at):
    """The topics as a person sees them; they replace what the words seemed to say."""
    case = enter(case, by=by)
    known = {topic.code for topic in topics_of(case.company, day_of(at))}
    chosen = set(codes)
    if chosen - known:
        raise Refused(_("Choose topics of the list."), field="topics")
    case.topics.exclude(code__in=chosen).delete()
    case.topics.update(is_by_hand=True)
    kept = set(case.topics.values_list("code", flat=True))
    new = [CaseTopic(case=case, code=code, is_by_hand=True) for code in sorted(chosen - kept)]
    CaseTopic.objects.bulk_create(new)
    audit.record("complaints.case.topics", case, by=by, at=at, data={"topics": sorted(chosen)})
    repeats.note_repeats(case, at=at)
    return case


def _set_hold(case, wanted, fact, reason, by, at):
    case = enter(case, by=by)
    reason = rules.refuse_blank(reason, _("Write a reason."))
    if case.on_hold == wanted:
        raise Refused(
            _("This case is on hold already.") if wanted else _("This case is not on hold."), code="state"
        )
    if wanted and case.redacted_at:
        raise Refused(_("The texts of this case were removed already; there is nothing left to hold."))
    change(case, State.values, {"on_hold": wanted})
    record(case, Entry.Kind.REASON, reason, by=by, at=at)
    audit.record(f"complaints.case.{fact}", case, by=by, at=at)
    return case


def _classification(case, at, problem_type, severity, class_code, department, handler, site):
    """What triage stamps, checked against the policy; due dates included, counted from the day it was received."""
    policy = policy_of(case, at)
    is_complaint = case.kind in ACCUSING
    if policy.problem(problem_type) is None and (problem_type or is_complaint):
        raise Refused(_("Choose the kind of problem."), field="problem_type")
    if policy.severity(severity) is None and (severity or is_complaint):
        raise Refused(_("Choose how severe it is."), field="severity")
    case_class = policy.class_of(class_code) if class_code else policy.class_for(case.kind, problem_type)
    if case_class is None:
        raise Refused(_("Choose how fast it must go."), field="class_code")
    for thing, field in ((department, "department"), (site, "site")):
        if thing is not None and thing.company_id != case.company_id:
            raise Refused(_("This belongs to another company."), field=field)
    _refuse_unfit_handler(case, handler, at)
    return {
        "problem_type": problem_type,
        "severity": severity,
        "class_code": case_class.code,
        "department": department or _usual_department(case, policy.problem(problem_type)),
        "handler": handler,
        "site": site or case.site,
        **clocks.stamps_of(case, case_class),
        **clocks.first_answer_stamps(case, case_class),
    }


def _usual_department(case, problem):
    if case.department_id or problem is None or not problem.department:
        return case.department
    return case.company.departments.filter(code=problem.department).first()


def _refuse_unfit_handler(case, handler, at):
    if handler is None:
        raise Refused(_("Choose who handles it."), field="handler")
    named = excluded_from(case, at)
    rules.refuse(_told_of(handler, rules.hindrance_to_act(handler.pk, named)), field="handler")
    _refuse_unfit(case, handler, "complaints.handle", at, "handler")


def _refuse_unfit(case, employee, verb, at, field):
    if not any(holder.pk == employee.pk for holder in holders(case, verb, at)):
        raise Refused(
            _("%(name)s cannot open this case: the role for it is missing.") % {"name": employee.name},
            field=field,
        )


def _told_of(employee, hindrance):
    """The sentence is said to somebody else than the one it is about."""
    if not hindrance:
        return ""
    return _("%(name)s is named in this case or directly above somebody named. Choose somebody else.") % {
        "name": employee.name
    }


def _refuse_bad_entry(case, kind, is_public, about):
    if kind not in (*PUBLIC_KINDS, *INSIDE_KINDS):
        raise Refused(_("Choose what kind of entry it is."), field="kind")
    if is_public and kind in INSIDE_KINDS:
        raise Refused(_("Notes, interviews and evidence stay inside."), field="is_public")
    if kind in PUBLIC_KINDS and case.state not in TALKING:
        raise Refused(_("This case is ended; the customer no longer follows it."), code="state")
    if case.redacted_at:
        raise Refused(_("The texts of this case were removed; nothing is added to it."), code="state")
    if about is not None and about.case_id != case.pk and about.case.merged_into_id != case.pk:
        raise Refused(_("This is about somebody of another case."), field="about")


def _keep_files(case, entry, files, *, is_from_customer):
    for attachment in files:
        if (
            attachment.company_id != case.company_id
            or CaseFile.objects.filter(attachment=attachment).exists()
        ):
            raise Refused(_("This file belongs to another case."), field="files")
    CaseFile.objects.bulk_create(
        CaseFile(case=case, entry=entry, attachment=attachment, is_from_customer=is_from_customer)
        for attachment in files
    )


def _in_its_language(case, words):
    with translation.override(case.language):
        return words()


def _tell_handler(case, by, at):
    handler = Employee.objects.select_related("user").filter(pk=case.handler_id).first()
    if handler is None or handler.user_id == getattr(by, "pk", None):
        return
    tell(
        case, [handler], kind="case_handle", key=f"case_handle:{case.pk}:{at:%Y%m%d%H%M%S}", at=at,
        text=lambda: (_("You handle %(number)s") % {"number": case.number}, ""),
    )  # fmt: skip
