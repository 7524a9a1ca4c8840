"""Terms of office."""

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import rules
from approvals.models import Committee, Membership
from audit import services as audit
from core.flow import Refused


@transaction.atomic
def start_membership(committee, *, employee, starts_on, by, at, is_chair=False, ends_on=None, weight=1):
    """Begin a term of office (RE-2.1); a committee has one chair at a time."""
    committee = Committee.objects.select_for_update().get(pk=committee.pk)
    if employee.company_id != committee.company_id:
        raise Refused(_("Members come from the same company."), field="employee")
    rules.refuse_bad_weight(weight)
    terms = list(committee.memberships.filter(employee=employee).values_list("starts_on", "ends_on"))
    rules.refuse_overlapping_terms(starts_on, ends_on, terms)
    if is_chair and committee.memberships.on(starts_on).filter(is_chair=True).exists():
        raise Refused(_("The committee has a chair on that day; end that term first."), field="is_chair")
    membership = Membership.objects.create(
        committee=committee,
        employee=employee,
        is_chair=is_chair,
        weight=weight,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    company_id = committee.company_id
    audit.record("approvals.membership.start", membership, by=by, at=at, company_id=company_id)
    return membership


@transaction.atomic
def end_membership(membership, *, ends_on, by, at):
    """End a term; motions already open keep their seats."""
    if ends_on < membership.starts_on:
        raise Refused(_("The term ends before it starts."), field="ends_on")
    if not Membership.objects.filter(pk=membership.pk, ends_on=None).update(ends_on=ends_on):
        raise Refused(_("This term has ended already."))
    membership.ends_on = ends_on
    company_id = membership.committee.company_id
    audit.record("approvals.membership.end", membership, by=by, at=at, company_id=company_id)
    return membership
