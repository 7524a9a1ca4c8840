"""Complaints of the same voice about the same thing: marked as repeats of each other."""

import datetime as dt

from django.db.models import Q

from complaints.casework import policy_of
from complaints.models import Case, CaseLink, Kind, State
from customers.selectors import household_ids

#: not counted when repeats are looked for
NO_REPEAT = (State.MERGED, State.WITHDRAWN)


def note_repeats(case, *, at):
    """Link the case to earlier complaints of the same customer or household about the same thing or person.

    Counted anew each time, for the later complaints of the same voice too, so that a corrected classification or a
    customer who becomes known leaves neither a stale nor a missing mark. Inside the caller's transaction.
    """
    found = _link_earlier(case, at)
    for later in _later_of_the_same_voice(case, at):
        _link_earlier(later, at)
    return found


def _link_earlier(case, at):
    links = CaseLink.objects.filter(second=case, kind=CaseLink.Kind.REPEAT, by=None)
    found = set(_earlier_alike(case, at).values_list("pk", flat=True))
    links.exclude(first__in=found).delete()
    CaseLink.objects.bulk_create(
        [CaseLink(first_id=pk, second=case, kind=CaseLink.Kind.REPEAT, at=at) for pk in sorted(found)],
        ignore_conflicts=True,
    )
    return found


def _later_of_the_same_voice(case, at):
    """Those whose marks may have changed with this case: marked as its repeats, or from the same voice in time."""
    marked = Q(links_back__first=case, links_back__kind=CaseLink.Kind.REPEAT, links_back__by=None)
    who = _same_voice(case)
    if who is not None and case.kind == Kind.COMPLAINT:
        until = case.received_at + dt.timedelta(days=policy_of(case, at).repeat_days)
        after = Q(received_at__gt=case.received_at) | Q(received_at=case.received_at, pk__gt=case.pk)
        marked |= who & after & Q(received_at__lte=until, kind=Kind.COMPLAINT)
    later = Case.objects.filter(marked, company_id=case.company_id).exclude(state__in=NO_REPEAT)
    return later.select_related("company").distinct()


def _earlier_alike(case, at):
    nobody = case.kind != Kind.COMPLAINT or case.state in NO_REPEAT
    who = _same_voice(case)
    if nobody or who is None:
        return Case.objects.none()
    since = case.received_at - dt.timedelta(days=policy_of(case, at).repeat_days)
    earlier = Case.objects.filter(company_id=case.company_id, kind=Kind.COMPLAINT).exclude(
        state__in=NO_REPEAT
    )
    before = Q(received_at__lt=case.received_at) | Q(received_at=case.received_at, pk__lt=case.pk)
    earlier = earlier.filter(before, who, received_at__gte=since).exclude(pk=case.pk)
    return earlier.filter(_same_matter(case)).distinct()


def _same_voice(case):
    """The same household where it is known, or the same telephone number; None when nothing says who speaks."""
    match = Q(pk__in=[])
    if case.customer_id:
        match |= Q(customer_id__in=household_ids(case.customer))
    if case.contact_phone:
        match |= Q(contact_phone=case.contact_phone)
    return match if case.customer_id or case.contact_phone else None


def _same_matter(case):
    topics = case.topics.values_list("code", flat=True)
    people = case.allegations.exclude(employee=None).values_list("employee_id", flat=True)
    match = Q(topics__code__in=list(topics)) | Q(allegations__employee_id__in=list(people))
    if case.problem_type:
        match |= Q(problem_type=case.problem_type)
    return match
