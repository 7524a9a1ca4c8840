"""What every step on a case begins and ends with: the locked row, the policy in force, an entry, a change."""

from django.utils.translation import gettext as _

from complaints import rules
from complaints.models import Case, Entry
from complaints.policy import rules_of
from complaints.recusal import day_of, named_in
from core.flow import Refused
from organization.scopes import employee_id_of


def enter(case, *, by):
    """The row, locked until the transaction ends, for a colleague whom it does not name; `by` None is the system.

    The lock orders naming somebody against everything that asks who is named.
    """
    locked = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("company")
    found = locked.get(pk=case.pk)
    if by is not None:
        actor = employee_id_of(by)
        named = named_in(found) if actor else ()
        rules.refuse(rules.hindrance_to_act(actor, rules.excluded_people(named, ())), code="own")
    return found


def change(case, states, values):
    """One conditional UPDATE beside the state machine; Refused when the case is in none of the states."""
    if not values:
        return
    if not Case.objects.filter(pk=case.pk, state__in=states).update(**values):
        raise Refused(
            _("This is already “%(state)s”; this step has passed.") % {"state": case.get_state_display()},
            code="state",
        )
    for name, value in values.items():
        setattr(case, name, value)


def record(case, kind, text, *, by, at, is_public=False, about=None):
    return Entry.objects.create(
        case=case, kind=kind, text=text, by=by, at=at, is_public=is_public, about=about
    )


def policy_of(case, at):
    """The ComplaintRules that hold for the case at that moment."""
    return rules_of(case.company, day_of(at))


def class_of(case, policy):
    """Its class, or the one its problem has today where the policy no longer knows it."""
    return policy.class_of(case.class_code) or policy.class_for(case.kind, case.problem_type)


def first_answer(case, at):
    """The stamp of the first word that reaches the customer."""
    return {} if case.first_answered_at else {"first_answered_at": at}
