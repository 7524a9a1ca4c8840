"""QR codes on posters: each opens the form for one project or one person. The code identifies nobody by itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from complaints.models import FeedbackCode
from core.flow import Refused
from core.period import SHANGHAI
from core.tokens import new_token
from surveys.entry import clean_text

LONGEST_LABEL = 80


@transaction.atomic
def make_code(company, *, site=None, employee=None, label="", by, at):
    """A new code for a project, a person, or a person at a project; `label` says where it hangs."""
    if site is None and employee is None:
        raise Refused(
            _("Choose a project or a person: that is what the code opens the form for."), field="site"
        )
    if any(thing is not None and thing.company_id != company.pk for thing in (site, employee)):
        raise Refused(_("This belongs to another company. Open the form again."), code="company")
    if employee is not None and employee.left_on and employee.left_on < at.astimezone(SHANGHAI).date():
        raise Refused(
            _("%(name)s has left. Choose somebody else.") % {"name": employee.name}, field="employee"
        )
    label = " ".join(clean_text(label or "").split()) or " · ".join(
        str(thing) for thing in (site, employee) if thing is not None
    )
    code = FeedbackCode.objects.create(
        company=company,
        code=new_token(),
        site=site,
        employee=employee,
        label=label[:LONGEST_LABEL],
        made_by=by,
        made_at=at,
    )
    audit.record("complaints.code.made", code, by=by, at=at)
    return code


@transaction.atomic
def make_missing(company, *, sites=(), employees=(), by, at):
    """One code for each of them that has none of its own in use. Returns the new ones; safe to call again."""
    live = FeedbackCode.objects.filter(company=company, ended_at=None)
    known = set(live.values_list("site", "employee"))
    wanted = [(site, None) for site in sites] + [(None, employee) for employee in employees]
    return [
        make_code(company, site=site, employee=employee, by=by, at=at)
        for site, employee in wanted
        if (site and site.pk, employee and employee.pk) not in known
    ]


@transaction.atomic
def end_code(code, *, by, at):
    """The poster comes down: who scans it is led to the general form. What came by it keeps its place."""
    if not FeedbackCode.objects.filter(pk=code.pk, ended_at=None).update(ended_at=at):
        raise Refused(_("This code has ended already."), code="state")
    code.ended_at = at
    audit.record("complaints.code.ended", code, by=by, at=at)
    return code
