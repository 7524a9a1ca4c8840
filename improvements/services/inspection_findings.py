"""After the result is out: the head answers, measures are set, done with proof and verified; then it closes."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused, advance
from core.workdays import due_after
from improvements.inspections import rules
from improvements.inspections.policy import inspection_policy
from improvements.inspections.telling import heads_of, inspectors_of, tell
from improvements.models import Inspection, InspectionFinding
from improvements.selectors.inspections import Structure, day_of
from improvements.services.inspection_facts import withdraw_fact
from improvements.services.inspections import MOST_REASON, MOST_TEXT, keep_files
from organization.scopes import employee_id_of, reach_of
from surveys.entry import clean_text

ANSWER = "improvements.answer_inspections"
State = InspectionFinding.State
TO_SET = (State.OPEN, State.WANTED)


def answers_for(user, department_id):
    """Whether this user speaks for the department: its head, or one above."""
    return department_id in reach_of(user, ANSWER).department_ids


def _refuse_stranger(by, department_id):
    if not answers_for(by, department_id):
        raise Refused(_("Only the head of the department does this."), code="not_head")


def _words(text, sentence, field, most=MOST_TEXT):
    words = clean_text(text or "")
    if not words:
        raise Refused(sentence, field=field)
    return words[:most]


def _locked(finding):
    """The row, so that whoever acts at the same time waits; with what its letters name."""
    related = ("inspection__department", "inspection__company", "item", "owner__user")
    return (
        InspectionFinding.objects.select_for_update(of=("self",)).select_related(*related).get(pk=finding.pk)
    )


@transaction.atomic
def answer_inspection(inspection, *, comment, answers, by, at):
    """The head of the department says of each finding whether it is so, and what follows where it needs a follow-up.

    `answers` is {finding pk: {"agrees", "comment", "measure", "owner", "due_on"}}; a refusal names the field as
    '<pk>-measure'. Nothing is taken for agreement: each finding needs its own word.
    """
    _refuse_stranger(by, inspection.department_id)
    stamps = {"answered_by": by, "answered_at": at, "answer": clean_text(comment or "")[:MOST_TEXT]}
    advance(inspection, Inspection.ANSWER, by=by, at=at, **stamps)
    for finding in inspection.findings.filter(state=State.OPEN).select_related("item"):
        given = answers.get(finding.pk, {})
        try:
            _answer(_locked(finding), given, by, at)
        except Refused as refusal:
            if refusal.field is None:
                raise
            raise Refused(
                refusal.message, code=refusal.code, field=f"{finding.pk}-{refusal.field}"
            ) from refusal
    tell(inspectors_of(inspection), "answered", inspection, at, by=by)
    close_if_settled(inspection, by=by, at=at)
    return inspection


def _answer(finding, given, by, at):
    agrees = given.get("agrees")
    if agrees is None:
        raise Refused(_("Say whether it is so."), field="agrees")
    comment = clean_text(given.get("comment") or "")[:MOST_TEXT]
    if not agrees:
        comment = _words(comment, _("Write what is not so; the inspectors read it."), "comment")
        advance(finding, InspectionFinding.DISPUTE, by=by, at=at, agrees=False, comment=comment)
    elif finding.item.needs_follow_up:
        _set(finding, given, by, at, agrees=True, comment=comment)
    else:
        advance(finding, InspectionFinding.NOTE, by=by, at=at, agrees=True, comment=comment)


def _set(finding, given, by, at, **stamps):
    inspection, day = finding.inspection, day_of(at)
    measure = _words(given.get("measure"), _("Write what will be done."), "measure")
    owner = given.get("owner")
    if owner is None or owner.pk not in Structure(inspection.company_id, day).people(
        inspection.department_id
    ):
        raise Refused(_("Choose who does it, of the department."), field="owner")
    advance(
        finding, InspectionFinding.SET, by=by, at=at, measure=measure, owner=owner,
        due_at=_due(given.get("due_on"), inspection, at), warned_at=None, reminded_at=None, **stamps,
    )  # fmt: skip
    tell([owner], "measure", inspection, at, finding=finding, by=by)


def _due(due_on, inspection, at):
    """End of the chosen day; by itself, and at the latest, what the policy says from today on."""
    latest = due_after(at, inspection_policy(inspection.company, day_of(at)).follow_up_days)
    if due_on is None:
        return latest.at
    if not day_of(at) <= due_on <= latest.day:
        raise Refused(
            _("Choose a day from today to %(day)s, the latest the policy allows.")
            % {"day": f"{latest.day:%Y-%m-%d}"},
            field="due_on",
        )
    return due_after(due_on, 0).at


@transaction.atomic
def set_measure(finding, *, measure, owner, due_on, by, at):
    """For what stands after a dispute, or went on without an answer: the head, or an inspector from elsewhere."""
    finding = _locked(finding)
    inspection = finding.inspection
    if inspection.state != Inspection.State.ANSWERED:
        raise Refused(_("The head of the department answers the inspection first."), code="state")
    if not answers_for(by, inspection.department_id):
        _refuse_line(inspection, by, at)
    _set(finding, {"measure": measure, "owner": owner, "due_on": due_on}, by, at)
    return finding


def _refuse_line(inspection, by, at):
    line = Structure(inspection.company_id, day_of(at)).line(inspection.department_id)
    if sentence := rules.hindrance_to_settle(employee_id_of(by), line):
        raise Refused(sentence, code="own_line")


@transaction.atomic
def go_on(inspection, *, reason, by, at):
    """The head has not answered in time: somebody from elsewhere goes on; what needs a measure waits for one."""
    _refuse_line(inspection, by, at)
    if inspection.state == Inspection.State.SUBMITTED and not inspection.is_late(at):
        raise Refused(_("The department may still answer until its last day."), code="early")
    reason = _words(reason, _("Write why it goes on without an answer."), "reason", MOST_REASON)
    advance(inspection, Inspection.GO_ON, by=by, at=at, reason=reason)
    for finding in inspection.findings.filter(state=State.OPEN).select_related("item"):
        step = InspectionFinding.LAPSE if finding.item.needs_follow_up else InspectionFinding.NOTE
        advance(finding, step, by=by, at=at)
    tell(heads_of(inspection, at), "went_on", inspection, at, by=by)
    close_if_settled(inspection, by=by, at=at)
    return inspection


@transaction.atomic
def uphold_finding(finding, *, reason, by, at):
    """The head disputes it, and it stands: a measure is wanted where the item asks for one."""
    finding = _locked(finding)
    _refuse_line(finding.inspection, by, at)
    stamps = _settled(reason, by, at)
    if finding.item.needs_follow_up:
        advance(finding, InspectionFinding.UPHOLD, by=by, at=at, **stamps)
    else:
        _refuse_unless_disputed(finding)
        advance(finding, InspectionFinding.NOTE, by=by, at=at, **stamps)
    tell(heads_of(finding.inspection, at), "upheld", finding.inspection, at, finding=finding, by=by)
    close_if_settled(finding.inspection, by=by, at=at)
    return finding


def _refuse_unless_disputed(finding):
    if finding.state != State.DISPUTED:
        raise Refused(_("Only a disputed finding is settled."), code="state")


def _settled(reason, by, at):
    words = _words(reason, _("Write why; the head of the department reads it."), "reason", MOST_REASON)
    return {"settle_reason": words, "settled_by": by, "settled_at": at}


@transaction.atomic
def withdraw_finding(finding, *, reason, by, at):
    """The head is right: the finding goes, the item counts as met, and the fault of anybody named is no fact."""
    finding = _locked(finding)
    _refuse_line(finding.inspection, by, at)
    advance(finding, InspectionFinding.WITHDRAW, by=by, at=at, **_settled(reason, by, at))
    withdraw_fact(finding, by=by, at=at)
    recount(finding.inspection, by=by, at=at)
    tell(heads_of(finding.inspection, at), "withdrawn", finding.inspection, at, finding=finding, by=by)
    close_if_settled(finding.inspection, by=by, at=at)
    return finding


def counted(inspection):
    """[(points, result)] of its items, those whose finding was withdrawn as met."""
    rows = inspection.items.values_list("points", "result", "finding__state")
    return [(points, rules.MET if state == State.WITHDRAWN else result) for points, result, state in rows]


def recount(inspection, *, by, at):
    """The score anew from the items; part of withdraw_finding. Under a lock: two may be withdrawn at once."""
    locked = Inspection.objects.select_for_update(of=("self",)).get(pk=inspection.pk)
    points, possible = rules.reached(counted(locked), locked.checklist["partly_bp"])
    score = rules.score_bp(points, possible)
    Inspection.objects.filter(pk=locked.pk).update(points=points, possible=possible, score_bp=score)
    audit.record(
        "improvements.inspection.recount", locked, by=by, at=at, data={"from": locked.score_bp, "to": score}
    )


@transaction.atomic
def finish_measure(finding, *, text, files, by, at):
    """The department reports it done, with at least one file that shows it: [(name, bytes)]."""
    finding = _locked(finding)
    inspection = finding.inspection
    own = employee_id_of(by)
    if (own is None or own != finding.owner_id) and not answers_for(by, inspection.department_id):
        raise Refused(
            _("Whoever has the measure, or the head of the department, reports it done."), code="not_owner"
        )
    words = _words(text, _("Write what was done."), "text")
    if not files:
        raise Refused(_("Add what shows it: a photo or a document."), field="files")
    advance(finding, InspectionFinding.FINISH, by=by, at=at, done_text=words, done_by=by, done_at=at)
    most = inspection_policy(inspection.company, day_of(at)).most_files
    keep_files(inspection, files, most=most, by=by, at=at, finding=finding)
    tell(inspectors_of(inspection), "done", inspection, at, finding=finding, by=by)
    return finding


def hindrance_to_verify(finding, user, at, line=None):
    """The sentence that keeps this user from verifying or sending back, or ''."""
    if line is None:
        line = Structure(finding.company_id, day_of(at)).line(finding.department_id)
    return rules.hindrance_to_verify(
        user_id=user.pk,
        employee_id=employee_id_of(user),
        line=line,
        done_by_id=finding.done_by_id,
        owner_id=finding.owner_id,
    )


def _refuse_unfit_to_verify(finding, by, at):
    if sentence := hindrance_to_verify(finding, by, at):
        raise Refused(sentence, code="four_eyes")


@transaction.atomic
def verify_measure(finding, *, note, by, at):
    """Somebody from outside of the department has looked: it is done."""
    finding = _locked(finding)
    _refuse_unfit_to_verify(finding, by, at)
    stamps = {"verified_by": by, "verified_at": at, "check_note": clean_text(note or "")[:MOST_REASON]}
    advance(finding, InspectionFinding.VERIFY, by=by, at=at, **stamps)
    people = {one.pk: one for one in [*heads_of(finding.inspection, at), finding.owner]}
    tell(people.values(), "verified", finding.inspection, at, finding=finding, by=by)
    close_if_settled(finding.inspection, by=by, at=at)
    return finding


@transaction.atomic
def send_back_measure(finding, *, note, by, at):
    """Not done as it should be: what is missing is said. The last day stays."""
    finding = _locked(finding)
    _refuse_unfit_to_verify(finding, by, at)
    note = _words(note, _("Write what is missing."), "note", MOST_REASON)
    advance(finding, InspectionFinding.SEND_BACK, by=by, at=at, check_note=note)
    people = {one.pk: one for one in [*heads_of(finding.inspection, at), finding.owner]}
    tell(people.values(), "sent_back", finding.inspection, at, finding=finding, by=by)
    return finding


def close_if_settled(inspection, *, by, at):
    """Closed with its last finding; part of the verbs above. Whoever settles the last one closes it."""
    locked = Inspection.objects.select_for_update(of=("self",)).select_related("company", "department")
    locked = locked.get(pk=inspection.pk)
    if locked.state != Inspection.State.ANSWERED or locked.findings.unsettled().exists():
        return
    advance(locked, Inspection.CLOSE, by=by, at=at, closed_at=at)
    inspection.state, inspection.closed_at = locked.state, at
    tell(heads_of(locked, at), "closed", locked, at, by=by)
