"""What becomes of a letter: it opens a case, joins one, or is no voice of a customer (RE-5.1b, CC-3.4)."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import tracking_code
from complaints.mail.parsing import parse
from complaints.mail.threads import case_for, mark_of
from complaints.models import Case, CaseLink, Channel, Entry, Kind, Letter, Mailbox, ToldBy
from complaints.policy import rules_of
from complaints.services import intake, relations, tracking
from core.flow import Refused
from core.period import SHANGHAI
from customers.models import Customer
from jobs import attachments
from notifications.services import mark_bounced

#: receipts to one address within a day, and letters from it that open a case: beyond, it is a loop or a flood
MOST_ANSWERS_A_DAY = 5
MOST_LETTERS_A_DAY = 200
DAY = dt.timedelta(days=1)
#: how the subject of a letter begins that is no complaint
KINDS = (
    (Kind.PRAISE, re.compile(r"^(表扬|感谢信|感谢|赞扬|praise\b|thank)", re.IGNORECASE)),
    (Kind.SUGGESTION, re.compile(r"^(建议|suggestion\b)", re.IGNORECASE)),
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: what a letter can make the code below raise; trouble of database, disk or network is none of the letter's
POISON = (
    Refused, DataError, IntegrityError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    RecursionError, AssertionError,
)  # fmt: skip
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Fate:
    """What became of a letter; `reason` is a code where it opened or joined nothing."""

    outcome: str
    case: Case | None = None
    reason: str = ""
    left_out: tuple = ()


def read_letter(mailbox, raw, *, at, uid=0, is_cut=False):
    """Take in one letter, in one transaction that also notes its number in the mailbox. Returns the Letter.

    Safe to call again: a letter is known by its id. One on which the program stumbles is kept as ignored.
    """
    parsed = parse(raw)
    try:
        return _take_in(mailbox, parsed, at=at, uid=uid, is_cut=is_cut)
    except POISON as stumbled:
        reason = stumbled.code if isinstance(stumbled, Refused) else "broken"
        log.warning(
            "letter_ignored", mailbox=mailbox.pk, uid=uid, error=type(stumbled).__name__, reason=reason
        )
        return _put_aside(mailbox, parsed, reason, at=at, uid=uid)


@transaction.atomic
def _take_in(mailbox, parsed, *, at, uid, is_cut):
    """All or nothing: the letter, its case or entry, its files, and how far the mailbox is read."""
    letter = _claim(mailbox, parsed, at)
    move_on(mailbox, uid)
    if letter is None:
        return _known(mailbox, parsed)
    fate = _fate_of(mailbox, parsed, at)
    if fate.case is not None:
        _note_what_is_missing(fate, parsed, at, is_cut or parsed.is_partial)
    return _close(letter, fate, at)


@transaction.atomic
def _put_aside(mailbox, parsed, reason, *, at, uid):
    letter = _claim(mailbox, parsed, at)
    move_on(mailbox, uid)
    if letter is None:
        return _known(mailbox, parsed)
    return _close(letter, Fate(Letter.Outcome.IGNORED, reason=reason), at)


def _claim(mailbox, parsed, at):
    """The new row of this letter, or None when it was read before; of two workers one gets it."""
    try:
        with transaction.atomic():
            return Letter.objects.create(
                company_id=mailbox.company_id,
                mailbox=mailbox,
                message_id=_identity(mailbox, parsed),
                thread=" ".join(mark_of(one) for one in parsed.references),
                outcome=Letter.Outcome.IGNORED,
                sent_at=parsed.sent_at,
                received_at=at,
            )
    except IntegrityError:
        return None


def _identity(mailbox, parsed):
    """Its id. Some programs give each letter the same one: another moment of sending makes it another letter."""
    mark = mark_of(parsed.message_id)
    first = Letter.objects.filter(mailbox=mailbox, message_id=mark).first()
    if first is None or first.sent_at == parsed.sent_at:
        return mark
    return mark_of(f"{parsed.message_id} {parsed.sent_at}")


def _known(mailbox, parsed):
    return Letter.objects.get(mailbox=mailbox, message_id=_identity(mailbox, parsed))


def move_on(mailbox, uid):
    """Never back, and not in a mailbox that was numbered anew meanwhile."""
    if uid:
        read = Mailbox.objects.filter(pk=mailbox.pk, uid_validity=mailbox.uid_validity, last_uid__lt=uid)
        read.update(last_uid=uid)


def _close(letter, fate, at):
    letter.outcome, letter.case, letter.left_out = fate.outcome, fate.case, len(fate.left_out)
    letter.save(update_fields=["outcome", "case", "left_out"])
    audit.record(
        f"complaints.letter.{fate.outcome}",
        letter,
        by=None,
        at=at,
        reason_code=fate.reason,
        data={"case": fate.case.pk} if fate.case else {},
    )
    return letter


def _fate_of(mailbox, parsed, at):
    if parsed.is_bounce:
        return _bounced(parsed, at)
    if parsed.is_auto_reply:
        return Fate(Letter.Outcome.AUTO_REPLY)
    if _is_from_us(mailbox, parsed.from_address):
        return Fate(Letter.Outcome.IGNORED, reason="own")
    if not (parsed.subject or parsed.whole_text or parsed.attachments):
        return Fate(Letter.Outcome.IGNORED, reason="empty")
    case = case_for(mailbox.company, parsed)
    if case is not None and not (parsed.text or parsed.attachments):
        return Fate(Letter.Outcome.IGNORED, reason="empty")
    if _letters_today(mailbox, parsed, at) >= MOST_LETTERS_A_DAY:
        return Fate(Letter.Outcome.IGNORED, reason="too_many")
    files, left_out = _keep_files(mailbox.company, parsed, at)
    if case is not None and _join(case, parsed, files, at):
        return Fate(Letter.Outcome.JOINED, case, left_out=tuple(left_out))
    receipt = _open(mailbox, parsed, files, at, earlier=case)
    outcome = (
        Letter.Outcome.OPENED if receipt.is_new else Letter.Outcome.JOINED
    )  # sent to two of our mailboxes
    return Fate(outcome, receipt.case, left_out=tuple(left_out))


def _bounced(parsed, at):
    """Only our own message ids count: whoever knows an address could else have it written to no more."""
    if parsed.is_final:
        for one in parsed.references:
            if mark_bounced(message_id=f"<{one}>", reason="returned to the mailbox", at=at):
                break
    return Fate(Letter.Outcome.BOUNCE)


def _is_from_us(mailbox, sender):
    ours = Mailbox.objects.filter(company=mailbox.company).values_list("address", flat=True)
    sending = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip("> ")
    return sender in {address.lower() for address in (*ours, sending)}


def _letters_today(mailbox, parsed, at):
    return _cases_from(mailbox, parsed.from_address, at).count() if parsed.from_address else 0


def _cases_from(mailbox, sender, at):
    """Cases that letters from this address opened within a day."""
    return Case.objects.filter(
        company=mailbox.company,
        channel=Channel.MAILBOX,
        contact_email__iexact=sender,
        received_at__gt=at - DAY,
    )


def _keep_files(company, parsed, at):
    """(kept attachments, [(name, why not)] of the others)."""
    kept, left_out = [], []
    if not parsed.attachments:
        return kept, left_out
    most = rules_of(company, at.astimezone(SHANGHAI).date()).most_files
    for part in parsed.attachments:
        if part.is_letter:
            continue
        try:
            if len(kept) >= most:
                raise Refused(_("more than %(most)s files") % {"most": most})
            kept.append(
                attachments.keep(company=company, content=part.content, name=part.name, by=None, at=at)
            )
        except Refused as refusal:
            left_out.append((attachments.plain_name(part.name), str(refusal.message)))
    return kept, left_out


def _join(case, parsed, files, at):
    """True when the words went to the case; False when it is ended and a new one has to begin."""
    with translation.override(case.language):
        words = _said(parsed) or _without_words()
    if code := tracking_code.code_of(case):
        words = words.replace(code, "*" * len(code))  # of our receipt, quoted: it is the customer's key
    try:
        with transaction.atomic():
            tracking.add(case, text=words[: tracking.LONGEST_WORDS], files=files, at=at)
    except Refused as refusal:
        if refusal.code == "state":
            return False
        raise
    _write_rest(case, words[tracking.LONGEST_WORDS :], at)
    if parsed.from_address != case.contact_email.lower():
        _note(case, _("This letter came from another address than the one the customer gave."), at)
    return True


def _open(mailbox, parsed, files, at, earlier=None):
    language = "zh-hans" if CHINESE.search(parsed.subject + parsed.whole_text) else "en"
    with translation.override(language):
        text = _opening_words(parsed)
    mark = hashlib.sha256(f"{parsed.message_id}\n{parsed.from_address}\n{parsed.subject}".encode())
    receipt = intake.receive(
        company=mailbox.company,
        kind=_kind_of(parsed.subject),
        channel=Channel.MAILBOX,
        text=text[: intake.LONGEST_TEXT],
        key=f"mail:{mark.hexdigest()}",
        contact=intake.Contact(name=parsed.from_name, email=parsed.from_address),
        customer=_customer_of(mailbox.company, parsed.from_address),
        told_by=_told_by(mailbox, parsed, at),
        language=language,
        files=files,
        at=at,
    )
    if receipt.is_new:
        _write_rest(receipt.case, text[intake.LONGEST_TEXT :], at)
        if earlier is not None:
            relations.link(earlier, receipt.case, kind=CaseLink.Kind.FOLLOW_UP, by=None, at=at)
    return receipt


def _opening_words(parsed):
    """Subject, what is new, and below a mark what was quoted: of a first letter nothing is left out."""
    words = _said(parsed) or (_without_words() if parsed.attachments else "")
    quoted = _("—— earlier letters and signature ——") + f"\n{parsed.quoted}" if parsed.quoted else ""
    return "\n\n".join(part for part in (parsed.subject, words, quoted) if part)


def _said(parsed):
    """What is new, and what a letter says that was forwarded with it."""
    return "\n\n".join(part for part in (parsed.text, parsed.enclosed) if part)


def _without_words():
    return _("(The letter has attachments, but no words.)")


def _kind_of(subject):
    return next((kind for kind, begins in KINDS if begins.match(subject)), Kind.COMPLAINT)


def _customer_of(company, email):
    """The one live file with this address; with several of them a person decides."""
    found = Customer.objects.live().filter(company=company, email__iexact=email)[:2] if email else []
    return found[0] if len(found) == 1 else None


def _told_by(mailbox, parsed, at):
    """By e-mail, unless nobody reads it there or this address was answered often enough today."""
    answered = _cases_from(mailbox, parsed.from_address, at).exclude(told_by=ToldBy.NONE)
    may = parsed.may_be_answered and answered.count() < MOST_ANSWERS_A_DAY
    return ToldBy.EMAIL if may else ToldBy.NONE


def _write_rest(case, rest, at):
    """What is longer than a form takes stands below it, as the customer's words too."""
    if rest:
        Entry.objects.create(case=case, kind=Entry.Kind.FROM_CUSTOMER, text=rest, is_public=True, at=at)


def _note_what_is_missing(fate, parsed, at, is_cut):
    if fate.left_out:
        names = "\n".join(f"{name}: {why}" for name, why in fate.left_out)
        told = _("Not kept from this letter, look for them in the mailbox:\n%(names)s") % {"names": names}
        _note(fate.case, told, at)
    if is_cut:
        _note(
            fate.case, _("Only the beginning of this letter could be read; it is whole in the mailbox."), at
        )


def _note(case, text, at):
    Entry.objects.create(case=case, kind=Entry.Kind.NOTE, text=text, is_public=False, at=at)
