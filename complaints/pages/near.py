"""What may belong to a case, of the same customer near in time: offered where a number is asked for, and as a note.

One incident is punished once (workflows: complaint and low score of the same incident are linked); nobody finds the
other half of it by a number they would have to know.
"""

import datetime as dt

from django.db.models import Q

from complaints.models import Case
from customers.selectors import household_ids
from surveys.models import Answer

MOST = 8


def near_answers(case, user, days):
    """Survey answers of the customer's household, linked to no case yet, that the user may open; the nearest first."""
    if case.customer_id is None or case.answer_id is not None:
        return []
    theirs = Answer.objects.visible_to(user).filter(
        company_id=case.company_id,
        invitation__customer_id__in=household_ids(case.customer),
        submitted_at__range=_around(case, days),
        cases=None,
    )
    return sorted(theirs.order_by("-pk")[:MOST], key=lambda one: abs(one.submitted_at - case.received_at))


def near_cases(case, user, days):
    """Cases of the same kind from the same customer, household or number, in the user's sight; the newest first."""
    voice = Q(pk__in=[])
    if case.customer_id:
        voice |= Q(customer_id__in=household_ids(case.customer))
    if case.contact_phone:
        voice |= Q(contact_phone=case.contact_phone)
    seen = Case.objects.visible_to(user).filter(company_id=case.company_id, kind=case.kind, merged_into=None)
    found = seen.filter(voice, received_at__range=_around(case, days)).exclude(pk=case.pk)
    return list(found.order_by("-received_at", "-pk")[:MOST])


def _around(case, days):
    return case.received_at - dt.timedelta(days=days), case.received_at + dt.timedelta(days=days)
