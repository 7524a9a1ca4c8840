"""A member gives their vote to a colleague for some days, and takes it back (actor and principal stay on the vote)."""

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import rules, selectors, telling
from approvals.models import Committee, Delegation
from audit import services as audit
from core.flow import Refused
from core.period import SHANGHAI
from organization.models import Employee
from organization.scopes import employee_id_of
from organization.selectors import employees_with_verb


@transaction.atomic
def give_delegation(committee, *, delegate, starts_on, ends_on, by, at):
    """The member `by` lets `delegate` vote for them in this committee; they may still vote themselves."""
    committee = Committee.objects.select_for_update().get(pk=committee.pk)
    principal = Employee.objects.filter(pk=employee_id_of(by)).first()
    if principal is None:
        raise Refused(_("You do not sit in this group in that time."), field="starts_on")
    today = at.astimezone(SHANGHAI).date()
    rules.refuse_delegation(
        starts_on=starts_on,
        ends_on=ends_on,
        today=today,
        is_self=delegate.pk == principal.pk,
        is_member=committee.memberships.on(starts_on).filter(employee=principal).exists(),
        may_vote=employees_with_verb(committee.company, "approvals.vote", today)
        .filter(pk=delegate.pk)
        .exists(),
    )
    standing = committee.delegations.standing().values_list("starts_on", "ends_on", "principal", "delegate")
    rules.refuse_chain(starts_on, ends_on, principal.pk, delegate.pk, standing)
    delegation = Delegation.objects.create(
        committee=committee,
        principal=principal,
        delegate=delegate,
        starts_on=starts_on,
        ends_on=ends_on,
        given_by=by,
        given_at=at,
    )
    company_id = committee.company_id
    audit.record("approvals.delegation.give", delegation, by=by, at=at, company_id=company_id)
    _tell(
        delegation,
        delegate.user,
        at,
        "approvals.delegation_given",
        lambda: _("%(name)s has given you their vote in “%(committee)s”"),
    )
    return delegation


@transaction.atomic
def end_delegation(delegation, *, by, at):
    """The member takes the vote back, or the colleague hands it back; votes already cast stay."""
    employee_id = employee_id_of(by)
    if employee_id is None or employee_id not in (delegation.principal_id, delegation.delegate_id):
        raise Refused(_("Only the member and who stands for them end this."))
    if not Delegation.objects.standing().filter(pk=delegation.pk).update(ended_at=at):
        raise Refused(_("This has ended already."), code="state")
    delegation.ended_at = at
    company_id = delegation.committee.company_id
    audit.record("approvals.delegation.end", delegation, by=by, at=at, company_id=company_id)
    other = delegation.delegate if employee_id == delegation.principal_id else delegation.principal
    _tell(
        delegation,
        other.user,
        at,
        "approvals.delegation_ended",
        lambda: _("The delegation of %(name)s’s vote in “%(committee)s” has ended"),
    )
    return delegation


def _tell(delegation, user, at, kind, subject):
    names = {"name": delegation.principal.name, "committee": delegation.committee}
    if user is not None:
        telling.tell_delegation(
            delegation, user, at, kind=kind, text=lambda: (subject() % names, selectors.dates_of(delegation))
        )
