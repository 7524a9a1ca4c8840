"""A month's ledger as a file for the payroll: made once, the same bytes ever after; the month is closed with it."""

import hashlib

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.events import publish
from core.flow import Refused, advance
from core.numbering import numbered
from core.period import SHANGHAI, Period
from incentives import fingerprints, payroll_rows
from incentives.models import Decision, PayrollBatch, PayrollLine
from scoring.services.books import hold_books


@transaction.atomic
def make_payroll(company, *, month, by, at, despite_open=False):
    """Put the month's posted lines into a file and close the month; returns the PayrollBatch.

    What is posted later counts in the next open month. While decisions of the month are still open, HR has to say
    that it is to be made all the same (`despite_open`).
    """
    hold_books(company)
    month = str(month)
    _refuse_early(company, month, at)
    found = payroll_rows.lines_to_pay(company, month)
    lines = list(found)
    if not lines:
        raise Refused(_("Nothing is posted for this month, so there is nothing to hand over."), code="empty")
    _refuse_open(company, month, despite_open)
    batch = _keep(company, month, lines, payroll_rows.people_of(found), by, at)
    PayrollLine.objects.bulk_create(PayrollLine(batch=batch, line=line) for line in lines)
    for decision in payroll_rows.wholly_exported(batch):
        advance(decision, Decision.EXPORT, by=by, at=at)
    fingerprints.keep(batch, by=by, at=at, month=month, lines=len(lines))
    publish("incentives.payroll_made", batch)
    return batch


def _refuse_early(company, month, at):
    if PayrollBatch.objects.filter(company=company, month=month).exists():
        raise Refused(_("The payroll file of this month is made already."), code="state")
    if Period.parse(month).starts_at > at:
        raise Refused(_("This month has not begun yet."), code="early")


def _refuse_open(company, month, despite_open):
    count = payroll_rows.open_decisions(company, month).count()
    if count and not despite_open:
        raise Refused(
            ngettext(
                "%(count)s decision of this month is still open and would count in a later one.",
                "%(count)s decisions of this month are still open and would count in a later one.",
                count,
            )
            % {"count": count},
            code="open",
            field="despite_open",
        )


def _keep(company, month, lines, people, by, at):
    number = numbered("GZ", company.pk, at.astimezone(SHANGHAI).date(), width=2)
    with translation.override(settings.LANGUAGE_CODE):
        csv, xlsx = payroll_rows.as_csv(number, lines), payroll_rows.as_xlsx(number, lines, people)
    return PayrollBatch.objects.create(
        company=company,
        number=number,
        month=month,
        made_by=by,
        made_at=at,
        lines=len(lines),
        total_points=sum(line.amount for line in lines if line.unit == "points"),
        total_fen=sum(line.amount for line in lines if line.unit == "fen"),
        csv=csv,
        xlsx=xlsx,
        csv_checksum=hashlib.sha256(csv).hexdigest(),
        xlsx_checksum=hashlib.sha256(xlsx).hexdigest(),
    )
