"""Praise that may be the same one told twice, by the web and at the counter: a pennant counts once (RE-5.2b)."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models import Case, CaseFile, Kind, Praise, State
from complaints.policy import rules_of
from core.flow import Refused
from core.period import SHANGHAI
from customers.selectors import household_ids

#: what is not kept as praise of its own
GONE = (State.MERGED, State.WITHDRAWN, State.DECLINED)
FACTS = (State.CONFIRMED, State.RESPONDED, State.CLOSED)
#: fewer characters are said by many
LEAST_WORDS = 8
SCAN, VOICE, WORDS = (
    _("the same photo or scan"),
    _("the same customer, household or number"),
    _("the same words"),
)


def with_same_scan(case):
    """Other praise of the company with one of the files of this case, or of those merged into it."""
    own = CaseFile.objects.filter(Q(case=case) | Q(case__merged_into=case)).exclude(attachment__checksum="")
    sums = set(own.values_list("attachment__checksum", flat=True))
    if not sums:
        return Case.objects.none()
    same = CaseFile.objects.filter(
        Q(case__company_id=case.company_id, case__kind=Kind.PRAISE), attachment__checksum__in=sums
    ).values_list("case_id", "case__merged_into_id")
    return _others(case).filter(pk__in={leading or pk for pk, leading in same})


def proved_by_same_scan(case, *, states=(State.PROVED, State.ATTRIBUTED, *FACTS)):
    """Of those the first whose proof the photo is already, or None."""
    found = with_same_scan(case).filter(state__in=states, praise__proof=Praise.Proof.PHOTO)
    return found.order_by("received_at", "pk").first()


def twins_of(case):
    """[(other praise, why)] that a person should compare before this one is confirmed, the earliest first."""
    if case.state in GONE or case.redacted_at:
        return []
    scans = set(with_same_scan(case).values_list("pk", flat=True))
    others = _others(case).select_related("praise", "company").prefetch_related("praise__shares__employee")
    voice, words = _voice(case), _words(case)
    near = Q(received_at__range=_around(case))
    found = others.filter(Q(pk__in=scans) | (near & (voice | words))).order_by("received_at", "pk")
    spoken = set(others.filter(near & words).values_list("pk", flat=True))
    return [(one, SCAN if one.pk in scans else WORDS if one.pk in spoken else VOICE) for one in found]


def _others(case):
    praises = Case.objects.filter(company_id=case.company_id, kind=Kind.PRAISE)
    return praises.exclude(pk=case.pk).exclude(state__in=GONE)


def _voice(case):
    match = Q(pk__in=[])
    if case.customer_id:
        match |= Q(customer_id__in=household_ids(case.customer))
    if case.contact_phone:
        match |= Q(contact_phone=case.contact_phone)
    return match


def _words(case):
    """Pennants of different people often say the same: words alone count only where one is from nobody known."""
    if len(case.text) < LEAST_WORDS:
        return Q(pk__in=[])
    if case.customer_id or case.contact_phone:
        return Q(text=case.text, customer=None, contact_phone="")
    return Q(text=case.text)


def _around(case):
    """As many days before and after as complaints count as repeated."""
    try:
        days = rules_of(case.company, case.received_at.astimezone(SHANGHAI).date()).repeat_days
    except Refused:  # no policy in force
        days = 0
    return case.received_at - dt.timedelta(days=days), case.received_at + dt.timedelta(days=days)
