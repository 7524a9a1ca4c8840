"""The course of a case: changes of state from the audit log, entries beside them, what the customer sees marked."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from audit.models import AuditRow
from complaints import wording
from complaints.models import Entry

STATE, PUBLIC, INTERNAL = "state", "public", "internal"
CASE = "complaints.case"
#: step of the audit log -> words; what is not named here is no news for those who work on the case
STEPS = {
    "received": _("Received"),
    "accept": _("Accepted"),
    "decline": _("Not taken up"),
    "merge": _("Merged into another case"),
    "unmerge": _("Taken out of the other case again"),
    "investigate": _("Investigation begins"),
    "ask": _("The customer is asked; the clock stands still"),
    "resume": _("The clock runs again"),
    "propose": _("Findings proposed"),
    "return": _("Findings sent back"),
    "confirm": _("Findings confirmed"),
    "prove": _("Proof found"),
    "attribute": _("Shares proposed"),
    "return_shares": _("Shares sent back"),
    "confirm_praise": _("Shares confirmed"),
    "answer": _("The customer is answered"),
    "reopen": _("Reopened by the customer"),
    "close": _("Closed"),
    "withdraw": _("Withdrawn by the customer"),
    "extend": _("More time taken"),
    "assign": _("Given to another colleague"),
    "hand_over": _("Given to another investigator"),
    "classify": _("Classified anew"),
    "asked": _("The customer was asked whether the answer is a good one"),
    "not_reached": _("Our answer did not reach the customer"),
    "rated": _("The customer rated the handling"),
    "supervisor_called": _("The customer calls a supervisor"),
    "hold": _("Put on legal hold"),
    "release": _("Released from legal hold"),
    "warned": _("The deadline comes near: those responsible are told"),
    "first_escalated": _("No first answer in time: head of department and supervisors are told"),
    "escalated": _("Overdue: head of department and supervisors are told"),
    "took_over": _("Another case was merged into this one"),
    "gave_back": _("A merged case was taken out again"),
    "redacted": _("Texts and contacts removed on schedule"),
    "erased": _("The customer’s data removed on request"),
    "stepped_back": _("Taken from a colleague whom it concerns"),
}
#: facts that those who only look do not see
INSIDE = {
    "unmasked": _("Name and number were looked at"),
    "named": _("Somebody is named"),
    "unnamed": _("Somebody named by mistake is taken out"),
    "worded": _("What is said of somebody is written"),
    "person_told": _("The person is told"),
    "replied": _("The person replied"),
    "customer": _("Customer file attached"),
    "answer_linked": _("Survey answer linked"),
    "link": _("Linked with another case"),
    "topics": _("Topics corrected"),
    "call_tried": _("Called back, not reached"),
}


@dataclass(frozen=True)
class Step:
    """One line. `side` says who sees it: the state for everybody, entries inside or by the customer too."""

    at: dt.datetime | None
    title: str
    side: str = STATE
    who: str = ""
    body: str = ""
    about: str = ""
    mark: str = ""
    number: str = ""
    files: tuple = field(default=())


def course_of(desk):
    """What happened, in order, then what comes next; without the entries for those who may not read them."""
    steps = _states(desk)
    if desk.reads:
        steps += _entries(desk)
    steps.sort(key=lambda step: step.at)
    if desk.case.is_open:
        steps.append(Step(None, wording.capitalised(desk.next_words), mark="now"))
    return steps


def _states(desk):
    rows = AuditRow.objects.filter(model=CASE, object_id=desk.case.pk).select_related("actor").order_by("pk")
    known = STEPS | INSIDE if desk.reads else STEPS
    steps = []
    for row in rows:
        name = row.verb.removeprefix(f"{CASE}.")
        if name in known:
            is_told = (
                desk.reads or name != "received"
            )  # who passed it on may be a colleague of the one it is about
            who = row.actor.get_full_name() if row.actor and is_told else ""
            side = INTERNAL if name in INSIDE else STATE
            steps.append(Step(row.at, str(known[name]), side, who))
    return steps


def _entries(desk):
    names = {person.pk: person.name for person in desk.people}
    files = {}
    for file in desk.files:
        files.setdefault(file.entry_id, []).append(file)
    found = Entry.objects.filter(case__in=desk.ids).select_related("by", "case").order_by("at", "pk")
    return [_entry(desk, entry, names, tuple(files.get(entry.pk, ()))) for entry in found]


def _entry(desk, entry, names, files):
    is_outside = entry.is_public or entry.kind == Entry.Kind.FROM_CUSTOMER
    return Step(
        entry.at,
        wording.capitalised(entry.get_kind_display()),
        PUBLIC if is_outside else INTERNAL,
        entry.by.get_full_name() if entry.by else "",
        entry.text,
        names.get(entry.about_id, ""),
        number=entry.case.number if entry.case_id != desk.case.pk else "",
        files=files,
    )
