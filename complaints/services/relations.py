"""Cases that belong together: merged, taken apart, split, linked; and the survey answer about the same."""

import hashlib

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit import services as audit
from audit.models import AuditRow
from complaints import clocks, letters, rules
from complaints.casework import change, class_of, enter, policy_of, record
from complaints.contact import Contact
from complaints.models import Allegation, Case, CaseLink, Entry, State
from complaints.models.case import BEFORE_FINDING
from complaints.services import repeats
from core.flow import Refused, Transition, advance

#: a case that was merged before triage goes back there
UNMERGE_TO_TRIAGE = Transition("unmerge", (State.MERGED,), State.RECEIVED)
#: nothing more happens in them; a new fact is a new case
ENDED = (State.CLOSED, State.DECLINED, State.WITHDRAWN)


@transaction.atomic
def merge(case, *, into, reason, by, at):
    """The case goes into another one of the same kind, which answers for both and keeps the earlier clock.

    Its customer keeps number and code and reads the other's progress. Returns the leading case.
    """
    case, leading = _both(case, into, by)
    reason = rules.refuse_blank(reason, _("Write why these are the same matter."), most=rules.MOST_REASON)
    new_names = _not_yet_named(case, leading)
    hindrance = rules.hindrance_to_merge(
        same_place=case.company_id == leading.company_id,
        same_kind=case.kind == leading.kind,
        is_itself=case.pk == leading.pk,
        leading_state=leading.state,
        brings_names=bool(new_names),
    )
    rules.refuse(hindrance, field="into")
    advance(case, Case.MERGE, by=by, at=at, merged_into=leading, paused_at=None)
    case.merged_cases.update(merged_into=leading)
    _take_over_people(case, leading, new_names, by, at)
    if leading.state in BEFORE_FINDING:
        _keep_earlier_clock(leading, at)
    record(case, Entry.Kind.REASON, reason, by=by, at=at)
    with translation.override(case.language):
        told = _("Your matter goes on together with another one about the same.")
    record(case, Entry.Kind.PROGRESS, told, by=by, at=at, is_public=True)
    audit.record("complaints.case.took_over", leading, by=by, at=at, data={"case": case.pk})
    letters.progressed(case, at=at)
    repeats.note_repeats(case, at=at)
    return leading


@transaction.atomic
def unmerge(case, *, reason, by, at):
    """They are two matters after all: the case goes on by itself, with the time that has run since it was received.

    As long as the leading case was not judged; whom only this case had named leaves it again. Returns the case.
    """
    case, leading = _both(case, case.merged_into or case, by)
    reason = rules.refuse_blank(reason, _("Write why these are two matters."), most=rules.MOST_REASON)
    if case.merged_into_id != leading.pk:
        raise Refused(_("This case is not merged into another one; reload the page."), code="state")
    rules.refuse(rules.hindrance_to_unmerge(leading_state=leading.state), code="state")
    _give_back_people(case, leading)
    advance(case, _way_back(case), by=by, at=at, merged_into=None, investigator=None)
    for one in (case, leading):
        if one.state in BEFORE_FINDING:
            _keep_earlier_clock(one, at)
    for one in (case, leading):
        record(one, Entry.Kind.REASON, reason, by=by, at=at)
    with translation.override(case.language):
        told = _("Your matter is looked after by itself again.")
    record(case, Entry.Kind.PROGRESS, told, by=by, at=at, is_public=True)
    audit.record("complaints.case.gave_back", leading, by=by, at=at, data={"case": case.pk})
    letters.progressed(case, at=at)
    repeats.note_repeats(case, at=at)
    return case


@transaction.atomic
def split(case, *, text, by, at, employees=()):
    """A second matter in the same words becomes a case of its own, whose clock began with the first. Receipt."""
    case = enter(case, by=by)
    if case.state not in BEFORE_FINDING:
        raise Refused(_("Only a case that is not judged yet is split. Open a new one."), code="state")
    receipt = _next_case(case, "split", text, by, at, employees)
    if receipt.is_new:
        _connect(case, receipt.case, CaseLink.Kind.SPLIT, by, at)
        case_class = class_of(receipt.case, policy_of(case, at))
        stamps = clocks.stamps_of(receipt.case, case_class)
        stamps |= clocks.first_answer_stamps(receipt.case, case_class)
        change(receipt.case, State.values, stamps)
    return receipt


@transaction.atomic
def follow_up(case, *, text, by, at, employees=(), files=()):
    """A new fact after the end: a case of its own, linked to the one that ended. `by` None is the customer. Receipt."""
    case = enter(case, by=by)
    if case.state not in (*ENDED, State.RESPONDED):
        raise Refused(_("This case is still open; add it there."), code="state")
    receipt = _next_case(case, "follow", text, by, at, employees, files)
    if receipt.is_new:
        _connect(case, receipt.case, CaseLink.Kind.FOLLOW_UP, by, at)
    return receipt


@transaction.atomic
def link(first, second, *, kind, by, at):
    """Note that two cases belong together. Returns the CaseLink, the one there already when there is one."""
    first, second = _both(first, second, by)
    if kind not in CaseLink.Kind.values:
        raise Refused(_("Choose how the cases belong together."), field="kind")
    if first.pk == second.pk:
        raise Refused(_("Choose another case; this is the same one."), field="into")
    if first.company_id != second.company_id or first.is_report != second.is_report:
        raise Refused(_("These two cannot be linked."), field="into")
    return _connect(first, second, kind, by, at)


