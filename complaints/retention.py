"""What goes after the retention time, and when a customer is erased: words, contacts and files.

Findings, codes, dates and shares stay: decisions and counts rest on them.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import letters
from complaints.models import Case, CaseFile, Entry, Letter, Praise, State, ToldBy
from complaints.policy import rules_of
from core.flow import Refused, advance
from core.models import Heartbeat
from core.period import SHANGHAI
from customers.models import Contact
from customers.selectors.families import phone_keys
from jobs import attachments
from organization.models import Company

ENDED = (State.CLOSED, State.WITHDRAWN, State.DECLINED)
BATCH = 200
SWEEP = "complaints.redact"
HOUR = dt.timedelta(hours=1)
NEVER = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)


def redact_hourly(at):
    """Tick: `redact_due`, by one of several workers and once an hour; it looks at all that ever ended."""
    mark, is_new = Heartbeat.objects.get_or_create(name=SWEEP, defaults={"at": at})
    is_time = Heartbeat.objects.filter(pk=mark.pk, at__lte=at - HOUR).update(at=at)
    return redact_due(at) if is_new or is_time else 0


def redact_due(at):
    """What ended the policy's `keep_days` ago or earlier, unless on hold. Returns how many.

    A merged case goes with the one it was merged into: until then it is part of what that one rests on.
    """
    kept = Case.objects.filter(redacted_at=None, on_hold=False)
    done = 0
    for company in Company.objects.all():
        limit = _limit(company, at)
        old = kept.filter(company=company, state__in=ENDED, received_at__lte=limit)
        ended = old.annotate(ended_at=Coalesce("closed_at", Max("entries__at"), "received_at"))
        due = ended.filter(ended_at__lte=limit).order_by("pk")
        done += sum(_redact(case, at) for case in due[:BATCH])
    merged = kept.filter(state=State.MERGED, merged_into__redacted_at__isnull=False)
    return done + sum(_redact(case, at) for case in merged.order_by("pk")[:BATCH])


def erase(customer, at):
    """Erasure of one customer: their cases, and those that nobody linked to a file but that hold their contacts.

    Runs before the file itself loses its contacts. Refused while a case is on hold: what must be kept must be found.
    """
    theirs = Q(customer=customer)
    for key in phone_keys([customer.pk]):
        theirs |= Q(customer=None, contact_phone__endswith=key)
    for email in _emails_of(customer):
        theirs |= Q(customer=None, contact_email__iexact=email)
    cases = list(Case.objects.filter(theirs, company_id=customer.company_id).order_by("pk"))
    held = next((case for case in cases if case.on_hold), None)
    if held:
        raise Refused(
            _("%(number)s is on legal hold. Release it first, then erase.") % {"number": held.number},
            code="hold",
        )
    for case in cases:
        _erase_case(case, at)


@transaction.atomic
def _redact(case, at):
    """One conditional UPDATE decides between two workers, and against a hold of the same moment."""
    mine = Case.objects.filter(pk=case.pk, redacted_at=None, on_hold=False)
    if not mine.update(redacted_at=at, **_emptied()):
        return 0
    _forget_beside(case)
    audit.record("complaints.case.redacted", case, by=None, at=at)
    return 1


@transaction.atomic
def _erase_case(case, at):
    if case.state in Case.WITHDRAW.sources:
        try:
            advance(case, Case.WITHDRAW, by=None, at=at, reason_code="erasure", closed_at=at)
        except Refused:  # it moved on in this moment: it stays there, without words
            case.refresh_from_db(fields=["state"])
    Case.objects.filter(pk=case.pk).update(redacted_at=case.redacted_at or at, customer=None, **_emptied())
    _forget_beside(case)
    audit.record("complaints.case.erased", case, by=None, at=at)


def _emptied():
    """What identifies the one who spoke, in the row itself."""
    words = ("text", "people_named", "decline_reason", "contact_name", "contact_phone", "contact_email")
    return dict.fromkeys(words, "") | {"told_by": ToldBy.NONE}


def _forget_beside(case):
    """Entries, files, notes, letters and messages lose their words; that they were there stays."""
    Entry.objects.filter(case=case).update(text="")
    Praise.objects.filter(case=case).update(call_note="")
    Letter.objects.filter(case=case).update(thread="")
    letters.messages_about(case).update(address="", body="", customer_id=None)
    for file in CaseFile.objects.filter(case=case).select_related("attachment"):
        attachments.forget(file.attachment)


def _limit(company, at):
    """Cases that ended up to here have been kept long enough; nothing goes while no policy says how long."""
    try:
        days = rules_of(company, at.astimezone(SHANGHAI).date()).keep_days
    except Refused:
        return NEVER
    return at - dt.timedelta(days=days)


def _emails_of(customer):
    further = Contact.objects.filter(customer=customer, kind=Contact.Kind.EMAIL)
    return {customer.email, *further.values_list("value", flat=True)} - {""}
