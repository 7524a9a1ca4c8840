"""People around a case: whom it names, what they say to it, and which customer it comes from."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import rules
from complaints.casework import change, enter, record
from complaints.contact import Contact
from complaints.models import Allegation, Case, Entry, Kind, State
from complaints.models.case import BEFORE_FINDING, OPEN
from complaints.recusal import excluded_from, happened_on
from complaints.services import repeats
from complaints.telling import own_url, responsible, tell
from core.flow import Refused
from customers import services as customers
from organization.models import Employee
from organization.scopes import employee_id_of
from organization.selectors import assignment_on

#: what is said of somebody is investigated; praise is shared out instead, suggestions are about things
ACCUSING = (Kind.COMPLAINT, Kind.REPORT)


@transaction.atomic
def name_person(case, *, statement, by, at, employee=None, department=None):
    """Say whom the case is about, and of what: an employee, or a department where nobody is known. Returns Allegation.

    Handler and investigator step back when this names them, or somebody whose direct superior they are.
    """
    case = enter(case, by=by)
    statement = rules.refuse_blank(
        statement,
        _("Write what is said of them, without who said it."),
        "statement",
        most=rules.MOST_STATEMENT,
    )
    _refuse_unnameable(case, employee, department, by)
    if employee is not None:
        department = _department_of(employee, case) or department
    allegation = Allegation.objects.create(
        case=case, employee=employee, department=department, statement=statement, added_by=by, added_at=at
    )
    audit.record("complaints.case.named", case, by=by, at=at, data={"allegation": allegation.pk})
    step_back(case, by=by, at=at)
    repeats.note_repeats(case, at=at)
    return allegation


@transaction.atomic
def take_out(allegation, *, reason, by, at):
    """Named by mistake: the person leaves the case as long as they were not told and nothing was found of them.

    Not by them nor by their direct superior; who was taken out, by whom and why stays in the record. Returns the case.
    """
    case = enter(allegation.case, by=by)
    reason = rules.refuse_blank(
        reason, _("Write why this person does not belong here."), most=rules.MOST_REASON
    )
    rules.refuse(rules.hindrance_to_investigate(employee_id_of(by), excluded_from(case, at)), code="recusal")
    if case.state not in BEFORE_FINDING:
        raise Refused(_("A finding was proposed already: return it before you change this."), code="state")
    allegation = case.allegations.select_related("employee", "department").filter(pk=allegation.pk).first()
    if allegation is None:
        raise Refused(_("This was changed a moment ago. Reload the page."), code="state")
    if allegation.told_at or allegation.findings.exists() or allegation.entries.exists():
        raise Refused(
            _("They were told, or something is written down of them: say in a finding that it is not so.")
        )
    who = {"employee": allegation.employee_id, "department": allegation.department_id}
    name = allegation.employee or allegation.department
    allegation.delete()
    record(
        case,
        Entry.Kind.REASON,
        _("%(name)s taken out: %(reason)s") % {"name": name, "reason": reason},
        by=by,
        at=at,
    )
    audit.record("complaints.case.unnamed", case, by=by, at=at, data=who)
    repeats.note_repeats(case, at=at)
    return case


def step_back(case, *, by, at):
    """Take the case from a handler or investigator who may no longer have it. Inside the caller's transaction."""
    excluded = excluded_from(case, at)
    gone = {}
    if excluded.get(case.handler_id) == rules.NAMED:
        gone["handler"] = None
    if case.investigator_id in excluded:
        gone["investigator"] = None
    if not gone:
        return
    change(case, OPEN, gone)
    audit.record("complaints.case.stepped_back", case, by=by, at=at, data={"from": sorted(gone)})
    key = f"case_stepped_back:{case.pk}:{at:%Y%m%d%H%M%S}"
    tell(
        case, responsible(case, at), kind="case_stepped_back", key=key, at=at,
        text=lambda: (_("%(number)s needs somebody new to look after it") % {"number": case.number}, ""),
    )  # fmt: skip


@transaction.atomic
def tell_person(allegation, *, by, at):
    """The person learns what is said of them, not who said it, and may reply."""
    case = enter(allegation.case, by=by)
    allegation = case.allegations.select_related("employee__user").get(pk=allegation.pk)
    if case.is_report:
        raise Refused(_("Nobody is told of an internal report about them."), code="report")
    if allegation.employee is None:
        raise Refused(_("This is about a department, not about a person."))
    if not case.is_open:
        raise Refused(_("This case is ended."), code="state")
    if not allegation.statement.strip():
        raise Refused(_("Write what is said of %(name)s first.") % {"name": allegation.employee.name})
    if not case.allegations.filter(pk=allegation.pk, told_at=None).update(told_at=at):
        raise Refused(_("%(name)s was told already.") % {"name": allegation.employee.name}, code="state")
    allegation.told_at = at
    audit.record("complaints.case.person_told", case, by=by, at=at, data={"allegation": allegation.pk})
    notify_person(allegation, at=at)
    return allegation