@transaction.atomic
def link_answer(case, *, answer, by, at):
    """Say that case and survey answer are about the same incident: it is punished once."""
    case = enter(case, by=by)
    if answer.company_id != case.company_id or case.is_report:
        raise Refused(_("This answer belongs elsewhere."), field="answer")
    if case.answer_id == answer.pk:
        return case
    if case.answer_id is not None:
        raise Refused(_("This case is linked to an answer already."), field="answer")
    try:
        with transaction.atomic():  # the unique key decides between two cases at the same moment
            change(case, State.values, {"answer": answer})
    except IntegrityError:
        raise Refused(_("This answer is linked to another case already."), field="answer") from None
    audit.record("complaints.case.answer_linked", case, by=by, at=at, data={"answer": answer.pk})
    return case


def _both(first, second, by):
    """Both rows locked, leading cases before merged ones, so that nobody waits for another in a circle."""
    in_order = sorted((first, second), key=lambda one: (one.merged_into_id is not None, one.pk))
    locked = {one.pk: enter(one, by=by) for one in in_order}
    return locked[first.pk], locked[second.pk]


def _connect(one, other, kind, by, at):
    first, second = sorted((one, other), key=lambda case: (case.received_at, case.pk))
    found, made = CaseLink.objects.get_or_create(
        first=first, second=second, kind=kind, defaults={"by": by, "at": at}
    )
    if made:
        audit.record(
            "complaints.case.link", second, by=by, at=at, data={"first": first.pk, "kind": str(kind)}
        )
    return found


def _not_yet_named(case, leading):
    """Allegations of the case whose person or department the leading one does not name."""
    known = set(leading.allegations.values_list("employee_id", "department_id"))
    people = {employee_id for employee_id, department_id in known if employee_id}
    places = {department_id for employee_id, department_id in known if not employee_id}
    return [
        one
        for one in case.allegations.select_related("employee__user")
        if (one.employee_id not in people if one.employee_id else one.department_id not in places)
    ]


def _take_over_people(case, leading, new_names, by, at):
    """Everybody named gets their finding in the leading case; who was told of one of them has been told."""
    from complaints.services import people  # the two modules need each other

    for one in new_names:
        Allegation.objects.create(
            case=leading, employee=one.employee, department=one.department, statement=one.statement,
            added_by=by, added_at=at, told_at=one.told_at, reply=one.reply, replied_at=one.replied_at,
        )  # fmt: skip
    if new_names:
        people.step_back(leading, by=by, at=at)
    told = case.allegations.exclude(told_at=None).exclude(pk__in=[one.pk for one in new_names])
    for one in told:
        leading.allegations.filter(employee_id=one.employee_id, told_at=None).update(told_at=at)
        if one.reply:
            leading.allegations.filter(employee_id=one.employee_id, replied_at=None).update(
                reply=one.reply, replied_at=one.replied_at
            )


def _way_back(case):
    """To triage when it was merged before it was accepted, else among the accepted ones."""
    steps = AuditRow.objects.filter(model="complaints.case", object_id=case.pk, verb="complaints.case.merge")
    was = steps.order_by("-pk").values_list("from_state", flat=True).first()
    return UNMERGE_TO_TRIAGE if was == State.RECEIVED else Case.UNMERGE


def _give_back_people(case, leading):
    """What those named have heard and said goes back along; whom nobody else had named leaves the leading case."""
    steps = AuditRow.objects.filter(model="complaints.case", object_id=leading.pk)
    moments = steps.filter(verb="complaints.case.took_over").values_list("at", flat=True)
    taken = leading.allegations.filter(added_at__in=list(moments))
    others = Allegation.objects.filter(case__merged_into=leading).exclude(case=case)
    for mine in case.allegations.all():
        person = {"employee": mine.employee_id}
        if mine.employee_id is None:
            person["department"] = mine.department_id
        there = taken.filter(**person).first()
        if there is None:
            continue
        case.allegations.filter(pk=mine.pk).update(
            statement=there.statement, told_at=there.told_at, reply=there.reply, replied_at=there.replied_at
        )
        is_needed = there.findings.exists() or there.entries.exists() or others.filter(**person).exists()
        if not is_needed:
            there.delete()


def _keep_earlier_clock(leading, at):
    case_class = class_of(leading, policy_of(leading, at))
    stamps = clocks.stamps_of(leading, case_class) | clocks.first_answer_stamps(leading, case_class)
    change(leading, BEFORE_FINDING, stamps)


def _next_case(case, what, text, by, at, employees, files=()):
    """A case from the same customer, by the same way; the same words twice are one."""
    from complaints.services.intake import receive  # which notes repeats with this module

    digest = hashlib.sha256(text.strip().encode("utf-8", "replace")).hexdigest()[:16]
    return receive(
        company=case.company,
        kind=case.kind,
        channel=case.channel,
        text=text,
        key=f"{what}:{case.pk}:{digest}",
        at=at,
        by=by,
        contact=Contact(case.contact_name, case.contact_phone, case.contact_email),
        customer=case.customer,
        site=case.site,
        happened_on=case.happened_on,
        employees=employees,
        is_anonymous=case.is_anonymous,
        hides_name=case.hides_name,
        told_by=case.told_by,
        language=case.language,
        files=files,
    )
