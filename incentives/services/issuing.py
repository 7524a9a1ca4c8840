"""From approved to final: numbered, served, receipt, and the window in which it may be appealed."""

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused, advance
from core.numbering import next_number
from core.period import SHANGHAI
from core.workdays import due_after
from incentives import fingerprints, letters, rules
from incentives.models import Decision, Notice, ReceiptFile
from incentives.policy import clocks, letters_of
from incentives.services.ledger import post
from incentives.services.telling import tell
from jobs import attachments
from organization.scopes import employee_id_of
from scoring.services.books import hold_books

#: a technical limit: the sides of one receipt
MOST_RECEIPTS = 4
log = structlog.get_logger(__name__)
SERVED = (
    Decision.State.ISSUED,
    Decision.State.SUSPENDED,
    Decision.State.FINAL,
    Decision.State.POSTED,
    Decision.State.EXPORTED,
)


@transaction.atomic
def issue(decision, *, at):
    """Number and letter, told to the employee; the appeal window starts: whole working days after today."""
    day = at.astimezone(SHANGHAI).date()
    days = clocks(decision.company, day)
    due = due_after(day, days.appeal_days)
    number = document_number(decision, Notice.Kind.LETTER, day)
    advance(
        decision, Decision.ISSUE, by=None, at=at, issued_at=at, document_number=number, appeal_until=due.at
    )
    receipt_until = due_after(day, days.receipt_days).at
    publish_notice(
        decision, Notice.Kind.LETTER, number, letters.decision_letter, at, receipt_until=receipt_until
    )
    tell(
        decision.employee,
        kind="incentives.issued",
        key=f"decision-{decision.pk}-issued",
        at=at,
        url=decision.get_own_url(),
        text=lambda: letters.decision_letter(decision),
    )
    return decision


def document_number(decision, kind, day):
    """The next number of the series as the rule book writes it: 青禾满奖惩〔2026〕17 号."""
    pattern = letters_of(decision.rule.version).pattern(kind)
    n = next_number(decision.company_id, f"{kind}-{day.year}")
    return pattern.format(company=decision.company.name, year=day.year, n=n)


def publish_notice(decision, kind, number, text, at, **fields):
    """A document in the company's language, kept as it was served. Once per decision and kind."""
    with translation.override(settings.LANGUAGE_CODE):
        title, body = text(decision)
    notice, created = Notice.objects.get_or_create(
        decision=decision,
        kind=kind,
        defaults={
            "company_id": decision.company_id,
            "number": number,
            "title": title,
            "body": body,
            "published_at": at,
            **fields,
        },
    )
    if created:
        fingerprints.keep(notice, by=None, at=at)
    return notice


def publish_commendation(decision, index, effect, at):
    """Effect `commendation_notice` (RE-5.2a): published inside the company; exists for praise only."""
    add_notice(decision, Notice.Kind.COMMENDATION, letters.commendation, at)


def award_certificate(decision, index, effect, at):
    """Effect `certificate` (CC-5.2): a numbered document for the person, to print."""
    add_notice(decision, Notice.Kind.CERTIFICATE, letters.certificate, at)


def add_notice(decision, kind, text, at):
    """A further numbered document of the decision; a second call adds nothing and takes no number."""
    if not decision.notices.filter(kind=kind).exists():
        number = document_number(decision, kind, at.astimezone(SHANGHAI).date())
        publish_notice(decision, kind, number, text, at)


@transaction.atomic
def acknowledge_receipt(decision, *, by, at):
    """The employee confirms having received the letter; that is no consent to it."""
    rules.refuse_others(employee_id_of(by), decision.employee_id)
    if not Decision.objects.filter(pk=decision.pk, state__in=SERVED, received_at=None).update(received_at=at):
        raise Refused(_("There is nothing to confirm, or you have confirmed it already."), code="state")
    decision.received_at = at
    audit.record("incentives.decision.acknowledge_receipt", decision, by=by, at=at)
    return decision


@transaction.atomic
def record_service(letter, *, how, served_on, note, by, at, files=()):
    """HR keeps how a letter arrived that nobody confirmed online: on paper, by post, or refused before witnesses.

    Once per letter, with [(name, content)] of the signed receipt where there is a scan. The employee may still confirm
    it; what was recorded stays beside that.
    """
    rules.refuse_own(employee_id_of(by), letter.decision.employee_id)
    rules.refuse_bad_service(served_on, letter.published_at, at)
    if how != Notice.Service.PAPER:
        rules.refuse_blank(
            note, _("Write the number of the post, or the names of the two witnesses."), "note"
        )
    kept = _receipts(letter, files, by, at)
    stamps = {"served_as": how, "served_on": served_on, "served_note": note.strip()[:200]}
    waiting = Notice.objects.to_serve().filter(pk=letter.pk)
    if not waiting.update(**stamps, served_by=by, served_at=at):
        raise Refused(_("There is nothing to record: its receipt is confirmed already."), code="state")
    ReceiptFile.objects.bulk_create(ReceiptFile(letter=letter, attachment=one) for one in kept)
    letter.refresh_from_db()
    data = {"how": how} | ({"files": len(kept)} if kept else {})
    audit.record("incentives.notice.record_service", letter, by=by, at=at, data=data)
    return letter


def _receipts(letter, files, by, at):
    try:
        return attachments.keep_all(
            company=letter.company, files=list(files), most=MOST_RECEIPTS, by=by, at=at
        )
    except Refused as refusal:
        raise Refused(refusal.message, code=refusal.code, field="files") from refusal


def finalize_due(at):
    """Tick: issued decisions whose appeal window has passed become final and are posted. Returns how many."""
    done = 0
    for pk in list(Decision.objects.appeal_window_passed(at).values_list("pk", flat=True)):
        try:
            done += _finalize(pk, at)
        except Refused as refusal:  # one that cannot be posted yet must not hold up the others
            log.warning("decision_not_posted", decision=pk, reason=str(refusal.message))
    return done


@transaction.atomic
def _finalize(pk, at):
    hold_books(Decision.objects.select_related("company").get(pk=pk).company)
    decision = Decision.objects.select_for_update().get(pk=pk)
    if decision.state != Decision.State.ISSUED:
        return 0
    advance(decision, Decision.FINALIZE, by=None, at=at, final_at=at)
    post(decision, at=at)
    return 1
