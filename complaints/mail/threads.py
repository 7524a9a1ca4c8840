"""Which case a letter belongs to: by the letters it answers, or by the number in its subject and who wrote it."""

import hashlib
import re
import unicodedata

from complaints import letters
from complaints.models import Case, Letter
from complaints.services.tracking import tidy_number
from notifications.addresses import parse_message_id, reference
from notifications.models import Message

NUMBER = re.compile(r"[A-Z]{1,6}[-‐-―−]?\d{4}[-‐-―−]?\d{4,9}")
MOST_NUMBERS = 5


def mark_of(message_id):
    """How a message id is kept: as a hash, because many a mail program writes the sender's name into it."""
    return hashlib.sha256(message_id.encode()).hexdigest()


def case_for(company, parsed):
    """The case that the letter goes on with, or None for a new matter. Never an internal report.

    A message id is long and known only to those who got the letter, so that it suffices alone. A number is easily
    guessed: it counts only together with the address of the one who gave it.
    """
    return (
        _by_letters(company, parsed)
        or _by_our_messages(company, parsed)
        or _by_number(company, parsed.subject, parsed.from_address)
    )


def _by_letters(company, parsed):
    if not parsed.references:
        return None
    marks = [mark_of(one) for one in parsed.references]
    known = Letter.objects.filter(company=company, message_id__in=marks, case__in=Case.objects.of_customers())
    found = {letter.message_id: letter.case for letter in known.select_related("case__company")}
    return next((found[mark] for mark in marks if mark in found), None)


def _by_our_messages(company, parsed):
    for one in parsed.references:
        message = our_message(company, one)
        if message is not None and message.kind.startswith(letters.MESSAGES):
            case_id = int(message.key.split(":")[1])
            return Case.objects.of_customers().filter(company=company, pk=case_id).first()
    return None


def our_message(company, message_id):
    """The message of ours with this id, or None; the second half of the id must fit too."""
    own = parse_message_id(f"<{message_id}>")
    if not own:
        return None
    message = Message.objects.filter(pk=int(own.partition(".")[0]), company=company).first()
    return message if message and reference(message) == own else None


def _by_number(company, subject, sender):
    if not sender:
        return None
    plain = unicodedata.normalize("NFKC", subject).upper()
    numbers = [tidy_number(found) for found in NUMBER.findall(plain)[:MOST_NUMBERS]]
    mine = Case.objects.of_customers().filter(company=company, contact_email__iexact=sender)
    return mine.filter(number__in=numbers).order_by("-received_at").first() if numbers else None