def notify_person(allegation, *, at):
    """A line in the inbox of the person concerned; their page says the rest. Inside the caller's transaction."""
    tell(
        allegation.case, [allegation.employee], kind="case_allegation", key=f"case_allegation:{allegation.pk}",
        at=at, url=own_url(allegation), is_own=True,
        text=lambda: (
            _("A customer has complained about something that concerns you"),
            _("Read what is said, and reply if you like. Nothing has been found yet."),
        ),
    )  # fmt: skip


@transaction.atomic
def reply(allegation, *, text, by, at):
    """What the person says to it; once, and before a finding is confirmed."""
    case = Case.objects.select_for_update(no_key=True).get(pk=allegation.case_id)
    actor = employee_id_of(by)
    if actor is None or actor != allegation.employee_id or case.is_report:
        raise Refused(_("Only the person concerned can do this."), code="not_yours")
    text = rules.refuse_blank(text, _("Write your view first."), "text")
    if case.state not in (*BEFORE_FINDING, State.PROPOSED):
        raise Refused(_("This case is judged or ended; a reply no longer changes it."), code="state")
    told = case.allegations.filter(pk=allegation.pk, told_at__isnull=False, replied_at=None)
    if not told.update(reply=text, replied_at=at):
        raise Refused(_("Your reply stands already."), code="state")
    audit.record("complaints.case.replied", case, by=by, at=at, data={"allegation": allegation.pk})
    allegation.refresh_from_db()
    who = Employee.objects.select_related("user").filter(pk__in=[case.investigator_id, case.handler_id])
    tell(
        case, who, kind="case_reply", key=f"case_reply:{allegation.pk}", at=at,
        text=lambda: (_("Somebody named in %(number)s has replied") % {"number": case.number}, ""),
    )  # fmt: skip
    return allegation


@transaction.atomic
def attach_customer(case, *, customer, by, at):
    """Say which customer file the case comes from; repeat complaints show themselves then."""
    case = enter(case, by=by)
    if case.is_anonymous or case.is_report:
        raise Refused(_("Whoever said this wants to stay unknown; no customer file is attached."))
    if customer.company_id != case.company_id:
        raise Refused(_("This belongs to another company."), field="customer")
    if case.redacted_at:
        raise Refused(_("The texts of this case were removed; nothing is added to it."), code="state")
    change(case, State.values, {"customer_id": customer.live_id})
    audit.record("complaints.case.customer", case, by=by, at=at, data={"customer": customer.live_id})
    repeats.note_repeats(case, at=at)
    return case


@transaction.atomic
def unmask(case, *, reason, by, at):
    """Name, telephone and e-mail of who spoke, to be shown once; who looked and why is kept. Returns Contact."""
    case = enter(case, by=by)
    reason = rules.refuse_blank(
        reason, _("Write in a few words why you need the name and number."), most=rules.MOST_REASON
    )
    if case.is_anonymous or case.is_report:
        raise Refused(_("Whoever said this wants to stay unknown; there is no name to show."))
    rules.refuse(
        rules.hindrance_to_know_who(employee_id_of(by), excluded_from(case, at)),
        field="reason",
        code="recusal",
    )
    found = Contact(case.contact_name, case.contact_phone, case.contact_email)
    if case.customer_id:
        customer = customers.unmask(case.customer, reason=reason, by=by, at=at)
        found = Contact(
            found.name or customer.name, found.phone or customer.phone, found.email or customer.email
        )
    if found == Contact():
        raise Refused(_("No name or number was left."))
    record(case, Entry.Kind.REASON, reason, by=by, at=at)
    audit.record("complaints.case.unmasked", case, by=by, at=at)
    return found


def _refuse_unnameable(case, employee, department, by):
    if case.kind not in ACCUSING:
        raise Refused(_("Only complaints name somebody; praise is shared out instead."))
    if case.state not in BEFORE_FINDING:
        raise Refused(_("A finding was proposed already: return it before you name somebody."), code="state")
    someone = employee or department
    if someone is None:
        raise Refused(_("Choose a person, or a department where nobody is known."), field="employee")
    if someone.company_id != case.company_id:
        raise Refused(_("This belongs to another company."), field="employee")
    if employee is not None and employee.pk == employee_id_of(by):
        raise Refused(_("This is about you; a colleague has to do it."), code="own")
    same = case.allegations.filter(employee=employee)
    if employee is None:
        same = same.filter(department=department)
    if same.exists():
        raise Refused(_("%(name)s is named already.") % {"name": someone}, field="employee")


def _department_of(employee, case):
    assignment = assignment_on(employee.pk, happened_on(case))
    return assignment.department if assignment else None
